"""What polygons have in common with convex cells, against GEOS."""

import numpy as np
import pytest
import shapely
from numpy.typing import NDArray

from gis.clipping import common_area

SIZE = 40


def stars(rng: np.random.Generator) -> NDArray[np.object_]:
    """Jagged polygons, each with a hole, some of two parts."""
    made = []
    for _ in range(SIZE):
        x, y = rng.uniform(-2, 2, 2)
        turn = np.sort(rng.uniform(0, 2 * np.pi, int(rng.integers(5, 60))))
        reach = rng.uniform(0.2, 3, len(turn))[:, None]
        star = shapely.Polygon(np.stack([np.cos(turn), np.sin(turn)], axis=1) * reach + (x, y)).buffer(0)
        holed = star.difference(shapely.Point(x, y).buffer(0.1))
        made.append(shapely.union(holed, shapely.box(x + 4, y, x + 5, y + 1)) if rng.random() < 0.5 else holed)
    return np.array(made, dtype=object)


def hulls(rng: np.random.Generator, corners: int) -> NDArray[np.object_]:
    points = rng.uniform(-3, 3, (SIZE, corners, 2))
    return np.asarray(shapely.convex_hull(shapely.multipoints(points)), dtype=object)


def expected(shapes: NDArray[np.object_], cells: NDArray[np.object_]) -> NDArray[np.float64]:
    return np.asarray(shapely.area(shapely.intersection(shapes, cells)), dtype=np.float64)


@pytest.mark.parametrize("seed", range(20))
@pytest.mark.parametrize("away", [0.0, 1e7])
def test_as_geos_has_it(seed: int, away: float) -> None:
    rng = np.random.default_rng([seed, 91])
    shapes, cells = (
        np.asarray(shapely.transform(each, lambda xy: xy + away), dtype=object)
        for each in (stars(rng), hulls(rng, int(rng.integers(3, 12))))
    )
    shape, cell = rng.integers(0, SIZE, (2, 400))
    found = common_area(shapes, cells, shape, cell)
    assert found == pytest.approx(expected(shapes[shape], cells[cell]), abs=1e-9 if away == 0 else 1e-6)


def test_whichever_way_rings_turn() -> None:
    square = shapely.box(0, 0, 4, 4).difference(shapely.box(1, 1, 2, 2))
    for shape in (square, shapely.reverse(square)):
        for cell in (shapely.box(0, 0, 3, 3), shapely.reverse(shapely.box(0, 0, 3, 3))):
            one = np.zeros(1, dtype=np.int64)
            assert common_area(np.array([shape]), np.array([cell]), one, one).tolist() == [8.0]


def test_sides_on_each_other_and_corners_that_touch() -> None:
    cell = np.array([shapely.box(0, 0, 1, 1)])
    shapes = np.array([shapely.box(*each) for each in ((0, 0, 1, 1), (1, 0, 2, 1), (1, 1, 2, 2), (0, 0.5, 2, 1))])
    found = common_area(shapes, cell, np.arange(4), np.zeros(4, dtype=np.int64))
    assert found.tolist() == [1.0, 0.0, 0.0, 0.5]


def test_a_cell_that_is_not_convex_is_cut_all_the_same() -> None:
    dented = np.array([shapely.Polygon([(0, 0), (2, 0), (1, 0.5), (2, 1), (0, 1)]), shapely.box(0, 0, 1, 1)])
    shapes = np.array([shapely.box(1, 0, 3, 1), shapely.box(0.5, 0, 3, 1)])
    found = common_area(shapes, dented, np.array([0, 1, 1]), np.array([0, 1, 0]))
    assert found == pytest.approx([0.5, 0.5, 1.0])


def test_more_vertices_than_go_at_once_and_none_at_all() -> None:
    many = np.array([shapely.Point(0, 0).buffer(1, quad_segs=50_000)])
    cells = np.array([shapely.box(-1, -1, x, 1) for x in (-0.5, 0.0, 0.5, 1.0)])
    found = common_area(many, cells, np.zeros(4, dtype=np.int64), np.arange(4))
    assert found == pytest.approx(expected(np.repeat(many, 4), cells), abs=1e-12)
    none = np.array([], dtype=np.int64)
    assert common_area(many, cells, none, none).tolist() == []
    assert common_area(many[:0], cells[:0], none, none).tolist() == []
