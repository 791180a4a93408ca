"""A place (where reports of one family keep coming back) as those see it who see one of its cases.

Reads only.  What may be seen ``place_seen`` in the database decides: numbers of the whole place, also beyond the
reader's own areas, and the cases that are his to see; words and contact are not among them.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar

from pydantic import TypeAdapter
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from gis.errors import GridwardenError
from grids.clock import ZONE
from grids.place_alarms import line_of
from grids.place_rules import Alarm, PlaceRule, rings_in_turn


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


@dataclass(frozen=True, slots=True)
class Replayed:
    """What today's rules would have said of a place; ``nth``: after how many reports, ``day``: of its story, from 1."""

    alarm: Alarm
    rule: PlaceRule
    nth: int
    day: int


async def replayed(connection: AsyncConnection, place: Place, now: datetime) -> list[Replayed]:
    """Answer what would have rung at a place, had today's rules been in force from its first report on.

    Parameters
    ----------
    connection : AsyncConnection
        As the web role, acting for the reader.
    place : Place
        As he sees it.
    now : datetime
        Aware.
    """
    found = await connection.execute(text("SELECT * FROM place_rules_at(:at)"), {"at": now})
    rules = {row["id"]: PlaceRule(**dict(row)) for row in found.mappings()}
    within_m = max((rule.within_m for rule in rules.values() if rule.within_m is not None), default=None)
    told = await connection.execute(
        text("SELECT * FROM place_told(:place, :within)"), {"place": place.id, "within": within_m}
    )
    lines = [line_of(dict(row)) for row in told.mappings()]
    return [
        Replayed(
            alarm,
            rules[alarm.rule_id],
            sum(line.verb == "report" and line.at <= alarm.at for line in lines),
            (alarm.at.astimezone(ZONE).date() - place.first_at.astimezone(ZONE).date()).days + 1,
        )
        for alarm in rings_in_turn(list(rules.values()), place.family, lines)
    ]


async def places_of_case(connection: AsyncConnection, case_id: int) -> list[tuple[int, int]]:
    """Answer the places of a case's reports and how many reports each has, the fullest first; none for other eyes."""
    found = await connection.execute(text("SELECT place_id, reports FROM places_of(:case)"), {"case": case_id})
    return [(row.place_id, row.reports) for row in found]
