"""Every kind of finding has its words in both languages, and a sentence names what it is about."""

import pytest
import shapely

from gis.boundary_checks import KINDS
from gis.boundary_rings import _REASONS
from gis.candidates import Finding
from grids.finding_words import advice, kind_name, place, sentence, size
from grids.language import LANGUAGES, Language, Words
from tests.candidates import box

FULL = {
    "names": ["东村", "西村"], "width_m": 8.04, "level": "grid", "below": "grid", "parent_level": "township",
    "parent": "12", "area": "11", "share": 0.123, "reason": "crosses_itself", "datum": "gcj02", "off_m": 536,
    "count": 3, "times": 2, "name": "新", "former": "旧", "other": "13", "under": ["12", "13"], "parts": 2,
    "vertices": 12345, "of": "gap",
}  # fmt: skip


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_is_said(kind: str, lang: Language) -> None:
    words = Words(lang)
    one = Finding(kind, "warning", ("11", "12"), 1234.5, box(0, 0, 10, 10), params=FULL)
    said = sentence(one, words)
    assert said
    assert advice(one, words)
    assert kind_name(kind, words)
    assert "{" not in said


@pytest.mark.parametrize("lang", LANGUAGES)
def test_each_reason_is_said(lang: Language) -> None:
    for reason in (*(name for _, name in _REASONS), "other"):
        one = Finding("invalid_ring", "error", ("11",), 3.0, params={**FULL, "reason": reason})
        assert Words(lang)(f"finding-reason-{reason}") in sentence(one, Words(lang))


def test_a_sentence_says_where_and_how_large() -> None:
    one = Finding("datum", "error", ("11",), params=FULL)
    assert "GCJ-02" in sentence(one, Words("en"))
    assert "about 536 m off" in sentence(one, Words("en"))
    assert "偏了约 536 米" in sentence(one, Words("zh"))
    hole = Finding("hole", "note", ("11",), 251_822.0, params={**FULL, "known": True})
    assert "现行边界里也是这样" in sentence(hole, Words("zh"))
    assert "251,822 平方米" in sentence(hole, Words("zh"))


def test_many_areas_are_counted() -> None:
    one = Finding("swapped", "error", tuple(f"{n:02d}" for n in range(30)), params={"names": ["村"] * 20})
    assert "等 30 个辖区" in sentence(one, Words("zh"))


def test_the_place_of_a_finding_lies_in_it() -> None:
    one = Finding("gap", "warning", shape=box(0, 0, 100, 10))
    where = place(one)
    assert where is not None
    assert box(0, 0, 100, 10).contains(shapely.Point(where))
    assert place(Finding("missing_name", "error")) is None


def test_sizes_are_said_in_the_unit_that_fits() -> None:
    assert size(2_500_000, Words("zh")) == "2.50 平方公里"
