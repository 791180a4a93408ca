"""Drawing areas where none are published: an irregular mesh of small cells.

Owns the mesh (cells that share every vertex of their borders, cut exactly along given outlines),
its adjacency, and what is drawn on it: dissolved areas, holes between areas, label points.  Which
cells belong together is :mod:`gis.growth`'s question.  It must not know people, cases, codes or
names, and it holds no random state of its own: the generator comes in.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import shapely
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.spatial import Voronoi
from shapely import Geometry, LineString, MultiPolygon, Polygon

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Geometries = NDArray[np.object_]
Density = Callable[[Floats], Floats]

DIGITS = 7
"""Decimals of a degree that every drawn coordinate has at most (about one centimetre)."""

GRID_DEG = 1e-7

PLANE_SCALE_M = np.array([111_320.0 * np.cos(np.radians(39.3)), 111_320.0])
"""Metres per degree of lon and lat at the sample's latitude; for drawing only, never for measuring."""

_STEPS = np.array([1 / 3, 2 / 3])
_SHORT_RIDGE_M = 8.0


@dataclass(frozen=True)
class Mesh:
    """Small cells that tile the outlines, and who touches whom.

    Attributes
    ----------
    cells
        ``(n,)`` valid polygons, lon lat, WGS84, coordinates on the 1e-7 degree grid; two cells that
        touch along a line share all its vertices.
    outline
        ``(n,)`` index of the outline each cell lies in.
    centres
        ``(n, 2) float64``, lon lat, a point inside each cell.
    graph
        ``(n, n)`` symmetric, 1 where two cells share an edge (a shared vertex is not enough).
    rim
        ``(n,) bool``, true where a cell has an edge on any outline.
    """

    cells: Geometries
    outline: Ints
    centres: Floats
    graph: csr_array
    rim: NDArray[np.bool_]


def jittered_points(
    bounds: tuple[float, float, float, float], spacing_m: float, density: Density, rng: np.random.Generator
) -> Floats:
    """Seed points on a shaken lattice, closer together where more is wanted.

    Parameters
    ----------
    bounds
        West, south, east, north in degrees.
    spacing_m
        Distance of the points in metres where the density is 1.
    density
        Points wanted per lattice square at ``(n, 2)`` lon lat, 1 or more.
    rng
        Source of chance.

    Returns
    -------
    ``(n, 2) float64``, lon lat.
    """
    west, south, east, north = bounds
    step = spacing_m / PLANE_SCALE_M
    columns = np.arange(west, east, step[0])
    rows = np.arange(south, north, step[1])
    corners = np.stack(np.meshgrid(columns, rows), axis=-1).reshape(-1, 2)
    done: list[Floats] = []
    wanted = density(corners + step / 2)
    while len(corners):
        # A square splits in four with a chance that makes the expected number of points right.
        splits = rng.random(len(corners)) < (wanted - 1) / 3
        keep = corners[~splits]
        done.append(keep + step * rng.uniform(0.06, 0.94, keep.shape))
        step = step / 2
        quarters = np.array([[0, 0], [1, 0], [0, 1], [1, 1]]) * step
        corners = (corners[splits][:, None, :] + quarters).reshape(-1, 2)
        wanted = np.repeat(np.clip(wanted[splits] / 4, 1, None), 4)
    return np.concatenate(done)


def tessellate(points: Floats, outlines: Sequence[Geometry], rng: np.random.Generator) -> Mesh:
    """Cells with crooked shared borders around the points, cut exactly along the outlines.

    A Voronoi diagram gives the ridges; each ridge is bent once, before any cell is formed, so both its
    cells see the same line.  The bend stays within the two triangles between ridge and seed points,
    which tile the plane, so no two bent ridges can cross.

    Parameters
    ----------
    points
        ``(n, 2) float64``, lon lat, reaching beyond the outlines on every side.
    outlines
        A valid coverage of polygons, lon lat.
    rng
        Source of chance for the bends.
    """
    ridges = _bent_ridges(_near(points, outlines), rng)
    borders = shapely.boundary(np.asarray(outlines, dtype=object))
    crossing = np.unique(shapely.STRtree(ridges).query(borders, predicate="intersects")[1])
    band = shapely.union_all(np.concatenate([ridges[crossing], borders]), grid_size=GRID_DEG)
    lines = np.concatenate([np.delete(ridges, crossing), _on_grid(shapely.get_parts(band))])
    cells = shapely.get_parts(shapely.polygonize(lines))
    inner = shapely.point_on_surface(cells)
    outline = _containing(inner, outlines)
    cells, inner, outline = cells[outline >= 0], inner[outline >= 0], outline[outline >= 0]
    centres = shapely.get_coordinates(inner)
    order = np.lexsort((centres[:, 1], centres[:, 0]))
    cells, centres, outline = cells[order], centres[order], outline[order]
    graph, lone = _adjacency(cells)
    across = graph.tocoo()
    other = outline[across.coords[0]] != outline[across.coords[1]]
    rim = lone.copy()
    rim[across.coords[0][other]] = True
    return Mesh(cells, outline, centres, graph, rim)


def _bent_ridges(points: Floats, rng: np.random.Generator) -> Geometries:
    plane = points * PLANE_SCALE_M
    diagram = Voronoi(plane)
    ends = np.asarray(diagram.ridge_vertices)
    finite = (ends >= 0).all(axis=1)
    ends, seeds = ends[finite], diagram.ridge_points[finite]
    start, stop = diagram.vertices[ends[:, 0]], diagram.vertices[ends[:, 1]]
    length_m = np.linalg.norm(stop - start, axis=1)
    side = np.where(rng.random(len(ends)) < 0.5, 0, 1)
    towards = plane[seeds[np.arange(len(seeds)), side]] - (start + stop) / 2
    # A bend is a share of the way to the seed point: at most tent(s), or it would leave its triangle.
    tent = 2 * np.minimum(_STEPS, 1 - _STEPS)
    bend = tent * rng.uniform(0.05, 0.34, (len(ends), 1)) * rng.uniform(0.6, 1.15, (len(ends), len(_STEPS)))
    bend[length_m < _SHORT_RIDGE_M] = 0
    # Long thin triangles would give spikes: no bend is longer than a fifth of its ridge.
    reach_m = np.linalg.norm(towards, axis=1)[:, None] * bend
    bend *= np.minimum(1, 0.2 * length_m[:, None] / np.maximum(reach_m, 1e-9))
    straight = start[:, None, :] + _STEPS[None, :, None] * (stop - start)[:, None, :]
    bent = straight + bend[:, :, None] * towards[:, None, :]
    path = np.concatenate([start[:, None, :], bent, stop[:, None, :]], axis=1) / PLANE_SCALE_M
    path = np.round(path, DIGITS)
    short = length_m < _SHORT_RIDGE_M
    lines = np.concatenate([shapely.linestrings(path[~short]), shapely.linestrings(path[short][:, [0, -1]])])
    return lines[shapely.length(lines) > 0]


def _near(points: Floats, outlines: Sequence[Geometry]) -> Floats:
    # A margin of several cells, so that no cell of the edge of the diagram reaches an outline.
    margin = shapely.buffer(shapely.simplify(shapely.union_all(np.asarray(outlines, dtype=object)), 0.002), 0.03)
    shapely.prepare(margin)
    return points[shapely.contains_xy(margin, points)]


def _on_grid(shapes: Geometries) -> Geometries:
    # The noder's rounding and numpy's differ in the last bit: one of them has to have the last word.
    return np.asarray(shapely.transform(shapes, lambda xy: np.round(xy, DIGITS)))


def _containing(points: Geometries, outlines: Sequence[Geometry]) -> Ints:
    found = np.full(len(points), -1, dtype=np.int64)
    which, where = shapely.STRtree(np.asarray(outlines, dtype=object)).query(points, predicate="within")
    found[which] = where
    return found


def packed(coordinates: Floats) -> Ints:
    """Each lon lat pair as one whole number, equal exactly when the pairs are equal on the 1e-7 grid."""
    whole = np.round(coordinates / GRID_DEG).astype(np.int64)
    return (whole[:, 0] << 32) | whole[:, 1]


def _adjacency(cells: Geometries) -> tuple[csr_array, NDArray[np.bool_]]:
    rings, owner = shapely.get_rings(cells, return_index=True)
    coordinates, ring = shapely.get_coordinates(rings, return_index=True)
    _, vertex = np.unique(packed(coordinates), return_inverse=True)
    same = ring[1:] == ring[:-1]
    low = np.minimum(vertex[1:], vertex[:-1])[same]
    high = np.maximum(vertex[1:], vertex[:-1])[same]
    cell = owner[ring[1:]][same]
    key = low.astype(np.int64) * (vertex.max() + 1) + high
    order = np.argsort(key, kind="stable")
    key, cell = key[order], cell[order]
    pair = np.flatnonzero(key[1:] == key[:-1])
    single = np.ones(len(key), dtype=bool)
    single[pair] = single[pair + 1] = False
    lone = np.zeros(len(cells), dtype=bool)
    lone[cell[single]] = True
    links = np.unique(np.sort(np.stack([cell[pair], cell[pair + 1]], axis=1), axis=1), axis=0)
    rows, columns = np.concatenate([links, links[:, ::-1]]).T
    graph = csr_array((np.ones(len(rows)), (rows, columns)), shape=(len(cells), len(cells)))
    return graph, lone


def dissolve(cells: Geometries, labels: Ints, count: int) -> list[MultiPolygon]:
    """Join the cells of each label into one area, with every vertex of its border kept.

    Parameters
    ----------
    cells
        ``(n,)`` polygons of one coverage.
    labels
        ``(n,)`` from 0 to ``count - 1``; -1 leaves a cell out.
    count
        How many areas there are.

    Raises
    ------
    ValueError
        When a label has no cell.
    """
    order = np.argsort(labels, kind="stable")
    starts = np.searchsorted(labels[order], np.arange(count + 1))
    joined = np.empty(count, dtype=object)
    for label, (first, last) in enumerate(pairwise(starts)):
        if first == last:
            raise ValueError(f"label {label} of {count} has no cell")
        joined[label] = shapely.coverage_union_all(cells[order[first:last]])
    return list(as_multis(joined))


def as_multi(area: Geometry) -> MultiPolygon:
    """Any polygonal geometry as a multipolygon in one fixed order of rings and vertices."""
    made: MultiPolygon = as_multis(np.array([area], dtype=object))[0]
    return made


def as_multis(areas: Geometries) -> Geometries:
    """Answer many at once, ``(n,)``."""
    parts, owner = shapely.get_parts(shapely.normalize(areas), return_index=True)
    polygons = shapely.get_type_id(parts) == shapely.GeometryType.POLYGON
    made = np.full(len(areas), MultiPolygon(), dtype=object)
    shapely.multipolygons(shapely.orient_polygons(parts[polygons]), indices=owner[polygons], out=made)
    return made


def label_points(areas: Sequence[Geometry]) -> Floats:
    """A point strictly inside each area, near its middle where the shape allows it; ``(n, 2)`` lon lat."""
    shapes = np.asarray(areas, dtype=object)
    middle = shapely.centroid(shapes)
    chosen = np.where(shapely.contains_properly(shapes, middle), middle, shapely.point_on_surface(shapes))
    return np.round(shapely.get_coordinates(chosen), DIGITS)


def open_gap(first: MultiPolygon, second: MultiPolygon, width_m: float) -> tuple[MultiPolygon, MultiPolygon, Polygon]:
    """Pull two neighbours apart along their shared border: a planted sliver that is in neither.

    Only the inner vertices of the shared line move, and they belong to these two areas alone, so no
    other area changes and the ends of the gap close on common vertices.

    Parameters
    ----------
    first, second
        Areas that share one unbroken line of four vertices or more.
    width_m
        Width of the gap at its middle, in metres.

    Returns
    -------
    Both areas without the gap, and the gap itself.

    Raises
    ------
    ValueError
        When the areas share no such line, or it is too crooked to be opened by this width.
    """
    shared = shapely.line_merge(shapely.intersection(first, second))
    if not isinstance(shared, LineString) or len(shared.coords) < 4:
        raise ValueError("the two areas do not share one unbroken line")
    path = np.asarray(shared.coords)
    plane = path * PLANE_SCALE_M
    along = plane[2:] - plane[:-2]
    normal = np.stack([-along[:, 1], along[:, 0]], axis=1) / np.linalg.norm(along, axis=1)[:, None]
    shift = normal * (width_m / 2) / PLANE_SCALE_M
    left, right = (np.round(path[1:-1] + sign * shift, DIGITS) for sign in (1, -1))
    gap = Polygon(np.concatenate([path[:1], left, path[-1:], right[::-1]]))
    if not gap.is_valid:
        raise ValueError("the shared line is too crooked to be opened")
    best = None
    for one, other in ((left, right), (right, left)):
        pair = _moved(first, path[1:-1], one), _moved(second, path[1:-1], other)
        if all(area.is_valid and shapely.relate_pattern(area, gap, "FF*******") for area in pair):
            best = pair
    if best is None:
        raise ValueError("neither side of the shared line can give way")
    return best[0], best[1], gap


def _moved(area: MultiPolygon, before: Floats, after: Floats) -> MultiPolygon:
    places = dict(zip(packed(before).tolist(), after.tolist(), strict=True))

    def move(coordinates: Floats) -> Floats:
        keys = packed(coordinates).tolist()
        return np.array([places.get(key, old) for key, old in zip(keys, coordinates.tolist(), strict=True)])

    return as_multi(shapely.transform(area, move))
