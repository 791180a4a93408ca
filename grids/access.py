"""Who is asking, and what that lets them see and do: the one place in Python where it is decided.

Row-level security (``0001_rights.sql``, ``0006_loop.sql``) holds the same rules again in the database: staff see the
cases and words of the areas they are posted to and of all below, a department's handlers those that their department
owns; an administrator sees cases without words; everybody else sees what is public.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Literal

from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from grids import tables

Right = Literal[
    "read_cases",
    "see_places",
    "direct",
    "supervise",
    "solve",
    "moderate",
    "take_in_lists",
    "see_rules",
    "change_rules",
    "see_postings",
    "see_teams",
    "change_postings",
    "look_after_boundaries",
    "see_deliveries",
]
# Which roles may what, in their areas and all below.  Of a step of a case ``grids.workflow`` says who may take it.
MAY: Final[Mapping[Right, frozenset[str]]] = {
    # Words are held back by row-level security alone: a case comes back without them.
    "read_cases": frozenset({"head", "deputy", "member", "desk", "dispatcher", "clerk", "supervisor", "administrator"}),
    # A handler sees those of the cases that his department owns, a planner figures and rounded positions.
    "see_places": frozenset(
        {"head", "deputy", "member", "desk", "dispatcher", "clerk", "supervisor", "administrator", "handler", "planner"}
    ),
    "direct": frozenset({"desk", "dispatcher", "supervisor"}),
    "supervise": frozenset({"supervisor"}),
    "solve": frozenset({"head", "deputy", "member"}),
    "moderate": frozenset({"clerk"}),
    "take_in_lists": frozenset({"clerk", "desk", "dispatcher", "supervisor", "administrator"}),
    "see_rules": frozenset({"desk", "dispatcher", "supervisor", "administrator"}),
    "change_rules": frozenset({"administrator"}),
    "see_postings": frozenset({"desk", "dispatcher", "supervisor", "administrator"}),
    "change_postings": frozenset({"administrator"}),
    # Whoever can lead a case and ask others to help in it, and who keeps the teams.
    "see_teams": frozenset({"head", "deputy", "desk", "dispatcher", "handler", "supervisor", "administrator"}),
    # Of the topmost areas alone, once there are any.
    "look_after_boundaries": frozenset({"administrator"}),
    "see_deliveries": frozenset({"administrator"}),
}


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

    def areas(self, right: Right) -> frozenset[str]:
        """Answer the areas, by code, in which and below which the actor may do something.

        Examples
        --------
        >>> who = Actor(1, "", (Posted("head", "9001001"), Posted("dispatcher", "90"), Posted("desk", "90")))
        >>> sorted(who.areas("direct")), sorted(who.areas("moderate"))
        (['90'], [])
        """
        return frozenset(p.area_code for p in self.postings if p.role in MAY[right])

    def may_read_cases(self, chain: tuple[str, ...]) -> bool:
        """Whether the actor sees the cases of an area, given the codes from the top down to it."""
        return not self.areas("read_cases").isdisjoint(chain)


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


def may(who: Actor | None, right: Right) -> bool:
    """Whether somebody may do something anywhere at all; in which areas, ``Actor.areas`` and the database say."""
    return who is not None and bool(who.areas(right))


def may_see_names(who: Actor | None, at: datetime, now: datetime) -> bool:
    """Whether names of officials may be shown for an instant: of past days to staff alone.

    A minute of grace, so that a clock that is slightly off does not hide today's head.
    """
    return who is not None or at >= now - timedelta(minutes=1)
