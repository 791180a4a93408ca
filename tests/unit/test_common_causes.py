"""Common causes worked by hand: which family is raised, where, with which numbers, and what is never raised."""

from datetime import UTC, datetime

import numpy as np
import pytest
from scipy import stats

from grids.common_causes import PERIODS_LEAST, Counts, Findings, Ints, common_causes
from grids.common_causes_read import Received
from grids.common_causes_words import sentences
from grids.language import LANGUAGES, Language, Words

AREAS = ("a", "b", "c", "d", "e")
# Three and five by turns: less than chance would vary, four on average.
STEADY = np.tile([3, 5], 13)


def counts(now: list[list[int]], past: Ints, families: tuple[str, ...] = ("water", "noise")) -> Counts:
    """Counts of the first so many families in the five areas."""
    return Counts(families[: len(now)], AREAS, np.array(now), past)


def steady(families: int = 2) -> Ints:
    return np.broadcast_to(STEADY, (families, len(AREAS), len(STEADY)))


def test_a_rise_in_three_of_five_areas_is_raised_once_with_its_numbers() -> None:
    found = common_causes(counts([[14, 12, 13, 4, 4], [4, 3, 5, 4, 4]], steady()))
    (cause,) = found.causes
    assert (cause.name, cause.count, cause.expected, cause.most) == ("water", 47, 20.0, 25)
    assert [(one.area, one.count, one.expected) for one in cause.areas] == [
        ("a", 14, 4.0),
        ("c", 13, 4.0),
        ("b", 12, 4.0),
    ]
    assert (found.periods, found.areas, found.without_past, found.too_few) == (26, 5, (), False)
    # The conditional test of two Poisson rates: of 14 + 104 reports 14 or more fall to one of 27 periods.
    p = [float(stats.binom.sf(n - 1, n + 26 * 4, 1 / 27)) for n in (14, 13, 12)]
    assert [one.p for one in cause.areas] == pytest.approx(p)
    # Benjamini and Hochberg over five areas.
    assert [one.q for one in cause.areas] == pytest.approx([5 * p[0], 5 * p[1] / 2, 5 * p[2] / 3])


def test_the_total_is_held_against_chance_and_against_how_unsteady_its_past_was() -> None:
    found = common_causes(counts([[14, 12, 13, 4, 4], [4, 3, 5, 4, 4]], steady()))
    logs = np.log1p(5 * STEADY)
    t = (np.log1p(47) - logs.mean()) / (logs.std(ddof=1) * np.sqrt(27 / 26))
    by_logs, by_chance = float(stats.t.sf(t, 25)), float(stats.binom.sf(46, 47 + 26 * 20, 1 / 27))
    assert by_logs > by_chance
    assert found.families[0].p == pytest.approx(by_logs)
    assert found.families[0].q == pytest.approx(2 * by_logs)
    # The same rise after years in which every rain brought as much.
    rainy = np.broadcast_to(np.tile([1, 1, 1, 9], 7)[:26], (1, 5, 26))
    assert common_causes(counts([[14, 12, 13, 4, 4]], rainy)).causes == ()


def test_two_areas_are_not_many() -> None:
    found = common_causes(counts([[20, 20, 4, 4, 4]], steady(1)))
    assert found.causes == ()
    assert [one.area for one in found.families[0].areas] == ["a", "b"]
    assert not found.families[0].rises
    assert common_causes(counts([[20, 20, 4, 4, 4]], steady(1)), areas_least=2).causes


def test_what_came_elsewhere_before_is_no_rise() -> None:
    """Three areas rise, two fall: the total stays."""
    assert common_causes(counts([[12, 12, 12, 0, 0]], np.broadcast_to([4, 4, 4, 12, 12], (26, 5)).T[None])).causes == ()


def test_a_season_that_was_as_strong_a_year_ago_does_not_rise() -> None:
    past = steady(1).copy()
    assert common_causes(counts([[14, 14, 14, 14, 14]], past)).causes
    past[:, :, 0] = 14
    assert common_causes(counts([[14, 14, 14, 14, 14]], past)).causes == ()


def test_a_family_never_heard_of_is_raised_when_many_speak_of_it_and_not_by_one_report() -> None:
    past = steady().copy()
    past[0] = 0
    usual = [4, 4, 4, 4, 4]
    assert common_causes(counts([[0, 0, 0, 0, 0], usual], past)).causes == ()
    assert common_causes(counts([[1, 0, 0, 0, 0], usual], past)).causes == ()
    (cause,) = common_causes(counts([[2, 3, 2, 0, 0], usual], past)).causes
    assert (cause.name, cause.expected, cause.most) == ("water", 0.0, 0)
    assert [(one.area, one.expected) for one in cause.areas] == [("b", 0.0), ("a", 0.0), ("c", 0.0)]
    # Two reports after 26 periods without any: one time in 27 times 27.
    assert cause.areas[1].p == pytest.approx(1 / 27**2)


def test_an_area_without_past_is_named_and_neither_tested_nor_in_the_total() -> None:
    past = steady(1).copy()
    past[:, 4] = 0
    found = common_causes(counts([[4, 4, 4, 4, 500]], past))
    assert (found.without_past, found.areas, found.causes) == (("e",), 4, ())
    assert found.families[0].count == 16


def test_the_past_begins_with_the_first_report_and_of_too_few_periods_nothing_is_told() -> None:
    past = steady().copy()
    past[..., : 26 - PERIODS_LEAST] = 0
    rush = [[90, 90, 90, 90, 90], [4, 4, 4, 4, 4]]
    found = common_causes(counts(rush, past))
    assert (found.periods, found.too_few, len(found.causes)) == (PERIODS_LEAST, False, 1)
    past[..., : 27 - PERIODS_LEAST] = 0
    found = common_causes(counts(rush, past))
    assert (found.periods, found.too_few, found.causes) == (PERIODS_LEAST - 1, True, ())
    assert all(np.isnan([one.p, one.q]).all() for one in found.families)


@pytest.mark.parametrize("past", [np.zeros((2, 5, 26), np.int64), np.zeros((2, 5, 0), np.int64)])
def test_without_any_past_nothing_is_told(past: Ints) -> None:
    found = common_causes(counts([[9, 9, 9, 9, 9], [0, 0, 0, 0, 0]], past))
    assert (found.too_few, found.periods, found.areas, found.without_past) == (True, 0, 0, AREAS)
    assert found.causes == ()


def test_nothing_to_look_at() -> None:
    nothing = common_causes(Counts((), (), np.zeros((0, 0), np.int64), np.zeros((0, 0, 26), np.int64)))
    assert (nothing.families, nothing.too_few) == ((), True)


def test_the_strongest_comes_first() -> None:
    now = [[9, 9, 9, 9, 9], [30, 30, 30, 30, 30], [4, 4, 4, 4, 4]]
    found = common_causes(counts(now, steady(3), ("water", "noise", "care")))
    assert [one.name for one in found.families] == ["noise", "water", "care"]
    assert [one.name for one in found.causes] == ["noise", "water"]


@pytest.mark.parametrize(
    ("now", "past"),
    [
        (np.zeros((1, 4), np.int64), np.zeros((1, 5, 26), np.int64)),
        (np.zeros((1, 5), np.int64), np.zeros((2, 5, 26), np.int64)),
        (np.zeros((1, 5), np.int64), np.zeros((1, 5), np.int64)),
        (np.full((1, 5), -1), np.zeros((1, 5, 26), np.int64)),
    ],
)
def test_counts_that_cannot_be_are_refused(now: Ints, past: Ints) -> None:
    with pytest.raises(ValueError, match="counts"):
        Counts(("water",), AREAS, now, past)


def said(found: Findings, looked_at: Counts, words: Words, unplaced: int = 0, young: tuple[str, ...] = ()) -> list[str]:
    since, until = datetime(2026, 7, 1, tzinfo=UTC), datetime(2026, 7, 15, tzinfo=UTC)
    names = {code: f"{code}镇" for code in AREAS}
    return sentences(found, Received(looked_at, "township", names, 14, since, until, unplaced, young), words)


def test_a_common_cause_is_one_sentence_with_its_areas() -> None:
    looked_at = counts([[14, 12, 13, 4, 4], [4, 3, 5, 4, 4]], steady())
    cause, *areas, looked = said(common_causes(looked_at), looked_at, Words("en"))
    assert cause == (
        "Water and ditches: more in 3 of 5 townships at once; in all 5 together 47 reports where 20 were expected"
        " (q 0.002), and no more than 25 in any of the 26 periods before."
    )
    assert areas == [
        "  a镇 (a): 14 reports where 4.0 were expected (q < 0.001)",
        "  c镇 (c): 13 reports where 4.0 were expected (q 0.001)",
        "  b镇 (b): 12 reports where 4.0 were expected (q 0.002)",
    ]
    assert looked == (
        "Looked at 2026-07-01 to 2026-07-14: 67 reports of 2 families in 5 townships, where 40 were expected by the"
        " 26 periods of 14 days before."
    )
    assert said(common_causes(looked_at), looked_at, Words("zh"))[:2] == [
        "水与沟渠：5个乡镇街道中有3个同时增多；5个合计说事47件，往期平均20件（q 0.002），此前26期中最多的一期25件。",
        "  a镇（a）：说事14件，往期平均4.0件（q < 0.001）",
    ]


@pytest.mark.parametrize("lang", LANGUAGES)
def test_what_was_not_told_is_said(lang: Language) -> None:
    words = Words(lang)
    quiet = counts([[4, 4, 4, 4, 4], [4, 4, 4, 4, 4]], steady())
    none, _ = said(common_causes(quiet), quiet, words)
    young = counts([[4, 4, 4, 4, 4]], np.ones((1, 5, 3), np.int64))
    few, _ = said(common_causes(young), young, words)
    never = counts([[4, 4, 4, 4, 4]], np.zeros((1, 5, 26), np.int64))
    few_again, _, without_past = said(common_causes(never), never, words)
    *_, unplaced, left_out = said(common_causes(quiet), quiet, words, 7, ("sinkhole", "drone"))
    assert len({none, few, few_again, without_past, unplaced, left_out}) == 6
    assert "3" in few
    assert "7" in unplaced
    assert "sinkhole" in left_out
