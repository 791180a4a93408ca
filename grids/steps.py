"""Steps of a case: taking one, and its history for those who may read it.

``take_step`` in the database holds the lock, the version and the rights; here its refusals become errors that say what
can be done instead.  What a step is, ``grids.workflow`` says.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar, Final, cast
from zoneinfo import ZoneInfo

import asyncpg
from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from gis.errors import GridwardenError
from grids.tables import event_words, events, people, postings
from grids.workflow import Relation

_SHANGHAI: Final = ZoneInfo("Asia/Shanghai")
MAX_WORDS = 4000
MAX_BODY = 200
OF_THE_CASE: Final = frozenset({"higher", "asked", "silence", "first_word", "parts", "authority"})
"""Needs that nothing that is given would meet."""

# In what a need is given, where its name is not that of the field; None: in nothing, as what a mediation lacks.
_FIELDS = (
    dict.fromkeys(("owner", "mediator", "presider", "level", "loop"), "posting_id")
    | {"order_until": "until", "hearing_at": "at", "hearing_place": "place"}
    | dict.fromkeys(("mediation", "private", "room", "begun", "parties", "held"))
    | dict.fromkeys(
        (
            "petition",
            "no_danger",
            "called",
            "hearing",
            "uninvolved",
            "hearing_begun",
            "proposed",
            "since_heard",
            "settled",
        )
    )
)


class StepError(GridwardenError):
    """A step that cannot be taken; nothing was changed."""


class StaleVersionError(StepError):
    """The case has changed since it was read; ``params``: ``version``, ``state``, ``last`` (the newest verb)."""

    code: ClassVar[str] = "stale_version"

    def __init__(self, message: str, *, params: Mapping[str, object] | None = None) -> None:
        super().__init__(message, params=params)
        # What is done in a mediation is not for all who see the case.
        if str(self.params.get("last")).startswith("mediation_"):
            self.params["last"] = "mediation"


class StepNotAllowedError(StepError):
    """Not from this state; ``params``: ``state`` and ``allowed``, the verbs that are open to this actor."""

    code: ClassVar[str] = "step_not_allowed"


class StepForOthersError(StepError):
    """Not for this actor; ``params``: ``who`` and ``allowed``."""

    code: ClassVar[str] = "step_for_others"


class StepIncompleteError(StepError):
    """Something that the step needs is missing or cannot be; ``params["need"]`` names it."""

    code: ClassVar[str] = "step_incomplete"

    @property
    def field(self) -> str | None:
        """What has to be given otherwise; None where nothing that is given would help."""
        need = str(self.params.get("need"))
        return None if need in OF_THE_CASE else _FIELDS.get(need, need)


class NoSuchCaseError(StepError):
    """No such case for this actor."""

    code: ClassVar[str] = "case_not_found"


class PetitionClosedError(StepError):
    """Closed as a petition: only a level above opens it again.

    ``params``: on which ``day`` and by whom (``area``, ``role``, ``desk``) it was closed, the area of the ``next``
    level, and until which ``last_day`` that can be asked; "none" for what there is not.
    """

    code: ClassVar[str] = "petition_closed"

    def __init__(self, message: str, *, params: Mapping[str, object] | None = None) -> None:
        said = {name: "none" if value is None else value for name, value in (params or {}).items()}
        days = {name: str(said.pop(key, "")) for name, key in (("day", "closed_at"), ("last_day", "review_until"))}
        super().__init__(message, params=said | {name: day and _day(day) for name, day in days.items()})


def _day(at: str) -> str:
    return datetime.fromisoformat(at).astimezone(_SHANGHAI).date().isoformat()


_ERRORS: dict[str, tuple[type[StepError], str]] = {
    "GW020": (StaleVersionError, "The case has changed meanwhile; read it again, then decide."),
    "GW021": (StepNotAllowedError, "This step is not open from the present state."),
    "GW022": (StepForOthersError, "This step is for others."),
    "GW023": (StepIncompleteError, "Something that this step needs is missing."),
    "GW024": (NoSuchCaseError, "There is no such case for you."),
    "GW025": (PetitionClosedError, "It was closed as a petition; a level above alone opens it again."),
}


@dataclass(frozen=True, slots=True)
class Taken:
    """A case after a step; ``other`` is the case that a split made."""

    case_id: int
    state: str
    version: int
    seq: int
    due_at: datetime
    owner_area_code: str
    owner_role: str
    other: int | None


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a case's history; ``name`` and ``words`` are None where they are not the reader's."""

    seq: int
    at: datetime
    verb: str
    state: str
    role: str | None
    area_code: str | None
    desk: str | None
    name: str | None
    words: str | None
    data: dict[str, Any]


async def take(
    connection: asyncpg.Connection[Any],
    case_id: int,
    verb: str,
    *,
    version: int,
    now: datetime,
    session_digest: bytes | None = None,
    link_digest: bytes | None = None,
    words: str | None = None,
    data: Mapping[str, Any] | None = None,
) -> Taken:
    """Take a step; durable when it returns, with its event and its outbox row.

    Parameters
    ----------
    connection : asyncpg.Connection
        The raw driver's, as the web role, in no transaction.
    case_id, verb, version
        Which case, which step, and the version of the case that the actor saw.
    now : datetime
        Aware.
    session_digest, link_digest : bytes or None
        Who: a member of staff by his session, or a reporter by the key of his report.
    words : str or None
        Reason, or what was done.
    data : mapping
        What the step needs besides, as ``grids.workflow`` names it.

    Raises
    ------
    StepError
        ``stale_version``, ``step_not_allowed``, ``step_for_others``, ``step_incomplete``, ``case_not_found``.
    """
    try:
        said = await connection.fetchval(
            "SELECT take_step($1, $2, $3, $4, $5, $6, $7, $8::text::jsonb)::text",
            session_digest,
            link_digest,
            now,
            case_id,
            version,
            verb,
            kept(words or "").strip() or None,
            json.dumps({name: kept(value) for name, value in (data or {}).items()}),
        )
    except asyncpg.PostgresError as error:
        raise step_error(error) from error
    done = json.loads(said)
    return Taken(
        case_id=done["case_id"],
        state=done["state"],
        version=done["version"],
        seq=done["seq"],
        due_at=datetime.fromisoformat(done["due_at"]),
        owner_area_code=done["owner"]["area_code"],
        owner_role=done["owner"]["role"],
        other=done["other"],
    )


def kept(value: Any) -> Any:
    """Answer a value as PostgreSQL can keep it, with all that is in it: no text there holds a NUL."""
    if isinstance(value, Mapping):
        return {name: kept(one) for name, one in value.items()}
    if isinstance(value, list):
        return [kept(one) for one in value]
    return value.replace("\0", "\ufffd") if isinstance(value, str) else value


def step_error(error: asyncpg.PostgresError) -> BaseException:
    """Answer what a refusal of the database means here; the error itself where it is none of ours."""
    if error.sqlstate not in _ERRORS:
        return cast("BaseException", error)
    kind, message = _ERRORS[error.sqlstate]
    return kind(message, params=json.loads(error.detail) if error.detail else None)


async def relations(
    connection: AsyncConnection, case_id: int, now: datetime, link_digest: bytes | None = None
) -> frozenset[Relation]:
    """Answer what the actor of this transaction is to a case; nothing where there is no such case."""
    found = await connection.execute(
        text("SELECT my_relations(:case, :link, :at)"), {"case": case_id, "link": link_digest, "at": now}
    )
    return frozenset(found.scalar_one() or ())


async def history(connection: AsyncConnection, case_id: int) -> list[Line]:
    """Answer the history of a case that the actor may read, the oldest line first."""
    e, w, p = events.c, event_words.c, postings.c
    found = await connection.execute(
        select(e.seq, e.at, e.verb, e.state, p.role, p.area_code, p.desk, people.c.name, w.words, e.data)
        .select_from(
            events.outerjoin(event_words, w.event_id == e.id)
            .outerjoin(postings, p.id == e.posting_id)
            .outerjoin(people, people.c.id == p.person_id)
        )
        .where(e.case_id == case_id)
        .order_by(e.seq)
    )
    return [Line(*cast("tuple[Any, ...]", row)) for row in found]


async def look_at_contact(
    connection: asyncpg.Connection[Any], number: str, *, session_digest: bytes | None, now: datetime
) -> str | None:
    """Answer how to reach a reporter; the look itself becomes a line of the case's history.

    Raises
    ------
    NoSuchCaseError
        ``case_not_found``: for the clerk who took it down and a supervisor of its chain alone.
    """
    try:
        return cast(
            "str | None", await connection.fetchval("SELECT look_at_contact($1, $2, $3)", session_digest, now, number)
        )
    except asyncpg.PostgresError as error:
        raise step_error(error) from error
