"""The day's visits as a drawing for paper: outlines, numbers and the way, in plain SVG numbers.

Pure: degrees in, millimetres of the drawing out.  For the screen there is the live map.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import cos, radians
from typing import Final

from grids.round_trip import Spot

WIDTH: Final = 174.0
HEIGHT: Final = 92.0
_EDGE: Final = 7.0
# Of the mean meridian of WGS84.
_METRES_A_DEGREE: Final = 111_132.95
# Nothing is drawn nearer than this: a village square does not fill the page.
_LEAST_M: Final = 200.0
_BARS_M: Final = (50, 100, 200, 500, 1000, 2000, 5000, 10000, 20000)


@dataclass(frozen=True, slots=True)
class Dot:
    """A numbered visit in the drawing; ``n`` 0 is where the way begins."""

    x: float
    y: float
    n: int


@dataclass(frozen=True, slots=True)
class Sketch:
    """The drawing: outlines and the way as SVG point lists, numbered dots, a scale bar in metres and millimetres."""

    outlines: tuple[str, ...]
    way: str
    dots: tuple[Dot, ...]
    bar_m: int
    bar: float


def sketch(
    outlines: Iterable[Sequence[tuple[float, float]]], spots: Sequence[Spot], numbers: Sequence[int], start: Spot | None
) -> Sketch | None:
    """Answer the drawing of some visits, None where there is none to draw.

    Parameters
    ----------
    outlines : iterable of rings
        EPSG:4326 lon lat; drawn as far as they lie in the frame.
    spots, numbers
        The visits in their order, and what each is called.
    start : Spot, optional
        Where the way begins, if not at the first visit.

    Examples
    --------
    >>> drawn = sketch([], [Spot(117.0, 39.7), Spot(117.01, 39.7)], [1, 2], None)
    >>> [(dot.n, round(dot.x), round(dot.y)) for dot in drawn.dots], drawn.bar_m
    ([(1, 7, 46), (2, 167, 46)], 200)
    """
    if not spots:
        return None
    stops = [start, *spots] if start else list(spots)
    lons, lats = [s.lon for s in stops], [s.lat for s in stops]
    middle = ((min(lons) + max(lons)) / 2, (min(lats) + max(lats)) / 2)
    east_m = _METRES_A_DEGREE * cos(radians(middle[1]))
    width_m = max((max(lons) - min(lons)) * east_m, _LEAST_M)
    height_m = max((max(lats) - min(lats)) * _METRES_A_DEGREE, _LEAST_M / 2)
    scale = min((WIDTH - 2 * _EDGE) / width_m, (HEIGHT - 2 * _EDGE) / height_m)

    def at(lon: float, lat: float) -> tuple[float, float]:
        east, north = (lon - middle[0]) * east_m, (lat - middle[1]) * _METRES_A_DEGREE
        return round(WIDTH / 2 + east * scale, 2), round(HEIGHT / 2 - north * scale, 2)

    def line(points: Iterable[tuple[float, float]]) -> str:
        return " ".join(f"{x},{y}" for x, y in (at(*point) for point in points))

    called = [0, *numbers] if start else list(numbers)
    bar_m = max((m for m in _BARS_M if m * scale <= WIDTH / 4), default=_BARS_M[0])
    around = [(s.lon, s.lat) for s in stops]
    return Sketch(
        outlines=tuple(line(ring) for ring in outlines),
        way=line([*around, around[0]]),
        dots=tuple(Dot(*at(s.lon, s.lat), n) for s, n in zip(stops, called, strict=True)),
        bar_m=bar_m,
        bar=round(bar_m * scale, 2),
    )
