"""Emerging hotspots of a city over 24 months; needs no database.

The peer is what they are made of: 24 maps by ``esda.G_Local``, without a trend, a rate of false discoveries or types.
"""

import gc
import time
from collections.abc import Callable
from typing import Any

import numpy as np
from rich.console import Console
from rich.table import Table

from bench.hotspots import by_esda, disk_of, esda_weights
from gis.emerging import emerging
from gis.trend import mann_kendall

ROUNDS = 5
MONTHS = 24
# Disks of H3 cells as many as a city of 6,400 km² has: (resolution, radius, reports a month).
CITIES = ((8, 53, 8_000), (9, 142, 60_000))


def measure() -> None:
    """Print medians in milliseconds and the ratio to the peer."""
    for resolution, radius, reports in CITIES:
        neighbours = disk_of(resolution, radius)
        chance = np.random.default_rng(1)
        share = chance.gamma(0.5, 1.0, neighbours.shape[0])
        counts = np.array([chance.multinomial(reports, share / share.sum()) for _ in range(MONTHS)])
        _print(resolution, counts, neighbours)


def _print(resolution: int, counts: Any, neighbours: Any) -> None:
    weights, z = esda_weights(neighbours), np.random.default_rng(3).normal(size=counts.shape)
    works: dict[str, Callable[[], object]] = {
        "esda: z and normal p of each month": lambda: [by_esda(month, weights, 0) for month in counts],
        "all: maps, trends and types": lambda: emerging(
            counts, neighbours, ["analytic"] * MONTHS, rng=np.random.default_rng(2)
        ),
        "trends of all cells alone": lambda: mann_kendall(z),
    }
    times: dict[str, list[float]] = {name: [] for name in works}
    # In turns, so that a noisy moment of the machine falls on all of them.
    for _ in range(ROUNDS):
        for name, work in works.items():
            gc.collect()
            start = time.perf_counter()
            work()
            times[name].append((time.perf_counter() - start) * 1000)
    title = f"H3 resolution {resolution}: {counts.shape[1]:,} cells, {MONTHS} months, {counts[0].sum():,} reports each"
    table = Table("work", "median ms", "ratio to esda", title=title)
    peer = float(np.median(next(iter(times.values()))))
    for name, took in times.items():
        table.add_row(name, f"{np.median(took):.0f}", f"{np.median(took) / peer:.2f}")
    Console().print(table)
