"""Sites (地物) of Wubaihu, all of them invented: nursery, schools, fuel store, roads, ditches.

Owns where they lie, relative to the drawn areas.  The nursery's surroundings serve the story in
:mod:`grids.sample.story`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np
import shapely
from shapely import Geometry, LineString, Point, Polygon

from gis.drawing import DIGITS, PLANE_SCALE_M, Floats
from grids.sample.city import EDITION_DAYS, SEED, Area, Plant
from grids.sample.divisions import EXAMPLE_VILLAGE, WUBAIHU, grid_code

NURSERY_GRID = grid_code(EXAMPLE_VILLAGE, 1)
NURSERY = f"{WUBAIHU}-nursery-1"
_NURSERY_M = (146.0, 92.0)
_DITCH_FROM_NURSERY_M = 34.0


@dataclass(frozen=True)
class Site:
    """A named point, line or area of a kind; lon lat, WGS84."""

    code: str
    kind: str
    name: str
    since: datetime
    geom: Geometry
    synthetic: bool = True


def draw_sites(areas: Iterable[Area], plants: Iterable[Plant]) -> list[Site]:
    """Place the sites of Wubaihu on the first edition's areas."""
    by_code = {area.code: area for area in areas}
    village = by_code[EXAMPLE_VILLAGE].geom
    grid = by_code[NURSERY_GRID].geom
    since = EDITION_DAYS["2019"]
    middle = np.asarray(shapely.maximum_inscribed_circle(grid, tolerance=1e-4).coords)[0]
    nursery = _block(middle, _NURSERY_M)
    stock = {d: Point(np.round(by_code[d].label, DIGITS)) for d in by_code}
    others = [
        a for a in by_code.values() if a.level == "village" and a.parent_code == WUBAIHU and a.code != EXAMPLE_VILLAGE
    ]
    made: list[tuple[str, str, Geometry]] = [
        ("nursery", "示例苗圃", nursery),
        ("school", "示例村小学", stock[grid_code(EXAMPLE_VILLAGE, 2)]),
        ("school", "示例中心小学", stock[others[2].code]),
        ("school", "示例中学", stock[others[20].code]),
        ("fuel_store", "示例油料库", Point(_moved(middle, (310.0, 150.0)))),
        ("woodland", "示例林地", _block(np.asarray(stock[others[34].code].coords)[0], (210.0, 130.0))),
        ("reservoir", "示例水库", next(p.geom for p in plants if p.kind == "hole")),
        ("ditch", "示例村东沟", _east_ditch(nursery, village)),
    ]
    town = by_code[WUBAIHU].geom
    start = np.asarray(town.centroid.coords)[0]
    for kind, name, bearing, shift_m in (
        ("road", "示例路", 12.0, 240.0),
        ("road", "示例东街", 97.0, -820.0),
        ("road", "示例村村路", 58.0, 900.0),
        ("ditch", "示例干渠", 31.0, -1500.0),
        ("ditch", "示例排水沟", 121.0, 1300.0),
    ):
        made.append((kind, name, _across(town, start, bearing, shift_m)))
    counts: dict[str, int] = {}
    sites = []
    for kind, name, geom in made:
        counts[kind] = counts.get(kind, 0) + 1
        sites.append(Site(f"{WUBAIHU}-{kind}-{counts[kind]}", kind, name, since, geom))
    return sites


def beside_nursery(nursery: Polygon, east_m: float, north_m: float) -> tuple[float, float]:
    """A place given from the middle of the nursery's eastern edge, in metres; lon lat."""
    _, south, east, north = nursery.bounds
    lon, lat = _moved(np.array([east, (south + north) / 2]), (east_m, north_m)).tolist()
    return lon, lat


def _moved(place: Floats, metres: tuple[float, float]) -> Floats:
    moved: Floats = np.round(place + np.array(metres) / PLANE_SCALE_M, DIGITS)
    return moved


def _block(middle: Floats, size_m: tuple[float, float]) -> Polygon:
    wide, high = size_m[0] / 2, size_m[1] / 2
    corners = ((-wide, -high), (wide, -high), (wide, high), (-wide, high))
    return Polygon([_moved(middle, corner) for corner in corners])


def _east_ditch(nursery: Polygon, village: Geometry) -> LineString:
    ends = [beside_nursery(nursery, _DITCH_FROM_NURSERY_M + bend, y) for y, bend in _bends()]
    inside = shapely.intersection(LineString(ends), shapely.buffer(village, -0.0003))
    longest = max(shapely.get_parts(inside), key=lambda part: part.length)
    return LineString(np.round(np.asarray(longest.coords), DIGITS))


def _bends() -> Sequence[tuple[float, float]]:
    rng = np.random.default_rng([SEED, 41])
    ys = np.arange(-900, 901, 60.0)
    # Straight beside the nursery, winding away from it.
    return [(y, float(rng.normal(0, 6)) if abs(y) > 80 else 0.0) for y in ys]


def _across(town: Geometry, start: Floats, bearing: float, shift_m: float) -> LineString:
    """A slightly winding line across the town, cut off within it."""
    rng = np.random.default_rng([SEED, 42, round(bearing)])
    along = np.array([np.sin(np.radians(bearing)), np.cos(np.radians(bearing))])
    aside = np.array([along[1], -along[0]])
    steps = np.arange(-4200, 4201, 150.0)
    sway = shift_m + np.cumsum(rng.normal(0, 22, len(steps)))
    plane = steps[:, None] * along + sway[:, None] * aside
    line = LineString(start + plane / PLANE_SCALE_M)
    inside = shapely.intersection(line, shapely.buffer(town, -0.002))
    longest = max(shapely.get_parts(inside), key=lambda part: part.length)
    return LineString(np.round(np.asarray(longest.coords), DIGITS))
