"""Whether outlines as they were read can be areas of the earth at all.

Runs in a process with limits (``gis.boundary_reader``).  Invalid rings pass: what is wrong with them is found, shown
and repaired by the checks of a candidate, not here.
"""

from __future__ import annotations

from collections import Counter
from typing import Any, Final

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.errors import GEOSException

from gis.boundary_refusals import MAX_CORNERS, MAX_RING_CORNERS, BoundaryFileError

Shapes = NDArray[np.object_]

_POLYGONS: Final = (3, 6)
_COLLECTION: Final = 7
_KINDS: Final = {0: "points", 1: "lines", 2: "rings", 4: "points", 5: "lines", 7: "collections"}
_WIDEST_DEGREES: Final = 180.0


def read_outlines(wkb: NDArray[np.object_]) -> Shapes:
    """Answer geometries without Z and M; an outline that is a collection of polygons becomes a multipolygon.

    Raises
    ------
    BoundaryFileError
        ``no_outline``, ``broken_outline``, ``too_many_corners``, ``ring_too_long``, ``not_finite``.
    """
    missing = np.array([each is None for each in wkb], dtype=bool)
    shapes = np.asarray(_from_wkb(wkb, missing), dtype=object)
    _refuse(missing | (~shapely.is_missing(shapes) & shapely.is_empty(shapes)), "no_outline")
    corners = shapely.get_num_coordinates(shapes)
    if corners.sum() > MAX_CORNERS:
        raise BoundaryFileError("too_many_corners", count=int(corners.sum()), most=MAX_CORNERS)
    finite = np.isfinite(shapely.bounds(shapes)).all(axis=1) & _all_finite(shapes)
    _refuse(~finite, "not_finite")
    return shapely.force_2d(np.array([_gathered(shape) for shape in shapes], dtype=object))


def _from_wkb(wkb: NDArray[np.object_], missing: NDArray[np.bool_]) -> Shapes:
    with np.errstate(invalid="ignore"):
        shapes = np.array([_one(each) for each in wkb], dtype=object)
    _refuse(shapely.is_missing(shapes) & ~missing, "broken_outline")
    return shapes


def _one(wkb: Any) -> Any:
    try:
        return None if wkb is None else shapely.from_wkb(wkb)
    except (GEOSException, TypeError):
        return None


def _all_finite(shapes: Shapes) -> NDArray[np.bool_]:
    xy, owner = shapely.get_coordinates(shapes, return_index=True)
    finite = np.ones(len(shapes), dtype=bool)
    finite[owner[~np.isfinite(xy).all(axis=1)]] = False
    return finite


def _gathered(shape: Any) -> Any:
    if shapely.get_type_id(shape) != _COLLECTION:
        return shape
    parts = shapely.get_parts(shapely.get_parts(shape))
    if (shapely.get_type_id(parts) == _POLYGONS[0]).all():
        return shapely.multipolygons(parts)
    return shape


def check_areas(shapes: Shapes) -> None:
    """Pass where all are polygons whose rings are not endless.

    Raises
    ------
    BoundaryFileError
        ``not_areas``, ``ring_too_long``.
    """
    kinds = shapely.get_type_id(shapes)
    other = ~np.isin(kinds, _POLYGONS)
    if other.any():
        most = Counter(kinds[other].tolist()).most_common(1)[0][0]
        _refuse(other, "not_areas", kind=_KINDS.get(most, "something else"))
    parts, owner = shapely.get_parts(shapes, return_index=True)
    rings, part = shapely.get_rings(parts, return_index=True)
    corners = shapely.get_num_coordinates(rings)
    if len(corners) and corners.max() > MAX_RING_CORNERS:
        longest = int(corners.argmax())
        raise BoundaryFileError(
            "ring_too_long", row=int(owner[part[longest]]) + 1, count=int(corners[longest]), most=MAX_RING_CORNERS
        )


def check_degrees(shapes: Shapes) -> None:
    """Pass where all lie on the earth, longitude first, and none goes round it.

    Raises
    ------
    BoundaryFileError
        ``swapped``, ``not_degrees``, ``antimeridian``.
    """
    west, south, east, north = shapely.bounds(shapes).T
    off = (west < -180) | (east > 180) | (south < -90) | (north > 90)
    if off.any():
        row = int(off.argmax())
        x, y = shapely.get_coordinates(shapes[row])[0].tolist()
        fits = (west >= -90) & (east <= 90) & (south >= -180) & (north <= 180)
        reason = "swapped" if fits.all() else "not_degrees"
        raise BoundaryFileError(reason, row=row + 1, x=round(x, 5), y=round(y, 5))
    # Part by part: one that was cut at 180 degrees has parts on both sides.
    parts, owner = shapely.get_parts(shapes, return_index=True)
    west, _, east, _ = shapely.bounds(parts).T
    wide = east - west >= _WIDEST_DEGREES
    if wide.any():
        part = int(wide.argmax())
        degrees = round(float(east[part] - west[part]), 1)
        raise BoundaryFileError("antimeridian", row=int(owner[part]) + 1, degrees=degrees)


def _refuse(wrong: NDArray[np.bool_], reason: str, **more: object) -> None:
    if wrong.any():
        raise BoundaryFileError(reason, count=int(wrong.sum()), row=int(wrong.argmax()) + 1, **more)
