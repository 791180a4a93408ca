"""Borders that areas share stay shared, however coarse: on a whole city, with holes and overlays, and on broken input."""

import numpy as np
import pytest
import shapely
from numpy.typing import NDArray
from shapely import MultiPolygon, Polygon

from gis.drawing import dissolve, jittered_points, tessellate
from gis.simplify import Faces, assemble, faces_of, simplify
from tests.tessellations import tessellation

TOLERANCES = (0.0002, 0.001, 0.003)
Shapes = NDArray[np.object_]


@pytest.fixture(scope="module")
def city() -> tuple[Shapes, Shapes, Shapes]:
    """Grids, villages and the county that they make up, without gaps; borders are crooked."""
    rng = np.random.default_rng(7)
    box = shapely.box(116.9, 39.6, 117.0, 39.7)
    points = jittered_points((116.8, 39.5, 117.1, 39.8), 700, lambda xy: np.ones(len(xy)), rng)
    mesh = tessellate(points, [box], rng)
    centres = mesh.centres
    grid = (np.floor((centres[:, 0] - 116.9) / 0.0125) * 8 + np.floor((centres[:, 1] - 39.6) / 0.0125)).astype(np.int64)
    labels = np.unique(grid, return_inverse=True)[1].astype(np.int64)
    grids = dissolve(mesh.cells, labels, int(labels.max()) + 1)
    villages = dissolve(mesh.cells, np.floor((centres[:, 0] - 116.9) / 0.0251).astype(np.int64), 4)
    county = dissolve(mesh.cells, np.zeros(len(centres), dtype=np.int64), 1)
    return np.array(grids), np.array(villages), np.array(county)


def coarse(areas: Shapes, tolerance: float) -> Shapes:
    return assemble(simplify(faces_of(areas), tolerance), areas)


@pytest.mark.parametrize("tolerance", TOLERANCES)
def test_neighbours_and_levels_keep_one_line_between_them(
    city: tuple[Shapes, Shapes, Shapes], tolerance: float
) -> None:
    grids, villages, county = city
    made = coarse(np.concatenate(city), tolerance)
    assert shapely.get_num_coordinates(made).sum() < shapely.get_num_coordinates(np.concatenate(city)).sum()
    assert shapely.is_valid(made).all()
    small, middle, large = made[: len(grids)], made[len(grids) : -1], made[-1]
    assert len(middle) == len(villages)
    for level in (small, middle):
        assert shapely.coverage_is_valid(level)
        union = shapely.coverage_union_all(level)
        assert shapely.area(level).sum() == pytest.approx(union.area, rel=1e-12)
        assert shapely.equals(union, large)
        # Not only the same ground: the same vertices, so that two lines drawn over each other cover each other.
        assert set(map(tuple, shapely.get_coordinates(large))) <= set(map(tuple, shapely.get_coordinates(level)))
    assert len(county) == 1


@pytest.mark.parametrize("tolerance", TOLERANCES)
def test_no_line_moves_far(city: tuple[Shapes, Shapes, Shapes], tolerance: float) -> None:
    grids = city[0]
    made = coarse(grids, tolerance)
    # The tolerance bounds the area of what is cut off, not its height: twice is the most that was seen on 6,000 grids.
    assert shapely.hausdorff_distance(grids, made).max() <= 2.5 * tolerance


def test_what_one_line_separates_is_simplified_once() -> None:
    zigzag = [(x / 100, 1 + (0.001 if x % 2 else -0.001)) for x in range(101)]
    south = Polygon([(0, 0), *zigzag, (1, 0)])
    north = Polygon([*zigzag, (1, 2), (0, 2)])
    made = coarse(np.array([south, north], dtype=object), 0.01)
    assert shapely.get_num_coordinates(made).max() < 20
    line = shapely.intersection(made[0].exterior, made[1].exterior)
    assert line.length == pytest.approx(1, abs=1e-3)
    assert shapely.coverage_is_valid(made)


def test_holes_and_gaps_stay() -> None:
    round_hole = shapely.buffer(shapely.Point(1, 1), 0.2, quad_segs=16)
    enclave = shapely.buffer(shapely.Point(3, 1), 0.2, quad_segs=16)
    grids = np.array([shapely.box(0, 0, 2, 2) - round_hole, shapely.box(2.05, 0, 4, 2) - enclave, enclave])
    for tolerance in (0.01, 0.1, 1.0):
        made = coarse(grids, tolerance)
        assert [shapely.get_num_interior_rings(one) for one in made] == [1, 1, 0]
        assert shapely.distance(made[0], made[1]) == pytest.approx(0.05)
        assert shapely.equals(Polygon(made[1].interiors[0]), made[2])
        assert not made[0].contains(shapely.Point(1, 1))


def test_an_overlay_lies_over_others_and_takes_nothing_from_them() -> None:
    below = [shapely.box(0, 0, 1, 2), shapely.box(1, 0, 2, 2)]
    zone = shapely.buffer(shapely.Point(1, 1), 0.5, quad_segs=24)
    made = coarse(np.array([*below, zone]), 0.05)
    assert shapely.equals(made[0], below[0])
    assert shapely.equals(made[1], below[1])
    assert shapely.get_num_coordinates(made[2]) < shapely.get_num_coordinates(zone)
    assert shapely.intersection(made[2], made[0]).area + shapely.intersection(made[2], made[1]).area == pytest.approx(
        made[2].area
    )


def test_no_area_is_ever_lost() -> None:
    tiny = shapely.buffer(shapely.Point(1.5, 0.5), 0.001, quad_segs=8)
    speck = shapely.box(5, 5, 5 + 1e-9, 5 + 1e-9)
    areas = np.array([shapely.box(0, 0, 1, 1), shapely.box(1, 0, 2, 1) - tiny, tiny, speck])
    made = coarse(areas, 10.0)
    assert shapely.is_valid(made).all()
    assert (shapely.area(made) > 0).all()
    assert shapely.equals_exact(made[3], speck)


def test_a_vertex_that_only_one_side_has_does_not_part_them() -> None:
    wavy = [(1, 0), (1.1, 0.5), (1, 1), (1.1, 1.5), (1, 2)]
    whole = Polygon([(0, 0), *wavy, (0, 2)])
    below = Polygon([(2, 0), (2, 1), *wavy[2::-1]])
    above = Polygon([(2, 1), (2, 2), *wavy[:1:-1]])
    # The same line as that of ``whole``, with a vertex more on a straight edge.
    split = Polygon([(2, 1), (2, 2), (1, 2), (1.05, 1.75), *wavy[3:1:-1]])
    for second in (above, split):
        made = coarse(np.array([whole, below, second]), 0.3)
        assert shapely.coverage_is_valid(made)
        assert shapely.area(made).sum() == pytest.approx(4)


@pytest.mark.parametrize("seed", range(30))
def test_broken_boundaries_give_valid_shapes(seed: int) -> None:
    areas = tessellation(np.random.default_rng([seed, 3])).shapes
    faces = faces_of(areas)
    assert shapely.coverage_is_valid(faces.shapes)
    exact = np.bincount(faces.area, weights=shapely.area(faces.shapes)[faces.face], minlength=len(areas))
    assert exact == pytest.approx(shapely.area(areas), rel=1e-3, abs=1e-9)
    for tolerance in (0.0001, 0.002):
        made = assemble(simplify(faces, tolerance), areas)
        assert shapely.is_valid(made).all()
        assert not shapely.is_empty(made).any()
        assert {type(one) for one in made} <= {Polygon, MultiPolygon}


def test_nothing_and_too_much() -> None:
    none = np.array([], dtype=object)
    nothing = faces_of(none)
    assert isinstance(nothing, Faces)
    assert assemble(simplify(nothing, 1.0), none).tolist() == []
    with pytest.raises(ValueError, match="beyond what a grid"):
        faces_of(np.array([shapely.box(0, 0, 1e6, 1)]))
