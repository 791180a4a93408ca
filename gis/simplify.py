"""Fewer vertices for maps from afar, with every shared border still shared: within a level and between levels.

All borders are cut into *faces* first: the smallest pieces that no border runs through, so that each area is a whole
number of them.  The faces are a valid coverage, whatever the areas were (gaps, overlaps, areas that lie over others),
and only faces are simplified; areas are put together from them again.  Knows no database and no CRS: any plane.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
import shapely
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Geometries = NDArray[np.object_]

GRID: Final = 1e-7
"""Vertices closer than this are one: 1 cm, in degrees."""


@dataclass(frozen=True, slots=True)
class Faces:
    """The pieces that areas are made of.

    Attributes
    ----------
    shapes
        ``(f,)`` polygons, a valid coverage.
    face, area
        ``(p,)`` each: face ``face[i]`` is a piece of area ``area[i]``; ascending by area.  A face that no area holds (a
        gap or a hole) is there too, so that its borders are simplified with the others, and has no pair.
    """

    shapes: Geometries
    face: Ints
    area: Ints


def faces_of(areas: Geometries, grid: float = GRID) -> Faces:
    """Cut areas along all their borders.

    Borders that share every vertex, as the levels of one edition mostly do, only have to be sorted.  Where that
    does not give a coverage (lines that cross, vertices on one side only), the lines are cut where they meet, which
    takes several times longer.

    Parameters
    ----------
    areas
        ``(n,)`` valid polygons or multipolygons of any levels together.
    grid
        Vertices are rounded to multiples of this.

    Raises
    ------
    ValueError
        When coordinates are too large for the grid: beyond 2³¹ times its width.

    >>> west, east = shapely.box(0, 0, 1, 1), shapely.box(1, 0, 2, 1)
    >>> cut = faces_of(np.array([shapely.union(west, east), west, east]))
    >>> len(cut.shapes), cut.area.tolist()
    (2, [0, 0, 1, 2])
    """
    lines = _lines(shapely.get_rings(shapely.get_parts(areas)), grid)
    faces = _faces(lines, areas)
    if shapely.coverage_is_valid(faces.shapes) and _is_whole(faces, areas, grid):
        return faces
    crossed = shapely.get_parts(shapely.union_all(lines, grid_size=grid))
    # The noder's rounding and ours differ in the last bit: ours has the last word.
    return _faces(_lines(crossed, grid), areas)


def simplify(faces: Faces, tolerance: float) -> Faces:
    """Take out vertices of borders, the same ones on both sides; points where three faces meet stay.

    Parameters
    ----------
    tolerance
        The square root of the area of the smallest triangle of three following vertices that stays (Visvalingam and
        Whyatt, "Line generalisation by repeated elimination of points", 1993).
    """
    shapes = shapely.coverage_simplify(faces.shapes, tolerance)
    return Faces(shapes, faces.face, faces.area)


def assemble(faces: Faces, areas: Geometries) -> Geometries:
    """Put the areas together from their faces.

    Parameters
    ----------
    areas
        ``(n,)``, as they were, in the plane of the faces; one without a face (smaller than the grid) stays as it was.
    """
    made = areas.copy()
    found, starts = np.unique(faces.area, return_index=True)
    for area, pieces in zip(found, np.split(faces.face, starts)[1:], strict=True):
        made[area] = faces.shapes[pieces[0]] if len(pieces) == 1 else shapely.coverage_union_all(faces.shapes[pieces])
    return made


def _lines(rings: Geometries, grid: float) -> Geometries:
    """Each edge once, joined to lines that end where three or more meet."""
    coordinates, ring = shapely.get_coordinates(rings, return_index=True)
    whole = np.round(coordinates / grid).astype(np.int64)
    if np.abs(whole).max(initial=0) >= 2**31:
        raise ValueError(f"coordinates reach beyond what a grid of {grid} can number")
    # One number a vertex, so that sorting vertices is sorting numbers.
    vertices, at = np.unique((whole[:, 0] << 32) + whole[:, 1], return_inverse=True)
    joined = (ring[1:] == ring[:-1]) & (at[1:] != at[:-1])
    low, high = np.minimum(at[1:], at[:-1])[joined], np.maximum(at[1:], at[:-1])[joined]
    edges = np.stack(np.divmod(np.unique(low * len(vertices) + high), len(vertices)), axis=1)
    y = ((vertices + 2**31) & (2**32 - 1)) - 2**31
    places = np.stack([(vertices - y) >> 32, y], axis=1) * grid
    merged = shapely.line_merge(shapely.multilinestrings(shapely.linestrings(places[edges])))
    return np.asarray(shapely.get_parts(merged))


def _faces(lines: Geometries, areas: Geometries) -> Faces:
    shapes = shapely.get_parts(shapely.polygonize(lines))
    inner = shapely.point_on_surface(shapes)
    area, face = shapely.STRtree(inner).query(areas, predicate="contains")
    order = np.lexsort((face, area))
    return Faces(shapes, face[order], area[order])


def _is_whole(faces: Faces, areas: Geometries, grid: float) -> bool:
    """Whether the faces of each area are as large as the area, but for what rounding its vertices moves."""
    size = np.bincount(faces.area, weights=shapely.area(faces.shapes)[faces.face], minlength=len(areas))
    return bool((np.abs(size - shapely.area(areas)) <= grid * shapely.length(areas) + grid**2).all())
