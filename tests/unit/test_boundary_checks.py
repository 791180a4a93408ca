"""Every kind of finding: told for what it is, and not told just below its threshold."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
import pytest
import shapely

from gis.boundary_checks import KINDS, MOST_OF_A_KIND, check, in_order
from gis.boundary_datum import FAR_M
from gis.boundary_levels import GAP_M
from gis.boundary_measures import areas_m2
from gis.boundary_neighbours import CRUMB_M2, SLIVER_M
from gis.boundary_rings import MANY_VERTICES, SMALL_REPAIR_M2, repaired
from gis.candidates import Candidate, Finding, counts
from gis.datums import Datum, from_wgs84
from tests.candidates import box, candidate, drawn, town, with_values


def told(found: Iterable[Finding]) -> list[tuple[str, str, tuple[str, ...]]]:
    return [(one.severity, one.kind, one.codes) for one in found]


def only(found: list[Finding]) -> Finding:
    assert len(found) == 1, told(found)
    return found[0]


def test_nothing_is_said_of_a_town_in_which_nothing_is_wrong() -> None:
    assert check(town()) == []
    assert check(town(), town()) == []


# --- outlines ---


@pytest.mark.parametrize(
    ("shape", "kind"),
    [
        (None, "empty"),
        (shapely.Polygon(), "empty"),
        (shapely.LineString([(117, 39), (117.1, 39)]), "not_area"),
        (shapely.Point(117, 39), "not_area"),
        (
            shapely.transform(
                shapely.Polygon([(116, 39), (117, 41), (118, 40), (115, 38)]),
                lambda p: np.where(p == (117, 40), np.nan, p),
            ),
            "bad_coordinates",
        ),
        (shapely.Polygon([(117, 39), (500_000, 4_400_000), (117, 39.01)]), "bad_coordinates"),
    ],
)
def test_what_is_no_area(shape: Any, kind: str) -> None:
    found = check(candidate([("1", "ward", "一", None, shape)], levels=("ward",)))
    assert told(found) == [("error", kind, ("1",))]


def ward(shape: Any) -> Candidate:
    return candidate([("1", "ward", "一", None, shape)], levels=("ward",))


def bow_tie(size_m: float) -> Any:
    """A square kilometre with a loop at its corner that is drawn the wrong way round."""
    loop = [(1000, 1000), (1000 + size_m, 1000 + size_m), (1000 + size_m, 1000), (1000, 1000 + size_m)]
    return drawn(shapely.Polygon([(0, 0), (1000, 0), *loop[:1], loop[1], loop[2], loop[3], (0, 1000)]))


def test_a_small_repair_is_a_warning_and_a_large_one_an_error() -> None:
    small, large = (
        only([one for one in check(ward(bow_tie(size_m))) if one.kind == "invalid_ring"]) for size_m in (10, 400)
    )
    assert (small.kind, small.severity, small.params["reason"]) == ("invalid_ring", "warning", "crosses_itself")
    assert (large.kind, large.severity) == ("invalid_ring", "error")
    assert small.area_m2 is not None
    assert large.area_m2 is not None
    assert 0 < small.area_m2 <= SMALL_REPAIR_M2 < large.area_m2
    assert shapely.is_valid(small.repaired)
    assert shapely.distance(small.shape, shapely.boundary(small.repaired)) == pytest.approx(0, abs=1e-9)


def test_a_spike_changes_nothing_and_the_repair_takes_it_off() -> None:
    spike = drawn(shapely.Polygon([(0, 0), (1000, 0), (1000, 500), (1500, 500), (1000, 500), (1000, 1000), (0, 1000)]))
    one = only(check(ward(spike)))
    assert told([one]) == [("warning", "invalid_ring", ("1",))]
    assert one.area_m2 == pytest.approx(0, abs=1e-3)
    assert shapely.equals(one.repaired, box(0, 0, 1000, 1000))


def test_a_ring_that_encloses_nothing_is_an_error() -> None:
    flat = shapely.Polygon([(117, 39), (117.01, 39), (117.02, 39), (117, 39)])
    assert told(check(ward(flat))) == [("error", "collapsed", ("1",))]


@pytest.mark.parametrize(
    ("shell", "hole", "reason"),
    [
        (shapely.box(0, 0, 100, 100), shapely.box(200, 0, 300, 100), "hole_outside"),
        (shapely.box(0, 0, 100, 100), shapely.box(50, 50, 150, 80), "crosses_itself"),
    ],
)
def test_the_reason_is_named(shell: Any, hole: Any, reason: str) -> None:
    shape = drawn(shapely.Polygon(shell.exterior.coords, [hole.exterior.coords]))
    mended = repaired(shape)
    assert (mended.reason, shapely.is_valid(mended.shape)) == (reason, True)


def test_a_repair_of_parts_in_each_other_and_one_of_nothing() -> None:
    nested = drawn(shapely.MultiPolygon([shapely.box(0, 0, 100, 100), shapely.box(10, 10, 20, 20)]))
    assert repaired(nested).reason == "parts_nested"
    whole = box(0, 0, 100, 100)
    assert repaired(whole).shape is whole


def test_corners() -> None:
    angles = np.linspace(0, 2 * np.pi, MANY_VERTICES + 1, endpoint=False)
    many = np.column_stack((np.cos(angles), np.sin(angles))) * 500 + 500
    assert told(check(ward(drawn(shapely.Polygon(many))))) == [("warning", "many_vertices", ("1",))]
    assert check(ward(drawn(shapely.Polygon(many[1:])))) == []
    triangle = drawn(shapely.Polygon([(0, 0), (1000, 0), (0, 1000)]))
    assert told(check(ward(triangle))) == [("note", "few_vertices", ("1",))]


# --- codes and names ---


def test_a_code_that_stands_there_twice() -> None:
    again = ("1001001", "grid", "另一个", "1001", box(1000, 0, 2000, 1000))
    found = check(town(without=["1001002"], more=[again]))
    assert told(found) == [("error", "duplicate_code", ("1001001",))]
    assert found[0].params["times"] == 2


def test_an_area_without_a_code_or_a_name() -> None:
    given = with_values(with_values(town(), "names", {"1001001": " "}), "codes", {"1001002": ""})
    assert told(check(given)) == [("error", "missing_code", ()), ("error", "missing_name", ("1001001",))]


@pytest.mark.parametrize(
    ("parent", "kind", "severity"),
    [
        (None, "no_parent", "error"),
        ("9", "unknown_parent", "error"),
        ("1002001", "parent_level", "error"),
        ("1001002", "parent_level", "error"),
        ("1", "parent_level", "warning"),
    ],
)
def test_parents(parent: str | None, kind: str, severity: str) -> None:
    found = [
        one
        for one in check(with_values(town(), "parents", {"1001002": parent}))
        if one.kind not in ("unfilled", "outside")
    ]
    assert told(found) == [(severity, kind, ("1001002",))]


def row_of_grids(codes: Iterable[str]) -> Candidate:
    listed = list(codes)
    rows = [(code, "grid", code, "1", box(1000 * n, 0, 1000 * n + 1000, 1000)) for n, code in enumerate(listed)]
    return candidate(
        [("1", "village", "村", None, box(0, 0, 1000 * len(listed), 1000)), *rows], levels=("village", "grid")
    )


def test_a_code_that_does_not_begin_as_its_parents_where_all_others_do() -> None:
    fitting = [f"1{n:03d}" for n in range(20)]
    assert told(check(row_of_grids([*fitting, "7001"]))) == [("warning", "odd_code", ("7001",))]
    # Where codes follow no such rule, there is no exception to it.
    assert check(row_of_grids([*fitting[:10], *(f"7{n:03d}" for n in range(10))])) == []
    assert check(row_of_grids(["1001", "1002", "7001"])) == []


def test_names_are_compared_with_those_in_force() -> None:
    renamed = with_values(town(), "names", {"1001001": "新名"})
    assert told(check(renamed, town())) == [("note", "renamed", ("1001001",))]
    swapped = with_values(town(), "names", {"1001001": "东村二", "1001002": "东村一"})
    assert told(check(swapped, town())) == [
        ("warning", "swapped_name", ("1001001",)),
        ("warning", "swapped_name", ("1001002",)),
    ]


def test_a_code_that_now_stands_for_another_place() -> None:
    before = town(without=["1002002"], more=[("1002002", "grid", "旧", "1002", box(3000, 5000, 4000, 6000))])
    found = check(town(), before)
    assert ("warning", "moved_code", ("1002002",)) in told(found)
    assert "renamed" not in {one.kind for one in found}


# --- neighbours ---


@pytest.mark.parametrize(
    ("width_m", "expected"),
    [
        (0.01, []),
        (0.5, [("warning", "overlap", ("1001001", "1001002"))]),
        (SLIVER_M * 1.1, [("error", "overlap", ("1001001", "1001002"))]),
    ],
)
def test_overlaps_by_width(width_m: float, expected: list[Any]) -> None:
    found = check(town({"1001002": box(1000 - width_m, 0, 2000, 1000)}))
    assert told(found) == expected
    if found:
        assert found[0].area_m2 == pytest.approx(width_m * 1000, rel=0.01)
        assert found[0].params["width_m"] == pytest.approx(width_m, rel=0.02)


def test_an_overlap_in_several_places_is_one_finding() -> None:
    comb = shapely.union_all(
        [shapely.box(1000, 0, 2000, 1000), shapely.box(950, 100, 1000, 200), shapely.box(950, 400, 1000, 500)]
    )
    one = only(check(town({"1001002": drawn(comb)})))
    assert (one.kind, len(one.shape.geoms)) == ("overlap", 2)
    assert one.area_m2 == pytest.approx(2 * 50 * 100, rel=0.01)


def test_one_outline_for_two_areas() -> None:
    found = check(town(more=[("1001003", "grid", "东村三", "1001", box(0, 0, 1000, 1000))]))
    assert told(found) == [("error", "duplicate_outline", ("1001001", "1001003"))]


def test_what_an_overlay_covers_is_a_note_and_no_overlap() -> None:
    zone = [
        ("1009", "village", "开发区", "1", box(500, 200, 2500, 800)),
        ("1009001", "grid", "开发区一", "1009", box(500, 200, 2500, 800)),
    ]
    one = only(check(town(more=zone, overlay=["1009", "1009001"])))
    assert (one.severity, one.kind, one.codes, one.params["under"]) == ("note", "covered", ("1009",), ["1001", "1002"])
    assert one.area_m2 == pytest.approx(2000 * 600, rel=0.01)
    plain = check(town(more=zone))
    assert {(severity, kind) for severity, kind, _ in told(plain)} == {("error", "overlap")}


def test_exclaves_and_crumbs() -> None:
    def parts(size_m: float) -> Candidate:
        rest = shapely.union_all([shapely.box(0, 0, 1000, 1000), shapely.box(1500, 400, 1500 + size_m, 400 + size_m)])
        other = shapely.difference(shapely.box(1000, 0, 2000, 1000), rest)
        return town({"1001001": drawn(rest), "1001002": drawn(other)})

    exclave, crumb = only(check(parts(CRUMB_M2**0.5 + 1))), only(check(parts(CRUMB_M2**0.5 - 1)))
    assert told([exclave]) == [("note", "exclave", ("1001001",))]
    assert told([crumb]) == [("warning", "crumb", ("1001001",))]
    assert crumb.area_m2 == pytest.approx(81, rel=0.01)


# --- levels ---


def holed(size_m: float) -> Candidate:
    hole = shapely.box(500, 450, 500 + size_m, 450 + size_m)
    return town({"1001001": drawn(shapely.difference(shapely.box(0, 0, 1000, 1000), hole))})


@pytest.mark.parametrize(
    ("width_m", "expected"),
    [
        (0.01, []),
        (0.5, [("note", "gap", ("1001001", "1001002"))]),
        (SLIVER_M * 1.1, [("warning", "gap", ("1001001", "1001002"))]),
        (GAP_M * 0.9, [("warning", "gap", ("1001001", "1001002"))]),
        (GAP_M * 1.1, [("warning", "hole", ("1001001", "1001002"))]),
    ],
)
def test_gaps_by_width(width_m: float, expected: list[Any]) -> None:
    found = check(town({"1001002": box(1000 + width_m, 0, 2000, 1000)}))
    assert told(found) == expected
    if found:
        assert found[0].area_m2 == pytest.approx(width_m * 1000, rel=0.01)


def test_a_hole_that_was_there_before_is_a_note() -> None:
    assert told(check(holed(200))) == [("warning", "hole", ("1001001",))]
    assert told(check(holed(200), holed(200))) == [("note", "hole", ("1001001",))]
    assert told(check(holed(200), town())) == [("warning", "hole", ("1001001",))]


def test_a_gap_between_villages_is_told_once() -> None:
    given = town({"1002": box(2010, 0, 4000, 1000), "1002001": box(2010, 0, 3000, 1000)})
    one = only(check(given))
    assert told([one]) == [("warning", "gap", ("1001", "1002"))]
    assert one.params["level"] == "village"


def test_a_village_that_is_not_filled_along_its_border() -> None:
    given = town({"1001001": box(0, 10, 1000, 1000), "1001002": drawn(shapely.box(1000, 0, 2000, 1000))})
    found = check(given)
    assert told(found) == [("warning", "unfilled", ("1001",))]
    assert found[0].area_m2 == pytest.approx(10_000, rel=0.01)


def test_a_village_without_grids() -> None:
    assert told(check(town(without=["1002001", "1002002"]))) == [("warning", "childless", ("1002",))]


@pytest.mark.parametrize(("out_m", "severity"), [(0.01, None), (0.5, "note"), (20, "warning"), (2100, "error")])
def test_grids_that_hang_out_of_their_village(out_m: float, severity: str | None) -> None:
    # 1002002 reaches beyond the town; the village and the town do not.
    found = check(town({"1002002": box(3000, 0, 4000 + out_m, 1000)}))
    assert told(found) == ([] if severity is None else [(severity, "outside", ("1002", "1002002"))])


def test_ground_under_an_overlay_is_filled() -> None:
    zone = [
        ("1009", "village", "开发区", "1", box(500, 200, 1500, 800)),
        ("1009001", "grid", "开发区一", "1009", box(500, 200, 1500, 800)),
    ]
    cut = {
        "1001001": drawn(shapely.difference(shapely.box(0, 0, 1000, 1000), shapely.box(500, 200, 1500, 800))),
        "1001002": drawn(shapely.difference(shapely.box(1000, 0, 2000, 1000), shapely.box(500, 200, 1500, 800))),
    }
    assert told(check(town(cut, more=zone, overlay=["1009", "1009001"]))) == [("note", "covered", ("1009",))]


def test_a_flat_set_has_gaps_too() -> None:
    hole = shapely.box(900, 400, 1100, 600)
    one, other = shapely.box(0, 0, 1000, 1000), shapely.box(1000, 0, 2000, 1000)
    rows = [
        (str(n), "ward", f"w{n}", None, drawn(shapely.difference(each, hole))) for n, each in enumerate((one, other))
    ]
    assert told(check(candidate(rows, levels=("ward",)))) == [("warning", "hole", ("0", "1"))]


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        # A slit from the edge inwards, one from edge to edge, a single area's own, and one that is no sliver.
        ((500, 1000.6, 1000), (0, 0, 0), [("note", "gap", ("0", "1"))]),
        ((0, 1000.6, 1000), (0, 0, 0), [("note", "gap", ("0", "1"))]),
        ((0, 0, 0), (300, 300.6, 900), []),
        ((500, 1000 + 2 * SLIVER_M, 1000), (0, 0, 0), []),
    ],
)
def test_a_slit_between_two_areas_of_a_flat_set_that_is_open_to_the_outside(
    one: tuple[float, float, float], other: tuple[float, float, float], expected: list[Any]
) -> None:
    south, east, north = one
    between = shapely.box(1000, south, east, north)
    west, inner, bottom = other
    own = shapely.box(west, bottom, inner, 1000) if other[0] else shapely.Polygon()
    areas = (
        shapely.difference(shapely.box(0, 0, 1000, 1000), own),
        shapely.difference(shapely.box(1000, 0, 2000, 1000), between),
    )
    found = check(
        candidate([(str(n), "ward", f"w{n}", None, drawn(each)) for n, each in enumerate(areas)], levels=("ward",))
    )
    assert told(found) == expected
    if found:
        assert found[0].area_m2 == pytest.approx(between.area, rel=0.02)


# --- where areas lie ---


def moved(given: Candidate, codes: Iterable[str], datum: Datum) -> Candidate:
    shapes = dict(zip(given.codes, given.shapes, strict=True))
    return with_values(
        given, "shapes", {c: shapely.transform(shapes[c], lambda p: from_wgs84(p, datum)) for c in codes}
    )


@pytest.mark.parametrize(("datum", "off_m"), [(Datum.GCJ02, (480, 600)), (Datum.BD09, (900, 1500))])
@pytest.mark.parametrize("codes", [tuple(town().codes), tuple(c for c in town().codes if len(c) == 7), ("1001002",)])
def test_another_datum_is_named_with_the_metres_and_nothing_follows_from_it(
    datum: Datum, off_m: tuple[float, float], codes: tuple[str, ...]
) -> None:
    one = only(check(moved(town(), codes, datum), town()))
    assert told([one]) == [("error", "datum", tuple(sorted(codes)))]
    assert one.params["datum"] == datum.value
    assert off_m[0] < float(str(one.params["off_m"])) < off_m[1]


@pytest.mark.parametrize("codes", [("1001002",), ("1001001", "1001002", "1002001", "1002002")])
def test_another_datum_is_seen_among_levels_alone(codes: tuple[str, ...]) -> None:
    assert told(check(moved(town(), codes, Datum.GCJ02))) == [("error", "datum", codes)]


def test_a_redraw_is_no_other_datum() -> None:
    redrawn = town({"1001001": box(0, 0, 1400, 1000), "1001002": box(1400, 0, 2000, 1000)})
    assert check(redrawn, town()) == []


def test_lon_and_lat_exchanged() -> None:
    plain = town()
    shapes = {c: shapely.transform(s, lambda p: p[:, ::-1]) for c, s in zip(plain.codes, plain.shapes, strict=True)}
    one = only(check(with_values(plain, "shapes", shapes)))
    assert (one.severity, one.kind, one.params["count"]) == ("error", "swapped", 7)
    assert shapely.covers(shapely.buffer(box(0, 0, 4000, 1000), 1e-9), one.repaired)
    single = only(check(with_values(plain, "shapes", {"1001001": shapes["1001001"]})))
    assert told([single]) == [("error", "swapped", ("1001001",))]


def test_lon_and_lat_exchanged_far_from_china_are_known_by_the_edition_in_force() -> None:
    def moved(given: Candidate) -> dict[str, Any]:
        there = dict(zip(given.codes, given.shapes, strict=True))
        return {code: shapely.transform(shape, lambda p: p - np.array((104.0, -13.0))) for code, shape in there.items()}

    abroad = with_values(town(), "shapes", moved(town()))
    turned = {
        code: shapely.transform(shape, lambda p: p[:, ::-1])
        for code, shape in zip(abroad.codes, abroad.shapes, strict=True)
    }
    exchanged = with_values(abroad, "shapes", turned)
    one = only(check(exchanged, abroad))
    assert (one.severity, one.kind, one.params["count"]) == ("error", "swapped", 7)
    assert shapely.total_bounds(one.repaired) == pytest.approx(shapely.total_bounds(abroad.shapes))
    # A single area, also one that there was not before, beside the others.
    single = only(check(with_values(abroad, "shapes", {"1001001": turned["1001001"]}), abroad))
    assert told([single]) == [("error", "swapped", ("1001001",))]
    # Without an edition in force there is nothing to tell by, and a town elsewhere is elsewhere.
    assert check(exchanged) == []
    elsewhere = with_values(
        abroad, "shapes", {c: shapely.transform(s, lambda p: p + np.array((3, 0))) for c, s in turned.items()}
    )
    assert told([only(check(elsewhere, abroad))]) == [("error", "elsewhere", ())]


def test_an_area_far_from_all_others() -> None:
    def alone(off_m: float) -> Candidate:
        rows = [(str(n), "ward", f"w{n}", None, box(1000 * n, 0, 1000 * n + 1000, 1000)) for n in range(4)]
        return candidate([*rows, ("9", "ward", "w9", None, box(3000 + off_m, 0, 4000 + off_m, 1000))], levels=("ward",))

    one = only(check(alone(3 * FAR_M)))
    assert told([one]) == [("error", "far", ("9",))]
    assert float(str(one.params["off_m"])) == pytest.approx(3 * FAR_M - 1000, rel=0.01)
    assert check(alone(FAR_M / 2)) == []


def test_pilot_villages_in_the_middle_of_a_county_are_not_far_and_nor_is_the_county() -> None:
    def pilots(off_m: float) -> Candidate:
        rows: list[tuple[str, str, str, str | None, Any]] = [
            ("1", "county", "县", None, box(0, 0, 6 * FAR_M, 6 * FAR_M))
        ]
        for n, west in enumerate((2.5 * FAR_M, 2.5 * FAR_M + off_m)):
            rows.append((f"1{n}", "village", f"村{n}", "1", box(west, 3 * FAR_M, west + 2000, 3 * FAR_M + 1000)))
        return candidate(rows, levels=("county", "village"))

    for off_m in (2000, 1.9 * FAR_M):
        assert "far" not in {one.kind for one in check(pilots(off_m))}
    # Beyond the county's border it is far all the same.
    assert ("error", "far", ("11",)) in told(check(pilots(6 * FAR_M)))


def test_how_far_an_area_is_off_is_measured_to_the_nearest_one_and_not_to_the_box_around_all() -> None:
    row = [(str(n), "ward", f"w{n}", None, box(10_000 * n, 0, 10_000 * (n + 1), 10_000)) for n in range(20)]
    column = [(f"c{n}", "ward", f"w{n}", None, box(0, 10_000 * n, 10_000, 10_000 * (n + 1))) for n in range(1, 20)]
    one = only(
        check(candidate([*row, *column, ("out", "ward", "w", None, box(1e5, 1e5, 1.1e5, 1.1e5))], levels=("ward",)))
    )
    assert told([one]) == [("error", "far", ("out",))]
    assert float(str(one.params["off_m"])) == pytest.approx(90_000, rel=0.02)


def test_a_set_that_lies_somewhere_else_than_the_one_in_force() -> None:
    plain = town()
    abroad = {
        c: shapely.transform(s, lambda p: p + np.array([10.0, 0.0]))
        for c, s in zip(plain.codes, plain.shapes, strict=True)
    }
    assert told(check(with_values(plain, "shapes", abroad), plain)) == [("error", "elsewhere", ())]


# --- order and number ---


def test_the_worst_stands_first_then_the_largest() -> None:
    found = [Finding("exclave", "note", ("1",), 9.0), Finding("gap", "warning", ("2",), 1.0), Finding("overlap", "error"),
             Finding("gap", "warning", ("3",), 5.0)]  # fmt: skip
    assert [one.codes for one in in_order(found)] == [(), ("3",), ("2",), ("1",)]


def test_more_of_a_kind_than_anybody_mends_one_by_one_are_counted() -> None:
    count = MOST_OF_A_KIND + 7
    rows = [
        (str(n), "ward", f"w{n}", None, drawn(shapely.Polygon([(20 * n, 0), (20 * n + 10, 0), (20 * n, 10)])))
        for n in range(count)
    ]
    found = check(candidate(rows, levels=("ward",)))
    assert len(found) == MOST_OF_A_KIND + 1
    assert dict(found[-1].params) | {"names": []} == {"of": "few_vertices", "count": 7, "names": []}
    assert {one.kind for one in found} <= set(KINDS)
    whole = check(candidate(rows, levels=("ward",)), most=None)
    assert {one.codes for one in whole} == {(str(n),) for n in range(count)}
    assert counts(found) == counts(whole) == {"error": 0, "warning": 0, "note": count}


def test_areas_are_geodesic() -> None:
    assert areas_m2(np.array([box(0, 0, 1000, 1000)]))[0] == pytest.approx(1e6, rel=2e-3)
