"""The end of a shift (交接班): what is open at a desk and matters is handed to whoever comes next, and kept.

Reads only, under row-level security; writing is ``grids.handing_over``'s.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal, get_args

from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from grids.handing_over import LINES_MOST, HandoverNotFoundError, NotAtDeskError, dated
from grids.tables import postings
from grids.tables_handovers import handover_acceptances, handover_lines, handover_words, handovers

DeskKind = Literal["desk", "supervisor", "department"]
"""A desk with its dispatchers, the supervisors of an area, or the handlers of a department."""
Reason = Literal["emergency", "late", "due", "claimed", "pause", "extension", "order", "part"]
"""Why a case is listed; ``handover_open`` in the database says what each means."""
REASONS: Final[tuple[Reason, ...]] = get_args(Reason)

PAGE: Final = 20


@dataclass(frozen=True, slots=True)
class Colleague:
    """Somebody who sits at the same desk; ``away_until`` aware, None: he is here."""

    posting_id: int
    role: str
    name: str
    away_until: datetime | None


@dataclass(frozen=True, slots=True)
class ShiftDesk:
    """A desk at which the actor sits; ``desk`` is a department's name, ``called`` what a desk is called.

    ``version`` counts the hand-overs that he wrote there.
    """

    kind: DeskKind
    area_code: str
    desk: str | None
    area: str
    called: str | None
    version: int
    colleagues: tuple[Colleague, ...]

    @property
    def key(self) -> str:
        """What names it in a form."""
        return ":".join(part for part in (self.kind, self.area_code, self.desk) if part)


@dataclass(frozen=True, slots=True)
class Mattering:
    """A case that matters at the end of a shift, as it stood; ``note`` is what was said of it."""

    case_id: int
    reasons: tuple[Reason, ...]
    state: str
    act_by: datetime
    note: str | None = None


@dataclass(frozen=True, slots=True)
class OpenNow:
    """What a hand-over would list now: due until ``until``; ``counts`` of all, by reason and under ``all``."""

    until: datetime
    counts: Mapping[str, int]
    lines: tuple[Mattering, ...]


@dataclass(frozen=True, slots=True)
class Handover:
    """A hand-over as far as the actor reads it; ``lines`` are those whose cases he sees today.

    ``waits``: for him to take it over.  ``hidden`` lines are of cases that are not his to see.
    """

    id: int
    kind: DeskKind
    area_code: str
    desk: str | None
    given_by: int
    given_at: datetime
    to_posting: int | None
    until: datetime
    counts: Mapping[str, int]
    accepted_by: int | None
    accepted_at: datetime | None
    waits: bool
    note: str | None
    note_erased: bool
    remark: str | None
    lines: tuple[Mattering, ...]
    hidden: int


async def desks_of(connection: AsyncConnection, now: datetime) -> tuple[ShiftDesk, ...]:
    """Answer the desks at which the actor sits, with his colleagues there."""
    found = await connection.execute(text("SELECT * FROM my_desks(:at)"), {"at": now})
    return tuple(
        ShiftDesk(**{**row, "colleagues": tuple(Colleague(**dated(one, "away_until")) for one in row["colleagues"])})
        for row in found.mappings()
    )


async def desk_names(connection: AsyncConnection, areas: Iterable[str], now: datetime) -> dict[str, str]:
    """Answer what the desks of areas are called, by the code of the area; without those that have none."""
    p = postings.c
    found = await connection.execute(
        select(p.area_code, p.desk).where(p.role == "desk", p.area_code.in_(sorted(areas)), p.during.contains(now))
    )
    return {row.area_code: row.desk for row in found}


async def open_now(connection: AsyncConnection, desk: ShiftDesk, now: datetime) -> OpenNow:
    """Answer what is open at a desk of the actor's and matters: its own cases first, then by deadline.

    Raises
    ------
    NotAtDeskError
        ``not_at_desk``.
    """
    asked = {"kind": desk.kind, "area": desk.area_code, "desk": desk.desk, "at": now, "most": LINES_MOST}
    said = (
        await connection.execute(text("SELECT handover_now(:kind, :area, :desk, :at, :most)"), asked)
    ).scalar_one_or_none()
    if said is None:
        raise NotAtDeskError("Only those who are posted at a desk hand it over.")
    lines = tuple(
        Mattering(line["case_id"], _sorted(line["reasons"]), line["state"], datetime.fromisoformat(line["act_by"]))
        for line in said["lines"]
    )
    return OpenNow(datetime.fromisoformat(said["until"]), said["counts"], lines)


def _sorted(reasons: Sequence[Reason]) -> tuple[Reason, ...]:
    return tuple(reason for reason in REASONS if reason in reasons)


async def handovers_of(
    connection: AsyncConnection,
    now: datetime,
    *,
    waiting: bool = False,
    kind: DeskKind | None = None,
    before: int | None = None,
    limit: int = PAGE,
) -> tuple[Handover, ...]:
    """Answer the hand-overs that the actor reads, the newest first.

    Parameters
    ----------
    connection : AsyncConnection
        As the web role; the actor's rights hold.
    now : datetime
        Aware; postings and absences of this instant count.
    waiting : bool
        Those alone that wait for him.
    kind : str, optional
        Of this kind of desk alone.
    before : int, optional
        Older than this one.
    limit : int
        At most so many.
    """
    asked = {"at": now, "waiting": waiting, "kind": kind, "before": before, "limit": limit}
    found = await connection.execute(text("SELECT * FROM my_handovers(:at, :waiting, :kind, :before, :limit)"), asked)
    return await _read(connection, {row.id: row.waits for row in found})


async def handover(connection: AsyncConnection, handover_id: int, now: datetime) -> Handover:
    """Answer one hand-over that the actor reads.

    Raises
    ------
    HandoverNotFoundError
        ``handover_not_found``.
    """
    asked = {"at": now, "before": handover_id + 1}
    found = await connection.execute(text("SELECT * FROM my_handovers(:at, false, NULL, :before, 1)"), asked)
    row = found.one_or_none()
    if row is None or row.id != handover_id:
        raise HandoverNotFoundError("There is no such hand-over for you.")
    return (await _read(connection, {row.id: row.waits}))[0]


async def _read(connection: AsyncConnection, waits: Mapping[int, bool]) -> tuple[Handover, ...]:
    """Answer hand-overs with what of them is the actor's to read today, the newest first."""
    if not waits:
        return ()
    h, a, n, w = handovers.c, handover_acceptances.c, handover_lines.c, handover_words.c
    ids = list(waits)
    said = {
        (row.handover_id, row.about, row.nth): row.words
        for row in await connection.execute(
            select(w.handover_id, w.about, w.nth, w.words).where(w.handover_id.in_(ids))
        )
    }
    lines: dict[int, list[Mattering]] = {each: [] for each in ids}
    for row in await connection.execute(
        select(n.handover_id, n.nth, n.case_id, n.reasons, n.state, n.act_by)
        .where(n.handover_id.in_(ids))
        .order_by(n.handover_id, n.nth)
    ):
        note = said.get((row.handover_id, "line", row.nth))
        lines[row.handover_id].append(Mattering(row.case_id, _sorted(row.reasons), row.state, row.act_by, note))
    rows = await connection.execute(
        select(
            h.id, h.kind, h.area_code, h.desk, h.given_by, h.given_at, h.to_posting, h.until, h.counts, h.note_digest,
            a.accepted_by, a.accepted_at,
        )
        .select_from(handovers.outerjoin(handover_acceptances, a.handover_id == h.id))
        .where(h.id.in_(ids))
        .order_by(h.id.desc())
    )  # fmt: skip
    return tuple(
        Handover(
            row.id,
            row.kind,
            row.area_code,
            row.desk,
            row.given_by,
            row.given_at,
            row.to_posting,
            row.until,
            row.counts,
            row.accepted_by,
            row.accepted_at,
            waits[row.id],
            said.get((row.id, "whole", 0)),
            row.note_digest is not None and (row.id, "whole", 0) not in said,
            said.get((row.id, "remark", 0)),
            tuple(lines[row.id]),
            row.counts["lines"] - len(lines[row.id]),
        )
        for row in rows
    )
