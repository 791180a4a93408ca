"""Small sets of areas for tests of boundaries, drawn in metres: what is wrong with them is known by heart.

The plain one is a town of two villages with two grids each, 1 km by 1 km apiece, all borders shared:

    metres 0        1000       2000       3000       4000
    1000   | 1001001 | 1001002 | 1002001 | 1002002 |
    0      |  village 1001     |  village 1002     |
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import shapely

from gis.candidates import Candidate

LEVELS = ("town", "village", "grid")
LON, LAT = 117.0, 39.5
# Degrees of a metre at that place, near enough for what is drawn here.
DEGREES = np.array([1 / 86_040.0, 1 / 111_030.0])


def drawn(shape: Any) -> Any:
    """Answer an outline in metres as lon lat."""
    return shapely.transform(shape, lambda metres: metres * DEGREES + (LON, LAT))


def box(west: float, south: float, east: float, north: float) -> Any:
    """Answer a rectangle in metres, with a corner every 250 m or so, as lon lat."""
    return drawn(shapely.segmentize(shapely.box(west, south, east, north), 250.0))


def candidate(
    rows: Iterable[tuple[str, str, str, str | None, Any]],
    *,
    levels: Sequence[str] = LEVELS,
    overlay: Iterable[str] = (),
) -> Candidate:
    """Answer a candidate of rows of code, level, name, parent and outline (lon lat)."""
    listed = list(rows)
    over = set(overlay)
    shapes = np.empty(len(listed), dtype=object)
    shapes[:] = [row[4] for row in listed]
    return Candidate(
        tuple(levels),
        np.array([row[0] for row in listed], dtype=object),
        np.array([row[2] for row in listed], dtype=object),
        np.array([levels.index(row[1]) for row in listed], dtype=np.int64),
        np.array([row[3] for row in listed], dtype=object),
        np.array([row[0] in over for row in listed]),
        np.full(len(listed), np.nan),
        shapes,
    )


PLAIN: dict[str, tuple[str, str, str | None, tuple[float, float, float, float]]] = {
    "1": ("town", "镇", None, (0, 0, 4000, 1000)),
    "1001": ("village", "东村", "1", (0, 0, 2000, 1000)),
    "1002": ("village", "西村", "1", (2000, 0, 4000, 1000)),
    "1001001": ("grid", "东村一", "1001", (0, 0, 1000, 1000)),
    "1001002": ("grid", "东村二", "1001", (1000, 0, 2000, 1000)),
    "1002001": ("grid", "西村一", "1002", (2000, 0, 3000, 1000)),
    "1002002": ("grid", "西村二", "1002", (3000, 0, 4000, 1000)),
}


def town(
    changed: Mapping[str, Any] | None = None,
    *,
    without: Iterable[str] = (),
    more: Iterable[tuple[str, str, str, str | None, Any]] = (),
    overlay: Iterable[str] = (),
) -> Candidate:
    """Answer the plain town, with other outlines (lon lat) for some codes, without some areas, and with more."""
    gone, other = set(without), dict(changed or {})
    rows = [
        (code, level, name, parent, other[code] if code in other else box(*edges))
        for code, (level, name, parent, edges) in PLAIN.items()
        if code not in gone
    ]
    return candidate([*rows, *more], overlay=overlay)


def with_values(given: Candidate, column: str, values: Mapping[str, Any]) -> Candidate:
    """Answer a candidate with other values of a column for some codes."""
    kept = getattr(given, column).copy()
    for n, code in enumerate(given.codes):
        if code in values:
            kept[n] = values[code]
    return replace(given, **{column: kept})


def patchwork(rng: np.random.Generator) -> Candidate:
    """Answer a random town of Voronoi cells in two or more villages, 4 km by 4 km, in which nothing is wrong."""
    whole = shapely.box(0, 0, 4000, 4000)
    count = int(rng.integers(8, 30))
    seeds = shapely.MultiPoint(rng.uniform(0, 4000, (count, 2)))
    cells = shapely.intersection(shapely.get_parts(shapely.voronoi_polygons(seeds, extend_to=whole)), whole)
    # Rounded to a centimetre together, so that borders stay shared.
    cells = shapely.set_precision(cells, 0.01)
    village = (shapely.get_x(shapely.centroid(cells)) > rng.uniform(1500, 2500)).astype(int)
    rows: list[tuple[str, str, str, str | None, Any]] = [("1", "town", "镇", None, drawn(shapely.union_all(cells)))]
    for n in np.unique(village):
        mine = cells[village == n]
        rows.append((f"1{n:03d}", "village", f"村{n}", "1", drawn(shapely.union_all(mine))))
        rows += [(f"1{n:03d}{k:03d}", "grid", f"村{n}网格{k}", f"1{n:03d}", drawn(cell)) for k, cell in enumerate(mine)]
    return candidate(rows)
