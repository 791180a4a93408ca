"""How large and how wide things on the ground are, for outlines in degrees.

Owns the plane in which widths are compared with thresholds, and the geodesic areas that are told.  Decides nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

import numpy as np
import shapely
from numpy.typing import NDArray
from pyproj import Geod

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]
Shapes = NDArray[np.object_]

DEGREE_M: Final = 111_320.0
"""Of a degree of latitude, to a half of a hundredth: for how near to look, never to measure."""
NOISE_WIDTH_M: Final = 0.02
"""Thinner is no finding: seven decimals lie up to 7 mm off, so two drawings of one border up to 1.4 cm."""
NOISE_M2: Final = 0.1
"""Smaller is no finding: a step of one centimetre along ten metres."""

_GEOD = Geod(ellps="WGS84")
_A_M = 6_378_137.0
_E2 = 0.00669437999014132
_POLYGONS = (3, 6)


def areas_m2(shapes: Shapes) -> Floats:
    """Answer the geodesic area of polygons and multipolygons on WGS84, in square metres.

    >>> areas_m2(np.array([shapely.box(117, 39, 117.001, 39.001)])).round().tolist()
    [9617.0]
    """
    parts, owner = shapely.get_parts(np.asarray(shapes, dtype=object), return_index=True)
    rings, part = shapely.get_rings(parts, return_index=True)
    size = np.abs([_GEOD.polygon_area_perimeter(*shapely.get_coordinates(ring).T)[0] for ring in rings])
    shell = np.diff(part, prepend=-1) > 0
    return np.bincount(owner[part], np.where(shell, size, -size), minlength=len(shapes)).astype(np.float64)


def metres_between(one: Floats, other: Floats) -> Floats:
    """Answer the geodesic metres between positions, ``(n, 2)`` lon lat each."""
    return np.asarray(_GEOD.inv(one[:, 0], one[:, 1], other[:, 0], other[:, 1])[2], dtype=np.float64)


def in_metres(shapes: Shapes) -> Shapes:
    """Answer outlines in a plane of metres: equal in area to a thousandth, and true in shape within some degrees.

    Each parallel keeps its length and the meridian in the middle is straight (sinusoidal).
    """
    corners = shapely.get_coordinates(shapes)
    middle = (corners[:, 0].min() + corners[:, 0].max()) / 2 if len(corners) else 0.0

    def flat(lon_lat: Floats) -> Floats:
        phi = np.radians(lon_lat[:, 1])
        w2 = 1.0 - _E2 * np.sin(phi) ** 2
        east = np.radians(lon_lat[:, 0] - middle) * _A_M * np.cos(phi) / np.sqrt(w2)
        # The mean radius along the meridian, near enough at each latitude: the arc's own series.
        north = _A_M * ((1 - _E2 / 4 - 3 * _E2**2 / 64) * phi - (3 * _E2 / 8 + 3 * _E2**2 / 32) * np.sin(2 * phi))
        return np.column_stack((east, north))

    return np.asarray(shapely.transform(shapes, flat), dtype=object)


def sizes(shapes: Shapes) -> tuple[Floats, Floats]:
    """Answer areas in square metres and mean widths in metres, to a thousandth: quick, to compare with thresholds.

    The mean width is twice the area by the perimeter: of a long strip its width, of a disc its radius.

    >>> area, width = sizes(np.array([shapely.box(117, 39, 117.01, 39.0001)]))
    >>> area.round(-1).tolist(), width.round(1).tolist()
    ([9620.0], [11.0])
    """
    flat = in_metres(shapes)
    area, length = shapely.area(flat), shapely.length(flat)
    return area, np.divide(2 * area, length, out=np.zeros(len(area)), where=length > 0)


def polygons_of(shapes: Shapes) -> tuple[Shapes, Ints]:
    """Answer the polygons in any geometries, and of which each is a part; lines and points are left out."""
    parts, owner = shapely.get_parts(shapes, return_index=True)
    while (shapely.get_type_id(parts) == 7).any():
        parts, inner = shapely.get_parts(parts, return_index=True)
        owner = owner[inner]
    flat, inner = shapely.get_parts(parts, return_index=True)
    kept = (shapely.get_type_id(flat) == 3) & ~shapely.is_empty(flat)
    return np.asarray(flat[kept], dtype=object), np.asarray(owner[inner][kept], dtype=np.int64)


def pieces(shapes: Shapes) -> tuple[Shapes, Ints, Floats, Floats]:
    """Answer the polygons in geometries that are more than noise: they, of which they are parts, areas and widths."""
    parts, owner = polygons_of(shapes)
    area, width = sizes(parts)
    real = (area >= NOISE_M2) & (width >= NOISE_WIDTH_M)
    return parts[real], owner[real], area[real], width[real]


def grouped(owner: Ints, kept: Flags | None = None) -> Iterator[tuple[int, Ints]]:
    """Answer each owner with the places of what it owns, ascending; only of what is kept.

    >>> [(each, mine.tolist()) for each, mine in grouped(np.array([7, 3, 7]))]
    [(3, [1]), (7, [0, 2])]
    """
    places = np.arange(len(owner)) if kept is None else np.flatnonzero(kept)
    order = places[np.argsort(owner[places], kind="stable")]
    owners, first = np.unique(owner[order], return_index=True)
    for n, each in enumerate(owners.tolist()):
        yield each, order[first[n] : first[n + 1] if n + 1 < len(first) else len(order)]


def together(parts: Shapes) -> Any:
    """Answer one geometry of disjoint polygons."""
    return parts[0] if len(parts) == 1 else shapely.multipolygons(parts)


def is_area(shapes: Shapes) -> Flags:
    """Answer which are polygons or multipolygons with something in them."""
    found: Flags = np.isin(shapely.get_type_id(shapes), _POLYGONS) & ~shapely.is_empty(shapes)
    return found
