"""What chance alone does to the sum of a neighbourhood, and which of many sums are told from it.

Owns tail probabilities of sums (of counts, by permutation), two-sided p, the false discovery rate and the bins of a
map.  Knows no cells on the ground, no counts of anything in particular and no households.
"""

from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.special import betainc, gammainc, gammaincc

Adjacency: TypeAlias = "sparse.csr_array[Any, tuple[int, int]]"
"""(n, n), symmetric, 1 where two cells touch, without the diagonal and without stored zeros."""

Floats: TypeAlias = NDArray[np.float64]
Tails: TypeAlias = tuple[Floats, Floats]
"""(n,) each: the probability of a sum this high or higher, and of one this low or lower."""

PERMUTATIONS = 999
# Below this share of variance beyond Poisson the two distributions agree to more digits than betainc has.
_NEARLY_POISSON = 1e-7
# q up to which a cell counts as significant, and the bin that it then has; the strictest last.
_BINS = ((0.10, 1), (0.05, 2), (0.01, 3))


def count_tails(sums: Floats, mean: Floats, excess: Floats) -> Tails:
    """Tails of counts that are negative binomial, or Poisson where they vary no more than that.

    Parameters
    ----------
    sums : (n,) float64
        Whole numbers to judge.
    mean : (n,) float64
        What is expected of each; above 0.
    excess : (n,) float64
        Variance beyond Poisson, that is beyond the mean; 0 or less is Poisson.

    Returns
    -------
    tuple of (n,) float64
        P(sum or higher), P(sum or lower).

    Notes
    -----
    Why not the normal distribution.  On homogeneous Poisson noise over 8,587 H3 cells with 2 to 50 expected in a
    neighbourhood it makes false hot cells (q ≤ 0.1) in 26% to 100% of the maps: reports are few, their right tail is
    longer.  Why not a permutation of the counts: then one cell with six hundred reports among cells with one is no
    hotspot, because any neighbourhood could have got it; but that cell is what the map is for.

    Examples
    --------
    >>> high, low = count_tails(np.array([3.0, 3.0]), np.array([1.0, 1.0]), np.array([0.0, 2.0]))
    >>> high.round(4).tolist(), low.round(4).tolist()
    ([0.0803, 0.134], [0.981, 0.9195])
    """
    poisson = excess <= _NEARLY_POISSON * mean
    size = mean**2 / np.where(poisson, mean, excess)
    more = np.maximum(sums, 1.0)
    high = np.where(poisson, gammainc(more, mean), betainc(more, size, mean / (mean + size)))
    low = np.where(poisson, gammaincc(sums + 1, mean), betainc(size, sums + 1, size / (mean + size)))
    return np.where(sums > 0, high, 1.0), low


def permuted_tails(
    values: NDArray[Any], neighbours: Adjacency, rng: np.random.Generator, *, permutations: int = PERMUTATIONS
) -> Tails:
    """Tails by conditional permutation: a cell keeps its value, its neighbours get those of other cells at random.

    Parameters
    ----------
    values : (n,) numbers
        One a cell.
    neighbours : (n, n) sparse
        Which cells touch, without the diagonal.
    rng : numpy.random.Generator
        Where chance comes from; the same state gives the same tails.
    permutations : int
        How many; none of the tails is below 1 / (permutations + 1).

    Returns
    -------
    tuple of (n,) float64
        (r + 1) / (permutations + 1), r being the permutations with a sum as high or higher, as low or lower.  The
        smaller of both is what ``esda.G_Local(…).p_sim`` estimates, one-sided.

    Notes
    -----
    Anselin (1995), Local indicators of spatial association, Geographical Analysis 27(2), section 2.  As in ``esda`` the
    cells of one permutation share their draw: here it is a set of turns around the ring of all cells, so that one draw
    for all cells is one slice.

    Examples
    --------
    >>> touching = sparse.csr_array(np.eye(6, k=1) + np.eye(6, k=-1))
    >>> high, low = permuted_tails(np.array([0, 0, 0, 0, 9, 9]), touching, np.random.default_rng(1))
    >>> bool(high[5] < 0.3), float(low[5])
    (True, 1.0)
    """
    n = len(values)
    y = np.asarray(values, dtype=np.float64)
    ring = np.concatenate([y, y])
    degrees = np.diff(neighbours.indptr)
    has = [(degrees > order).astype(np.float64) for order in range(int(degrees.max(initial=0)))]
    observed = y + neighbours @ y
    # Sums of fractions in another order differ in the last bits; a tie must stay a tie.
    slack = 1e-9 * np.abs(y).max(initial=0.0)
    high, low = np.ones(n), np.ones(n)
    for _ in range(permutations):
        total = y.copy()
        for taken, turn in zip(has, rng.choice(n - 1, size=len(has), replace=False) if has else (), strict=True):
            total += taken * ring[turn + 1 : turn + 1 + n]
        high += total >= observed - slack
        low += total <= observed + slack
    return high / (permutations + 1), low / (permutations + 1)


def two_sided(tails: Tails) -> Floats:
    """Two-sided p: the smaller tail doubled, at most 1.

    >>> two_sided((np.array([0.01, 0.9]), np.array([0.995, 0.4]))).tolist()
    [0.02, 0.8]
    """
    high, low = tails
    return np.minimum(2.0 * np.minimum(high, low), 1.0)


def false_discovery(p: Floats) -> Floats:
    """q: the lowest false discovery rate at which each p would count as significant; NaN is no test and stays NaN.

    Benjamini and Hochberg (1995), Controlling the false discovery rate, J. R. Statist. Soc. B 57(1).

    Examples
    --------
    >>> false_discovery(np.array([0.01, 0.04, np.nan, 0.03])).tolist()
    [0.03, 0.04, nan, 0.04]
    """
    q = np.full(p.shape, np.nan)
    tested = np.flatnonzero(~np.isnan(p))
    falling = tested[np.argsort(p[tested])[::-1]]
    ranks = np.arange(len(falling), 0, -1)
    q[falling] = np.minimum.accumulate(np.minimum(p[falling] * (len(falling) / ranks), 1.0))
    return q


def bins(q: Floats, hot: NDArray[np.bool_]) -> NDArray[np.int8]:
    """Bins of a map: 3, 2, 1 for hot at 99, 95, 90%, minus that for cold, 0 for not significant or not tested.

    Parameters
    ----------
    q : (n,) float64
        From two-sided p.
    hot : (n,) bool
        Which side each cell is on.

    Examples
    --------
    >>> bins(np.array([0.01, 0.02, 0.1, 0.11, np.nan]), np.array([True, False, True, True, True])).tolist()
    [3, -2, 1, 0, 0]
    """
    level = np.zeros(q.shape, dtype=np.int8)
    for limit, name in _BINS:
        level[q <= limit] = name
    return np.where(hot, level, -level).astype(np.int8)
