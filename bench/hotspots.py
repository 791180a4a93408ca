"""The hotspots of a city at two resolutions, beside ``esda`` on the same counts; needs no database."""

import gc
import time
import warnings
from collections.abc import Callable
from typing import Any

import h3
import numpy as np
from rich.console import Console
from rich.table import Table
from scipy import sparse

from gis.hotspots import getis_ord, hotspots

ROUNDS = 5
# Disks of H3 cells as many as a city of 6,400 km² has: (resolution, radius, reports).
CITIES = ((8, 53, 20_000), (9, 142, 200_000), (9, 142, 1_000_000))


def measure() -> None:
    """Print medians in milliseconds and the ratio to the same work in ``esda``."""
    for resolution, radius, reports in CITIES:
        neighbours = disk_of(resolution, radius)
        chance = np.random.default_rng(1)
        households = chance.negative_binomial(1, 0.02, neighbours.shape[0])
        share = chance.gamma(0.5, 1.0, neighbours.shape[0])
        counts = chance.multinomial(reports, share / share.sum())
        _print(resolution, counts, neighbours, households)


def _print(resolution: int, counts: Any, neighbours: Any, households: Any) -> None:
    chance = np.random.default_rng(2)
    weights = esda_weights(neighbours)
    # Permutations take seconds: one round of them is enough.
    works: dict[str, tuple[int, str | None, Callable[[], object]]] = {
        "esda: z and normal p": (ROUNDS, None, lambda: by_esda(counts, weights, 0)),
        "z and normal p": (ROUNDS, "esda: z and normal p", lambda: getis_ord(counts, neighbours)),
        "all: p, q and bins too": (
            ROUNDS,
            "esda: z and normal p",
            lambda: hotspots(counts, neighbours, method="analytic", rng=chance),
        ),
        "all, rates per household": (
            ROUNDS,
            "esda: z and normal p",
            lambda: hotspots(counts, neighbours, method="analytic", rng=chance, households=households),
        ),
        "esda: 999 permutations": (1, None, lambda: by_esda(counts, weights, 999)),
        "all, by 999 permutations": (
            1,
            "esda: 999 permutations",
            lambda: hotspots(counts, neighbours, method="permutation", rng=chance),
        ),
    }
    times: dict[str, list[float]] = {name: [] for name in works}
    # In turns, so that a noisy moment of the machine falls on all of them.
    for turn in range(ROUNDS):
        for name, (rounds, _peer, work) in works.items():
            if turn < rounds:
                times[name].append(_timed(work))
    title = f"H3 resolution {resolution}: {len(counts):,} cells, {counts.sum():,} reports"
    table = Table("work", "median ms", "ratio to esda", title=title)
    for name, (_rounds, peer, _work) in works.items():
        took = float(np.median(times[name]))
        table.add_row(name, f"{took:.1f}", f"{took / float(np.median(times[peer])):.2f}" if peer else "1")
    Console().print(table)


def _timed(work: Callable[[], object]) -> float:
    gc.collect()
    start = time.perf_counter()
    work()
    return (time.perf_counter() - start) * 1000


def disk_of(resolution: int, radius: int) -> Any:
    """Answer which cells of a disk touch."""
    row_of = {cell: row for row, cell in enumerate(h3.grid_disk(h3.latlng_to_cell(39.5, 116.7, resolution), radius))}
    pairs = [
        (row, row_of[touching])
        for cell, row in row_of.items()
        for touching in h3.grid_ring(cell, 1)
        if touching in row_of
    ]
    rows, columns = np.array(pairs).T
    return sparse.csr_array((np.ones(len(pairs)), (rows, columns)), shape=(len(row_of), len(row_of)))


def esda_weights(neighbours: Any) -> Any:
    """Answer the same neighbours as ``esda`` takes them."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from libpysal.weights import WSP, fill_diagonal

        # With the diagonal already there, so that making it is no part of the time.
        return fill_diagonal(WSP(sparse.csr_matrix(neighbours)).to_W(silence_warnings=True), 1)


def by_esda(counts: Any, weights: Any, permutations: int) -> object:
    """Answer Gi* as ``esda`` computes it."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import esda

        return esda.G_Local(
            counts,
            weights,
            transform="B",
            star=None,
            permutations=permutations,
            keep_simulations=False,
            n_jobs=1,
            seed=1,
        )
