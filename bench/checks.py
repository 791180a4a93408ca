"""Checks of a city's boundaries, beside a search for overlaps alone with ``geopandas``; over the settings' database."""

import gc
import time
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import psycopg
import shapely
from rich.console import Console
from rich.table import Table

from gis.boundary_checks import check
from gis.candidates import Candidate
from gis.edition_areas import areas_of_edition
from gis.settings import DatabaseSettings
from gis.store import open_store

ROUNDS = 3
_TENTH_M = 1e-6


def measure() -> None:
    """Print medians in seconds and the ratio to the peer."""
    later, earlier = _editions()
    works: dict[str, Callable[[], object]] = {
        "geopandas: overlaps of the grids": lambda: _overlaps(later),
        "all checks": lambda: check(later),
        "all checks, against the edition before": lambda: check(later, earlier),
        "all checks, no border shared": lambda: check(_ragged(later)),
    }
    times: dict[str, list[float]] = {name: [] for name in works}
    # In turns, so that a noisy moment of the machine falls on all of them.
    for _ in range(ROUNDS):
        for name, work in works.items():
            times[name].append(_timed(work))
    peer = float(np.median(times["geopandas: overlaps of the grids"]))
    grids = int((later.level == len(later.levels) - 1).sum())
    corners = int(shapely.get_num_coordinates(later.shapes).sum())
    table = Table(
        "work", "median CPU s", "ratio", title=f"{len(later.codes):,} areas, {grids:,} grids, {corners:,} corners"
    )
    for name, took in times.items():
        median = float(np.median(took))
        table.add_row(name, f"{median:.2f}", f"{median / peer:.2f}")
    Console().print(table)


def _editions() -> tuple[Candidate, Candidate]:
    """Answer the areas of the two editions that were activated last."""
    with open_store(DatabaseSettings()) as store, psycopg.connect(store.dsn("web")) as connection:
        rows = connection.execute("SELECT edition_id FROM activations ORDER BY valid_from DESC LIMIT 2").fetchall()
        if len(rows) < 2:
            raise SystemExit("There are no two editions: `gridwarden demo build` first.")
        later, earlier = (areas_of_edition(connection, number) for (number,) in rows)
    return later, earlier


def _ragged(areas: Candidate) -> Candidate:
    """Answer the same areas, each moved by up to a tenth of a metre: no border is shared any more."""
    chance = np.random.default_rng(1)
    corners, owner = shapely.get_coordinates(areas.shapes, return_index=True)
    moved = corners + chance.uniform(-_TENTH_M, _TENTH_M, (len(areas.shapes), 2))[owner]
    return replace(areas, shapes=shapely.set_coordinates(areas.shapes.copy(), moved))


def _overlaps(areas: Candidate) -> object:
    import geopandas

    grids = areas.shapes[areas.level == len(areas.levels) - 1]
    frame = geopandas.GeoDataFrame({"n": np.arange(len(grids))}, geometry=grids, crs="EPSG:4326")
    met = geopandas.overlay(frame, frame, how="intersection", keep_geom_type=True)
    return met[met["n_1"] < met["n_2"]]


def _timed(work: Callable[[], object]) -> float:
    # Of the processor: all of it is one thread's work, and nothing waits.
    gc.collect()
    start = time.process_time()
    work()
    return time.process_time() - start
