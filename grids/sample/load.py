"""Puts the sample city into the database by COPY, in one transaction, as the owner of the tables.

Owns row shapes and their order.  A build that stops half way leaves nothing behind.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import psycopg
import shapely
from psycopg import sql
from psycopg.types.json import Jsonb
from shapely import Geometry

from gis.errors import GridwardenError
from grids.activation import prepare_edition
from grids.clock import fill_calendar
from grids.findings import check_edition
from grids.sample.categories import CATEGORIES
from grids.sample.city import Area, City, Edition
from grids.sample.copying import Row, copy_rows, reserve
from grids.sample.postings import SamplePosting
from grids.sample.sites import Site
from grids.sample.stored import has_city

_SRID = 4326
_BUILD_LOCK = 0x67_77_63_79  # "gwcy"; any fixed number, held until the build's transaction ends
_SOURCE = "示例（drawn sample）：名称和代码取自2023年统计用区划，县以下界线为虚构"


class CityExistsError(GridwardenError):
    """Boundaries are in the database already; the sample would come on top of them."""

    code = "city_exists"


@dataclass(frozen=True)
class LogIn:
    """Who may log in to the demo: the posting whose person gets a login, and its password's hash.

    ``desk`` tells handlers of one county apart: the name of their department.
    """

    login: str
    area_code: str
    role: str
    password_hash: str
    desk: str | None = None

    def fits(self, posting: SamplePosting) -> bool:
        """Whether this is the posting, whoever holds it."""
        asked = (posting.area_code, posting.role, posting.desk if self.desk else None)
        return asked == (self.area_code, self.role, self.desk)


def refuse_second_city(connection: psycopg.Connection[Any]) -> None:
    """Wait for a build that is going on elsewhere, then make sure that there is no city yet.

    Raises
    ------
    CityExistsError
        ``city_exists``
    """
    connection.execute("SELECT pg_advisory_xact_lock(%s)", (_BUILD_LOCK,))
    if has_city(connection):
        message = "there are boundaries in the database already: `gridwarden db reset` empties it"
        raise CityExistsError(message)


def load_city(
    connection: psycopg.Connection[Any],
    city: City,
    postings: Sequence[SamplePosting],
    sites: Iterable[Site],
    log_ins: Iterable[LogIn],
    at: datetime,
) -> None:
    """Load editions, areas, people, postings, sites and categories; the caller's transaction commits them."""
    refuse_second_city(connection)
    # Before anything has a deadline.
    fill_calendar(connection, at)
    levels = {area.code: area.level for edition in city.editions for area in edition.areas}
    copy_rows(connection, "areas", "code, level", sorted(levels.items()))
    numbers: list[int] = []
    for edition in city.editions:
        number = _add_edition(connection, edition, at)
        numbers.append(number)
        columns = (
            "edition_id, code, level, name, parent_code, chain, overlay, households, residents, area_m2, synthetic,"
            " label, geom"
        )
        copy_rows(connection, "boundaries", columns, (_boundary_row(number, area) for area in edition.areas))
    _load_postings(connection, postings, list(log_ins), at)
    rows = ((s.code, s.kind, s.name, f"[{s.since.isoformat()},)", s.synthetic, _ewkb(s.geom)) for s in sites)
    copy_rows(connection, "sites", "code, kind, name, during, synthetic, geom", rows)
    categories = [
        (c.code, c.since, c.family, c.name_zh, c.name_en, c.private, c.urgency, Jsonb(c.deadlines), c.about_official)
        for c in CATEGORIES
    ]
    connection.cursor().executemany(
        "INSERT INTO categories (code, since, family, name_zh, name_en, private, urgency, deadlines, about_official)"
        " VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s) ON CONFLICT DO NOTHING",
        categories,
    )
    for table in ("areas", "boundaries", "people", "postings", "sites", "categories"):
        connection.execute(sql.SQL("ANALYZE {}").format(sql.Identifier(table)))
    for number in numbers:
        prepare_edition(connection, number)
        check_edition(connection, number, at)


def _add_edition(connection: psycopg.Connection[Any], edition: Edition, at: datetime) -> int:
    row = connection.execute(
        "INSERT INTO editions (name, levels, source, datum, synthetic, loaded_at)"
        " VALUES (%s, %s, %s, 'wgs84', true, %s) RETURNING id",
        (edition.name, list(edition.levels), _SOURCE, at),
    ).fetchone()
    if row is None:
        raise RuntimeError("the database answered no row where there must be one")
    # There is no case yet that would have to follow.
    connection.execute(
        "INSERT INTO activations (valid_from, edition_id, activated_at, followed_at) VALUES (%s, %s, %s, %s)",
        (edition.valid_from, row[0], at, at),
    )
    return int(row[0])


def _boundary_row(edition: int, a: Area) -> Row:
    label = _ewkb(shapely.Point(a.label))
    return (edition, a.code, a.level, a.name, a.parent_code, list(a.chain), a.overlay, a.households, a.residents,
            a.area_m2, a.synthetic, label, _ewkb(a.geom))  # fmt: skip


def _load_postings(
    connection: psycopg.Connection[Any],
    postings: Sequence[SamplePosting],
    log_ins: Sequence[LogIn],
    at: datetime,
) -> None:
    people: list[Row] = []
    rows: list[Row] = []
    ids = reserve(connection, "people", sum(posting.person is not None for posting in postings))
    for p in postings:
        person = None
        if p.person is not None:
            person = ids[len(people)]
            now = p.since <= at and (p.until is None or at < p.until)
            log_in = next((one for one in log_ins if now and one.fits(p)), None)
            # Of the names that stand for no one's mail (RFC 2606).
            email = f"{log_in.login}@example.org" if log_in else None
            people.append((person, p.person, log_in and log_in.login, log_in and log_in.password_hash, email))
        until = p.until.isoformat() if p.until else ""
        rows.append((p.area_code, p.role, person, p.desk, p.name_public, f"[{p.since.isoformat()},{until})"))
    # COPY does not go into a table with forced row-level security; INSERT does.
    connection.execute("CREATE TEMP TABLE stage_people (LIKE people INCLUDING DEFAULTS) ON COMMIT DROP")
    columns = "id, name, login, password_hash, email"
    copy_rows(connection, "stage_people", columns, people)
    connection.execute("INSERT INTO people OVERRIDING SYSTEM VALUE SELECT * FROM stage_people")
    copy_rows(connection, "postings", "area_code, role, person_id, desk, name_public, during", rows)


def _ewkb(geom: Geometry) -> str:
    return str(shapely.to_wkb(shapely.set_srid(geom, _SRID), hex=True, include_srid=True))
