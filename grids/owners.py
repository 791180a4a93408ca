"""To whom a case can be handed: who is posted along its chain of areas, in the grids beside it, and at departments.

Reads only.  Whether somebody may really have it, ``posted_owner`` in the database says under the lock of the case; this
is the list to choose from, with how much each already has and what the rules of dispatch would do.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Literal

from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection

from grids.tables import people, postings

Group = Literal["chain", "beside", "departments"]
GROUPS: Final[tuple[Group, ...]] = ("chain", "beside", "departments")


@dataclass(frozen=True, slots=True)
class Load:
    """How many open cases whoever is posted has, how many of them are late; and where he is away, who stands in.

    ``away_until`` is aware, None: he is here; ``stand_in`` None: nobody was named, the next in order acts.
    """

    open: int
    late: int
    away_until: datetime | None = None
    stand_in: str | None = None


@dataclass(frozen=True, slots=True)
class Candidate:
    """Somebody to whom a case can be handed, with what he has already."""

    posting_id: int
    group: Group
    role: str
    area_code: str
    area_name: str
    level: str
    desk: str | None
    name: str | None
    load: Load


@dataclass(frozen=True, slots=True)
class Proposal:
    """Where the rules of dispatch would send a case now; ``note`` is that of the rule, None where none fits."""

    posting_id: int
    note: str | None


@dataclass(frozen=True, slots=True)
class Holding:
    """Who holds a posting, or held it."""

    role: str
    area_code: str
    desk: str | None
    name: str | None


# The grids beside a case are those of its village: below its own area, else below the one above.
_CANDIDATES = text("""
    WITH asked AS (SELECT c.chain, c.about_official FROM cases c WHERE c.id = :case),
    edition AS (SELECT (edition_at(CAST(:at AS timestamptz))).id),
    around AS (
        SELECT b.code FROM boundaries b, asked a, edition e
        WHERE b.edition_id = e.id AND NOT a.about_official AND b.parent_code = a.chain[cardinality(a.chain)]
        UNION
        SELECT b.code FROM boundaries b, asked a, edition e
        WHERE b.edition_id = e.id AND NOT a.about_official AND cardinality(a.chain) > 2
          AND b.parent_code = a.chain[cardinality(a.chain) - 1]
          AND NOT EXISTS (SELECT FROM boundaries x
                          WHERE x.edition_id = e.id AND x.parent_code = a.chain[cardinality(a.chain)])
    ),
    posted AS (
        SELECT p.id, p.role, p.area_code, p.desk, p.person_id,
               CASE WHEN p.role = 'department' THEN 'departments' WHEN p.area_code = ANY (a.chain) THEN 'chain'
                    ELSE 'beside' END AS kind,
               array_position(a.chain, p.area_code::text) AS place
        FROM asked a JOIN postings p ON p.area_code = ANY (a.chain) OR p.area_code IN (SELECT r.code FROM around r)
        WHERE p.during @> CAST(:at AS timestamptz) AND p.role IN ('head', 'deputy', 'desk', 'department')
          AND (p.area_code = ANY (a.chain) OR p.role <> 'department')
    )
    SELECT p.id, p.kind, p.role, p.area_code, b.name, b.level, p.desk, w.name
    FROM posted p JOIN edition e ON true JOIN boundaries b ON b.edition_id = e.id AND b.code = p.area_code
    LEFT JOIN people w ON w.id = p.person_id
    ORDER BY p.place DESC NULLS LAST, p.area_code, array_position('{head,deputy,desk,department}'::text[], p.role),
             p.desk, p.id
""")


async def candidates(connection: AsyncConnection, case_id: int, at: datetime) -> list[Candidate]:
    """Answer to whom a case can be handed on a day, its own grid first; nobody for a case that is not the actor's.

    Parameters
    ----------
    connection : AsyncConnection
        As the web role; it knows the actor.
    case_id : int
        Of the case.
    at : datetime
        Aware; postings and boundaries of this instant.
    """
    found = (await connection.execute(_CANDIDATES, {"case": case_id, "at": at})).all()
    known = await loads(connection, [row.id for row in found], at)
    listed = [Candidate(*(*row, known[row.id])) for row in found]
    return sorted(listed, key=lambda each: GROUPS.index(each.group))


async def loads(connection: AsyncConnection, posting_ids: Iterable[int], at: datetime) -> dict[int, Load]:
    """Answer what each of some postings has, all of it in one query; numbers alone, also of cases of elsewhere.

    Parameters
    ----------
    connection : AsyncConnection
        As the web role; for staff.
    posting_ids : iterable of int
        Whose.
    at : datetime
        Aware; deadlines and absences of this instant.
    """
    found = await connection.execute(
        text("SELECT * FROM owner_loads(:postings, :at)"), {"postings": sorted(set(posting_ids)), "at": at}
    )
    return {row.posting_id: Load(row.open, row.late, row.away_until, row.stand_in) for row in found}


_TRY = text("""
    SELECT dispatch_try(CASE WHEN NOT d.past THEN ST_X(c.geom) END, CASE WHEN NOT d.past THEN ST_Y(c.geom) END,
                        f.accuracy_m, CASE WHEN c.geom IS NULL OR d.past THEN c.area_code END,
                        c.category_code, c.channel, c.hazard, CAST(:at AS timestamptz))
    -- What went past the grid is asked for by the area that it is kept under.
    FROM cases c CROSS JOIN LATERAL (SELECT coalesce(c.channel IN ('letterbox', 'visit'), false) AS past) d
    LEFT JOIN LATERAL (
        SELECT r.accuracy_m FROM pin_report(c.id) p JOIN reports r ON r.id = p.report_id) f ON true
    WHERE c.id = :case
""")


async def proposal(connection: AsyncConnection, case_id: int, at: datetime) -> Proposal | None:
    """Answer where the rules of dispatch would send a case; None where they say nothing or point to nobody posted."""
    try:
        # A place that no rule can judge, for instance without boundaries in force, must not end the transaction.
        async with connection.begin_nested():
            said = (await connection.execute(_TRY, {"case": case_id, "at": at})).scalar_one_or_none()
    except DBAPIError as error:
        if not str(getattr(error.orig, "sqlstate", "")).startswith("GW"):
            raise
        return None
    return _proposal(said) if said else None


def _proposal(said: dict[str, Any]) -> Proposal | None:
    """Answer the proposal in an answer of ``dispatch_try``.

    Examples
    --------
    >>> _proposal({"target": {"posting_id": 7}, "why": [{"note": "dumping", "fits": True}, {"fallback": "no_head"}]})
    Proposal(posting_id=7, note='dumping')
    """
    posting_id = said["target"]["posting_id"]
    if posting_id is None:
        return None
    return Proposal(posting_id, next((line["note"] for line in said["why"] if line.get("fits")), None))


async def holdings(connection: AsyncConnection, posting_ids: Iterable[int]) -> dict[int, Holding]:
    """Answer who held postings, by their number; names as far as the actor may read them."""
    p = postings.c
    found = await connection.execute(
        select(p.id, p.role, p.area_code, p.desk, people.c.name)
        .select_from(postings.outerjoin(people, people.c.id == p.person_id))
        .where(p.id.in_(sorted(set(posting_ids))))
    )
    return {row.id: Holding(row.role, row.area_code, row.desk, row.name) for row in found}
