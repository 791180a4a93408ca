"""A year of an invented town, and apart from it the truth: at which spots something really keeps coming back.

Made to be found, or not to be, by the watch list, of which nothing is known here: no number of it is used.  Planted are
spots where the same thing is told of again by several people while it was never solved, spots where it was said to be
solved and is told of again, and spots where one person alone tells of it each time after silence had closed it, whether
his last word is still worked on or was closed like those before (``quiet``: nobody has spoken since).  All else is
noise: single reports all over the town, streets along which much is reported of many things, and spots that came back
and were solved for good.  Of one sender who tells of a spot again and again, some closings are confirmed and some are
silence: planted is his spot where he spoke again after silence had closed it, and nobody confirmed anything since.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

import numpy as np

Spot = tuple[float, float]
# Of the little town, in degrees; about so many metres make one.
WEST, SOUTH, EAST, NORTH = 116.96, 39.66, 117.09, 39.79
_EAST_M, _NORTH_M = 85_600.0, 111_030.0
_DAYS: Final = 170


@dataclass(frozen=True, slots=True)
class Said:
    """A report with its case: ``ended`` days after it came, None while it is open; ``confirmed`` by somebody."""

    day: float
    where: Spot
    kind: int
    sender: str
    ended: float | None
    confirmed: bool


@dataclass(frozen=True, slots=True)
class Truth:
    """A spot at which something keeps coming back; ``quiet``: silence closed all of it, and nobody spoke since."""

    where: Spot
    kind: int
    quiet: bool = False


def planted(seed: int, kinds: int) -> tuple[list[Said], list[Truth]]:
    """Answer what was said, in no order, and the truth.

    Parameters
    ----------
    seed : int
        The same seed makes the same town.
    kinds : int
        How many families there are.
    """
    rng = np.random.default_rng([seed, 71])
    said: list[Said] = []
    truth: list[Truth] = []
    spots = _apart(rng, 96)
    for _ in range(35):
        where, kind = next(spots), int(rng.integers(kinds))
        said += _never_solved(rng, where, kind)
        truth.append(Truth(where, kind))
    for _ in range(15):
        where, kind = next(spots), int(rng.integers(kinds))
        said += _said_to_be_solved(rng, where, kind)
        truth.append(Truth(where, kind))
    for n in range(25):
        where, kind = next(spots), int(rng.integers(kinds))
        told = list(_unheard(rng, where, kind) if n < 10 else _one_sender(rng, where, kind))
        said += told
        if _comes_back(told):
            truth.append(Truth(where, kind, all(one.ended is not None for one in told)))
    for _ in range(15):
        said += _solved_for_good(rng, next(spots), int(rng.integers(kinds)))
    for n in range(6):
        said += _street(rng, next(spots), int(rng.integers(kinds)), n)
    said += _all_over(rng, kinds)
    return said, truth


def _never_solved(rng: np.random.Generator, where: Spot, kind: int) -> Iterator[Said]:
    count = int(rng.integers(4, 9))
    begin = rng.uniform(5, 60)
    days = np.sort(begin + rng.uniform(0, _DAYS - 5 - begin, count))
    people = [f"{where}{n}" for n in range(int(rng.integers(2, 5)))]
    for n, day in enumerate(days):
        # Everybody speaks once at least.
        sender = people[n] if n < len(people) else str(rng.choice(people))
        last = n == count - 1
        ended = None if last or rng.random() < 0.3 else float(rng.uniform(2, 20))
        yield Said(float(day), _near(rng, where, 11), kind, sender, ended, confirmed=False)


def _said_to_be_solved(rng: np.random.Generator, where: Spot, kind: int) -> Iterator[Said]:
    day = float(rng.uniform(10, 90))
    ended = float(rng.uniform(3, 14))
    yield Said(day, _near(rng, where, 8), kind, f"{where}", ended, confirmed=False)
    again = day + ended + float(rng.uniform(2, 60))
    yield Said(again, _near(rng, where, 8), kind, f"{where}{rng.integers(2)}", None, confirmed=False)


def _unheard(rng: np.random.Generator, where: Spot, kind: int) -> Iterator[Said]:
    """One person, to whom silence answers each time that it is solved."""
    day, count = float(rng.uniform(5, 40)), int(rng.integers(2, 6))
    still_open = bool(rng.random() < 0.5)
    for n in range(count):
        ended = float(rng.uniform(2, 12))
        last = n == count - 1
        spot = _near(rng, where, 9)
        yield Said(day, spot, kind, f"{where}", None if last and still_open else ended, confirmed=False)
        day += ended + float(rng.uniform(1, 17))


def _one_sender(rng: np.random.Generator, where: Spot, kind: int) -> Iterator[Said]:
    days = np.sort(rng.uniform(5, _DAYS - 30, int(rng.integers(5, 11))))
    for n, day in enumerate(days):
        ended, confirmed = float(rng.uniform(1, 20)), bool(rng.random() < 0.65)
        still_open = n == len(days) - 1 and bool(rng.random() < 0.4)
        yield Said(float(day), _near(rng, where, 9), kind, f"{where}", None if still_open else ended, confirmed)


def _comes_back(told: list[Said]) -> bool:
    """Whether somebody spoke again after silence had closed it, and nobody confirmed a solution since it did."""
    last = max(one.day for one in told)
    ends = [(one.day + one.ended, one.confirmed) for one in told if one.ended is not None]
    silent = max((day for day, confirmed in ends if not confirmed and day < last), default=None)
    return silent is not None and not any(confirmed and day > silent for day, confirmed in ends)


def _solved_for_good(rng: np.random.Generator, where: Spot, kind: int) -> Iterator[Said]:
    days = np.sort(rng.uniform(5, _DAYS - 40, int(rng.integers(3, 7))))
    for n, day in enumerate(days):
        last = n == len(days) - 1
        yield Said(float(day), _near(rng, where, 11), kind, f"{where}{n}", float(rng.uniform(2, 12)), confirmed=last)


def _street(rng: np.random.Generator, where: Spot, kind: int, n: int) -> Iterator[Said]:
    """Seven hundred metres along which something is reported nearly every day."""
    way = rng.uniform(0, np.pi)
    for _ in range(150):
        along, beside = rng.uniform(-350, 350), rng.normal(0, 20)
        east, north = along * np.cos(way) - beside * np.sin(way), along * np.sin(way) + beside * np.cos(way)
        spot = (where[0] + east / _EAST_M, where[1] + north / _NORTH_M)
        ended = None if rng.random() < 0.08 else float(rng.uniform(1, 20))
        sender = f"street {n} {rng.integers(500)}"
        yield Said(float(rng.uniform(0, _DAYS)), spot, kind, sender, ended, confirmed=bool(rng.random() < 0.6))


def _all_over(rng: np.random.Generator, kinds: int) -> Iterator[Said]:
    for n in range(1_500):
        spot = (float(rng.uniform(WEST, EAST)), float(rng.uniform(SOUTH, NORTH)))
        ended = None if rng.random() < 0.1 else float(rng.uniform(1, 20))
        confirmed = bool(rng.random() < 0.6)
        yield Said(float(rng.uniform(0, _DAYS)), spot, int(rng.integers(kinds)), f"alone {n}", ended, confirmed)


def _near(rng: np.random.Generator, where: Spot, metres: float) -> Spot:
    east, north = rng.normal(0, metres, 2)
    return float(where[0] + east / _EAST_M), float(where[1] + north / _NORTH_M)


def _apart(rng: np.random.Generator, count: int) -> Iterator[Spot]:
    """Spots of which none lies within 900 m of another, so that it stands fast what belongs to which."""
    found: list[Spot] = []
    while len(found) < count:
        spot = (float(rng.uniform(WEST, EAST)), float(rng.uniform(SOUTH, NORTH)))
        if all(metres(spot, other) > 900 for other in found):
            found.append(spot)
    yield from found


def metres(one: Spot, other: Spot) -> float:
    """Answer the metres between two spots, nearly."""
    return float(np.hypot((one[0] - other[0]) * _EAST_M, (one[1] - other[1]) * _NORTH_M))


def at(said: Said, now: datetime) -> datetime:
    """Answer when something was said, where the year ends now."""
    return now - timedelta(days=_DAYS - said.day)
