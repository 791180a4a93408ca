"""Joint handling (联办): who has a part of a case, and taking the steps of a part.

What a step is, ``grids.part_workflow`` says.  The owner of the case leads.  ``take_part_step`` in the database holds
the lock of the case, the version of the part and the rights; the case cannot be claimed, returned or ended while a
part is open (``lacking``, revision 0052).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import asyncpg
from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from grids.part_workflow import PartRelation, PartState
from grids.steps import kept, step_error
from grids.tables import postings
from grids.tables_parts import parts


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a joint case.

    ``gone``: who has it is no longer posted; ``exact``: a team was told the pin itself; ``held``: what the reader is to
    it.
    """

    nth: int
    state: PartState
    version: int
    posting_id: int
    role: str
    area_code: str
    desk: str | None
    gone: bool
    asked_at: datetime
    due_at: datetime
    ended_at: datetime | None
    exact: bool
    held: frozenset[PartRelation]

    def late(self, now: datetime) -> bool:
        """Whether those who have it are past its deadline."""
        return self.state in ("asked", "working") and self.due_at <= now


@dataclass(frozen=True, slots=True)
class PartTaken:
    """A part after a step; ``seq`` is the line of the case's history."""

    case_id: int
    nth: int
    state: str
    version: int
    due_at: datetime
    posting_id: int
    seq: int


async def parts_of(connection: AsyncConnection, case_id: int, now: datetime) -> list[Part]:
    """Answer the parts of a case that the actor sees, in the order in which they were asked for."""
    t, p = parts.c, postings.c
    mine = await connection.execute(
        text("SELECT nth, relations FROM my_parts(:case, :at)"), {"case": case_id, "at": now}
    )
    held = {nth: frozenset(relations) for nth, relations in mine}
    found = await connection.execute(
        select(
            *(t.nth, t.state, t.version, t.posting_id, p.role, p.area_code, p.desk),
            (~p.during.contains(now)).label("gone"),
            *(t.asked_at, t.due_at, t.ended_at, t.exact),
        )
        .select_from(parts.join(postings, p.id == t.posting_id))
        .where(t.case_id == case_id)
        .order_by(t.nth)
    )
    return [Part(**row._mapping, held=held.get(row.nth, frozenset())) for row in found]


@dataclass(frozen=True, slots=True)
class PartToDo:
    """A part that waits for the reader or his colleagues; ``desk`` is the department's or desk's name."""

    case_id: int
    nth: int
    state: PartState
    due_at: datetime
    category_code: str
    area: str
    desk: str | None


async def parts_to_do(connection: AsyncConnection, now: datetime, limit: int = 100) -> list[PartToDo]:
    """Answer the open parts that wait for the actor, the earliest deadline first."""
    found = await connection.execute(text("SELECT * FROM parts_to_do(:at, :limit)"), {"at": now, "limit": limit})
    return [PartToDo(*row) for row in found]


async def take_part(
    connection: asyncpg.Connection[Any],
    case_id: int,
    nth: int | None,
    verb: str,
    *,
    version: int | None,
    now: datetime,
    session_digest: bytes,
    words: str | None = None,
    data: Mapping[str, Any] | None = None,
) -> PartTaken:
    """Take a step of a part; durable when it returns, with its event and its outbox row.

    Parameters
    ----------
    connection : asyncpg.Connection
        The raw driver's, as the web role, in no transaction.
    case_id, nth : int
        Which part; ``nth`` None with ``part_ask``, which makes one.
    verb : str
        Of ``grids.part_workflow``.
    version : int or None
        Of the part, as the actor saw it: those who have parts of one case do not wait for each other.
    now : datetime
        Aware.
    session_digest : bytes
        Who.
    words : str or None
        The task, what was done, or why.
    data : mapping
        ``owner`` with ``posting_id``: who is asked; ``until``: by when; ``exact``: whether a team is told the pin.

    Raises
    ------
    StepError
        As ``grids.steps.take``; ``case_not_found`` also where there is no such part.
    """
    try:
        said = await connection.fetchval(
            "SELECT take_part_step($1, $2, $3, $4, $5, $6, $7, $8::text::jsonb)::text",
            session_digest,
            now,
            case_id,
            nth,
            version,
            verb,
            kept(words or "").strip() or None,
            json.dumps({name: kept(value) for name, value in (data or {}).items()}),
        )
    except asyncpg.PostgresError as error:
        raise step_error(error) from error
    done = json.loads(said)
    return PartTaken(**done | {"due_at": datetime.fromisoformat(done["due_at"])})
