"""A county of four levels, a second one beside it, and somebody in every role for every area: who sees and does what.

    80 county ─ 8001 township ─ 800101 village ─ 800101001, 002, 003 grids, 800101901 an overlay on a corner of 001
              │               └ 800102 village ─ 800102001 grid
              └ 8002 township ─ 800201 village ─ 800201001 grid
    81 county ─ 8101 township ─ 810101 village ─ 810101001 grid

Grid 002 has a deputy only, 003 nobody; every other area has everybody.  People are called ``role@area`` and log in by that name.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any

import psycopg
from psycopg.types.json import Jsonb
from stdnum import luhn

from gis.cells import cells_of
from gis.store import Store
from grids.activation import prepare_edition, unprepared
from grids.receipts import Keys, digest

NOW = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
COUNTY, TOWNSHIP, VILLAGE, GRID = "80", "8001", "800101", "800101001"
DEPUTISED, VACANT, OVERLAY, SIBLING = "800101002", "800101003", "800101901", "800102001"
OTHER_VILLAGE, OTHER_TOWNSHIP, FAR_GRID, FOREIGN = "800102", "8002", "800201001", "810101001"
ROLES = (
    "head", "deputy", "member", "desk", "dispatcher", "handler", "clerk", "supervisor", "planner", "administrator",
    "helper",
)  # fmt: skip
# code: lon, lat of the lower left corner, width, height
AREAS: dict[str, tuple[float, float, float, float]] = {
    COUNTY: (117.0, 39.6, 0.2, 0.2),
    TOWNSHIP: (117.0, 39.6, 0.1, 0.2),
    VILLAGE: (117.0, 39.6, 0.05, 0.1),
    GRID: (117.0, 39.6, 0.01, 0.01),
    DEPUTISED: (117.01, 39.6, 0.01, 0.01),
    VACANT: (117.02, 39.6, 0.01, 0.01),
    OVERLAY: (117.0, 39.6, 0.002, 0.002),
    OTHER_VILLAGE: (117.05, 39.6, 0.05, 0.1),
    SIBLING: (117.05, 39.6, 0.01, 0.01),
    OTHER_TOWNSHIP: (117.1, 39.6, 0.1, 0.2),
    "800201": (117.1, 39.6, 0.05, 0.1),
    FAR_GRID: (117.1, 39.6, 0.01, 0.01),
    "81": (117.3, 39.6, 0.2, 0.2),
    "8101": (117.3, 39.6, 0.1, 0.2),
    "810101": (117.3, 39.6, 0.05, 0.1),
    FOREIGN: (117.3, 39.6, 0.01, 0.01),
}
# The newest category begins some hours after the first reports; as it stands in the rows above.
YOUNG_SINCE = NOW + timedelta(hours=6)
_LEVELS = {2: "county", 4: "township", 6: "village", 9: "grid"}
_CATEGORIES = """
INSERT INTO categories (code, since, family, name_zh, name_en, private, urgency, deadlines, about_official) VALUES
    ('dumping', '2018-12-31 16:00Z', 'waste', '乱倒垃圾', 'Illegal dumping', false, 'normal',
     '{"solve": {"hours": 72}, "emergency": {"accept": {"hours": 1}}}', false),
    ('light', '2018-12-31 16:00Z', 'works', '路灯不亮', 'Broken light', false, 'normal',
     '{"solve": {"hours": 48}, "accept": {"hours": 4}, "dispatch": {"hours": 8}, "recheck": {"hours": 24},
       "urgent": {"solve": {"hours": 24}}, "emergency": {"solve": {"hours": 6}, "accept": {"hours": 1}, "dispatch": {"hours": 2}}}', false),
    ('dispute', '2018-12-31 16:00Z', 'people', '邻里纠纷', 'Neighbours'' dispute', true, 'normal', '{"solve": {"hours": 168}}', false),
    ('conduct', '2018-12-31 16:00Z', 'people', '干部作风', 'About an official', true, 'normal', '{"solve": {"hours": 168}}', true);
INSERT INTO categories (code, since, family, name_zh, name_en, private, urgency, deadlines) VALUES
    ('sinkhole', '2026-03-02 07:00Z', 'works', '路面塌陷', 'Sinkhole', false, 'urgent', '{"solve": {"hours": 20}, "accept": {"hours": 1}}');
"""


def chain(code: str) -> tuple[str, ...]:
    """Answer the codes from the top down to an area.

    >>> chain("800101001")
    ('80', '8001', '800101', '800101001')
    """
    return tuple(code[:n] for n in _LEVELS if n <= len(code))


def token(login: str) -> str:
    """Answer the cookie by which somebody is logged in."""
    return f"session-of-{login}"


def session(login: str | None) -> bytes | None:
    """Answer the digest of it, as the database knows it."""
    return None if login is None else digest(token(login))


@dataclass(frozen=True)
class Posting:
    """A role that somebody, by his log-in, or a department holds for an area over a period."""

    area: str
    role: str
    person: str | None
    desk: str | None = None
    since: datetime = datetime(2019, 1, 1, tzinfo=UTC)
    until: datetime | None = None


# From then on the grid has another head.
SUCCESSION = datetime(2026, 3, 20, tzinfo=UTC)


def postings() -> Iterator[Posting]:
    """Answer all postings: each role for each area, and a few that are unusual."""
    for area in AREAS:
        for role in ROLES:
            login = f"{role}@{area}"
            if area in (DEPUTISED, VACANT) and not (area == DEPUTISED and role in ("deputy", "member")):
                continue
            # In the second county nobody sits at any desk.
            if role == "desk" and area.startswith("81"):
                continue
            desk = {"desk": f"{area}值班台", "handler": f"{area}执法队", "helper": f"{area}帮办队"}.get(role)
            yield Posting(area, role, login, desk, until=SUCCESSION if login == f"head@{GRID}" else None)
            if role == "handler":
                yield Posting(area, "department", None, desk)
            if role == "helper":
                yield Posting(area, "team", None, desk)
    yield Posting(GRID, "head", "next", since=SUCCESSION)
    # In a small place somebody wears two hats.
    yield Posting(GRID, "deputy", "both")
    yield Posting(VILLAGE, "dispatcher", "both")
    yield Posting(VACANT, "head", "former", until=datetime(2025, 1, 1, tzinfo=UTC))


def build(database: Store) -> None:
    """Build the county in an empty database of the newest revision; everybody is logged in for ten years."""
    with psycopg.connect(database.dsn("migrate")) as connection, connection.cursor() as cursor:
        cursor.execute("SET ROLE gridwarden_owner")
        cursor.execute(
            "INSERT INTO editions (name, levels, source, datum, synthetic, loaded_at) VALUES"
            " ('2019', '{county,township,village,grid}', 'drawn for tests', 'wgs84', true, '2018-12-01Z')"
        )
        cursor.execute(
            "INSERT INTO activations (valid_from, edition_id, activated_at, followed_at)"
            " VALUES ('2018-12-31 16:00Z', 1, '2018-12-31 16:00Z', '2018-12-31 16:00Z')"
        )
        cursor.executemany("INSERT INTO areas VALUES (%s, %s)", [(code, _LEVELS[len(code)]) for code in AREAS])
        cursor.executemany(
            "INSERT INTO boundaries SELECT 1, %s, %s, %s, %s, %s, %s, 100, 300, ST_Area(b.box::geography), true,"
            " ST_PointOnSurface(b.box), ST_Multi(b.box) FROM (SELECT ST_MakeEnvelope(%s, %s, %s, %s, 4326) AS box) b",
            [_boundary(code) for code in AREAS],
        )
        cursor.execute(_CATEGORIES)
        held = list(postings())
        for login in {each.person for each in held if each.person} | {"stranger"}:
            cursor.execute(
                "WITH one AS (INSERT INTO people (name, login, password_hash) VALUES (%s, %s, 'none') RETURNING id)"
                " INSERT INTO sessions SELECT %s, id, %s, %s FROM one",
                (f"姓名{login}", login, session(login), NOW - timedelta(days=1), NOW + timedelta(days=3650)),
            )
        cursor.executemany(
            "INSERT INTO postings (area_code, role, person_id, desk, during)"
            " VALUES (%s, %s, (SELECT id FROM people WHERE login = %s), %s, tstzrange(%s, %s))",
            [(each.area, each.role, each.person, each.desk, each.since, each.until) for each in held],
        )
        cursor.execute(
            "INSERT INTO teams SELECT id, 'volunteers', 'Team of ' || area_code FROM postings WHERE role = 'team'"
        )
        cursor.execute(
            "INSERT INTO team_terms (posting_id, version, since, skills, areas, hours, contact)"
            " SELECT id, 1, lower(during), '{fire_watch}', ARRAY[area_code::text], '[]', '值班室' FROM postings WHERE role = 'team'"
        )
        for edition, _ in unprepared(connection):
            prepare_edition(connection, edition)


def _boundary(code: str) -> tuple[object, ...]:
    west, south, width, height = AREAS[code]
    line = list(chain(code))
    parent = line[-2] if len(line) > 1 else None
    box = (west, south, west + width, south + height)
    return code, _LEVELS[len(code)], f"辖区{code}", parent, line, code == OVERLAY, *box


@dataclass(frozen=True)
class Sent:
    """A report as it was received."""

    case_id: int
    number: str
    key: str


def send(
    web: psycopg.Connection,
    keys: Keys,
    n: int,
    where: tuple[float, float] | str,
    *,
    category: str = "dumping",
    words: str = "苗圃东边又有人倒垃圾。",
    contact: str | None = None,
    taken_by: str | None = None,
    channel: str | None = None,
    door: dict[str, Any] | None = None,
    at: datetime = NOW,
) -> Sent:
    """Send the n-th report, to a position or for an area.

    Its number is made from ``n``, so that every report of a database needs another one.  ``door``: of a letter or a visit.
    """
    number = f"{n:09d}"
    number += str(luhn.calc_check_digit(number))
    key = keys.key(number)
    lon, lat = (None, None) if isinstance(where, str) else where
    values = {
        "key": sha256(f"key {n}".encode()).digest(),
        "session": session(taken_by),
        "at": at,
        "number": number,
        "link": digest(key),
        "category": category,
        "channel": channel or ("hotline" if taken_by else "app"),
        "words": words,
        "contact": contact,
        "lon": lon,
        "lat": lat,
        "accuracy": None if lon is None else 5.0,
        "datum": None if lon is None else "wgs84",
        "area": where if isinstance(where, str) else None,
        "place": "东头水沟边" if isinstance(where, str) else None,
        "door": Jsonb(door) if door else None,
        "cells": None if lon is None or lat is None else cells_of(lon, lat),
    }
    web.execute(
        "SELECT receive_report(%(key)s, %(key)s, %(session)s, %(at)s, %(number)s, %(link)s, %(category)s, %(channel)s, %(at)s,"
        " %(words)s, %(contact)s, %(lon)s, %(lat)s, %(accuracy)s, %(lon)s, %(lat)s, %(datum)s, %(area)s, %(place)s, %(cells)s, p_door => %(door)s)",
        values,
    )
    view = web.execute("SELECT reporter_view(%(number)s, %(link)s)", values).fetchone()
    assert view
    return Sent(int(view[0]["case_id"]), number, key)
