"""What an index of areas answers: the outcomes by their places, and why a point is none.

Owns these lists alone; which of them a point gets is ``gis.index``'s question.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from gis.index_lattice import Floats

OUTCOMES: Final = ("inside", "border", "near", "backstop", "outside", "invalid")
INSIDE, BORDER, NEAR, BACKSTOP, OUTSIDE, INVALID = range(6)
#: Why a point is invalid; the first means that it is not.
REASONS: Final = ("", "not_finite", "coordinates_swapped", "out_of_range")


@dataclass(frozen=True, slots=True)
class Matches:
    """The answers for n points.

    Attributes
    ----------
    outcome : (n,) uint8
        Places in ``OUTCOMES``.
    area : (n,) int32
        Places in ``AreaIndex.codes``; -1 outside and for invalid points.
    distance_m : (n,) float64
        To the area: 0 where it holds the point (edge included), up to the tolerance for near ones, else nan.
    """

    outcome: NDArray[np.uint8]
    area: NDArray[np.int32]
    distance_m: Floats


def reasons(lon: Floats, lat: Floats) -> NDArray[np.uint8]:
    """Answer why points are invalid, as places in ``REASONS``; 0 for those that are not.

    >>> [REASONS[n] for n in reasons(np.array([117.0, np.nan, 39.7, 200.0]), np.array([39.7, 1.0, 117.0, 1.0]))]
    ['', 'not_finite', 'coordinates_swapped', 'out_of_range']
    """
    wide, high = np.abs(lon), np.abs(lat)
    why = np.where((wide <= 180.0) & (high <= 90.0), 0, 3).astype(np.uint8)
    why[(wide <= 90.0) & (high > 90.0) & (high <= 180.0)] = 2
    why[~(np.isfinite(lon) & np.isfinite(lat))] = 1
    return why
