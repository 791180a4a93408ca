"""The rota (轮流坐班): which official receives visitors where and when, and what came of what they said.

``plan_rota`` and ``change_rota`` in the database hold the lock, the rights and the dates.  Names stand in postings
alone; the database tells them to whom they may be told.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, ClassVar, Final, Literal, cast

import asyncpg
from sqlalchemy import RowMapping, text
from sqlalchemy.ext.asyncio import AsyncConnection

from gis.errors import GridwardenError
from grids.clock import ZONE
from grids.steps import kept

Kind = Literal["stand_in", "moved", "as_planned", "withdraw"]
KINDS: Final[tuple[Kind, ...]] = ("stand_in", "moved", "as_planned", "withdraw")
MAX_DAYS: Final = 100
"""Planned at once."""
PUBLIC_FOR: Final = timedelta(days=14)
"""How far ahead the public reads."""


class RotaError(GridwardenError):
    """A rota that cannot be planned or changed so."""


class RotaForOthersError(RotaError):
    """For the desk and the administrators of the level, or of one above."""

    code: ClassVar[str] = "rota_for_others"


class RotaDayNotFoundError(RotaError):
    """There is no such planned day, or it was taken off."""

    code: ClassVar[str] = "rota_not_found"


class RotaRefusedError(RotaError):
    """Something is missing or cannot be; ``params["field"]`` names it."""

    code: ClassVar[str] = "rota_refused"


class RotaClashError(RotaError):
    """Two officials in one room or one official in two, at a time; ``params`` say where and when."""

    code: ClassVar[str] = "rota_clash"


class RotaPastError(RotaError):
    """A day that has passed."""

    code: ClassVar[str] = "rota_past"


class RotaChangedError(RotaError):
    """Somebody changed it meanwhile."""

    code: ClassVar[str] = "rota_changed"


_ERRORS: Final[dict[str, tuple[type[RotaError], str]]] = {
    "GW570": (RotaDayNotFoundError, "There is no such day on the rota."),
    "GW571": (RotaForOthersError, "The rota of a level is kept by its desk and its administrators, or those above."),
    "GW573": (RotaRefusedError, "Something is missing or cannot be."),
    "GW574": (RotaClashError, "Two officials in one room, or one in two, at the same time."),
    "GW575": (RotaPastError, "A day that has passed stays as it was."),
    "GW576": (RotaChangedError, "Somebody changed it meanwhile; read it again."),
}


@dataclass(frozen=True, slots=True)
class Receiver:
    """Who receives: ``title`` in public, else role and desk of the posting; ``name`` only where it may be shown."""

    title: str | None
    posting_id: int | None
    role: str | None
    desk: str | None
    area_code: str | None
    name: str | None


@dataclass(frozen=True, slots=True)
class RotaDay:
    """One official in one room, from ``from_at`` to ``until_at``.

    ``away``: the official is absent then, and neither is there a stand-in nor was it moved.  ``holiday`` is the name of
    a holiday, empty at a week's end, None where the day is worked.  ``mine``: the reader may change it; ``takes``: he
    may enter what a visitor says.
    """

    id: int
    area_code: str
    area_name: str | None
    level: str | None
    from_at: datetime
    until_at: datetime
    room: str
    note: str | None
    moved_to: str | None
    withdrawn: bool
    version: int
    official: Receiver
    stand_in: Receiver | None
    away: bool
    holiday: str | None
    mine: bool
    takes: bool

    @property
    def day(self) -> date:
        """The day in Asia/Shanghai."""
        return self.from_at.astimezone(ZONE).date()

    def past(self, now: datetime) -> bool:
        """Whether its day has passed, so that it cannot be changed."""
        return self.day < now.astimezone(ZONE).date()

    def begun(self, now: datetime) -> bool:
        """Whether it is its day, or past it: then what visitors say can be entered."""
        return self.day <= now.astimezone(ZONE).date()


@dataclass(frozen=True, slots=True)
class Official:
    """Somebody who can be named on the rota of an area."""

    posting_id: int
    area_code: str
    role: str
    desk: str | None
    name: str
    name_public: bool


@dataclass(frozen=True, slots=True)
class RotaVisit:
    """What a visitor said, as far as the reader may know: number and state of its case."""

    rota_id: int
    number: str
    received_at: datetime
    case_id: int
    category_code: str
    state: str
    confirmed: bool | None
    due_at: datetime
    closed_at: datetime | None
    unsolved: bool

    @property
    def open(self) -> bool:
        """Whether it is not closed."""
        return self.closed_at is None


@dataclass(frozen=True, slots=True)
class NewDays:
    """The same hours on several days, as somebody plans them.

    Attributes
    ----------
    days : sequence of date
        In Asia/Shanghai.
    from_time, until_time : time
        On each of them.
    """

    area_code: str
    days: Sequence[date]
    from_time: time
    until_time: time
    room: str
    posting_id: int | None = None
    title: str | None = None
    note: str | None = None

    def rows(self) -> list[dict[str, Any]]:
        """Answer them as ``plan_rota`` reads them."""
        return [
            {
                "area_code": self.area_code,
                "from": datetime.combine(day, self.from_time, ZONE).isoformat(),
                "until": datetime.combine(day, self.until_time, ZONE).isoformat(),
                "posting_id": self.posting_id,
                "title": kept(self.title or ""),
                "room": kept(self.room),
                "note": kept(self.note or ""),
            }
            for day in self.days
        ]


def days_of(first: date, last: date, weekdays: Sequence[int]) -> list[date]:
    """Answer the days of a span that fall on some days of the week, 1 for Monday; of none named, all of them.

    Examples
    --------
    >>> [str(day) for day in days_of(date(2026, 3, 2), date(2026, 3, 10), [1, 3])]
    ['2026-03-02', '2026-03-04', '2026-03-09']
    """
    span = (first + timedelta(days=n) for n in range((last - first).days + 1))
    return [day for day in span if not weekdays or day.isoweekday() in weekdays]


_DAYS_OFF: Final = text("SELECT d FROM unnest(CAST(:days AS date[])) d WHERE day_off(d) IS NOT NULL")
_BETWEEN: Final = text("SELECT * FROM rota_between(:area, :id, :from, :until, :at)")
_VISITS: Final = text("""
    SELECT v.rota_id, r.number, r.received_at, c.id, c.category_code, c.state, c.confirmed, c.due_at, c.closed_at,
           unsolved(c.closed_at, least(c.promised_at, c.due_at), c.reopened, c.confirmed, c.merged_into, :at)
    FROM rota_visits v JOIN reports r ON r.id = v.report_id JOIN cases c ON c.id = r.case_id
    WHERE v.rota_id = ANY (:ids) ORDER BY r.received_at, r.id
""")
_BEGINNING: Final = datetime(1970, 1, 1, tzinfo=ZONE)
_END: Final = datetime(3000, 1, 1, tzinfo=ZONE)


async def days_off(connection: AsyncConnection, days: Sequence[date]) -> set[date]:
    """Answer which of some days are not worked: week's ends and holidays, but for make-up days."""
    return set((await connection.execute(_DAYS_OFF, {"days": list(days)})).scalars())


async def rota_between(
    connection: AsyncConnection, area: str | None, first: datetime, last: datetime, now: datetime
) -> list[RotaDay]:
    """Answer who receives in [first, last): in an area, in those above it and those below; None: everywhere."""
    values = {"area": area, "id": None, "from": first, "until": last, "at": now}
    return [_day(row._mapping) for row in await connection.execute(_BETWEEN, values)]


async def rota_day(connection: AsyncConnection, number: int, now: datetime) -> RotaDay:
    """Answer one planned day.

    Raises
    ------
    RotaDayNotFoundError
        ``rota_not_found``.
    """
    values = {"area": None, "id": number, "from": _BEGINNING, "until": _END, "at": now}
    row = (await connection.execute(_BETWEEN, values)).first()
    if row is None:
        raise RotaDayNotFoundError("There is no such day on the rota.")
    return _day(row._mapping)


def _day(row: RowMapping) -> RotaDay:
    told = {name: Receiver(**row[name]) if row[name] else None for name in ("official", "stand_in")}
    return RotaDay(**(dict(row) | told))


async def officials(connection: AsyncConnection, area: str, now: datetime) -> list[Official]:
    """Answer who can be named on the rota of an area, those of the area first; nobody for who may not plan it."""
    rows = await connection.execute(text("SELECT * FROM rota_officials(:area, :at)"), {"area": area, "at": now})
    return [Official(*row) for row in rows]


async def visits_of(connection: AsyncConnection, rota_ids: Sequence[int], now: datetime) -> list[RotaVisit]:
    """Answer what visitors said on planned days, as far as the actor sees the cases; the first one first."""
    rows = await connection.execute(_VISITS, {"ids": list(rota_ids), "at": now})
    return [RotaVisit(*cast("Sequence[Any]", row)) for row in rows]


async def plan(
    connection: asyncpg.Connection[Any], new: NewDays, *, session_digest: bytes | None, now: datetime
) -> list[int]:
    """Plan days, all or none; durable when it returns.

    Parameters
    ----------
    connection : asyncpg.Connection
        The raw driver's, as the web role, in no transaction.
    new : NewDays
        At most ``MAX_DAYS``.
    session_digest : bytes or None
        Who.
    now : datetime
        Aware.

    Raises
    ------
    RotaError
        ``rota_for_others``, ``rota_refused``, ``rota_clash``, ``rota_past``.
    """
    rows = new.rows()
    if not 1 <= len(rows) <= MAX_DAYS:
        raise RotaRefusedError(f"Between 1 and {MAX_DAYS} days at once.", params={"field": "days"})
    try:
        made = await connection.fetchval("SELECT plan_rota($1, $2, $3)", session_digest, now, json.dumps(rows))
    except asyncpg.PostgresError as error:
        raise _translated(error) from error
    return cast("list[int]", made)


async def change(
    connection: asyncpg.Connection[Any],
    number: int,
    version: int,
    kind: str,
    *,
    session_digest: bytes | None,
    now: datetime,
    posting_id: int | None = None,
    title: str | None = None,
    words: str | None = None,
) -> int:
    """Change a planned day and answer its version: another official, another place or time in words, or none.

    Parameters
    ----------
    connection : asyncpg.Connection
        The raw driver's, as the web role, in no transaction.
    number, version : int
        Which day, as the actor saw it.
    kind : str
        Of ``KINDS``.
    posting_id, title
        Of the stand-in.
    words
        To where or when it is moved.

    Raises
    ------
    RotaError
        Also ``rota_not_found``, ``rota_changed``.
    """
    data = json.dumps({"posting_id": posting_id, "title": kept(title or ""), "words": kept(words or "")})
    try:
        return cast(
            "int",
            await connection.fetchval(
                "SELECT change_rota($1, $2, $3, $4, $5, $6)", session_digest, now, number, version, kind, data
            ),
        )
    except asyncpg.PostgresError as error:
        raise _translated(error) from error


def _translated(error: asyncpg.PostgresError) -> BaseException:
    if error.sqlstate not in _ERRORS:
        return cast("BaseException", error)
    kind, message = _ERRORS[error.sqlstate]
    return kind(message, params=_told(json.loads(error.detail or "{}")))


def _told(detail: dict[str, Any]) -> dict[str, Any]:
    """Answer what an error says, its instants as the clock on the wall."""
    at = {
        name: datetime.fromisoformat(detail.pop(name)).astimezone(ZONE) for name in ("from", "until") if name in detail
    }
    if "from" in at:
        detail["day"] = f"{at['from']:%Y-%m-%d}"
    if "until" in at:
        detail["hours"] = f"{at['from']:%H:%M}–{at['until']:%H:%M}"
    return detail
