"""What is due: finds it for the worker, and follows the calendar with dates that were promised provisionally.

Owns no rule: what is soon, late or provisional stands in SQL (``due_scan``, ``0034_held.sql``).  Sends nothing: a
notice is a row of the outbox (``case.due_soon``, ``case.overdue``, ``case.stage_due_soon``, ``case.stage_overdue``,
``case.recompute_due``).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import psycopg
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

BATCH: Final = 50_000
"""Notices of one transaction: a second or two of work, so that a worker that is stopped loses little."""


@dataclass(frozen=True, slots=True)
class TimeUsed:
    """How long a case stood in a state with owners of a level; ``state`` ``paused`` is when its clock stood still."""

    level: str
    state: str
    work_s: float
    elapsed_s: float


def scan_due(connection: psycopg.Connection[Any], at: datetime, batch: int = BATCH) -> int:
    """Write the notices that are due at an instant, each exactly once, and answer how many.

    After a day of downtime it catches up with what is true now: who is overdue is not warned any more.

    Parameters
    ----------
    connection : psycopg.Connection
        As the worker, outside a transaction: each batch commits by itself.
    at : datetime
        Aware.
    batch : int
        The most of one transaction.
    """
    return _drain(connection, "SELECT due_scan(%s, %s)", at, batch)


def recompute_due(connection: psycopg.Connection[Any], at: datetime, batch: int = BATCH) -> int:
    """Move provisional dates to where the calendar has them now and answer how many; each is an event of its case.

    Parameters
    ----------
    connection : psycopg.Connection
        As the worker or the owner; outside a transaction each batch commits by itself.
    at : datetime
        Aware; of the events.
    batch : int
        The most of one transaction.
    """
    return _drain(connection, "SELECT recompute_due(%s, %s)", at, batch)


def _drain(connection: psycopg.Connection[Any], statement: str, at: datetime, batch: int) -> int:
    done = 0
    while True:
        with connection.transaction():
            found = int(connection.execute(statement.encode(), (at, batch)).fetchall()[0][0])
        done += found
        # Who wrote less than a batch wrote the last one, or came second to somebody who goes on.
        if found < batch:
            return done


async def time_used(connection: AsyncConnection, case_id: int, at: datetime) -> list[TimeUsed]:
    """Answer how the time of a case was used up to an instant, in the order of its history, by the reader's rights."""
    rows = await connection.execute(
        text("SELECT level, state, work_s, elapsed_s FROM time_used(:case, :at)"), {"case": case_id, "at": at}
    )
    return [TimeUsed(*row) for row in rows]


async def is_provisional(connection: AsyncConnection, case_id: int) -> bool:
    """Answer whether the date that a case is due may still move: make-up days of its year are not published."""
    found = await connection.execute(text("SELECT case_is_provisional(:case)"), {"case": case_id})
    return bool(found.scalar_one())
