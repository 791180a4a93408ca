"""The audit of the record: whether every event is still what was written, and the daily anchors to prove it elsewhere.

Owns what is asked and how it is told; the hashing itself is the database's (``0010_audit.sql``).  Changes nothing but
by adding an anchor.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from types import MappingProxyType
from typing import Any, ClassVar, cast

import psycopg

from gis.errors import GridwardenError

_KEPT = re.compile(r"(\d{4}-\d\d-\d\d)\s+(?:\d+\s+)?([0-9a-f]{64})")


class DayNotOverError(GridwardenError):
    """An anchor for a day that is not over, or that lies before the first anchor."""

    code: ClassVar[str] = "day_not_over"


class KeptAnchorError(GridwardenError):
    """A line that is no anchor."""

    code: ClassVar[str] = "kept_anchor_unreadable"


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that does not fit: at an event of a case, or at the anchor of a day; ``why`` is a stable code."""

    why: str
    case_id: int | None
    seq: int | None
    day: date | None


@dataclass(frozen=True, slots=True)
class Erasure:
    """An event whose text is gone while its digest stands: erased by right, and no fault."""

    case_id: int
    seq: int
    at: datetime
    verb: str


@dataclass(frozen=True, slots=True)
class Anchor:
    """A day's anchor: how many heads of cases it folds, and the digest to keep elsewhere."""

    day: date
    heads: int
    digest: bytes

    def line(self) -> str:
        """Answer it as one line of text.

        Examples
        --------
        >>> Anchor(date(2026, 3, 2), 17, bytes(32)).line()[:24]
        '2026-03-02 17 0000000000'
        """
        return f"{self.day:%Y-%m-%d} {self.heads} {self.digest.hex()}"


@dataclass(frozen=True, slots=True)
class Verification:
    """What was checked and what was found.

    ``unanchored_since``: the first day that is over, has events and is folded by no anchor; None: there is none.
    """

    events: int
    cases: int
    anchors: int
    faults: tuple[Fault, ...]
    erasures: tuple[Erasure, ...]
    unanchored_since: date | None = None


def verify(
    connection: psycopg.Connection[Any],
    since: date | None = None,
    kept: Mapping[date, bytes] = MappingProxyType({}),
    *,
    now: datetime | None = None,
) -> Verification:
    """Recompute every chain and anchor from what stands in the database now.

    Parameters
    ----------
    connection : psycopg.Connection
        As the owner, before its transaction has read anything: all is read from one snapshot, while others go on
        writing.
    since : date, optional
        Only the cases with an event on that day (Asia/Shanghai) or later, each from its first event on, and the anchors
        from that day on.
    kept : mapping, optional
        Digests of anchors by day as they were kept elsewhere (``read_kept``); each must be in the database, unchanged.
    now : datetime, optional
        Aware; the present instant unless given.
    """
    connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
    faults = connection.execute("SELECT why, case_id, seq, day FROM audit_faults(%s)", (since,)).fetchall()
    erasures = connection.execute("SELECT case_id, seq, at, verb FROM audit_erasures(%s)", (since,)).fetchall()
    extent = connection.execute("SELECT events, cases, anchors FROM audit_extent(%s)", (since,)).fetchone()
    there = {anchor.day: anchor.digest for anchor in list_anchors(connection)}
    if extent is None:
        raise RuntimeError("audit_extent answered no row")
    events, cases, anchors = extent
    found = sorted(
        (Fault(*row) for row in faults), key=lambda f: (f.case_id or 0, f.seq or 0, f.day or date.min, f.why)
    )
    lost = [Fault("anchor_not_as_kept", None, None, day) for day, one in sorted(kept.items()) if there.get(day) != one]
    told = tuple(Erasure(*row) for row in erasures)
    late = unanchored_since(connection, now or datetime.now(UTC))
    return Verification(events, cases, anchors, (*found, *lost), told, late)


def unanchored_since(connection: psycopg.Connection[Any], now: datetime) -> date | None:
    """Answer the first day that is over, has events and is folded by no anchor; None where there is none.

    Yesterday counts from 02:00 on: until then its anchor may still be made.
    """
    row = connection.execute(
        "SELECT min(day_of(e.at)) FROM events e"
        " WHERE e.at >= coalesce((SELECT day_begins(max(a.day) + 1) FROM anchors a), '-infinity')"
        " AND e.at < day_begins(day_of(%s::timestamptz - interval '2 hours'))",
        (now,),
    ).fetchone()
    return cast("date | None", row[0] if row else None)


def list_anchors(connection: psycopg.Connection[Any], since: date | None = None) -> list[Anchor]:
    """Answer the anchors from a day on, the oldest first; all of them without one."""
    rows = connection.execute(
        "SELECT day, heads, digest FROM anchors WHERE %(since)s::date IS NULL OR day >= %(since)s ORDER BY day",
        {"since": since},
    )
    return [Anchor(*row) for row in rows]


def read_kept(lines: Iterable[str]) -> dict[date, bytes]:
    """Answer the digests of anchors by day from lines as ``Anchor.line`` writes them; empty lines are passed over.

    Raises
    ------
    KeptAnchorError
        ``kept_anchor_unreadable``: a line that is none.

    Examples
    --------
    >>> read_kept(["2026-03-02 17 " + "0" * 64])[date(2026, 3, 2)] == bytes(32)
    True
    """
    kept = {}
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        found = _KEPT.fullmatch(line.strip())
        if found is None:
            raise KeptAnchorError(f"Line {number} is no anchor; a line reads: 2026-03-02 17 and 64 hexadecimal digits.")
        kept[date.fromisoformat(found[1])] = bytes.fromhex(found[2])
    return kept


def anchor_day(connection: psycopg.Connection[Any], day: date, now: datetime) -> Anchor:
    """Make the anchor of a day, and of every day since the last one; again changes nothing.

    Parameters
    ----------
    connection : psycopg.Connection
        As the worker or the owner; the caller commits.
    day : date
        Asia/Shanghai; must be over.
    now : datetime
        Aware.

    Raises
    ------
    DayNotOverError
        ``day_not_over``.
    """
    try:
        with connection.transaction():
            row = connection.execute("SELECT heads, digest FROM anchor_day(%s, %s)", (day, now)).fetchone()
    except psycopg.Error as error:
        if error.sqlstate != "GW061":
            raise
        raise DayNotOverError(
            f"There can be no anchor of {day}: the day is not over, or lies before the first anchor.",
            params={"day": str(day)},
        ) from error
    if row is None:
        raise RuntimeError("anchor_day answered no row")
    return Anchor(day, *row)
