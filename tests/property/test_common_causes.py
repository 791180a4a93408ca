"""Noise is no common cause: where nothing rises, at most one run in twenty raises anything.

Each case draws 300 runs of 16 families in 90 areas.  By the test's own level at most 5% of them may raise a family; 27
or more of 300 come by chance of such a share with a probability of 0.3%.  The seeds are fixed, so a failure is a fault
and not bad luck.
"""

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from gis.discovery import Floats
from grids.common_causes import LEVEL, Counts, Findings, Ints, common_causes

RUNS, ALLOWED = 300, 26
FAMILIES, AREAS = 16, 90

Noise = Callable[[np.random.Generator, Floats, tuple[int, ...]], Ints]

# Each draws counts of (families, areas, periods) about the rates (families, areas, 1) of the areas.
NOISE: dict[str, Noise] = {
    "poisson": lambda chance, rate, shape: chance.poisson(rate, shape),
    "each area unsteady": lambda chance, rate, shape: chance.poisson(rate * chance.gamma(1.0, 1.0, shape)),
    "seldom and in bursts": lambda chance, rate, shape: chance.poisson(rate / 20 * chance.gamma(0.3, 1 / 0.3, shape)),
    # Rain falls on all of them at once.
    "all areas together": lambda chance, rate, shape: chance.poisson(
        rate * np.exp(chance.normal(0, 0.5, (shape[0], 1, shape[2]))), shape
    ),
}


def found_in(counts: Ints) -> Findings:
    """Judge the last period of (families, areas, periods + 1)."""
    families, areas, _ = counts.shape
    names = tuple(f"f{n}" for n in range(families)), tuple(f"a{n:02}" for n in range(areas))
    return common_causes(Counts(*names, counts[..., -1], counts[..., :-1]))


def rates(chance: np.random.Generator) -> Floats:
    """Five a period on average, a few areas with many more and many with next to none."""
    return chance.gamma(1.0, 5.0, (FAMILIES, AREAS, 1))


@pytest.mark.parametrize("periods", [12, 26])
@pytest.mark.parametrize("noise", NOISE)
def test_noise_raises_nothing(noise: str, periods: int) -> None:
    chance = np.random.default_rng(periods)
    runs = 0
    for _ in range(RUNS):
        runs += bool(found_in(NOISE[noise](chance, rates(chance), (FAMILIES, AREAS, periods + 1))).causes)
    assert runs <= ALLOWED


@pytest.mark.parametrize(("times", "areas"), [(2, 90), (3, 30)])
def test_what_rises_is_found_and_hardly_anything_else(times: int, areas: int) -> None:
    chance = np.random.default_rng(times)
    found, named, wrong, others = 0, 0, 0, 0
    for _ in range(100):
        rate = np.repeat(rates(chance), 27, axis=2)
        rate[0, :areas, -1] *= times
        for cause in found_in(chance.poisson(rate)).causes:
            if cause.name == "f0":
                found += 1
                named += len(cause.areas)
                wrong += sum(int(one.area[1:]) >= areas for one in cause.areas)
            else:
                others += 1
    assert found >= 95
    assert wrong <= LEVEL * named
    assert others <= 5


counts = arrays.arrays(
    np.int64, st.tuples(st.integers(1, 4), st.integers(3, 8), st.just(15)), elements=st.integers(0, 4)
)


@st.composite
def risen(draw: st.DrawFn) -> Ints:
    """Counts of which some rise in many areas at once."""
    drawn = draw(counts)
    drawn[0, : draw(st.integers(0, drawn.shape[1])), -1] += draw(st.sampled_from([0, 5, 10, 20, 40]))
    return drawn


@settings(deadline=None)
@given(risen(), st.data())
def test_the_order_of_areas_and_families_does_not_matter(some: Ints, data: st.DataObject) -> None:
    families, areas, _ = some.shape
    rows = data.draw(st.permutations(range(families)))
    columns = data.draw(st.permutations(range(areas)))
    names = np.array([f"f{n}" for n in range(families)]), np.array([f"a{n}" for n in range(areas)])
    one = common_causes(Counts(tuple(names[0]), tuple(names[1]), some[..., -1], some[..., :-1]))
    other_counts = some[rows][:, columns]
    other = common_causes(
        Counts(tuple(names[0][rows]), tuple(names[1][columns]), other_counts[..., -1], other_counts[..., :-1])
    )
    assert [family.name for family in one.causes] == [family.name for family in other.causes]
    for this, that in zip(one.causes, other.causes, strict=True):
        assert (this.count, this.expected, this.most) == (that.count, that.expected, that.most)
        assert {area.area: area.count for area in this.areas} == {area.area: area.count for area in that.areas}
        assert [area.p for area in this.areas] == pytest.approx([area.p for area in that.areas])


@settings(deadline=None)
@given(risen(), st.integers(1, 50), st.data())
def test_more_reports_in_an_area_that_rises_never_end_its_rise(some: Ints, more: int, data: st.DataObject) -> None:
    before = {cause.name: {area.area for area in cause.areas} for cause in found_in(some).causes}
    if not before:
        return
    family = data.draw(st.sampled_from(sorted(before)))
    area = data.draw(st.sampled_from(sorted(before[family])))
    some[int(family[1:]), int(area[1:]), -1] += more
    after = {cause.name: {area.area for area in cause.areas} for cause in found_in(some).causes}
    assert before.keys() <= after.keys()
    assert all(before[name] <= after[name] for name in before)
