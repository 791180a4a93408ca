"""Metres from points to the borders of areas, as ``metres_between`` of the database measures them.

An edge is straight in lon and lat, as it is for containment.  The nearest point of it is found in the plane, stretched
by the ratio of the two radii of curvature of WGS84 at the point, and only then measured along the ellipsoid.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Final, NamedTuple

import numpy as np
import shapely
from numpy.typing import NDArray
from pyproj import Geod

from gis.index_lattice import DEGREE_M, Edges, Floats, Ints, Shapes

_E2 = 0.00669437999014132
_GEOD = Geod(ellps="WGS84")
_PAIRS_AT_ONCE = 1 << 15
_CLOSEST_M = 0.1
_NEXT_TO_NOTHING: Final = float(np.finfo(np.float64).tiny)


class Reached(NamedTuple):
    """Pairs of a point and an area within reach of it: their places, and the metres between them."""

    point: Ints
    area: Ints
    distance_m: Floats

    def of(self, which: Ints | NDArray[np.bool_]) -> Reached:
        """Answer some of them."""
        return Reached(self.point[which], self.area[which], self.distance_m[which])


def joined(several: Sequence[Reached]) -> Reached:
    """Answer all of them in one; none are none."""
    if not several:
        return Reached(np.empty(0, dtype=np.int64), np.empty(0, dtype=np.int64), np.empty(0))
    return Reached(
        np.concatenate([each.point for each in several]),
        np.concatenate([each.area for each in several]),
        np.concatenate([each.distance_m for each in several]),
    )


def stretch(lat: Floats) -> Floats:
    """Answer how long a degree of longitude is beside one of latitude, on WGS84.

    >>> stretch(np.array([0.0, 60.0])).round(4).tolist()
    [1.0067, 0.5008]
    """
    phi = np.radians(lat)
    ratio: Floats = np.maximum(np.cos(phi), 1e-9) * (1.0 - _E2 * np.sin(phi) ** 2) / (1.0 - _E2)
    return ratio


def around(lon: Floats, lat: Floats, tolerance_m: float | Floats) -> Shapes:
    """Answer boxes about points that hold all that lies within the tolerance; generous by less than a hundredth.

    >>> around(np.array([0.0]), np.array([0.0]), 110.574)[0].bounds
    (-0.001, -0.001, 0.001, 0.001)
    """
    reach = tolerance_m / DEGREE_M
    wide = reach / np.maximum(np.cos(np.radians(lat)), 1e-9)
    return np.asarray(shapely.box(lon - wide, lat - reach, lon + wide, lat + reach), dtype=object)


class Borders:
    """The edges of areas, ready to be asked which of them are near.

    Parameters
    ----------
    edges : Edges
        Lon lat, EPSG:4326.

    Notes
    -----
    Asking from several threads needs a lock: GEOS keeps state in the tree.
    """

    def __init__(self, edges: Edges) -> None:
        self._edges = edges
        drawn = np.asarray(shapely.linestrings(np.stack((edges.start, edges.end), axis=1)), dtype=object)
        self._tree = shapely.STRtree(drawn)
        # A tree is built when it is first asked.
        self._tree.query(shapely.Point(0.0, 0.0))
        along = (edges.end - edges.start) * np.column_stack((stretch(edges.start[:, 1]), np.ones(len(edges.area))))
        lengths = np.hypot(*along.T)
        #: How long an edge is as a rule: within so many metres of a point lie few.
        self.spacing_m: Final = max(float(np.median(lengths[lengths > 0])) * DEGREE_M, _CLOSEST_M)

    def at_most(self, lon: Floats, lat: Floats, tolerance_m: float) -> Floats:
        """Answer metres within which a border is for certain; -1 where none is within the tolerance, not even nearly.

        Parameters
        ----------
        lon, lat : (n,) float64
            EPSG:4326.
        tolerance_m : float
            The most that is of interest.
        """
        most = np.full(len(lon), -1.0)
        if not len(lon):
            return most
        # As if a degree of longitude were as long as one of latitude: some border, seldom the nearest.
        furthest = min(tolerance_m / DEGREE_M / max(float(np.cos(np.radians(np.abs(lat).max()))), 1e-9), 360.0) * 1.01
        point, edge = self._tree.query_nearest(
            shapely.points(lon, lat), max_distance=furthest, return_distance=False, all_matches=False
        )
        _, near_lon, near_lat = _nearest(self._edges[edge], lon[point], lat[point])
        most[point] = _metres(lon[point], lat[point], near_lon, near_lat)
        return most

    def within(self, lon: Floats, lat: Floats, reach_m: Floats) -> tuple[int, Reached]:
        """Answer which areas have a border within reach of points, and how many pairs were looked at.

        Parameters
        ----------
        lon, lat : (n,) float64
            EPSG:4326.
        reach_m : (n,) float64
            Of each point; a distance equal to it counts.
        """
        point, edge = self._tree.query(around(lon, lat, reach_m))
        pairs = len(point)
        area = self._edges.area[edge]
        square, near_lon, near_lat = _nearest(self._edges[edge], lon[point], lat[point])
        order = np.lexsort((square, area, point))
        first = order[_changes(point[order], area[order])]
        point, area = point[first], area[first]
        metres = _metres(lon[point], lat[point], near_lon[first], near_lat[first])
        return pairs, Reached(point, area, metres).of(metres <= reach_m[point])


def border_m(edges: Edges, areas: int, lon: Floats, lat: Floats, area: Ints) -> Floats:
    """Answer the metres from each point to the border of one area.

    Parameters
    ----------
    edges : Edges
        Of all areas, in their order.
    areas : int
        How many there are.
    lon, lat : (n,) float64
        EPSG:4326.
    area : (n,) int64
        The place of each point's area.

    Returns
    -------
    (n,) float64
        0 on the border; inside and outside count alike.
    """
    first_edge = np.searchsorted(edges.area, np.arange(areas + 1)).tolist()
    start = np.ascontiguousarray(edges.start.T)
    way = np.ascontiguousarray((edges.end - edges.start).T)
    # One area after the other: its edges against its points as a table, in pieces that stay in the processor's cache.
    order = np.argsort(area, kind="stable")
    sorted_lon, sorted_lat, ratio = (each[order, None] for each in (lon, lat, stretch(lat)))
    nearest = np.empty(len(order), dtype=np.int64)
    bounds = np.flatnonzero(np.diff(area[order], prepend=-1, append=areas))
    owns = area[order[bounds[:-1]]].tolist()
    for own, (first, last) in zip(owns, pairwise(bounds.tolist()), strict=True):
        of_own = slice(first_edge[own], first_edge[own + 1])
        step = max(_PAIRS_AT_ONCE // (of_own.stop - of_own.start), 1)
        for begin in range(first, last, step):
            some = slice(begin, min(begin + step, last))
            x, y = _towards(start[:, of_own], way[:, of_own], sorted_lon[some], sorted_lat[some], ratio[some])
            nearest[order[some]] = of_own.start + (x * x + y * y).argmin(axis=1)
    _, near_lon, near_lat = _nearest(edges[nearest], lon, lat)
    return _metres(lon, lat, near_lon, near_lat)


def _nearest(edges: Edges, lon: Floats, lat: Floats) -> tuple[Floats, Floats, Floats]:
    """Answer for pairs of an edge and a point the stretched distance squared, and where the edge's nearest point is."""
    ratio = stretch(lat)
    x, y = _towards(edges.start.T, (edges.end - edges.start).T, lon, lat, ratio)
    return x * x + y * y, lon + x / ratio, lat + y


def _towards(start: Floats, way: Floats, lon: Floats, lat: Floats, ratio: Floats) -> tuple[Floats, Floats]:
    """Answer the way from points to the nearest points of edges, stretched: of pairs, or from each to each.

    Parameters
    ----------
    start, way : (2, m) float64
        Lon lat of where edges start, and how far their ends are from there.
    lon, lat, ratio : (m,) or (n, 1) float64
        Points, and ``stretch`` of them.
    """
    # In place where it can be: arrays that are new at each step take half as long again.
    dx, dy = way[0] * ratio, way[1]
    x, y = start[0] - lon, start[1] - lat
    x *= ratio
    length = dx * dx
    length += dy * dy
    along = x * dx
    along += y * dy
    np.negative(along, out=along)
    # An edge without length is its start, by whatever is divided.
    along /= np.maximum(length, _NEXT_TO_NOTHING, out=length)
    np.minimum(np.maximum(along, 0.0, out=along), 1.0, out=along)
    dx *= along
    x += dx
    along *= dy
    y += along
    return x, y


def _metres(lon: Floats, lat: Floats, other_lon: Floats, other_lat: Floats) -> Floats:
    return np.asarray(_GEOD.inv(lon, lat, other_lon, other_lat)[2], dtype=np.float64)


def _changes(point: Ints, area: Ints) -> NDArray[np.bool_]:
    """Answer where a sorted row of pairs comes to another pair."""
    new = np.ones(len(point), dtype=bool)
    new[1:] = (point[1:] != point[:-1]) | (area[1:] != area[:-1])
    return new
