"""Areas and the ones below them: what is not filled, what hangs out, and which ground between neighbours is nobody's.

A gap is looked for in what a parent has and none of its children has, and in the holes of the topmost level and the
slits along its edge: so one that ends at a border is found too, and none is found twice.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

import numpy as np
import shapely

from gis.boundary_ground import Ground, without
from gis.boundary_measures import DEGREE_M, Flags, Ints, Shapes, grouped, pieces, sizes, together
from gis.boundary_neighbours import SLIVER_M
from gis.candidates import Finding, Severity

GAP_M: Final = 50.0
"""Ground that is nobody's and on average narrower is a gap: twice the default tolerance, so that every position in it
is answered by a grid beside it.  What is wider is a hole, and the area above answers."""
_TOUCHING: Final = 1e-8  # degrees, a millimetre: what was cut out of something lies so near to it
_SHARPEST: Final = 20.0  # of a mitre: corners of six degrees and more are no slits
_ON_BORDER: Final = 1 / 3  # a piece that has so much of its outline along the parent's border lies at the edge


def gaps(ground: Ground, before: Ground | None) -> Iterator[Finding]:
    """Tell of ground that no area of a level has: a warning, a note if it is thin or was a hole before.

    Between areas (``gap``, ``hole``), along the parent's border (``unfilled``), or all of it (``childless``).
    """
    yield from _childless(ground)
    families = list(ground.families.items())
    if families:
        parents = ground.family_parents
        rests = _without_overlays(ground, parents, without(ground.shapes[parents], ground.unions))
        rest, family, area, width = pieces(rests)
        outer = _at_the_edge(rest, ground.shapes[parents][family])
        for n in np.flatnonzero(~outer):
            yield _between(ground, before, rest[n], families[family[n]][1], (float(area[n]), float(width[n])))
        for each, mine in grouped(family, outer):
            yield _along(ground, int(parents[each]), rest[mine], (float(area[mine].sum()), float(width[mine].max())))
    yield from _in_the_topmost(ground, before)


def outside(ground: Ground) -> Iterator[Finding]:
    """Tell of areas partly outside the one above (``outside``): a note if thin, an error if mostly, else a warning."""
    _, family, _, _ = pieces(ground.overhangs)
    hanging = np.isin(ground.parent, ground.family_parents[np.unique(family)]) & ground.there
    child = np.flatnonzero(hanging & ground.there[ground.parent])
    parts, which, area, width = pieces(without(ground.shapes[child], ground.shapes[ground.parent[child]]))
    whole = sizes(ground.shapes[child])[0]
    for each, mine in grouped(which):
        n, shape = int(child[each]), together(parts[mine])
        share = float(area[mine].sum() / whole[each])
        widest = float(width[mine].max())
        severity: Severity = "error" if share > 0.5 else "note" if widest < SLIVER_M else "warning"
        told = {
            "width_m": round(widest, 2),
            "share": round(share, 4),
            "level": ground.level_name(n),
            "area": ground.codes[n],
            "parent": ground.codes[int(ground.parent[n])],
        }
        yield Finding(
            "outside", severity, ground.named(n, int(ground.parent[n])), float(area[mine].sum()), shape, params=told
        )


def _without_overlays(ground: Ground, parents: Ints, rests: Shapes) -> Shapes:
    """Answer what is left where no overlay of the level below lies over it: there the overlay answers."""
    overlays = np.flatnonzero(ground.candidate.overlay & ground.there)
    left = np.flatnonzero(~shapely.is_empty(rests))
    if not len(overlays) or not len(left):
        return rests
    kept = rests.copy()
    rest, over = shapely.STRtree(ground.shapes[overlays]).query(rests[left], predicate="intersects")
    for each in np.unique(rest):
        place = left[each]
        below = ground.candidate.level[ground.families[int(parents[place])]]
        lying = overlays[over[rest == each]]
        lying = lying[np.isin(ground.candidate.level[lying], below)]
        kept[place] = shapely.difference(rests[place], shapely.union_all(ground.shapes[lying]))
    return kept


def _at_the_edge(rest: Shapes, parents: Shapes) -> Flags:
    along = shapely.length(shapely.intersection(shapely.boundary(rest), shapely.boundary(parents)))
    found: Flags = along > _ON_BORDER * shapely.length(rest)
    return found


def _between(ground: Ground, before: Ground | None, rest: Any, near: Ints, measured: tuple[float, float]) -> Finding:
    """Answer the finding of one piece that is nobody's, given the areas that may lie around it."""
    area, width = measured
    touching = near[shapely.dwithin(ground.shapes[near], rest, _TOUCHING)]
    kind = "gap" if width <= GAP_M else "hole"
    known = kind == "hole" and before is not None and _was_open(before, rest, int(ground.candidate.level[near[0]]))
    severity: Severity = "note" if known or width < SLIVER_M else "warning"
    told = {"width_m": round(width, 2), "level": ground.level_name(int(near[0])), "known": known}
    return Finding(kind, severity, ground.named(*touching.tolist()), area, rest, params=told)


def _was_open(before: Ground, rest: Any, level: int) -> bool:
    """Whether the middle of a hole lay in no area of that level before, but in some area."""
    middle = shapely.point_on_surface(rest)
    holding = np.flatnonzero(shapely.intersects(before.shapes, middle))
    return len(holding) > 0 and not (before.candidate.level[holding] == level).any()


def _along(ground: Ground, parent: int, rest: Shapes, measured: tuple[float, float]) -> Finding:
    shape = together(rest)
    area, width = measured
    below = ground.level_name(int(ground.families[parent][0]))
    told = {"width_m": round(width, 2), "level": ground.level_name(parent), "below": below}
    severity: Severity = "note" if width < SLIVER_M else "warning"
    return Finding("unfilled", severity, (ground.codes[parent],), area, shape, params=told)


def _childless(ground: Ground) -> Iterator[Finding]:
    above = np.flatnonzero((ground.candidate.level < ground.lowest) & ground.there)
    above = above[~np.isin(above, list(ground.families))]
    for n, area in zip(above.tolist(), sizes(ground.shapes[above])[0].tolist(), strict=True):
        below = ground.candidate.levels[int(ground.candidate.level[n]) + 1]
        told = {"level": ground.level_name(n), "below": below}
        yield Finding("childless", "warning", (ground.codes[n],), area, ground.shapes[n], params=told)


def _in_the_topmost(ground: Ground, before: Ground | None) -> Iterator[Finding]:
    """Tell of ground between areas that have nothing above them; a hole or slit of a single one is its own shape."""
    if not ground.there.any():
        return
    top = np.flatnonzero((ground.parent < 0) & ground.there & (ground.candidate.level == ground.candidate.level.min()))
    if len(top) < 2:
        return
    parts = shapely.get_parts(shapely.union_all(ground.shapes[top]))
    rings, part = shapely.get_rings(parts, return_index=True)
    enclosed = np.asarray(shapely.polygons(rings), dtype=object)
    shell = np.diff(part, prepend=-1) > 0
    slits = _slits(shapely.union_all(enclosed[shell]))
    shapes, _, area, width = pieces(np.append(enclosed[~shell], slits))
    for n, shape in enumerate(shapes):
        near = top[shapely.dwithin(ground.shapes[top], shape, _TOUCHING)]
        if len(near) > 1:
            yield _between(ground, before, shape, near, (float(area[n]), float(width[n])))


def _slits(whole: Any) -> Any:
    """Answer the ground outside that is narrower than a sliver: between two parts, or open at one end."""
    stretch = np.array([np.cos(np.radians(whole.centroid.y)), 1.0])
    level = shapely.transform(whole, lambda lon_lat: lon_lat * stretch)
    reach = SLIVER_M / 2 / DEGREE_M
    wider = shapely.buffer(level, reach, join_style="mitre", mitre_limit=_SHARPEST)
    closed = shapely.buffer(wider, -reach, join_style="mitre", mitre_limit=_SHARPEST)
    return shapely.difference(shapely.transform(closed, lambda flat: flat / stretch), whole)
