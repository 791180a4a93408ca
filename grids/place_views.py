"""A place (where reports of one family keep coming back) as those see it who see one of its cases.

Reads only.  What may be seen ``place_seen`` in the database decides: numbers of the whole place, also beyond the
reader's own areas, and the cases that are his to see; words and contact are not among them.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar, Final

from pydantic import TypeAdapter
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from gis.errors import GridwardenError
from grids.place_alarms import line_of
from grids.place_recipients import CASES, NAMES, OWNED, POSTED, Hands, Worked
from grids.place_rules import PlaceRule
from grids.place_story import (
    BEFORE,
    NEAR_M,
    Channels,
    Story,
    beside,
    cases_of,
    finished,
    play,
)

_BESIDE: Final = "SELECT * FROM place_beside(%(place)s, %(before)s, %(near)s)"


class PlaceNotFoundError(GridwardenError):
    """No such place, or none for this actor."""

    code: ClassVar[str] = "place_not_found"


@dataclass(frozen=True, slots=True)
class PlaceReport:
    """A report of a place; ``lon, lat`` EPSG:4326."""

    number: str
    received_at: datetime
    channel: str
    lon: float
    lat: float


@dataclass(frozen=True, slots=True)
class PlaceCase:
    """A case of a place with its reports there, the first one first."""

    case_id: int
    category_code: str
    state: str
    confirmed: bool | None
    reopened: int
    area_code: str | None
    received_at: datetime
    due_at: datetime
    paused_at: datetime | None
    closed_at: datetime | None
    reports: tuple[PlaceReport, ...]


@dataclass(frozen=True, slots=True)
class PlaceAlarm:
    """A rule that rang at a place; ``case_id`` None: for a case that is not the reader's to see."""

    rule_id: int
    note: str
    at: datetime
    facts: dict[str, Any]
    case_id: int | None


@dataclass(frozen=True, slots=True)
class Place:
    """What is known of a place.

    Attributes
    ----------
    id : int
        Of the report that is its anchor; another one than was asked for where that leads on.
    lon, lat : float
        EPSG:4326, of the anchor.
    reports, reporters, cases, open, closed, confirmed : int
        Of the whole place: said, by so many people, worked, open now, closed, and of these confirmed as solved.
    claimed, reopened : int
        How often it was said to be solved, and how often that was taken back.
    unsolved_since : datetime or None
        Since when there is something of which nobody confirmed that it was solved, nor anything that came later.
    channels : dict of str to int
        Reports by channel.
    areas : tuple of str
        Codes of the areas in which they lie.
    alarms : tuple of PlaceAlarm
        What rang here, the first one first.
    seen : tuple of PlaceCase
        Those that the reader sees, the newest first.
    """

    id: int
    family: str
    lon: float
    lat: float
    reports: int
    reporters: int
    first_at: datetime
    last_at: datetime
    channels: dict[str, int]
    areas: tuple[str, ...]
    cases: int
    open: int
    closed: int
    confirmed: int
    claimed: int
    reopened: int
    unsolved_since: datetime | None
    alarms: tuple[PlaceAlarm, ...]
    seen: tuple[PlaceCase, ...]


_READ: TypeAdapter[Place] = TypeAdapter(Place)


async def place_seen(connection: AsyncConnection, place_id: int, now: datetime) -> Place:
    """Answer a place by its number.

    Parameters
    ----------
    connection : AsyncConnection
        As the web role, acting for the reader.
    place_id : int
        Of a report that is or was its anchor.
    now : datetime
        Aware.

    Raises
    ------
    PlaceNotFoundError
        ``place_not_found``: there is none, or none of its cases is the reader's to see.
    """
    told: Any = (
        await connection.execute(text("SELECT place_seen(:place, :at)"), {"place": place_id, "at": now})
    ).scalar_one()
    if told is None:
        raise PlaceNotFoundError(f"There is no place {place_id} for you.", params={"id": place_id})
    return _READ.validate_python(told)


async def story_seen(connection: AsyncConnection, place: Place, now: datetime) -> Story:
    """Answer the story of a place, played through today's rules, as far as it is the reader's to see.

    When a rule would have rung is told of the whole place, as its numbers are; reports, steps and who would have been
    told are those of his cases, and what was reported beside the place is what he may see.

    Parameters
    ----------
    connection : AsyncConnection
        As the web role, acting for the reader.
    place : Place
        As he sees it.
    now : datetime
        Aware; the rules in force then are asked.
    """
    found = await connection.execute(text("SELECT * FROM place_rules_at(:at)"), {"at": now})
    rules = [PlaceRule(**dict(row)) for row in found.mappings()]
    within_m = max((rule.within_m for rule in rules if rule.within_m is not None), default=None)
    rows = await connection.execute(
        text("SELECT * FROM place_told(:place, :within)"), {"place": place.id, "within": within_m}
    )
    channels: Channels = {}
    for report in sorted((one for case in place.seen for one in case.reports), key=lambda one: one.received_at):
        channels.setdefault((place.id, report.received_at), []).append(report.channel)
    lines = [line_of(dict(row)) for row in rows.mappings()]
    # Of a rush it takes a while, and others are answered meanwhile.
    told = await asyncio.to_thread(lambda: [*play(place.id, place.family, lines, rules, channels)])
    told += [beside(*row) for row in await _asked(connection, _BESIDE, place=place.id, before=BEFORE, near=NEAR_M)]
    cases = [Worked(*row) for row in await _asked(connection, CASES, cases=sorted(cases_of(told)))]
    codes = sorted({code for case in cases for code in case.chain})
    hands = Hands(
        cases,
        await _asked(connection, OWNED, cases=[case.case_id for case in cases]),
        await _asked(connection, POSTED, codes=codes),
        dict(await _asked(connection, NAMES, codes=codes, at=now)),
    )
    return finished(None, told, cases, hands)


async def _asked(connection: AsyncConnection, question: str, **values: Any) -> Sequence[Any]:
    """Ask what the shell asks by psycopg; of cases row-level security answers what the reader may see."""
    found = await connection.execute(text(question % {name: f":{name}" for name in values}), values)
    return [tuple(row) for row in found]


async def places_of_case(connection: AsyncConnection, case_id: int) -> list[tuple[int, int]]:
    """Answer the places of a case's reports and how many reports each has, the fullest first; none for other eyes."""
    found = await connection.execute(text("SELECT place_id, reports FROM places_of(:case)"), {"case": case_id})
    return [(row.place_id, row.reports) for row in found]
