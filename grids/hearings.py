"""Hearings of a case (听证), and closing a petition (信访终结) by one, only in the open.

``take_hearing_step`` in the database holds the lock of the case, the version of the hearing and the rights; its
refusals are those of steps.  What a step of a hearing is, ``grids.hearing_steps`` says.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import asyncpg
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from grids.cases import CaseNotFoundError
from grids.hearing_steps import BY_HEARING_VERB, AttendantRole, HearingState, HearingStep, Proposal
from grids.receipts import digest
from grids.steps import kept, step_error
from grids.workflow import Step

MAX_PLACE: Final = 200
MAX_ATTENDANTS: Final = 40
MAX_WHO: Final = 200
_INSTANTS: Final = ("called_at", "at", "held_at", "closed_at", "review_until", "ended_at")


@dataclass(frozen=True, slots=True)
class PetitionRule:
    """What holds today: after how many reopenings (``refused``: of what will not be done), and how many days."""

    reopened: int
    refused: int
    notice_days: int
    review_days: int


@dataclass(frozen=True, slots=True)
class Closing:
    """By whom and when a petition was closed, and which way is left.

    ``next`` is the area of the next level up, None where the topmost one closed it; it can be asked ``review_until``.
    """

    closed_at: datetime
    area: str
    role: str
    desk: str | None
    review_until: datetime
    next: str | None


@dataclass(frozen=True, slots=True)
class Attendant:
    """Who was invited, by role, and whether he came; ``who`` is None for the resident and where it was erased."""

    role: AttendantRole
    came: bool
    who: str | None


@dataclass(frozen=True, slots=True)
class Hearing:
    """One hearing of a case; ``nth`` counts them from 1.

    ``open`` are the steps that are the reader's, each with what it still waits for, None: for nothing.  ``place`` and
    ``people`` are for those who read its record.
    """

    nth: int
    state: HearingState
    version: int
    posting_id: int
    called_at: datetime
    at: datetime
    held_at: datetime | None
    proposal: Proposal | None
    record_digest: str | None
    closed_at: datetime | None
    review_until: datetime | None
    ended_at: datetime | None
    place: str | None
    people: tuple[Attendant, ...]
    open: Mapping[str, str | None]

    @property
    def steps(self) -> tuple[HearingStep, ...]:
        """The steps that the reader may take now, in the order of the table."""
        return _steps(self.open)

    @property
    def waits(self) -> dict[str, str]:
        """What the reader's other steps wait for, by verb."""
        return {verb: need for verb, need in self.open.items() if need is not None}


@dataclass(frozen=True, slots=True)
class Hearings:
    """The hearings of a case, the first one first.

    ``another``: what is the reader's to call one, as ``Hearing.open``; ``reads``: whether its record is his to read;
    ``closing``: the petition is closed; ``may_lift``: he may open that again.
    """

    case_id: int
    reads: bool
    rule: PetitionRule
    another: Mapping[str, str | None]
    closing: Closing | None
    may_lift: bool
    hearings: tuple[Hearing, ...]

    @property
    def may_call(self) -> bool:
        """Whether the reader may call one now."""
        return bool(_steps(self.another))

    @property
    def to_come(self) -> Hearing | None:
        """The one that was called and not held yet."""
        return next((one for one in self.hearings if one.state == "called"), None)


def _steps(open_steps: Mapping[str, str | None]) -> tuple[HearingStep, ...]:
    return tuple(step for verb, step in BY_HEARING_VERB.items() if verb in open_steps and open_steps[verb] is None)


def unlifted(steps: Iterable[Step], told: Hearings) -> list[Step]:
    """Answer the steps of a case without those that its closing as a petition leaves to others.

    Parameters
    ----------
    steps : iterable of Step
        Those that would be open.
    told : Hearings
        Of the case.
    """
    return [step for step in steps if step.verb != "reopen" or told.closing is None or told.may_lift]


@dataclass(frozen=True, slots=True)
class Presider:
    """A posting that can be asked to preside."""

    posting_id: int
    role: str
    area_code: str
    area_name: str
    desk: str | None


@dataclass(frozen=True, slots=True)
class HearingTaken:
    """A hearing after a step, and the state of its case."""

    case_id: int
    nth: int
    state: HearingState
    version: int
    at: datetime
    posting_id: int
    review_until: datetime | None
    case_state: str
    seq: int


@dataclass(frozen=True, slots=True)
class HearingSeen:
    """A hearing as the reporters of its case see it."""

    nth: int
    state: HearingState
    at: datetime
    place: str | None
    proposal: Proposal | None


@dataclass(frozen=True, slots=True)
class ReporterHearings:
    """What whoever holds the link of a report learns: hearings, and how the petition was closed, if it was."""

    hearings: tuple[HearingSeen, ...]
    closing: Closing | None

    def left(self, verbs: Iterable[str]) -> list[str]:
        """Answer those of the verbs of a case that are left to its reporters."""
        return [verb for verb in verbs if verb != "reopen" or self.closing is None]


async def hearings_told(connection: AsyncConnection, case_id: int, now: datetime) -> Hearings:
    """Answer what the actor learns of the hearings of a case.

    Raises
    ------
    CaseNotFoundError
        ``case_not_found``: there is no such case, or none that he may see.
    """
    found = await connection.execute(text("SELECT hearings_told(:case, :at)"), {"case": case_id, "at": now})
    said = found.scalar_one()
    if said is None:
        raise CaseNotFoundError(f"There is no case {case_id} for you.", params={"id": case_id})
    return Hearings(
        case_id=case_id,
        reads=said["reads"],
        rule=PetitionRule(**said["rule"]),
        another=said["another"],
        closing=closing_of(said["closing"]),
        may_lift=said["may_lift"],
        hearings=tuple(_hearing(row) for row in said["hearings"]),
    )


def _hearing(row: dict[str, Any]) -> Hearing:
    moments = {name: datetime.fromisoformat(row[name]) if row[name] else None for name in _INSTANTS}
    return Hearing(**row | moments | {"people": tuple(Attendant(**one) for one in row["people"])})


def closing_of(said: Mapping[str, Any] | None) -> Closing | None:
    """Answer a closing as the database tells it (``petition_closing``); None: there is none."""
    if said is None:
        return None
    moments = {name: datetime.fromisoformat(said[name]) for name in ("closed_at", "review_until")}
    return Closing(**dict(said) | moments)


async def possible_presiders(connection: AsyncConnection, case_id: int, now: datetime) -> list[Presider]:
    """Answer who can be asked to preside over a hearing of a case, the lowest level first."""
    found = await connection.execute(text("SELECT * FROM hearing_candidates(:case, :at)"), {"case": case_id, "at": now})
    return [Presider(*row) for row in found]


async def petitions_at_place(connection: AsyncConnection, case_id: int, now: datetime) -> list[tuple[int, Closing]]:
    """Answer what was closed as a petition at the places of a case, as far as the actor sees it; the newest first."""
    found = await connection.execute(
        text("SELECT case_id, closing FROM petitions_at_place(:case, :at)"), {"case": case_id, "at": now}
    )
    return [(other, closing) for other, said in found if (closing := closing_of(said)) is not None]


async def reporter_hearings(connection: AsyncConnection, number: str, key: str, now: datetime) -> ReporterHearings:
    """Answer what the holder of a report's link learns of hearings; nothing where the key does not fit."""
    found = await connection.execute(
        text("SELECT reporter_hearings(:number, :digest, :at)"), {"number": number, "digest": digest(key), "at": now}
    )
    said = found.scalar_one_or_none() or {"hearings": [], "closing": None}
    return ReporterHearings(
        hearings=tuple(HearingSeen(**row | {"at": datetime.fromisoformat(row["at"])}) for row in said["hearings"]),
        closing=closing_of(said["closing"]),
    )


async def take_hearing_step(
    connection: asyncpg.Connection[Any],
    case_id: int,
    verb: str,
    *,
    nth: int | None,
    version: int | None,
    now: datetime,
    session_digest: bytes | None,
    words: str | None = None,
    data: Mapping[str, Any] | None = None,
) -> HearingTaken:
    """Call a hearing or take a step of one; durable when it returns, with its events and their outbox rows.

    Parameters
    ----------
    connection : asyncpg.Connection
        The raw driver's, as the web role, in no transaction.
    case_id, verb
        Which case, which step of ``grids.hearing_steps``.
    nth : int or None
        Which hearing; None: another one.
    version : int or None
        Of the hearing as the actor saw it; of another one how many the case had, so that none is called twice.
    now : datetime
        Aware.
    session_digest : bytes or None
        Who.
    words : str or None
        Why, what was said, or the decision.
    data : mapping
        What the step needs besides: ``posting_id`` of who presides, ``at``, ``place``; ``people``
        (``[{role, came, who}]``), ``proposal``, ``findings`` and ``record_digest`` of a record.

    Raises
    ------
    StepError
        As ``grids.steps.take``.
    """
    try:
        said = await connection.fetchval(
            "SELECT take_hearing_step($1, $2, $3, $4, $5, $6, $7, $8::text::jsonb)::text",
            session_digest,
            now,
            case_id,
            nth,
            version,
            verb,
            kept(words or "").strip() or None,
            json.dumps(kept(data or {})),
        )
    except asyncpg.PostgresError as error:
        raise step_error(error) from error
    done = json.loads(said)
    moments = {name: datetime.fromisoformat(done[name]) if done[name] else None for name in ("at", "review_until")}
    return HearingTaken(**done | moments)
