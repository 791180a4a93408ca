"""H3 cells: which one a position lies in, which of them an area is made of, and who is next to whom.

Owns the resolutions that are kept.  A position keeps its exact cell at each of them: the parent of a cell is not the
union of its children, so a coarse cell cannot be read off a fine one.
"""

from collections.abc import Iterable
from typing import Final

import h3.api.basic_int as h3
import numpy as np
import shapely
from numpy.typing import NDArray
from scipy.sparse import coo_array, csr_array
from shapely import Geometry

from gis.cell_lattice import cells_at

RESOLUTIONS: Final = (5, 6, 7, 8, 9)
"""Kept for each position, in this order: edges of about 9.9, 3.7, 1.4, 0.5 and 0.2 km."""

PUBLIC_RESOLUTIONS: Final = (5, 6, 7)
"""Cells larger than a grid (5 km² and more): they tell no more of a place than its area, which is public."""

Cells = NDArray[np.int64]


def cells_of(lon: float, lat: float) -> list[int]:
    """Answer the cell of a position at each of ``RESOLUTIONS``.

    Parameters
    ----------
    lon, lat : float
        EPSG:4326 degrees, WGS84.

    >>> [format(cell, "x") for cell in cells_of(117.0, 39.7)][0]
    '85318c93fffffff'
    """
    return [h3.latlng_to_cell(lat, lon, resolution) for resolution in RESOLUTIONS]


def cells_of_many(lon: NDArray[np.float64], lat: NDArray[np.float64]) -> Cells:
    """Answer the cells of many positions, as ``cells_of`` answers each.

    Parameters
    ----------
    lon, lat : ``(n,) float64``
        EPSG:4326 degrees, WGS84.

    Returns
    -------
    ``(n, 5) int64``
    """
    return cells_at(lon, lat, RESOLUTIONS)


def cells_within(geom: Geometry, resolution: int) -> Cells:
    """Answer the cells whose centre lies in an area, ascending.

    Parameters
    ----------
    geom : Polygon or MultiPolygon
        EPSG:4326, lon lat; edges straight in degrees.
    resolution : int
        Of H3, 0 to 15.

    Returns
    -------
    ``(n,) int64``
    """
    found: set[int] = set()
    for part in shapely.get_parts(geom):
        found.update(h3.geo_to_cells(part, resolution))
    return np.array(sorted(found), dtype=np.int64)


def outlines(cells: Iterable[int]) -> NDArray[np.object_]:
    """Answer the polygons of cells, EPSG:4326, lon lat."""
    drawn = [h3.cell_to_boundary(cell) for cell in cells]
    if not drawn:
        return np.array([], dtype=object)
    corners = np.array([corner for each in drawn for corner in each], dtype=np.float64)[:, ::-1]
    cell = np.repeat(np.arange(len(drawn)), [len(each) for each in drawn])
    # All at once: one polygon at a time takes four times longer.
    return np.asarray(shapely.polygons(shapely.linearrings(corners, indices=cell)), dtype=object)


def centres(cells: Iterable[int]) -> NDArray[np.float64]:
    """Answer the centres of cells: ``(n, 2) float64``, lon lat, EPSG:4326."""
    return np.array([h3.cell_to_latlng(cell)[::-1] for cell in cells], dtype=np.float64).reshape(-1, 2)


def neighbours(cells: Cells, rings: int = 1) -> csr_array:
    """Answer who shares an edge with whom among cells of one resolution, or lies within more steps.

    Parameters
    ----------
    cells : ``(n,) int64``
        Ascending, as ``cells_within`` gives them.
    rings : int
        Within how many steps from cell to cell, also over cells that are not among these.

    Returns
    -------
    csr_array
        ``(n, n)``, 1 where two cells are neighbours, symmetric, nothing on the diagonal.
    """
    disks = [h3.grid_disk(cell, rings) for cell in cells.tolist()]
    rows = np.repeat(np.arange(len(cells)), [len(disk) for disk in disks])
    near = np.array([cell for disk in disks for cell in disk], dtype=np.int64)
    columns = np.searchsorted(cells, near)
    columns[columns == len(cells)] = 0
    held = (cells[columns] == near) & (columns != rows) if len(cells) else np.empty(0, dtype=bool)
    links = coo_array((np.ones(held.sum()), (rows[held], columns[held])), shape=(len(cells), len(cells)))
    return links.tocsr()


def as_key(cell: int) -> str:
    """Answer a cell as it is written: hexadecimal.

    >>> as_key(599686042433355775)
    '85283473fffffff'
    """
    return f"{cell:x}"
