"""The mediation room (调解): a dispute with its mediator, parties, sittings and agreement, and its steps as one table.

``take_mediation_step`` in the database holds the lock of the case, the version of the mediation and the rights.  What
is said is the mediator's desk's and the supervisor's of the chain; row-level security keeps it from all others, who
learn no more than that a case is in mediation and how that ended.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Literal, cast

import asyncpg
from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from grids.cases import CaseNotFoundError
from grids.steps import kept, step_error
from grids.tables_mediations import mediation_parties, mediation_sittings
from grids.workflow import State, Step

MAX_NAME: Final = 100
MAX_CONTACT: Final = 200

MediationState = Literal["opened", "vacant", "agreed", "failed", "withdrawn"]
Outcome = Literal["lawyer", "court"]
OUTCOMES: Final[tuple[Outcome, ...]] = ("lawyer", "court")
MediationRelation = Literal["mediator", "lead", "above", "supervisor"]
"""Works for the mediator; owns or directs the case or stands above who does, and where a mediator had to withdraw, from
the next level upwards; stands above the mediator; supervises in the chain."""

OPEN: Final[frozenset[MediationState]] = frozenset({"opened", "vacant"})
_WORKED: Final[frozenset[State]] = frozenset({"received", "accepted", "dispatched", "in_progress", "paused"})
# What would end a case, or say that it is solved.
_WAITS: Final[frozenset[State | None]] = frozenset({"claimed_solved", "declined", "will_not_do", "merged"})
_READ: Final = frozenset({"mediator", "supervisor"})

Need = Literal["mediator", "room", "name", "at", "sitting", "begun", "parties", "held", "outcome", "words"]


@dataclass(frozen=True, slots=True)
class MediationStep:
    """One row: ``target`` None keeps the state."""

    verb: str
    sources: tuple[MediationState, ...]
    target: MediationState | None
    who: tuple[MediationRelation, ...]
    needs: tuple[Need, ...]


# The database has the same rows (``mediation_steps``); a test compares them.
MEDIATION_STEPS: Final[tuple[MediationStep, ...]] = (
    # There is none yet, or it is taken up again.
    MediationStep("mediation_open", ("agreed", "failed", "withdrawn"), "opened", ("lead",), ("mediator",)),
    MediationStep("mediation_party", ("opened",), None, ("mediator",), ("room", "name")),
    MediationStep("mediation_sitting", ("opened",), None, ("mediator",), ("room", "at")),
    MediationStep("mediation_move", ("opened",), None, ("mediator",), ("sitting", "at")),
    MediationStep("mediation_held", ("opened",), None, ("mediator",), ("sitting", "begun", "words")),
    # Two parties at least, and one sitting that was held.
    MediationStep("mediation_agree", ("opened",), "agreed", ("mediator",), ("parties", "held", "words")),
    MediationStep("mediation_fail", ("opened",), "failed", ("mediator",), ("outcome", "words")),
    MediationStep(
        "mediation_hand_over",
        ("opened", "vacant"),
        "opened",
        ("lead", "mediator", "supervisor"),
        ("mediator", "words"),
    ),
    # It is about the mediator: he withdraws at once, also where it turns out later.
    MediationStep(
        "mediation_conflict", ("opened", "agreed", "failed"), "vacant", ("mediator", "above", "supervisor"), ("words",)
    ),
    MediationStep(
        "mediation_withdraw", ("opened", "vacant"), "withdrawn", ("lead", "mediator", "supervisor"), ("words",)
    ),
)
MEDIATION_VERBS: Final = {step.verb: step for step in MEDIATION_STEPS}


@dataclass(frozen=True, slots=True)
class Told:
    """What the actor learns of the mediation of a case that he sees.

    ``state`` None: there is none; ``may_be``: there can be one; ``held``: what the actor is to it.  ``version`` (0:
    there is none), the mediator's ``posting_id`` and the instants are for those who read or lead it.
    """

    case_id: int
    case_state: State
    state: MediationState | None
    outcome: Outcome | None
    may_be: bool
    held: frozenset[MediationRelation]
    version: int = 0
    posting_id: int | None = None
    above_code: str | None = None
    opened_at: datetime | None = None
    ended_at: datetime | None = None

    @property
    def open(self) -> bool:
        """Whether it goes on, so that the case waits."""
        return self.state in OPEN

    @property
    def reads(self) -> bool:
        """Whether parties, sittings and what was said are for the actor."""
        return self.state is not None and not _READ.isdisjoint(self.held)

    @property
    def steps(self) -> tuple[MediationStep, ...]:
        """The steps that the actor may take now."""
        return mediation_steps(self)


def mediation_steps(told: Told) -> tuple[MediationStep, ...]:
    """Answer the steps of a mediation that somebody may take, in the order of the table.

    Parameters
    ----------
    told : Told
        What he knows of it.

    Examples
    --------
    >>> room = Told(1, "in_progress", "opened", None, True, frozenset({"lead"}), 1, 7)
    >>> [step.verb for step in mediation_steps(room)]
    ['mediation_hand_over', 'mediation_withdraw']
    >>> [step.verb for step in mediation_steps(Told(1, "accepted", None, None, True, frozenset({"lead"})))]
    ['mediation_open']
    >>> mediation_steps(Told(1, "accepted", None, None, False, frozenset({"lead"})))
    ()
    """
    return tuple(step for step in MEDIATION_STEPS if _from_here(step, told) and not told.held.isdisjoint(step.who))


def _from_here(step: MediationStep, told: Told) -> bool:
    if step.verb == "mediation_conflict":
        return told.posting_id is not None and told.state in step.sources
    first = step.verb == "mediation_open" and (told.may_be if told.state is None else told.state in step.sources)
    return told.case_state in _WORKED and (first or (told.state is not None and told.state in step.sources))


def unhindered(steps: Iterable[Step], told: Told | None) -> list[Step]:
    """Answer the steps of a case that need not wait for its mediation.

    Parameters
    ----------
    steps : iterable of Step
        Those that would be open.
    told : Told or None
        Of the mediation.

    Examples
    --------
    >>> from grids.workflow import BY_VERB
    >>> room = Told(1, "in_progress", "vacant", None, True, frozenset())
    >>> [step.verb for step in unhindered((BY_VERB["claim"], BY_VERB["note"]), room)]
    ['note']
    """
    return [step for step in steps if told is None or not told.open or step.target not in _WAITS]


@dataclass(frozen=True, slots=True)
class Party:
    """Somebody between whom it is mediated; who he is, ``look_at_parties`` tells."""

    nth: int
    added_at: datetime


@dataclass(frozen=True, slots=True)
class PartyKnown:
    """A party by name; both None where it was erased."""

    nth: int
    name: str | None
    contact: str | None


@dataclass(frozen=True, slots=True)
class Sitting:
    """A sitting: planned for ``at``, or held then."""

    nth: int
    at: datetime
    held_at: datetime | None

    def to_come(self, now: datetime) -> bool:
        """Whether it lies ahead."""
        return self.held_at is None and self.at > now


@dataclass(frozen=True, slots=True)
class Mediator:
    """A department or a desk that can be asked to mediate."""

    posting_id: int
    role: str
    area_code: str
    area_name: str
    desk: str | None


@dataclass(frozen=True, slots=True)
class Listed:
    """A mediation as the list of somebody's own shows it; ``sitting_at``: the next one that was not held yet."""

    case_id: int
    number: str | None
    category_code: str
    area_code: str | None
    area_name: str
    state: MediationState
    outcome: Outcome | None
    case_state: State
    opened_at: datetime
    ended_at: datetime | None
    sitting_at: datetime | None
    sitting_nth: int | None
    relations: tuple[MediationRelation, ...]


@dataclass(frozen=True, slots=True)
class MediationTaken:
    """A mediation after a step.

    ``nth``: of the party or sitting that the step was about; ``seq``: the line of the case's history; ``conflict``: the
    mediator withdrew by it.
    """

    case_id: int
    state: MediationState
    outcome: Outcome | None
    version: int
    posting_id: int | None
    nth: int | None
    seq: int
    conflict: bool


async def mediation_told(connection: AsyncConnection, case_id: int, now: datetime) -> Told:
    """Answer what the actor learns of the mediation of a case.

    Raises
    ------
    CaseNotFoundError
        ``case_not_found``: there is no such case, or none that he may see.
    """
    found = await connection.execute(text("SELECT mediation_told(:case, :at)"), {"case": case_id, "at": now})
    said = found.scalar_one()
    if said is None:
        raise CaseNotFoundError(f"There is no case {case_id} for you.", params={"id": case_id})
    for name in ("opened_at", "ended_at"):
        said[name] = datetime.fromisoformat(said[name]) if said.get(name) else None
    return Told(held=frozenset(said.pop("relations")), **said)


async def parties_of(connection: AsyncConnection, case_id: int) -> list[Party]:
    """Answer the parties of a mediation that the actor reads."""
    y = mediation_parties.c
    found = await connection.execute(select(y.nth, y.added_at).where(y.case_id == case_id).order_by(y.nth))
    return [Party(*cast("tuple[Any, ...]", row)) for row in found]


async def sittings_of(connection: AsyncConnection, case_id: int) -> list[Sitting]:
    """Answer the sittings of a mediation that the actor reads, the earliest first."""
    y = mediation_sittings.c
    found = await connection.execute(select(y.nth, y.at, y.held_at).where(y.case_id == case_id).order_by(y.at, y.nth))
    return [Sitting(*cast("tuple[Any, ...]", row)) for row in found]


async def possible_mediators(connection: AsyncConnection, case_id: int, now: datetime) -> list[Mediator]:
    """Answer to whom the actor can give the mediation of a case, the nearest level first."""
    found = await connection.execute(
        text("SELECT * FROM mediation_candidates(:case, :at)"), {"case": case_id, "at": now}
    )
    return [Mediator(*row) for row in found]


async def my_mediations(connection: AsyncConnection, now: datetime, limit: int = 200) -> list[Listed]:
    """Answer the mediations of the actor: what goes on first, by the next sitting, then what has ended."""
    found = await connection.execute(text("SELECT * FROM my_mediations(:at, :limit)"), {"at": now, "limit": limit})
    return [Listed(**dict(row._mapping) | {"relations": tuple(row.relations)}) for row in found]


async def look_at_parties(
    connection: asyncpg.Connection[Any], case_id: int, *, session_digest: bytes | None, now: datetime
) -> list[PartyKnown]:
    """Answer who the parties are and how to reach them; the look itself becomes a line of the case's history.

    Raises
    ------
    NoSuchCaseError
        ``case_not_found``: for the mediator's desk and a supervisor of the chain alone.
    """
    try:
        rows = await connection.fetch("SELECT * FROM look_at_parties($1, $2, $3)", session_digest, now, case_id)
    except asyncpg.PostgresError as error:
        raise step_error(error) from error
    return [PartyKnown(row["nth"], row["name"], row["contact"]) for row in rows]


async def take_mediation_step(
    connection: asyncpg.Connection[Any],
    case_id: int,
    verb: str,
    *,
    version: int,
    now: datetime,
    session_digest: bytes,
    words: str | None = None,
    data: Mapping[str, Any] | None = None,
) -> MediationTaken:
    """Take a step of a mediation; durable when it returns, with its event and its outbox row.

    Parameters
    ----------
    connection : asyncpg.Connection
        The raw driver's, as the web role, in no transaction.
    case_id, verb
        Of which case, which step of ``MEDIATION_STEPS``.
    version : int
        Of the mediation, as the actor saw it; 0 where there was none.
    now : datetime
        Aware.
    session_digest : bytes
        Who.
    words : str or None
        What was said, the agreement, or why.
    data : mapping
        What the step needs besides: ``posting_id`` of the mediator; ``name``, ``contact`` and ``namesake`` of a party;
        ``at`` and ``sitting``; ``outcome``.

    Raises
    ------
    StepError
        As ``grids.steps.take``.
    """
    try:
        said = await connection.fetchval(
            "SELECT take_mediation_step($1, $2, $3, $4, $5, $6, $7::text::jsonb)::text",
            session_digest,
            now,
            case_id,
            version,
            verb,
            kept(words or "").strip() or None,
            json.dumps({name: kept(value) for name, value in (data or {}).items()}),
        )
    except asyncpg.PostgresError as error:
        raise step_error(error) from error
    return MediationTaken(**json.loads(said))
