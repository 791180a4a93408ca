"""Which area answers for each of a million points: the vectorised twin of ``gis_match``.

Owns the index over the areas of one edition and its answers; they are those of the database, point for point (outcome
and code exactly, metres to 1 mm).  Knows no files, no database and no people.  Never shifts a point: a lattice tells
what is certain of a whole cell, everything else is asked of GEOS with the numbers as they are.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from threading import RLock
from typing import Any, Final

import numpy as np
import shapely
from numpy.typing import NDArray

from gis.errors import GridwardenError
from gis.index_labels import Ground, labels
from gis.index_lattice import Edges, Floats, Ints, Shapes, edges_of, lattice_over, touched, within
from gis.index_metres import Borders, around, border_m
from gis.index_outcomes import BACKSTOP, BORDER, INSIDE, INVALID, NEAR, OUTSIDE, Matches

_AT_ONCE = 1 << 20
_FEW = 500


class AreasRefusedError(GridwardenError):
    """Areas that no index can be made of: none, a code twice, no polygon, an unknown level."""

    code = "areas_refused"


@dataclass(frozen=True, slots=True)
class _Found:
    """Answers for some points while they are looked for; ``area`` -1 is open."""

    outcome: NDArray[np.uint8]
    area: Ints
    distance_m: Floats = field(repr=False)


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
    tolerance_m : float
        How far off a grid still is near; the edition's own, 25 where nothing else is said.

    Raises
    ------
    AreasRefusedError
        ``areas_refused``.

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
        tolerance_m: float = 25.0,
    ) -> None:
        count = len(codes)
        level = np.zeros(count, dtype=np.int64) if level is None else np.asarray(level, dtype=np.int64)
        overlay = np.zeros(count, dtype=bool) if overlay is None else np.asarray(overlay, dtype=bool)
        _check(shapes, codes, level, overlay)
        _check_numbers(level, levels, tolerance_m)
        # As text of UTF-8 sorts in the database (COLLATE "C").
        order = np.array(sorted(range(count), key=codes.__getitem__), dtype=np.int64)
        self.codes: Final[NDArray[np.object_]] = np.array(codes, dtype=object)[order]
        self.tolerance_m: Final = float(tolerance_m)
        self._ground = Ground(level[order], overlay[order], levels or int(level.max()) + 1)
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
            self.tolerance_m,
        )
        area, cell = touched(self._lattice, self._edges)
        runs = within(self._lattice, self._shapes, area, cell)
        self._labels = labels(self._lattice, self._ground, (area, cell), runs)
        areas = len(self.codes)
        self._outcome_of = np.repeat(np.array([INSIDE, BORDER, BACKSTOP, OUTSIDE], dtype=np.uint8), [areas] * 3 + [1])
        self._area_of = np.concatenate((np.tile(np.arange(areas, dtype=np.int32), 3), [np.int32(-1)]))
        self._near: Borders | None = None
        # Whole numbers of 16 bits are sorted by counting.
        self._narrow = np.uint16 if areas <= np.iinfo(np.uint16).max else np.int64

    def __reduce__(self) -> tuple[Any, ...]:
        ground = self._ground
        return _rebuilt, (
            self._shapes,
            self.codes.tolist(),
            ground.depth,
            ground.overlay,
            ground.levels,
            self.tolerance_m,
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

    def _look(self, lon: Floats, lat: Floats, listed: Ints) -> _Found:
        """Answer points in cells where areas have to be asked: first the candidates of the lowest level."""
        start = self._labels.start
        count = (start[1:] - start[:-1])[listed]
        point = np.repeat(np.arange(len(lon)), count)
        nth = np.arange(len(point)) - np.repeat(np.cumsum(count) - count, count)
        point, area = self._holding(lon, lat, point, self._labels.candidates[start[listed[point]] + nth])
        found = _Found(np.full(len(lon), OUTSIDE, dtype=np.uint8), np.full(len(lon), -1), np.full(len(lon), np.nan))
        _settle(found, point, area, grids=True)
        left = np.flatnonzero(found.area < 0)
        if len(left):
            rest = self._look_everywhere(lon[left], lat[left])
            found.outcome[left], found.area[left], found.distance_m[left] = rest.outcome, rest.area, rest.distance_m
        return found

    def _look_everywhere(self, lon: Floats, lat: Floats) -> _Found:
        """Answer points by asking every area whose box holds them, level by level, as ``gis_match`` does."""
        with self._lock:
            point, area = self._tree.query(shapely.points(lon, lat))
        point, area = self._holding(lon, lat, point, area)
        overlay = self._ground.overlay
        over = np.zeros(len(lon), dtype=bool)
        over[point[overlay[area]]] = True
        counts = ~over[point] | overlay[area]
        point, area = point[counts], area[counts]
        found = _Found(np.full(len(lon), OUTSIDE, dtype=np.uint8), np.full(len(lon), -1), np.full(len(lon), np.nan))
        for depth in range(self._ground.levels - 1, -1, -1):
            grids = depth == self._ground.levels - 1
            here = (self._ground.depth[area] == depth) & (found.area[point] < 0)
            _settle(found, point[here], area[here], grids=grids)
            if grids:
                self._settle_near(found, lon, lat, over)
        return found

    def _settle_near(self, found: _Found, lon: Floats, lat: Floats, over: NDArray[np.bool_]) -> None:
        """Answer the open points that have a grid within the tolerance."""
        open_ = np.flatnonzero(found.area < 0)
        if not len(open_):
            return
        with self._lock:
            borders = self._borders_about(lon[open_], lat[open_])
            point, area, metres = borders.within(
                lon[open_], lat[open_], self.tolerance_m, (over[open_], self._ground.overlay)
            )
        order = np.lexsort((area, np.round(metres, 3), ~self._ground.overlay[area], point))
        nearest = order[np.flatnonzero(np.diff(point[order], prepend=-1))]
        where = open_[point[nearest]]
        found.outcome[where], found.area[where], found.distance_m[where] = NEAR, area[nearest], metres[nearest]

    def _borders_about(self, lon: Floats, lat: Floats) -> Borders:
        """Answer the borders of all grids that could be near; those of a few are made for the occasion."""
        if self._near is not None:
            return self._near
        may = np.zeros(len(self.codes), dtype=bool)
        may[self._tree.query(around(lon, lat, self.tolerance_m))[1]] = True
        grids = self._ground.depth == self._ground.levels - 1
        many = int(may.sum()) > _FEW
        borders = Borders(self._edges[(grids if many else grids & may)[self._edges.area]])
        if many:
            self._near = borders
        return borders

    def _holding(self, lon: Floats, lat: Floats, point: Ints, area: Ints) -> tuple[Ints, Ints]:
        """Answer those pairs of a point and an area in which the area holds the point, its edge included."""
        # One area after the other: what GEOS looks at stays in the processor's cache.
        order = np.argsort(area.astype(self._narrow), kind="stable")
        shapes, x, y = self._shapes[area[order]], lon[point[order]], lat[point[order]]
        with self._lock:
            holds = order[shapely.intersects_xy(shapes, x, y)]
        return point[holds], area[holds]


def _settle(found: _Found, point: Ints, area: Ints, *, grids: bool) -> None:
    """Write down for points which areas of one level hold them: the lowest code of them answers."""
    if not len(point):
        return
    lowest = np.full(len(found.area), np.iinfo(np.int64).max)
    np.minimum.at(lowest, point, area)
    count = np.bincount(point, minlength=len(found.area))
    held = np.flatnonzero(count)
    found.area[held], found.distance_m[held] = lowest[held], 0.0
    found.outcome[held] = np.where(count[held] > 1, BORDER, INSIDE) if grids else BACKSTOP


def _rebuilt(
    shapes: Shapes, codes: Sequence[str], level: Ints, overlay: NDArray[np.bool_], levels: int, tolerance_m: float
) -> AreaIndex:
    return AreaIndex(shapes, codes, level, overlay, levels=levels, tolerance_m=tolerance_m)


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
        if shapely.get_type_id(shape) not in (3, 6) or shapely.is_empty(shape):
            raise AreasRefusedError(f"The area {code!r} is no polygon.", params={"area": code})


def _check_numbers(level: Ints, levels: int | None, tolerance_m: float) -> None:
    if not (np.isfinite(tolerance_m) and tolerance_m >= 0):
        raise AreasRefusedError(f"tolerance_m {tolerance_m}: metres, zero or more.")
    if level.min() < 0 or (levels is not None and level.max() >= levels):
        raise AreasRefusedError("Levels are counted from 0, the topmost, to one less than there are.")
