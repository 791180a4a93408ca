"""Which area answers for each of a million points: the vectorised twin of ``gis_match``.

Owns the index over the areas of one edition and its answers; they are those of the database, point for point (outcome
and code exactly, metres to 1 mm).  Knows no files, no database and no people.  Never shifts a point: a lattice tells
what is certain of a whole cell, everything else is asked of GEOS with the numbers as they are.
"""

from __future__ import annotations

from collections.abc import Sequence
from threading import RLock
from typing import Any, Final

import numpy as np
import shapely
from numpy.typing import NDArray

from gis.errors import GridwardenError
from gis.index_found import Found, nothing_found, portions, settle
from gis.index_labels import Ground, labels
from gis.index_lattice import Edges, Floats, Ints, Shapes, edges_of, lattice_over, touched, within
from gis.index_metres import around, border_m
from gis.index_near import Neighbours
from gis.index_outcomes import BACKSTOP, BORDER, INSIDE, INVALID, NEAR, OUTSIDE, Matches
from gis.tolerances import LOWEST_M, checked

_AT_ONCE = 1 << 20
_PAIRS_AT_ONCE = 1 << 22


class AreasRefusedError(GridwardenError):
    """Areas that no index can be made of: none, a code twice, no polygon, an unknown level."""

    code = "areas_refused"


class AreaIndex:
    """The areas of one edition, ready to be asked about many points.

    Parameters
    ----------
    shapes : (k,) geometry
        Polygons and multipolygons, lon lat in EPSG:4326, as valid as an edition's are.  An edge counts as inside.
    codes : sequence of str
        Each once.
    level : (k,) int, optional
        0 for the topmost level; the largest is the grids.  A flat set has one level and needs none named.
    levels : int, optional
        How many levels there are; needed where the lowest has no area yet.
    overlay : (k,) bool, optional
        Areas that beat what lies under them at every level.
    tolerance_m : float or sequence of float
        How far off an area still is near: of the lowest level alone, or of each, the topmost first; 0 means never.

    Raises
    ------
    AreasRefusedError, BadToleranceError
        ``areas_refused``, ``bad_tolerance``.

    Notes
    -----
    Safe under threads: GEOS is warmed up by whoever builds the index, and asked by one thread at a time.  A pickle
    holds the areas and is built anew where it is opened.

    Examples
    --------
    >>> index = AreaIndex(np.array([shapely.box(0, 0, 1, 1), shapely.box(1, 0, 2, 1)]), ["b", "a"])
    >>> found = index.match(np.array([0.5, 1.0, 2.0001, 5.0, np.nan]), np.full(5, 0.5))
    >>> from gis.index_outcomes import OUTCOMES
    >>> [OUTCOMES[each] for each in found.outcome]
    ['inside', 'border', 'near', 'outside', 'invalid']
    >>> [index.codes[each] if each >= 0 else None for each in found.area]
    ['b', 'a', 'a', None, None]
    >>> found.distance_m.round(2).tolist()
    [0.0, 0.0, 11.13, nan, nan]
    """

    def __init__(
        self,
        shapes: Shapes,
        codes: Sequence[str],
        level: Ints | None = None,
        overlay: NDArray[np.bool_] | None = None,
        *,
        levels: int | None = None,
        tolerance_m: float | Sequence[float] = LOWEST_M,
    ) -> None:
        count = len(codes)
        level = np.zeros(count, dtype=np.int64) if level is None else np.asarray(level, dtype=np.int64)
        overlay = np.zeros(count, dtype=bool) if overlay is None else np.asarray(overlay, dtype=bool)
        _check(shapes, codes, level, overlay)
        levels = _levels(level, levels)
        tolerances_m = checked(np.atleast_1d(np.asarray(tolerance_m, dtype=np.float64)).tolist(), levels)
        # As text of UTF-8 sorts in the database (COLLATE "C").
        order = np.array(sorted(range(count), key=codes.__getitem__), dtype=np.int64)
        self.codes: Final[NDArray[np.object_]] = np.array(codes, dtype=object)[order]
        self._ground: Final = Ground(level[order], overlay[order], tolerances_m)
        # Of its own: geometries of the caller would be prepared under his hands.
        self._shapes: Shapes = shapely.from_wkb(
            shapely.to_wkb(shapely.force_2d(np.asarray(shapes, dtype=object)[order]))
        )
        self._lock = RLock()
        self._build()

    def _build(self) -> None:
        shapely.prepare(self._shapes)
        bounds = shapely.bounds(self._shapes)
        # Whatever GEOS makes late it makes now: a point in each box is asked about, and the tree.
        shapely.intersects_xy(self._shapes, *((bounds[:, :2] + bounds[:, 2:]) / 2).T)
        self._tree = shapely.STRtree(self._shapes)
        self._tree.query(shapely.Point(0.0, 0.0))
        self._edges: Edges = edges_of(self._shapes)
        self._lattice = lattice_over(
            np.concatenate((bounds[:, :2].min(axis=0), bounds[:, 2:].max(axis=0))),
            int(np.count_nonzero(self._ground.depth == self._ground.levels - 1)),
            max(self._ground.tolerances_m),
        )
        area, cell = touched(self._lattice, self._edges)
        runs = within(self._lattice, self._shapes, area, cell)
        self._labels = labels(self._lattice, self._ground, (area, cell), runs)
        areas = len(self.codes)
        self._outcome_of = np.repeat(np.array([INSIDE, BORDER, BACKSTOP, OUTSIDE], dtype=np.uint8), [areas] * 3 + [1])
        self._area_of = np.concatenate((np.tile(np.arange(areas, dtype=np.int32), 3), [np.int32(-1)]))
        self._neighbours = Neighbours(self._edges, self._ground)
        # Whole numbers of 16 bits are sorted by counting.
        self._narrow = np.uint16 if areas <= np.iinfo(np.uint16).max else np.int64

    def __reduce__(self) -> tuple[Any, ...]:
        ground = self._ground
        return _rebuilt, (
            self._shapes,
            self.codes.tolist(),
            ground.depth,
            ground.overlay,
            ground.tolerances_m,
        )

    def match(self, lon: Floats, lat: Floats) -> Matches:
        """Answer which area answers for each point.

        Parameters
        ----------
        lon, lat : (n,) float64
            EPSG:4326; nan and what lies out of range are answered as invalid.

        Returns
        -------
        Matches
            As ``gis_match`` answers without an accuracy.
        """
        lon, lat = np.asarray(lon, dtype=np.float64), np.asarray(lat, dtype=np.float64)
        if lon.ndim != 1 or lon.shape != lat.shape:
            raise ValueError(f"As many lon as lat, each in a row; not {lon.shape} and {lat.shape}.")
        count = len(lon)
        found = Matches(
            np.empty(count, dtype=np.uint8), np.empty(count, dtype=np.int32), np.zeros(count, dtype=np.float64)
        )
        for first in range(0, count, _AT_ONCE):
            some = slice(first, first + _AT_ONCE)
            self._match(lon[some], lat[some], found.outcome[some], found.area[some], found.distance_m[some])
        return found

    def border_m(self, lon: Floats, lat: Floats, area: NDArray[np.int32]) -> Floats:
        """Answer the metres from each point to the border of its area; nan where ``area`` is -1.

        Parameters
        ----------
        lon, lat : (n,) float64
            EPSG:4326.
        area : (n,) int32
            As ``match`` answers it.
        """
        metres = np.full(len(area), np.nan)
        has = area >= 0
        metres[has] = border_m(
            self._edges, len(self.codes), np.asarray(lon)[has], np.asarray(lat)[has], area[has].astype(np.int64)
        )
        return metres

    def _match(
        self, lon: Floats, lat: Floats, outcome: NDArray[np.uint8], area: NDArray[np.int32], distance_m: Floats
    ) -> None:
        usable = (np.abs(lon) <= 180.0) & (np.abs(lat) <= 90.0)
        if not usable.all():
            outcome[~usable], area[~usable], distance_m[~usable] = INVALID, -1, np.nan
            whole = [np.empty(int(usable.sum()), dtype=each.dtype) for each in (outcome, area)]
            metres = np.zeros(len(whole[0]))
            self._match(lon[usable], lat[usable], whole[0], whole[1], metres)
            outcome[usable], area[usable], distance_m[usable] = whole[0], whole[1], metres
            return
        label = self._labels.of_cell[self._lattice.cells(lon, lat)]
        # A negative label reads the first place of the tables; what it finds there is overwritten below.
        np.take(self._outcome_of, label, out=outcome, mode="clip")
        np.take(self._area_of, label, out=area, mode="clip")
        distance_m[outcome == OUTSIDE] = np.nan
        asked = np.flatnonzero(label < 0)
        if len(asked):
            found = self._look(lon[asked], lat[asked], -1 - label[asked].astype(np.int64))
            outcome[asked], area[asked], distance_m[asked] = found.outcome, found.area, found.distance_m

    def _look(self, lon: Floats, lat: Floats, listed: Ints) -> Found:
        """Answer points in cells where areas have to be asked: first the candidates of the lowest level."""
        start = self._labels.start
        count = (start[1:] - start[:-1])[listed]
        found = nothing_found(len(lon))
        for some in portions(count, _PAIRS_AT_ONCE):
            point = np.repeat(np.arange(some.start, some.stop), count[some])
            nth = np.arange(len(point)) - np.repeat(np.cumsum(count[some]) - count[some], count[some])
            point, area = self._holding(lon, lat, point, self._labels.candidates[start[listed[point]] + nth])
            settle(found, point, area, grids=True)
        left = np.flatnonzero(found.area < 0)
        first, size = 0, 1 << 12
        while first < len(left):
            some_left = left[first : first + size]
            pairs, rest = self._look_everywhere(lon[some_left], lat[some_left])
            found.outcome[some_left], found.area[some_left] = rest.outcome, rest.area
            found.distance_m[some_left] = rest.distance_m
            first += size
            size = min(max(size * _PAIRS_AT_ONCE // max(pairs, 1), 1), 8 * size, _PAIRS_AT_ONCE)
        return found

    def _look_everywhere(self, lon: Floats, lat: Floats) -> tuple[int, Found]:
        """Answer points by asking every area whose box holds them, level by level, and how many these were."""
        with self._lock:
            point, area = self._tree.query(shapely.points(lon, lat))
        pairs = len(point)
        point, area = self._holding(lon, lat, point, area)
        overlay = self._ground.overlay
        over = np.zeros(len(lon), dtype=bool)
        over[point[overlay[area]]] = True
        counts = ~over[point] | overlay[area]
        point, area = point[counts], area[counts]
        found = nothing_found(len(lon))
        for depth in range(self._ground.levels - 1, -1, -1):
            here = (self._ground.depth[area] == depth) & (found.area[point] < 0)
            settle(found, point[here], area[here], grids=depth == self._ground.levels - 1)
            if self._ground.tolerances_m[depth] > 0:
                self._settle_near(found, lon, lat, over, depth)
        return pairs, found

    def _settle_near(self, found: Found, lon: Floats, lat: Floats, over: NDArray[np.bool_], depth: int) -> None:
        """Answer the open points that have an area of a level within its tolerance."""
        open_ = np.flatnonzero(found.area < 0)
        if not len(open_):
            return
        lon, lat = lon[open_], lat[open_]
        with self._lock:
            might = np.zeros(len(self.codes), dtype=bool)
            might[self._tree.query(around(lon, lat, self._ground.tolerances_m[depth]))[1]] = True
            nearest = self._neighbours.nearest(lon, lat, over[open_], depth, might)
        where = open_[nearest.point]
        found.outcome[where], found.area[where], found.distance_m[where] = NEAR, nearest.area, nearest.distance_m

    def _holding(self, lon: Floats, lat: Floats, point: Ints, area: Ints) -> tuple[Ints, Ints]:
        """Answer those pairs of a point and an area in which the area holds the point, its edge included."""
        # One area after the other: what GEOS looks at stays in the processor's cache.
        order = np.argsort(area.astype(self._narrow), kind="stable")
        shapes, x, y = self._shapes[area[order]], lon[point[order]], lat[point[order]]
        with self._lock:
            holds = order[shapely.intersects_xy(shapes, x, y)]
        return point[holds], area[holds]


def _rebuilt(
    shapes: Shapes, codes: Sequence[str], level: Ints, overlay: NDArray[np.bool_], tolerances_m: tuple[float, ...]
) -> AreaIndex:
    return AreaIndex(shapes, codes, level, overlay, levels=len(tolerances_m), tolerance_m=tolerances_m)


def _check(shapes: Shapes, codes: Sequence[str], level: Ints, overlay: NDArray[np.bool_]) -> None:
    if not (len(shapes) == len(codes) == len(level) == len(overlay) > 0):
        raise AreasRefusedError("There are no areas, or not as many shapes as codes, levels and overlays.")
    seen: set[str] = set()
    for code, shape in zip(codes, shapes, strict=True):
        if code in seen:
            raise AreasRefusedError(
                f"The code {code!r} is there twice; codes name one area each.", params={"area": code}
            )
        seen.add(code)
        if not isinstance(code, str) or not code:
            raise AreasRefusedError(f"A code is text, not {code!r}.")
        if shapely.get_type_id(shape) not in (3, 6) or shapely.is_empty(shape):
            raise AreasRefusedError(f"The area {code!r} is no polygon.", params={"area": code})
    _check_degrees(np.asarray(shapes, dtype=object), codes)


def _check_degrees(shapes: Shapes, codes: Sequence[str]) -> None:
    corners, area = shapely.get_coordinates(shapes, return_index=True)
    # Not the boxes: they leave out what is no number.
    far = np.flatnonzero(~(np.abs(corners) <= (180.0, 90.0)).all(axis=1))
    if len(far):
        code = codes[area[far[0]]]
        raise AreasRefusedError(
            f"The area {code!r} has a corner at {corners[far[0]].tolist()}, one of {len(far):,} such: degrees are"
            " -180 to 180 of longitude, which comes first, and -90 to 90 of latitude.",
            params={"area": code},
        )


def _levels(level: Ints, levels: int | None) -> int:
    there = int(level.max()) + 1
    if level.min() < 0 or (levels is not None and there > levels):
        raise AreasRefusedError("Levels are counted from 0, the topmost, to one less than there are.")
    return there if levels is None else levels
