"""The mesh and the regions grown on it: no gaps, no overlaps, nothing falls apart."""

from collections.abc import Callable

import numpy as np
import pytest
import shapely
from scipy.sparse.csgraph import connected_components
from shapely import MultiPolygon, Polygon, box

from gis.boundary_measures import areas_m2
from gis.drawing import (
    DIGITS,
    Floats,
    Mesh,
    as_multi,
    dissolve,
    jittered_points,
    label_points,
    open_gap,
    tessellate,
)
from gis.growth import grow, grow_one, noisy, spread_seeds, subgraph

BOX = (116.95, 39.65, 117.15, 39.80)
OUTLINES = [
    Polygon([(117.0, 39.7), (117.04, 39.69), (117.05, 39.73), (117.045, 39.76), (117.0, 39.75)]),
    Polygon([(117.04, 39.69), (117.1, 39.7), (117.09, 39.74), (117.045, 39.76), (117.05, 39.73)]),
]


def evenly(places: Floats) -> Floats:
    return np.ones(len(places))


def draw(seed: int, density: Callable[[Floats], Floats] = evenly) -> Mesh:
    rng = np.random.default_rng(seed)
    return tessellate(jittered_points(BOX, 300.0, density, rng), OUTLINES, rng)


@pytest.fixture(scope="module")
def mesh() -> Mesh:
    return draw(7)


@pytest.mark.parametrize("seed", range(6))
def test_cells_tile_the_outlines_with_shared_vertices(seed: int) -> None:
    mesh = draw(seed)
    assert shapely.is_valid(mesh.cells).all()
    assert shapely.coverage_is_valid(mesh.cells)
    for number, outline in enumerate(OUTLINES):
        whole = shapely.coverage_union_all(mesh.cells[mesh.outline == number])
        assert isinstance(whole, Polygon)
        assert not whole.interiors
        # Cutting moves an outline by less than the rounding of its new vertices.
        assert shapely.hausdorff_distance(whole, outline) < 2e-7


def test_coordinates_have_seven_decimals(mesh: Mesh) -> None:
    coordinates = shapely.get_coordinates(mesh.cells)
    assert np.array_equal(coordinates, np.round(coordinates, DIGITS))


def test_the_same_seed_draws_the_same_cells(mesh: Mesh) -> None:
    again = draw(7)
    assert shapely.to_wkb(mesh.cells).tolist() == shapely.to_wkb(again.cells).tolist()
    assert shapely.to_wkb(draw(8).cells).tolist() != shapely.to_wkb(mesh.cells).tolist()


def test_neighbours_in_the_graph_share_an_edge_and_no_others_do(mesh: Mesh) -> None:
    links = mesh.graph.tocoo()
    first, second = links.coords
    shared = shapely.length(shapely.intersection(mesh.cells[first], mesh.cells[second]))
    assert (shared > 0).all()
    touching = shapely.STRtree(mesh.cells).query(mesh.cells, predicate="touches")
    along = shapely.length(shapely.intersection(mesh.cells[touching[0]], mesh.cells[touching[1]])) > 0
    assert int(along.sum()) == links.nnz


def test_the_rim_is_what_touches_an_outline(mesh: Mesh) -> None:
    borders = shapely.union_all(shapely.boundary(OUTLINES))
    near = shapely.length(shapely.intersection(shapely.buffer(borders, 1e-6), shapely.boundary(mesh.cells))) > 1e-5
    assert np.array_equal(mesh.rim, near)


def test_denser_places_get_smaller_cells() -> None:
    mesh = draw(3, lambda places: np.where(places[:, 0] < 117.045, 4.0, 1.0))
    west, east = mesh.cells[mesh.outline == 0], mesh.cells[mesh.outline == 1]
    assert np.median(shapely.area(west)) < np.median(shapely.area(east)) / 2.5


def test_regions_are_connected_and_about_as_large_as_wanted(mesh: Mesh) -> None:
    rng = np.random.default_rng(1)
    lengths = noisy(mesh.graph, rng)
    targets = np.array([3.0, 1.0, 1.0, 2.0, 1.0])
    region = grow(lengths, spread_seeds(mesh.centres, 5, rng), targets)
    assert set(region.tolist()) == set(range(5))
    for number in range(5):
        assert connected_components(subgraph(lengths, np.flatnonzero(region == number)))[0] == 1
    shares = np.bincount(region) / len(region) / (targets / targets.sum())
    assert ((shares > 0.6) & (shares < 1.6)).all()
    areas = dissolve(mesh.cells, region, 5)
    assert shapely.coverage_is_valid(areas)
    assert as_multi(shapely.coverage_union_all(areas)) == as_multi(shapely.coverage_union_all(mesh.cells))


def test_one_region_leaves_the_rest_in_one_piece(mesh: Mesh) -> None:
    lengths = noisy(mesh.graph, np.random.default_rng(2))
    middle = int(np.argmin(((mesh.centres - (117.045, 39.72)) ** 2).sum(axis=1)))
    region = grow_one(lengths, middle, 60, ~mesh.rim)
    assert 40 < region.sum() < 90
    for part in (region, ~region):
        assert connected_components(subgraph(lengths, np.flatnonzero(part)))[0] == 1


def test_a_label_without_cells_is_refused(mesh: Mesh) -> None:
    with pytest.raises(ValueError, match="label 1 of 2"):
        dissolve(mesh.cells, np.zeros(len(mesh.cells), dtype=np.int64), 2)


def test_seeds_are_distinct_even_when_all_cells_are_asked_for(mesh: Mesh) -> None:
    places = mesh.centres[:5]
    assert sorted(spread_seeds(places, 9, np.random.default_rng(0)).tolist()) == [0, 1, 2, 3, 4]
    many = spread_seeds(mesh.centres, 50, np.random.default_rng(0))
    assert len(set(many.tolist())) == 50


def test_label_points_lie_inside_even_where_the_middle_does_not() -> None:
    bent = Polygon([(0, 0), (4, 0), (4, 4), (3, 4), (3, 1), (0, 1)])
    ring = box(0, 0, 5, 5).difference(box(1, 1, 4, 4))
    for area, label in zip([bent, ring], label_points([bent, ring]), strict=True):
        assert shapely.contains_properly(area, shapely.Point(label))


def test_area_is_geodesic_and_holes_do_not_count() -> None:
    # One degree square at the equator on WGS84: 12,308.78 km² (Karney 2013, geodesic polygon).
    whole, holed = areas_m2(np.array([box(0, 0, 1, 1), box(0, 0, 1, 1).difference(box(0.2, 0.2, 0.4, 0.4))]))
    assert whole == pytest.approx(12_308.78e6, rel=1e-5)
    assert holed == pytest.approx(whole * 0.96, rel=1e-3)


def test_a_gap_is_as_wide_as_asked_and_in_neither_area() -> None:
    line = [(117.0, 39.70), (117.0004, 39.703), (116.9998, 39.706), (117.0001, 39.71)]
    west = MultiPolygon([Polygon([(116.99, 39.70), *line, (116.99, 39.71)])])
    east = MultiPolygon([Polygon([(117.01, 39.70), *line, (117.01, 39.71)])])
    one, other, gap = open_gap(west, east, 30.0)
    assert shapely.coverage_is_valid([one, other, gap])
    pieces = shapely.union_all([one, other, gap])
    assert shapely.hausdorff_distance(pieces, shapely.union_all([west, east])) < 1e-9
    radius_m = shapely.maximum_inscribed_circle(gap, tolerance=1e-7).length * 111_320 * 0.9
    assert 10 < radius_m < 20


def test_areas_that_do_not_touch_give_no_gap() -> None:
    with pytest.raises(ValueError, match="share"):
        open_gap(MultiPolygon([box(0, 0, 1, 1)]), MultiPolygon([box(2, 0, 3, 1)]), 30.0)
