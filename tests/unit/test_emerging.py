"""Emerging hotspots: an example of each type, hot and cold, the rules beside a plain retelling, and what is too few."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import sparse

from gis.discovery import false_discovery
from gis.emerging import KINDS, RULES, Emerging, Kind, classified, emerging
from gis.hotspots import getis_ord, hotspots
from gis.trend import mann_kendall
from tests.hexagons import around, disk


def _one(steps: str, z: list[float] | None = None) -> tuple[str, int, int, int]:
    """Kind, side, how often and for how long, of a cell whose steps are written ``+`` hot, ``-`` cold, ``.`` neither."""
    bins = np.array([{"+": 3, "-": -3, ".": 0}[step] for step in steps], dtype=np.int8)[:, None]
    strength = bins * 1.5 if z is None else np.array(z)[:, None]
    kind, side, often, run, _tau, _q = classified(strength.astype(float), bins)
    return KINDS[kind[0]].value, int(side[0]), int(often[0]), int(run[0])


_STEADY = [4.0, 4.2, 3.9, 4.1, 4.0, 4.3, 3.8, 4.1, 3.9, 4.2, 4.0, 4.1]
_RISING = [2.6, 2.9, 3.1, 3.0, 3.4, 3.8, 4.1, 4.0, 4.6, 5.2, 5.5, 6.1]

EXAMPLES = [
    ("new", "...........+", None, 1, 1),
    ("consecutive", "........++++", None, 4, 4),
    ("intensifying", "++++++++++++", _RISING, 12, 12),
    ("intensifying", "+.++++++++++", _RISING, 11, 10),
    ("persistent", "++++++++++++", _STEADY, 12, 12),
    ("persistent", "+++++.++++++", _STEADY, 11, 6),
    ("diminishing", "++++++++++++", _RISING[::-1], 12, 12),
    ("sporadic", "+..++..+..++", None, 6, 2),
    ("sporadic", "+..........+", None, 2, 1),
    ("oscillating", "--..++...+++", None, 5, 3),
    ("oscillating", "-..........+", None, 1, 1),
    ("historical", "+++++++++++.", None, 11, 0),
]


@pytest.mark.parametrize(("kind", "steps", "z", "often", "run"), EXAMPLES)
def test_an_example_of_each_type(kind: str, steps: str, z: list[float] | None, often: int, run: int) -> None:
    assert _one(steps, z) == (kind, 1, often, run)
    turned = None if z is None else [-value for value in z]
    assert _one(steps.translate(str.maketrans("+-", "-+")), turned) == (kind, -1, often, run)


def test_there_is_an_example_of_each_rule() -> None:
    assert {kind for kind, *_ in EXAMPLES} == {kind.value for kind in RULES}


@pytest.mark.parametrize("steps", ["............", "++++++......", "+.+.+.+.+.+.", "+-+-+-+-+-..", "++++++++++.."])
def test_what_is_over_and_was_not_nearly_always_has_no_type(steps: str) -> None:
    assert _one(steps) == ("none", 0, 0, 0)


def test_what_turned_from_hot_to_cold_is_told_by_what_it_is_now() -> None:
    assert _one("+++++++++++-")[:2] == ("oscillating", -1)


def _retold(steps: list[int], trend: int) -> tuple[str, int]:
    """The types as one would tell them to a colleague, for the side of the last step or of most of them."""
    n, last = len(steps), steps[-1]
    if last == 0:
        most = [side for side in (1, -1) if steps.count(side) >= 0.9 * n]
        return ("historical", most[0]) if most else ("none", 0)
    if steps.count(last) >= 0.9 * n:
        return {1: "intensifying", 0: "persistent", -1: "diminishing"}[trend * last], last
    if -last in steps:
        return "oscillating", last
    if steps.count(last) == 1:
        return "new", last
    first = steps.index(last)
    return ("consecutive" if all(step == last for step in steps[first:]) else "sporadic"), last


@settings(deadline=None, max_examples=300)
@given(st.data(), st.integers(10, 24), st.sampled_from([1, 0, -1, None]))
def test_the_rules_are_as_retold_and_exclude_each_other(data: st.DataObject, t: int, mostly: int | None) -> None:
    drawn = st.sampled_from([1, 0, -1]) if mostly is None else st.sampled_from([mostly] * 20 + [1, 0, -1])
    steps = data.draw(st.lists(drawn, min_size=t, max_size=t))
    z = np.array([step * 3 + data.draw(st.integers(-2, 2)) for step in steps], dtype=float)[:, None]
    kind, side, *_rest, trend_q = classified(z, np.array(steps, dtype=np.int8)[:, None])
    trend = int(np.sign(mann_kendall(z).s[0])) if trend_q[0] <= 0.1 else 0
    assert (KINDS[kind[0]].value, side[0]) == _retold(steps, trend)


def test_the_trend_is_corrected_over_the_cells_that_it_is_asked_of() -> None:
    chance = np.random.default_rng(3)
    z = chance.normal(4, 1, (12, 40))
    bins = np.where(np.arange(40) < 30, 3, 0) * np.ones((12, 1), dtype=np.int8)
    *_, tau, trend_q = classified(z, bins.astype(np.int8))
    asked = mann_kendall(z[:, :30])
    np.testing.assert_array_equal(trend_q[:30], false_discovery(asked.p))
    np.testing.assert_array_equal(tau[:30], asked.tau)
    assert np.isnan([tau[30:], trend_q[30:]]).all()


def _grown(seed: int = 1, steps: int = 24) -> tuple[np.ndarray, Emerging]:
    chance, near = np.random.default_rng(seed), disk(16)
    expected = np.full((steps, near.shape[0]), 1.5)
    expected[:, around(near, 100, 1)] = 9
    expected[-4:, around(near, 300, 1)] = 12
    expected[:-3, around(near, 700, 1)] = 12
    counts = chance.poisson(expected)
    return counts, emerging(counts, near, ["analytic"] * steps, rng=chance)


def test_planted_histories_are_found_in_counts() -> None:
    counts, found = _grown()
    told = {cell: (KINDS[found.kind[cell]], found.side[cell]) for cell in (100, 300, 700)}
    # Three steps of 24 without it are more than one of ten: what was there before 700 went quiet is no type.
    assert told == {100: (Kind.PERSISTENT, 1), 300: (Kind.CONSECUTIVE, 1), 700: (Kind.NONE, 0)}
    assert (found.often[300], found.run[300]) == (4, 4)
    z, _ = getis_ord(counts[7], disk(16))
    np.testing.assert_array_equal(found.z[7], z)


def test_a_spot_that_grows_is_intensifying_and_one_beside_it_pales() -> None:
    """z is held against the spread of the step's whole map: where one place grows, a steady one counts for less."""
    chance, near = np.random.default_rng(2), disk(16)
    expected = np.full((24, near.shape[0]), 1.5)
    expected[:, around(near, 100, 1)] = 9
    expected[:, around(near, 500, 1)] = np.linspace(6, 30, 24)[:, None]
    found = emerging(chance.poisson(expected), near, ["analytic"] * 24, rng=chance)
    assert (KINDS[found.kind[500]], KINDS[found.kind[100]]) == (Kind.INTENSIFYING, Kind.DIMINISHING)
    assert found.tau[500] > 0.8


def test_each_step_is_a_map_of_its_own() -> None:
    counts, found = _grown()
    for step in (0, 23):
        alone = hotspots(counts[step], disk(16), method="analytic", rng=np.random.default_rng(0))
        assert np.array_equal(found.bins[step], alone.bin)
    assert found.last is not None
    assert np.array_equal(found.last.bin, found.bins[-1])


def test_steps_that_were_not_tested_are_left_out() -> None:
    counts, whole = _grown()
    doubled = np.repeat(counts, 2, axis=0)
    doubled[::2] = 0
    found = emerging(doubled, disk(16), ["too_few", "analytic"] * 24, rng=np.random.default_rng(1))
    assert found.tested.tolist() == [False, True] * 24
    for name in ("kind", "side", "often", "run", "tau", "trend_q"):
        np.testing.assert_array_equal(getattr(found, name), getattr(whole, name))
    assert np.isnan(found.z[::2]).all()


@pytest.mark.parametrize(
    "methods", [["analytic"] * 9, ["too_few"] * 15 + ["analytic"] * 9, ["analytic"] * 23 + ["too_few"], []]
)
def test_too_few_is_not_called_quiet(methods: list[str]) -> None:
    counts, _ = _grown()
    found = emerging(counts[: len(methods)], disk(16), methods, rng=np.random.default_rng(1))  # type: ignore[arg-type]
    assert not found.said
    assert not found.kind.any()
    assert not found.side.any()
    assert (found.last is None) == (not methods)


def test_a_city_where_nothing_differs_has_no_type() -> None:
    near = disk(3)
    found = emerging(np.full((12, near.shape[0]), 4), near, ["analytic"] * 12, rng=np.random.default_rng(1))
    assert found.said
    assert not found.kind.any()
    assert not found.z.any()


def test_one_method_a_step() -> None:
    with pytest.raises(ValueError, match="zip"):
        emerging(np.zeros((3, 2), int), sparse.csr_array((2, 2)), ["too_few"], rng=np.random.default_rng(1))
