"""Hotspots: cells where high values lie together, by the Getis-Ord statistic Gi*, and whether chance would do the same.

Owns the statistic and the one entry `hotspots`.  What chance does is known by ``gis.discovery``, rates by
``gis.household_rates``.  Knows no H3, no database and no colours: cells are rows of a matrix.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr

from gis.discovery import Adjacency, Floats, Tails, bins, count_tails, false_discovery, permuted_tails, two_sided
from gis.hotspot_resolution import Method
from gis.household_rates import expected_reports, report_tails, standardised_rates

# Relative to the largest value: what rounding leaves of the spread of equal values.
_NO_SPREAD = 1e-12


@dataclass(frozen=True, eq=False)
class Hotspots:
    """What Gi* says of each cell, n rows each in the order given.

    A cell without households takes no part in a map of rates: its numbers are NaN, its bin 0.

    Parameters
    ----------
    method : {"analytic", "permutation", "too_few"}
        Where p comes from.  "too_few" tests nothing: p and q are NaN, all bins 0.
    z : (n,) float64
        Gi* in standard deviations, equal to ``esda.G_Local(…, transform="B", star=True).Zs``; NaN where all values are
        equal or the neighbourhood is the whole map.  For rates it is taken of the standardised rates.
    p_norm : (n,) float64
        The one-sided p that ``esda`` reads off the normal distribution, for comparison with other software.  No bin is
        made of it: reports are few, and their right tail is longer than the normal one.
    p : (n,) float64
        Two-sided, from the distribution that `hotspots` states.  The bins come of this one.
    q : (n,) float64
        p after Benjamini and Hochberg, over all cells that take part.
    bin : (n,) int8
        3, 2, 1: hot with q ≤ 0.01, 0.05, 0.10; −3, −2, −1: cold; 0: not told from chance.
    observed : (n,) float64
        Reports in the neighbourhood, the cell itself included.
    expected : (n,) float64
        Reports that it would have if all cells were alike (counts), or all households (rates).
    cells : (n,) int64
        How many cells the neighbourhood has, itself included; 0 where the cell takes no part.
    """

    method: Method
    z: Floats
    p_norm: Floats
    p: Floats
    q: Floats
    bin: NDArray[np.int8]
    observed: Floats
    expected: Floats
    cells: NDArray[np.int64]


def getis_ord(y: NDArray[np.float64 | np.int64], neighbours: Adjacency) -> tuple[Floats, Floats]:
    """Gi* of each cell in standard deviations, and its one-sided p by the normal distribution.

    Parameters
    ----------
    y : (n,) numbers
        One value a cell.
    neighbours : (n, n) sparse
        1 where two cells touch, without the diagonal; the cell itself counts too (the star), with weight 1.  A cell
        without neighbours is a neighbourhood of one.

    Returns
    -------
    tuple of (n,) float64
        z and p, equal to ``Zs`` and ``p_norm`` of ``esda.G_Local(y, w, transform="B", star=True)``; NaN where all
        values are equal or the neighbourhood is the whole map.  Where the values add up to less than 0, ``esda`` turns
        the sign of z; here high is always above 0.

    Notes
    -----
    Ord and Getis (1995), Local spatial autocorrelation statistics, Geographical Analysis 27(4), table 1:
    ``(Σ y − m·ȳ) / (s·√(m·(n − m)/(n − 1)))`` with the sum over the m cells of the neighbourhood, ȳ and s over all n.

    Examples
    --------
    >>> from scipy import sparse
    >>> touching = sparse.csr_array(np.array([[0, 1, 0, 0], [1, 0, 0, 0], [0, 0, 0, 1], [0, 0, 1, 0]]))
    >>> z, p = getis_ord(np.array([1, 2, 7, 8]), touching)
    >>> z.round(4).tolist(), p.round(4).tolist()
    ([-1.7085, -1.7085, 1.7085, 1.7085], [0.0438, 0.0438, 0.0438, 0.0438])
    """
    n = len(y)
    m = _sizes(neighbours)
    deviations = y - y.mean() if n else y.astype(np.float64)
    spread = np.sqrt((deviations**2).mean()) if n else 0.0
    if spread <= _NO_SPREAD * np.abs(y).max(initial=0):
        spread = 0.0
    scale = spread * np.sqrt(m * (n - m) / max(n - 1, 1))
    z = np.divide(deviations + neighbours @ deviations, scale, out=np.full(n, np.nan), where=scale > 0)
    return z, ndtr(-np.abs(z))


def hotspots(
    counts: NDArray[np.int64],
    neighbours: Adjacency,
    *,
    method: Method,
    rng: np.random.Generator,
    households: NDArray[np.float64 | np.int64] | None = None,
) -> Hotspots:
    """Gi*, p, q and bin of each cell of one map, of counts or of rates per household.

    Parameters
    ----------
    counts : (n,) int64
        Reports a cell, zeros included.
    neighbours : (n, n) sparse
        1 where two cells touch, without the diagonal.
    method : {"analytic", "permutation", "too_few"}
        As ``gis.hotspot_resolution.choose_resolution`` says.
    rng : numpy.random.Generator
        For permutations; the same state makes the same map.
    households : (n,) numbers, optional
        Households a cell.  Given, rates are tested; a cell with none, or with NaN, takes no part, nor do its reports.

    Returns
    -------
    Hotspots
        One row a cell.

    Raises
    ------
    ValueError
        If a count is negative or not whole, a cell its own neighbour, or lengths differ: the caller's mistake, not a
        user's.

    Notes
    -----
    The null hypothesis of p is not the normal distribution (see `Hotspots` and ``gis.discovery.count_tails``):

    - *Counts, analytic*: the neighbourhood's reports are negative binomial with the mean and variance of the cells
      outside it, or Poisson where those vary no more than that.  The sum of cells that vary alike and independently is
      just this.  With its own cells in it, a heap would widen the very spread that it is judged by.
    - *Rates, analytic*: the same, with what the neighbourhood's households would make (`report_tails`).
    - *Permutation*: 999 permutations that leave the cell's own value in place, as in ``esda``.  Of rates the larger
      tail of this and of `report_tails` counts: permuted alone, a region of few households looks hot, because a rate
      of few households has a longer tail.

    Examples
    --------
    >>> from scipy import sparse
    >>> row = sparse.csr_array(np.eye(40, k=1) + np.eye(40, k=-1))
    >>> counts = np.array([1] * 18 + [9, 9, 9, 9] + [1] * 18)
    >>> found = hotspots(counts, row, method="analytic", rng=np.random.default_rng(0))
    >>> np.flatnonzero(found.bin > 0).tolist(), float(found.observed[19]), float(found.expected[19].round(1))
    ([18, 19, 20, 21], 27.0, 5.4)
    """
    if households is None:
        return _of_counts(_whole(counts, neighbours), neighbours, method, rng)
    if households.shape != counts.shape:
        raise ValueError(f"{len(counts)} counts, but {len(households)} numbers of households")
    lived_in = households > 0
    found = _of_rates(
        _whole(counts, neighbours)[lived_in],
        neighbours[lived_in][:, lived_in],
        households[lived_in].astype(np.float64),
        method,
        rng,
    )
    return _spread_out(found, lived_in)


def _of_counts(counts: NDArray[np.int64], neighbours: Adjacency, method: Method, rng: np.random.Generator) -> Hotspots:
    n, cells, around = len(counts), _sizes(neighbours), _around(counts, neighbours)
    expected = cells * (counts.mean() if n else 0.0)
    if method == "permutation":
        tails = permuted_tails(counts, neighbours, rng)
    elif method == "too_few" or not counts.any():
        tails = _untested(n, method)
    else:
        tails = _told_from_the_rest(counts, neighbours, around, cells)
    return _judged(method, getis_ord(counts, neighbours), tails, around, expected, cells)


def _of_rates(
    counts: NDArray[np.int64], neighbours: Adjacency, households: Floats, method: Method, rng: np.random.Generator
) -> Hotspots:
    if method == "too_few" or not counts.any():
        # Without a report no rate differs from another; as of counts, that is all there is to say.
        return _of_counts(counts, neighbours, method, rng)
    rates = standardised_rates(counts, households)
    tails = report_tails(counts, households, neighbours)
    if method == "permutation":
        permuted = permuted_tails(rates, neighbours, rng)
        tails = np.maximum(permuted[0], tails[0]), np.maximum(permuted[1], tails[1])
    expected = expected_reports(counts, households, neighbours)
    around = _around(counts, neighbours)
    return _judged(method, getis_ord(rates, neighbours), tails, around, expected, _sizes(neighbours))


def _told_from_the_rest(
    counts: NDArray[np.int64], neighbours: Adjacency, around: NDArray[np.int64], cells: NDArray[np.int64]
) -> Tails:
    """Tails of each neighbourhood's reports by mean and variance of the cells outside it."""
    others = np.maximum(len(counts) - cells, 1)
    # One report more than there are: where all lie in one place the rest is scarce, not impossible.
    mean = (counts.sum() - around + 1) / others
    squares = (counts**2).sum() - _around(counts**2, neighbours)
    excess = np.maximum(squares / others - mean**2 - mean, 0.0)
    high, low = count_tails(around.astype(np.float64), cells * mean, cells * excess)
    whole = cells == len(counts)
    return np.where(whole, 1.0, high), np.where(whole, 1.0, low)


def _untested(n: int, method: Method) -> Tails:
    """Of a map without a report nothing can be told apart; where there is too little, nothing is tested."""
    tail = np.full(n, np.nan if method == "too_few" else 1.0)
    return tail, tail


def _judged(
    method: Method,
    statistic: tuple[Floats, Floats],
    tails: Tails,
    observed: NDArray[np.int64],
    expected: Floats,
    cells: NDArray[np.int64],
) -> Hotspots:
    p = two_sided(tails)
    q = false_discovery(p)
    z, p_norm = statistic
    return Hotspots(method, z, p_norm, p, q, bins(q, tails[0] < tails[1]), observed.astype(np.float64), expected, cells)


def _spread_out(found: Hotspots, taking_part: NDArray[np.bool_]) -> Hotspots:
    def widened(part: Floats) -> Floats:
        whole = np.full(len(taking_part), np.nan)
        whole[taking_part] = part
        return whole

    level, cells = np.zeros(len(taking_part), dtype=np.int8), np.zeros(len(taking_part), dtype=np.int64)
    level[taking_part], cells[taking_part] = found.bin, found.cells
    z, p_norm, p, q = (widened(part) for part in (found.z, found.p_norm, found.p, found.q))
    return Hotspots(found.method, z, p_norm, p, q, level, widened(found.observed), widened(found.expected), cells)


def _whole(counts: NDArray[np.int64], neighbours: Adjacency) -> NDArray[np.int64]:
    if neighbours.shape != (len(counts), len(counts)):
        raise ValueError(f"{len(counts)} counts, but a matrix of {neighbours.shape} for their neighbours")
    if neighbours.diagonal().any():
        raise ValueError("the diagonal of the neighbours is empty: the cell itself is counted without it")
    whole = np.asarray(counts).astype(np.int64)
    if (whole != counts).any() or (whole < 0).any():
        raise ValueError("counts are whole numbers of 0 and above")
    return whole


def _sizes(neighbours: Adjacency) -> NDArray[np.int64]:
    return (np.diff(neighbours.indptr) + 1).astype(np.int64)


def _around(values: NDArray[np.int64], neighbours: Adjacency) -> NDArray[np.int64]:
    return np.rint(values + neighbours @ values).astype(np.int64)
