"""The watch list *coming back* (反复发生): places of which people speak again and again, why, and what to do.

What is counted the database answers (``places_coming_back``, by the reader's rights); whether it means that the same
thing comes back is decided here, pure, by two stated signs:

*again*: a resident said himself that it is not solved; or it was said to be solved, nobody confirmed that or any
solution since, and somebody spoke of it within 90 days, where not so much is reported round about that somebody would
have done so anyway (less than one chance in five);
*often*: in half a year at least three reports on three days, by two people, or by one where it was said to be solved
and nobody confirmed a solution in all that time; and more than its surroundings explain: so many or more would come
once in a thousand times, given the first one, were reports of the family as dense at the spot as in the ring about it,
or, which is more along a street, as many as at the other places in that ring (negative binomial of their mean and
variance; Poisson where they do not differ more).

What was confirmed as solved after the last report has ended; it is not listed until somebody speaks of it again.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Literal

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

LATELY: Final = timedelta(days=182)
AGAIN_WITHIN: Final = timedelta(days=90)
AROUND_M: Final = 300.0
CHANCE: Final = 0.001
CHANCE_AGAIN: Final = 0.2
LOOKED_AT: Final = 500
"""Places that are looked at, the fullest first."""
SHOWN: Final = 100

Sign = Literal["again", "often"]
Advice = Literal["late", "paused", "claimed", "work", "look", "one_owner"]
"""It is late; end the pause; look again before it is closed; solve it at the root; go and look, for nobody confirmed
that it is solved; let the level above own it, for the border runs through it."""


@dataclass(frozen=True, slots=True)
class Counts:
    """What the signs are told from; what counts reports and places is of the last half year.

    Attributes
    ----------
    around, places_around : int
        Reports of the family within ``AROUND_M`` of its anchor that belong to other places, and how many these are.
    spread : float
        The variance of what each of these has.
    solved_at, ended_at : datetime or None
        When somebody last confirmed a solution there; when a case was last closed as solved without that, before
        somebody spoke again.
    """

    radius_m: float
    reports: int
    days: int
    reporters: int
    around: int
    places_around: int
    spread: float
    last_at: datetime
    reopened: int
    solved_at: datetime | None
    ended_at: datetime | None
    open: int


@dataclass(frozen=True, slots=True)
class Counted(Counts):
    """What is known of a place.

    Attributes
    ----------
    lon, lat : float
        EPSG:4326, of its anchor.
    case_id, ... : int, ...
        The newest case there that the reader sees, an open one first.
    """

    place_id: int
    family: str
    lon: float
    lat: float
    first_at: datetime
    areas: tuple[str, ...]
    alarms: int
    case_id: int
    category_code: str
    state: str
    confirmed: bool | None
    area_code: str | None
    owner_area_code: str
    owner_role: str
    received_at: datetime
    due_at: datetime
    paused_at: datetime | None
    closed_at: datetime | None
    supervised: bool


@dataclass(frozen=True, slots=True)
class Watched:
    """A place that is on the list: why, how unlikely by chance, and what to do."""

    place: Counted
    signs: tuple[Sign, ...]
    chance: float
    advice: Advice


def chance_of(reports: int, around: int, places_around: int, spread: float, radius_m: float) -> float:
    """Answer how likely so many reports or more are where there are as many as in the ring about it.

    Parameters
    ----------
    reports, around, places_around : int
        At the place; within ``AROUND_M`` of it at others, and at how many.
    spread : float
        The variance of what each of these has.
    radius_m : float
        Of the place.

    Examples
    --------
    >>> chance_of(4, 0, 0, 0, 50), round(chance_of(4, 105, 105, 0, 50), 2), round(chance_of(20, 70, 10, 25, 50), 2)
    (0.0, 0.58, 0.03)
    """
    by_ground = around * radius_m**2 / (AROUND_M**2 - radius_m**2)
    # The first report of each place makes it; these come besides.
    by_places = around / places_around - 1 if places_around else 0.0
    expected = max(by_ground, by_places)
    if reports < 2 or expected <= 0:
        return float(reports < 2)
    # Of one that differs no more than chance has it, the size is without bound: Poisson.
    size = expected**2 / (spread - expected) if spread > expected else _AS_POISSON
    share = expected / (expected + size)
    term: float = (1 - share) ** size
    below = term
    for k in range(1, reports - 1):
        term *= (size + k - 1) / k * share
        below += term
    return max(0.0, 1.0 - below)


_AS_POISSON: Final = 1e9


def watched(places: Iterable[Counted], now: datetime) -> list[Watched]:
    """Answer those that are on the list, in the order in which they came.

    Parameters
    ----------
    places : iterable of Counted
        Those that could be.
    now : datetime
        Aware.
    """
    found = []
    for place in places:
        signs = signs_of(place)
        if signs:
            found.append(Watched(place, signs, _chance(place), _advice(place, now)))
    return found


def signs_of(place: Counts) -> tuple[Sign, ...]:
    """Answer why a place is on the list; empty: it is not."""
    if place.solved_at is not None and place.solved_at >= place.last_at and not place.open:
        return ()
    signs: list[Sign] = []
    anyway = chance_of(2, place.around, place.places_around, place.spread, place.radius_m)
    if place.reports >= 2 and (place.reopened or (_again(place) and anyway < CHANCE_AGAIN)):
        signs.append("again")
    by_many = place.reporters >= 2 or _never_confirmed(place)
    if place.reports >= 3 and place.days >= 3 and by_many and _chance(place) <= CHANCE:
        signs.append("often")
    return tuple(signs)


def _chance(place: Counts) -> float:
    return chance_of(place.reports, place.around, place.places_around, place.spread, place.radius_m)


def _again(place: Counts) -> bool:
    ended = place.ended_at
    if ended is None or (place.solved_at is not None and place.solved_at >= ended):
        return False
    return ended < place.last_at <= ended + AGAIN_WITHIN


def _never_confirmed(place: Counts) -> bool:
    """Whether it was said to be solved, and nobody confirmed that it is in the time of the reports that count."""
    return place.ended_at is not None and (place.solved_at is None or place.solved_at <= place.last_at - LATELY)


def _advice(place: Counted, now: datetime) -> Advice:
    if not place.open:
        return "look"
    if len(place.areas) > 1:
        return "one_owner"
    if place.paused_at is not None:
        return "paused"
    if place.due_at < now:
        return "late"
    return "claimed" if place.state == "claimed_solved" else "work"


async def coming_back(connection: AsyncConnection, now: datetime, area: str | None = None) -> list[Watched]:
    """Answer the watch list of the reader's areas, the fullest places first.

    Parameters
    ----------
    connection : AsyncConnection
        Of a visit: the database knows the actor.
    now : datetime
        Aware.
    area : str or None
        Of one area and all below it alone.
    """
    found = await connection.execute(
        text("SELECT * FROM places_coming_back(:at, :since, :area, :around, :limit)"),
        {"at": now, "since": now - LATELY, "area": area, "around": AROUND_M, "limit": LOOKED_AT},
    )
    return watched((Counted(**{**row, "areas": tuple(row["areas"] or ())}) for row in found.mappings()), now)[:SHOWN]
