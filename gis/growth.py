"""Which cells belong together: connected regions grown on a mesh.

Owns the growth of regions from seed cells over an adjacency graph, sized by the number of cells they
should get.  Every region it returns is connected; it draws nothing and knows no geometry, no people
and no names.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array, csr_array
from scipy.sparse.csgraph import connected_components, dijkstra
from scipy.spatial import cKDTree

from gis.drawing import Floats, Ints

_ROUNDS = 14


def noisy(graph: csr_array, rng: np.random.Generator, spread: float = 0.45) -> csr_array:
    """Give every link a length of chance, so that regions grow with uneven fronts.

    Lengths are counted in cells, not metres: a town of small cells is as wide as its cells are many.
    """
    links = coo_array(graph)
    rows, columns = links.coords
    upper = rows < columns
    rows, columns = rows[upper], columns[upper]
    lengths = rng.lognormal(0.0, spread, len(rows))
    both = (np.concatenate([lengths, lengths]), (np.append(rows, columns), np.append(columns, rows)))
    return csr_array(both, shape=graph.shape)


def uneven(lengths: csr_array, places: Floats, wave: float, rng: np.random.Generator) -> csr_array:
    """Stretch the links by waves across the ground, so that one region alone does not grow into a disc.

    Parameters
    ----------
    lengths
        ``(n, n)`` symmetric lengths.
    places
        ``(n, 2)``, the cells in a metric plane.
    wave
        Typical length of a wave, in the unit of the plane.
    rng
        Source of chance.
    """
    turns, phases = rng.uniform(0, 2 * np.pi, (2, 5))
    waves = rng.uniform(0.7, 1.6, 5) * 2 * np.pi / wave
    along = places @ (np.stack([np.cos(turns), np.sin(turns)]) * waves)
    field = 0.45 * np.sin(along + phases).sum(axis=1)
    links = coo_array(lengths)
    rows, columns = links.coords
    data = links.data * np.exp((field[rows] + field[columns]) / 2)
    return csr_array((data, (rows, columns)), shape=lengths.shape)


def subgraph(graph: csr_array, members: Ints) -> csr_array:
    """The part of the graph between the given cells, renumbered in their order."""
    return csr_array(graph[members][:, members])


def grow(lengths: csr_array, seeds: Ints, targets: Floats) -> Ints:
    """Divide all cells among the seeds, in connected regions of about the wanted numbers of cells.

    Shortest paths with a handicap for each seed; the handicaps are corrected a few times from the sizes
    that came out.  Whoever wins a cell has won every cell on the shortest path to it, so a region can
    never fall apart (lengths of chance leave no ties).

    Parameters
    ----------
    lengths
        ``(n, n)`` symmetric lengths of one connected graph.
    seeds
        ``(k,)`` distinct cells.
    targets
        ``(k,)`` wanted sizes; only their ratios count.

    Returns
    -------
    ``(n,) int64``, the region of each cell; every region has at least its seed.
    """
    away = dijkstra(lengths, indices=seeds)
    wanted = np.sqrt(targets / targets.sum() * lengths.shape[0] / np.pi)
    start = np.zeros(len(seeds))
    best: Ints = away.argmin(axis=0).astype(np.int64)
    best_error = np.inf
    for _ in range(_ROUNDS):
        cost = away + start[:, None]
        region = cost.argmin(axis=0)
        lost = region[seeds] != np.arange(len(seeds))
        if lost.any():
            # A swallowed seed starts just before its neighbour would have reached it.
            start[lost] = cost.min(axis=0)[seeds[lost]] * 0.7
            continue
        radius = np.sqrt(np.bincount(region, minlength=len(seeds)) / np.pi)
        error = float(np.abs(radius / wanted - 1).max())
        if error < best_error:
            best, best_error = region.astype(np.int64), error
        start += 0.5 * (radius - wanted)
        start -= start.min()
    return best


def grow_one(lengths: csr_array, seed: int, size: int, allowed: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """One connected region of about ``size`` cells around a seed, leaving the rest in one piece.

    Parameters
    ----------
    lengths
        ``(n, n)`` symmetric lengths.
    seed
        The cell to start from.
    size
        How many cells are wanted; pockets that it would cut off are added.
    allowed
        ``(n,) bool``; other cells are never taken, except as pockets.
    """
    links = csr_array((np.ones(lengths.nnz), lengths.indices, lengths.indptr), shape=lengths.shape)
    degree: Floats = np.diff(lengths.indptr).astype(np.float64)
    inside = np.flatnonzero(allowed)
    cost = np.full(lengths.shape[0], np.inf)
    position = int(np.searchsorted(inside, seed))
    cost[inside] = dijkstra(subgraph(lengths, inside), indices=np.array([position]))[0]
    reached = np.argsort(cost, kind="stable")[:size]
    region = np.zeros(lengths.shape[0], dtype=bool)
    region[reached[np.isfinite(cost[reached])]] = True
    # Where the front stopped it is ragged: follow the majority of the neighbours once or twice.
    for _ in range(2):
        region = allowed & (links @ region > 0.5 * degree)
    inside, outside = np.flatnonzero(region), np.flatnonzero(~region)
    region[_all_but_largest(lengths, inside)] = False
    region[_all_but_largest(lengths, outside)] = True
    return region


def _all_but_largest(lengths: csr_array, members: Ints) -> Ints:
    piece = connected_components(subgraph(lengths, members), directed=False)[1]
    others: Ints = members[piece != np.bincount(piece).argmax()]
    return others


def spread_seeds(positions: Floats, count: int, rng: np.random.Generator) -> Ints:
    """``count`` distinct cells spread over the given positions, denser where the positions are.

    Parameters
    ----------
    positions
        ``(n, 2)`` in a metric plane.
    count
        How many; at most n.
    rng
        Source of chance.
    """
    if count >= len(positions):
        return np.arange(len(positions), dtype=np.int64)
    first = rng.choice(len(positions), count, replace=False)
    if count == 1:
        middle = positions.mean(axis=0)
        return np.array([((positions - middle) ** 2).sum(axis=1).argmin()], dtype=np.int64)
    centres = positions[first]
    # Few rounds on purpose: fully settled centres would look like a honeycomb.
    for _ in range(3):
        nearest = cKDTree(centres).query(positions)[1]
        sizes = np.bincount(nearest, minlength=count)
        sums = np.stack([np.bincount(nearest, positions[:, axis], count) for axis in (0, 1)], axis=1)
        centres = np.where(sizes[:, None] > 0, sums / np.maximum(sizes, 1)[:, None], centres)
    chosen = np.full(count, -1, dtype=np.int64)
    free = np.ones(len(positions), dtype=bool)
    for index, centre in enumerate(centres):
        distance = np.where(free, ((positions - centre) ** 2).sum(axis=1), np.inf)
        chosen[index] = int(distance.argmin())
        free[chosen[index]] = False
    return chosen
