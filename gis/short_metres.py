"""Metres between two positions that are close to each other, quickly and one pair at a time.

On the ellipsoid of WGS84, with its two radii of curvature halfway between them.  For anything long or in bulk there is
``gis.index_metres``.
"""

from math import cos, hypot, radians, sin, sqrt
from typing import Final

_A: Final = 6378137.0
_E2: Final = 0.00669437999014132


def short_metres(lon: float, lat: float, other_lon: float, other_lat: float) -> float:
    """Answer the metres between two positions, EPSG:4326 degrees.

    Within 0.1 mm of the geodesic up to 1 km below 75° of latitude.  Positions on both sides of 180° are far apart.

    Examples
    --------
    >>> round(short_metres(116.9, 39.7, 116.901, 39.7), 3)
    85.766
    """
    phi = radians((lat + other_lat) / 2)
    square = sin(phi)
    w = 1.0 - _E2 * square * square
    east = radians(other_lon - lon) * cos(phi) * _A / sqrt(w)
    north = radians(other_lat - lat) * _A * (1.0 - _E2) / (w * sqrt(w))
    return hypot(east, north)


def degrees_around(lat: float, metres: float) -> tuple[float, float]:
    """Answer how many degrees of lon and lat hold all that is within so many metres; a little generous.

    Examples
    --------
    >>> [round(d, 6) for d in degrees_around(60.0, 100.0)]
    [0.001828, 0.000905]
    """
    north = metres / 110_500.0
    return north * 1.01 / max(cos(radians(abs(lat) + north)), 1e-9), north
