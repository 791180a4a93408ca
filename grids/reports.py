"""Reports (说事): taking one in.

A report is taken in by one SQL function in one transaction: key, match, case, report, event and outbox row stand or
fall together.  What was said is never edited.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any, ClassVar, cast

import asyncpg
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from gis.cells import cells_of
from gis.errors import GridwardenError
from gis.position import Position
from grids.answers import Answer, answer_of
from grids.language import Language
from grids.receipts import Keys, digest, new_number

CHANNELS = ("app", "wechat", "hotline", "village_box", "talking_point", "patrol", "letterbox", "visit")
PAST_GRID = ("letterbox", "visit")
"""Channels whose reports go past the grid, to the desk of a level."""
LETTER_LEVELS = ("township", "county", "city")
STAFF_CHANNELS = ("patrol", "visit")
"""Channels that only who is logged in may name."""
MAX_TEXT = 4000
MAX_PLACE_WORDS = 500
MAX_CONTACT = 200
# How far a phone's clock may run ahead before we call it the future.
_CLOCK_SLIP = timedelta(minutes=10)


class ReportError(GridwardenError):
    """A report that cannot be taken in as it is."""

    field: ClassVar[str | None] = None


class UnknownChannelError(ReportError):
    """A channel that there is not."""

    code: ClassVar[str] = "unknown_channel"
    field = "channel"


class EmptyTextError(ReportError):
    """Nothing was said."""

    code: ClassVar[str] = "empty_text"
    field = "text"


class TextTooLongError(ReportError):
    """More was said than one report holds."""

    code: ClassVar[str] = "text_too_long"
    field = "text"


class MissingPlaceError(ReportError):
    """Neither a position nor an area, or both."""

    code: ClassVar[str] = "missing_place"
    field = "lon"


class SeenInFutureError(ReportError):
    """Seen after it was reported."""

    code: ClassVar[str] = "seen_in_future"
    field = "seen_at"


class UnknownCategoryError(ReportError):
    """A category that is not in force."""

    code: ClassVar[str] = "unknown_category"
    field = "category"


class UnknownAreaError(ReportError):
    """An area that the edition in force does not know."""

    code: ClassVar[str] = "unknown_area"
    field = "area_code"


class StaffChannelError(ReportError):
    """A channel that only staff may use."""

    code: ClassVar[str] = "channel_for_staff"
    field = "channel"


class UnknownRotaError(ReportError):
    """A visit on a day on which nobody received visitors, or not yet."""

    code: ClassVar[str] = "unknown_rota_day"
    field = "rota_id"


class VisitForOthersError(ReportError):
    """A visit on a day of others."""

    code: ClassVar[str] = "visit_for_others"
    field = "rota_id"


class OutsideRotaError(ReportError):
    """What the visitor told of lies outside the area of the day; ``params["area_code"]`` is that."""

    code: ClassVar[str] = "outside_rota_area"
    field = "lon"


class OutsideServiceAreaError(ReportError):
    """In no area; ``params["served"]`` names the jurisdictions that are."""

    code: ClassVar[str] = "outside_service_area"
    field = "lon"


class IdempotencyConflictError(ReportError):
    """The same key with another body."""

    code: ClassVar[str] = "idempotency_conflict"


class NoBoundariesError(ReportError):
    """No boundary edition is in force."""

    code: ClassVar[str] = "no_boundaries"


@dataclass(frozen=True, slots=True)
class NewReport:
    """What somebody says: where (a position, or an area and words), what, and through which channel.

    ``rota_id`` is the planned day of a visit, ``to_level`` the level of a letter or of a visit without such a day
    (None: the township); of other channels both count for nothing.

    Raises
    ------
    ReportError
        ``empty_text``, ``text_too_long``, ``missing_place``.
    """

    category: str
    text: str
    channel: str
    position: Position | None = None
    area_code: str | None = None
    place_words: str | None = None
    seen_at: datetime | None = None
    contact: str | None = None
    to_level: str | None = field(default=None, repr=False)
    rota_id: int | None = field(default=None, repr=False)

    def __post_init__(self) -> None:
        for name in ("text", "place_words", "contact"):
            object.__setattr__(self, name, writable(getattr(self, name)))
        if self.channel not in CHANNELS:
            raise UnknownChannelError(f"Unknown channel {self.channel!r}: one of {', '.join(CHANNELS)}.")
        if not self.text:
            raise EmptyTextError("Say in a few words what is wrong.")
        if len(self.text) > MAX_TEXT:
            raise TextTooLongError(
                f"At most {MAX_TEXT} characters.", params={"length": len(self.text), "most": MAX_TEXT}
            )
        if (self.position is None) == (self.area_code is None):
            raise MissingPlaceError("Give lon, lat and datum, or area_code and place_words.")

    def fingerprint(self) -> bytes:
        """Answer the digest by which a repeated request is told from another one."""
        # A dataclass writes itself field by field, and a float so that no other one is written alike.
        told = repr(self) if self.door is None else f"{self!r} {self.door}"
        return sha256(told.encode("utf-8", "surrogatepass")).digest()

    @property
    def door(self) -> str | None:
        """Through which door it comes past the grid, as ``receive_report`` reads it; None through none."""
        asked = {
            "letterbox": {"level": self.to_level or LETTER_LEVELS[0]},
            "visit": {"rota_id": self.rota_id} if self.rota_id else {"level": self.to_level or LETTER_LEVELS[0]},
        }.get(self.channel)
        return None if asked is None else json.dumps(asked)


def writable(text: str | None) -> str | None:
    """Answer a text as PostgreSQL can keep it: NUL and halves of surrogate pairs replaced, blanks around it dropped."""
    if text is None:
        return None
    return text.replace("\0", "\ufffd").encode("utf-8", "replace").decode("utf-8").strip() or None


@dataclass(frozen=True, slots=True)
class Receipt:
    """What the sender gets back.

    ``repeated`` when the key had been used for this very report before; ``joined`` when it was put with the open case
    of which he said that it is the same.
    """

    number: str
    key: str
    received_at: datetime
    match: Answer
    repeated: bool
    joined: bool


_RECEIVE = f"SELECT receive_report({', '.join(f'${n}' for n in range(1, 24))})"

_ERRORS: dict[str, tuple[type[ReportError], str]] = {
    "GW002": (
        IdempotencyConflictError,
        "This Idempotency-Key was used for another report; take a new key for a new report.",
    ),
    "GW003": (UnknownCategoryError, "Unknown category; GET /api/categories lists those in force."),
    "GW004": (UnknownAreaError, "Unknown area_code; search for the village by its name."),
    "GW005": (OutsideServiceAreaError, "This spot lies outside the area that is served."),
    "GW006": (
        NoBoundariesError,
        "No boundaries are in force yet; an administrator has to activate an edition.",
    ),
    "GW007": (StaffChannelError, "Log in to use this channel, or use app or wechat."),
    "GW570": (UnknownRotaError, "Nobody received visitors on this day; take one of the rota that has begun."),
    "GW571": (VisitForOthersError, "Only who receives on this day, or staff of its level, may enter a visit."),
    "GW572": (OutsideRotaError, "This lies outside the area of the rota day; enter it as a letter instead."),
}


async def receive(
    connection: asyncpg.Connection[Any],
    report: NewReport,
    *,
    idempotency_key: str,
    session_digest: bytes | None,
    keys: Keys,
    now: datetime,
    lang: Language = "zh",
    same_as: int | None = None,
) -> Receipt:
    """Take a report in: match it, open its case, and answer the receipt.  Durable when it returns.

    Parameters
    ----------
    connection : asyncpg.Connection
        The raw driver's, as the web role, in no transaction: this is the hot path.
    report : NewReport
        What was said.
    idempotency_key : str
        The sender's own; the same key and report again store nothing and answer the same receipt.
    session_digest : bytes or None
        Of the member of staff who takes it down.
    keys : Keys
        Makes the link's key.
    now : datetime
        The moment of receipt; the edition and postings of this moment answer.
    lang : {"zh", "en"}
        In which letters go to the contact.  Kept beside it and no part of what was said: a retry in another language is
        the same report.
    same_as : int or None
        The case of which the sender says that it is the same, as ``akin_to`` offered it.  Where that cannot be any
        more, because it was closed meanwhile, the report is a case of its own.  Kept beside it like ``lang``.

    Raises
    ------
    ReportError
        See ``_ERRORS`` for the codes; nothing is stored.
    """
    seen_at = report.seen_at or now
    if seen_at > now + _CLOCK_SLIP:
        raise SeenInFutureError("seen_at lies in the future; give the moment when it was seen.")
    position = report.position
    lon, lat = position.wgs84 if position else (None, None)
    for _ in range(_TRIES):
        number = new_number()
        key = keys.key(number)
        try:
            row = await connection.fetchval(
                _RECEIVE,
                digest(idempotency_key),
                report.fingerprint(),
                session_digest,
                now,
                number,
                digest(key),
                report.category,
                report.channel,
                min(seen_at, now),
                report.text,
                report.contact,
                lon,
                lat,
                position.accuracy_m if position else None,
                position.lon if position else None,
                position.lat if position else None,
                position.datum if position else None,
                report.area_code,
                report.place_words,
                cells_of(lon, lat) if lon is not None and lat is not None else None,
                lang,
                same_as,
                report.door,
            )
        except asyncpg.UniqueViolationError as error:
            if error.constraint_name != "reports_number_key":
                raise
            continue
        except asyncpg.PostgresError as error:
            raise _translated(error) from error
        said = json.loads(row)
        return Receipt(
            number=said["number"],
            # A repeated report has the number that it was given first.
            key=keys.key(said["number"]) if said["repeated"] else key,
            received_at=datetime.fromisoformat(said["received_at"]),
            match=answer_of(said["match"], names=True),
            repeated=said["repeated"],
            joined=said["joined"],
        )
    raise RuntimeError("no free receipt number")


async def is_sent(connection: AsyncConnection, idempotency_key: str) -> bool:
    """Whether a report was taken in under this key: whoever sends it again wants its receipt, and nothing asked."""
    used = await connection.execute(text("SELECT key_is_used(:digest)"), {"digest": digest(idempotency_key)})
    return bool(used.scalar_one())


# Of 10^9 numbers even a million are rarely hit once, never so often in a row.
_TRIES = 5


def _translated(error: asyncpg.PostgresError) -> BaseException:
    if error.sqlstate not in _ERRORS:
        return cast("BaseException", error)
    kind, message = _ERRORS[error.sqlstate]
    params = {"served": json.loads(error.detail or "[]")} if kind is OutsideServiceAreaError else None
    if kind is OutsideRotaError:
        params = json.loads(error.detail or "{}")
    return kind(message, params=params)
