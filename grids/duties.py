"""What is to be done: a department's inbox, the day list of a head and those beside him, the lists of a week.

Reads only, under row-level security; the order of a walk is ``grids.round_trip``'s.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final, Literal, get_args

from sqlalchemy import ColumnElement, and_, bindparam, func, not_, or_, select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from grids.access import Actor
from grids.listed import Listed, listed
from grids.lists import LINES, begins
from grids.nearby import NEARBY_M
from grids.tables import cases, events, postings

InboxSection = Literal["received", "in_progress", "extension", "soon", "late", "open"]
"""Dispatched to the department and not begun; being worked; asked for more time, or told yes or no in the last days;
due within a day; past a deadline; all that it owns."""
INBOX_SECTIONS: Final[tuple[InboxSection, ...]] = get_args(InboxSection)

# How long the answer to a request for more time stays news.
_NEWS: Final = timedelta(days=3)
MOST: Final = 500


@dataclass(frozen=True, slots=True)
class Department:
    """A department for which the actor works."""

    posting_id: int
    area_code: str
    desk: str


@dataclass(frozen=True, slots=True)
class Answered:
    """What was said last about more time for a case: ``approve_extension`` or ``refuse_extension``."""

    verb: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Inbox:
    """What some departments own, the earliest deadline first; ``answered`` by the number of the case."""

    rows: tuple[Listed, ...]
    answered: dict[int, Answered]

    def section(self, section: InboxSection, now: datetime) -> tuple[Listed, ...]:
        """Answer the rows of a section."""
        return tuple(row for row in self.rows if self._stands_in(row, section, now))

    def _stands_in(self, row: Listed, section: InboxSection, now: datetime) -> bool:
        match section:
            case "received":
                return row.state in ("received", "accepted", "dispatched")
            case "in_progress":
                return row.state == "in_progress"
            case "extension":
                return row.asked_until is not None or row.id in self.answered
            case "soon":
                return row.soon(now)
            case "late":
                return row.late(now)
            case "open":
                return True


@dataclass(frozen=True, slots=True)
class SiteBeside:
    """The named site nearest to a case; ``distance_m`` is geodesic, 0 within it."""

    kind: str
    name: str
    distance_m: float


@dataclass(frozen=True, slots=True)
class DayList:
    """What a head and his people have to do, the earliest deadline first; ``resting`` cases wait for others."""

    rows: tuple[Listed, ...]
    resting: int
    beside: dict[int, SiteBeside]


@dataclass(frozen=True, slots=True)
class WeekList:
    """The lists of a posting for a week: 问题清单 of its area, 履职清单 its own; ``lists`` as the database has it."""

    posting_id: int
    area_code: str
    area: str
    role: str
    desk: str | None
    lists: dict[str, Any]


async def week_lists(connection: AsyncConnection, week: date, now: datetime) -> tuple[WeekList, ...]:
    """Answer the actor's lists of a week, one pair for each head, deputy or desk that he works for.

    Parameters
    ----------
    connection : AsyncConnection
        Of a visit: the database knows the actor.
    week : date
        Its Monday.
    now : datetime
        Aware.
    """
    found = await connection.execute(
        text("SELECT * FROM my_week_lists(:begins, :at, :most)"), {"begins": begins(week), "at": now, "most": LINES}
    )
    return tuple(WeekList(**{**row, "lists": _dated(row["lists"])}) for row in found.mappings())


def _dated(lists: dict[str, Any]) -> dict[str, Any]:
    told = ("problems", "due_cases")
    rows = {name: [{**one, "due_at": datetime.fromisoformat(one["due_at"])} for one in lists[name]] for name in told}
    return {**lists, **rows}


async def departments_of(connection: AsyncConnection, actor: Actor, now: datetime) -> tuple[Department, ...]:
    """Answer the departments for which somebody works at an instant, by area and name."""
    mine = postings.alias("mine")
    p = postings.c
    found = await connection.execute(
        select(p.id, p.area_code, p.desk)
        .join(mine, and_(mine.c.area_code == p.area_code, mine.c.desk == p.desk))
        .where(
            p.role == "department",
            p.during.contains(now),
            mine.c.person_id == actor.person_id,
            mine.c.role == "handler",
            mine.c.during.contains(now),
        )
        .order_by(p.area_code, p.desk)
    )
    return tuple(Department(*row) for row in found)


async def inbox(connection: AsyncConnection, departments: Sequence[Department], now: datetime) -> Inbox:
    """Answer the open cases that departments own; at most ``MOST``, the most urgent."""
    c = cases.c
    rows = await listed(
        connection,
        now,
        c.closed_at.is_(None),
        c.owner_area_code.in_({d.area_code for d in departments}),
        c.owner_role == "department",
        c.owner_posting_id.in_([d.posting_id for d in departments]),
        limit=MOST,
    )
    e = events.c
    said = await connection.execute(
        select(e.case_id, e.verb, e.at)
        .where(
            e.case_id.in_([row.id for row in rows]),
            e.verb.in_(("approve_extension", "refuse_extension")),
            e.at > now - _NEWS,
        )
        .order_by(e.case_id, e.seq)
    )
    # Of two answers the later one stands.
    return Inbox(tuple(rows), {row.case_id: Answered(row.verb, row.at) for row in said})


def solved_for(actor: Actor) -> tuple[str, ...]:
    """Answer the areas whose cases somebody solves as head, deputy or member, by code."""
    return tuple(sorted(actor.areas("solve")))


async def day_list(connection: AsyncConnection, areas: Sequence[str], now: datetime) -> DayList:
    """Answer what the head, deputies and members of some areas have to do; at most ``MOST``, the most urgent."""
    c = cases.c
    owned: tuple[ColumnElement[bool], ...] = (
        c.closed_at.is_(None),
        c.owner_area_code.in_(areas),
        c.owner_role.in_(("head", "deputy")),
    )
    waits = or_(c.state == "claimed_solved", and_(c.state == "paused", c.paused_until > now))
    rows = await listed(connection, now, *owned, not_(waits), limit=MOST)
    resting = await connection.execute(select(func.count()).where(*owned, waits))
    return DayList(tuple(rows), resting.scalar_one(), await _beside(connection, rows, now))


_BESIDE = text("""
    SELECT a.id, s.kind, s.name, s.distance_m
    FROM unnest(CAST(:ids AS bigint[]), CAST(:lons AS float8[]), CAST(:lats AS float8[])) a (id, lon, lat),
         LATERAL (SELECT ST_SetSRID(ST_MakePoint(a.lon, a.lat), 4326) AS point) pin,
         LATERAL (
             SELECT s.kind, s.name, metres_between(pin.point, s.geom) AS distance_m
             FROM sites s WHERE s.geom && box_around(pin.point, :metres) AND s.during @> CAST(:at AS timestamptz)
             ORDER BY 3, s.code LIMIT 1
         ) s
    WHERE s.distance_m <= :metres
""").bindparams(bindparam("metres", NEARBY_M))


async def _beside(connection: AsyncConnection, rows: Sequence[Listed], now: datetime) -> dict[int, SiteBeside]:
    pinned = [row for row in rows if row.lon is not None]
    asked: dict[str, Any] = {
        "ids": [row.id for row in pinned],
        "lons": [row.lon for row in pinned],
        "lats": [row.lat for row in pinned],
        "at": now,
    }
    found = await connection.execute(_BESIDE, asked)
    return {row.id: SiteBeside(row.kind, row.name, row.distance_m) for row in found}


async def outlines(
    connection: AsyncConnection, areas: Sequence[str], now: datetime
) -> tuple[tuple[tuple[float, float], ...], ...]:
    """Answer the outer rings of areas in the edition of an instant, EPSG:4326 lon lat, thinned for a small drawing."""
    found = await connection.execute(
        text("""
            SELECT ST_AsGeoJSON(ST_ExteriorRing((d.part).geom), 5)
            FROM boundaries b, LATERAL (SELECT ST_Dump(ST_SimplifyPreserveTopology(b.geom, 0.0001)) AS part) d
            WHERE b.edition_id = (edition_at(:at)).id AND b.code = ANY (:areas)
        """),
        {"at": now, "areas": list(areas)},
    )
    return tuple(tuple((lon, lat) for lon, lat in json.loads(ring)["coordinates"]) for ring in found.scalars())
