"""A map ready to be drawn, made without a database: grids in a square, in two villages of one city."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from functools import cache

import numpy as np
import shapely
from geopandas import GeoDataFrame

from grids.areas import Edition
from grids.language import Language, Words
from maps.classes import diverging, sequential
from maps.frames import Frames, class_of
from maps.handout import Asked, Handout
from maps.hotspots import HotspotLayer
from maps.layers import Figures
from maps.questions import Layer, Per, Period, Question

AT = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)
LEVELS = ("city", "village", "grid")
ROOMS = ("grids", "api", "maps")


def handout(
    counts: Sequence[int | None],
    *,
    before: Sequence[int | None] | None = None,
    values: Sequence[float | None] | None = None,
    names: Sequence[str] | None = None,
    lang: Language = "zh",
    public: bool = True,
    hot: bool = False,
    per: Per = Per.COUNT,
    asked: Asked | None = None,
    edition: str = "2025",
    layer: Layer = Layer.UNSOLVED,
) -> Handout:
    """Answer a map of so many grids, the first in the south west, ten in a row."""
    against = None if before is None else Period()
    question = Question(layer, "grid", per, against=against)
    boundaries = Edition(2, edition, LEVELS, AT, "drawn for tests", True)
    shown = values if values is not None else _change(counts, before)
    figures = Figures(
        question=question, edition=boundaries, at=AT, counts=list(counts), before=None if before is None else list(before),
        values=list(shown), total=sum(c or 0 for c in counts), unplaced=3, hidden=public,
    )  # fmt: skip
    classes = (sequential if before is None else diverging)(figures.values)
    units = _units(len(counts), names)
    units["of"] = np.full(len(counts), np.nan) if per is Per.COUNT else units["households"]
    units["count"] = np.array(figures.counts, dtype=np.float64)
    units["before"] = np.array(figures.before or [None] * len(counts), dtype=np.float64)
    units["value"] = np.array(figures.values, dtype=np.float64)
    units["class"] = class_of(units, classes, compared=before is not None)
    borders = {
        "city": _joined(units, ["小城市"], lambda _: 0),
        "village": _joined(units, ["东村", "西村"], lambda n: n % 2),
    }
    found = _hotspots(question, boundaries) if hot else None
    cells = units[["key", "geometry"]] if hot else None
    words = Words(lang, ROOMS)
    return Handout(figures, classes, Frames(units, borders), found, cells, words, asked or Asked())


def _change(now: Sequence[int | None], before: Sequence[int | None] | None) -> list[float | None]:
    if before is None:
        return list(now)
    return [None if a is None or b is None else a - b for a, b in zip(now, before, strict=True)]


@cache
def _squares(many: int) -> tuple[shapely.Geometry, ...]:
    side = 0.01
    return tuple(
        shapely.box(117 + n % 10 * side, 39.7 + n // 10 * side, 117 + (n % 10 + 1) * side, 39.7 + (n // 10 + 1) * side)
        for n in range(many)
    )


def _units(many: int, names: Sequence[str] | None) -> GeoDataFrame:
    squares = np.array(_squares(many), dtype=object)
    return GeoDataFrame(
        {
            "key": [f"9001{n:03}" for n in range(1, many + 1)],
            "name": list(names or (f"第{n}网格" for n in range(1, many + 1))),
            "above": [("东村", "西村")[n % 2] for n in range(many)],
            "households": [None if n == 0 else 100.0 + n for n in range(many)],
            "area_m2": np.full(many, 950_000.0),
            "lon": shapely.get_x(shapely.centroid(squares)),
            "lat": shapely.get_y(shapely.centroid(squares)),
        },
        geometry=squares,
        crs=4326,
        index=range(1, many + 1),
    )


def _joined(units: GeoDataFrame, names: list[str], place: Callable[[int], int]) -> GeoDataFrame:
    shapes = [
        shapely.union_all([g for n, g in enumerate(units.geometry) if place(n) == each]) for each in range(len(names))
    ]
    centres = [shapely.point_on_surface(shape) for shape in shapes]
    return GeoDataFrame(
        {
            "key": [str(n) for n in range(len(names))],
            "name": names,
            "area_m2": [1e6 * len(units) / len(names)] * len(names),
            "lon": [p.x for p in centres],
            "lat": [p.y for p in centres],
        },
        geometry=shapes,
        crs=4326,
        index=range(1, len(names) + 1),
    )


def _hotspots(question: Question, edition: Edition) -> HotspotLayer:
    return HotspotLayer(
        question=question, edition=edition, at=AT, method="analytic", reason=None, total=40, cells=30, n=[1, 2, 3], own_left_out=False, coarse=False, count=[9, 1, None],
        observed=[20, 15, 0], expected=[5.2, 5.2, 6.0], z=[4.1, 2.0, -3.0], p=[0.000001, 0.1, 0.01], q=[0.00001, 0.3, 0.04], bin=[3, 0, -2],
    )  # fmt: skip
