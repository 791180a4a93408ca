"""Each type has a name, a rule and a sentence of its own, hot and cold, by month and week, in both languages."""

from dataclasses import replace
from datetime import UTC, datetime
from itertools import product

import pytest

from gis.emerging import RULES
from grids.areas import Edition
from grids.language import LANGUAGES, Language, Words
from maps.cluster_words import notes
from maps.clusters import ClusterLayer
from maps.emerging_words import name, rule
from maps.questions import Layer, Per, Question
from maps.steps import Step


@pytest.mark.parametrize("lang", LANGUAGES)
def test_no_two_types_are_told_alike(lang: Language) -> None:
    words = Words(lang, ("grids", "maps"))
    sides = {1: "hot", -1: "cold"}
    for tell in (name, rule):
        assert len({tell(kind, side, words) for kind, side in product(RULES, sides)}) == 2 * len(RULES)
    given = {"often": 7, "run": 3, "of": 24}
    sentences = {
        words("emerging-said", kind=kind.value, side=side, step=step.value, **given)
        for kind, side, step in product(RULES, sides.values(), Step)
    }
    sentences |= {words("emerging-said", kind="none", side="none", step=step.value, **given) for step in Step}
    assert len(sentences) == 2 * 2 * len(RULES) + 2
    months = {words("emerging-month", year="2026", month=month) for month in range(1, 13)}
    assert len(months) == 12


@pytest.mark.parametrize("lang", LANGUAGES)
def test_many_areas_are_told_what_the_test_cannot_see(lang: Language) -> None:
    question = Question(Layer.RECEIVED, "village", Per.HOUSEHOLDS, channel="residents")
    edition = Edition(1, "2025", ("city", "village"), datetime(2025, 1, 1, tzinfo=UTC), "drawn", True)
    found = ClusterLayer(question, edition, datetime(2026, 3, 2, tzinfo=UTC), None, 3_620, 0, 3.1, False, False,
                         [], [], [], [], [], [], [])  # fmt: skip
    told = notes(found, Words(lang, ("grids", "maps")))
    assert any("3,620" in note and "8" in note for note in told)
    few = notes(replace(found, units=123), Words(lang, ("grids", "maps")))
    assert len(few) == len(told) - 1
