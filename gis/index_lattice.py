"""Which cells of a lattice the borders of areas run through, and which lie within an area.

Owns the arithmetic of cells, on the safe side: a cell that a border might touch counts as touched.  Decides nothing
about points; ``gis.index_labels`` makes answers of it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import shapely
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Shapes = NDArray[np.object_]

DEGREE_M = 110_574.0  # of latitude, at least
_CELLS_PER_AREA = 768
_FEWEST, _MOST = 1 << 12, 1 << 23
_LONGEST = 1 << 14
_SMALLEST_DEG = 1e-6
_SLIMMEST = 0.2
# Where a parallel is shorter than this beside the equator, all of it may be within reach.
_POLAR = 1e-2
# In cells. Far more than the rounding of what is computed here, far less than a cell.
_PAD = 1e-4
# For rounding, and for what a parallel bends within the tolerance.
_SLACK = 1.002
_PIECE = 0.5
_PIECES_AT_ONCE = 1 << 22


@dataclass(frozen=True, slots=True)
class Lattice:
    """Cells in lon and lat over all areas and as far around as the tolerance reaches.

    Attributes
    ----------
    west, south : float
        Where the first cell begins, degrees.
    per_lon, per_lat : float
        Cells in a degree.
    columns, rows : int
        The outermost ring is out of every area's reach, unless it is polar.
    narrowest : float
        How long a parallel is beside the equator, where it is shortest.
    """

    west: float
    south: float
    per_lon: float
    per_lat: float
    columns: int
    rows: int
    narrowest: float

    @property
    def size(self) -> int:
        """How many cells there are."""
        return self.columns * self.rows

    def reach(self, tolerance_m: float) -> tuple[int, int]:
        """Answer how many rows and columns away something within a tolerance is at most."""
        if self.narrowest < _POLAR:
            return self.rows, self.columns
        reach = tolerance_m / DEGREE_M * _SLACK
        # One more than whole cells, for where in its cell each of two things lies.
        return int(reach * self.per_lat) + 1, int(reach / self.narrowest * self.per_lon) + 1

    def cells(self, lon: Floats, lat: Floats) -> Ints:
        """Answer the numbers of the cells of finite points; beyond the lattice that of a cell of the outermost ring."""
        column = np.clip((lon - self.west) * self.per_lon, 0.0, self.columns - 1.0).astype(np.int64)
        row = np.clip((lat - self.south) * self.per_lat, 0.0, self.rows - 1.0).astype(np.int64)
        return row * self.columns + column

    def centres(self, cells: Ints) -> tuple[Floats, Floats]:
        """Answer lon and lat of the middle of cells."""
        row, column = np.divmod(cells, self.columns)
        return self.west + (column + 0.5) / self.per_lon, self.south + (row + 0.5) / self.per_lat


def lattice_over(bounds: Floats, areas: int, tolerance_m: float) -> Lattice:
    """Answer a lattice whose cells are about square and as many as serve so many areas.

    Parameters
    ----------
    bounds : (4,) float64
        West, south, east, north of all areas, degrees.
    areas : int
        How many areas the lowest level has.
    tolerance_m : float
        How far an area reaches beyond its border, of whatever level.
    """
    west, south, east, north = bounds.tolist()
    reach = tolerance_m / DEGREE_M * _SLACK
    narrowest = max(float(np.cos(np.radians(min(max(abs(south), abs(north)) + reach, 90.0)))), 1e-9)
    # Square where parallels are shortest; towards the poles they would become needles.
    squeeze = max(narrowest, _SLIMMEST)
    wide, high = (east - west) * squeeze, north - south
    wanted = min(max(areas * _CELLS_PER_AREA, _FEWEST), _MOST)
    side = max((wide * high / wanted) ** 0.5, max(wide, high) / min(wanted, _LONGEST), reach / 32, _SMALLEST_DEG)
    per_lon, per_lat = squeeze / side, 1.0 / side
    # A border on the edge of a cell touches the next one, too, and beyond its reach comes the ring.
    above = int(reach * per_lat) + 3
    beside = 3 if narrowest < _POLAR else int(reach / narrowest * per_lon) + 3
    return Lattice(
        west - beside / per_lon,
        south - above / per_lat,
        per_lon,
        per_lat,
        int(wide / side) + 2 * beside + 1,
        int(high / side) + 2 * above + 1,
        narrowest,
    )


@dataclass(frozen=True, slots=True)
class Edges:
    """The edges of areas: ``(m, 2)`` lon lat of both ends, and the place of each one's area."""

    start: Floats
    end: Floats
    area: Ints

    def __getitem__(self, which: NDArray[np.bool_] | Ints) -> Edges:
        return Edges(self.start[which], self.end[which], self.area[which])


def edges_of(shapes: Shapes) -> Edges:
    """Answer all edges of polygons and multipolygons, holes included, in the order of their areas.

    Examples
    --------
    >>> edges_of(np.array([shapely.box(0, 0, 1, 2)])).area.tolist()
    [0, 0, 0, 0]
    """
    polygons, area = shapely.get_parts(shapes, return_index=True)
    rings, polygon = shapely.get_rings(polygons, return_index=True)
    corners, ring = shapely.get_coordinates(rings, return_index=True)
    joined = ring[1:] == ring[:-1]
    return Edges(corners[:-1][joined], corners[1:][joined], area[polygon[ring[:-1][joined]]])


def touched(lattice: Lattice, edges: Edges) -> tuple[Ints, Ints]:
    """Answer cells that borders touch, as pairs of area and cell, each once, by area and then cell.

    Every cell that an edge runs through is there; a few that it misses narrowly are, too.
    """
    found = [_once(keys) for keys in _keys(lattice, edges)]
    keys = found[0] if len(found) == 1 else _once(np.concatenate(found))
    area, cell = np.divmod(keys, lattice.size)
    return area, cell


def _once(keys: Ints) -> Ints:
    # numpy's own unique hashes, which takes ten times as long here.
    keys = np.sort(keys)
    return keys[np.flatnonzero(np.diff(keys, prepend=-1))]


def _keys(lattice: Lattice, edges: Edges) -> Iterator[Ints]:
    origin, scale = (lattice.west, lattice.south), (lattice.per_lon, lattice.per_lat)
    start, end = (edges.start - origin) * scale, (edges.end - origin) * scale
    # Shorter than a cell: a piece then lies in at most two columns and two rows.
    pieces = np.maximum(np.ceil(np.abs(end - start).max(axis=1) / _PIECE).astype(np.int64), 1)
    ends = np.cumsum(pieces)
    first = 0
    while first < len(pieces):
        before = ends[first] - pieces[first]
        last = max(int(np.searchsorted(ends, before + _PIECES_AT_ONCE, side="right")), first + 1)
        some = slice(first, last)
        yield _keys_of_pieces(lattice, start[some], end[some], pieces[some], edges.area[some])
        first = last


def _keys_of_pieces(lattice: Lattice, start: Floats, end: Floats, pieces: Ints, area: Ints) -> Ints:
    edge = np.repeat(np.arange(len(pieces)), pieces)
    nth = np.arange(len(edge)) - np.repeat(np.cumsum(pieces) - pieces, pieces)
    step = ((end - start) / pieces[:, None])[edge]
    one = start[edge] + step * nth[:, None]
    other = one + step
    low = (np.minimum(one, other) - _PAD).astype(np.int64)
    high = (np.maximum(one, other) + _PAD).astype(np.int64)
    base = area[edge] * lattice.size
    corner = base + low[:, 1] * lattice.columns + low[:, 0]
    across, up = np.flatnonzero(high[:, 0] > low[:, 0]), np.flatnonzero(high[:, 1] > low[:, 1])
    both = across[high[across, 1] > low[across, 1]]
    return np.concatenate(
        (
            corner[np.flatnonzero(np.diff(corner, prepend=-1))],
            corner[across] + 1,
            corner[up] + lattice.columns,
            corner[both] + lattice.columns + 1,
        )
    )


class Runs(NamedTuple):
    """Cells in a row that lie within an area: its place, the first cell, and how many."""

    area: Ints
    first: Ints
    length: Ints

    def of(self, areas: NDArray[np.bool_]) -> Runs:
        """Answer the runs of some areas."""
        kept = areas[self.area]
        return Runs(self.area[kept], self.first[kept], self.length[kept])

    def cells(self) -> tuple[Ints, Ints]:
        """Answer every cell with its area, in the order of the runs."""
        start = np.cumsum(self.length) - self.length
        cell = np.arange(int(self.length.sum())) + np.repeat(self.first - start, self.length)
        return np.repeat(self.area, self.length), cell


def within(lattice: Lattice, shapes: Shapes, area: Ints, cell: Ints) -> Runs:
    """Answer which cells lie within areas, none of their borders touching them.

    Between two touched cells of a row lies either nothing of an area or nothing else: one point of each is asked.

    Parameters
    ----------
    shapes : (k,) geometry
        Prepared, or this takes long.
    area, cell : (m,) int64
        What ``touched`` answers.
    """
    apart = np.flatnonzero(
        (area[1:] == area[:-1]) & (np.diff(cell) > 1) & (cell[1:] // lattice.columns == cell[:-1] // lattice.columns)
    )
    lon, lat = lattice.centres(cell[apart] + 1)
    inside = apart[shapely.intersects_xy(shapes[area[apart]], lon, lat)]
    return Runs(area[inside], cell[inside] + 1, cell[inside + 1] - cell[inside] - 1)
