"""Whether a series rises or falls: the test of Mann and Kendall, of many series at once.

Owns S, tau and p.  Knows no cells and no time but the order of the steps.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr

from gis.discovery import Floats


@dataclass(frozen=True, eq=False)
class Trends:
    """The trend of each of n series.

    Parameters
    ----------
    s : (n,) int64
        Pairs of steps of which the later is higher, less those of which it is lower.
    variance : (n,) float64
        Of s, if each order of the values were as likely; 0 where all are equal.
    tau : (n,) float64
        Kendall's tau-b against time, −1 to 1; NaN where all values are equal.
    p : (n,) float64
        Two-sided, by the normal distribution with the correction for continuity; 1 where all values are equal.
    """

    s: NDArray[np.int64]
    variance: Floats
    tau: Floats
    p: Floats


def mann_kendall(series: NDArray[np.float64 | np.int64]) -> Trends:
    """Answer the trend of each series.

    Parameters
    ----------
    series : (t, n) numbers
        A row a step, in order, a column a series; no NaN.  From about ten steps on p is to be trusted.

    Notes
    -----
    Mann (1945), Nonparametric tests against trend, Econometrica 13; Kendall (1975), Rank correlation methods, for the
    variance with ties: ``(t(t − 1)(2t + 5) − Σ g(g − 1)(2g + 5)) / 18`` over groups of g equal values.

    Examples
    --------
    >>> found = mann_kendall(np.array([[1, 5], [2, 5], [2, 5], [4, 5], [6, 5]]))
    >>> found.s.tolist(), found.tau.round(4).tolist(), found.p.round(4).tolist()
    ([9, 0], [0.9487, nan], [0.0433, 1.0])
    """
    t, n = series.shape
    s, equal_pairs = np.zeros(n, dtype=np.int64), np.zeros(n, dtype=np.int64)
    equals = np.ones((t, n), dtype=np.int64)
    for step in range(t - 1):
        later = series[step + 1 :]
        s += np.sign(later - series[step]).sum(axis=0).astype(np.int64)
        same = later == series[step]
        equals[step] += same.sum(axis=0)
        equals[step + 1 :] += same
        equal_pairs += same.sum(axis=0)
    # A group of g is met g times, once from each of its values.
    tied = ((equals - 1) * (2 * equals + 5)).sum(axis=0)
    variance = (t * (t - 1) * (2 * t + 5) - tied) / 18
    pairs = t * (t - 1) // 2
    scale = np.sqrt(pairs * (pairs - equal_pairs).astype(np.float64))
    tau = np.divide(s, scale, out=np.full(n, np.nan), where=scale > 0)
    z = np.divide(np.abs(s) - 1, np.sqrt(variance), out=np.zeros(n), where=variance > 0)
    return Trends(s, variance, tau, np.where(s == 0, 1.0, np.minimum(2 * ndtr(-z), 1.0)))
