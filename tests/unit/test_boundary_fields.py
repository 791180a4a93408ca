"""What columns of boundary files mean, in which encoding their text is, and which area each lies in."""

from contextlib import suppress
from typing import Any

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from gis.boundary_draft import Asked, draft_of
from gis.boundary_fields import Columns, guess, levels_of
from gis.boundary_files import Layer
from gis.boundary_parents import find_parents
from gis.boundary_refusals import BoundaryFileError
from gis.boundary_text import decoded, decoded_values
from gis.datums import Datum

HAN = st.text(st.characters(min_codepoint=0x4E00, max_codepoint=0x9FA5), min_size=1, max_size=12)


def layer(shapes: list[Any] | None = None, **columns: list[Any]) -> Layer:
    held = {name: np.array(values, dtype=object) for name, values in columns.items()}
    rows = len(next(iter(held.values())))
    outlines = np.array(shapes or [shapely.box(117, 39, 118, 40)] * rows, dtype=object)
    return Layer("a.gpkg", "gpkg", "utf-8", "WGS 84", Datum.WGS84, held, outlines)


@settings(max_examples=200, deadline=None)
@given(st.lists(HAN, min_size=1, max_size=20), st.sampled_from(["utf-8", "gbk", "gb18030"]))
def test_text_is_read_as_it_was_written_or_not_at_all(names: list[str], encoding: str) -> None:
    raw = [name.encode(encoding) for name in names]
    with suppress(BoundaryFileError):
        assert decoded_values(raw, None)[0] == names
    assert decoded_values(raw, encoding)[0] == names


@settings(max_examples=100, deadline=None)
@given(st.lists(HAN, min_size=8, max_size=20), st.data())
def test_text_that_was_cut_off_is_refused(names: list[str], data: Any) -> None:
    raw = [name.encode() for name in names]
    which = data.draw(st.integers(0, len(raw) - 1))
    raw[which] = raw[which][:-1]
    with pytest.raises(BoundaryFileError) as refused:
        decoded_values(raw, None)
    assert refused.value.reason == "encoding_mixed"


@pytest.mark.parametrize("given", [None, "gbk", "gb18030"])
def test_a_field_that_was_too_short_is_told_as_such(given: str | None) -> None:
    raw = [name.encode("gbk") for name in ("香河县", "五百户镇", "安次区", "示例村第一网格")]
    raw[1] = raw[1][:-1]
    with pytest.raises(BoundaryFileError) as refused:
        decoded_values(raw, given)
    assert (refused.value.reason, refused.value.params["sample"]) == ("encoding_cut", "五百户")
    # What is no Chinese at all is not called so.
    with pytest.raises(BoundaryFileError) as refused:
        decoded_values([b"\x81\xff\xfe", b"\xff\xff"], "gbk")
    assert refused.value.reason == "encoding_given"


@pytest.mark.parametrize(
    ("names", "found"),
    [
        (
            ["code", "name", "level", "parent_code"],
            {"code": "code", "name": "name", "level": "level", "parent": "parent_code"},
        ),
        (
            ["FID", "网格编码", "网格名称", "上级编码", "户数"],
            {"code": "网格编码", "name": "网格名称", "parent": "上级编码", "households": "户数"},
        ),
        (["OBJECTID", "XZQDM", "XZQMC"], {"code": "XZQDM", "name": "XZQMC"}),
        (["geom_len"], {}),
    ],
)
def test_usual_names_are_guessed(names: list[str], found: dict[str, str]) -> None:
    assert guess(names, Columns()).told() == found


def test_what_is_said_is_never_guessed_around() -> None:
    names = ["code", "name", "parent"]
    assert guess(names, Columns(code="name")).told() == {"code": "name", "parent": "parent"}
    assert guess(names, Columns(parent="")).told() == {"code": "code", "name": "name"}
    with pytest.raises(BoundaryFileError, match="there is no column x"):
        guess(names, Columns(code="x"))


@pytest.mark.parametrize(
    ("spoken", "named", "order"),
    [
        (["grid", "village"], None, ("village", "grid")),
        (["网格", "村", "乡镇"], None, ("township", "village", "grid")),
        (["区县", "网格"], ("county", "grid"), ("county", "grid")),
        (["ward", "borough"], ("borough", "ward"), ("borough", "ward")),
    ],
)
def test_levels_by_their_column(spoken: list[str], named: tuple[str, ...] | None, order: tuple[str, ...]) -> None:
    codes = np.array([str(n) for n in range(len(spoken))], dtype=object)
    found, level, way = levels_of(layer(level=spoken), "level", named, codes)
    assert (found, way) == (order, "column")
    assert sorted(level.tolist()) == list(range(len(order)))


@pytest.mark.parametrize(
    ("spoken", "named", "reason"),
    [
        (["ward", "borough"], None, "ask_levels"),
        (["ward", "x"], ("borough", "ward"), "unknown_levels"),
        (["a", "b"], ("a", "a"), "levels_twice"),
        (["a", "b"], ("a", "b; drop table"), "bad_level"),
    ],
)
def test_levels_that_are_not_known(spoken: list[str], named: tuple[str, ...] | None, reason: str) -> None:
    codes = np.array(["1", "2"], dtype=object)
    with pytest.raises(BoundaryFileError) as refused:
        levels_of(layer(level=spoken), "level", named, codes)
    assert refused.value.reason == reason


def test_parents_by_column_then_code_then_most_ground() -> None:
    codes = np.array(["131024", "131025", "131024106", "131024107", "x"], dtype=object)
    shapes = np.array(
        [
            shapely.box(0, 0, 4, 4),
            shapely.box(4, 0, 8, 4),
            shapely.box(0, 0, 2, 2),
            shapely.box(3, 0, 5, 1),
            shapely.box(3, 2, 6, 3),
        ],
        dtype=object,
    )
    given_ = np.array([None, None, None, "131025", None], dtype=object)
    parents, ways = find_parents(codes, np.array([0, 0, 1, 1, 1]), given_, shapes)
    assert parents.tolist() == [None, None, "131024", "131025", "131025"]
    assert ways.tolist() == ["none", "none", "code", "column", "ground"]


def test_a_number_or_a_flag_that_is_none_is_told_with_its_column() -> None:
    for column in ("人口", "synthetic"):
        with pytest.raises(BoundaryFileError, match=column):
            draft_of([layer(**{"code": ["1"], column: ["some"]})], Asked())


def test_levels_of_a_column_and_the_level_of_a_file_are_not_both_said() -> None:
    asked = Asked(levels=("city", "county"), of_files=("grid",))
    with pytest.raises(BoundaryFileError) as refused:
        draft_of([layer(code=["1"])], asked)
    assert refused.value.reason == "levels_both"


def test_codes_that_were_stored_as_numbers_lose_no_digit() -> None:
    draft = draft_of([layer(code=[131024106201001.0, 131024106201002.0], name=["a", "b"])], Asked())
    assert draft.candidate.codes.tolist() == ["131024106201001", "131024106201002"]
    assert draft.candidate.levels == ("grid",)


def test_one_ring_of_a_city_may_be_redrawn_and_the_rest_stays() -> None:
    from gis.boundary_draft import within

    there = draft_of(
        [layer(code=["131024", "131025", "131024106"], name=["a", "b", "c"], level=["county", "county", "township"])],
        Asked(),
    )
    new = draft_of([layer(code=["131024106", "131024107"], name=["d", "e"], level=["township"] * 2)], Asked())
    draft = within(new, "131024", there)
    assert dict(zip(draft.candidate.codes, draft.candidate.names, strict=True)) == {
        "131024": "a", "131025": "b", "131024106": "d", "131024107": "e",
    }  # fmt: skip


@pytest.mark.parametrize("head", ['{"type": "FeatureCollection", "name": "', '<?xml version="1.0"?><kml><name>'])
def test_whether_it_is_utf_8_by_chance_is_asked_of_each_value_and_shows_it(head: str) -> None:
    tail = '"}' if head.startswith("{") else "</name></kml>"
    doubtful = f"{head}茅{tail}".encode("gbk")
    with pytest.raises(BoundaryFileError) as refused:
        decoded(doubtful, None)
    assert (refused.value.reason, refused.value.values["sample"]) == ("encoding_unsure", "é")
    plain = f"{head}Québec à côté{tail}"
    assert decoded(plain.encode(), None) == (plain, "utf-8")
