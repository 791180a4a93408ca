"""The desk: the open cases that somebody directs, by what they wait for, and to whom they may be handed.

Reads only.  Which case stands in which section is said once, in ``desk_open`` of the database (``0012_desk.sql``); the
functions that ask it apply the actor's rights, and the rows of a page are read under row-level security again.
"""

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Final, Literal, get_args

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from grids.access import Actor
from grids.listed import SOON, Listed, listed
from grids.owners import Load, loads
from grids.tables import cases

Section = Literal["unowned", "received", "late", "returned", "extension", "soon", "recheck", "paused", "open"]
"""Nobody is posted where it lies; not accepted yet; past a deadline; sent back; asks for more time; due within a day;
claimed as solved and this person may look; paused and the time is over; all that is open.  A case may be in several."""
SECTIONS: Final[tuple[Section, ...]] = get_args(Section)

Flag = Literal["hazard", "recurring", "reopened"]
FLAGS: Final[tuple[Flag, ...]] = get_args(Flag)

PAGE: Final = 50
AWAY_SHOWN: Final = 100


@dataclass(frozen=True, slots=True)
class Filters:
    """What a reader of the desk has narrowed it to; None: all."""

    area: str | None = None
    category: str | None = None
    flag: Flag | None = None


@dataclass(frozen=True, slots=True)
class After:
    """Where a page ended: its last deadline and number."""

    act_by: datetime
    id: int


@dataclass(frozen=True, slots=True)
class Look:
    """A look at the desk: numbers of all sections, and a page of one of them.

    ``after`` is where the next page begins, None where this is the last.
    """

    counts: dict[Section, int]
    rows: tuple[Listed, ...]
    after: After | None


@dataclass(frozen=True, slots=True)
class PossibleOwner:
    """Somebody to whom a case may be handed: a head, a deputy, a desk or a department; with what he has already."""

    posting_id: int
    role: str
    area_code: str
    area: str
    desk: str | None
    load: Load


def desk_areas(actor: Actor) -> tuple[str, ...]:
    """Answer the areas that somebody directs, by code.

    Examples
    --------
    >>> from grids.access import Posted
    >>> desk_areas(Actor(1, "", (Posted("head", "9001001"), Posted("dispatcher", "90"), Posted("desk", "90"))))
    ('90',)
    """
    return tuple(sorted(actor.areas("direct")))


async def desk_look(
    connection: AsyncConnection,
    now: datetime,
    section: Section,
    filters: Filters,
    after: After | None = None,
    limit: int = PAGE,
) -> Look:
    """Answer how many of the actor's open cases stand in each section, and a page of one: what must be done first.

    Parameters
    ----------
    connection : AsyncConnection
        Of a visit: the database knows the actor.
    now : datetime
        Aware.
    section, filters
        Which cases; the filters count for all sections.
    after : After, optional
        Where the page before ended.
    limit : int
        At most so many rows.
    """
    found = await connection.execute(
        text("SELECT counts, page FROM desk_look(:at, :soon, :section, :area, :category, :flag, :after, :id, :limit)"),
        {
            "at": now,
            "soon": SOON,
            "section": section,
            **asdict(filters),
            "after": after and after.act_by,
            "id": after and after.id,
            # One more says whether another page follows.
            "limit": limit + 1,
        },
    )
    counts, page = found.one()
    keys = [After(datetime.fromisoformat(row["act_by"]), row["id"]) for row in page]
    rows = await listed(connection, now, cases.c.id.in_([key.id for key in keys[:limit]]))
    return Look({each: counts[each] for each in SECTIONS}, tuple(rows), keys[limit - 1] if len(keys) > limit else None)


async def possible_owners(
    connection: AsyncConnection, rows: tuple[Listed, ...], now: datetime, limit: int
) -> tuple[PossibleOwner, ...]:
    """Answer to whom the cases of a page may be handed, at most so many: departments, then desks, heads and deputies.

    A step looks at each case again: what fits one of them need not fit all.
    """
    chains = sorted({code for row in rows for code in row.chain})
    found = await connection.execute(
        text("SELECT * FROM desk_owners(:chains, :at) LIMIT :limit"), {"chains": chains, "at": now, "limit": limit}
    )
    owners = found.all()
    known = await loads(connection, [row.posting_id for row in owners], now)
    return tuple(PossibleOwner(*(*row, known[row.posting_id])) for row in owners)


@dataclass(frozen=True, slots=True)
class Away:
    """Somebody posted below who is away, and who stands in; None: nobody was named."""

    posting_id: int
    role: str
    area_code: str
    area: str
    name: str
    until: datetime
    stand_in: str | None


async def away_below(connection: AsyncConnection, now: datetime, limit: int = AWAY_SHOWN) -> tuple[Away, ...]:
    """Answer who is away of those posted where the actor directs, by area."""
    found = await connection.execute(text("SELECT * FROM away_below(:at, :limit)"), {"at": now, "limit": limit})
    return tuple(Away(*row) for row in found)
