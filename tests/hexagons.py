"""A disk of H3 cells as the matrix that the hotspots ask for."""

from functools import cache
from typing import Any

import h3
import numpy as np
from scipy import sparse

CENTRE = h3.latlng_to_cell(39.5, 116.7, 8)


@cache
def disk(radius: int) -> "sparse.csr_array[Any, tuple[int, int]]":
    """Which cells of a disk of ``3·r·(r + 1) + 1`` cells touch; do not change what this answers."""
    row_of = {cell: row for row, cell in enumerate(h3.grid_disk(CENTRE, radius))}
    pairs = [
        (row, row_of[touching])
        for cell, row in row_of.items()
        for touching in h3.grid_ring(cell, 1)
        if touching in row_of
    ]
    rows, columns = np.array(pairs).T
    return sparse.csr_array((np.ones(len(pairs)), (rows, columns)), shape=(len(row_of), len(row_of)))


def around(neighbours: "sparse.csr_array[Any, tuple[int, int]]", row: int, rings: int) -> "np.ndarray[Any, Any]":
    """The rows within so many steps of a row, itself included."""
    reached = np.zeros(neighbours.shape[0])
    reached[row] = 1
    for _ in range(rings):
        reached = reached + neighbours @ reached
    return np.flatnonzero(reached)
