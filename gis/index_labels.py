"""What can be said of a whole cell of the lattice at once, and which areas have to be asked about the others.

Owns the rules of ``gis_match`` as far as they hold for cells: lowest level first, an overlay before what lies under it,
the lowest code of several.  A cell in which two points could be answered differently gets a list of candidates instead.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import maximum_filter1d

from gis.index_lattice import Ints, Lattice, Runs

Mask = NDArray[np.bool_]
# Answers that a label stands for, in this order, each with as many places as there are areas.
_INSIDE, _BORDER, _BACKSTOP = 0, 1, 2
_OPEN = np.iinfo(np.int32).max


@dataclass(frozen=True, slots=True)
class Ground:
    """Areas in the order of their codes: the depth of each level (0 topmost), and which are overlays.

    ``tolerances_m`` are those of the levels, the topmost first; 0 means never.
    """

    depth: Ints
    overlay: Mask
    tolerances_m: tuple[float, ...]

    @property
    def levels(self) -> int:
        """How many there are."""
        return len(self.tolerances_m)

    def at(self, depth: int, overlays: Mask) -> Mask:
        """Answer which areas are of a level and among the overlays, or the others."""
        those: Mask = (self.depth == depth) & overlays
        return those


@dataclass(frozen=True, slots=True)
class Labels:
    """What is known of each cell.

    Attributes
    ----------
    of_cell : (size,) int32
        From 0 on an answer: ``area`` is inside, with ``areas`` added on the border, with twice that the backstop, and
        three times ``areas`` is outside.  Below 0, minus one and minus the number of a list of candidates; list 0 is
        empty and means that every level has to be asked.
    start : (lists + 1,) int64
        Where each list begins.
    candidates : (m,) int64
        Areas of the lowest level, ascending within a list: these alone can hold a point of the cell at that level.
    """

    of_cell: NDArray[np.int32]
    start: Ints
    candidates: Ints


def labels(lattice: Lattice, ground: Ground, touched: tuple[Ints, Ints], runs: Runs) -> Labels:
    """Answer the labels of all cells.

    Parameters
    ----------
    touched : pair of (m,) int64
        Areas and the cells that their borders touch.
    runs : Runs
        Areas and the cells within them.
    """
    made = np.full(lattice.size, _OPEN, dtype=np.int32)
    of_overlay = _mask(lattice, touched[1][ground.overlay[touched[0]]])
    over = _mask(lattice, runs.of(ground.overlay).cells()[1]) & ~of_overlay
    made[of_overlay] = -1
    pairs = []
    for overlays, cells in ((ground.overlay, over), (~ground.overlay, ~over & ~of_overlay)):
        pairs.append(_label(made, cells, lattice, ground, overlays, touched, runs))
    cell, area = (np.concatenate(each) for each in zip(*pairs, strict=True))
    cell, area = np.divmod(np.sort(cell * len(ground.depth) + area), len(ground.depth))
    start = np.flatnonzero(np.diff(cell, prepend=-1))
    made[cell[start]] = -2 - np.arange(len(start), dtype=np.int32)
    return Labels(made, np.concatenate(([0], start, [len(cell)])).astype(np.int64), area)


def _label(
    made: NDArray[np.int32],
    cells: Mask,
    lattice: Lattice,
    ground: Ground,
    overlays: Mask,
    touched: tuple[Ints, Ints],
    runs: Runs,
) -> tuple[Ints, Ints]:
    """Label cells where the areas of ``overlays`` alone count; answer the pairs of cell and candidate of those left."""
    areas, lowest = len(ground.depth), ground.levels - 1
    pairs = (np.empty(0, dtype=np.int64), np.empty(0, dtype=np.int64))
    for depth in range(lowest, -1, -1):
        if not cells.any():
            return pairs
        asked = ground.at(depth, overlays)
        border_area, border_cell = _only(*touched, asked[touched[0]])
        full_area, full_cell = runs.of(asked).cells()
        border = _mask(lattice, border_cell) & cells
        made[border] = -1
        first = np.full(lattice.size, -1, dtype=np.int32)
        # Areas ascend, and of several values for one cell the last one stays: the lowest code.
        first[full_cell[::-1]] = full_area[::-1]
        held = (first >= 0) & cells & ~border
        if depth == lowest:
            several = np.bincount(full_cell, minlength=lattice.size)[held] > 1
            made[held] = first[held] + areas * np.where(several, _BORDER, _INSIDE).astype(np.int32)
            border_pairs = _only(border_cell, border_area, border[border_cell])
            full_pairs = _only(full_cell, full_area, border[full_cell])
            pairs = tuple(map(np.concatenate, zip(border_pairs, full_pairs, strict=True)))  # type: ignore[assignment]
        else:
            made[held] = first[held] + areas * _BACKSTOP
        cells = cells & ~border & ~held
        if ground.tolerances_m[depth] > 0:
            # Outside an overlay its areas are near as any other; within one they alone are.
            could = asked if overlays is ground.overlay else ground.depth == depth
            reach = lattice.reach(ground.tolerances_m[depth])
            near = _around(lattice, _mask(lattice, _only(*touched, could[touched[0]])[1]), reach) & cells
            made[near] = -1
            cells = cells & ~near
    made[cells] = areas * 3
    return pairs


def _only(one: Ints, other: Ints, which: Mask) -> tuple[Ints, Ints]:
    return one[which], other[which]


def _mask(lattice: Lattice, cells: Ints) -> Mask:
    mask = np.zeros(lattice.size, dtype=bool)
    mask[cells] = True
    return mask


def _around(lattice: Lattice, mask: Mask, reach: tuple[int, int]) -> Mask:
    """Answer the cells from which a marked one is within so many rows and columns."""
    grid = mask.reshape(lattice.rows, lattice.columns).view(np.uint8)
    for axis in (0, 1):
        # A window that is wider than all there is finds no more.
        window = 2 * min(reach[axis], grid.shape[axis]) + 1
        grid = maximum_filter1d(grid, window, axis=axis, mode="constant")
    return grid.ravel().view(np.bool_)
