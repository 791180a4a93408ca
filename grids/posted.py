"""Who is posted where: lists for the page, the shell and the API.  Reads only, by the rights of whoever asks.

Numbers and log-ins of people come from a function that asks for the administrator's rights itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import ClassVar, Final

from sqlalchemy import func, or_, select, text
from sqlalchemy.dialects.postgresql import array
from sqlalchemy.ext.asyncio import AsyncConnection

from gis.errors import GridwardenError
from gis.tables import boundaries
from grids.answers import AreaBrief
from grids.areas import edition_at
from grids.posting_rows import ROLES
from grids.tables import people, postings
from grids.tables_postings import absences

SOON: Final = timedelta(days=30)
"""How long before its head leaves a grid without a successor is listed."""


class PostingNotFoundError(GridwardenError):
    """No posting, or no absence, of this number that could still change."""

    code: ClassVar[str] = "posting_not_found"


@dataclass(frozen=True, slots=True)
class Held:
    """A posting, in force, to come or past; ``away_since``, ``away_until`` and ``stand_in`` of an absence now or next.

    ``name`` only where the reader may see it.
    """

    id: int
    area_code: str
    role: str
    person_id: int | None
    name: str | None
    desk: str | None
    name_public: bool
    since: datetime
    until: datetime | None
    away_since: datetime | None
    away_until: datetime | None
    stand_in: int | None

    def over(self, now: datetime) -> bool:
        """Whether it has ended."""
        return self.until is not None and self.until <= now

    def coming(self, now: datetime) -> bool:
        """Whether it has not begun."""
        return self.since > now

    def away(self, now: datetime) -> bool:
        """Whether who holds it is away at an instant."""
        return self.away_since is not None and self.away_since <= now


@dataclass(frozen=True, slots=True)
class Place:
    """An area where somebody may be posted; ``chain`` from the top down to itself, ``children`` one level below."""

    code: str
    name: str
    level: str
    chain: tuple[AreaBrief, ...]
    children: tuple[AreaBrief, ...]


@dataclass(frozen=True, slots=True)
class Vacancy:
    """A grid without a head: ``vacant`` since an instant (None: always), or ``ending`` then without a successor.

    ``until``: when a head who is posted already begins.
    """

    area_code: str
    name: str
    chain: tuple[str, ...]
    kind: str
    since: datetime | None
    until: datetime | None


@dataclass(frozen=True, slots=True)
class Behind:
    """Who is behind a posting, for an administrator of its area."""

    posting_id: int
    person_id: int
    staff_number: str | None
    login: str | None
    email: str | None
    sessions: int


@dataclass(frozen=True, slots=True)
class Absence:
    """When somebody is away; ``reason`` for those who may know."""

    id: int
    posting_id: int
    since: datetime
    until: datetime
    stand_in: int | None
    reason: str | None


@dataclass(frozen=True, slots=True)
class Line:
    """One line of what was changed about a posting."""

    at: datetime
    made_by: str | None
    kind: str
    correction: bool
    was: dict[str, object] | None
    became: dict[str, object] | None


async def postings_of(
    connection: AsyncConnection, areas: Iterable[str], now: datetime, *, past: bool = False
) -> list[Held]:
    """Answer the postings of areas in force or to come, by area, role and beginning; past ones where asked for."""
    return await _held(connection, now, postings.c.area_code.in_(sorted(set(areas))), past=past)


async def posting(connection: AsyncConnection, posting_id: int, now: datetime) -> Held | None:
    """Answer one posting; None if there is none of this number."""
    found = await _held(connection, now, postings.c.id == posting_id, past=True)
    return found[0] if found else None


async def postings_of_people(connection: AsyncConnection, name: str, now: datetime, limit: int = 50) -> list[Held]:
    """Answer the postings of people whose name holds a text; those in force or to come."""
    wanted = name.strip()
    if not wanted:
        return []
    return await _held(connection, now, people.c.name.contains(wanted, autoescape=True), past=False, limit=limit)


async def postings_of_person(connection: AsyncConnection, person_id: int, now: datetime) -> list[Held]:
    """Answer the postings of one person that are in force or to come."""
    return await _held(connection, now, postings.c.person_id == person_id, past=False)


async def postings_during(
    connection: AsyncConnection, areas: Iterable[str], since: datetime, until: datetime
) -> list[Held]:
    """Answer the postings of areas that were, are or will be in force in a period [since, until)."""
    during = postings.c.during.op("&&")(func.tstzrange(since, until))
    return await _held(connection, since, postings.c.area_code.in_(sorted(set(areas))), during, past=True)


async def _held(
    connection: AsyncConnection, now: datetime, *where: object, past: bool, limit: int = 5000
) -> list[Held]:
    p, a = postings.c, absences.c
    # The absence that is, or comes next.
    nearest = (
        select(func.lower(a.during).label("since"), func.upper(a.during).label("until"), a.stand_in)
        .where(a.posting_id == p.id, func.upper(a.during) > now)
        .order_by(func.lower(a.during))
        .limit(1)
        .lateral("nearest")
    )
    asked = (
        select(
            p.id, p.area_code, p.role, p.person_id, people.c.name, p.desk, p.name_public,
            func.lower(p.during), func.upper(p.during), nearest.c.since, nearest.c.until, nearest.c.stand_in,
        )
        .select_from(postings.outerjoin(people, people.c.id == p.person_id).outerjoin(nearest, text("true")))
        .where(*where, *(() if past else (or_(func.upper(p.during).is_(None), func.upper(p.during) > now),)))  # type: ignore[arg-type]
        .order_by(p.area_code, func.array_position(array(ROLES), p.role), func.lower(p.during), p.id)
        .limit(limit)
    )  # fmt: skip
    return [Held(*list(row)) for row in await connection.execute(asked)]


async def place(connection: AsyncConnection, code: str, now: datetime) -> Place | None:
    """Answer an area as the edition in force draws it, else as the newest one that has it, also one that is to come."""
    edition = await edition_at(connection, now)
    b = boundaries.c
    in_force = b.edition_id == (edition.id if edition else None)
    row = (
        await connection.execute(
            select(b.edition_id, b.chain)
            .where(b.code == code)
            .order_by(in_force.desc().nulls_last(), b.edition_id.desc())
            .limit(1)
        )
    ).one_or_none()
    if row is None:
        return None
    found = await connection.execute(
        select(b.code, b.name, b.level, b.parent_code)
        .where(b.edition_id == row.edition_id, or_(b.code.in_(row.chain), b.parent_code == code))
        .order_by(b.code)
    )
    drawn = {each.code: (AreaBrief(each.code, each.name, each.level), each.parent_code) for each in found}
    own = drawn[code][0]
    return Place(
        own.code,
        own.name,
        own.level,
        tuple(drawn[each][0] for each in row.chain),
        tuple(brief for brief, parent in drawn.values() if parent == code),
    )


async def below(connection: AsyncConnection, code: str, now: datetime) -> list[str]:
    """Answer an area and the areas one level below it, by code; of one that is to come, too."""
    found = await place(connection, code, now)
    return [code, *(child.code for child in found.children)] if found else [code]


async def vacancies(connection: AsyncConnection, under: str, now: datetime, within: timedelta = SOON) -> list[Vacancy]:
    """Answer the grids of an area that have no head, or will have none within some time; vacant ones first."""
    found = await connection.execute(
        text("SELECT area_code, name, chain, kind, since, until FROM vacancies(:at, :under, :within)"),
        {"at": now, "under": under, "within": within},
    )
    return [Vacancy(r.area_code, r.name, tuple(r.chain), r.kind, r.since, r.until) for r in found]


async def behind(connection: AsyncConnection, ids: Sequence[int], now: datetime) -> dict[int, Behind]:
    """Answer who is behind postings, by posting; nothing for those that the actor does not look after."""
    found = await connection.execute(text("SELECT * FROM posting_people_of(:ids, :at)"), {"ids": list(ids), "at": now})
    return {row[0]: Behind(*row) for row in found}


async def the_one_behind(connection: AsyncConnection, posting_id: int, now: datetime) -> Behind:
    """Answer who is behind one posting.

    Raises
    ------
    PostingNotFoundError
        ``posting_not_found``: none of this number with a person that the actor looks after.
    """
    found = (await behind(connection, [posting_id], now)).get(posting_id)
    if found is None:
        raise PostingNotFoundError("There is no posting of this number that you look after.")
    return found


async def absences_of(connection: AsyncConnection, ids: Sequence[int], now: datetime) -> list[Absence]:
    """Answer the absences of postings that are not over, the next one first."""
    found = await connection.execute(text("SELECT * FROM absences_of(:ids, :at)"), {"ids": list(ids), "at": now})
    return [Absence(*row) for row in found]


async def history(connection: AsyncConnection, posting_id: int, now: datetime) -> list[Line]:
    """Answer what was changed about a posting, the newest first; for an administrator of its area."""
    found = await connection.execute(text("SELECT * FROM posting_history(:id, :at)"), {"id": posting_id, "at": now})
    return [Line(*row) for row in found]
