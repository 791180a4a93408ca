"""A map of 6,000 grids in one file, beside what folium alone makes of the same outlines and figures; needs no database.

The peer is ``folium.GeoJson`` with a tooltip: shorter by the libraries, which it loads from elsewhere, and without
legend, names, borders and notes.
"""

import gc
import gzip
import json
import time
from collections.abc import Callable
from dataclasses import replace

import folium
import numpy as np
import shapely
from geopandas import GeoDataFrame
from rich.console import Console
from rich.table import Table

from api.app import STATIC
from bench.locate import BOX, GRIDS, draw_areas
from maps.frames import Frames
from maps.handout import Handout
from maps.palette import PALETTE
from maps.snapshot import Assets, snapshot
from tests.handouts import handout

ROUNDS = 3
# Degrees; about half a pixel at zoom 11, as the stored outlines of a whole city are simplified.
_TOLERANCE = 0.00025


def measure() -> None:
    """Print medians in seconds, megabytes, and the ratio to folium."""
    rng = np.random.default_rng(1)
    shapes = shapely.coverage_simplify(draw_areas(rng), _TOLERANCE)
    drawn = _handout(shapes, rng.negative_binomial(1, 0.05, GRIDS).tolist())
    names = json.loads((STATIC / "manifest.json").read_text(encoding="utf-8"))
    assets = Assets(*((STATIC / names[name]).read_text(encoding="utf-8") for name in ("snapshot.js", "snapshot.css")))
    works: dict[str, Callable[[], str]] = {
        "folium.GeoJson": lambda: _by_folium(drawn),
        "snapshot": lambda: snapshot(drawn, assets),
    }
    times: dict[str, list[float]] = {name: [] for name in works}
    pages: dict[str, bytes] = {}
    # In turns, so that a noisy moment of the machine falls on both.
    for _ in range(ROUNDS):
        for name, work in works.items():
            gc.collect()
            start = time.perf_counter()
            pages[name] = work().encode()
            times[name].append(time.perf_counter() - start)
    vertices = int(shapely.get_num_coordinates(shapes).sum())
    table = Table(
        "work", "median s", "ratio", "MB", "ratio", "MB gzipped", title=f"{GRIDS:,} grids, {vertices:,} vertices"
    )
    peer, size = np.median(times["folium.GeoJson"]), len(pages["folium.GeoJson"])
    for name, page in pages.items():
        took = float(np.median(times[name]))
        table.add_row(
            *(name, f"{took:.2f}", f"{took / peer:.2f}", f"{len(page) / 1e6:.2f}", f"{len(page) / size:.2f}"),
            f"{len(gzip.compress(page)) / 1e6:.2f}",
        )
    Console(width=100).print(table)


def _handout(shapes: np.ndarray, counts: list[int]) -> Handout:
    made = handout(counts)
    labels = shapely.point_on_surface(shapes)
    units = made.frames.units.set_geometry(list(shapes), crs=4326)
    units = units.assign(lon=shapely.get_x(labels), lat=shapely.get_y(labels))
    city = GeoDataFrame(
        {"key": ["0"], "name": ["city"], "area_m2": [6.4e9], "lon": [116.65], "lat": [39.4]},
        geometry=[shapely.box(*BOX)],
        crs=4326,
        index=[1],
    )
    return replace(made, frames=Frames(units, {"city": city}))


def _by_folium(drawn: Handout) -> str:
    units = drawn.frames.units
    page = folium.Map(location=(39.4, 116.65), zoom_start=9, tiles=None)
    folium.GeoJson(
        units[["name", "count", "class", "geometry"]].to_json(),
        style_function=lambda area: {
            "fillColor": PALETTE[drawn.colour_of(area["properties"]["class"])],
            "fillOpacity": 1,
            "weight": 0.5,
        },
        tooltip=folium.GeoJsonTooltip(["name", "count"]),
    ).add_to(page)
    rendered: str = page.get_root().render()
    return rendered
