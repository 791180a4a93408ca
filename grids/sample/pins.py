"""Pins worth trying: one for each way in which a point can lie.

Owns which points those are; computed from stored or freshly drawn areas alike, so that they can be
printed again at any time.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from shapely import Geometry, Polygon

from gis.drawing import DIGITS
from grids.sample.city import Area
from grids.sample.divisions import EXAMPLE_VILLAGE, WUBAIHU, grid_code
from grids.sample.sites import beside_nursery

_SLIVER_RATIO = 0.3


@dataclass(frozen=True)
class Pin:
    """A position to try: lon lat, WGS84; ``outcome`` and ``code`` are what ``locate`` must answer."""

    name: str
    lon: float
    lat: float
    outcome: str
    code: str | None
    title_zh: str
    title_en: str


def draw_pins(areas: Collection[Area], nursery: Polygon, vacant: Collection[str]) -> list[Pin]:
    """The pins of one edition.

    Parameters
    ----------
    areas
        Wubaihu's township, villages and grids of the edition in force.
    nursery
        Outline of the nursery, lon lat.
    vacant
        Codes of grids that have no head today.
    """
    by_code = {area.code: area for area in areas}
    first, second = (by_code[grid_code(EXAMPLE_VILLAGE, n)] for n in (1, 2))
    edge = _middle_vertex(shapely.intersection(first.geom, second.geom))
    gap, hole = _uncovered(areas)
    empty = by_code[min(code for code in vacant if code in by_code)]
    gap_lon_lat = _off_axis(gap)
    near = _nearest(areas, gap_lon_lat)
    hole_lon_lat = np.asarray(shapely.maximum_inscribed_circle(hole, tolerance=1e-5).coords)[0]
    village = next(a for a in areas if a.level == "village" and shapely.contains(a.geom, hole))
    pins = [
        ("nursery", beside_nursery(nursery, 18.0, 6.0), "inside", first.code, "苗圃旁", "beside the nursery"),
        ("edge", edge, "border", first.code, "两个网格的共用边上", "on an edge that two grids share"),
        ("gap", gap_lon_lat, "near", near, "两个网格之间的缝隙里", "in a gap between two grids"),
        ("vacancy", empty.label, "inside", empty.code, "网格长空缺的网格", "in a grid without a head"),
        ("no_grid", hole_lon_lat, "backstop", village.code, "村内未划入任何网格处", "in a village but in no grid"),
        ("outside", (116.40, 39.90), "outside", None, "服务范围之外", "outside the service area"),
    ]
    return [
        Pin(name, round(float(place[0]), DIGITS), round(float(place[1]), DIGITS), outcome, code, zh, en)
        for name, place, outcome, code, zh, en in pins
    ]


def _middle_vertex(shared: Geometry) -> Sequence[float]:
    # A vertex, not a point between two: only a vertex is exactly on the edge in binary numbers.
    line = shapely.line_merge(shared)
    longest = max(shapely.get_parts(line), key=lambda part: part.length)
    vertices = np.asarray(longest.coords)
    middle: Sequence[float] = vertices[len(vertices) // 2].tolist()
    return middle


def _uncovered(areas: Collection[Area]) -> tuple[Polygon, Polygon]:
    """The planted gap and the planted hole: what the township has and its grids have not."""
    township = next(area.geom for area in areas if area.code == WUBAIHU)
    grids = shapely.coverage_union_all([area.geom for area in areas if area.level == "grid"])
    pieces = [p for p in shapely.get_parts(shapely.difference(township, grids)) if isinstance(p, Polygon)]
    thin = [piece for piece in pieces if _roundness(piece) < _SLIVER_RATIO]
    wide = [piece for piece in pieces if _roundness(piece) >= _SLIVER_RATIO]
    return max(thin, key=lambda piece: piece.area), max(wide, key=lambda piece: piece.area)


def _roundness(piece: Polygon) -> float:
    return float(4 * np.pi * piece.area / piece.length**2)


def _off_axis(gap: Polygon) -> Sequence[float]:
    # The widest place of the sliver, then a good step to one side: on the axis both neighbours are equally near.
    middle, edge = np.asarray(shapely.maximum_inscribed_circle(gap, tolerance=1e-6).coords)
    place: Sequence[float] = (middle + 0.4 * (edge - middle)).tolist()
    return place


def _nearest(areas: Collection[Area], place: Sequence[float]) -> str:
    grids = sorted((area for area in areas if area.level == "grid"), key=lambda area: area.code)
    point = shapely.Point(place)
    # Stretched to metres: a degree of longitude is shorter than one of latitude.
    scale = np.array([np.cos(np.radians(place[1])), 1.0])
    away = [
        shapely.distance(
            shapely.transform(g.geom, lambda xy: xy * scale), shapely.transform(point, lambda xy: xy * scale)
        )
        for g in grids
    ]
    return grids[int(np.argmin(away))].code
