"""Areas of one level beside each other: which lie over each other, which are drawn twice, which lie in several parts.

Ground under an overlay is the overlay's by intent, and no finding but a note.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import numpy as np
import shapely

from gis.boundary_ground import Ground
from gis.boundary_measures import Flags, Floats, Ints, Shapes, grouped, pieces, sizes, together
from gis.candidates import Finding

SLIVER_M: Final = 1.0
"""An overlap or a gap that is on average thinner is a matter of drawing: no position is known to a metre."""
CRUMB_M2: Final = 100.0
"""A part of an area that is smaller is no exclave but something that a pen left behind."""


def duplicate_outlines(ground: Ground) -> Iterator[Finding]:
    """Tell of two areas of one level with one outline (``duplicate_outline``): an error."""
    for level in range(len(ground.candidate.levels)):
        for group in _same(ground, ground.of_level(level)):
            shape = ground.shapes[group[0]]
            area = float(sizes(np.array([shape]))[0][0])
            yield Finding("duplicate_outline", "error", ground.named(*group.tolist()), area, shape)


def _same(ground: Ground, places: Ints) -> list[Ints]:
    if not len(places):
        return []
    drawn = shapely.to_wkb(shapely.normalize(ground.shapes[places]))
    _, which, count = np.unique(drawn.astype(object), return_inverse=True, return_counts=True)
    return [places[which == each] for each in np.flatnonzero(count > 1)]


def overlaps(ground: Ground) -> Iterator[Finding]:
    """Tell of ground that two areas of a level share (``overlap``): an error, a warning if it is a sliver.

    What lies under an overlay (``covered``) is a note.
    """
    for level in range(len(ground.candidate.levels)):
        places = ground.of_level(level)
        one, other = _meeting(ground.shapes[places], ground.ragged[places])
        one, other = places[one], places[other]
        shared, pair, area, width = pieces(shapely.intersection(ground.shapes[one], ground.shapes[other]))
        plain = ground.candidate.overlay[one[pair]] == ground.candidate.overlay[other[pair]]
        twice = shapely.equals(ground.shapes[one], ground.shapes[other])[pair]
        yield from _overlapping(ground, one, other, (shared, pair, area, width), plain & ~twice)
        yield from _covered(ground, one, other, (shared, pair), ~plain)


def _meeting(shapes: Shapes, ragged: Flags) -> tuple[Ints, Ints]:
    """Answer pairs that may share ground.  Where all borders are shared vertex by vertex, none can."""
    wrong = np.flatnonzero(ragged)
    one, other = shapely.STRtree(shapes).query(shapes[wrong])
    one = wrong[one]
    both = np.unique(np.sort(np.column_stack((one, other))[one != other], axis=1), axis=0).reshape(-1, 2)
    return both[:, 0], both[:, 1]


def _overlapping(
    ground: Ground, one: Ints, other: Ints, found: tuple[Shapes, Ints, Floats, Floats], kept: Flags
) -> Iterator[Finding]:
    shared, pair, areas, width = found
    for each, mine in grouped(pair, kept):
        shape = together(shared[mine])
        area = float(areas[mine].sum())
        widest = float(width[mine].max())
        yield Finding(
            "overlap",
            "warning" if widest < SLIVER_M else "error",
            ground.named(int(one[each]), int(other[each])),
            area,
            shape,
            params={"width_m": round(widest, 2), "level": ground.level_name(int(one[each]))},
        )


def _covered(ground: Ground, one: Ints, other: Ints, found: tuple[Shapes, Ints], kept: Flags) -> Iterator[Finding]:
    shared, pair = found
    over = np.where(ground.candidate.overlay[one], one, other)[pair]
    under = np.where(ground.candidate.overlay[one], other, one)[pair]
    for each, mine in grouped(over, kept):
        # The children of an overlay lie over the same ground; the topmost is enough.
        parent = ground.parent[each]
        if parent >= 0 and ground.candidate.overlay[parent]:
            continue
        shape = together(shapely.get_parts(shapely.union_all(shared[mine])))
        area = float(sizes(np.array([shape]))[0][0])
        below = sorted({ground.codes[n] for n in under[mine]})
        params = {"level": ground.level_name(int(each)), "under": below[:20], "count": len(below)}
        yield Finding("covered", "note", (ground.codes[each],), area, shape, params=params)


def exclaves(ground: Ground) -> Iterator[Finding]:
    """Tell of areas in several parts (``exclave``): a note; and of parts that are crumbs (``crumb``): a warning."""
    several = np.flatnonzero(shapely.get_num_geometries(ground.shapes) > 1)
    for n in several:
        parts = shapely.get_parts(ground.shapes[n])
        area = sizes(parts)[0]
        crumbs = area < min(CRUMB_M2, area.max() / 2)
        rest = parts[~crumbs & (np.arange(len(parts)) != area.argmax())]
        told = {"level": ground.level_name(int(n))}
        if crumbs.any():
            yield Finding(
                "crumb",
                "warning",
                (ground.codes[n],),
                float(area[crumbs].sum()),
                together(parts[crumbs]),
                params={**told, "parts": int(crumbs.sum())},
            )
        if len(rest):
            yield Finding(
                "exclave",
                "note",
                (ground.codes[n],),
                float(sizes(rest)[0].sum()),
                together(rest),
                params={**told, "parts": len(rest) + 1},
            )
