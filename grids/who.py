"""Who answered, answers or will answer for an area on a day: the whole day, and both where it changed within it.

Reads only; ``grids.locate`` says who answers at an instant, this room which instants a day needs.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from itertools import pairwise
from typing import Final
from zoneinfo import ZoneInfo

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from grids.access import Actor, may_see_names
from grids.answers import Answer
from grids.areas import AreaNotFoundError
from grids.locate import locate_area
from grids.posted import Held, postings_during

SHANGHAI: Final = ZoneInfo("Asia/Shanghai")
_ANSWERS: Final = frozenset({"head", "deputy", "member", "desk"})
_TURNS: Final = text("SELECT at FROM turns_of(:chain) at WHERE at > :begins AND at < :ends")


@dataclass(frozen=True, slots=True)
class Stretch:
    """A part of the day, [since, until), in which nothing changed: what ``locate`` says, and everybody posted.

    ``posted`` holds the heads, deputies and members of the area and the desks of its chain, the area's own first.
    """

    since: datetime
    until: datetime
    answer: Answer
    posted: tuple[Held, ...]

    def of(self, role: str) -> tuple[Held, ...]:
        """Answer who holds a role."""
        return tuple(held for held in self.posted if held.role == role)


async def who_on(
    connection: AsyncConnection, code: str, day: date, reader: Actor | None, now: datetime
) -> tuple[Stretch, ...]:
    """Answer who answers for an area on a day of Asia/Shanghai; more than one part only where something changed.

    Parameters
    ----------
    connection : AsyncConnection
        As the web role, or on behalf of the reader.
    code : str
        Of the area.
    day : date
        Any; names of past days are for staff.
    reader : Actor or None
        Who asks.
    now : datetime
        Aware.

    Raises
    ------
    AreaNotFoundError
        ``area_not_found``: the boundaries of that day have no such area.
    """
    begins = datetime.combine(day, time.min, SHANGHAI)
    ends = datetime.combine(day + timedelta(days=1), time.min, SHANGHAI)
    asked = await locate_area(connection, code, begins, names=False)
    if asked is None:
        raise AreaNotFoundError(
            f"There is no area {code} in the boundaries of {day}. Codes change with them; `gridwarden boundaries list`"
            " says which were in force.",
            params={"code": code},
        )
    chain = [area.code for area in asked.chain]
    held = [one for one in await postings_during(connection, chain, begins, ends) if _counts(one, code)]
    turns = await connection.execute(_TURNS, {"chain": chain, "begins": begins, "ends": ends})
    edges = (at for one in held for at in (one.since, one.until) if at is not None and begins < at < ends)
    cuts = sorted({begins, ends, *turns.scalars(), *edges})
    parts: list[Stretch] = []
    for since, until in pairwise(cuts):
        part = await _stretch(connection, code, held, (since, until), reader, now)
        if parts and _same(parts[-1], part):
            parts[-1] = replace(parts[-1], until=until)
        else:
            parts.append(part)
    return tuple(parts)


def _counts(one: Held, code: str) -> bool:
    return one.role == "desk" or (one.area_code == code and one.role in _ANSWERS)


async def _stretch(
    connection: AsyncConnection,
    code: str,
    held: Iterable[Held],
    span: tuple[datetime, datetime],
    reader: Actor | None,
    now: datetime,
) -> Stretch:
    since, until = span
    # Today is asked as of now, so that the public sees today's names and no former one.
    at = now if since <= now < until else since
    names = may_see_names(reader, at, now)
    answer = await locate_area(connection, code, at, names=names)
    if answer is None:
        raise AreaNotFoundError(f"There is no area {code} in the boundaries of {at}.", params={"code": code})
    posted = tuple(
        one if reader is not None or (names and one.name_public) else replace(one, name=None)
        for one in held
        if one.since <= since and (one.until is None or one.until > since)
    )
    order = [area.code for area in reversed(answer.chain)]
    posted = tuple(sorted(posted, key=lambda one: order.index(one.area_code) if one.area_code in order else len(order)))
    return Stretch(since, until, answer, posted)


def _same(one: Stretch, other: Stretch) -> bool:
    return (one.answer.head, one.answer.owner, one.posted) == (other.answer.head, other.answer.owner, other.posted)
