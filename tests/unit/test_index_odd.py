"""The index where the earth and the data are odd: poles, the antimeridian, tiny and huge sets, needles, a million vertices;
held against brute force, and against the memory that a naive look would take.
"""

import multiprocessing
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
import shapely
from numpy.typing import NDArray
from shapely import Polygon, box

from gis.index import AreaIndex
from gis.index_outcomes import NEAR, OUTCOMES
from tests.property.test_match import brute_force
from tests.tessellations import Floats, Tessellation

POINTS = 400
Drawn = Sequence[shapely.Geometry]


def cells(
    west: float, south: float, east: float, north: float, count: int, shrunk: float = 0.0
) -> list[shapely.Geometry]:
    """Voronoi cells of a box, perhaps with gaps between them."""
    whole = box(west, south, east, north)
    seeds = shapely.MultiPoint(np.random.default_rng(count).uniform((west, south), (east, north), (count, 2)))
    drawn = shapely.intersection(shapely.get_parts(shapely.voronoi_polygons(seeds, extend_to=whole)), whole)
    return [shapely.buffer(cell, -shrunk) if shrunk else cell for cell in drawn if not cell.is_empty]


def needles() -> list[shapely.Geometry]:
    corners = np.random.default_rng(1).uniform((116, 39), (116.1, 39.1), (30, 2))
    drawn = [Polygon([(x, y), (x + 0.01, y + 1e-12), (x + 0.01, y + 2e-12)]) for x, y in corners]
    return [needle for needle in drawn if needle.is_valid and needle.area > 0]


def city(
    drawn: Drawn, tolerances_m: tuple[float, ...] = (25.0,), *, above: Sequence[int] = (), overlays: Sequence[int] = ()
) -> Tessellation:
    """Areas of the lowest level but for those that are named with the level that they are of."""
    names = ("city", "village", "grid")[-len(tolerances_m) :]
    depth = [*above, *[len(names) - 1] * (len(drawn) - len(above))]
    return Tessellation(
        [f"{n:04d}" for n in np.random.default_rng(2).permutation(len(drawn))],
        [names[n] for n in depth],
        np.array(drawn, dtype=object),
        np.isin(np.arange(len(drawn)), overlays),
        names,
        tolerances_m,
    )


def index_of(odd: Tessellation) -> AreaIndex:
    return AreaIndex(odd.shapes, odd.codes, odd.depth, odd.overlay, levels=len(odd.names), tolerance_m=odd.tolerances_m)


def points(odd: Tessellation, rng: np.random.Generator) -> Floats:
    """On vertices, one ulp beside, in the middle of edges, anywhere around, and about the tolerances away."""
    vertices, fifth = shapely.get_coordinates(odd.shapes), POINTS // 5
    picked = [vertices[rng.integers(0, len(vertices), fifth)] for _ in range(3)]
    middles = ((vertices[:-1] + vertices[1:]) / 2)[rng.integers(0, len(vertices) - 1, fifth)]
    low, high = vertices.min(axis=0), vertices.max(axis=0)
    anywhere = rng.uniform(low - (high - low).max() * 0.2, high + (high - low).max() * 0.2, (fifth, 2))
    squeeze = np.maximum(np.cos(np.radians(picked[2][:, 1])), 1e-3)
    away = rng.normal(0, 1.5 / 111_000, (fifth, 2)) * rng.choice(odd.tolerances_m, (fifth, 1))
    where = np.concatenate(
        (
            picked[0],
            np.nextafter(picked[1], rng.choice([-1e9, 1e9], picked[1].shape)),
            middles,
            anywhere,
            picked[2] + away / np.column_stack((squeeze, np.ones(fifth))),
        )
    )
    # Beside a pole, not on it, where brute force has no east to measure along; a vertex there is held by its area.
    where[-2 * fifth :, 1] = where[-2 * fifth :, 1].clip(-89.999, 89.999)
    return where.clip((-180.0, -90.0), (180.0, 90.0))


_GRIDS = cells(116, 39, 116.1, 39.1, 40)


@pytest.mark.parametrize(
    "odd",
    [
        pytest.param(city(cells(116.9, 39.7, 116.9024, 39.7018, 30)), id="wards of 200 m"),
        pytest.param(city(cells(116.9, 39.7, 116.90002, 39.70002, 9), (1.0,)), id="two metres"),
        pytest.param(city(cells(75, 18, 135, 53, 60)), id="a country"),
        pytest.param(city(cells(-180, -90, 180, 90, 40)), id="the world"),
        pytest.param(city(cells(-180, -90, 180, -70, 20)), id="around a pole"),
        pytest.param(city(cells(-170, 89.5, 170, 89.99, 20, 0.0005), (25.0, 500.0)), id="gaps beside a pole"),
        pytest.param(city(cells(10, 89.9, 10.01, 89.9001, 5), (2000.0, 25.0), above=[0]), id="small beside a pole"),
        pytest.param(city(cells(20, 69, 31, 71.2, 30, 0.0005), (5000.0, 25.0), above=[0] * 5), id="far north"),
        pytest.param(
            city(cells(179.9, -17, 180, -16.9, 9) + cells(-180, -17, -179.9, -16.9, 8)), id="both sides of 180"
        ),
        pytest.param(city(needles()), id="needles"),
        pytest.param(
            city([Polygon(np.repeat(shapely.get_coordinates(cell), 3, axis=0)) for cell in _GRIDS]),
            id="edges of no length",
        ),
        pytest.param(
            city(
                [shapely.buffer(cell, -0.002) for cell in _GRIDS],
                (10_000.0, 3_000.0, 25.0),
                above=[0, 0, 1, 1, 1],
                overlays=range(0, 40, 5),
            ),
            id="wide tolerances of every level, overlays of every level",
        ),
        pytest.param(
            city(
                [box(116, 39, 116.1, 39.1), box(116.02, 39.02, 116.08, 39.08), box(116, 39, 116.05, 39.05), *_GRIDS],
                (0.0, 0.0, 0.0),
                above=[0, 0, 1],
                overlays=[1, 2],
            ),
            id="overlays over each other, never near",
        ),
        pytest.param(city(_GRIDS, (10.0, 100.0, 25.0), above=[1] * len(_GRIDS)), id="two levels without areas"),
    ],
)
def test_odd_sets_are_answered_as_by_brute_force(odd: Tessellation) -> None:
    where = points(odd, np.random.default_rng(3))
    index = index_of(odd)
    found = index.match(where[:, 0], where[:, 1])
    for place, (lon, lat) in enumerate(where.tolist()):
        expected = brute_force(odd, lon, lat)
        if expected.unsure:
            continue
        code = index.codes[found.area[place]] if found.area[place] >= 0 else None
        assert (OUTCOMES[found.outcome[place]], code) == (expected.outcome, expected.code), (lon, lat)
        if expected.distance_m is not None:
            assert found.distance_m[place] == pytest.approx(expected.distance_m, abs=0.0011), (lon, lat)


def dense_ring(count: int) -> Floats:
    """A circle of some 5 km with a vertex every few centimetres or metres."""
    turn = np.linspace(0.0, 2 * np.pi, count, endpoint=False)
    radius = 0.05 * (1 + 0.01 * np.sin(500 * turn))
    return np.column_stack((116 + radius * np.cos(turn), 39 + radius * np.sin(turn)))


def test_a_wide_tolerance_around_a_dense_border_looks_at_few_edges(monkeypatch: pytest.MonkeyPatch) -> None:
    """Asking for all edges within reach would take 100,000 pairs a point, and memory for them."""
    from gis.index_metres import Borders

    looked: list[int] = []
    within = Borders.within

    def counted(self: Borders, lon: Floats, lat: Floats, reach_m: Floats) -> object:
        answer = within(self, lon, lat, reach_m)
        looked.append(answer[0])
        return answer

    monkeypatch.setattr(Borders, "within", counted)
    ring = dense_ring(100_000)
    index = AreaIndex(np.array([Polygon(ring)]), ["a"], tolerance_m=5_000.0)
    rng = np.random.default_rng(4)
    where = ring[rng.integers(0, len(ring), 300)] + rng.normal(0, 0.01, (300, 2))
    found = index.match(where[:, 0], where[:, 1])
    assert np.count_nonzero(found.outcome == NEAR) > 100
    assert sum(looked) < 300 * 1_000


def test_points_in_very_many_areas_are_taken_in_portions(monkeypatch: pytest.MonkeyPatch) -> None:
    shapes = np.array([box(0, 0, 1 + n * 1e-6, 1) for n in range(100)])
    whole = AreaIndex(shapes, [f"{n:03d}" for n in range(100)])
    lon, lat = np.random.default_rng(5).uniform(0.9999, 1.0003, 300), np.full(300, 0.5)
    expected = whole.match(lon, lat)
    monkeypatch.setattr("gis.index._PAIRS_AT_ONCE", 1_000)
    monkeypatch.setattr("gis.index_near._PAIRS_AT_ONCE", 50)
    again = whole.match(lon, lat)
    assert np.array_equal(again.area, expected.area)
    assert np.array_equal(again.outcome, expected.outcome)
    assert np.array_equal(again.distance_m, expected.distance_m, equal_nan=True)


def _matched(asked: tuple[AreaIndex, Floats]) -> NDArray[np.int32]:
    index, where = asked
    return index.match(where[:, 0], where[:, 1]).area


@pytest.mark.parametrize("how", ["fork", "spawn"])
@pytest.mark.filterwarnings("ignore:This process:DeprecationWarning")
def test_other_processes_get_a_copy_that_answers_the_same(how: str) -> None:
    odd = city(cells(116, 39, 116.1, 39.1, 40, 0.0002), (400.0, 25.0), above=[0] * 3)
    index, where = index_of(odd), points(odd, np.random.default_rng(6))
    with multiprocessing.get_context(how).Pool(2) as pool:
        found = pool.map(_matched, [(index, where[:200]), (index, where[200:])])
    assert np.array_equal(np.concatenate(found), _matched((index, where)))


def test_sixteen_threads_ask_a_new_index_at_once() -> None:
    odd = city(cells(116, 39, 116.1, 39.1, 200, 0.0002), (400.0, 25.0), above=[0] * 9)
    where = np.concatenate([points(odd, np.random.default_rng(n)) for n in range(16)])
    expected = _matched((index_of(odd), where))
    for _ in range(3):
        index = index_of(odd)
        with ThreadPoolExecutor(16) as threads:
            found = list(threads.map(_matched, [(index, where[n::16]) for n in range(16)]))
        for n, each in enumerate(found):
            assert np.array_equal(each, expected[n::16])


def test_what_is_asked_may_be_narrow_numbers_or_lists_but_as_many_lon_as_lat() -> None:
    index = AreaIndex(np.array([box(0, 0, 1, 1)]), ["a"])
    for lon, lat in (
        ([0.5], [0.5]),
        (np.array([1]), np.array([0])),
        (np.array([0.5], np.float32), np.array([0.5], np.float32)),
    ):
        assert index.match(lon, lat).area.tolist() == [0]  # type: ignore[arg-type]
    strided = np.random.default_rng(0).random((10, 4))
    assert index.match(strided[::2, 1], strided[::2, 3]).area.tolist() == [0] * 5
    for both in ((0.5, 0.5), ([0.5], [0.5, 0.5]), (np.zeros((2, 2)), np.zeros((2, 2)))):
        with pytest.raises(ValueError, match="As many lon as lat"):
            index.match(*both)
