"""Local Moran's I beside esda, its moments and p beside all permutations, contiguity beside libpysal; bad and flat maps."""

import itertools
import warnings
from typing import Any

import numpy as np
import pytest
import shapely
from scipy import sparse
from scipy.stats import norm

from gis.cells import cells_within, neighbours
from gis.contiguity import queen
from gis.discovery import false_discovery
from gis.local_moran import HIGH_HIGH, HIGH_LOW, LOW_HIGH, LOW_LOW, fewest_told, local_moran
from tests.hexagons import around, disk

with warnings.catch_warnings():
    # esda and libpysal pull in pandas and warn of their own plans; they are the reference here, not our code.
    warnings.simplefilter("ignore")
    import esda
    from libpysal.weights import WSP, Queen, W

EXACT = 1e-9


def _weights(touching: Any) -> W:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return WSP(sparse.csr_matrix(touching)).to_W(silence_warnings=True)


def _reference(y: Any, touching: Any, permutations: int = 0) -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return esda.Moran_Local(y, _weights(touching), permutations=permutations, n_jobs=1, seed=7)


def _chance() -> np.random.Generator:
    return np.random.default_rng(20_260_601)


def _found(y: Any, touching: Any, permutations: int = 99) -> Any:
    return local_moran(y, touching, rng=_chance(), permutations=permutations)


def _city(side: int) -> Any:
    """Square areas in a jagged square: those of one corner are left out."""
    boxes = [shapely.box(x, y, x + 1, y + 1) for x in range(side) for y in range(side) if x + y > side // 2]
    return np.array(boxes, dtype=object)


@pytest.mark.parametrize("touching", [disk(12), queen(_city(14))], ids=["cells", "areas"])
@pytest.mark.parametrize("draw", ["negative binomial", "gamma"])
def test_i_quadrants_and_moments_are_esdas(touching: Any, draw: str) -> None:
    n, chance = touching.shape[0], _chance()
    y = chance.negative_binomial(1, 0.3, n) if draw == "negative binomial" else chance.gamma(2.0, 3.0, n)
    ours, theirs = _found(y, touching), _reference(y, touching)
    np.testing.assert_allclose(ours.i, theirs.Is, rtol=0, atol=EXACT)
    assert ours.quadrant.tolist() == theirs.q.tolist()
    scale = (n - 1) / n
    np.testing.assert_allclose(ours.expected, theirs.EIc * scale, rtol=0, atol=EXACT)
    np.testing.assert_allclose(ours.variance, theirs.VIc * scale**2, rtol=0, atol=EXACT)
    z = (theirs.Is - theirs.EIc * scale) / np.sqrt(theirs.VIc * scale**2)
    np.testing.assert_allclose(ours.z, z, rtol=0, atol=EXACT)
    np.testing.assert_allclose(ours.p_norm, 2 * norm.sf(np.abs(z)), rtol=0, atol=EXACT)


def test_moments_and_p_are_those_of_all_permutations() -> None:
    """Of eight units each subset of the others is gone through: what the moments and the permutations estimate."""
    touching = sparse.csr_array(np.eye(8, k=1) + np.eye(8, k=-1) + np.eye(8, k=3) + np.eye(8, k=-3))
    y = np.array([3.0, 1.5, 8.0, 2.25, 6.0, 0.5, 9.0, 4.0])
    found, own = _found(y, touching, 20_000), (y - y.mean()) / y.std()
    for unit, degree in enumerate(np.diff(touching.indptr)):
        others = np.delete(own, unit)
        lags = np.array([np.mean(drawn) for drawn in itertools.combinations(others, int(degree))])
        drawn = own[unit] * lags * 7 / 8
        assert found.expected[unit] == pytest.approx(drawn.mean(), abs=EXACT)
        assert found.variance[unit] == pytest.approx(drawn.var(), abs=EXACT)
        tails = (drawn >= found.i[unit] - EXACT).mean(), (drawn <= found.i[unit] + EXACT).mean()
        # Turns of a ring are fewer than subsets; still five standard errors of 20,000 draws.
        assert found.p[unit] == pytest.approx(min(1, 2 * min(tails)), abs=0.02)


def test_permutation_p_is_esdas_but_for_chance() -> None:
    touching = disk(9)
    y = _chance().gamma(2.0, 3.0, touching.shape[0])
    ours, theirs = _found(y, touching, 999).p, _reference(y, touching, 999).p_sim
    apart = np.abs(ours / 2 - theirs)[ours < 1]
    # Two estimates from 999 permutations each: one standard error of their difference is 0.022 at p = 0.5.
    assert apart.mean() < 0.015
    assert apart.max() < 0.1


def test_clusters_and_outliers_are_told_apart() -> None:
    touching = disk(12)
    y = np.full(touching.shape[0], 5.0) + _chance().normal(0, 0.3, touching.shape[0])
    high, low = around(touching, 150, 2), around(touching, 300, 2)
    y[high], y[low] = 9, 1
    y[150], y[300] = 1, 9
    found = _found(y, touching, 9_999)
    told = found.significant(0.05)
    assert (told[150], told[300]) == (LOW_HIGH, HIGH_LOW)
    beside = np.setdiff1d(around(touching, 150, 1), [150]), np.setdiff1d(around(touching, 300, 1), [300])
    plain = _found(np.where(np.isin(np.arange(len(y)), high), 9.0, np.where(np.isin(np.arange(len(y)), low), 1.0, y)),
                   touching, 9_999).significant(0.05)  # fmt: skip
    assert plain[beside[0]].tolist() == [HIGH_HIGH] * 6
    assert plain[beside[1]].tolist() == [LOW_LOW] * 6


def test_noise_is_not_significant() -> None:
    touching = disk(12)
    maps = [_found(_chance().permutation(np.arange(touching.shape[0]) ** 2.0), touching, 9_999)]
    chance = np.random.default_rng(5)
    maps += [local_moran(chance.normal(size=touching.shape[0]), touching, rng=chance, permutations=999)
             for _ in range(20)]  # fmt: skip
    assert sum(bool(found.significant(0.1).any()) for found in maps) <= 4


def test_an_island_is_not_judged_and_not_counted_as_a_test() -> None:
    joined = disk(4)
    touching = sparse.csr_array(np.pad(joined.toarray(), (0, 2)))
    y = _chance().gamma(2.0, 3.0, touching.shape[0])
    found, theirs = _found(y, touching), _reference(y, touching)
    assert found.island.tolist() == [False] * joined.shape[0] + [True] * 2
    np.testing.assert_allclose(found.i[:-2], theirs.Is[:-2], rtol=0, atol=EXACT)
    assert np.isnan([found.i, found.z, found.p_norm, found.p, found.q])[:, -2:].all()
    assert found.quadrant[-2:].tolist() == [0, 0]
    assert not found.significant(1.0)[-2:].any()


def test_a_unit_at_the_mean_is_no_cluster_whatever_lies_around() -> None:
    touching = sparse.csr_array(np.eye(9, k=1) + np.eye(9, k=-1))
    found = _found(np.array([1.0, 2, 9, 5, 9, 2, 1, 8, 8]), touching, 999)
    assert found.i[3] == 0
    assert found.p[3] == 1
    assert np.isnan(found.z[3])


def test_a_unit_that_touches_all_others_cannot_vary() -> None:
    star = np.zeros((7, 7))
    star[0, 1:] = star[1:, 0] = 1
    found = _found(np.array([1.0, 5, 2, 8, 3, 9, 4]), sparse.csr_array(star))
    assert found.variance[0] == 0
    assert np.isnan(found.z[0])
    assert found.p[0] == 1


@pytest.mark.parametrize("value", [0.0, 0.1, 1e9])
def test_equal_values_say_nothing(value: float) -> None:
    found = _found(np.full(disk(3).shape[0], value), disk(3))
    assert np.isnan([found.i, found.z, found.p, found.q]).all()
    assert not found.quadrant.any()
    assert not found.significant(1.0).any()


@pytest.mark.parametrize("n", [0, 1, 2])
def test_maps_too_small_to_permute(n: int) -> None:
    found = _found(np.arange(n, dtype=float), sparse.csr_array(np.ones((n, n)) - np.eye(n)))
    assert np.isnan(found.p).all()
    assert found.quadrant.tolist() == [0] * n


@pytest.mark.parametrize(
    ("values", "touching", "said"),
    [([1.0, np.nan], np.zeros((2, 2)), "finite"), ([1.0, 2], np.eye(2), "diagonal"), ([1.0], np.zeros((2, 2)), "1 v")],
)
def test_what_cannot_be_meant_is_refused(values: list[float], touching: Any, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        _found(np.array(values), sparse.csr_array(touching))


@pytest.mark.parametrize("units", [40, 600, 3_620])
def test_fewer_than_the_fewest_are_not_told_however_far_they_stand_out(units: int) -> None:
    fewest, p = fewest_told(units, 0.1), np.ones(units)
    p[:fewest] = 2 / 10_000
    assert (false_discovery(p)[:fewest] <= 0.1).all()
    if fewest > 1:
        p[0] = 1
        assert not (false_discovery(p) <= 0.1).any()


def test_queen_is_libpysals() -> None:
    city = _city(12)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        theirs = Queen.from_iterable(city, silence_warnings=True).sparse
    assert np.array_equal(queen(city).toarray(), theirs.toarray())


def test_rings_of_cells_are_steps_from_cell_to_cell() -> None:
    cells = cells_within(shapely.box(116.6, 39.4, 116.9, 39.6), 7)
    one, two = neighbours(cells).toarray(), neighbours(cells, 2).toarray()
    # The box is convex, so that no step has to leave it, but for corners at its border.
    steps = ((one + one @ one) > 0) & ~np.eye(len(cells), dtype=bool)
    assert (two.astype(bool) >= steps).all()
    assert two.sum(axis=1).max() == 18
    assert np.array_equal(two, two.T)
