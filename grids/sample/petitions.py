"""Two petitions of the invented village: one heard and closed at the county, one whose hearing is to come.

INVENTED from the first word to the last.  The cases are made as the story's are; their hearings take the service's own
steps, in the order in which they would have been taken.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

import psycopg
from psycopg.types.json import Jsonb

from grids.sample.acting import act
from grids.sample.city import SHANGHAI
from grids.sample.divisions import EXAMPLE_VILLAGE, WUBAIHU
from grids.sample.histories import ANSWERS, SampleEvent, lived
from grids.sample.reports import SampleCase, SampleReport

_COUNTY: Final = WUBAIHU[:6]
_PLACE: Final = "县政务服务中心三楼听证室（虚构）"


@dataclass(frozen=True)
class Petition:
    """What was said so many days ago, what was claimed twice, and on which of the following days it is heard."""

    ago: float
    category: str
    words: str
    where: str
    claims: tuple[str, str]
    denials: tuple[str, str]
    invitation: str
    called_on: float
    heard_on: float


_HELD: Final[dict[str, Any]] = {
    "people": [
        {"role": "resident", "came": True},
        {"role": "department", "came": True, "who": "县自然资源和规划局（虚构）"},
        {"role": "department", "came": True, "who": "示例村村委会（虚构）"},
        {"role": "department", "came": False, "who": "县水务局（虚构）"},
        {"role": "lawyer", "came": True, "who": "值班律师一名（虚构）"},
        {"role": "outside", "came": True, "who": "镇人大代表两名（虚构）"},
    ],
    "findings": "那块地 2003 年已经登记在邻户名下，两次测量都在界内。村里另划一块同样大小的地，来访人没有接受；"
    "现有法律没有别的补偿办法。",
    "proposal": "close",
}
_SAID: Final = (
    "来访人：那是我爷爷开的荒，应该还给我家。\n规划局：登记和两次测量一致。\n"
    "村委会：愿意在村西另划一块。\n律师：对登记不服，可以提起行政诉讼。"
)
_DECISION: Final = (
    "登记、测量和历次答复都查过了，法律允许的办法（另划地、重新测量）都提出过，没有新的事实，决定终结。"
    "对登记不服，可以起诉。"
)

PETITIONS: Final = (
    Petition(
        80, "farmland", "我家老地叫邻居占了二分，说了多少年都没人管。", "示例村东南角",
        ("找出 2003 年的登记，给来访人看了。", "重新测量过一次，界桩没有动。"),
        ("那张登记不算数，地还是没有还我。", "量来量去都是你们自己人量的。"),
        "请带上您手里的老地契；可以带一位亲友。", 46, 56,
    ),
    Petition(
        38, "noise", "工厂夜里排风机响，老人睡不着，测了说不超标，可就是吵。", "示例村北头",
        ("夜里测过一次，低于限值。", "厂里加了隔声罩，又测一次，低于限值。"),
        ("测的那晚厂里停了一半，还是吵。", "加了罩子也没用，照样睡不着。"),
        "请您来说明哪几个晚上最响，环保和厂方都会到场。", 36, 47,
    ),
)  # fmt: skip


def tell_petitions(now: datetime) -> list[SampleCase]:
    """Answer the cases of the petitions, each claimed twice and sent back twice by whoever reported it."""
    return [_case(petition, now) for petition in PETITIONS]


def _case(petition: Petition, now: datetime) -> SampleCase:
    at = _received(petition, now)
    events = [
        SampleEvent(at, "receive"),
        SampleEvent(at + timedelta(hours=2), "accept", "desk"),
        SampleEvent(at + timedelta(hours=5), "take", "owner"),
        SampleEvent(at + timedelta(days=5), "claim", "owner", words=petition.claims[0], data={"recheck": []}),
        SampleEvent(at + timedelta(days=7), "deny", words=petition.denials[0]),
        SampleEvent(at + timedelta(days=8), "dispatch", "desk", to=ANSWERS),
        SampleEvent(at + timedelta(days=9), "start", "owner"),
        SampleEvent(
            at + timedelta(days=20), "claim", "owner", words=petition.claims[1], data={"recheck": ["reopened"]}
        ),
        SampleEvent(at + timedelta(days=23), "deny", words=petition.denials[1]),
    ]
    report = SampleReport(
        petition.category, "talking_point", at, at - timedelta(hours=1), petition.words,
        area_code=EXAMPLE_VILLAGE, place_words=petition.where, contact="来访村民（虚构）",
    )  # fmt: skip
    return SampleCase(lived(events), report)


def _received(petition: Petition, now: datetime) -> datetime:
    """A morning, so that every hearing is in somebody's office hours."""
    day = (now - timedelta(days=petition.ago)).astimezone(SHANGHAI)
    return day.replace(hour=8, minute=30, second=0, microsecond=0)


def hear(connection: psycopg.Connection[Any], case_ids: Sequence[int], now: datetime) -> None:
    """Call the hearings of petitions that are loaded, hold what has been, and close that petition.

    Parameters
    ----------
    connection : psycopg.Connection
        As the owner of the tables, in the build's transaction.
    case_ids : sequence of int
        Of ``tell_petitions``, in that order.
    now : datetime
        As it was told to that.
    """
    presider = _posted(connection, _COUNTY, "supervisor", now)
    caller = _posted(connection, WUBAIHU, "dispatcher", now)
    if presider is None or caller is None:
        return
    step = "SELECT take_hearing_step(%s, %s, %s, %s, %s, %s, %s, %s)"
    for petition, case_id in zip(PETITIONS, case_ids, strict=True):
        received_at = _received(petition, now)
        at = received_at + timedelta(days=petition.heard_on, hours=1)
        call = Jsonb({"posting_id": presider[0], "at": at.isoformat(), "place": _PLACE})
        called_at = received_at + timedelta(days=petition.called_on)
        act(connection, caller[1], called_at, step, case_id, None, 0, "hearing_call", petition.invitation, call)
        if at < now:
            held_at, closed_at = at + timedelta(hours=3), at + timedelta(days=5)
            act(connection, presider[1], held_at, step, case_id, 1, 1, "hearing_hold", _SAID, Jsonb(_HELD))
            act(connection, presider[1], closed_at, step, case_id, 1, 2, "petition_close", _DECISION, Jsonb({}))
    # Nobody is told today of what is invented.
    connection.execute(
        "DELETE FROM outbox WHERE (payload ->> 'case_id')::bigint = ANY (%s)"
        " AND (topic LIKE 'case.hearing_%%' OR topic = 'case.petition_close')",
        (list(case_ids),),
    )


def _posted(connection: psycopg.Connection[Any], area: str, role: str, now: datetime) -> tuple[int, int] | None:
    """Answer a posting and whose it is."""
    row = connection.execute(
        "SELECT id, person_id FROM postings WHERE area_code = %s AND role = %s AND during @> %s ORDER BY id LIMIT 1",
        (area, role, now),
    ).fetchone()
    return (row[0], row[1]) if row else None
