"""Helper teams of Xianghe county and a case in which volunteers help, INVENTED: made and taken as the service does.

Its log-in is a volunteer's: he finds a part that waits for him.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

import psycopg
from psycopg.types.json import Jsonb

from grids.sample.acting import act
from grids.sample.city import EDITION_DAYS
from grids.sample.divisions import CITY, WUBAIHU
from grids.sample.load import LogIn
from grids.sample.postings import SamplePosting

_COUNTY: Final = WUBAIHU[:6]
_FORMED: Final = EDITION_DAYS["2025"]
VOLUNTEERS: Final = "香河县志愿服务队"


@dataclass(frozen=True)
class _Team:
    """A team of the county; ``days`` of the week with ``hours``: none is day and night."""

    kind: str
    name_zh: str
    name_en: str
    skills: tuple[str, ...]
    days: range
    hours: tuple[str, str]
    contact: str
    helpers: int


_TEAMS: Final = (
    _Team(
        *(
            "rescue",
            "香河县应急救援队",
            "Xianghe rescue team",
            ("first_aid", "fire_watch", "flood_control", "chainsaw"),
        ),
        *(range(0), ("", ""), "县应急值班室（演示，无电话）", 3),
    ),
    _Team(
        *("volunteers", VOLUNTEERS, "Xianghe volunteers", ("clean_up", "tree_planting", "fire_watch", "elderly_care")),
        *(range(1, 7), ("08:00", "18:00"), "县志愿服务中心（演示，无电话）", 4),
    ),
    _Team(
        *("lawyers", "香河县法律服务团", "Xianghe legal aid", ("legal_advice", "mediation_law")),
        *(range(1, 6), ("09:00", "17:00"), "县公共法律服务台（演示，无电话）", 2),
    ),
    _Team(
        *("counsellors", "香河县心理服务队", "Xianghe counsellors", ("family_counselling", "grief")),
        *(range(1, 6), ("09:00", "17:00"), "县心理服务站（演示，无电话）", 2),
    ),
)
HELPERS: Final = tuple(
    SamplePosting(_COUNTY, "helper", f"{team.name_zh}队员" + ("" if n == 1 else str(n)), team.name_zh, False, _FORMED)
    for team in _TEAMS
    for n in range(1, team.helpers + 1)
)
"""Their people, the first of each team without a number."""

_KEEP: Final = "SELECT keep_team(%s, %s, %s, %s, %s, %s)"
_STEP: Final = "SELECT take_part_step(%s, %s, %s, %s, %s, %s, %s, %s)"
# Rubbish that somebody works on, with a pin and without parts or orders; near the story's town if there is any.
_CHOSEN: Final = """
    SELECT c.id, p.person_id
    FROM cases c JOIN postings p ON p.person_id IS NOT NULL AND p.during @> %(at)s AND works_for_owner(p, c)
    WHERE c.chain @> ARRAY[%(county)s] AND c.state = 'in_progress' AND NOT c.hazard AND NOT c.private
      AND EXISTS (SELECT FROM categories k WHERE k.code = c.category_code AND k.family = 'rubbish')
      AND NOT EXISTS (SELECT FROM parts t WHERE t.case_id = c.id) AND NOT EXISTS (SELECT FROM orders o WHERE o.case_id = c.id)
      AND NOT EXISTS (SELECT FROM events e WHERE e.case_id = c.id AND e.at > %(at)s - interval '30 hours')
    ORDER BY c.geom IS NULL, c.owner_role = 'department', NOT c.chain @> ARRAY[%(near)s], c.received_at DESC, p.id LIMIT 1
"""  # noqa: E501


def form_teams(connection: psycopg.Connection[Any], log_ins: Iterable[LogIn]) -> None:
    """Let the city's administrator make the teams, and post their people.

    Parameters
    ----------
    connection : psycopg.Connection
        As the owner of the tables, in the build's transaction.
    log_ins : iterable of LogIn
        Of the demo; those of helpers are given.
    """
    row = connection.execute(
        "SELECT person_id FROM postings WHERE area_code = %s AND role = 'administrator'", (CITY,)
    ).fetchone()
    if row is None:
        return
    for team in _TEAMS:
        begins, ends = team.hours
        data = {
            "area_code": _COUNTY,
            "kind": team.kind,
            "name_zh": team.name_zh,
            "name_en": team.name_en,
            "skills": list(team.skills),
            "areas": [_COUNTY],
            "hours": [{"weekday": day, "from": begins, "to": ends} for day in team.days],
            "contact": team.contact,
        }
        act(connection, row[0], _FORMED, _KEEP, None, None, "add", Jsonb(data))
    given = list(log_ins)
    for helper in HELPERS:
        log_in = next((one for one in given if one.fits(helper)), None)
        known = log_in if helper.person and not helper.person[-1].isdigit() else None
        connection.execute(
            "WITH one AS (INSERT INTO people (name, login, password_hash, email) VALUES (%s, %s, %s, %s) RETURNING id)"
            " INSERT INTO postings (area_code, role, person_id, desk, during)"
            " SELECT %s, 'helper', id, %s, tstzrange(%s, NULL) FROM one",
            (
                *(helper.person, known and known.login, known and known.password_hash),
                *(known and f"{known.login}@example.org", helper.area_code, helper.desk, helper.since),
            ),
        )


def let_volunteers_help(connection: psycopg.Connection[Any], now: datetime) -> int | None:
    """Let the volunteers do one part of a case and begin with another; answer which, None where nobody works on any.

    Parameters
    ----------
    connection : psycopg.Connection
        As the owner of the tables, in the build's transaction.
    now : datetime
        Aware; all of it happened in the day before.
    """
    chosen = connection.execute(_CHOSEN, {"county": _COUNTY, "near": WUBAIHU, "at": now}).fetchone()
    team = connection.execute(
        "SELECT s.id, h.person_id FROM postings s JOIN postings h ON h.role = 'helper' AND h.desk = s.desk"
        " WHERE s.role = 'team' AND s.desk = %s ORDER BY h.id LIMIT 1",
        (VOLUNTEERS,),
    ).fetchone()
    if chosen is None or team is None:
        return None
    (case, lead), (posting, helper) = chosen, team
    at, until = now - timedelta(hours=25), (now + timedelta(days=2)).isoformat()
    needs = {"owner": {"posting_id": posting}, "until": until, "exact": True}
    first = act(
        *(connection, lead, at, _STEP, case, None, None, "part_ask"),
        *("请来六个人，把路两边零散的塑料袋捡干净，手套和袋子村里备好。", Jsonb(needs)),
    )
    for hours, verb, words in (
        (2, "part_start", None),
        (6, "part_done", "来了七个人，捡了二十多袋，都放在路口等车拉。"),
    ):
        which = case, first["nth"], first["version"]
        first = act(connection, helper, at + timedelta(hours=hours), _STEP, *which, verb, words, Jsonb({}))
    needs |= {"exact": False}
    second = act(
        *(connection, lead, at + timedelta(hours=8), _STEP, case, None, None, "part_ask"),
        *("周末在村口摆个桌子，跟大家讲讲垃圾分类和往哪里倒。", Jsonb(needs)),
    )
    which = case, second["nth"], second["version"]
    act(connection, helper, at + timedelta(hours=10), _STEP, *which, "part_start", None, Jsonb({}))
    # Nobody is written to about what was invented.
    connection.execute(
        "DELETE FROM outbox"
        " WHERE done_at IS NULL AND topic LIKE 'case.part%%' AND (payload ->> 'case_id')::bigint = %s",
        (case,),
    )
    return int(case)
