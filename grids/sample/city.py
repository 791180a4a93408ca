"""The drawn city: every area of both boundary editions, with the irregularities that were planted.

Owns the assembly of areas from the layout: outlines, chains, households, label points, editions.
It writes no database and knows no postings and no reports.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from pathlib import Path

import numpy as np
import shapely
from shapely import MultiPolygon, Polygon

from gis.boundary_measures import areas_m2
from gis.drawing import Ints, as_multi, dissolve, label_points, open_gap
from grids.sample.divisions import (
    CITY,
    EXAMPLE_VILLAGE,
    LEVELS,
    WUBAIHU,
    ZONE,
    Division,
    VillagePlan,
    grid_code,
    grid_name,
    plan_village,
    read_divisions,
    split_households,
)
from grids.sample.layout import Layout, county_outlines, grid_labels, lay_out, numbered

SEED = 1310
SHANGHAI = timezone(timedelta(hours=8), "Asia/Shanghai")
EDITION_DAYS = {
    "2019": datetime(2019, 1, 1, tzinfo=SHANGHAI),
    "2025": datetime(2025, 1, 1, tzinfo=SHANGHAI),
}
GAP_WIDTH_M = 30.0

_REDRAWN_SHARE = 0.05
_REDRAWN_IN_WUBAIHU = 4
_HOLE_CELLS = 3

Step = Callable[[str], None]


@dataclass(frozen=True)
class Area:
    """An area of one edition.

    Attributes
    ----------
    chain
        Codes from the city down to this area.
    geom
        MultiPolygon, lon lat, WGS84, coordinates with 7 decimals.
    label
        lon lat of a point strictly inside.
    area_m2
        Geodesic, on WGS84.
    """

    code: str
    level: str
    name: str
    parent_code: str | None
    chain: tuple[str, ...]
    geom: MultiPolygon
    label: tuple[float, float]
    households: int
    residents: int
    area_m2: float
    synthetic: bool = True
    overlay: bool = False


@dataclass(frozen=True)
class Edition:
    """A dated set of boundaries; parents stand before their children."""

    name: str
    valid_from: datetime
    levels: tuple[str, ...]
    areas: tuple[Area, ...]

    def by_code(self) -> dict[str, Area]:
        """Areas by their code."""
        return {area.code: area for area in self.areas}

    def of_level(self, level: str) -> list[Area]:
        """Areas of one level, in the order of their codes."""
        return [area for area in self.areas if area.level == level]


@dataclass(frozen=True)
class Plant:
    """An irregularity put there on purpose: a piece of a village that lies in no grid.

    ``kind`` is ``gap`` (a sliver between two grids, :data:`GAP_WIDTH_M` wide at its middle) or
    ``hole`` (a reservoir that no grid was given).
    """

    kind: str
    village_code: str
    geom: Polygon


@dataclass(frozen=True)
class City:
    """Both editions and what was planted in them (the same plants in both)."""

    editions: tuple[Edition, ...]
    plants: tuple[Plant, ...]
    redrawn: frozenset[str]

    def edition(self, name: str) -> Edition:
        """One edition by its name."""
        return next(edition for edition in self.editions if edition.name == name)


def draw_city(divisions_path: Path, seed: int = SEED, step: Step = lambda _: None) -> City:
    """Draw the whole city; the same seed and divisions give the same city to the last digit.

    Parameters
    ----------
    divisions_path
        See :func:`grids.sample.divisions.read_divisions`.
    seed
        Which city.
    step
        Is told what begins, for progress bars.
    """
    divisions = read_divisions(divisions_path)
    plans = {v.code: plan_village(v, seed) for v in divisions if v.level == "village"}
    step("mesh")
    layout = lay_out(divisions, plans, county_outlines(), seed)
    step("areas")
    upper = _upper_outlines(layout)
    step("grids")
    first = {
        code: _draw_grids(layout, layout.members[code], plans[code].grids, [seed, int(code), 2019]) for code in plans
    }
    second = dict(first)
    for code in _choose_redrawn(first, seed):
        # A recut village mostly gets one grid more: that is what recutting is for.
        count = min(4, len(first[code]) + 1) if len(first[code]) < 4 else 3
        second[code] = _draw_grids(layout, layout.members[code], count, [seed, int(code), 2025])
    # A village of very few cells may come out as it was.
    redrawn = [code for code in first if second[code] != first[code]]
    plants = _plant(layout, upper, (first, second), redrawn)
    step("editions")
    measured = _measure([*upper.values(), *_flat(first), *_flat(second)])
    editions = []
    for name, grids in (("2019", first), ("2025", second)):
        areas = _assemble(divisions, plans, upper, grids, measured, seed)
        editions.append(Edition(name, EDITION_DAYS[name], LEVELS, areas))
    return City(tuple(editions), plants, frozenset(redrawn))


def _upper_outlines(layout: Layout) -> dict[str, MultiPolygon]:
    cells = layout.mesh.cells
    outlines = {code: as_multi(shapely.coverage_union_all(cells[mine])) for code, mine in layout.members.items()}
    outlines[CITY] = as_multi(shapely.coverage_union_all(cells))
    return outlines


def _draw_grids(layout: Layout, cells: Ints, count: int, seed: list[int]) -> list[MultiPolygon]:
    count = max(1, min(count, len(cells) // 4))
    labels = grid_labels(layout, cells, count, np.random.default_rng(seed))
    return numbered(dissolve(layout.mesh.cells[cells], labels, count))


def _choose_redrawn(grids: Mapping[str, list[MultiPolygon]], seed: int) -> list[str]:
    chosen = [
        code
        for code in sorted(grids)
        if not code.startswith(WUBAIHU) and np.random.default_rng([seed, int(code), 3]).random() < _REDRAWN_SHARE
    ]
    own = [code for code in sorted(grids) if code.startswith(WUBAIHU) and code != EXAMPLE_VILLAGE]
    several = [code for code in own if len(grids[code]) in (1, 2)]
    return sorted(chosen + several[:: max(1, len(several) // _REDRAWN_IN_WUBAIHU)][:_REDRAWN_IN_WUBAIHU])


def _plant(
    layout: Layout,
    upper: Mapping[str, MultiPolygon],
    editions: Iterable[dict[str, list[MultiPolygon]]],
    redrawn: Iterable[str],
) -> tuple[Plant, ...]:
    """Open the gap and leave out the reservoir, in villages of Wubaihu that are the same in both editions."""
    first, second = editions
    free = [c for c in sorted(first) if c.startswith(WUBAIHU) and c not in redrawn and c != EXAMPLE_VILLAGE]
    gap, gap_grids = next(_gaps(first, (c for c in free if len(first[c]) == 2)))
    holes = _holes(layout, upper, first, (c for c in free if c != gap.village_code))
    # The roomiest village has the reservoir: its grid must not become a thin ring.
    hole, hole_grids = max(holes, key=lambda found: upper[found[0].village_code].area)
    for grids in (first, second):
        grids[gap.village_code] = gap_grids
        grids[hole.village_code] = hole_grids
    return gap, hole


def _gaps(
    grids: Mapping[str, list[MultiPolygon]], villages: Iterable[str]
) -> Iterator[tuple[Plant, list[MultiPolygon]]]:
    for code in villages:
        try:
            one, other, gap = open_gap(grids[code][0], grids[code][1], GAP_WIDTH_M)
        except ValueError:
            continue
        yield Plant("gap", code, gap), [one, other]


def _holes(
    layout: Layout,
    upper: Mapping[str, MultiPolygon],
    grids: Mapping[str, list[MultiPolygon]],
    villages: Iterable[str],
) -> Iterator[tuple[Plant, list[MultiPolygon]]]:
    for code in villages:
        if len(grids[code]) != 1:
            continue
        cells = layout.mesh.cells[layout.members[code]]
        inner = cells[shapely.disjoint(cells, upper[code].boundary)]
        if len(inner) < _HOLE_CELLS:
            continue
        near = np.argsort(shapely.distance(shapely.centroid(inner), upper[code].centroid))[:_HOLE_CELLS]
        hole = as_multi(shapely.coverage_union_all(inner[near]))
        rest = as_multi(shapely.coverage_union_all(cells[~np.isin(cells, inner[near])]))
        if len(hole.geoms) == 1 and not hole.geoms[0].interiors and len(rest.geoms) == 1:
            yield Plant("hole", code, hole.geoms[0]), [rest]


def _assemble(
    divisions: Sequence[Division],
    plans: Mapping[str, VillagePlan],
    upper: Mapping[str, MultiPolygon],
    grids: Mapping[str, list[MultiPolygon]],
    measured: Mapping[int, tuple[tuple[float, float], float]],
    seed: int,
) -> tuple[Area, ...]:
    rows = [(d.code, d.level, d.name, d.parent_code) for d in divisions]
    outlines = [upper[d.code] for d in divisions]
    households = {code: plan.households for code, plan in plans.items()}
    residents: dict[str, int] = {}
    for village in (d for d in divisions if d.level == "village"):
        rng = np.random.default_rng([seed, int(village.code), 4])
        shapes = grids[village.code]
        residents[village.code] = 0
        for number, part in enumerate(split_households(plans[village.code].households, len(shapes), rng), 1):
            code = grid_code(village.code, number)
            rows.append((code, "grid", grid_name(village.name, number), village.code))
            outlines.append(shapes[number - 1])
            households[code] = part
            residents[code] = round(part * float(rng.uniform(2.6, 3.3)))
            residents[village.code] += residents[code]
    parents = {code: parent for code, _, _, parent in rows}
    for level in ("village", "township", "county"):
        for division in (d for d in divisions if d.level == level and d.parent_code):
            for count in (households, residents):
                above = str(division.parent_code)
                count[above] = count.get(above, 0) + count[division.code]
    return tuple(
        Area(
            code, level, name, parent, chain := _chain(code, parents), outline,
            measured[id(outline)][0], households[code], residents[code], measured[id(outline)][1],
            overlay=ZONE in chain,
        )
        for (code, level, name, parent), outline in zip(rows, outlines, strict=True)
    )  # fmt: skip


def _flat(grids: Mapping[str, list[MultiPolygon]]) -> list[MultiPolygon]:
    return [shape for shapes in grids.values() for shape in shapes]


def _measure(outlines: Iterable[MultiPolygon]) -> dict[int, tuple[tuple[float, float], float]]:
    # Most outlines stand in both editions as one object; each is measured once.
    each = {id(outline): outline for outline in outlines}
    shapes = list(each.values())
    labels, sizes = label_points(shapes).tolist(), np.round(areas_m2(np.array(shapes, dtype=object))).tolist()
    return {key: ((lon, lat), size) for key, (lon, lat), size in zip(each, labels, sizes, strict=True)}


def _chain(code: str, parents: Mapping[str, str | None]) -> tuple[str, ...]:
    chain = [code]
    while parent := parents[chain[-1]]:
        chain.append(parent)
    return tuple(reversed(chain))
