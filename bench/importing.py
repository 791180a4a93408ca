"""The drawn city from files to an edition: reading, understanding, checking, storing; beside what is written first.

On a private database.  The peer, ``geopandas.read_file`` and a COPY of bare outlines, opens the file in the service's
own process and knows no levels, parents, repairs, findings or rights.
"""

import os
import tempfile
import time
from collections.abc import Callable
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import geopandas
import numpy as np
import psycopg
import pyogrio
import shapely
from rich.console import Console
from rich.table import Table

from bench.locate import _store
from gis.boundary_checks import check
from gis.boundary_draft import Asked, draft_of, stored
from gis.boundary_files import read_layer
from gis.datums import Datum
from gis.migrate import upgrade
from grids.boundary_import import load
from grids.sample.city import Edition, draw_city
from grids.sample.divisions import default_path

NOW = datetime(2026, 11, 18, 10, 0, tzinfo=ZoneInfo("Asia/Shanghai"))


def measure() -> None:
    """Print seconds of each step: elapsed, and of the processor here and in the process that reads."""
    edition = draw_city(default_path()).editions[-1]
    with tempfile.TemporaryDirectory() as folder, _store() as store:
        upgrade(store.dsn("migrate"))
        paths = _write(edition, Path(folder))
        grids = len(edition.of_level("grid"))
        size = ", ".join(f"{path.suffix} {path.stat().st_size / 1e6:.0f} MB" for path in paths)
        table = Table("work", "s", "processor s", title=f"{len(edition.areas):,} areas, {grids:,} grids; {size}")
        kept: dict[str, Any] = {}

        def keep(name: str, work: Callable[[], Any]) -> None:
            def run() -> None:
                kept[name] = work()

            table.add_row(name, *_timed(run))

        for path in paths:
            keep(f"read {path.suffix}", partial(read_layer, path))
        layer = kept[f"read {paths[0].suffix}"]
        keep("understand", lambda: draft_of([layer], Asked(datum=Datum.WGS84)))
        draft = kept["understand"]
        keep("check", lambda: check(draft.candidate))
        keep("repair, measure, digest", lambda: stored(draft))
        with psycopg.connect(store.dsn("migrate"), autocommit=True) as owner:
            owner.execute("SET ROLE gridwarden_owner")
            named = ("bench", "bench", Datum.WGS84)
            rows, found = kept["repair, measure, digest"], kept["check"]
            keep("load", lambda: load(owner, rows, named, found, against=None, at=NOW))
            keep("peer: geopandas and COPY of outlines", lambda: _peer(paths[0], owner))
    Console().print(table)


def _timed(work: Callable[[], object]) -> tuple[str, str]:
    def processor() -> float:
        used = os.times()
        return used.user + used.system + used.children_user + used.children_system

    began, used = time.perf_counter(), processor()
    work()
    return f"{time.perf_counter() - began:.1f}", f"{processor() - used:.1f}"


def _write(edition: Edition, folder: Path) -> list[Path]:
    areas = edition.areas
    columns = {
        "code": [a.code for a in areas],
        "name": [a.name for a in areas],
        "level": [a.level for a in areas],
        "parent_code": [a.parent_code for a in areas],
        "households": np.array([a.households for a in areas]),
    }
    wkb = shapely.to_wkb(np.array([a.geom for a in areas], dtype=object))
    paths = []
    for suffix in ("gpkg", "geojson"):
        paths.append(folder / f"city.{suffix}")
        pyogrio.raw.write(
            paths[-1], wkb,
            [np.array(values, dtype=None if name == "households" else object) for name, values in columns.items()],
            list(columns), geometry_type="MultiPolygon", crs="EPSG:4326",
        )  # fmt: skip
    return paths


def _peer(path: Path, owner: psycopg.Connection[Any]) -> None:
    frame = geopandas.read_file(path)
    owner.execute("CREATE TEMP TABLE bare (code text, name text, geom geometry)")
    with owner.cursor().copy("COPY bare FROM STDIN") as copy:
        for code, name, wkb in zip(
            frame["code"], frame["name"], shapely.to_wkb(frame.geometry.array, hex=True), strict=True
        ):
            copy.write_row((code, name, wkb))
    owner.execute("CREATE INDEX ON bare USING gist (geom)")
