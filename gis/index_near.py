"""The nearest area of a level within its tolerance, for points that no area of it holds.

Owns the edges by level and how far around is looked; ``gis.index_metres`` measures.  The nearest is so by whole
millimetres and then by the lowest code, an overlay before any other, as ``gis_match`` has it.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import numpy as np
from numpy.typing import NDArray

from gis.index_labels import Ground
from gis.index_lattice import Edges, Floats, Ints
from gis.index_metres import Borders, Reached, joined

Mask = NDArray[np.bool_]
_FEW = 500
# Two that are as near by whole millimetres must both have been seen.
_SURE_M = 0.002
_PAIRS_AT_ONCE = 1 << 21
_FIRST_AT_ONCE, _MOST_AT_ONCE = 1 << 4, 1 << 17


class Neighbours:
    """The borders of all areas, ready to be asked which of a level is nearest.

    Parameters
    ----------
    edges : Edges
        Of all areas, in their order.
    ground : Ground
        Their levels, overlays and tolerances.

    Notes
    -----
    Asking from several threads needs a lock: GEOS keeps state in the trees, and they are made when they are wanted.
    """

    def __init__(self, edges: Edges, ground: Ground) -> None:
        self._edges: Final = edges
        self._ground: Final = ground
        self._made: Final[dict[tuple[int, bool], Borders]] = {}

    def nearest(self, lon: Floats, lat: Floats, over: Mask, depth: int, might: Mask) -> Reached:
        """Answer the nearest area of a level, for those points that have one within its tolerance.

        Parameters
        ----------
        lon, lat : (n,) float64
            EPSG:4326; no area of the level holds them.
        over : (n,) bool
            Points that an overlay holds: overlays alone count for them.
        depth : int
            Of the level.
        might : (k,) bool
            Areas of which all others are known to be out of reach.
        """
        tolerance_m = self._ground.tolerances_m[depth]
        found = []
        left = np.arange(len(lon))
        # An overlay within the tolerance comes before all others, however near they are.
        for overlays in (True, False):
            borders = self._borders(depth, overlays, might)
            asked = left if overlays else left[~over[left]]
            if borders is None or not len(asked):
                continue
            reached = _within(borders, lon, lat, asked, tolerance_m)
            found.append(reached)
            left = np.setdiff1d(left, reached.point, assume_unique=True)
        return joined(found)

    def _borders(self, depth: int, overlays: bool, might: Mask) -> Borders | None:
        """Answer the borders of those that could be near; those of a few are made for the occasion."""
        if (depth, overlays) in self._made:
            return self._made[depth, overlays]
        which = self._ground.at(depth, self._ground.overlay if overlays else ~self._ground.overlay)
        wanted = which & might
        if not wanted.any():
            return None
        many = np.count_nonzero(wanted) > _FEW
        borders = Borders(self._edges[(which if many else wanted)[self._edges.area]])
        if many:
            self._made[depth, overlays] = borders
        return borders


def _within(borders: Borders, lon: Floats, lat: Floats, asked: Ints, tolerance_m: float) -> Reached:
    """Answer the nearest area of each point that has one within the tolerance.

    A little way around is looked first, for most are found there and a wide box holds too many edges.  For the others
    some border is found by a quicker measure, and then only what could be nearer still is looked at.
    """
    first_m = min(tolerance_m, borders.spacing_m)
    found = list(_portions(borders, lon, lat, asked, np.full(len(asked), first_m)))
    if first_m < tolerance_m:
        found = [each.of(each.distance_m <= first_m - _SURE_M) for each in found]
        asked = np.setdiff1d(asked, joined(found).point, assume_unique=True)
        most_m = borders.at_most(lon[asked], lat[asked], tolerance_m)
        asked, most_m = asked[most_m >= 0], most_m[most_m >= 0]
        found += _portions(borders, lon, lat, asked, np.minimum(most_m + _SURE_M, tolerance_m))
    return joined(found)


def _portions(borders: Borders, lon: Floats, lat: Floats, asked: Ints, reach_m: Floats) -> Iterator[Reached]:
    """Yield the nearest within reach, of as many points at once as there is room for their pairs."""
    first, size = 0, _FIRST_AT_ONCE
    while first < len(asked):
        some = asked[first : first + size]
        pairs, reached = borders.within(lon[some], lat[some], reach_m[first : first + size])
        yield _nearest_of(Reached(some[reached.point], reached.area, reached.distance_m))
        first += size
        size = min(max(size * _PAIRS_AT_ONCE // max(pairs, 1), 1), 16 * size, _MOST_AT_ONCE)


def _nearest_of(reached: Reached) -> Reached:
    order = np.lexsort((reached.area, np.round(reached.distance_m, 3), reached.point))
    return reached.of(order[np.flatnonzero(np.diff(reached.point[order], prepend=-1))])
