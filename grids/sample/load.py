"""Puts the sample into the database by COPY, in one transaction, as the owner of the tables.

Owns row shapes and their order.  What a report's match and owner are is
asked of the database's own ``locate``, so that stored answers and later ones cannot differ.  A build that
stops half way leaves nothing behind.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
import psycopg
import shapely
from psycopg import sql
from psycopg.types.json import Jsonb
from shapely import Geometry
from stdnum import luhn

from gis.cells import cells_of
from gis.errors import GridwardenError
from grids.activation import prepare_edition
from grids.sample.categories import CATEGORIES
from grids.sample.city import Area, City, Edition
from grids.sample.postings import SamplePosting
from grids.sample.reports import SampleCase
from grids.sample.sites import Site
from grids.sample.stored import has_city

Step = Callable[[str, int], None]
Entropy = Callable[[int], bytes]
Row = Sequence[Any]

_SRID = 4326
_BUILD_LOCK = 0x67_77_63_79  # "gwcy"; any fixed number, held until the build's transaction ends
_SOURCE = "Drawn sample: names and codes from the statistical divisions of 2023; outlines below the county invented"


class CityExistsError(GridwardenError):
    """Boundaries are in the database already; the sample would come on top of them."""

    code = "city_exists"


class SeedUsedError(GridwardenError):
    """The reports of this seed are in the database already."""

    code = "seed_used"


@dataclass(frozen=True)
class LogIn:
    """Who may log in to the demo: the posting whose person gets a login, and its password's hash."""

    login: str
    area_code: str
    role: str
    password_hash: str


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
    levels = {area.code: area.level for edition in city.editions for area in edition.areas}
    _copy(connection, "areas", "code, level", sorted(levels.items()))
    numbers: list[int] = []
    for edition in city.editions:
        number = _add_edition(connection, edition, at)
        numbers.append(number)
        columns = (
            "edition_id, code, level, name, parent_code, chain, overlay, households, residents, area_m2, synthetic,"
            " label, geom"
        )
        _copy(connection, "boundaries", columns, (_boundary_row(number, area) for area in edition.areas))
    _load_postings(connection, postings, {(one.area_code, one.role): one for one in log_ins}, at)
    rows = ((s.code, s.kind, s.name, f"[{s.since.isoformat()},)", s.synthetic, _ewkb(s.geom)) for s in sites)
    _copy(connection, "sites", "code, kind, name, during, synthetic, geom", rows)
    connection.cursor().executemany(
        "INSERT INTO categories (code, since, family, name_zh, name_en, private, urgency, deadlines)"
        " VALUES (%s, %s, %s, %s, %s, %s, %s, %s) ON CONFLICT DO NOTHING",
        [
            (c.code, c.since, c.family, c.name_zh, c.name_en, c.private, c.urgency, Jsonb(c.deadlines))
            for c in CATEGORIES
        ],
    )
    for table in ("areas", "boundaries", "people", "postings", "sites", "categories"):
        connection.execute(sql.SQL("ANALYZE {}").format(sql.Identifier(table)))
    for number in numbers:
        prepare_edition(connection, number)


def _add_edition(connection: psycopg.Connection[Any], edition: Edition, at: datetime) -> int:
    row = connection.execute(
        "INSERT INTO editions (name, levels, valid_from, state, source, datum, synthetic, loaded_at, activated_at)"
        " VALUES (%s, %s, %s, 'active', %s, 'wgs84', true, %s, %s) RETURNING id",
        (edition.name, list(edition.levels), edition.valid_from, _SOURCE, at, at),
    ).fetchone()
    return int(_one(row))


def _boundary_row(edition: int, a: Area) -> Row:
    label = _ewkb(shapely.Point(a.label))
    return (edition, a.code, a.level, a.name, a.parent_code, list(a.chain), a.overlay, a.households, a.residents,
            a.area_m2, a.synthetic, label, _ewkb(a.geom))  # fmt: skip


def _load_postings(
    connection: psycopg.Connection[Any],
    postings: Sequence[SamplePosting],
    log_ins: Mapping[tuple[str, str], LogIn],
    at: datetime,
) -> None:
    people: list[Row] = []
    rows: list[Row] = []
    ids = _reserve(connection, "people", sum(posting.person is not None for posting in postings))
    for p in postings:
        person = None
        if p.person is not None:
            person = ids[len(people)]
            now = p.since <= at and (p.until is None or at < p.until)
            log_in = log_ins.get((p.area_code, p.role)) if now else None
            people.append((person, p.person, log_in and log_in.login, log_in and log_in.password_hash))
        until = p.until.isoformat() if p.until else ""
        rows.append((p.area_code, p.role, person, p.desk, p.name_public, f"[{p.since.isoformat()},{until})"))
    # COPY does not go into a table with forced row-level security; INSERT does.
    connection.execute("CREATE TEMP TABLE stage_people (LIKE people) ON COMMIT DROP")
    columns = "id, name, login, password_hash"
    _copy(connection, "stage_people", columns, people)
    connection.execute("INSERT INTO people OVERRIDING SYSTEM VALUE SELECT * FROM stage_people")
    _copy(connection, "postings", "area_code, role, person_id, desk, name_public, during", rows)


def load_reports(
    connection: psycopg.Connection[Any],
    cases: Sequence[SampleCase],
    numbers: Sequence[str],
    entropy: Entropy,
    step: Step = lambda _what, _count: None,
) -> None:
    """Load reports in their cases, each matched at the moment it was received.

    Parameters
    ----------
    cases
        See :mod:`grids.sample.reports`.
    numbers
        A receipt number for each report, in the order of cases and their reports.
    entropy
        Answers so many random bytes; for salts, and for keys that nobody holds.
    step
        Is told what begins and how many rows it has.
    """
    count = sum(len(case.reports) for case in cases)
    case_ids = _reserve(connection, "cases", len(cases))
    report_ids = _reserve(connection, "reports", count)
    folder = Path(__file__).parent / "sql"
    connection.execute((folder / "stage.sql").read_bytes())
    step("copy", count)
    _copy(
        connection,
        "stage_cases",
        "id, category_code, state, confirmed, reopened, closed_at, version",
        _case_rows(cases, case_ids),
    )
    columns = ("id, number, key_digest, salt, case_id, category_code, channel, received_at, seen_at, lon, lat,"
               " lon_given, lat_given, datum, accuracy_m, area_code, words, place_words, contact, cells")  # fmt: skip
    _copy(connection, "stage_reports", columns, _report_rows(cases, case_ids, report_ids, numbers, entropy))
    columns = "case_id, seq, at, verb, state, report_id, staff, data"
    _copy(connection, "stage_events", columns, _event_rows(cases, case_ids, report_ids))
    step("match", count)
    connection.execute((folder / "match.sql").read_bytes())
    step("store", count)
    connection.execute((folder / "store.sql").read_bytes())


def _case_rows(cases: Iterable[SampleCase], ids: Sequence[int]) -> Iterator[Row]:
    for number, case in zip(ids, cases, strict=True):
        life = case.life
        yield number, case.category, life.state, life.confirmed, life.reopened, life.closed_at, len(life.events)


def _report_rows(
    cases: Iterable[SampleCase],
    case_ids: Sequence[int],
    report_ids: Sequence[int],
    numbers: Sequence[str],
    entropy: Entropy,
) -> Iterator[Row]:
    said = ((case_id, r) for case_id, case in zip(case_ids, cases, strict=True) for r in case.reports)
    for report_id, number, (case_id, r) in zip(report_ids, numbers, said, strict=True):
        yield (
            report_id, number, entropy(32), entropy(16), case_id, r.category, r.channel, r.received_at, r.seen_at,
            *(r.lon_lat or (None, None)), *(r.given or (None, None)), r.datum, r.accuracy_m, r.area_code,
            r.words, r.place_words, r.contact, cells_of(*r.lon_lat) if r.lon_lat else None,
        )  # fmt: skip


def _event_rows(cases: Iterable[SampleCase], case_ids: Sequence[int], report_ids: Sequence[int]) -> Iterator[Row]:
    before = 0
    for case_id, case in zip(case_ids, cases, strict=True):
        for seq, e in enumerate(case.life.events, 1):
            report = None if e.report is None else report_ids[before + e.report]
            yield case_id, seq, e.at, e.verb, e.state, report, e.staff, json.dumps(e.data, ensure_ascii=False)
        before += len(case.reports)


def draw_numbers(count: int, seed: int, taken: Collection[str]) -> list[str]:
    """Distinct receipt numbers (ten digits, the last by Luhn) that are not taken yet.

    Raises
    ------
    SeedUsedError
        ``seed_used``: most of the first numbers are taken, so this seed was loaded before.
    """
    rng = np.random.default_rng([seed, 10])
    numbers: dict[str, None] = {}
    clashes = 0
    while len(numbers) < count:
        digits = f"{int(rng.integers(10**9)):09d}"
        number = digits + str(luhn.calc_check_digit(digits))
        if number in taken:
            clashes += 1
            if clashes > 10 and clashes > len(numbers):
                message = f"the reports of seed {seed} are loaded already: choose another one with --seed"
                raise SeedUsedError(message, params={"seed": seed})
        else:
            numbers[number] = None
    return list(numbers)


def _reserve(connection: psycopg.Connection[Any], table: str, count: int) -> list[int]:
    # Ids are drawn from the table's own sequence, so rows of the service and of the sample never clash.
    rows = connection.execute(
        "SELECT nextval(pg_get_serial_sequence(%s, 'id')) FROM generate_series(1, %s)", (table, count)
    )
    return [int(row[0]) for row in rows]


def _copy(connection: psycopg.Connection[Any], table: str, columns: str, rows: Iterable[Row]) -> None:
    names = sql.SQL(", ").join(sql.Identifier(name.strip()) for name in columns.split(","))
    statement = sql.SQL("COPY {} ({}) FROM STDIN").format(sql.Identifier(table), names)
    with connection.cursor().copy(statement) as copy:
        for row in rows:
            copy.write_row(row)


def _ewkb(geom: Geometry) -> str:
    return str(shapely.to_wkb(shapely.set_srid(geom, _SRID), hex=True, include_srid=True))


def _one(row: Row | None) -> Any:
    if row is None:
        raise RuntimeError("the database answered no row where there must be one")
    return row[0]
