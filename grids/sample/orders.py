"""Orders of the county's supervisor in the sample, INVENTED: one to come, one that is late, one that was answered."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

import psycopg

from grids.sample.acting import act
from grids.sample.divisions import WUBAIHU

_COUNTY: Final = WUBAIHU[:6]


@dataclass(frozen=True)
class _Order:
    """So many days ago, due so many days from now, and what was answered."""

    ago: float
    due_in: float
    words: str
    answer: str | None = None


_ORDERS: Final = (
    _Order(0.8, 2, "拖了这么久还没有办完，两天内拿出办法，办到哪一步都要回复。"),
    _Order(6, -2, "已经催过一次，这周内必须办结，并附现场照片。"),
    _Order(4, 1, "请说明为什么一直没有动，什么时候能办完。", "缺一台车，明天借到，后天上午办完，已和反映人说过。"),
)
# The open cases that have been late for longest, of those that somebody has; by whom they could be answered.
_LATE: Final = """
    SELECT DISTINCT ON (c.due_at, c.id) c.id, p.person_id
    FROM cases c JOIN postings p ON p.person_id IS NOT NULL AND p.during @> %(at)s AND works_for_owner(p, c)
    WHERE c.chain @> ARRAY[%(county)s] AND c.state IN ('accepted', 'dispatched', 'in_progress') AND c.due_at < %(at)s
      AND NOT c.private AND NOT EXISTS (SELECT FROM parts t WHERE t.case_id = c.id)
      AND NOT EXISTS (SELECT FROM events e WHERE e.case_id = c.id AND e.at > %(at)s - interval '7 days')
    ORDER BY c.due_at DESC, c.id, p.id LIMIT %(most)s
"""


def give_orders(connection: psycopg.Connection[Any], now: datetime) -> None:
    """Let the county's supervisor order something of cases that are late.

    Parameters
    ----------
    connection : psycopg.Connection
        As the owner of the tables, in the build's transaction.
    now : datetime
        Aware.
    """
    found = connection.execute(
        "SELECT person_id FROM postings WHERE area_code = %s AND role = 'supervisor' AND during @> %s",
        (_COUNTY, now),
    ).fetchone()
    late = connection.execute(_LATE, {"at": now, "county": _COUNTY, "most": len(_ORDERS)}).fetchall()
    if found is None:
        return
    for order, (case, owner) in zip(_ORDERS, late, strict=False):
        given_at, until = now - timedelta(days=order.ago), now + timedelta(days=order.due_in)
        step = "SELECT take_order(%s, %s, %s, %s, %s, %s, %s, %s)"
        act(connection, found[0], given_at, step, case, None, 0, "order_give", order.words, until)
        if order.answer:
            later = given_at + timedelta(days=1)
            act(connection, owner, later, step, case, 1, 1, "order_answer", order.answer, None)
    # Nobody is written to about what was invented.
    connection.execute(
        "DELETE FROM outbox WHERE done_at IS NULL AND topic LIKE 'case.order%%'"
        " AND (payload ->> 'case_id')::bigint = ANY (%s)",
        ([case for case, _ in late],),
    )
