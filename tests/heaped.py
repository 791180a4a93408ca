"""Reports over the little town that lie together in one place, for tests of hotspots."""

import random
from datetime import datetime
from typing import Final

import psycopg

from gis.cells import cells_of
from gis.store import Store
from grids.activation import prepare_edition
from tests.little_town import HEADED

CENTRE: Final = (117.005, 39.705)
_ROW = """
WITH c AS (
    INSERT INTO cases (category_code, private, urgency, state, area_code, chain, owner_area_code, owner_role, received_at, due_at, geom,
                       cells, channel)
    VALUES (%(category)s, %(private)s, 'normal', 'received', %(code)s, %(chain)s, '90', 'desk', %(at)s, %(at)s + interval '1 day', %(geom)s::geometry,
            %(cells)s::bigint[], %(channel)s) RETURNING *)
INSERT INTO reports (number, key_digest, case_id, category_code, channel, received_at, seen_at, precision, lon_given, lat_given, datum,
                     geom, area_code, chain, match, cells)
SELECT lpad((id * 10)::text, 10, '0'), '', id, category_code, channel, received_at, received_at, 'point', 117, 39.7, 'wgs84', geom, area_code,
       chain, '{}', cells FROM c
"""


def heap(store: Store, at: datetime) -> None:
    """Strew two hundred reports over the town, and sixty more around the middle of its first grid."""
    dice = random.Random(3)  # noqa: S311  not a secret
    strewn = [(dice.uniform(116.951, 117.099), dice.uniform(39.651, 39.799)) for _ in range(200)]
    heaped = [(CENTRE[0] + dice.gauss(0, 0.002), CENTRE[1] + dice.gauss(0, 0.0015)) for _ in range(60)]
    with psycopg.connect(store.dsn("migrate")) as owner:
        owner.execute("SET ROLE gridwarden_owner")
        for place in strewn + heaped:
            _tell(owner, place, at, "dumping", ["90"])


def whisper(store: Store, at: datetime) -> None:
    """Tell a hundred private reports of the first grid, which its own staff sees and all who see the town."""
    dice = random.Random(4)  # noqa: S311  not a secret
    with psycopg.connect(store.dsn("migrate")) as owner:
        owner.execute("SET ROLE gridwarden_owner")
        for _ in range(100):
            place = (dice.uniform(117.001, 117.009), dice.uniform(39.701, 39.709))
            _tell(owner, place, at, "dispute", ["90", "9001", HEADED])


def grow(store: Store, months: list[datetime], heaped_from: int) -> None:
    """Strew ninety reports over the town each month, and thirty more around one place from one of the months on.

    In each month five of the strewn ones were found on patrol.
    """
    dice = random.Random(8)  # noqa: S311  not a secret
    with psycopg.connect(store.dsn("migrate")) as owner:
        owner.execute("SET ROLE gridwarden_owner")
        for month, at in enumerate(months):
            for each in range(90):
                place = (dice.uniform(116.951, 117.099), dice.uniform(39.651, 39.799))
                _tell(owner, place, at, "dumping", ["90"], "patrol" if each < 5 else "app")
            for _ in range(30 if month >= heaped_from else 0):
                place = (CENTRE[0] + dice.gauss(0, 0.002), CENTRE[1] + dice.gauss(0, 0.0015))
                _tell(owner, place, at, "dumping", ["90"])


def fill(store: Store, at: datetime, side: int = 8) -> list[str]:
    """Lay a square of grids beside the town and tell of each what its place makes of it; answer their codes by row.

    Each has 100 households and 2 reports; nine together at a corner have 12, one in the middle of the quiet ones 20.
    """
    codes = [f"9002{row * side + column:03}" for row in range(side) for column in range(side)]
    with psycopg.connect(store.dsn("migrate")) as owner:
        owner.execute("SET ROLE gridwarden_owner")
        for number, code in enumerate(codes):
            west, south = 116.955 + number % side * 0.004, 39.655 + number // side * 0.004
            owner.execute("INSERT INTO areas VALUES (%s, 'grid')", (code,))
            owner.execute(
                "INSERT INTO boundaries SELECT 2, %(code)s::text, 'grid', %(code)s::text, '9002', ARRAY['90', '9002', %(code)s::text], false, 100, 300,"
                " ST_Area(v.box::geography), true, ST_PointOnSurface(v.box), ST_Multi(v.box)"
                " FROM (SELECT ST_MakeEnvelope(%(west)s, %(south)s, %(west)s + 0.004, %(south)s + 0.004, 4326)) v (box)",
                {"code": code, "west": west, "south": south},
            )
            loud = number % side < 3 and number // side < 3
            alone = (number % side, number // side) == (6, 6)
            for _ in range(12 if loud else 20 if alone else 2):
                _tell(owner, (west + 0.002, south + 0.002), at, "dumping", ["90", "9002", code])
        for table in ("shapes", "lineage", "spellings", "units"):
            owner.execute(f"DELETE FROM {table} WHERE edition_id = 2")
        # The process keeps the units of an edition that it knows.
        owner.execute("UPDATE editions SET name = '2025 filled' WHERE id = 2")
        prepare_edition(owner, 2)
    return codes


def _tell(
    owner: psycopg.Connection,
    place: tuple[float, float],
    at: datetime,
    category: str,
    chain: list[str],
    channel: str = "app",
) -> None:
    lon, lat = place
    owner.execute(
        _ROW,
        {"category": category, "private": category == "dispute", "code": chain[-1], "chain": chain, "at": at,
         "cells": cells_of(lon, lat), "channel": channel, "geom": f"SRID=4326;POINT({lon} {lat})"},
    )  # fmt: skip
