"""Hand-overs at the desk of the story's town, INVENTED: one that was taken over, one that waits."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

import psycopg
from psycopg.types.json import Jsonb

from grids.handing_over import LINES_MOST
from grids.sample.acting import act
from grids.sample.divisions import WUBAIHU


@dataclass(frozen=True)
class _Shift:
    """Who hands over so many hours ago, what is said of the whole and of the first cases, and the answer."""

    role: str
    ago_h: float
    words: str
    notes: tuple[str, ...]
    answer: str | None = None


_SHIFTS: Final = (
    _Shift(
        "dispatcher",
        18,
        "城管局答应明早八点来车，车到了给村里打个电话，让人把路口让开。",
        ("反映人下午又来问过，说好明天给他回话。",),
        "收到，八点前我先打给城管局。",
    ),
    _Shift(
        "desk",
        2,
        "下午县里要看超期的，清单在桌上；水务局的电话没人接，换班后再打一次。",
        ("这一件拖得最久，先催。", "家里有老人，去之前先打电话。"),
    ),
)
_AT_DESK: Final = (
    "SELECT p.id, p.person_id FROM at_desk('desk', %s, NULL, %s) p WHERE p.role = %s ORDER BY p.id LIMIT 1"
)
_FIRST: Final = """
    SELECT o.case_id
    FROM handover_open('desk', %s, NULL, %s, due_after(%s, '{"work_days": 1}')) o JOIN cases c ON c.id = o.case_id
    WHERE NOT c.private ORDER BY NOT o.own, o.act_by, o.case_id LIMIT %s
"""


def hand_over(connection: psycopg.Connection[Any], now: datetime) -> None:
    """Let the two at the town's desk hand over to each other.

    Parameters
    ----------
    connection : psycopg.Connection
        As the owner of the tables, in the build's transaction.
    now : datetime
        Aware; all of it happened in the day before.
    """
    for shift in _SHIFTS:
        at = now - timedelta(hours=shift.ago_h)
        others = ({each.role for each in _SHIFTS} - {shift.role}).pop()
        mine = connection.execute(_AT_DESK, (WUBAIHU, at, shift.role)).fetchone()
        other = connection.execute(_AT_DESK, (WUBAIHU, at, others)).fetchone()
        if mine is None or other is None:
            return
        cases = connection.execute(_FIRST, (WUBAIHU, at, at, len(shift.notes))).fetchall()
        notes = {str(case): words for (case,), words in zip(cases, shift.notes, strict=False)}
        to = other[0] if shift.answer else None
        given = ("desk", WUBAIHU, None, 0, to, shift.words, Jsonb(notes), LINES_MOST)
        step = "SELECT write_handover(%s, %s, %s, %s, %s, %s, %s, %s, %s, %s)"
        written = act(connection, mine[1], at, step, *given)
        if shift.answer:
            later = at + timedelta(hours=14)
            act(connection, other[1], later, "SELECT accept_handover(%s, %s, %s, %s)", written["id"], shift.answer)
    # No program is told of what was invented.
    connection.execute("DELETE FROM outbox WHERE done_at IS NULL AND topic LIKE 'handover.%%'", ())
