"""The test of Mann and Kendall beside scipy, beside each order of a short series, and on series without a trend."""

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import kendalltau, norm

from gis.trend import mann_kendall


@settings(deadline=None)
@given(st.lists(st.integers(0, 6), min_size=3, max_size=30))
def test_tau_and_the_variance_are_scipys(drawn: list[int]) -> None:
    found = mann_kendall(np.array(drawn)[:, None])
    if len(set(drawn)) == 1:
        assert (found.s[0], found.p[0], np.isnan(found.tau[0])) == (0, 1.0, True)
        return
    theirs = kendalltau(np.arange(len(drawn)), drawn, method="asymptotic")
    assert found.tau[0] == pytest.approx(theirs.statistic, abs=1e-12)
    # scipy corrects nothing for continuity: its p is that of S itself.
    assert 2 * norm.sf(abs(found.s[0]) / np.sqrt(found.variance[0])) == pytest.approx(theirs.pvalue, abs=1e-12)
    assert found.p[0] >= theirs.pvalue - 1e-12


@pytest.mark.parametrize("values", [[1, 2, 3, 4, 5, 6, 7], [1, 1, 2, 3, 3, 3, 5], [0, 0, 0, 0, 0, 0, 1]])
def test_s_and_its_variance_over_each_order(values: list[int]) -> None:
    orders = np.array(list(itertools.permutations(values))).T
    found = mann_kendall(orders)
    pairs = list(itertools.combinations(range(len(values)), 2))
    by_hand = sum(np.sign(orders[later] - orders[sooner]) for sooner, later in pairs)
    assert np.array_equal(found.s, by_hand)
    assert found.s.mean() == pytest.approx(0)
    assert found.variance == pytest.approx(np.full(orders.shape[1], by_hand.var()))


def test_p_is_that_of_each_order_from_ten_steps_on() -> None:
    chance = np.random.default_rng(4)
    noise = chance.normal(size=(12, 20_000))
    found = mann_kendall(noise)
    for rate in (0.01, 0.05, 0.1, 0.3):
        # Four standard errors above the rate; the correction keeps p on the careful side.
        assert 0.4 * rate < (found.p <= rate).mean() < rate + 4 * np.sqrt(rate / 20_000)


def test_a_series_that_rises_and_the_same_turned_round() -> None:
    rising = np.arange(24.0)[:, None]
    up, down = mann_kendall(rising), mann_kendall(rising[::-1])
    assert (up.tau[0], down.tau[0]) == (1, -1)
    assert up.p[0] == down.p[0] < 1e-10


@pytest.mark.parametrize("t", [0, 1, 2])
def test_series_too_short_for_a_trend(t: int) -> None:
    found = mann_kendall(np.arange(t * 3.0).reshape(t, 3))
    assert found.p.tolist() == [1.0] * 3
