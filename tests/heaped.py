"""Reports over the little town that lie together in one place, for tests of hotspots."""

import random
from datetime import datetime
from typing import Final

import psycopg

from gis.cells import cells_of
from gis.store import Store
from tests.little_town import HEADED

CENTRE: Final = (117.005, 39.705)
_ROW = """
WITH c AS (
    INSERT INTO cases (category_code, private, urgency, state, area_code, chain, owner_area_code, owner_role, received_at, due_at, geom,
                       cells, channel)
    VALUES (%(category)s, %(private)s, 'normal', 'received', %(code)s, %(chain)s, '90', 'desk', %(at)s, %(at)s + interval '1 day', %(geom)s::geometry,
            %(cells)s::bigint[], 'app') RETURNING *)
INSERT INTO reports (number, key_digest, case_id, category_code, channel, received_at, seen_at, precision, lon_given, lat_given, datum,
                     geom, area_code, chain, match, cells)
SELECT lpad((id * 10)::text, 10, '0'), '', id, category_code, 'app', received_at, received_at, 'point', 117, 39.7, 'wgs84', geom, area_code,
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


def _tell(owner: psycopg.Connection, place: tuple[float, float], at: datetime, category: str, chain: list[str]) -> None:
    lon, lat = place
    owner.execute(
        _ROW,
        {"category": category, "private": category == "dispute", "code": chain[-1], "chain": chain, "at": at,
         "cells": cells_of(lon, lat), "geom": f"SRID=4326;POINT({lon} {lat})"},
    )  # fmt: skip
