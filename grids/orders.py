"""Orders on a case: what a supervisor asks of whoever has it, by when, and what came of it.

``take_order`` in the database holds the lock of the case, the version and the rights; its refusals are those of steps.
What a step of an order is, ``grids.order_steps`` says.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, cast

import asyncpg
from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from grids.order_steps import BY_ORDER_VERB, OrderState
from grids.steps import Line, kept, step_error
from grids.tables_orders import orders as _orders

_JUDGED: Final = frozenset({"order_keep", "order_not_keep", "order_withdraw"})


@dataclass(frozen=True, slots=True)
class Order:
    """One order of a case; ``nth`` counts them from 1.

    ``owner_*`` is to whom it was given; ``verbs`` are the steps that are open to the reader.
    """

    case_id: int
    nth: int
    state: OrderState
    version: int
    given_by: int
    given_at: datetime
    owner_area_code: str
    owner_role: str
    owner_posting_id: int | None
    due_at: datetime
    answered_at: datetime | None
    ended_at: datetime | None
    verbs: tuple[str, ...] = ()

    def late(self, now: datetime) -> bool:
        """Whether its deadline passed before it was answered, or before it ended without an answer."""
        return self.due_at <= (self.answered_at or self.ended_at or now)


@dataclass(frozen=True, slots=True)
class Orders:
    """The orders of a case, the first one first, and whether the reader may give another one."""

    given: tuple[Order, ...]
    may_give: bool


@dataclass(frozen=True, slots=True)
class OrderTaken:
    """An order after a step."""

    case_id: int
    nth: int
    state: OrderState
    version: int
    due_at: datetime
    seq: int


_OWN: Final = tuple(name for name in Order.__slots__ if name != "verbs")


async def orders_of(connection: AsyncConnection, case_id: int, now: datetime) -> Orders:
    """Answer the orders of a case as far as the actor sees it, with the steps that are open to him.

    Parameters
    ----------
    connection : AsyncConnection
        As the web role; the actor's rights hold.
    case_id : int
        Of the case.
    now : datetime
        Aware; postings of this instant count.
    """
    found = await connection.execute(text("SELECT nth, verbs FROM my_orders(:case, :at)"), {"case": case_id, "at": now})
    mine = {nth: tuple(verb for verb in BY_ORDER_VERB if verb in verbs) for nth, verbs in found}
    rows = await connection.execute(
        select(*(_orders.c[name] for name in _OWN)).where(_orders.c.case_id == case_id).order_by(_orders.c.nth)
    )
    given = tuple(Order(*cast("Sequence[Any]", (*row, mine.get(row.nth, ())))) for row in rows)
    return Orders(given, bool(mine.get(0)))


async def open_orders(connection: AsyncConnection, case_ids: Sequence[int]) -> dict[int, tuple[Order, ...]]:
    """Answer the orders of several cases that are not judged yet, by case; those that the actor may see."""
    rows = await connection.execute(
        select(*(_orders.c[name] for name in _OWN))
        .where(_orders.c.case_id.in_(case_ids), _orders.c.ended_at.is_(None))
        .order_by(_orders.c.case_id, _orders.c.due_at, _orders.c.nth)
    )
    found: dict[int, tuple[Order, ...]] = {}
    for row in rows:
        found[row.case_id] = (*found.get(row.case_id, ()), Order(*cast("Sequence[Any]", row)))
    return found


def said_of(lines: Sequence[Line], nth: int) -> dict[str, Line]:
    """Answer the newest line of a case's history for each verb of an order, and under ``judged`` how it ended.

    Parameters
    ----------
    lines : sequence of Line
        The history, the oldest line first.
    nth : int
        Which order.
    """
    own = [line for line in lines if line.verb in BY_ORDER_VERB and line.data.get("order") == nth]
    return {"judged" if line.verb in _JUDGED else line.verb: line for line in own}


async def take_order(
    connection: asyncpg.Connection[Any],
    case_id: int,
    verb: str,
    *,
    nth: int | None,
    version: int | None,
    now: datetime,
    session_digest: bytes | None,
    words: str | None = None,
    until: datetime | None = None,
) -> OrderTaken:
    """Give an order or take a step of one; durable when it returns, with its event and its outbox row.

    Parameters
    ----------
    connection : asyncpg.Connection
        The raw driver's, as the web role, in no transaction.
    case_id, verb
        Which case, which step of ``grids.order_steps``.
    nth : int or None
        Which order; None: a new one.
    version : int or None
        Of the order as the actor saw it; of a new one how many orders the case had, so that none is given twice.
    now : datetime
        Aware.
    session_digest : bytes or None
        Who.
    words : str or None
        What is ordered, what was done, or why.
    until : datetime or None
        Aware; the deadline, where the step sets one.

    Raises
    ------
    StepError
        ``stale_version``, ``step_not_allowed``, ``step_for_others``, ``step_incomplete``, ``case_not_found``.
    """
    try:
        said = await connection.fetchval(
            "SELECT take_order($1, $2, $3, $4, $5, $6, $7, $8)::text",
            session_digest,
            now,
            case_id,
            nth,
            version,
            verb,
            kept(words or "").strip() or None,
            until,
        )
    except asyncpg.PostgresError as error:
        raise step_error(error) from error
    done = json.loads(said)
    return OrderTaken(**done | {"due_at": datetime.fromisoformat(done["due_at"])})
