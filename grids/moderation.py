"""What of words and photos the public sees: the queue of a clerk, and his decisions.

Rights are checked by the functions of ``0008_photos.sql`` under the lock of the case: a clerk of its chain of areas who
did not handle it; never of a private category or about an official.  The words as they were said are never touched.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar, Final, Literal, cast

from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection

from gis.errors import GridwardenError
from grids.access import Actor, may
from grids.cases import CaseNotFoundError
from grids.photo_files import PhotoFiles
from grids.photo_intake import Photo
from grids.photos import PhotoNotFoundError
from grids.reports import MAX_TEXT
from grids.tables_photos import photos

Decision = Literal["released", "withheld", "withdrawn"]
MAX_REASON: Final = 500


class ModerationError(GridwardenError):
    """A decision that cannot be taken as it is."""


class ModerationForClerksError(ModerationError):
    """Only a clerk releases what residents said."""

    code: ClassVar[str] = "moderation_for_clerks"


class HandledCaseError(ModerationError):
    """Whoever handled a case does not decide what is told of it."""

    code: ClassVar[str] = "handled_case"


class NeverPublicError(ModerationError):
    """Of a private category, or about an official."""

    code: ClassVar[str] = "never_public"


class NotAfterThisError(ModerationError):
    """What was decided before does not allow it: withdrawing what is not public, withholding what is."""

    code: ClassVar[str] = "decision_not_possible"


class MissingReasonError(ModerationError):
    """Withholding and withdrawing need a reason."""

    code: ClassVar[str] = "missing_reason"


class NoWordsError(ModerationError):
    """Words to release that are empty or too long."""

    code: ClassVar[str] = "bad_released_words"


@dataclass(frozen=True, slots=True)
class Waiting:
    """Words or a photo in a clerk's list, with what he needs to decide; ``id`` is of the report or of the photo."""

    what: Literal["words", "photo"]
    id: int
    case_id: int
    kind: str
    category_code: str
    area_code: str | None
    at: datetime
    words: str | None
    place_words: str | None
    width: int | None
    height: int | None


@dataclass(frozen=True, slots=True)
class Decided:
    """What stands after a decision; ``repeated`` when it stood already."""

    case_id: int
    decision: str
    repeated: bool


def check_clerk(who: Actor) -> None:
    """Pass where somebody is a clerk of any area.

    Raises
    ------
    ModerationForClerksError
        ``moderation_for_clerks``.
    """
    if not may(who, "moderate"):
        raise ModerationForClerksError("Only a clerk releases words and photos.")


@dataclass(frozen=True, slots=True)
class After:
    """Where a page of a clerk's list ended: the last report whose words stood in it, and the last photo."""

    words: int | None = None
    photo: int | None = None

    def beyond(self, rows: Sequence[Waiting], limit: int) -> After | None:
        """Answer where the page of these rows ended; None where nothing may follow."""
        words, photos = ([row.id for row in rows if row.what == what] for what in ("words", "photo"))
        if max(len(words), len(photos)) < limit:
            return None
        return After(words[-1] if words else self.words, photos[-1] if photos else self.photo)


_BEGINNING: Final = After()


async def queue(connection: AsyncConnection, decision: str, limit: int, after: After = _BEGINNING) -> list[Waiting]:
    """Answer what waits for the actor or was decided in his areas: words, then photos, ``limit`` of each.

    Parameters
    ----------
    connection : AsyncConnection
        Of a visit: the database knows the actor.
    decision : str
        ``waiting``, the oldest first; or ``released``, or ``withheld`` with what was withdrawn, the newest first.
    limit : int
        Of words and of photos.
    after : After
        What he has seen.
    """
    found = await connection.execute(
        text("SELECT * FROM moderation_queue(:decision, :limit, :words, :photo)"),
        {"decision": decision, "limit": limit, "words": after.words, "photo": after.photo},
    )
    return [Waiting(*cast("Sequence[Any]", row)) for row in found]


async def decide_words(
    connection: AsyncConnection, report_id: int, decision: Decision, words: str, reason: str, now: datetime
) -> Decided:
    """Release the words of a report in the clerk's version, withhold or withdraw them; commits.

    Parameters
    ----------
    connection : AsyncConnection
        As the web role; it knows the actor.
    report_id : int
        Of the report.
    decision : {"released", "withheld", "withdrawn"}
        What is to stand.
    words : str
        What the public is to read, of 1 to 4,000 characters; asked for at a release alone.
    reason : str
        At most 500 characters; needed for all but a release.
    now : datetime
        Aware.

    Raises
    ------
    ModerationError, CaseNotFoundError
        ``bad_released_words``, ``missing_reason``, ``handled_case``, ``never_public``, ``decision_not_possible``,
        ``case_not_found``.
    """
    shown = words.replace("\0", "\ufffd").strip() if decision == "released" else None
    if shown is not None and not 1 <= len(shown) <= MAX_TEXT:
        raise NoWordsError(f"Between 1 and {MAX_TEXT} characters.", params={"most": MAX_TEXT})
    values = {"id": report_id, "decision": decision, "words": shown, "reason": _reason(decision, reason), "at": now}
    return await _decide(connection, "SELECT decide_words(:id, :decision, :words, :reason, :at)", values)


async def decide_photo(
    connection: AsyncConnection,
    files: PhotoFiles,
    photo_id: int,
    decision: Decision,
    shown: Photo | None,
    reason: str,
    now: datetime,
) -> Decided:
    """Release a photo, withhold or withdraw it; commits.  As ``decide_words``.

    Parameters
    ----------
    shown : Photo or None
        What the public is to see instead of the original, blurred in parts; None: the original.

    Raises
    ------
    ModerationError, CaseNotFoundError, PhotoNotFoundError
        As ``decide_words``, and ``photo_not_found``.
    """
    values: dict[str, Any] = {"id": photo_id, "decision": decision, "reason": _reason(decision, reason), "at": now}
    values |= {"shown": None, "width": None, "height": None}
    if decision == "released":
        original = await original_of(connection, photo_id)
        values |= {"shown": original[0], "width": original[1], "height": original[2]}
    if decision == "released" and shown is not None:
        # The file before the row, as at the intake.
        await asyncio.to_thread(files.put, shown.digest, shown.jpeg)
        values |= {"shown": shown.digest, "width": shown.width, "height": shown.height}
    said = "SELECT decide_photo(:id, :decision, :shown, :width, :height, :reason, :at)"
    return await _decide(connection, said, values)


async def original_of(connection: AsyncConnection, photo_id: int) -> tuple[bytes, int, int]:
    """Answer digest, width and height of a photo as it came, for somebody who may see it as a member of staff.

    Raises
    ------
    PhotoNotFoundError
        ``photo_not_found``.
    """
    p = photos.c
    row = (await connection.execute(select(p.digest, p.width, p.height).where(p.id == photo_id))).one_or_none()
    if row is None:
        raise PhotoNotFoundError("There is no such photo for you.")
    return row.digest, row.width, row.height


def _reason(decision: Decision, reason: str) -> str | None:
    said = reason.replace("\0", "\ufffd").strip()[:MAX_REASON]
    if decision != "released" and not said:
        raise MissingReasonError("Say in a few words why.")
    return said or None


async def _decide(connection: AsyncConnection, statement: str, values: dict[str, Any]) -> Decided:
    try:
        said = (await connection.execute(text(statement), values)).scalar_one()
    except DBAPIError as error:
        raise _translated(error) from error
    await connection.commit()
    return Decided(**said)


def _translated(error: DBAPIError) -> Exception:
    match getattr(error.orig, "sqlstate", ""):
        case "GW081":
            return CaseNotFoundError("There is no such case for you.")
        case "GW083":
            return HandledCaseError("You handled this case; a colleague decides.")
        case "GW084":
            return NeverPublicError("Nothing of this case becomes public.")
        case "GW085":
            return NotAfterThisError("It was decided otherwise meanwhile; look again.")
        case _:
            return error


# Telephone, identity and bank numbers, number plates; separators within a number belong to it.
_NUMBERS: Final = re.compile(r"(?<![0-9])[0-9](?:[ -]?[0-9]){6,18}[Xx]?(?![0-9])")
_PLATES: Final = re.compile(r"[京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼][A-Z][·\s]?[A-Z0-9]{5,6}")


def masked(words: str) -> str:
    """Answer words with telephone, identity and bank numbers and number plates masked: what a clerk begins with.

    A proposal, no judgement: names and house numbers are for the clerk's eyes.

    Examples
    --------
    >>> masked("张三 138 0000 0000 倒的，车牌冀R·12345，在 2026-03-02")
    '张三 ●●● 倒的，车牌●●●，在 2026-03-02'
    """
    return _PLATES.sub("●●●", _NUMBERS.sub(_mask, words))


def _mask(found: re.Match[str]) -> str:
    # A day is no telephone number.
    return found[0] if re.fullmatch(r"(19|20)\d\d-\d\d-\d\d", found[0]) else "●●●"
