"""Which level a map shows by itself: the one whose areas are large enough to be read at the zoom.

Pure; knows levels only by their place in the edition, so that a flat set of wards works too.
"""

import math
from collections.abc import Sequence
from typing import Final

AUTOMATIC: Final = "auto"

# From the lowest level upwards, judged on a screen of 1280 pixels: an area is some 30 pixels wide or more.
_FROM: Final = (12.2, 10.4, 6.0)
_TILE: Final = 512


def steps(levels: Sequence[str]) -> list[tuple[float, str]]:
    """Answer from which zoom on each level is shown, the widest first.

    Parameters
    ----------
    levels : sequence of str
        Of the edition, top first.  The topmost is left out where there is another: it is a single area.

    >>> steps(("city", "county", "township", "village", "grid"))
    [(0.0, 'county'), (6.0, 'township'), (10.4, 'village'), (12.2, 'grid')]
    >>> steps(("city", "village", "grid")), steps(("ward",))
    ([(0.0, 'village'), (12.2, 'grid')], [(0.0, 'ward')])
    """
    shown = list(levels[1:] if len(levels) > 1 else levels)[-len(_FROM) - 1 :]
    starts = [*reversed(_FROM[: len(shown) - 1])]
    return list(zip([0.0, *starts], shown, strict=True))


def level_at(levels: Sequence[str], zoom: float) -> str:
    """Answer the level that a zoom shows.

    >>> level_at(("city", "county", "township", "village", "grid"), 7.8)
    'township'
    """
    return [level for start, level in steps(levels) if zoom >= start][-1]


def zoom_to_fit(bbox: tuple[float, float, float, float], width: float, height: float) -> float:
    """Answer the zoom at which a box fills a picture, of tiles that are drawn 512 pixels wide.

    Parameters
    ----------
    bbox : west, south, east, north
        EPSG:4326 degrees.
    width, height : float
        Of the picture, in pixels.

    >>> round(zoom_to_fit((116.1, 38.4, 117.3, 40.1), 940, 740), 1)
    7.9
    """
    west, south, east, north = bbox
    tall = _mercator(north) - _mercator(south)
    scale = min(width * 360 / max(east - west, 1e-6), height * 2 * math.pi / max(tall, 1e-9)) / _TILE
    return max(0.0, math.log2(scale))


def _mercator(lat: float) -> float:
    return math.asinh(math.tan(math.radians(lat)))
