"""The supervisor's board: what does not go by itself in his areas and below, and what came of what he ordered.

Reads only.  Which case stands in which section is said once, in ``board_open`` of the database (``0054_orders.sql``);
the function that asks it applies the actor's rights, and the rows of a page are read under row-level security again.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal, get_args

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from grids.access import Actor
from grids.listed import Listed, listed
from grids.orders import Order, open_orders
from grids.tables import cases

BoardSection = Literal["overdue", "returned", "paused", "recurring", "unowned", "recheck", "orders", "answered"]
"""Past its deadline; sent back twice or more; paused for more than 14 days, or its pause is over; keeps coming back or
a hazard; nobody posted as its owner, or not accepted within 30 minutes; claimed, and must be re-checked; an order waits
for its answer, or an answer for its judgement, of closed cases too.  A case may be in several."""
BOARD_SECTIONS: Final[tuple[BoardSection, ...]] = get_args(BoardSection)

PAGE: Final = 50


@dataclass(frozen=True, slots=True)
class BoardAfter:
    """Where a page ended: by what its section is sorted, and the number of the case."""

    key: datetime
    id: int


@dataclass(frozen=True, slots=True)
class OnBoard:
    """A case on the board, with its orders that are not judged yet, the earliest deadline first."""

    case: Listed
    orders: tuple[Order, ...]


@dataclass(frozen=True, slots=True)
class Board:
    """Numbers of all sections, and a page of one; ``after``: where the next one begins, None where this is the last."""

    counts: dict[BoardSection, int]
    rows: tuple[OnBoard, ...]
    after: BoardAfter | None


def supervised_areas(actor: Actor) -> tuple[str, ...]:
    """Answer the areas that somebody supervises, by code.

    Examples
    --------
    >>> from grids.access import Posted
    >>> supervised_areas(Actor(1, "", (Posted("supervisor", "9001"), Posted("dispatcher", "90"))))
    ('9001',)
    """
    return tuple(sorted(actor.areas("supervise")))


async def board_look(
    connection: AsyncConnection,
    now: datetime,
    section: BoardSection,
    area: str | None = None,
    category: str | None = None,
    after: BoardAfter | None = None,
    limit: int = PAGE,
) -> Board:
    """Answer how many cases stand in each section of the actor's board, and a page of one.

    Parameters
    ----------
    connection : AsyncConnection
        Of a visit: the database knows the actor.
    now : datetime
        Aware.
    section : str
        Of which the page is.
    area, category : str or None
        What the reader has narrowed it to, for all sections.
    after : BoardAfter, optional
        Where the page before ended.
    limit : int
        At most so many rows.
    """
    found = await connection.execute(
        text("SELECT counts, page FROM board_look(:at, :section, :area, :category, :key, :id, :limit)"),
        {
            "at": now,
            "section": section,
            "area": area,
            "category": category,
            "key": after and after.key,
            "id": after and after.id,
            # One more says whether another page follows.
            "limit": limit + 1,
        },
    )
    counts, page = found.one()
    keys = [BoardAfter(datetime.fromisoformat(row["key"]), row["id"]) for row in page]
    ids = [key.id for key in keys[:limit]]
    rows = {row.id: row for row in await listed(connection, now, cases.c.id.in_(ids))}
    ordered = await open_orders(connection, ids)
    return Board(
        {each: counts[each] for each in BOARD_SECTIONS},
        tuple(OnBoard(rows[each], ordered.get(each, ())) for each in ids if each in rows),
        keys[limit - 1] if len(keys) > limit else None,
    )
