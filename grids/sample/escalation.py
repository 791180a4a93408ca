"""The sample's list of who may handle what, its clocks, and a case that went up to the county.  INVENTED."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, Final

import psycopg
from psycopg.types.json import Jsonb

from grids.sample.acting import act
from grids.sample.divisions import WUBAIHU
from grids.sample.postings import ADMINISTRATOR

_AUTHORITIES: Final = (
    ("illegal_building", "township", "私搭乱建由乡镇会同城管查处，村里只管报"),
    ("farmland", "county", "占用耕地由县自然资源部门查处"),
)
_CLOCKS: Final = (
    ("grid", {"work_days": 5}, "网格五个工作日没有办成"),
    ("village", {"work_days": 5}, "村里五个工作日没有办成"),
    ("township", {"work_days": 10}, "乡镇十个工作日没有办成"),
    ("county", {"work_days": 20}, "县里二十个工作日没有办成"),
)
# How many days ago each level sent it up, and why.
_WENT_UP: Final = (
    (3.0, "说了几次，对面村不认，村里办不了。"),
    (1.6, "村里没有人手，由镇里接过来。"),
    (0.7, "要邻镇一起出人，请县里定由哪家牵头。"),
)
# An open case of the county that its head has, of which nothing happened for a while.
_STUCK: Final = """
    SELECT c.id FROM cases c
    WHERE c.chain @> ARRAY[%(county)s] AND c.state = 'in_progress' AND c.owner_role = 'head' AND NOT c.private
      AND NOT c.hazard
      AND c.category_code <> ALL (%(listed)s) AND NOT EXISTS (SELECT FROM parts t WHERE t.case_id = c.id)
      AND NOT EXISTS (SELECT FROM orders o WHERE o.case_id = c.id)
      AND NOT EXISTS (SELECT FROM events e WHERE e.case_id = c.id AND e.at > %(at)s - interval '4 days')
    ORDER BY c.due_at DESC, c.id LIMIT 1
"""
# Who works for whoever has it now, else who directs it next above.
_WHO: Final = """
    SELECT p.person_id
    FROM cases c JOIN postings p ON p.person_id IS NOT NULL AND p.during @> %(at)s
         AND (works_for_owner(p, c) OR p.area_code = ANY (c.chain) AND p.role IN ('desk', 'dispatcher'))
    WHERE c.id = %(case)s
    ORDER BY works_for_owner(p, c) DESC, array_position(c.chain, p.area_code::text) DESC, p.id LIMIT 1
"""


def load_escalation(connection: psycopg.Connection[Any], now: datetime) -> None:
    """Load the rules, which begin now, let them send up what they would, and send one case up by hand before.

    Parameters
    ----------
    connection : psycopg.Connection
        As the owner of the tables, in the build's transaction.
    now : datetime
        Aware.
    """
    listed = [category for category, _, _ in _AUTHORITIES]
    found = connection.execute(_STUCK, {"county": WUBAIHU[:6], "listed": listed, "at": now}).fetchone()
    for days, why in _WENT_UP if found else ():
        at = now - timedelta(days=days)
        case = found[0] if found else 0
        who = connection.execute(_WHO, {"at": at, "case": case}).fetchone()
        version = connection.execute("SELECT version FROM cases WHERE id = %s", (case,)).fetchone()
        if who and version:
            step = "SELECT take_step(%s, NULL, %s, %s, %s, 'escalate', %s, '{}')"
            act(connection, who[0], at, step, case, version[0], why)
    for kind, what, level, after, note in (
        *(("authority", category, level, None, note) for category, level, note in _AUTHORITIES),
        *(("clock", None, level, Jsonb(after), note) for level, after, note in _CLOCKS),
    ):
        connection.execute(
            "INSERT INTO escalation_rules (kind, during, note, category_code, level, after, made_at, made_by)"
            " VALUES (%s, tstzrange(%s, NULL), %s, %s, %s, %s, %s, (SELECT min(id) FROM people WHERE name = %s))",
            (kind, now, note, what, level, after, now, ADMINISTRATOR),
        )
    connection.execute("SELECT escalate_due(%s, 100000)", (now,))
    # Nobody is written to about what was invented.
    connection.execute("DELETE FROM outbox WHERE done_at IS NULL AND topic = 'case.escalate'")
