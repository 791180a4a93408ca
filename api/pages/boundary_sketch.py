"""A small drawing of boundaries that are not loaded yet: outlines and where something was found, in plain SVG numbers.

Pure: degrees in, steps of the drawing out.  An edition that is loaded has a live map.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import shapely
from numpy.typing import NDArray

from gis.boundary_rings import repaired
from gis.candidates import Candidate, Finding
from grids.finding_words import place

WIDTH: Final = 640
HEIGHT: Final = 420
_EDGE: Final = 8.0
# Finer lines than a pixel are not drawn, and more areas than this are drawn one level up.
_STEP: Final = 0.7
_MOST_OUTLINES: Final = 700
_MOST_MARKS: Final = 300


@dataclass(frozen=True, slots=True)
class Mark:
    """Where something was found."""

    x: float
    y: float
    severity: str
    n: int


@dataclass(frozen=True, slots=True)
class Drawing:
    """Outlines as SVG paths, the strong ones last, and marks, the worst last."""

    outlines: tuple[str, ...]
    strong: tuple[str, ...]
    marks: tuple[Mark, ...]


def draw(candidate: Candidate, found: Sequence[Finding]) -> Drawing:
    """Answer the drawing of a candidate: its lowest level that still can be seen, and the level above it strongly.

    What was ``found`` comes worst first, as ``check`` answers it.

    Examples
    --------
    >>> one = np.array(["1"], dtype=object)
    >>> box = np.array([shapely.box(117, 39, 117.01, 39.01)], dtype=object)
    >>> none = np.array([None], dtype=object)
    >>> wards = Candidate(("ward",), one, one, np.array([0]), none, np.array([False]), np.array([1.0]), box)
    >>> len(draw(wards, []).outlines), draw(wards, []).strong
    (1, ())
    """
    shapes = np.array([repaired(shape).shape for shape in candidate.shapes], dtype=object)
    west, south, east, north = shapely.total_bounds(shapes).tolist()
    across = float(np.cos(np.radians((south + north) / 2)))
    scale = min(
        (WIDTH - 2 * _EDGE) / max((east - west) * across, 1e-9), (HEIGHT - 2 * _EDGE) / max(north - south, 1e-9)
    )
    middle = np.array([(west + east) / 2, (south + north) / 2])

    def placed(lon_lat: NDArray[np.float64]) -> NDArray[np.float64]:
        moved: NDArray[np.float64] = (lon_lat - middle) * np.array([across, -1.0]) * scale
        moved += np.array([WIDTH / 2, HEIGHT / 2])
        return moved

    drawn = shapely.simplify(shapely.transform(shapes, placed), _STEP)
    level = _shown(candidate)
    marks = [
        Mark(*_spot(where, placed), one.severity, n)
        for n, one in enumerate(found, 1)
        if (where := place(one)) is not None
    ]
    return Drawing(
        tuple(_path(shape) for shape in drawn[candidate.level == level]),
        tuple(_path(shape) for shape in drawn[candidate.level == level - 1]),
        tuple(marks[:_MOST_MARKS][::-1]),
    )


def _shown(candidate: Candidate) -> int:
    counts = np.bincount(candidate.level, minlength=len(candidate.levels))
    seen = [n for n, count in enumerate(counts.tolist()) if 0 < count <= _MOST_OUTLINES]
    return seen[-1] if seen else int(candidate.level.min())


def _spot(where: tuple[float, float], placed: Any) -> tuple[float, float]:
    x, y = placed(np.array([where]))[0].round(1).tolist()
    return x, y


def _path(shape: Any) -> str:
    rings = shapely.get_rings(shapely.get_parts(shape))
    return "".join(
        "M" + "L".join(f"{x:g},{y:g}" for x, y in shapely.get_coordinates(ring).round(1)[:-1].tolist()) + "Z"
        for ring in rings
    )
