"""What is new: reads the outbox behind everybody who writes to it, and misses nothing.

Owns which ids have been read and which may still come.  Ids are drawn before a transaction commits, so a lower id can
appear after a higher one; a gap is asked for again until every transaction that could fill it has ended.  Marks nothing
as done: that is the worker's.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final

import asyncpg

# How far back somebody who begins looks for ids that are drawn but not committed: more than can be under way at once.
LOOK_BACK: Final = 10_000


@dataclass(frozen=True, slots=True)
class News:
    """One row of the outbox: which case changed, None where it was something else, and for whom that is news.

    ``keys`` are areas by code, ``owner:`` keys of those who have or had it from elsewhere, and desks (``desk_key``).
    """

    id: int
    case_id: int | None
    keys: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Reading:
    """What one look at the outbox found.

    ``ids`` are all that it saw, in order, ``news`` those that tell somebody something.  Every transaction below
    ``oldest`` had ended, and none from ``next`` on had begun (PostgreSQL's ``pg_snapshot``).
    """

    oldest: int
    next: int
    ids: tuple[int, ...]
    news: tuple[News, ...]


@dataclass(frozen=True, slots=True)
class Gap:
    """Ids from ``low`` up to, not including, ``high`` that nobody has seen.

    ``until`` is the transaction that must have ended before the gap is known to stay empty; None until it is known, one
    reading after the gap was found: an id may be drawn a moment before its transaction gets a number.
    """

    low: int
    high: int
    until: int | None = None


@dataclass(slots=True)
class Horizon:
    """How far the outbox has been read: everything below ``top``, but for the gaps.

    Examples
    --------
    A transaction that drew 7 is slower than the one that drew 8:

    >>> horizon = Horizon(top=7)
    >>> horizon.take(Reading(oldest=50, next=52, ids=(8,), news=()))
    >>> horizon.ranges()
    ([7, 9], [8, None])
    >>> horizon.take(Reading(oldest=50, next=53, ids=(7,), news=()))
    >>> horizon.ranges()
    ([9], [None])
    """

    top: int
    gaps: list[Gap] = field(default_factory=list)

    def ranges(self) -> tuple[list[int], list[int | None]]:
        """Answer what to ask for next: the lower ends and the upper ends, the last one open."""
        return [*(g.low for g in self.gaps), self.top], [*(g.high for g in self.gaps), None]

    def take(self, reading: Reading) -> None:
        """Remember what a reading of these ranges saw."""
        kept = [g for g in self.gaps if g.until is None or g.until > reading.oldest]
        dated = [g if g.until is not None else replace(g, until=reading.next) for g in kept]
        above = [i for i in reading.ids if i >= self.top]
        top = max(above, default=self.top - 1) + 1
        fresh = [Gap(self.top, top)] if above else []
        self.gaps = [left for gap in (*dated, *fresh) for left in _without(gap, reading.ids)]
        self.top = top


def _without(gap: Gap, seen: Sequence[int]) -> list[Gap]:
    """What is left of a gap when some ids, in order, have been seen."""
    left = []
    low = gap.low
    for each in seen:
        if gap.low <= each < gap.high:
            if each > low:
                left.append(replace(gap, low=low, high=each))
            low = each + 1
    if low < gap.high:
        left.append(replace(gap, low=low))
    return left


def owner_key(of: str) -> str:
    """Answer the key of whoever owns from outside the chain: an area's code, or ``posting:N`` of a department."""
    return f"owner:{of}"


def desk_key(kind: str, area_code: str, desk: str | None) -> str:
    """Answer the key of a desk whose shifts are handed over.

    Examples
    --------
    >>> desk_key("desk", "9001", None), desk_key("department", "90", "城管局")
    ('desk:desk:9001', 'desk:department:90:城管局')
    """
    return ":".join(part for part in ("desk", kind, area_code, desk) if part)


async def begin(connection: "asyncpg.Connection[Any]") -> Horizon:
    """Answer the horizon of somebody who begins to read now: what is there already is not news."""
    rows = await connection.fetch("SELECT low, high FROM news_ahead($1)", LOOK_BACK)
    return Horizon(rows[-1]["low"], [Gap(r["low"], r["high"]) for r in rows[:-1]])


async def read(connection: "asyncpg.Connection[Any]", horizon: Horizon) -> tuple[News, ...]:
    """Answer what is new since the last reading, by id, and move the horizon.

    Parameters
    ----------
    connection : asyncpg.Connection
        As the web role; one statement, no transaction.
    horizon : Horizon
        Stays where it was if the database is lost, so that nothing is missed afterwards.
    """
    rows = await connection.fetch("SELECT * FROM news($1::bigint[], $2::bigint[])", *horizon.ranges())
    seen = [r for r in rows if r["id"] is not None]
    reading = Reading(
        oldest=rows[0]["oldest"],
        next=rows[0]["next"],
        ids=tuple(r["id"] for r in seen),
        news=tuple(News(r["id"], r["case_id"], tuple(r["keys"])) for r in seen if r["keys"]),
    )
    horizon.take(reading)
    return reading.news
