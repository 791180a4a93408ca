"""Reads the sample back from the database: areas in force, the nursery, vacancies, numbers in use, the case that waits.

Owns these questions alone; it changes nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import psycopg
import shapely
from shapely import Polygon

from gis.errors import GridwardenError
from grids.sample.city import Area
from grids.sample.sites import NURSERY


class NoCityError(GridwardenError):
    """There are no boundaries yet to report on."""

    code = "no_city"


@dataclass(frozen=True)
class Waiting:
    """The story's last case, and the receipt number of the report that it began with."""

    case_id: int
    number: str


def has_city(connection: psycopg.Connection[Any]) -> bool:
    """Whether any boundary edition is loaded."""
    return connection.execute("SELECT 1 FROM editions LIMIT 1").fetchone() is not None


def taken_numbers(connection: psycopg.Connection[Any]) -> set[str]:
    """All receipt numbers in use."""
    return {str(row[0]) for row in connection.execute("SELECT number FROM reports")}


def read_areas(connection: psycopg.Connection[Any], at: datetime, under: str | None = None) -> list[Area]:
    """Areas of the edition in force, in the order of their codes; only those in the chain of ``under``, if given.

    Raises
    ------
    NoCityError
        ``no_city``: no edition is in force.
    """
    rows = connection.execute(
        "SELECT b.code, b.level, b.name, b.parent_code, b.chain, ST_AsBinary(b.geom), ST_X(b.label), ST_Y(b.label),"
        " b.households, b.residents, b.area_m2, b.synthetic, b.overlay"
        " FROM boundaries b WHERE b.edition_id = (edition_at(%(at)s)).id"
        " AND (%(under)s::text IS NULL OR b.chain @> ARRAY[%(under)s::text]) ORDER BY length(b.code), b.code",
        {"at": at, "under": under},
    ).fetchall()
    if not rows:
        raise NoCityError("there is no city in the database yet: `gridwarden demo build` makes the sample")
    geoms = shapely.from_wkb([bytes(row[5]) for row in rows])
    return [
        Area(
            code, level, name, parent, tuple(chain), geom, (lon, lat),
            households or 0, residents or 0, size, synthetic, overlay,
        )
        for (code, level, name, parent, chain, _, lon, lat, households, residents, size, synthetic, overlay), geom
        in zip(rows, geoms, strict=True)
    ]  # fmt: skip


def read_nursery(connection: psycopg.Connection[Any]) -> Polygon:
    """Outline of the story's nursery.

    Raises
    ------
    NoCityError
        ``no_city``: the boundaries in the database are not the sample's.
    """
    row = connection.execute("SELECT ST_AsBinary(geom) FROM sites WHERE code = %s", (NURSERY,)).fetchone()
    nursery = shapely.from_wkb(bytes(row[0])) if row else None
    if not isinstance(nursery, Polygon):
        raise NoCityError("the boundaries in the database are not the sample's: it has no nursery")
    return nursery


def read_vacant(connection: psycopg.Connection[Any], at: datetime) -> list[str]:
    """Codes of the grids in force that have no head, lowest first."""
    rows = connection.execute(
        "SELECT b.code FROM boundaries b, edition_at(%(at)s) e"
        " WHERE b.edition_id = e.id AND b.level = e.levels[cardinality(e.levels)] AND NOT EXISTS ("
        "   SELECT FROM postings p WHERE p.area_code = b.code AND p.role = 'head' AND p.during @> %(at)s::timestamptz)"
        " ORDER BY b.code",
        {"at": at},
    )
    return [str(row[0]) for row in rows]


def read_waiting(connection: psycopg.Connection[Any]) -> Waiting | None:
    """The newest open case of the sample beside the nursery that is a hazard; None where it has been closed."""
    row = connection.execute(
        "SELECT c.id, r.number FROM sites s, cases c JOIN reports r ON r.case_id = c.id"
        " AND r.received_at = c.received_at"
        " WHERE s.code = %s AND c.synthetic AND c.hazard AND c.closed_at IS NULL"
        " AND c.geom && ST_Expand(s.geom, 0.002) ORDER BY c.received_at DESC, c.id DESC LIMIT 1",
        (NURSERY,),
    ).fetchone()
    return Waiting(int(row[0]), str(row[1])) if row else None
