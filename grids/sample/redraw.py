"""Wubaihu redrawn for 2027: what an administrator would bring, for trying import, checks, comparison and activation.

Owns what is redrawn and how a grid is cut: along a line between two corners that it has already, so that every border
stays shared, corner for corner.  Nothing of it is loaded with the sample.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from typing import Final

import numpy as np
import shapely
from shapely import Geometry, Polygon

from gis.boundary_measures import areas_m2
from gis.drawing import as_multi, label_points
from grids.sample.city import SHANGHAI, Area, Edition
from grids.sample.divisions import EXAMPLE_VILLAGE, WUBAIHU, grid_code, grid_name

YEAR: Final = "2027"
BEGINS: Final = datetime(2027, 1, 1, tzinfo=SHANGHAI)
SPLIT: Final = EXAMPLE_VILLAGE
MERGED: Final = f"{WUBAIHU}226"
MOVED: Final = f"{WUBAIHU}228"
RENAMED: Final = f"{WUBAIHU}205"
_NEW_NAME: Final = "香椿营村学校片网格"


def redraw(edition: Edition) -> Edition:
    """Answer an edition with one grid split, two merged, one border moved and one grid under another name."""
    grids = {area.code: area for area in edition.areas if area.level == edition.levels[-1]}
    for change in (_split(grids), _merge(grids), _move(grids)):
        grids = {code: area for code, area in grids.items() if area.parent_code != change[0].parent_code}
        grids |= {area.code: area for area in change}
    renamed = grid_code(RENAMED, 2)
    grids[renamed] = replace(grids[renamed], name=_NEW_NAME)
    above = [area for area in edition.areas if area.level != edition.levels[-1]]
    return Edition(YEAR, BEGINS, edition.levels, (*above, *sorted(grids.values(), key=lambda area: area.code)))


def _split(grids: dict[str, Area]) -> list[Area]:
    """The nursery's grid in two: it keeps its number, the other part gets the next free one."""
    first, *others = _of_village(grids, SPLIT)
    one, other = min(_cuts(_outline(first), 0.4), key=lambda cut: shapely.length(shapely.intersection(*cut)))
    share = one.area / (one.area + other.area)
    code = grid_code(SPLIT, len(others) + 2)
    new = replace(first, code=code, name=grid_name("示例村", len(others) + 2), chain=(*first.chain[:-1], code))
    return [_sized(first, one, share), *others, _sized(new, other, 1 - share)]


def _merge(grids: dict[str, Area]) -> list[Area]:
    one, other, *rest = _of_village(grids, MERGED)
    whole = shapely.coverage_union_all([one.geom, other.geom])
    households, residents = one.households + other.households, one.residents + other.residents
    return [_redrawn(one, whole, households, residents), *rest]


def _move(grids: dict[str, Area]) -> list[Area]:
    """A strip along their common border goes from the first of two grids to the second."""
    one, other, *rest = _of_village(grids, MOVED)
    border = shapely.intersection(one.geom, other.geom)
    cuts = [cut for cut in _both_ways(_cuts(_outline(one), 0.15)) if shapely.covers(cut[1].exterior, border)]
    kept, strip = min(cuts, key=lambda cut: cut[1].area)
    share = kept.area / (kept.area + strip.area)
    gained = one.households - round(one.households * share), one.residents - round(one.residents * share)
    grown = shapely.coverage_union_all([other.geom, strip])
    return [
        _sized(one, kept, share),
        _redrawn(other, grown, other.households + gained[0], other.residents + gained[1]),
        *rest,
    ]


def _of_village(grids: dict[str, Area], village: str) -> list[Area]:
    return sorted((area for area in grids.values() if area.parent_code == village), key=lambda area: area.code)


def _outline(area: Area) -> Polygon:
    (outline,) = area.geom.geoms
    return outline


def _cuts(outline: Polygon, least: float) -> list[tuple[Polygon, Polygon]]:
    """Every way to cut an outline in two between two of its corners, no part smaller than the share ``least``."""
    ring = shapely.get_coordinates(outline.exterior)[:-1]
    low, high = np.triu_indices(len(ring), 2)
    chords = shapely.linestrings(np.stack([ring[low], ring[high]], axis=1))
    # Through the inside, and on the border with both ends alone.
    inside = shapely.relate_pattern(outline, chords, "T********") & shapely.covers(outline, chords)
    inside &= shapely.get_num_geometries(shapely.intersection(chords, outline.exterior)) == 2
    cuts = []
    for i, j in zip(low[inside].tolist(), high[inside].tolist(), strict=True):
        one, other = Polygon(ring[i : j + 1]), Polygon(np.concatenate([ring[j:], ring[: i + 1]]))
        whole = one.is_valid and other.is_valid and np.isclose(one.area + other.area, outline.area)
        if whole and min(one.area, other.area) >= least * outline.area:
            cuts.append((one, other))
    return cuts


def _both_ways(cuts: Iterable[tuple[Polygon, Polygon]]) -> list[tuple[Polygon, Polygon]]:
    return [cut for one, other in cuts for cut in ((one, other), (other, one))]


def _sized(area: Area, outline: Polygon, share: float) -> Area:
    return _redrawn(area, outline, round(area.households * share), round(area.residents * share))


def _redrawn(area: Area, outline: Geometry, households: int, residents: int) -> Area:
    whole = as_multi(outline)
    (label,), (size,) = label_points([whole]).tolist(), np.round(areas_m2(np.array([whole]))).tolist()
    return replace(
        area, geom=whole, label=(label[0], label[1]), area_m2=size, households=households, residents=residents
    )
