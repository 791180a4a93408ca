"""Gi*, its p, the false discovery rate and the rates, beside esda and scipy; bad and empty maps; a planted cluster."""

import warnings
from types import SimpleNamespace
from typing import Any, cast

import h3
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import sparse
from scipy.stats import false_discovery_control, nbinom, poisson

from gis.discovery import bins, count_tails, false_discovery, permuted_tails, two_sided
from gis.hotspot_resolution import Resolution, choose_resolution
from gis.hotspots import Hotspots, getis_ord, hotspots
from gis.household_rates import report_tails, standardised_rates
from maps.hotspots import mean_neighbourhood
from maps.units import Units
from tests.hexagons import around, disk

with warnings.catch_warnings():
    # esda and libpysal pull in pandas and warn of their own plans; they are the reference here, not our code.
    warnings.simplefilter("ignore")
    import esda
    from esda.smoothing import assuncao_rate
    from libpysal.weights import WSP, DistanceBand, W

EXACT = 1e-9


def _weights(neighbours: Any) -> W:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return WSP(sparse.csr_matrix(neighbours)).to_W(silence_warnings=True)


def _reference(y: Any, weights: W, permutations: int = 0) -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return esda.G_Local(y, weights, transform="B", star=True, permutations=permutations, n_jobs=1, seed=7)


def _chance() -> np.random.Generator:
    return np.random.default_rng(20_260_301)


def test_the_worked_figures() -> None:
    points = [(10, 10), (20, 10), (40, 10), (15, 20), (30, 20), (30, 30)]
    band = DistanceBand(points, threshold=15, binary=True, silence_warnings=True)
    z, _p = getis_ord(np.array([2, 3, 3.2, 5, 8, 7]), sparse.csr_array(band.sparse))
    expected = [-1.39727626, -0.28917762, 0.65064964, -0.28917762, 1.23452088, 2.02424331]
    np.testing.assert_allclose(z, expected, atol=5e-9)


@pytest.mark.parametrize("scale", [1, 50])
def test_z_and_normal_p_are_esdas(scale: int) -> None:
    neighbours = disk(15)
    y = _chance().negative_binomial(1, 0.3, neighbours.shape[0]) * scale
    ours, theirs = getis_ord(y, neighbours), _reference(y, _weights(neighbours))
    np.testing.assert_allclose(ours[0], theirs.Zs, rtol=0, atol=EXACT)
    np.testing.assert_allclose(ours[1], theirs.p_norm, rtol=0, atol=EXACT)


def test_cells_without_neighbours_are_neighbourhoods_of_one() -> None:
    neighbours = sparse.csr_array(np.pad(disk(4).toarray(), (0, 3)))
    y = _chance().poisson(3, neighbours.shape[0])
    np.testing.assert_allclose(getis_ord(y, neighbours)[0], _reference(y, _weights(neighbours)).Zs, atol=EXACT)
    found = hotspots(y, neighbours, method="analytic", rng=_chance())
    assert found.cells[-3:].tolist() == [1, 1, 1]
    assert found.observed[-3:].tolist() == y[-3:].tolist()


def test_rates_are_those_of_assuncao_and_reis() -> None:
    chance = _chance()
    households = chance.integers(1, 400, 300).astype(float)
    for counts in (chance.poisson(households * 0.05), chance.poisson(households * chance.gamma(0.5, 0.1, 300))):
        np.testing.assert_allclose(
            standardised_rates(counts, households), assuncao_rate(counts, households), atol=EXACT
        )
    # Less spread than chance would make, so that some variances have to be replaced.
    even = np.rint(households * 0.5).astype(int)
    np.testing.assert_allclose(standardised_rates(even, households), assuncao_rate(even, households), atol=EXACT)


def test_gi_of_rates_is_esdas_over_the_cells_with_households() -> None:
    chance, neighbours = _chance(), disk(12)
    households = np.where(chance.random(neighbours.shape[0]) < 0.2, 0, chance.integers(1, 90, neighbours.shape[0]))
    counts = chance.poisson(0.1 * households) + (households == 0)
    found = hotspots(counts, neighbours, method="analytic", rng=chance, households=households)
    lived_in = households > 0
    rates = assuncao_rate(counts[lived_in], households[lived_in])
    # Moved above 0: esda turns the sign of z where values add up to less than 0.
    theirs = _reference(rates + 10, _weights(neighbours[lived_in][:, lived_in]))
    np.testing.assert_allclose(found.z[lived_in], theirs.Zs, atol=EXACT)
    np.testing.assert_allclose(found.p_norm[lived_in], theirs.p_norm, atol=EXACT)
    assert np.isnan([found.z, found.p_norm, found.p, found.q, found.observed, found.expected])[:, ~lived_in].all()
    assert not found.bin[~lived_in].any()
    assert not found.cells[~lived_in].any()
    assert found.observed[lived_in].max() <= counts[lived_in].sum()


def test_permutation_p_is_esdas_but_for_chance() -> None:
    chance, neighbours = _chance(), disk(9)
    y = chance.gamma(2.0, 3.0, neighbours.shape[0])
    high, low = permuted_tails(y, neighbours, chance)
    theirs = _reference(y, _weights(neighbours), permutations=999).p_sim
    apart = np.abs(np.minimum(high, low) - theirs)
    # Two estimates from 999 permutations each: one standard error of their difference is 0.022 at p = 0.5.
    assert apart.mean() < 0.015
    assert apart.max() < 0.1
    assert np.allclose(high + low, 1 + 1 / 1000)


def test_permutations_of_whole_numbers_hold_ties_on_both_sides() -> None:
    neighbours = disk(5)
    high, low = permuted_tails(np.full(neighbours.shape[0], 3), neighbours, _chance(), permutations=99)
    assert np.array_equal(high, np.ones(neighbours.shape[0]))
    assert np.array_equal(low, np.ones(neighbours.shape[0]))


def test_the_same_chance_makes_the_same_map() -> None:
    counts = _chance().poisson(1, disk(5).shape[0])
    first, second = (hotspots(counts, disk(5), method="permutation", rng=_chance()) for _ in range(2))
    assert np.array_equal(first.p, second.p)


@pytest.mark.parametrize("excess", [0.0, -1.0, 0.5, 40.0])
def test_tails_of_counts_are_scipys(excess: float) -> None:
    sums, mean = np.arange(0.0, 60.0), 7.0
    high, low = count_tails(sums, np.full(60, mean), np.full(60, excess))
    size = mean**2 / excess if excess > 0 else 0.0
    law = nbinom(size, mean / (mean + excess)) if excess > 0 else poisson(mean)
    np.testing.assert_allclose(high, law.sf(sums - 1), rtol=1e-9, atol=1e-300)
    np.testing.assert_allclose(low, law.cdf(sums), rtol=1e-9)


@settings(deadline=None)
@given(st.lists(st.integers(0, 30), min_size=19, max_size=19), st.permutations(range(19)))
def test_the_order_of_the_cells_does_not_matter(drawn: list[int], order: list[int]) -> None:
    counts, households = np.array(drawn), np.arange(19) % 6 * 10
    touching = sparse.csr_array(disk(2).toarray()[order][:, order])
    for lived_in in (None, households):
        found = hotspots(counts, disk(2), method="analytic", rng=_chance(), households=lived_in)
        moved = hotspots(
            counts[order],
            touching,
            method="analytic",
            rng=_chance(),
            households=None if lived_in is None else lived_in[order],
        )
        np.testing.assert_allclose(moved.z, found.z[order], atol=EXACT)
        np.testing.assert_allclose(moved.p_norm, found.p_norm[order], atol=EXACT)
        np.testing.assert_array_equal(moved.observed, found.observed[order])
        np.testing.assert_array_equal(moved.cells, found.cells[order])
        np.testing.assert_allclose(moved.p, found.p[order], atol=EXACT)


@settings(deadline=None)
@given(st.lists(st.floats(0, 1), min_size=1, max_size=40))
def test_q_is_scipys(p: list[float]) -> None:
    np.testing.assert_allclose(false_discovery(np.array(p)), false_discovery_control(p), atol=EXACT)


@pytest.mark.parametrize("rate", [0.01, 0.05, 0.1, 0.3])
def test_the_cells_under_q_are_those_that_esda_calls_significant(rate: float) -> None:
    p = np.concatenate([_chance().beta(0.3, 8, 60), _chance().random(400)])
    assert np.array_equal(false_discovery(p) <= rate, p <= esda.fdr(p, rate))
    assert (false_discovery(p) <= rate).any()


def test_what_is_not_tested_does_not_count_as_a_test() -> None:
    p = np.array([0.02, np.nan, 0.5, np.nan])
    np.testing.assert_allclose(false_discovery(p), [0.04, np.nan, 0.5, np.nan])


def test_bins_by_q_and_side() -> None:
    q = np.array([0.0, 0.01, 0.0100001, 0.05, 0.0500001, 0.1, 0.1000001, 1, np.nan])
    assert bins(q, np.full(9, True)).tolist() == [3, 3, 2, 2, 1, 1, 0, 0, 0]
    assert bins(q, np.full(9, False)).tolist() == [-3, -3, -2, -2, -1, -1, 0, 0, 0]


def test_two_sided_p_is_never_above_one() -> None:
    assert two_sided((np.array([0.7]), np.array([0.8]))).tolist() == [1.0]


def test_few_households_are_judged_by_the_poisson_distribution() -> None:
    counts = np.array([0, 0, 0, 3] + [1] * 96)
    households = np.array([1.0] * 4 + [1.0] * 96)
    high, low = report_tails(counts, households, sparse.csr_array((100, 100)))
    # The rate of the 99 others, with one report more than they have.
    loud, quiet = 97 / 99, 100 / 99
    assert high[3] == pytest.approx(1 - np.exp(-loud) * (1 + loud + loud**2 / 2))
    assert low[0] == pytest.approx(np.exp(-quiet))


def test_rates_that_differ_from_cell_to_cell_make_a_loud_neighbourhood_less_rare() -> None:
    chance = _chance()
    households = np.full(500, 40.0)
    even, uneven = chance.poisson(4, 500), chance.poisson(chance.gamma(0.5, 8, 500))
    even[0] = uneven[0] = 14
    alone = sparse.csr_array((500, 500))
    assert report_tails(even, households, alone)[0][0] < 1e-3 < 0.02 < report_tails(uneven, households, alone)[0][0]


@pytest.mark.parametrize("value", [0, 1, 7])
@pytest.mark.parametrize("households", [None, 25])
@pytest.mark.parametrize("method", ["analytic", "permutation"])
def test_a_map_of_equal_counts_has_no_z_and_no_hotspot(value: int, households: int | None, method: Any) -> None:
    n = disk(4).shape[0]
    lived_in = None if households is None else np.full(n, households)
    found = hotspots(np.full(n, value), disk(4), method=method, rng=_chance(), households=lived_in)
    assert np.isnan(found.z).all()
    assert np.isnan(found.p_norm).all()
    assert found.p.tolist() == [1.0] * n
    assert not found.bin.any()


@pytest.mark.parametrize("n", [0, 1])
@pytest.mark.parametrize("method", ["analytic", "permutation", "too_few"])
@pytest.mark.parametrize("with_households", [False, True])
def test_maps_of_no_cell_and_of_one(n: int, method: Any, with_households: bool) -> None:
    households = np.full(n, 3) if with_households else None
    found = hotspots(np.full(n, 4), sparse.csr_array((n, n)), method=method, rng=_chance(), households=households)
    assert found.bin.tolist() == [0] * n
    assert np.isnan(found.z).all()


def test_nobody_lives_anywhere() -> None:
    n = disk(3).shape[0]
    found = hotspots(np.ones(n, int), disk(3), method="analytic", rng=_chance(), households=np.zeros(n))
    assert np.isnan(found.p).all()
    assert not found.bin.any()


def test_unknown_households_take_no_part() -> None:
    counts = _chance().poisson(3, disk(6).shape[0])
    unknown = np.full(len(counts), 30.0)
    none = unknown.copy()
    unknown[::5], none[::5] = np.nan, 0.0
    first, second = (
        hotspots(counts, disk(6), method="analytic", rng=_chance(), households=households)
        for households in (unknown, none)
    )
    np.testing.assert_array_equal(first.p, second.p)


def test_too_few_tests_nothing_and_still_shows_the_sums() -> None:
    counts = np.zeros(disk(3).shape[0], int)
    counts[0] = 5
    found = hotspots(counts, disk(3), method="too_few", rng=_chance())
    assert np.isnan(found.p).all()
    assert not found.bin.any()
    assert found.observed[0] == 5


def test_all_reports_in_one_cell_are_one_hotspot() -> None:
    counts = np.zeros(disk(20).shape[0], int)
    counts[0] = 100_000
    found = hotspots(counts, disk(20), method="analytic", rng=_chance())
    # That cell, and the six whose neighbourhood it is in.
    assert np.flatnonzero(found.bin > 0).tolist() == around(disk(20), 0, 1).tolist()


def test_one_loud_cell_among_quiet_ones_is_hot() -> None:
    counts = _chance().poisson(1, disk(20).shape[0])
    counts[300] = 60
    found = hotspots(counts, disk(20), method="analytic", rng=_chance())
    assert found.bin[300] == 3
    assert set(np.flatnonzero(found.bin > 0)) <= set(around(disk(20), 300, 1))


@pytest.mark.parametrize("counts", [np.array([1.5, 2]), np.array([-1, 2]), np.array([1, 2, 3])])
def test_counts_that_are_none_are_refused(counts: Any) -> None:
    with pytest.raises(ValueError, match="counts"):
        hotspots(counts, sparse.csr_array((2, 2)), method="analytic", rng=_chance())


def test_a_cell_is_not_its_own_neighbour() -> None:
    with pytest.raises(ValueError, match="diagonal"):
        hotspots(np.array([1, 2]), sparse.csr_array(np.eye(2)), method="analytic", rng=_chance())


def test_households_of_another_map_are_refused() -> None:
    with pytest.raises(ValueError, match="households"):
        hotspots(np.array([1, 2]), sparse.csr_array((2, 2)), method="analytic", rng=_chance(), households=np.ones(3))


def _planted(chance: np.random.Generator, rings: int, *, with_households: bool) -> Hotspots:
    neighbours = disk(25)
    households = chance.integers(1, 120, neighbours.shape[0])
    expected = 0.05 * households if with_households else np.full(neighbours.shape[0], 3.0)
    expected[around(neighbours, 700, rings)] *= 3
    counts = chance.poisson(expected)
    lived_in = households if with_households else None
    return hotspots(counts, neighbours, method="analytic", rng=chance, households=lived_in)


@pytest.mark.parametrize("rings", [1, 2])
@pytest.mark.parametrize("with_households", [False, True])
def test_three_times_as_many_in_7_or_19_cells_is_found(rings: int, with_households: bool) -> None:
    chance, neighbours = _chance(), disk(25)
    inside, near = around(neighbours, 700, rings), around(neighbours, 700, rings + 1)
    found = [_planted(chance, rings, with_households=with_households) for _ in range(20)]
    hot = [np.flatnonzero(map_.bin > 0) for map_ in found]
    # 21 reports expected, 63 there: measured, the middle is hot in over 95% of such maps.
    assert sum(map_.bin[700] > 0 for map_ in found) >= 17
    assert np.mean([np.isin(inside, cells).mean() for cells in hot]) > 0.5
    # What lies outside touches the inside, so its neighbourhood reaches in; further off a few false ones are the price.
    assert np.mean([np.isin(cells, near).mean() for cells in hot if len(cells)]) > 0.9
    for map_, cells in zip(found, hot, strict=True):
        assert (map_.observed[cells] > map_.expected[cells]).all()
        assert (map_.z[cells] > 0).all()


def test_a_quiet_region_is_cold() -> None:
    chance, neighbours = _chance(), disk(25)
    inside = around(neighbours, 700, 3)
    counts = chance.poisson(np.where(np.isin(np.arange(neighbours.shape[0]), inside), 0.3, 4.0))
    found = hotspots(counts, neighbours, method="analytic", rng=chance)
    assert found.bin[700] == -3
    assert found.z[700] < 0
    assert not (found.bin[inside] > 0).any()


def test_permutation_finds_what_is_plain_on_a_small_map() -> None:
    neighbours = disk(4)
    counts = np.zeros(neighbours.shape[0], int)
    counts[around(neighbours, 20, 1)] = 2
    assert hotspots(counts, neighbours, method="permutation", rng=_chance()).bin[20] > 0


def test_resolution_is_the_finest_that_expects_five() -> None:
    cells = {5: 25, 6: 178, 7: 1_240, 8: 8_700, 9: 61_000}
    assert choose_resolution(43_572, cells).resolution == 9
    assert choose_resolution(43_571, cells) == Resolution(8, "analytic", 43_571 * 7 / 8_700)
    assert choose_resolution(18, cells) == Resolution(5, "analytic", 18 * 7 / 25)
    assert choose_resolution(17, cells) == Resolution(5, "permutation", 17 * 7 / 25)
    assert choose_resolution(10, cells).method == "permutation"
    assert choose_resolution(9, cells) == Resolution(None, "too_few", 0.0, "few_reports")


def test_a_small_edition_is_not_cut_into_fewer_than_20_cells() -> None:
    assert choose_resolution(500, {5: 1, 6: 2, 7: 12, 8: 80}).resolution == 8
    assert choose_resolution(30, {5: 1, 6: 2, 7: 12, 8: 80}) == Resolution(8, "permutation", 30 * 7 / 80)
    assert choose_resolution(500, {5: 1, 6: 19}) == Resolution(None, "too_few", 0.0, "few_cells")
    assert choose_resolution(500, {}) == Resolution(None, "too_few", 0.0, "few_cells")
    # More reports would not help: what lacks is said before what lacks besides.
    assert choose_resolution(9, {5: 1, 6: 19}).lack == "few_cells"


def test_known_neighbourhoods_count_as_they_are() -> None:
    assert choose_resolution(100, {7: 100, 8: 130}, {8: 5.2}).resolution == 7
    assert choose_resolution(100, {7: 100, 8: 130}, {8: 6.6}).resolution == 8


def test_neighbourhoods_at_a_border_are_smaller_than_seven() -> None:
    keys = sorted(h3.grid_disk(h3.latlng_to_cell(39.7, 117.0, 7), 1))
    units = cast("Units", SimpleNamespace(keys=keys, households=[1.0] * 6 + [None]))
    # The middle one has seven, each of the six around it four.
    assert mean_neighbourhood(units, of_rates=False) == pytest.approx((7 + 6 * 4) / 7)
    assert mean_neighbourhood(units, of_rates=True) < (7 + 6 * 4) / 7
