"""Common causes (举一反三): families of categories that rise in many areas at once, each raised once with its areas.

Pure: numbers in, numbers out; what is counted is read by ``grids.common_causes_read``.  A family is raised when its
total over all areas rises *and* at least three areas rise, each against its own past.

How it is told.  k periods of the same length lie before the one that is judged.

1. The total of each family is tested one-sided, twice, and the larger p counts: by the conditional test of two Poisson
   rates (Przyborowski and Wilenski 1940: of all reports so many fall to the last of k + 1 periods), and by Student's t
   of its logarithm against those of the k periods, k - 1 degrees of freedom.  The first knows what chance does to few
   reports, the second how unsteady the past was, and how little k periods say of that.  Then q by Benjamini and
   Hochberg over the families.  A total rises with q ≤ 0.05 if it is also higher than in each of the k periods: if these
   are exchangeable, however they are distributed, that alone comes by chance in 1 of k + 1.  A season that was as
   strong a year ago does not pass.
2. In a family whose total rises each area is tested, one-sided: the tail of a negative binomial count given the k
   before it, which is the conditional Poisson test where they vary no more than chance has it.  How much an area varies
   is estimated by moments from its own past and from that of all areas of the family together, and the larger counts.
   q by Benjamini and Hochberg over the areas of that family (Yekutieli 2008, Hierarchical false discovery
   rate-controlling methodology, J. Am. Statist. Assoc. 103).  Over all pairs of family and area at once, a doubling
   everywhere would drown among families in which nothing happens.

A false alarm needs a false total: at most one run in twenty in which nothing happens raises anything
(``tests/property/test_common_causes.py``).

What it assumes and does not know.  Periods are independent of each other.  Areas need not be: rain that falls on all of
them at once is in the past of the total.  One year of past tells a season only by its one period of a year ago.  Where
the service itself grows, all families rise, and the total of all families says so.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.special import stdtr

from gis.discovery import Floats, count_tails, false_discovery

Ints = NDArray[np.int64]

LEVEL: Final = 0.05
"""q up to which a total and an area count as risen."""
AREAS_LEAST: Final = 3
"""So many areas of a family rise at once, or it is not raised."""
PERIODS_LEAST: Final = 12
"""Of fewer periods nothing is told: how much they vary cannot be known."""


@dataclass(frozen=True, eq=False)
class Counts:
    """Reports received, by family and area.

    Attributes
    ----------
    families, areas : tuple of str
        f families, a areas; what they are called.
    now : (f, a) int64
        In the period that is judged.
    past : (f, a, k) int64
        In the k periods of the same length before it, the oldest first.

    Raises
    ------
    ValueError
        If shapes differ or a count is negative: the caller's mistake, not a user's.
    """

    families: tuple[str, ...]
    areas: tuple[str, ...]
    now: Ints
    past: Ints

    def __post_init__(self) -> None:
        pairs = (len(self.families), len(self.areas))
        if self.now.shape != pairs or self.past.shape[:-1] != pairs:
            raise ValueError(f"{pairs} families and areas, but counts of {self.now.shape} and {self.past.shape}")
        if (self.now < 0).any() or (self.past < 0).any():
            raise ValueError("counts are 0 and above")


@dataclass(frozen=True, slots=True)
class Risen:
    """An area in which a family rises: its reports, those of an average period before, p, and q within the family."""

    area: str
    count: int
    expected: float
    p: float
    q: float


@dataclass(frozen=True, slots=True)
class Family:
    """A family of categories, and what was found of it.

    Attributes
    ----------
    name : str
        Which.
    rises : bool
        Whether it is a common cause.
    count : int
        Reports in all areas together.
    expected : float
        Those of an average period before; NaN where there is none.
    most : int
        Those of the fullest period before.
    p, q : float
        Of the total, q over the families; NaN where nothing was tested.
    areas : tuple of Risen
        Those that rise, the surest first; none are looked for where the total does not rise.
    """

    name: str
    rises: bool
    count: int
    expected: float
    most: int
    p: float
    q: float
    areas: tuple[Risen, ...]


@dataclass(frozen=True, slots=True)
class Findings:
    """What was found, and what was looked at.

    Attributes
    ----------
    families : tuple of Family
        Each family once, the strongest first: by p of its total, then by how many times it is what was expected.
    periods : int
        Of the past that was compared with: from the first one on in which anything was reported.
    areas : int
        Those that were tested.
    without_past : tuple of str
        Areas in which nothing was reported in any of the periods: they are in no total and are not tested.
    """

    families: tuple[Family, ...]
    periods: int
    areas: int
    without_past: tuple[str, ...]

    @property
    def too_few(self) -> bool:
        """Whether there are too few periods to tell anything."""
        return self.periods < PERIODS_LEAST

    @property
    def causes(self) -> tuple[Family, ...]:
        """Those that rise."""
        return tuple(one for one in self.families if one.rises)


def common_causes(counts: Counts, *, level: float = LEVEL, areas_least: int = AREAS_LEAST) -> Findings:
    """Answer which families rise in many areas at once, and where.

    Parameters
    ----------
    counts : Counts
        By family and area; an area without a report in any family and period is one without past.
    level : float
        The false discovery rate of totals and of areas.
    areas_least : int
        So many areas rise, or the family is not raised.

    Examples
    --------
    Lamps fail in three of four areas, three times a period in each until now; what is said about noise stays as it is.

    >>> past = np.full((2, 4, 26), 3)
    >>> now = np.array([[14, 15, 13, 3], [3, 4, 2, 3]])
    >>> found = common_causes(Counts(("lighting", "noise"), ("a", "b", "c", "d"), now, past))
    >>> [(one.name, one.count, one.expected, [area.area for area in one.areas]) for one in found.causes]
    [('lighting', 45, 12.0, ['b', 'a', 'c'])]
    """
    known = counts.past.sum(axis=(0, 2)) > 0
    now, past = counts.now[:, known], counts.past[:, known]
    past = past[..., np.argmax(past.any(axis=(0, 1))) if past.any() else past.shape[2] :]
    areas = tuple(area for area, has in zip(counts.areas, known.tolist(), strict=True) if has)
    totals, total_past = now.sum(axis=1), past.sum(axis=1)
    tested = past.shape[2] >= PERIODS_LEAST
    p = _chance_of_totals(totals, total_past) if tested else np.full(len(totals), np.nan)
    q = false_discovery(p)
    found = []
    for n, family in enumerate(counts.families):
        most = int(total_past[n].max(initial=0))
        risen = _risen(areas, now[n], past[n], level) if q[n] <= level and totals[n] > most else ()
        rises = len(risen) >= max(areas_least, 1)
        found.append(Family(family, rises, int(totals[n]), _mean(total_past[n]), most, float(p[n]), float(q[n]), risen))
    return Findings(
        tuple(sorted(found, key=_strength)),
        past.shape[2],
        len(areas),
        tuple(area for area, has in zip(counts.areas, known.tolist(), strict=True) if not has),
    )


def _risen(areas: tuple[str, ...], now: Ints, past: Ints, level: float) -> tuple[Risen, ...]:
    """Answer the areas of one family that rise; counts are (a,) and (a, k)."""
    p = _chance(now, past, np.maximum(_dispersion(past), _common_dispersion(past)))
    q = false_discovery(p)
    found = [Risen(areas[n], int(now[n]), _mean(past[n]), float(p[n]), float(q[n])) for n in np.flatnonzero(q <= level)]
    return tuple(sorted(found, key=lambda one: (one.p, one.expected - one.count, one.area)))


def _chance_of_totals(now: Ints, past: Ints) -> Floats:
    """Answer the probability of totals this high or higher after such a past: (f,) and (f, k)."""
    logs, periods = np.log1p(past), past.shape[1]
    spread = logs.std(axis=1, ddof=1) * np.sqrt(1 + 1 / periods)
    # Where all periods were alike, chance is all that there is to know.
    t = np.divide(np.log1p(now) - logs.mean(axis=1), spread, out=np.full(len(now), np.inf), where=spread > 0)
    by_logs: Floats = stdtr(periods - 1, -t)
    return np.maximum(_chance(now, past, np.zeros(len(now))), by_logs)


def _chance(now: Ints, past: Ints, dispersion: Floats) -> Floats:
    """Answer the probability of counts this high or higher after such a past: (n,), (n, k), (n,) as ``_dispersion``.

    One report in a period after 26 without any: one time in 27.

    >>> 1 / _chance(np.array([1, 2]), np.zeros((2, 26), dtype=np.int64), np.zeros(2))
    array([ 27., 729.])
    """
    periods = past.shape[-1]
    reports = past.sum(axis=-1) + 1.0
    mean = reports / periods
    excess = mean**2 * (1 / reports + dispersion * (1 + 1 / periods))
    return count_tails(now.astype(np.float64), mean, excess)[0]


def _dispersion(past: Ints) -> Floats:
    """Answer the variance beyond Poisson in squares of the mean, by moments; 0 where there is none.

    >>> _dispersion(np.array([[2, 2, 2, 2], [0, 4, 0, 4], [0, 0, 0, 0]]))
    array([0.        , 0.83333333, 0.        ])
    """
    mean = past.mean(axis=-1)
    beyond = np.maximum(past.var(axis=-1, ddof=1) - mean, 0.0)
    relative: Floats = np.divide(beyond, mean**2, out=np.zeros_like(mean), where=mean > 0)
    return relative


def _common_dispersion(past: Ints) -> float:
    """Answer that of all areas together: of few reports one area's own is little more than chance."""
    mean = past.mean(axis=-1)
    beyond, squares = float((past.var(axis=-1, ddof=1) - mean).sum()), float((mean**2).sum())
    return max(beyond, 0.0) / squares if squares else 0.0


def _mean(past: Ints) -> float:
    return float(past.mean()) if past.size else float("nan")


def _strength(one: Family) -> tuple[bool, float, float, str]:
    untested = bool(np.isnan(one.p))
    times = one.count / one.expected if one.expected > 0 else float(one.count)
    return untested, 1.0 if untested else one.p, -times, one.name
