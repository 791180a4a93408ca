"""Common causes as they are kept: raised once, going on as long as they rise, told to whoever directs their areas.

What rises ``grids.common_causes`` decides; here it becomes rows, and rows are read again.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from pydantic import TypeAdapter
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from grids.common_causes import Findings
from grids.common_causes_read import Received

LEVELS: Final = ("township", "village")
"""Looked at by the worker: the first one that the edition in force has."""
DAYS: Final = 14
TOLD_FOR: Final = timedelta(days=30)
"""So long after it last rose it stands on the list."""


@dataclass(frozen=True, slots=True)
class RaisedArea:
    """An area in which it rises: its reports, those of an average period before, q within the family."""

    area: str
    count: int
    expected: float
    q: float


@dataclass(frozen=True, slots=True)
class Facts:
    """Of the last period in which it rose; see ``grids.common_causes.Family``.

    ``of``: so many areas were tested, ``periods`` so many of ``days`` days each were compared with.
    """

    count: int
    expected: float
    most: int
    q: float
    of: int
    periods: int
    days: int
    areas: tuple[RaisedArea, ...]


@dataclass(frozen=True, slots=True)
class CauseDesk:
    """The desk that has it: of which area, how that is called, and how the desk is."""

    area_code: str
    area: str
    desk: str | None


@dataclass(frozen=True, slots=True)
class CommonCause:
    """A family that rises in many areas at once.

    Attributes
    ----------
    raised_at : datetime
        When it was raised.
    since, until : datetime
        From the beginning of the period in which it was first found to the end of the last one, [since, until).
    names : dict of str to str
        What its areas are called, by code.
    owner : CauseDesk or None
        Who has to find what is behind it; None: no area lies over all of its areas.
    """

    id: int
    family: str
    level: str
    raised_at: datetime
    since: datetime
    until: datetime
    facts: Facts
    names: dict[str, str]
    owner: CauseDesk | None = None


_CAUSE: TypeAdapter[CommonCause] = TypeAdapter(CommonCause)


def rows_of(found: Findings, received: Received) -> list[dict[str, Any]]:
    """Answer what is kept of each common cause, as ``raise_causes`` takes it."""
    return [
        {
            "family": cause.name,
            "facts": {
                "count": cause.count,
                "expected": cause.expected,
                "most": cause.most,
                "q": cause.q,
                "of": found.areas,
                "periods": found.periods,
                "days": received.days,
                "areas": [{"area": a.area, "count": a.count, "expected": a.expected, "q": a.q} for a in cause.areas],
            },
        }
        for cause in found.causes
    ]


def cause_of(row: dict[str, Any], received: Received) -> CommonCause:
    """Answer a row as if it had been raised by now."""
    span = {"raised_at": received.until, "since": received.since, "until": received.until}
    return _CAUSE.validate_python({"id": 0, "level": received.level, "names": received.names, **span, **row})


def cause_told(told: Mapping[str, Any]) -> CommonCause:
    """Answer a common cause as the database tells it."""
    return _CAUSE.validate_python(told)


async def causes_seen(connection: AsyncConnection, now: datetime) -> list[CommonCause]:
    """Answer what rises, or rose within ``TOLD_FOR``, the newest first, for whoever directs or plans all of its areas.

    Parameters
    ----------
    connection : AsyncConnection
        As the web role, acting for the reader.
    now : datetime
        Aware.
    """
    found = await connection.execute(
        text("SELECT * FROM causes_seen(:at, :since)"), {"at": now, "since": now - TOLD_FOR}
    )
    return [cause_told(dict(row)) for row in found.mappings()]
