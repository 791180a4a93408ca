"""The H3 cells of many positions at once: one question to the library for each cell that occurs, not for each position.

Owns how positions are sorted into cells; which cell that is, only the library says.  H3 lays a lattice of hexagons on
each face of an icosahedron (gnomonic, turned by asin(sqrt(3/28)) at odd resolutions; h3geo.org, "Grid construction"):
positions that are nearest to one point of the lattice have one cell.  What lies within 3 mm of an edge, or about the
middle of a face, where the library's own arithmetic is coarse, is asked one by one.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from itertools import combinations
from typing import Final

import h3.api.basic_int as h3
import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

# Of the lattice of resolution 0 on the plane that touches the middle of a face; each resolution is finer by sqrt(7).
_UNIT: Final = 0.38196601125010500003
_TURN: Final = np.arcsin(np.sqrt(3.0 / 28.0))
# In units of the lattice; 340 m at resolution 9.
_DOUBTFUL: Final = 1e-5
_MIDDLE: Final = 1e-3
_SIDES: Final = np.radians(np.arange(0.0, 180.0, 60.0))


def cells_at(lon: Floats, lat: Floats, resolutions: Sequence[int]) -> Ints:
    """Answer the cells of each position, as the library answers them.

    Parameters
    ----------
    lon, lat : (n,) float64
        EPSG:4326 degrees, WGS84.
    resolutions : sequence of int
        k of them, each 0 to 12.

    Returns
    -------
    (n, k) int64

    Examples
    --------
    >>> [format(cell, "x") for cell in cells_at(np.array([117.0]), np.array([39.7]), (5,))[0]]
    ['85318c93fffffff']
    """
    face, x, y, unsure = _flat(lon, lat)
    cells = np.empty((len(lon), len(resolutions)), dtype=np.int64)
    for n, resolution in enumerate(resolutions):
        bins, edge = _bins(face, x, y, resolution)
        alone = np.flatnonzero(unsure | edge)
        # Each in a bin of its own.
        bins[alone] = -1 - alone
        order = np.argsort(bins, kind="stable")
        new = np.flatnonzero(np.diff(bins[order], prepend=-len(lon) - 1))
        first = order[new]
        asked = zip(lat[first].tolist(), lon[first].tolist(), strict=True)
        found = np.array([h3.latlng_to_cell(*each, resolution) for each in asked], dtype=np.int64)
        cells[order, n] = np.repeat(found, np.diff(new, append=len(lon)))
    return cells


def _flat(lon: Floats, lat: Floats) -> tuple[Ints, Floats, Floats, NDArray[np.bool_]]:
    """Answer each position's face, where it is on the plane of that, and whether either is in doubt."""
    middles, along, across = _faces()
    phi, lam = np.radians(lat), np.radians(lon)
    point = np.stack((np.cos(phi) * np.cos(lam), np.cos(phi) * np.sin(lam), np.sin(phi)), axis=1)
    towards = point @ middles.T
    face = towards.argmax(axis=1)
    nearest = np.partition(towards, -2, axis=1)[:, -2:]
    flat = point / nearest[:, 1:]
    x, y = (np.einsum("ij,ij->i", flat, axis[face]) for axis in (along, across))
    return face, x, y, (nearest[:, 1] - nearest[:, 0] < 1e-9) | (np.hypot(x, y) < _MIDDLE)


def _bins(face: Ints, x: Floats, y: Floats, resolution: int) -> tuple[Ints, NDArray[np.bool_]]:
    """Answer a number of each position's hexagon, zero or more, and whether it lies close to its edge."""
    scale = np.sqrt(7.0) ** resolution / _UNIT
    turn = _TURN if resolution % 2 else 0.0
    along, across = np.cos(turn) * scale, np.sin(turn) * scale
    x, y = x * along + y * across, y * along - x * across
    # In steps along two sides of a hexagon that are 60 degrees apart, then to the nearest whole ones.
    s = y * 2.0 / np.sqrt(3.0)
    q, s = _rounded(x - s / 2.0, s)
    off_x, off_y = x - q - s / 2.0, y - s * np.sqrt(3.0) / 2.0
    reach = np.maximum.reduce([np.abs(off_x * np.cos(side) + off_y * np.sin(side)) for side in _SIDES])
    half = 1 << 28
    bins = (face << 58) + ((q.astype(np.int64) + half) << 29) + s.astype(np.int64) + half
    return bins, reach > 0.5 - _DOUBTFUL


def _rounded(q: Floats, s: Floats) -> tuple[Floats, Floats]:
    """Answer the point of a hexagonal lattice that is nearest; of three coordinates the worst follows."""
    third = -q - s
    near_q, near_s, near_third = np.round(q), np.round(s), np.round(third)
    by_q, by_s, by_third = np.abs(near_q - q), np.abs(near_s - s), np.abs(near_third - third)
    worst_q = (by_q > by_s) & (by_q > by_third)
    worst_s = ~worst_q & (by_s > by_third)
    return np.where(worst_q, -near_s - near_third, near_q), np.where(worst_s, -near_q - near_third, near_s)


@cache
def _faces() -> tuple[Floats, Floats, Floats]:
    """Answer of each face of the icosahedron its middle and two axes, one towards a corner: ``(20, 3)`` each."""
    corners = []
    for cell in sorted(h3.get_pentagons(0)):
        lat, lon = np.radians(h3.cell_to_latlng(cell))
        corners.append((np.cos(lat) * np.cos(lon), np.cos(lat) * np.sin(lon), np.sin(lat)))
    corner = np.array(corners)
    # Corners that share an edge are arctan(2) apart.
    beside = corner @ corner.T > 0.4
    faces = [np.array(each) for each in combinations(range(12), 3) if beside[np.ix_(each, each)].all()]
    middle = np.array([corner[face].sum(axis=0) for face in faces])
    middle /= np.linalg.norm(middle, axis=1, keepdims=True)
    towards = np.array([corner[face[0]] for face in faces])
    along = towards - np.einsum("ij,ij->i", towards, middle)[:, None] * middle
    along /= np.linalg.norm(along, axis=1, keepdims=True)
    return middle, along, np.cross(middle, along)
