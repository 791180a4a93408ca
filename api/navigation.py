"""Where a member of staff begins, and which of the service's pages are his: the one place for both.

Decides no right: each page refuses for itself.  Names pages alone; what they are called stands in the Fluent files.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from grids.access import MAY, Actor, Posted
from grids.dispatch import may_look
from grids.editions import looks_after_boundaries
from grids.postings import may_change as may_change_postings
from grids.teams import may_look_at_teams


@dataclass(frozen=True, slots=True)
class Way:
    """A link of the frame: its address and the key of its words; ``first``: at the head itself.

    Where there is little room, of several such the first one alone.
    """

    address: str
    words: str
    first: bool = False


# Where the day begins, by what somebody does; of several roles the one that works cases.
_BEGINS: Final = (
    ({"desk", "dispatcher"}, "/desk"),
    ({"head", "deputy", "member"}, "/day"),
    ({"handler"}, "/inbox"),
    ({"helper"}, "/team"),
    ({"planner"}, "/planner"),
    ({"clerk"}, "/moderation"),
    ({"supervisor"}, "/supervision"),
)
_LISTS: Final = (
    (MAY["supervise"], Way("/supervision", "nav-supervision", first=True)),
    (MAY["direct"], Way("/desk", "nav-desk", first=True)),
    (MAY["solve"], Way("/day", "nav-day", first=True)),
    ({"handler"}, Way("/inbox", "nav-inbox", first=True)),
    ({"helper"}, Way("/team", "nav-team", first=True)),
    ({"desk", "dispatcher", "head", "deputy"}, Way("/week", "nav-week")),
    (MAY["direct"] | MAY["solve"], Way("/watch", "nav-watch")),
    ({"desk", "dispatcher", "handler", "supervisor"}, Way("/mediations", "nav-mediations")),
    (MAY["moderate"], Way("/moderation", "nav-moderation", first=True)),
)
# Who plans the rota, and who takes down what visitors say.
_RECEIVE: Final = {"desk", "dispatcher", "clerk", "supervisor", "administrator"}


def begins_at(postings: Iterable[Posted]) -> str:
    """Answer the page on which somebody's day begins: where a log-in leads, and where he is led back to.

    Examples
    --------
    >>> begins_at([Posted("clerk", "90"), Posted("handler", "90")]), begins_at([Posted("administrator", "90")])
    ('/inbox', '/areas/90')
    >>> begins_at([])
    '/report'
    """
    held = list(postings)
    roles = {p.role for p in held}
    page = next((page for whose, page in _BEGINS if roles & whose), None)
    return page or (f"/areas/{held[0].area_code}" if held else "/report")


def ways(who: Actor | None, topmost: frozenset[str] = frozenset()) -> tuple[Way, ...]:
    """Answer the pages of somebody's own, his lists first; nobody has any who is not logged in.

    Parameters
    ----------
    who : Actor or None
        Whose.
    topmost : frozenset of str
        Codes of the areas in force that have none above them: whoever administers one looks after boundaries.

    Examples
    --------
    >>> [way.address for way in ways(Actor(1, "", (Posted("dispatcher", "90"),)))]
    ['/desk', '/week', '/watch', '/mediations', '/areas/90', '/rota', '/dispatch', '/teams']
    >>> [(way.address, way.first) for way in ways(Actor(1, "", (Posted("planner", "90"),)))]
    [('/areas/90', True)]
    >>> [way.address for way in ways(Actor(1, "", (Posted("administrator", "9001"),)), frozenset({"90"}))]
    ['/areas/9001', '/rota', '/dispatch', '/postings', '/teams']
    """
    if who is None:
        return ()
    roles = {p.role for p in who.postings}
    found = [way for whose, way in _LISTS if roles & whose]
    if who.postings:
        found.append(Way(f"/areas/{who.postings[0].area_code}", "nav-my-area", first=not found))
    if roles & _RECEIVE:
        found.append(Way("/rota", "nav-rota"))
    if looks_after_boundaries(who, topmost):
        found.append(Way("/boundaries", "nav-boundaries"))
    if may_look(who):
        found.append(Way("/dispatch", "nav-rules"))
    if may_change_postings(who):
        found.append(Way("/postings", "nav-postings"))
    if may_look_at_teams(who):
        found.append(Way("/teams", "nav-teams"))
    return tuple(found)
