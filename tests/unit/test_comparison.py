"""What became of each area: every kind of change, noise that is none, and overlays apart from what lies under them."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import shapely
from shapely import box

from gis.candidates import Candidate
from gis.comparison import KINDS, NOISE_M, compare
from grids.comparisons import _features

# A degree of latitude.
_DEGREE_M = 111_000
_X, _Y, _W = 117.0, 39.0, 0.01

Area = tuple[str, str, Any]


def cell(n: int, *, width: float = 1.0) -> Any:
    """The n-th square of a row."""
    return box(_X + n * _W, _Y, _X + (n + width) * _W, _Y + _W)


def candidate(
    areas: Iterable[Area], *, parents: dict[str, str] | None = None, overlays: Iterable[str] = ()
) -> Candidate:
    listed = list(areas)
    codes, names, shapes = (np.array(column, dtype=object) for column in zip(*listed, strict=True))
    above = np.array([(parents or {}).get(code) for code in codes], dtype=object)
    over = set(overlays)
    return Candidate(
        ("grid",), codes, names, np.zeros(len(codes), dtype=np.int64), above,
        np.array([code in over for code in codes]), np.full(len(codes), np.nan), shapes,
    )  # fmt: skip


def changes(old: Candidate, new: Candidate) -> list[tuple[str, tuple[str, ...], tuple[str, ...]]]:
    return [(one.kind, one.before, one.after) for one in compare(old, new).changes]


BASE = [("1", "一", cell(0)), ("2", "二", cell(1)), ("3", "三", cell(2))]


def test_the_same_is_unchanged() -> None:
    found = compare(candidate(BASE), candidate(BASE))
    assert found.changes == ()
    assert found.unchanged == {"grid": 3}
    assert found.counts() == {"grid": dict.fromkeys(KINDS, 0)}


@pytest.mark.parametrize("metres", [0.01, 0.4])
def test_digitising_anew_moves_nothing(metres: float) -> None:
    rng = np.random.default_rng(1)

    def shaken(shape: Any) -> Any:
        far = metres / _DEGREE_M / 2
        finer = shapely.segmentize(shape, 0.002)
        corners = shapely.get_coordinates(finer)
        moved = corners + rng.uniform(-far, far, corners.shape)
        moved[-1] = moved[0]
        return shapely.polygons(moved)

    assert changes(candidate(BASE), candidate([(code, name, shaken(shape)) for code, name, shape in BASE])) == []


def test_a_border_that_moved_is_told_with_its_ground() -> None:
    far = 2 * NOISE_M / _DEGREE_M
    wider, narrower = box(_X, _Y, _X + _W + far, _Y + _W), box(_X + _W + far, _Y, _X + 2 * _W, _Y + _W)
    found = compare(candidate(BASE), candidate([("1", "一", wider), ("2", "二", narrower), BASE[2]]))
    assert [(one.kind, one.before) for one in found.changes] == [("moved", ("1",)), ("moved", ("2",))]
    # A strip of some 0.8 m along 1.1 km.
    assert found.changes[0].changed_m2 == pytest.approx(far * 86_500 * _W * 111_000, rel=0.02)
    assert 0 < found.changes[0].share < 0.01
    assert found.unchanged == {"grid": 1}


def test_a_map_of_the_difference_draws_areas_alone() -> None:
    """Where two outlines touch along a line GEOS answers a collection, which no map can draw."""
    old, new = candidate(BASE), candidate([("1", "一", box(_X, _Y, _X + _W / 2, _Y + _W)), *BASE[1:]])
    found = compare(old, new)
    mixed = shapely.GeometryCollection([found.changes[0].ground, shapely.LineString([(_X, _Y), (_X + 1, _Y)])])
    lines = shapely.GeometryCollection([shapely.LineString([(_X, _Y), (_X + 1, _Y)])])
    for ground, drawn in ((mixed, 1), (lines, 0), (None, 0)):
        told = _features(replace(found, changes=(replace(found.changes[0], ground=ground),)), old, new)
        shapes = [one["geometry"]["type"] for one in told if one["properties"]["what"] == "ground"]
        assert len(shapes) == drawn
        assert set(shapes) <= {"Polygon", "MultiPolygon"}


def test_a_corner_counts_however_large_the_area_is() -> None:
    corner = box(_X, _Y, _X + 10 / _DEGREE_M, _Y + 10 / _DEGREE_M)
    cut = shapely.difference(cell(0), corner)
    assert changes(candidate(BASE), candidate([("1", "一", cut), *BASE[1:]])) == [("moved", ("1",), ("1",))]


def test_split_merged_new_gone_recoded_renamed() -> None:
    halves = [("1", "一", cell(0, width=0.5)), ("4", "四", box(_X + _W / 2, _Y, _X + _W, _Y + _W))]
    assert changes(candidate(BASE), candidate([*halves, *BASE[1:]])) == [("split", ("1",), ("1", "4"))]
    both = ("1", "一", box(_X, _Y, _X + 2 * _W, _Y + _W))
    found = compare(candidate(BASE), candidate([both, BASE[2]]))
    assert [(one.kind, one.before, one.after) for one in found.changes] == [("merged", ("1", "2"), ("1",))]
    assert found.changes[0].share == pytest.approx(0.5, abs=0.01)
    assert changes(candidate(BASE), candidate([*BASE, ("9", "九", cell(5))])) == [("new", (), ("9",))]
    assert changes(candidate(BASE), candidate(BASE[:2])) == [("gone", ("3",), ())]
    assert changes(candidate(BASE), candidate([*BASE[:2], ("7", "三", cell(2))])) == [("recoded", ("3",), ("7",))]
    assert changes(candidate(BASE), candidate([*BASE[:2], ("3", "叁", cell(2))])) == [("renamed", ("3",), ("3",))]
    moved = candidate(BASE, parents={"3": "B"})
    assert changes(candidate(BASE, parents={"3": "A"}), moved) == [("other_parent", ("3",), ("3",))]


def test_an_overlay_takes_nothing_from_what_lies_under_it() -> None:
    over = candidate([*BASE, ("8", "开发区", cell(0, width=0.5))], overlays=["8"])
    assert changes(candidate(BASE), over) == [("new", (), ("8",))]


@pytest.mark.parametrize(("before", "after"), [([], ["8"]), (["8"], [])])
def test_an_overlay_that_begins_or_ends_is_a_change_of_the_ground_that_it_covers(
    before: list[str], after: list[str]
) -> None:
    areas = [*BASE, ("8", "开发区", box(_X + _W / 2, _Y - _W, _X + _W, _Y + _W))]
    found = compare(candidate(areas, overlays=before), candidate(areas, overlays=after))
    assert [(one.kind, one.before, one.after) for one in found.changes] == [("overlay", ("8",), ("8",))]
    (one,) = found.changes
    assert shapely.equals(one.ground, box(_X + _W / 2, _Y, _X + _W, _Y + _W))
    assert one.share == pytest.approx(0.5, abs=0.01)
    assert found.unchanged == {"grid": 3}


def test_an_overlay_that_covers_nothing_is_told_all_the_same_and_so_is_what_it_won() -> None:
    grown = [("1", "一", BASE[0][2]), ("2", "二", BASE[1][2]), ("3", "三", cell(2, width=2.0))]
    (one,) = compare(candidate(BASE), candidate(BASE, overlays=["3"])).changes
    assert (one.kind, one.changed_m2, one.ground) == ("overlay", 0.0, None)
    (one,) = compare(candidate(BASE), candidate(grown, overlays=["3"])).changes
    assert one.kind == "overlay"
    assert shapely.equals(one.ground, cell(3))


def test_an_outline_is_compared_as_it_would_be_loaded() -> None:
    corners = [(_X, _Y), (_X + _W, _Y), (_X + _W, _Y + _W), (_X, _Y + _W)]
    inner = [(_X + x * _W, _Y + y * _W) for x, y in ((0.2, 0.2), (0.8, 0.2), (0.8, 0.8), (0.2, 0.8))]
    # Parts within each other: the outer one is meant, and no hole.
    nested = shapely.MultiPolygon([shapely.Polygon(corners), shapely.Polygon(inner)])
    assert changes(candidate(BASE), candidate([("1", "一", nested), *BASE[1:]])) == []


def test_an_outline_that_crosses_itself_is_compared_all_the_same() -> None:
    bow = shapely.Polygon([(_X, _Y), (_X + _W, _Y + _W), (_X + _W, _Y), (_X, _Y + _W)])
    assert changes(candidate(BASE), candidate([("1", "一", bow), *BASE[1:]])) == [("moved", ("1",), ("1",))]
