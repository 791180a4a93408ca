"""Outlines that are no proper area: what is wrong with their rings, and the repair that loading makes.

Owns the one rule for repairs, ``repaired``; whoever loads boundaries calls it, so that what is stored is what was
proposed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import shapely

from gis.boundary_measures import Flags, Shapes, areas_m2, is_area, polygons_of, together
from gis.candidates import Candidate, Finding, Severity

SMALL_REPAIR_M2: Final = 100.0
SMALL_REPAIR_SHARE: Final = 0.001
"""A repair that changes at most this much, and at most this share of the area, is small: a spike or a loop at a vertex
that a pen left.  More is a matter of which ground is meant, and that only whoever drew it can say."""
MANY_VERTICES: Final = 10_000
"""More is no border but a scan or a river bank measured stone by stone; every answer pays for it."""
FEW_VERTICES: Final = 3

# What GEOS says first, and the name of the reason in our words.
_REASONS: Final = (
    ("Ring Self-intersection", "touches_itself"),
    ("Self-intersection", "crosses_itself"),
    ("Hole lies outside shell", "hole_outside"),
    ("Holes are nested", "holes_nested"),
    ("Nested shells", "parts_nested"),
    ("Interior is disconnected", "cut_apart"),
    ("Too few points", "too_few_points"),
    ("Duplicate Rings", "ring_twice"),
    ("Ring is not closed", "not_closed"),
)
_PLACE = re.compile(r"\[(\S+) (\S+)\]")


@dataclass(frozen=True, slots=True)
class Repair:
    """What becomes of an outline when it is loaded.

    Attributes
    ----------
    shape : geometry
        A valid polygon or multipolygon; empty where nothing of it is an area.
    changed_m2 : float
        How much the area differs from what the rings as given enclose; 0 where nothing was wrong.
    small : bool
        Whether the repair may be made without asking: ``SMALL_REPAIR_M2`` and ``SMALL_REPAIR_SHARE``.
    reason : str, optional
        The name of what was wrong; None where nothing was.
    where : geometry, optional
        The point at which it was found.
    """

    shape: Any
    changed_m2: float = 0.0
    small: bool = True
    reason: str | None = None
    where: Any = None


def repaired(shape: Any) -> Repair:
    """Answer what becomes of an outline: itself if it is valid, else the valid area that its rings mean.

    Rings are made valid first, then parts are united and holes taken out (GEOS ``make_valid``, method *structure*);
    lines and points that remain are dropped.  Coordinates have to be finite.

    Parameters
    ----------
    shape : geometry
        A polygon or multipolygon, lon lat in EPSG:4326.

    Examples
    --------
    >>> bow_tie = shapely.Polygon([(117, 39), (117.01, 39.01), (117.01, 39), (117, 39.01)])
    >>> mended = repaired(bow_tie)
    >>> mended.reason, mended.small, len(mended.shape.geoms), round(mended.changed_m2, -3)
    ('crosses_itself', False, 2, 481000.0)
    >>> repaired(shapely.box(117, 39, 117.01, 39.01)).reason is None
    True
    """
    if shapely.is_valid(shape):
        return Repair(shape)
    said = str(shapely.is_valid_reason(shape))
    mended = _made_valid(shape)
    before, after = areas_m2(np.array([shape, mended], dtype=object))
    changed = abs(after - before)
    small = bool(after > 0 and changed <= min(SMALL_REPAIR_M2, SMALL_REPAIR_SHARE * after))
    place = _PLACE.search(said)
    reason = next((name for text, name in _REASONS if said.startswith(text)), "other")
    where = shapely.Point(float(place[1]), float(place[2])) if place else None
    return Repair(mended, float(changed), small, reason, where)


def _made_valid(shape: Any) -> Any:
    parts, _ = polygons_of(np.array([shapely.make_valid(shape, method="structure", keep_collapsed=False)]))
    if not len(parts):
        return shapely.MultiPolygon()
    mended = together(parts)
    # Of rings that cross within the last digit GEOS leaves parts that overlap.
    return mended if shapely.is_valid(mended) else shapely.union_all(parts)


def all_valid(shapes: Shapes) -> Shapes:
    """Answer outlines as they were, repaired where they are not valid: moving corners may cross two that were close."""
    found = np.array(shapes, dtype=object)
    for n in np.flatnonzero(~shapely.is_valid(found)):
        found[n] = repaired(found[n]).shape
    return found


def usable(shapes: Shapes) -> Flags:
    """Answer which outlines are areas with finite coordinates of this Earth; lon and lat may still be exchanged."""
    good = is_area(shapes)
    corners, owner = shapely.get_coordinates(shapes, return_index=True)
    with np.errstate(invalid="ignore"):
        wrong = ~(np.abs(corners) <= 180.0).all(axis=1)
    good[owner[wrong]] = False
    # One of the two has to be a latitude.
    box = np.abs(shapely.bounds(shapes))
    with np.errstate(invalid="ignore"):
        good &= ~((box[:, [0, 2]].max(axis=1) > 90) & (box[:, [1, 3]].max(axis=1) > 90))
    return good


def unusable_outlines(candidate: Candidate) -> Iterator[Finding]:
    """Tell of what is no area: ``empty``, ``not_area`` (a line or point), ``bad_coordinates`` (not on the Earth)."""
    missing = shapely.is_missing(candidate.shapes) | shapely.is_empty(candidate.shapes)
    areal = is_area(candidate.shapes)
    for n in np.flatnonzero(~usable(candidate.shapes)):
        kind = "empty" if missing[n] else "bad_coordinates" if areal[n] else "not_area"
        yield Finding(kind, "error", (str(candidate.codes[n]),))


def invalid_rings(candidate: Candidate, repairs: dict[int, Repair]) -> Iterator[Finding]:
    """Tell of rings that are not valid (``invalid_ring``): a warning where the repair is small, else an error."""
    for n, repair in repairs.items():
        code = (str(candidate.codes[n]),)
        told = {"reason": repair.reason, "changed_m2": round(repair.changed_m2, 2)}
        if shapely.is_empty(repair.shape):
            yield Finding("collapsed", "error", code, 0.0, repair.where, None, told)
            continue
        severity: Severity = "warning" if repair.small else "error"
        shown = repair.where if repair.where is not None else repair.shape
        yield Finding("invalid_ring", severity, code, repair.changed_m2, shown, repair.shape, told)


def vertex_counts(candidate: Candidate, shapes: Shapes) -> Iterator[Finding]:
    """Tell of outlines with very many corners (``many_vertices``) and of triangles (``few_vertices``)."""
    parts, owner = shapely.get_parts(shapes, return_index=True)
    rings, part = shapely.get_rings(parts, return_index=True)
    count = np.bincount(owner[part], shapely.get_num_coordinates(rings) - 1, minlength=len(shapes)).astype(int)
    for n in np.flatnonzero(count > MANY_VERTICES):
        yield Finding(
            "many_vertices", "warning", (str(candidate.codes[n]),), None, shapes[n], None, {"vertices": int(count[n])}
        )
    for n in np.flatnonzero((count <= FEW_VERTICES) & (count > 0)):
        yield Finding(
            "few_vertices", "note", (str(candidate.codes[n]),), None, shapes[n], None, {"vertices": int(count[n])}
        )
