"""Local Moran's I: areas or cells that are like those around them, and outliers that are not.

Owns the statistic, its quadrants and what chance does to it.  Knows no geometry: contiguity is a matrix, of
``gis.contiguity.queen`` for areas, of ``gis.cells.neighbours`` for cells and rings of cells.
"""

import math
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr

from gis.discovery import Adjacency, Floats, false_discovery, permuted_tails, two_sided

HIGH_HIGH: Final = 1
LOW_HIGH: Final = 2
LOW_LOW: Final = 3
HIGH_LOW: Final = 4
"""Quadrants, numbered as ``esda`` does: the unit's own value first, then that of those around it."""

PERMUTATIONS: Final = 9_999
"""So many that the least p, 0.0002, passes the false discovery rate where one unit in five hundred stands out."""


def fewest_told(units: int, rate: float, permutations: int = PERMUTATIONS) -> int:
    """Answer how many units have to stand out at least, for any to be told at a false discovery rate.

    No p by permutation is below 2 / (permutations + 1): of many units a single one cannot be told, however high it is.

    >>> fewest_told(100, 0.1), fewest_told(3_620, 0.1)
    (1, 8)
    """
    return max(1, math.ceil(2 * units / (permutations + 1) / rate - 1e-9))


_NO_SPREAD: Final = 1e-12


@dataclass(frozen=True, eq=False)
class LocalMoran:
    """Local Moran's I of each unit, n rows each in the order given, weights row-standardised.

    An island, which touches nothing, has no surroundings to be compared with: its numbers are NaN, its quadrant 0, and
    it is no test among those that q is corrected for.  Where all values are equal that holds of every unit.

    Parameters
    ----------
    i : (n,) float64
        Equal to ``esda.Moran_Local(y, w).Is``; ``esda`` gives an island 0.
    expected, variance : (n,) float64
        Exact moments of i where the unit keeps its value and all others are permuted: Sokal, Oden and Thomson (1998),
        Local spatial autocorrelation in a biological model, Geographical Analysis 30(4), A7 and A8.  Those of ``esda``
        (``EIc``, ``VIc``) lack the factor (n − 1) / n that its ``Is`` has; these have it.
    z : (n,) float64
        i in standard deviations from what is expected; NaN where i cannot vary.
    p_norm : (n,) float64
        Two-sided, by the normal distribution of z, for comparison with other software.  Nothing is decided by it: of
        few neighbours with long-tailed values i is far from normal.
    p : (n,) float64
        Two-sided, by conditional permutation.  1 where the unit's value is the mean: i is 0 whatever lies around it.
    q : (n,) float64
        p after Benjamini and Hochberg.
    quadrant : (n,) int8
        1 high among high, 2 low among high, 3 low among low, 4 high among low, whether it is significant or not; 0
        where nothing can be said.  What is not above the mean is low, as in ``esda``.
    island : (n,) bool
        Which units touch nothing.
    """

    i: Floats
    expected: Floats
    variance: Floats
    z: Floats
    p_norm: Floats
    p: Floats
    q: Floats
    quadrant: NDArray[np.int8]
    island: NDArray[np.bool_]

    def significant(self, rate: float) -> NDArray[np.int8]:
        """Answer the quadrants of what is told from chance at a false discovery rate, 0 for all else: (n,) int8."""
        return np.where(self.q <= rate, self.quadrant, 0).astype(np.int8)


def local_moran(
    values: NDArray[np.float64 | np.int64],
    neighbours: Adjacency,
    *,
    rng: np.random.Generator,
    permutations: int = PERMUTATIONS,
) -> LocalMoran:
    """Local Moran's I of each unit, and whether chance would do the same.

    Parameters
    ----------
    values : (n,) numbers
        One a unit; rates of very different denominators should be standardised first (``gis.household_rates``).
    neighbours : (n, n) sparse
        1 where two units count as neighbours, without the diagonal.
    rng : numpy.random.Generator
        For the permutations; the same state makes the same p.
    permutations : int
        How many.

    Raises
    ------
    ValueError
        If a value is not finite, a unit its own neighbour, or lengths differ: the caller's mistake, not a user's.

    Notes
    -----
    Anselin (1995), Local indicators of spatial association, Geographical Analysis 27(2).  The unit's own value is the
    same in each permutation, so i is as rare as the sum of its neighbours: ``permuted_tails`` tells of both.

    Examples
    --------
    >>> from scipy import sparse
    >>> row = sparse.csr_array(np.eye(30, k=1) + np.eye(30, k=-1))
    >>> values = np.array([1.0, 2.0] * 5 + [9.0] * 5 + [1.0, 2.0] * 7 + [9.0])
    >>> found = local_moran(values, row, rng=np.random.default_rng(0))
    >>> found.i[[12, 29]].round(2).tolist(), found.quadrant[[12, 29]].tolist(), found.p[[12, 29]].round(2).tolist()
    ([3.78, -0.63], [1, 4], [0.06, 1.0])
    """
    y, n = _checked(values, neighbours), len(values)
    degrees = np.diff(neighbours.indptr)
    deviations = y - y.mean() if n else y
    spread = float(np.sqrt((deviations**2).mean())) if n else 0.0
    island = degrees == 0
    if n < 3 or spread <= _NO_SPREAD * np.abs(y).max(initial=0):
        return _nothing_said(island)
    own = deviations / spread
    around = np.divide(neighbours @ own, degrees, out=np.full(n, np.nan), where=~island)
    scale = (n - 1) / n
    i = own * around * scale
    expected, variance = _moments(own, np.where(island, np.nan, degrees), n)
    z = np.divide(i - expected * scale, np.sqrt(variance) * scale, out=np.full(n, np.nan), where=variance > 0)
    p = two_sided(permuted_tails(y, neighbours, rng, permutations=permutations))
    p = np.where(island, np.nan, np.where(np.abs(own) <= _NO_SPREAD, 1.0, p))
    quadrant = np.where(own > 0, np.where(around > 0, HIGH_HIGH, HIGH_LOW), np.where(around > 0, LOW_HIGH, LOW_LOW))
    return LocalMoran(
        i=i,
        expected=expected * scale,
        variance=variance * scale**2,
        z=z,
        p_norm=2 * ndtr(-np.abs(z)),
        p=p,
        q=false_discovery(p),
        quadrant=np.where(island, 0, quadrant).astype(np.int8),
        island=island,
    )


def _moments(own: Floats, degrees: Floats, n: int) -> tuple[Floats, Floats]:
    """Mean and variance of a unit's value times the mean of so many others, drawn without replacement."""
    mean = -(own**2) / (n - 1)
    of_mean = n / (n - 2) * (1 / degrees - 1 / (n - 1)) * (1 - own**2 / (n - 1))
    # A unit that touches all others always has the same around it; rounding must not make that a spread.
    variance = np.where(degrees == n - 1, 0.0, own**2 * np.maximum(of_mean, 0.0))
    return np.where(np.isnan(degrees), np.nan, mean), variance


def _nothing_said(island: NDArray[np.bool_]) -> LocalMoran:
    unknown = np.full(len(island), np.nan)
    quadrant = np.zeros(len(island), dtype=np.int8)
    return LocalMoran(unknown, unknown, unknown, unknown, unknown, unknown, unknown, quadrant, island)


def _checked(values: NDArray[np.float64 | np.int64], neighbours: Adjacency) -> Floats:
    if neighbours.shape != (len(values), len(values)):
        raise ValueError(f"{len(values)} values, but a matrix of {neighbours.shape} for their neighbours")
    if neighbours.diagonal().any():
        raise ValueError("the diagonal of the neighbours is empty: a unit is not compared with itself")
    y = np.asarray(values, dtype=np.float64)
    if not np.isfinite(y).all():
        raise ValueError("values are finite numbers: leave units without one out")
    return y
