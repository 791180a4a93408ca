"""What members found on patrol (巡查): of an area what was found and what became of it, counted apart from residents.

Owns the reading alone; a finding is a report of the channel ``patrol`` like any other.  No person is counted here:
there are no quotas of findings.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, cast

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from grids.tables import cases, report_words, reports
from grids.workflow import State

PATROL: Final = "patrol"
HAZARDS: Final = "safety"
"""The family of categories of hidden dangers, where there is one: what a patrol looks for first."""


@dataclass(frozen=True, slots=True)
class PatrolFinding:
    """What was found, and how its case stands now; ``words`` are None where they are not the reader's."""

    number: str
    case_id: int
    category_code: str
    area_code: str | None
    received_at: datetime
    state: State
    confirmed: bool | None
    due_at: datetime
    paused_at: datetime | None
    closed_at: datetime | None
    words: str | None


@dataclass(frozen=True, slots=True)
class Apart:
    """Reports received of an area and all below it: what residents said, and what was found on patrol."""

    residents: int
    patrol: int


async def findings_of(
    connection: AsyncConnection, area_code: str, since: datetime, limit: int, *, still_open: bool = False
) -> list[PatrolFinding]:
    """Answer what was found on patrol in an area and all below it, as far as the actor sees it, the newest first.

    Parameters
    ----------
    connection : AsyncConnection
        As the web role; the actor's rights hold.
    area_code : str
        Of the area.
    since : datetime
        Aware; what was received from then on.
    limit : int
        So many at most.
    still_open : bool
        Only what is not closed.
    """
    r, c, w = reports.c, cases.c, report_words.c
    query = (
        select(
            r.number,
            c.id,
            c.category_code,
            c.area_code,
            r.received_at,
            c.state,
            c.confirmed,
            c.due_at,
            c.paused_at,
            c.closed_at,
            w.words,
        )
        .select_from(reports.join(cases, c.id == r.case_id).outerjoin(report_words, w.report_id == r.id))
        .where(r.channel == PATROL, r.chain.contains([area_code]), r.received_at >= since)
        .order_by(r.received_at.desc(), r.id.desc())
        .limit(limit)
    )
    found = await connection.execute(query.where(c.closed_at.is_(None)) if still_open else query)
    return [PatrolFinding(*cast("Sequence[Any]", row)) for row in found]


async def received_apart(connection: AsyncConnection, area_code: str, since: datetime) -> Apart:
    """Answer how many reports of an area were received from an instant on, that the actor may see."""
    r = reports.c
    row = await connection.execute(
        select(func.count().filter(r.channel != PATROL), func.count().filter(r.channel == PATROL)).where(
            r.chain.contains([area_code]), r.received_at >= since
        )
    )
    return Apart(*row.one())
