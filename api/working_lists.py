"""Whose working list is whose, for the pages and the routes alike: the desk, the board, the inbox, the day list.

Asks ``grids.access`` and the postings; refuses in one voice.
"""

from datetime import date
from typing import Final, Literal

from api.errors import LogInRequiredError
from api.moderating import clerk
from api.visits import Visit
from grids.access import Actor, may
from grids.board import supervised_areas
from grids.desk import desk_areas
from grids.dispatch import check_may_look
from grids.duties import Department, WeekList, departments_of, solved_for, week_lists
from grids.listed import Listed, ListForOthersError
from grids.lists import week_at
from grids.news import desk_key, owner_key
from grids.round_trip import RoundTrip, Spot, round_trip

By = Literal["deadline", "way"]
LiveList = Literal["desk", "supervision", "inbox", "moderation"]
# More visits make no day; they stand below, by deadline.
VISITS_MOST: Final = 40


def staff_only(visit: Visit) -> Actor:
    """Answer who asks.

    Raises
    ------
    LogInRequiredError
        ``log_in_required``.
    """
    if visit.actor is None:
        raise LogInRequiredError("These lists are for staff: log in first.")
    return visit.actor


def desk_of(visit: Visit) -> tuple[str, ...]:
    """Answer the areas that the visitor directs.

    Raises
    ------
    LogInRequiredError, ListForOthersError
        ``log_in_required``, ``list_for_others``.
    """
    areas = desk_areas(staff_only(visit))
    if not areas:
        raise ListForOthersError("The desk is for dispatchers and supervisors.")
    return areas


def board_of(visit: Visit) -> tuple[str, ...]:
    """Answer the areas that the visitor supervises.

    Raises
    ------
    LogInRequiredError, ListForOthersError
        ``log_in_required``, ``list_for_others``.
    """
    areas = supervised_areas(staff_only(visit))
    if not areas:
        raise ListForOthersError("The board is for supervisors.")
    return areas


async def week_or_refusal(visit: Visit) -> tuple[date, tuple[WeekList, ...]]:
    """Answer the newest week and the visitor's lists of it.

    Raises
    ------
    LogInRequiredError, ListForOthersError
        ``log_in_required``, ``list_for_others``.
    """
    staff_only(visit)
    week = week_at(visit.now)
    found = await week_lists(visit.connection, week, visit.now)
    if not found:
        raise ListForOthersError("The weekly lists are for grid heads and desks.")
    return week, found


async def departments_or_refusal(visit: Visit) -> tuple[Department, ...]:
    """Answer the departments for which the visitor works.

    Raises
    ------
    LogInRequiredError, ListForOthersError
        ``log_in_required``, ``list_for_others``.
    """
    found = await departments_of(visit.connection, staff_only(visit), visit.now)
    if not found:
        raise ListForOthersError("The inbox is for a department's handlers.")
    return found


async def news_of(visit: Visit, which: LiveList) -> frozenset[str]:
    """Answer what changes for the visitor on one of his lists, as keys of ``grids.news``.

    Raises
    ------
    LogInRequiredError, ListForOthersError, ModerationForClerksError
        ``log_in_required``, ``list_for_others``, ``moderation_for_clerks``.
    """
    match which:
        case "desk":
            areas = desk_of(visit)
            held = {p.area_code for p in staff_only(visit).postings if p.role in ("desk", "dispatcher")}
            return frozenset({*areas, *map(owner_key, areas), *(desk_key("desk", code, None) for code in held)})
        case "supervision":
            areas = board_of(visit)
            return frozenset({*areas, *(desk_key("supervisor", code, None) for code in areas)})
        case "inbox":
            found = await departments_or_refusal(visit)
            owned = {owner_key(f"posting:{d.posting_id}") for d in found}
            return frozenset(owned | {desk_key("department", d.area_code, d.desk) for d in found})
        case "moderation":
            clerk(visit)
            return staff_only(visit).areas("moderate")


def watched_areas(visit: Visit) -> tuple[str, ...]:
    """Answer the areas of whose places the visitor reads.

    Raises
    ------
    LogInRequiredError, ListForOthersError
        ``log_in_required``, ``list_for_others``.
    """
    areas = tuple(sorted(staff_only(visit).areas("read_cases")))
    if not areas:
        raise ListForOthersError("The watch list is for those who see the cases of an area.")
    return areas


def may_see_places(visit: Visit) -> None:
    """Let through whoever sees marks of places: staff of areas, handlers and planners.

    Raises
    ------
    LogInRequiredError, ListForOthersError
        ``log_in_required``, ``list_for_others``.
    """
    if not may(staff_only(visit), "see_places"):
        raise ListForOthersError("Places are for the staff of areas, for handlers and for planners.")


def day_areas(visit: Visit) -> tuple[str, ...]:
    """Answer the areas whose cases the visitor solves.

    Raises
    ------
    LogInRequiredError, ListForOthersError
        ``log_in_required``, ``list_for_others``.
    """
    areas = solved_for(staff_only(visit))
    if not areas:
        raise ListForOthersError("The day list is for heads, deputies and members of a grid.")
    return areas


def in_order(rows: tuple[Listed, ...], by: By, start: Spot | None) -> tuple[tuple[Listed, ...], RoundTrip | None]:
    """Answer the rows in the order of their deadlines, or those with a pin first, as one walks; and that way."""
    pinned = [row for row in rows if row.lon is not None][:VISITS_MOST]
    if by == "deadline" or not pinned:
        return rows, None
    trip = round_trip([spot_of(row) for row in pinned], start)
    walked = [pinned[n] for n in trip.order]
    ids = {row.id for row in walked}
    return (*walked, *(row for row in rows if row.id not in ids)), trip


def spot_of(case: Listed) -> Spot:
    """Answer where the pin of a case stands that has one."""
    return Spot(case.lon or 0.0, case.lat or 0.0)


def check_rules(visit: Visit) -> None:
    """Pass for whoever may see the rules by which cases are handed on and go up.

    Raises
    ------
    LogInRequiredError, RulesForDesksError
        ``log_in_required``, ``rules_for_desks``.
    """
    if visit.actor is None:
        raise LogInRequiredError("Rules are for staff: log in first.")
    check_may_look(visit.actor)
