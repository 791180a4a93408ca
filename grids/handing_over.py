"""Handing over a shift (交接班) and taking it over.

``write_handover`` and ``accept_handover`` in the database hold the locks and the rights; here their refusals become
errors that say what to do.  A hand-over is never edited; its words stand apart and can be erased.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar, Final

import asyncpg

from gis.errors import GridwardenError
from grids.reports import TextTooLongError
from grids.steps import MAX_WORDS, NoSuchCaseError, kept

LINES_MOST: Final = 100
"""Cases that a hand-over lists; of how many it speaks, its counts say."""


class HandoverError(GridwardenError):
    """A hand-over that cannot be written or taken over; nothing was changed."""


class NotAtDeskError(HandoverError):
    """The actor does not sit at this desk."""

    code: ClassVar[str] = "not_at_desk"


class HandoverWrittenError(HandoverError):
    """The actor has written another one meanwhile; ``params["version"]``: how many there are."""

    code: ClassVar[str] = "handover_written"


class HandoverToNobodyError(HandoverError):
    """To somebody who cannot take over; ``params["why"]``: ``not_posted``, ``away`` (``until``) or ``yourself``."""

    code: ClassVar[str] = "handover_to_nobody"


class HandoverNotFoundError(HandoverError):
    """There is none of this number for this actor."""

    code: ClassVar[str] = "handover_not_found"


class HandoverTakenError(HandoverError):
    """Somebody else was faster; ``params``: ``at``, ``name``."""

    code: ClassVar[str] = "handover_taken"


class HandoverForOthersError(HandoverError):
    """It waits for somebody else, or is the actor's own."""

    code: ClassVar[str] = "handover_for_others"


_ERRORS: Final[Mapping[str, tuple[type[GridwardenError], str]]] = {
    "GW560": (NotAtDeskError, "Only those who are posted at a desk hand it over."),
    "GW561": (HandoverWrittenError, "You have written a hand-over meanwhile; read it before you write another one."),
    "GW562": (HandoverToNobodyError, "This person cannot take over now; choose another, or whoever comes next."),
    "GW563": (HandoverForOthersError, "This hand-over waits for somebody else."),
    "GW564": (HandoverNotFoundError, "There is no such hand-over for you."),
    "GW565": (HandoverTakenError, "Somebody else has taken it over already."),
    "GW024": (NoSuchCaseError, "There is no such case for you."),
}


@dataclass(frozen=True, slots=True)
class Written:
    """A hand-over that was written; ``lines``: how many cases it lists, ``version``: how many its writer wrote."""

    id: int
    lines: int
    version: int


async def write_handover(
    connection: asyncpg.Connection[Any],
    kind: str,
    area_code: str,
    desk: str | None,
    *,
    version: int,
    now: datetime,
    session_digest: bytes | None,
    to_posting: int | None = None,
    words: str = "",
    notes: Mapping[int, str] | None = None,
) -> Written:
    """Write a hand-over with what is open at the desk at this instant; durable when it returns.

    Parameters
    ----------
    connection : asyncpg.Connection
        The raw driver's, as the web role, in no transaction.
    kind, area_code, desk
        Which desk.
    version : int
        How many the writer had written there when he began, so that none is written twice.
    now : datetime
        Aware.
    session_digest : bytes or None
        Who.
    to_posting : int or None
        To whom, at the same desk; None: whoever comes next.
    words : str
        About the whole; empty: nothing.
    notes : mapping of int to str, optional
        Words by the number of a case, also of one that is not listed.

    Raises
    ------
    HandoverError, TextTooLongError, NoSuchCaseError
        ``not_at_desk``, ``handover_written``, ``handover_to_nobody``, ``text_too_long``, ``case_not_found``.
    """
    said = {str(case): one for case, note in (notes or {}).items() if (one := _said(note))}
    asked = (
        session_digest,
        now,
        kind,
        area_code,
        desk,
        version,
        to_posting,
        _said(words),
        json.dumps(said),
        LINES_MOST,
    )
    done = await _ask(
        connection, "SELECT write_handover($1, $2, $3, $4, $5, $6, $7, $8, $9::text::jsonb, $10)::text", *asked
    )
    return Written(**done)


@dataclass(frozen=True, slots=True)
class Accepted:
    """A hand-over that was taken over: by which posting, and when."""

    id: int
    accepted_by: int
    accepted_at: datetime


async def accept_handover(
    connection: asyncpg.Connection[Any],
    handover_id: int,
    *,
    now: datetime,
    session_digest: bytes | None,
    words: str = "",
) -> Accepted:
    """Take a hand-over over, with an optional remark; done twice by the same person it is done once.

    Raises
    ------
    HandoverError, TextTooLongError
        ``handover_not_found``, ``handover_taken``, ``handover_for_others``, ``text_too_long``.
    """
    done = await _ask(
        connection, "SELECT accept_handover($1, $2, $3, $4)::text", session_digest, now, handover_id, _said(words)
    )
    return Accepted(**dated(done, "accepted_at"))


def dated(row: Mapping[str, Any], *names: str) -> dict[str, Any]:
    """Answer a row of JSON with these of its values as instants."""
    return {**row, **{name: row[name] and datetime.fromisoformat(row[name]) for name in names}}


def _said(words: str) -> str | None:
    said = str(kept(words)).strip().replace("\r\n", "\n")
    if len(said) > MAX_WORDS:
        raise TextTooLongError(f"At most {MAX_WORDS:,} characters.", params={"most": MAX_WORDS, "length": len(said)})
    return said or None


async def _ask(connection: asyncpg.Connection[Any], statement: str, *given: object) -> dict[str, Any]:
    try:
        done: dict[str, Any] = json.loads(await connection.fetchval(statement, *given))
    except asyncpg.PostgresError as error:
        if error.sqlstate not in _ERRORS:
            raise
        kind, message = _ERRORS[error.sqlstate]
        raise kind(message, params=json.loads(error.detail) if error.detail else None) from error
    return done
