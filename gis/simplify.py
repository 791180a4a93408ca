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
    found, starts, count = np.unique(faces.area, return_index=True, return_counts=True)
    # Areas with about as many faces at once, as rows of a table with nothing at the end of the shorter ones.
    width = 2 ** np.ceil(np.log2(count)).astype(np.int64)
    for most in np.unique(width):
        rows = np.flatnonzero(width == most)
        nth = np.arange(most)
        held = nth < count[rows][:, None]
        table = faces.shapes[faces.face[starts[rows][:, None] + nth * held]]
        table[~held] = None
        made[found[rows]] = table[:, 0] if most == 1 else shapely.coverage_union_all(table, axis=1)
    return made


def _lines(lines: Geometries, grid: float) -> Geometries:
    """Each edge once, in lines that end where three or more meet, or where one of these lines ends.

    Lines are cut at such nodes as they come, rings from their first node on: GEOS, which merges edge by edge, takes
    eight times longer.
    """
    vertices, start, end, line = _edges(lines, grid)
    if not len(start):
        return np.array([], dtype=object)
    low, high = np.minimum(start, end), np.maximum(start, end)
    _, found, edge = np.unique(low * len(vertices) + high, return_index=True, return_inverse=True)
    node = np.bincount(np.append(start[found], end[found]), minlength=len(vertices)) != 2
    first = np.flatnonzero(np.diff(line, prepend=-1))
    size = np.diff(first, append=len(line))
    last = first + size - 1
    is_open = start[first] != end[last]
    node[np.append(start[first][is_open], end[last][is_open])] = True
    # A ring begins at its node of the lowest number, or where it has none at its lowest vertex.
    rank = start + len(vertices) * ~node[start]
    of = np.repeat(np.arange(len(first)), size)
    lowest = np.flatnonzero(rank == np.minimum.reduceat(rank, first)[of])
    turn = np.where(is_open, 0, lowest[np.unique(of[lowest], return_index=True)[1]] - first)
    turned = first[of] + (np.arange(len(of)) - first[of] + turn[of]) % size[of]
    start, end, edge = start[turned], end[turned], edge[turned]
    begins = node[start]
    begins[first] = True
    # Two lines that share an edge share all up to the next nodes.
    _, once = np.unique(np.minimum.reduceat(edge, np.flatnonzero(begins)), return_index=True)
    chain = np.cumsum(begins) - 1
    kept = np.zeros(begins.sum(), dtype=bool)
    kept[once] = True
    kept = kept[chain]
    vertex, chain = _with_ends(start[kept], end[kept], chain[kept])
    return np.asarray(shapely.linestrings(_places(vertices, grid)[vertex], indices=chain), dtype=object)


def _edges(lines: Geometries, grid: float) -> tuple[Ints, Ints, Ints, Ints]:
    """Answer all vertices, each once as one number, and by edge: where it starts and ends among them, and its line."""
    coordinates, line = shapely.get_coordinates(lines, return_index=True)
    whole = np.round(coordinates / grid).astype(np.int64)
    if np.abs(whole).max(initial=0) >= 2**31:
        raise ValueError(f"coordinates reach beyond what a grid of {grid} can number")
    # One number a vertex, so that sorting vertices is sorting numbers.
    vertices, at = np.unique((whole[:, 0] << 32) + whole[:, 1], return_inverse=True)
    joined = (line[1:] == line[:-1]) & (at[1:] != at[:-1])
    return vertices, at[:-1][joined], at[1:][joined], line[1:][joined]


def _places(vertices: Ints, grid: float) -> Floats:
    y = ((vertices + 2**31) & (2**32 - 1)) - 2**31
    return np.stack([(vertices - y) >> 32, y], axis=1) * grid


def _with_ends(start: Ints, end: Ints, chain: Ints) -> tuple[Ints, Ints]:
    """Answer the vertices of chains of edges, the last one of each too, and of which chain each is, from 0 on."""
    last = np.flatnonzero(np.diff(chain, append=-1))
    after = last + 1
    number = np.repeat(np.arange(len(last)), np.diff(last, prepend=-1))
    return np.insert(start, after, end[last]), np.insert(number, after, np.arange(len(last)))


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
