"""A case of the sample that several work on together, INVENTED: one leads, and others have a part each.

Every step is taken as the service takes it, by somebody who is posted there: nothing is put into the tables by hand.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

import psycopg
from psycopg.types.json import Jsonb

from grids.sample.acting import act
from grids.sample.divisions import WUBAIHU

_COUNTY: Final = WUBAIHU[:6]
_STEP: Final = "SELECT take_part_step(%s, %s, %s, %s, %s, %s, %s, %s)"


@dataclass(frozen=True)
class _Asked:
    """Who is asked to do what, and what became of it: steps with their words, each some hours after the one before.

    ``desk`` is a department of the county; None: the lowest desk of the case's areas
    at which somebody sits.
    """

    desk: str | None
    task: str
    steps: tuple[tuple[str, str | None], ...]


_PARTS: Final = (
    _Asked("城管局", "派一辆抓斗车，把路边的垃圾清走，路面扫干净。", (("part_start", None),)),
    _Asked(
        None,
        "问清是谁家倒的，在村里广播一次，告诉大家以后倒到哪里。",
        (("part_start", None), ("part_done", "问到了，是装修倒的，已经说好自己出运费；广播也放了两遍。")),
    ),
    _Asked("水务局", "沟里泡着的垃圾请你们的人下去捞。", (("part_back", "这条沟归村里管，我们没有人能下去。"),)),
    _Asked("公安局", "在路口看几个晚上，堵住夜里来倒的车。", ()),
)
_ASKED: Final = """
    SELECT p.id, h.person_id
    FROM cases c, postings p JOIN postings h ON h.person_id IS NOT NULL AND h.during @> %(at)s
    WHERE c.id = %(case)s AND p.during @> %(at)s AND p.id IS DISTINCT FROM c.owner_posting_id
      AND works_for_owner(h, owned_by(c, posted(p)))
      AND CASE WHEN %(desk)s::text IS NULL THEN p.role = 'desk' AND p.area_code = ANY (c.chain[3:4])
               ELSE p.role = 'department' AND p.area_code = %(county)s AND p.desk = %(desk)s END
    ORDER BY length(p.area_code) DESC, h.id LIMIT 1
"""
# Rubbish that somebody works on, in the story's town if there is any; its own waits for whoever tries the demo.
_CHOSEN: Final = """
    SELECT c.id, p.person_id
    FROM cases c JOIN postings p ON p.person_id IS NOT NULL AND p.during @> %(at)s AND works_for_owner(p, c)
    WHERE c.chain @> ARRAY[%(county)s] AND cardinality(c.chain) > 3 AND c.state = 'in_progress' AND NOT c.hazard
      AND EXISTS (SELECT FROM categories k WHERE k.code = c.category_code AND k.family = 'rubbish')
      AND NOT EXISTS (SELECT FROM events e WHERE e.case_id = c.id AND e.at > %(at)s - interval '30 hours')
    ORDER BY c.owner_role = 'department', NOT c.chain @> ARRAY[%(near)s], c.received_at DESC, p.id LIMIT 1
"""


def act_jointly(connection: psycopg.Connection[Any], now: datetime) -> int | None:
    """Let several act on one of the sample's cases and answer which; None where nobody works on one.

    Parameters
    ----------
    connection : psycopg.Connection
        As the owner of the tables, in the build's transaction.
    now : datetime
        Aware; all of it happened in the day before.
    """
    chosen = connection.execute(_CHOSEN, {"county": _COUNTY, "near": WUBAIHU, "at": now}).fetchone()
    if chosen is None:
        return None
    case, lead = chosen
    at = now - timedelta(hours=26)
    until = (now + timedelta(days=2)).isoformat()
    for asked in _PARTS:
        found = connection.execute(_ASKED, {"at": now, "case": case, "county": _COUNTY, "desk": asked.desk}).fetchone()
        if found is None:
            continue
        posting, assistant = found
        needs = {"owner": {"posting_id": posting}, "until": until}
        taken = act(connection, lead, at, _STEP, case, None, None, "part_ask", asked.task, Jsonb(needs))
        for hours, (verb, words) in enumerate(asked.steps, 3):
            later = at + timedelta(hours=hours)
            which = case, taken["nth"], taken["version"]
            taken = act(connection, assistant, later, _STEP, *which, verb, words, Jsonb({}))
        at += timedelta(minutes=20)
    # Nobody is written to about what was invented.
    connection.execute(
        "DELETE FROM outbox"
        " WHERE done_at IS NULL AND topic LIKE 'case.part%%' AND (payload ->> 'case_id')::bigint = %s",
        (case,),
    )
    return int(case)
