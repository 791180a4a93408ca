"""Cases (案件) as their readers need them: the open and the earlier ones of an area, and what the public may know.

Reads only.  What the actor may see is held by row-level security: a row that is not his does not come back.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime
from typing import Any, cast

from geoalchemy2 import functions as geo
from sqlalchemy import ColumnElement, and_, func, literal_column, select, text
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.sql.base import ReadOnlyColumnCollection

from gis.errors import GridwardenError
from grids.deadlines import past_due
from grids.tables import cases, postings, report_words, reports
from grids.workflow import Relation, State, Step, allowed


class CaseNotFoundError(GridwardenError):
    """No such case in this area, or none for this actor."""

    code = "case_not_found"


@dataclass(frozen=True, slots=True)
class CaseRow:
    """A case for a list and a map.

    ``lon, lat`` are EPSG:4326 degrees, None without a pin; ``words`` is None where they are not the actor's to read.
    """

    id: int
    number: str
    category_code: str
    state: str
    confirmed: bool | None
    urgency: str
    reopened: int
    received_at: datetime
    due_at: datetime
    paused_at: datetime | None
    closed_at: datetime | None
    area_code: str | None
    owner_area_code: str
    owner_role: str
    owner_desk: str | None
    lon: float | None
    lat: float | None
    reports: int
    words: str | None
    place_words: str | None

    def overdue(self, now: datetime) -> bool:
        """Whether it is open and past its deadline; ``grids.deadlines.past_due`` says what a pause does."""
        return self.closed_at is None and past_due(self.due_at, self.paused_at, now)


@dataclass(frozen=True, slots=True)
class PublicCase:
    """What anybody may know of a case: category, state, dates, area."""

    category_code: str
    state: str
    confirmed: bool | None
    received_on: date
    closed_on: date | None
    area_code: str | None


@dataclass(frozen=True, slots=True)
class Figures:
    """Counts of cases of an area and all below it: open, of those past their deadline, closed without confirmation."""

    open: int
    overdue: int
    unconfirmed: int


async def figures(connection: AsyncConnection, area_code: str, now: datetime) -> Figures:
    """Answer the counts of the cases that the actor may see; of all of them, however many a list would show."""
    c = cases.c
    still_open = c.closed_at.is_(None)
    row = await connection.execute(
        select(
            func.count().filter(still_open),
            func.count().filter(still_open, func.past_due(c.due_at, c.paused_at, now)),
            func.count().filter(c.closed_at.is_not(None), c.state != "merged", c.confirmed.is_not(True)),
        ).where(c.chain.contains([area_code]))
    )
    return Figures(*row.one())


async def open_cases(connection: AsyncConnection, area_code: str, limit: int = 500) -> list[CaseRow]:
    """Answer the open cases of an area and all below it, the earliest deadline first."""
    return await _rows(connection, area_code, cases.c.closed_at.is_(None), lambda c: c.due_at, limit)


async def earlier_cases(connection: AsyncConnection, area_code: str, limit: int = 200) -> list[CaseRow]:
    """Answer what was reported there before: closed and declined cases, the newest first.

    Of a case that was merged into another that other one is answered, once: among the rest where it lies in this area,
    after them where it lies elsewhere, open or not.
    """
    c = cases.c
    over = and_(c.closed_at.is_not(None), c.state != "merged")
    here = await _rows(connection, area_code, over, lambda c: c.closed_at.desc(), limit)
    elsewhere = c.id.in_(await _merged_elsewhere(connection, area_code))
    return here + await _rows(connection, None, elsewhere, lambda c: c.received_at.desc(), limit)


async def _merged_elsewhere(connection: AsyncConnection, area_code: str) -> list[int]:
    return list((await connection.execute(_MERGED_ELSEWHERE, {"area": area_code})).scalars())


# Into what the cases of an area were merged, to the end, where that lies in another area.
_MERGED_ELSEWHERE = text("""
    WITH RECURSIVE merged AS (
        SELECT c.merged_into FROM cases c WHERE c.chain @> ARRAY[CAST(:area AS text)] AND c.state = 'merged'
        UNION SELECT c.merged_into FROM merged m JOIN cases c ON c.id = m.merged_into WHERE c.state = 'merged'
    )
    SELECT c.id FROM cases c JOIN merged m ON m.merged_into = c.id
    WHERE c.state <> 'merged' AND NOT c.chain @> ARRAY[CAST(:area AS text)]
""")


async def case_of(connection: AsyncConnection, area_code: str, case_id: int) -> CaseRow:
    """Answer one case of an area or of one below it, or one elsewhere that a case from here was merged into.

    Raises
    ------
    CaseNotFoundError
        ``case_not_found``: there is none here, or none that the actor may see.
    """
    rows = await _rows(connection, area_code, cases.c.id == case_id, lambda c: c.due_at, 1)
    if not rows and case_id in await _merged_elsewhere(connection, area_code):
        rows = await _rows(connection, None, cases.c.id == case_id, lambda c: c.due_at, 1)
    if not rows:
        raise CaseNotFoundError(f"There is no case {case_id} in {area_code}.", params={"id": case_id})
    return rows[0]


@dataclass(frozen=True, slots=True)
class Told:
    """A report of a case; ``lon, lat`` EPSG:4326, None without a pin; ``words`` None if they are not the reader's."""

    number: str
    received_at: datetime
    seen_at: datetime
    channel: str
    lon: float | None
    lat: float | None
    words: str | None
    place_words: str | None


@dataclass(frozen=True, slots=True)
class WholeCase:
    """A case with all that its own page shows, and its reports, the first one first.

    ``lacking``: the needs of steps that it cannot meet as it is, whatever is said; ``supervisor_posting_id``: who was
    named to see that it is solved.
    """

    id: int
    version: int
    category_code: str
    private: bool
    state: State
    urgency: str
    hazard: bool
    recurring: bool
    confirmed: bool | None
    evaluation: str | None
    reopened: int
    returned: int
    recheck: tuple[str, ...]
    received_at: datetime
    due_at: datetime
    stage_due_at: datetime | None
    asked_until: datetime | None
    paused_until: datetime | None
    claimed_at: datetime | None
    closed_at: datetime | None
    area_code: str | None
    chain: tuple[str, ...]
    owner_area_code: str
    owner_role: str
    owner_desk: str | None
    merged_into: int | None
    supervisor_posting_id: int | None
    lacking: frozenset[str]
    reports: tuple[Told, ...]


def open_steps(case: WholeCase, held: Iterable[Relation]) -> list[Step]:
    """Answer the steps that somebody may take of a case now and that can succeed, in the order of the table.

    Parameters
    ----------
    case : WholeCase
        As he sees it.
    held : iterable of str
        What he is to it.
    """
    return [step for step in allowed(case.state, held) if case.lacking.isdisjoint(step.needs)]


async def whole_case(connection: AsyncConnection, case_id: int) -> WholeCase:
    """Answer a case by its number.

    Raises
    ------
    CaseNotFoundError
        ``case_not_found``: there is none, or none that the actor may see.
    """
    c, r, p = cases.c, reports.c, postings.c
    row = (
        await connection.execute(
            select(
                *(getattr(c, name) for name in _OWN),
                p.desk.label("owner_desk"),
                func.lacking(literal_column("cases")).label("lacking"),
            )
            .select_from(cases.outerjoin(postings, p.id == c.owner_posting_id))
            .where(c.id == case_id)
        )
    ).one_or_none()
    if row is None:
        raise CaseNotFoundError(f"There is no case {case_id} for you.", params={"id": case_id})
    told = await connection.execute(
        select(
            r.number,
            r.received_at,
            r.seen_at,
            r.channel,
            geo.ST_X(r.geom),
            geo.ST_Y(r.geom),
            report_words.c.words,
            report_words.c.place_words,
        )
        .select_from(reports.outerjoin(report_words, report_words.c.report_id == r.id))
        .where(r.case_id == case_id)
        .order_by(r.received_at, r.id)
    )
    own = dict(row._mapping)
    own |= {name: tuple(own[name]) for name in ("recheck", "chain")} | {"lacking": frozenset(own["lacking"])}
    return WholeCase(**own, reports=tuple(Told(*cast("Sequence[Any]", each)) for each in told))


async def case_of_number(connection: AsyncConnection, number: str) -> int | None:
    """Answer the case of a report by its receipt number; None if there is none that the actor may see."""
    found = await connection.execute(select(reports.c.case_id).where(reports.c.number == number))
    return cast("int | None", found.scalar_one_or_none())


_OWN = tuple(f.name for f in fields(WholeCase) if f.name not in ("reports", "owner_desk", "lacking"))


async def _rows(
    connection: AsyncConnection,
    area_code: str | None,
    which: ColumnElement[bool],
    order: Callable[[ReadOnlyColumnCollection[str, Any]], ColumnElement[datetime]],
    limit: int,
) -> list[CaseRow]:
    # First which cases, then what was said of them: not of all and then a few.
    asked = select(cases).where(which)
    if area_code is not None:
        asked = asked.where(cases.c.chain.contains([area_code]))
    shown = asked.order_by(order(cases.c), cases.c.id).limit(limit).cte("shown")
    c = shown.c
    first = (
        select(reports.c.id, reports.c.number)
        .where(reports.c.case_id == c.id)
        .order_by(reports.c.received_at, reports.c.id)
        .limit(1)
        .lateral("first")
    )
    told = select(func.count()).where(reports.c.case_id == c.id).scalar_subquery()
    found = await connection.execute(
        select(
            c.id,
            first.c.number,
            c.category_code,
            c.state,
            c.confirmed,
            c.urgency,
            c.reopened,
            c.received_at,
            c.due_at,
            c.paused_at,
            c.closed_at,
            c.area_code,
            c.owner_area_code,
            c.owner_role,
            postings.c.desk,
            geo.ST_X(c.geom),
            geo.ST_Y(c.geom),
            told,
            report_words.c.words,
            report_words.c.place_words,
        )
        .select_from(
            shown.join(first, text("true"))
            .outerjoin(report_words, report_words.c.report_id == first.c.id)
            .outerjoin(postings, postings.c.id == c.owner_posting_id)
        )
        .order_by(order(c), c.id)
    )
    return [CaseRow(*cast("Sequence[Any]", row)) for row in found]


async def public_cases(connection: AsyncConnection, area_code: str, limit: int) -> list[PublicCase]:
    """Answer what anybody may know of an area's cases, the newest first; private categories are left out."""
    found = await connection.execute(
        text("SELECT * FROM public_cases(:area, :limit)"), {"area": area_code, "limit": limit}
    )
    return [PublicCase(*row) for row in found]
