"""How much ground polygons have in common with convex ones, many pairs at once: with the cells of a map.

A convex polygon is what lies to the left of all its sides, so a ring is cut by one side after the other (Sutherland and
Hodgman, "Reentrant polygon clipping", 1974).  Where a ring falls into several pieces, they stay joined along the side,
forth and back, which adds nothing to the area.  Knows no database and no CRS: any plane.
"""

from dataclasses import dataclass
from typing import Final, Self

import numpy as np
import shapely
from numpy.typing import NDArray

from gis.simplify import Floats, Geometries, Ints

_AT_ONCE: Final = 1 << 17
"""So many vertices stay in the processor's cache while all sides cut them."""

_AS_GOOD_AS_CONVEX: Final = 1e-12
"""Of its area: how much more the convex hull may hold."""


def common_area(shapes: Geometries, cells: Geometries, shape: Ints, cell: Ints) -> Floats:
    """Answer the area that ``shapes[shape[i]]`` and ``cells[cell[i]]`` have in common, in the plane's unit squared.

    Parameters
    ----------
    shapes
        ``(n,)`` valid polygons or multipolygons.
    cells
        ``(m,)`` polygons without holes.  One that is not convex is cut by GEOS, which takes longer.
    shape, cell
        ``(p,)`` each: the pairs.

    >>> cells = np.array([shapely.box(0, 0, 2, 2)])
    >>> shapes = np.array([shapely.box(1, 1, 5, 5), shapely.box(1, -9, 1.5, 9), shapely.box(7, 7, 8, 8)])
    >>> common_area(shapes, cells, np.arange(3), np.zeros(3, dtype=np.int64)).tolist()
    [1.0, 1.0, 0.0]
    """
    hull = shapely.area(shapely.convex_hull(cells))
    convex = (hull <= shapely.area(cells) * (1 + _AS_GOOD_AS_CONVEX))[cell]
    found = np.zeros(len(shape))
    found[~convex] = shapely.area(shapely.intersection(shapes[shape[~convex]], cells[cell[~convex]]))
    rings, corners = _Rings.of(shapes), _corners(cells)
    pairs = np.flatnonzero(convex)
    done = np.cumsum(rings.size[shape[pairs]])
    for some in np.split(pairs, np.searchsorted(done, np.arange(_AT_ONCE, done.max(initial=0), _AT_ONCE))):
        found[some] = _areas(rings, shape[some], corners[cell[some]])
    return found


@dataclass(frozen=True, slots=True)
class _Rings:
    """The vertices of shapes, each once, shells against the clock and holes with it."""

    places: Floats  # (v, 2)
    begins: NDArray[np.bool_]  # which are the first of a ring
    first: Ints  # of each shape
    size: Ints

    @classmethod
    def of(cls, shapes: Geometries) -> Self:
        parts, owner = shapely.get_parts(shapely.orient_polygons(shapes), return_index=True)
        rings, part = shapely.get_rings(parts, return_index=True)
        places, ring = shapely.get_coordinates(rings, return_index=True)
        # A ring ends with its first vertex again.
        open_ = np.diff(ring, append=-1) == 0
        size = np.bincount(owner[part[ring[open_]]], minlength=len(shapes))
        return cls(places[open_], np.diff(ring[open_], prepend=-1) != 0, np.cumsum(size) - size, size)


def _corners(cells: Geometries) -> Floats:
    """Answer the corners of cells against the clock, ``(m, c, 2)``; one with fewer than c has its last one again."""
    turned = shapely.orient_polygons(cells)
    held = shapely.get_num_coordinates(turned)
    nth = np.minimum(np.arange(held.max(initial=2) - 1), held[:, None] - 2)
    return np.asarray(shapely.get_coordinates(turned)[(np.cumsum(held) - held)[:, None] + nth])


def _areas(rings: _Rings, shape: Ints, corners: Floats) -> Floats:
    """Answer the area that each shape has within the corners of its own cell, ``(p, c, 2)``."""
    size = rings.size[shape]
    pair = np.repeat(np.arange(len(shape)), size)
    at = np.arange(len(pair)) + (rings.first[shape] - np.cumsum(size) + size)[pair]
    # Small numbers, seen from a corner of the cell: an area is a difference of products.
    x, y = (rings.places[at] - corners[pair, 0]).T
    corners = corners - corners[:, :1]
    ring = np.cumsum(rings.begins[at]) - 1
    of = pair[rings.begins[at]]
    for n in range(corners.shape[1]):
        x, y, ring = _left_of(corners[:, n - 1][of], corners[:, n][of], x, y, ring)
    after = _after(ring)
    return np.asarray(np.bincount(of[ring], (x * y[after] - x[after] * y) / 2, minlength=len(shape)), dtype=np.float64)


def _left_of(start: Floats, end: Floats, x: Floats, y: Floats, ring: Ints) -> tuple[Floats, Floats, Ints]:
    """Cut each ring by a line of its own, and answer what lies to the left of it."""
    dx, dy = (end - start).T
    offset = dx * start[:, 1] - dy * start[:, 0]
    left = dx[ring] * y - dy[ring] * x - offset[ring]
    after = _after(ring)
    stays = left >= 0
    crosses = stays != stays[after]
    share = left[crosses] / (left[crosses] - left[after[crosses]])
    # Where an edge crosses the line, a vertex is added behind the one that it begins at.
    upto = np.cumsum(stays + crosses.astype(np.int64))
    old, new = upto[stays] - 1 - crosses[stays], upto[crosses] - 1
    size = upto[-1] if len(upto) else 0

    def cut(values: Floats) -> Floats:
        made = np.empty(size)
        made[old] = values[stays]
        made[new] = values[crosses] + share * (values[after[crosses]] - values[crosses])
        return made

    of = np.empty(size, dtype=np.int64)
    of[old], of[new] = ring[stays], ring[crosses]
    return cut(x), cut(y), of


def _after(ring: Ints) -> Ints:
    """Answer which vertex follows each one on its ring."""
    after = np.arange(1, len(ring) + 1)
    last = np.flatnonzero(np.diff(ring, append=-1))
    after[last] = np.append(0, last[:-1] + 1)[: len(last)]
    return after
