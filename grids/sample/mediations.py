"""Three disputes of the invented village in mediation: one agreed, one that went to court, one with a sitting to come.

INVENTED from the first word to the last; the parties are called 甲方 and 乙方.  The cases are made as the story's are;
their mediations take the service's own steps, in the order in which they would have been taken.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any, Final, Literal

import psycopg
from psycopg.types.json import Jsonb

from grids.sample.city import SHANGHAI
from grids.sample.divisions import EXAMPLE_VILLAGE, WUBAIHU
from grids.sample.histories import SampleEvent, lived
from grids.sample.reports import SampleCase, SampleReport

Who = Literal["village", "township"]
"""The desk of the village, whose case it is, and that of the township, which mediates."""

_CONTACT: Final = "0316-0000000（虚构）"


@dataclass(frozen=True)
class _Step:
    """A step of a mediation, so many days after the case was received."""

    day: float
    who: Who
    verb: str
    words: str | None = None
    data: tuple[tuple[str, Any], ...] = ()


@dataclass(frozen=True)
class Dispute:
    """What was said, how many days ago, and what was done in its mediation."""

    ago: float
    words: str
    where: str
    steps: tuple[_Step, ...]


def _begun(first: float) -> tuple[_Step, ...]:
    """Opened on the second day, both parties taken down, a first sitting planned."""
    return (
        _Step(2, "village", "open"),
        _Step(2.2, "township", "party", data=(("name", "甲方（虚构）"), ("contact", _CONTACT))),
        _Step(2.3, "township", "party", data=(("name", "乙方（虚构）"),)),
        _Step(2.4, "township", "sitting", data=(("day", first),)),
    )


DISPUTES: Final = (
    Dispute(23, "隔壁的空调外机正对我家窗户，夜里吵得睡不着，说了几次都不听。", "示例村中街", (
        *_begun(5),
        _Step(5.2, "township", "held", "两家都来了。乙方愿意挪外机，嫌费用高；甲方愿意出一半。", (("sitting", 1),)),
        _Step(5.3, "township", "sitting", data=(("day", 8.0),)),
        _Step(8.1, "township", "held", "看过现场，商定挪到西墙，七天内完成。", (("sitting", 2),)),
        _Step(8.2, "township", "agree", "乙方七天内把外机挪到西墙，费用两家各出一半；甲方不再上门争吵。双方签字。"),
    )),
    Dispute(41, "两家宅基地中间的墙往我家挪了半米，量了几回说法都不一样。", "示例村东头", (
        *_begun(6),
        _Step(6.2, "township", "held", "双方各拿一张老图，尺寸对不上，都不肯让。", (("sitting", 1),)),
        _Step(9, "township", "fail", "界址有争议，谁也不肯先让，已告知双方可以起诉。", (("outcome", "court"),)),
    )),
    Dispute(4, "浇地轮水总有人插队，昨天两家差点动手。", "示例村南地机井", _begun(6)),
)  # fmt: skip


def tell_disputes(now: datetime) -> list[SampleCase]:
    """Answer the cases of the disputes, each taken on by the village's desk on its first day."""
    return [_case(dispute, now) for dispute in DISPUTES]


def _case(dispute: Dispute, now: datetime) -> SampleCase:
    at = _received(dispute, now)
    events = [
        SampleEvent(at, "receive"),
        SampleEvent(at + timedelta(hours=2), "accept", "desk"),
        SampleEvent(at + timedelta(hours=5), "take", "owner"),
    ]
    report = SampleReport(
        "neighbour_dispute", "talking_point", at, at - timedelta(hours=1), dispute.words,
        area_code=EXAMPLE_VILLAGE, place_words=dispute.where, contact="来访村民（虚构）",
    )  # fmt: skip
    return SampleCase(lived(events), report)


def _received(dispute: Dispute, now: datetime) -> datetime:
    """A morning, so that every sitting is in somebody's office hours."""
    day = (now - timedelta(days=dispute.ago)).astimezone(SHANGHAI)
    return day.replace(hour=8, minute=30, second=0, microsecond=0)


def mediate(connection: psycopg.Connection[Any], case_ids: Sequence[int], now: datetime) -> None:
    """Take the steps of the mediations of cases that are loaded, as those who would have taken them.

    Parameters
    ----------
    connection : psycopg.Connection
        As the owner; the caller commits.
    case_ids : sequence of int
        Of ``tell_disputes``, in that order.
    now : datetime
        As it was told to that.
    """
    first = now - timedelta(days=60)
    tokens = {who: _let_in(connection, area, first, now) for who, area in _DESKS.items()}
    row = connection.execute(
        "SELECT id FROM postings WHERE area_code = %s AND role = 'desk' AND during @> %s", (WUBAIHU, now)
    ).fetchone()
    mediator = row[0] if row else None
    for dispute, case_id in zip(DISPUTES, case_ids, strict=True):
        received_at = _received(dispute, now)
        for version, step in enumerate(dispute.steps):
            data: dict[str, Any] = {"posting_id": mediator} if step.verb == "open" else dict(step.data)
            if "day" in data:
                data = {"at": (received_at + timedelta(days=data["day"], hours=1.5)).isoformat()}
            at = received_at + timedelta(days=step.day, hours=2)
            connection.execute(
                "SELECT take_mediation_step(%s, %s, %s, %s, %s, %s, %s)",
                (tokens[step.who], at, case_id, version, f"mediation_{step.verb}", step.words, Jsonb(data)),
            )
    connection.execute("SELECT act_as(NULL, %s)", (now,))
    connection.execute("DELETE FROM sessions WHERE token_digest = ANY (%s)", (list(tokens.values()),))
    # Nobody is told today of what is invented.
    connection.execute(
        "DELETE FROM outbox WHERE (payload ->> 'case_id')::bigint = ANY (%s) AND topic LIKE 'case.mediation_%%'",
        (list(case_ids),),
    )


_DESKS: Final[dict[Who, str]] = {"village": EXAMPLE_VILLAGE, "township": WUBAIHU}


def _let_in(connection: psycopg.Connection[Any], area: str, since: datetime, until: datetime) -> bytes:
    """Open a session for whoever sits at a desk; it is ended with the steps."""
    token = sha256(f"mediation-of-the-sample-{area}".encode()).digest()
    connection.execute(
        "INSERT INTO sessions (token_digest, person_id, created_at, expires_at)"
        " SELECT %s, person_id, %s, %s FROM postings"
        " WHERE area_code = %s AND role IN ('desk', 'dispatcher') AND person_id IS NOT NULL AND during @> %s"
        " ORDER BY role DESC, id LIMIT 1",
        (token, since, until + timedelta(days=1), area, until),
    )
    return token
