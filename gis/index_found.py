"""Answers while they are looked for, and how many points are looked at together.

Owns neither areas nor rules of nearness; ``gis.index`` asks.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from gis.index_lattice import Floats, Ints
from gis.index_outcomes import BACKSTOP, BORDER, INSIDE, OUTSIDE


@dataclass(frozen=True, slots=True)
class Found:
    """Answers for some points; ``area`` -1 is open."""

    outcome: NDArray[np.uint8]
    area: Ints
    distance_m: Floats = field(repr=False)


def nothing_found(count: int) -> Found:
    """Answer that so many points are open."""
    return Found(np.full(count, OUTSIDE, dtype=np.uint8), np.full(count, -1), np.full(count, np.nan))


def settle(found: Found, point: Ints, area: Ints, *, grids: bool) -> None:
    """Write down for points which areas of one level hold them: the lowest code of them answers.

    >>> found = nothing_found(3)
    >>> settle(found, np.array([0, 2, 2]), np.array([7, 5, 4]), grids=True)
    >>> found.area.tolist(), found.outcome.tolist()
    ([7, -1, 4], [0, 4, 1])
    """
    if not len(point):
        return
    lowest = np.full(len(found.area), np.iinfo(np.int64).max)
    np.minimum.at(lowest, point, area)
    count = np.bincount(point, minlength=len(found.area))
    held = np.flatnonzero(count)
    found.area[held], found.distance_m[held] = lowest[held], 0.0
    found.outcome[held] = np.where(count[held] > 1, BORDER, INSIDE) if grids else BACKSTOP


def portions(count: Ints, at_once: int) -> Iterator[slice]:
    """Yield slices of points that have about as many pairs as there is room for, one point at least.

    Parameters
    ----------
    count : (n,) int64
        How many pairs each point has.
    at_once : int
        For how many there is room.

    Examples
    --------
    >>> [(each.start, each.stop) for each in portions(np.array([3, 3, 9, 1, 0]), 6)]
    [(0, 2), (2, 3), (3, 5)]
    """
    ends = np.cumsum(count)
    first = 0
    while first < len(count):
        room = ends[first] - count[first] + at_once
        last = max(int(np.searchsorted(ends, room, side="right")), first + 1)
        yield slice(first, last)
        first = last
