"""The index of areas: what a cell must not hide, threads, pickles, refusals; its meaning is held by tests/property."""

import pickle
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
import shapely
from pyproj import Geod
from shapely import MultiPolygon, Polygon, box

from gis.index import AreaIndex, AreasRefusedError
from gis.index_metres import stretch
from gis.index_outcomes import OUTCOMES, REASONS, Matches, reasons
from gis.tolerances import BadToleranceError
from tests.tessellations import SIZE, SOUTH, WEST, Floats, Tessellation, points, tessellation


def index_of(city: Tessellation) -> AreaIndex:
    return AreaIndex(
        city.shapes, city.codes, city.depth, city.overlay, levels=len(city.names), tolerance_m=city.tolerances_m
    )


def told(index: AreaIndex, found: Matches) -> list[tuple[str, str | None]]:
    codes = [index.codes[place] if place >= 0 else None for place in found.area]
    return list(zip((OUTCOMES[outcome] for outcome in found.outcome), codes, strict=True))


def asked(
    shapes: Sequence[shapely.Geometry], codes: list[str], *where: tuple[float, float], **more: object
) -> list[object]:
    index = AreaIndex(np.array(shapes, dtype=object), codes, **more)  # type: ignore[arg-type]
    lon, lat = np.array(where).T
    return list(told(index, index.match(lon, lat)))


def test_one_ulp_decides_at_an_edge() -> None:
    left, right = box(0, 0, 0.1, 1), box(0.1, 0, 1, 1)
    before, after = np.nextafter(0.1, 0), np.nextafter(0.1, 1)
    assert asked([left, right], ["a", "b"], (before, 0.5), (0.1, 0.5), (after, 0.5)) == [
        ("inside", "a"),
        ("border", "a"),
        ("inside", "b"),
    ]


def test_an_unshared_edge_is_inside_and_its_border_is_0_m_away() -> None:
    index = AreaIndex(np.array([box(0, 0, 1, 1)]), ["a"])
    lon, lat = np.array([1.0, 0.5]), np.array([0.5, 0.25])
    found = index.match(lon, lat)
    assert told(index, found) == [("inside", "a")] * 2
    # A quarter of a degree of the meridian from the equator: a (1 - e²) φ, as good as exact there.
    assert index.border_m(lon, lat, found.area) == pytest.approx([0.0, 27_643.57], abs=0.01)


def test_border_m_is_that_of_each_point_with_each_edge_to_the_last_bit() -> None:
    """Also where an edge has no length, and of some thousand points and of one."""
    dot = Polygon([(0, 0), (1, 0), (1, 0), (1, 1), (1, 1), (0, 1)])
    rng = np.random.default_rng(11)
    city = tessellation(rng)
    where = points(city, rng, 3_000)
    for index, lon, lat in (
        (AreaIndex(np.array([dot, box(1, 0, 2, 1)]), ["a", "b"]), *rng.uniform((0, 0), (2, 1), (500, 2)).T),
        (index_of(city), *where.T),
    ):
        area = index.match(lon, lat).area
        metres = index.border_m(lon, lat, area)
        wanted = [_one_by_one(index, *each) for each in zip(lon, lat, area, strict=True)]
        assert np.array_equal(metres, wanted, equal_nan=True)
        assert np.array_equal(index.border_m(lon[:1], lat[:1], area[:1]), metres[:1], equal_nan=True)
        assert len(index.border_m(lon[:0], lat[:0], area[:0])) == 0


def _one_by_one(index: AreaIndex, lon: float, lat: float, area: int) -> float:
    edges = index._edges[index._edges.area == area]
    if not len(edges.area):
        return np.nan
    ratio = stretch(np.array([lat]))
    x, y = (edges.start[:, 0] - lon) * ratio, edges.start[:, 1] - lat
    dx, dy = (edges.end[:, 0] - edges.start[:, 0]) * ratio, edges.end[:, 1] - edges.start[:, 1]
    length = dx * dx + dy * dy
    along = np.clip(-(x * dx + y * dy) / np.where(length > 0.0, length, 1.0), 0.0, 1.0)
    x, y = x + along * dx, y + along * dy
    best = int((x * x + y * y).argmin())
    return float(Geod(ellps="WGS84").inv(lon, lat, lon + x[best] / ratio[0], lat + y[best])[2])


def test_a_hole_is_no_part_and_an_exclave_is() -> None:
    holed = Polygon([(0, 0), (1, 0), (1, 1), (0, 1)], [[(0.4, 0.4), (0.6, 0.4), (0.6, 0.6), (0.4, 0.6)]])
    shape = MultiPolygon([holed, box(3, 3, 4, 4)])
    assert asked([shape], ["a"], (0.5, 0.5), (0.2, 0.2), (3.5, 3.5), (2.0, 2.0)) == [
        ("outside", None),
        ("inside", "a"),
        ("inside", "a"),
        ("outside", None),
    ]


def test_the_overlay_beats_what_lies_under_it_even_where_it_has_no_grid() -> None:
    shapes = [box(0, 0, 1, 1), box(0.4, 0.4, 0.6, 0.6), box(0, 0, 1, 1)]
    more = {"level": np.array([0, 0, 1]), "overlay": np.array([False, True, False])}
    assert asked(shapes, ["1", "2", "11"], (0.5, 0.5), (0.2, 0.2), (0.6, 0.5), **more) == [
        ("backstop", "2"),
        ("inside", "11"),
        ("backstop", "2"),
    ]


def test_an_edition_whose_lowest_level_is_empty_answers_by_the_one_above() -> None:
    assert asked([box(0, 0, 1, 1)], ["1"], (0.5, 0.5), (1.00001, 0.5), level=np.array([0]), levels=2) == [
        ("backstop", "1"),
        ("outside", None),
    ]


def test_codes_are_ordered_as_bytes_and_not_as_a_dictionary_would() -> None:
    assert asked([box(0, 0, 1, 1)] * 3, ["a", "B", "é"], (0.5, 0.5)) == [("border", "B")]


def test_invalid_points_say_why_and_leave_the_others_alone() -> None:
    index = AreaIndex(np.array([box(116, 39, 118, 41)]), ["a"])
    lon = np.array([117.0, np.nan, np.inf, 39.7, 181.0, 117.0, -np.inf])
    lat = np.array([40.0, 40.0, 40.0, 117.0, 40.0, -90.5, np.nan])
    with np.errstate(all="raise"):
        found = index.match(lon, lat)
    assert [each for each, _ in told(index, found)] == ["inside"] + ["invalid"] * 6
    assert [REASONS[n] for n in reasons(lon, lat)] == [
        "",
        "not_finite",
        "not_finite",
        "coordinates_swapped",
        "out_of_range",
        "coordinates_swapped" if abs(lon[5]) <= 90 else "out_of_range",
        "not_finite",
    ]


def test_no_points_no_answers() -> None:
    found = AreaIndex(np.array([box(0, 0, 1, 1)]), ["a"]).match(np.empty(0), np.empty(0))
    assert (len(found.outcome), len(found.area), len(found.distance_m)) == (0, 0, 0)


def test_many_points_are_answered_as_one_by_one(monkeypatch: pytest.MonkeyPatch) -> None:
    """Chunks and sorting change nothing: 30,000 points in chunks are what 1,000 of them are."""
    monkeypatch.setattr("gis.index._AT_ONCE", 4_096)
    rng = np.random.default_rng(5)
    city = tessellation(rng)
    index = index_of(city)
    where = points(city, rng, 30_000)
    whole = index.match(where[:, 0], where[:, 1])
    pick = rng.integers(0, len(where), 1_000)
    alone = index.match(where[pick, 0], where[pick, 1])
    assert_same(alone, Matches(whole.outcome[pick], whole.area[pick], whole.distance_m[pick]))


def test_far_outside_nothing_is_asked() -> None:
    """The outermost cells stand for all ground beyond them, so they must be certain."""
    index = AreaIndex(np.array([box(WEST, SOUTH, WEST + SIZE, SOUTH + SIZE)]), ["a"])
    ring = index._labels.of_cell.reshape(index._lattice.rows, index._lattice.columns)
    assert {*ring[0], *ring[-1], *ring[:, 0], *ring[:, -1]} == {3}


def test_far_outside_and_just_outside_the_lattice() -> None:
    where: list[tuple[float, float]] = [(-180.0, -90.0), (180.0, 90.0), (WEST + SIZE + 1e-9, SOUTH), (0.0, 0.0)]
    assert asked([box(WEST, SOUTH, WEST + SIZE, SOUTH + SIZE)], ["a"], *where) == [
        ("outside", None),
        ("outside", None),
        ("near", "a"),
        ("outside", None),
    ]


@pytest.mark.parametrize("tolerance_m", [0.0, 25.0, 5_000.0])
def test_near_ends_at_the_tolerance(tolerance_m: float) -> None:
    metre = 1 / 111_319.49  # of longitude at the equator
    where = ((1 + (tolerance_m + 0.01) * metre, 0.0), (1 + max(tolerance_m - 0.01, 0.0) * metre, 0.0))
    expected = [("outside", None), ("near" if tolerance_m else "inside", "a")]
    assert asked([box(0, -1, 1, 1)], ["a"], *where, tolerance_m=tolerance_m) == expected


def test_a_pickle_answers_as_its_original() -> None:
    rng = np.random.default_rng(7)
    city = tessellation(rng)
    index, where = index_of(city), points(city, rng, 2_000)
    again = pickle.loads(pickle.dumps(index))  # noqa: S301  (our own, of a moment ago)
    assert again.codes.tolist() == index.codes.tolist()
    assert_same(again.match(where[:, 0], where[:, 1]), index.match(where[:, 0], where[:, 1]))


def test_eight_threads_get_the_answers_of_one() -> None:
    """Prepared geometries that threads warm up at once crash the process: a new index is asked by eight at the same time."""
    rng = np.random.default_rng(8)
    city = tessellation(rng)
    asked_by = [points(city, rng, 4_000) for _ in range(8)]
    expected = [index_of(city).match(where[:, 0], where[:, 1]) for where in asked_by]
    for _ in range(5):
        index = index_of(city)

        def ask(where: Floats, index: AreaIndex = index) -> Matches:
            found = index.match(where[:, 0], where[:, 1])
            index.border_m(where[:, 0], where[:, 1], found.area)
            return found

        with ThreadPoolExecutor(8) as threads:
            for found, wanted in zip(threads.map(ask, asked_by), expected, strict=True):
                assert_same(found, wanted)


def test_the_caller_s_geometries_stay_as_they_are() -> None:
    shapes = np.array([box(0, 0, 1, 1)])
    AreaIndex(shapes, ["a"])
    assert not shapely.is_prepared(shapes).any()


@pytest.mark.parametrize(
    ("shapes", "codes", "more"),
    [
        ([], [], {}),
        ([box(0, 0, 1, 1)] * 2, ["a", "a"], {}),
        ([shapely.Point(0, 0)], ["a"], {}),
        ([Polygon()], ["a"], {}),
        ([None], ["a"], {}),
        ([box(0, 0, 1, 1)], ["a", "b"], {}),
        ([box(0, 0, 181, 1)], ["a"], {}),
        ([box(39, 116, 40, 117)], ["a"], {}),
        (
            [shapely.set_coordinates(box(0, 0, 1, 1), np.array([(0, 0), (1, np.nan), (1, 1), (0, 1), (0, 0)]))],
            ["a"],
            {},
        ),
        (
            [shapely.set_coordinates(box(0, 0, 1, 1), np.array([(0, 0), (1, np.inf), (1, 1), (0, 1), (0, 0)]))],
            ["a"],
            {},
        ),
        ([box(0, 0, 1, 1)], [7], {}),
        ([box(0, 0, 1, 1)], [""], {}),
        ([box(0, 0, 1, 1)], ["a"], {"level": np.array([-1])}),
        ([box(0, 0, 1, 1)], ["a"], {"level": np.array([2]), "levels": 2}),
    ],
)
def test_what_is_no_set_of_areas_is_refused(shapes: list[object], codes: list[str], more: dict[str, object]) -> None:
    with pytest.raises(AreasRefusedError):
        AreaIndex(np.array(shapes, dtype=object), codes, **more)  # type: ignore[arg-type]


def test_one_tolerance_is_that_of_the_lowest_level() -> None:
    index = AreaIndex(
        np.array([box(0, 0, 1, 1), box(2, 0, 3, 1)]), ["a", "b"], level=np.array([0, 1]), levels=2, tolerance_m=[25.0]
    )
    found = index.match(np.array([-0.0001, 1.9999]), np.array([0.5, 0.5]))
    assert [OUTCOMES[n] for n in found.outcome] == ["outside", "near"]


@pytest.mark.parametrize("tolerance_m", [-1.0, float("nan"), float("inf"), 10_001.0, [0.0, 0.0, 25.0]])
def test_what_is_no_tolerance_is_refused(tolerance_m: object) -> None:
    more = {"level": np.array([0, 1]), "levels": 2, "tolerance_m": tolerance_m}
    with pytest.raises(BadToleranceError):
        AreaIndex(np.array([box(0, 0, 1, 1)] * 2), ["a", "b"], **more)  # type: ignore[arg-type]


def assert_same(found: Matches, wanted: Matches) -> None:
    assert np.array_equal(found.outcome, wanted.outcome)
    assert np.array_equal(found.area, wanted.area)
    assert np.array_equal(found.distance_m, wanted.distance_m, equal_nan=True)
