"""Rates per household that cells with few and with many households can be compared by.

Owns the empirical Bayes standardisation and the chance of a neighbourhood's number of reports given its households.
Judges nothing: ``gis.hotspots`` does.  All cells given here have households.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gis.discovery import Adjacency, Floats, Tails, count_tails


@dataclass(frozen=True)
class CityRate:
    """The rate over all cells, and how much the true rates of single cells differ from it.

    Parameters
    ----------
    mean : float
        Reports per household over all cells.
    variance : float
        Of the true rates of cells, estimated by moments; below 0 where cells differ less than chance would have it.
    """

    mean: float
    variance: float


def city_rate(counts: NDArray[np.int64], households: Floats) -> CityRate:
    """The mean rate and the variance of true rates, by the method of moments of Marshall (1991).

    >>> rate = city_rate(np.array([5, 1, 0, 2]), np.array([10.0, 10.0, 10.0, 10.0]))
    >>> round(rate.mean, 3), round(rate.variance, 3)
    (0.2, 0.015)
    """
    mean = counts.sum() / households.sum()
    spread = (households * (counts / households - mean) ** 2).sum() / households.sum()
    return CityRate(float(mean), float(spread - mean / households.mean()))


def standardised_rates(counts: NDArray[np.int64], households: Floats) -> Floats:
    """Rates per household as standard deviations from the city's rate, each by what its own households allow.

    Parameters
    ----------
    counts : (n,) int64
        Reports a cell.
    households : (n,) float64
        Above 0.

    Returns
    -------
    (n,) float64
        Equal to ``esda.moran.assuncao_rate``; 0, where that divides 0 by 0 because no cell differs from the mean.

    Notes
    -----
    Assunção and Reis (1999), A new proposal to adjust Moran's I for population density, Statistics in Medicine 18(16):
    ``(y − b) / √(a + b/x)`` with b the mean rate, a the variance of true rates and x the households; where a + b/x is
    below 0, b/x alone.

    Examples
    --------
    >>> standardised_rates(np.array([5, 1, 0, 2]), np.array([10.0, 10.0, 10.0, 10.0])).round(3).tolist()
    [1.604, -0.535, -1.069, 0.0]
    """
    rate = city_rate(counts, households)
    from_mean = counts / households - rate.mean
    from_mean[np.abs(from_mean) <= 1e-12 * rate.mean] = 0.0
    by_chance = rate.mean / households
    variance = np.where(rate.variance + by_chance > 0, rate.variance + by_chance, by_chance)
    return np.divide(from_mean, np.sqrt(variance), out=np.zeros_like(from_mean), where=variance > 0)


def expected_reports(counts: NDArray[np.int64], households: Floats, neighbours: Adjacency) -> Floats:
    """Reports that each neighbourhood (the cell and those that touch it) would have at the city's rate, (n,).

    >>> from scipy import sparse
    >>> expected_reports(np.array([1, 3]), np.array([2.0, 6.0]), sparse.csr_array((2, 2))).tolist()
    [1.0, 3.0]
    """
    mean: float = city_rate(counts, households).mean
    around: Floats = households + neighbours @ households
    return mean * around


def report_tails(counts: NDArray[np.int64], households: Floats, neighbours: Adjacency) -> Tails:
    """Tails of the number of reports in each neighbourhood, if true rates differ from cell to cell but not by region.

    What the rates are is taken from the cells outside the neighbourhood: it is not judged by itself.

    Parameters
    ----------
    counts : (n,) int64
        Reports a cell; not all 0.
    households : (n,) float64
        Above 0.
    neighbours : (n, n) sparse
        Which cells touch, without the diagonal.

    Returns
    -------
    tuple of (n,) float64
        P(reports or more), P(reports or fewer) in the neighbourhood.

    Notes
    -----
    The model is the one behind `standardised_rates`: a cell's reports are Poisson around rate × households, its rate is
    gamma distributed with mean b and variance a.  A cell's number is then negative binomial with mean ``b·x`` and
    variance ``b·x + a·x²``.  The sum over a neighbourhood is taken as negative binomial with the same mean.  Beyond
    Poisson it has the variance ``a·Σx²`` or, where households are uneven, the larger one ``√(a²·Σx³·Σx)``, at which
    the leading term of its third cumulant is the true one, ``2·a²/b·Σx³``.  With a ≤ 0 it is Poisson and exact for
    any number of households.

    Examples
    --------
    >>> from scipy import sparse
    >>> touching = sparse.csr_array(np.array([[0, 1, 0], [1, 0, 0], [0, 0, 0]]))
    >>> high, low = report_tails(np.array([2, 2, 2]), np.array([1.0, 1.0, 1.0]), touching)
    >>> high.round(4).tolist()
    [0.8488, 0.8488, 0.7127]
    """
    squares, cubes = households**2, households**3
    reports = np.asarray(counts + neighbours @ counts, dtype=np.float64)
    rate, variance = _rate_of_the_rest(counts, households, neighbours)
    spread = np.maximum(variance, 0.0)
    mean = rate * (households + neighbours @ households)
    by_variance = spread * (squares + neighbours @ squares)
    by_skew = spread * np.sqrt((cubes + neighbours @ cubes) * (households + neighbours @ households))
    high, low = count_tails(reports, mean, np.maximum(by_variance, by_skew))
    # Without cells outside there is nothing to compare with.
    whole = np.diff(neighbours.indptr) + 1 == len(counts)
    return np.where(whole, 1.0, high), np.where(whole, 1.0, low)


def _rate_of_the_rest(counts: NDArray[np.int64], households: Floats, neighbours: Adjacency) -> tuple[Floats, Floats]:
    """Mean rate and variance of true rates, as `city_rate` takes them, over the cells outside each neighbourhood."""

    def outside(values: Floats) -> Floats:
        rest: Floats = values.sum() - (values + neighbours @ values)
        return rest

    lived = np.maximum(outside(households), households.min())
    cells = np.maximum(outside(np.ones(len(counts))), 1.0)
    # One report more than there are: where all lie in one place the rest is scarce, not impossible.
    told = outside(counts.astype(np.float64)) + 1.0
    rate = told / lived
    spread = (outside(counts**2 / households) - told**2 / lived) / lived
    return rate, spread - rate * cells / lived
