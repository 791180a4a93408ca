"""Who is asking, and what that lets them see: the one place in Python where it is decided.

Row-level security (``0001_rights.sql``, ``0006_loop.sql``) holds the same rules again in the database: staff see the
cases and words of the areas they are posted to and of all below, a department's handlers those that their department
owns; an administrator sees cases without words; everybody else sees what is public.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from grids import tables

# Words are held back by row-level security alone: a case comes back without them.
_READS_CASES = frozenset({"head", "deputy", "member", "desk", "dispatcher", "clerk", "supervisor", "administrator"})


@dataclass(frozen=True, slots=True)
class Posted:
    """One role for one area that the actor holds at this instant."""

    role: str
    area_code: str


@dataclass(frozen=True, slots=True)
class Actor:
    """A member of staff who is logged in, with the postings of this instant."""

    person_id: int
    name: str
    postings: tuple[Posted, ...]

    def may_read_cases(self, chain: tuple[str, ...]) -> bool:
        """Whether the actor sees the cases of an area, given the codes from the top down to it."""
        return any(p.area_code in chain and p.role in _READS_CASES for p in self.postings)


async def actor(connection: AsyncConnection, token_digest: bytes | None, now: datetime) -> Actor | None:
    """Tell the database who asks for the rest of the transaction, and answer who that is; None for the public.

    Parameters
    ----------
    connection : AsyncConnection
        As the web role, inside the transaction that will read.
    token_digest : bytes or None
        SHA-256 of the session's token.
    now : datetime
        Aware; sessions and postings of this instant count.
    """
    person_id = (
        await connection.execute(text("SELECT act_as(:digest, :at)"), {"digest": token_digest, "at": now})
    ).scalar_one()
    if person_id is None:
        return None
    p = tables.postings.c
    name = (await connection.execute(select(tables.people.c.name).where(tables.people.c.id == person_id))).scalar_one()
    held = await connection.execute(
        select(p.role, p.area_code)
        .where(p.person_id == person_id, p.during.contains(now))
        .order_by(p.area_code, p.role)
    )
    return Actor(person_id, name, tuple(Posted(*row) for row in held))


def may_see_names(who: Actor | None, at: datetime, now: datetime) -> bool:
    """Whether names of officials may be shown for an instant: of past days to staff alone.

    A minute of grace, so that a clock that is slightly off does not hide today's head.
    """
    return who is not None or at >= now - timedelta(minutes=1)
