"""Class breaks of a map: which values share a colour, and how many units each class holds.

Owns the choice of the method.  Zero is a class of its own, because "nothing" is another statement than "little";
what is left is cut by quantiles, so that a few large values do not leave the rest in one colour, and the highest class
once more, so that the largest stand out.
"""

import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

import numpy as np
from numpy.typing import NDArray

MOST: Final = 6
"""Classes beside zero; a seventh colour can no longer be told from its neighbours."""

Values = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Classes:
    """How the units of a map fall into classes.

    Attributes
    ----------
    kind : {"sequential", "diverging"}
        Ascending from just above zero, or on both sides of zero.
    breaks : tuple of float
        Upper bounds, included, ascending.  Diverging: bounds by distance from zero, the same on both sides.
    sizes : tuple of int
        Units in each class.  Sequential: as ``breaks``.  Diverging: from the lowest class to the highest, without zero.
    zero : int
        Units with exactly zero.
    missing : int
        Units without a value.
    """

    kind: Literal["sequential", "diverging"]
    breaks: tuple[float, ...]
    sizes: tuple[int, ...]
    zero: int
    missing: int


def sequential(values: Sequence[float | None], most: int = MOST) -> Classes:
    """Answer the classes of values that are zero or more.

    Parameters
    ----------
    values : sequence of float or None
        One a unit; None where there is no value.
    most : int
        Classes at most, beside zero.

    >>> sequential([0, 1, 1, 2, 3, None])
    Classes(kind='sequential', breaks=(1.0, 2.0, 3.0), sizes=(2, 1, 1), zero=1, missing=1)
    >>> sequential([0, 0])
    Classes(kind='sequential', breaks=(), sizes=(), zero=2, missing=0)
    """
    known, missing = _known(values)
    positive = known[known > 0]
    breaks = _breaks(positive, most)
    sizes = np.bincount(np.searchsorted(breaks, positive), minlength=len(breaks))
    return Classes("sequential", _plain(breaks), tuple(sizes.tolist()), int((known == 0).sum()), missing)


def diverging(values: Sequence[float | None], most: int = MOST) -> Classes:
    """Answer the classes of differences: half of them below zero, half above, by the same distances.

    >>> diverging([-4, -1, 0, 1, 2, 4, None])
    Classes(kind='diverging', breaks=(1.0, 2.0, 4.0), sizes=(1, 0, 1, 1, 1, 1), zero=1, missing=1)
    """
    known, missing = _known(values)
    changed = known[known != 0]
    breaks = _breaks(np.abs(changed), most // 2)
    side = np.searchsorted(breaks, np.abs(changed))
    below = np.bincount(side[changed < 0], minlength=len(breaks))[::-1]
    above = np.bincount(side[changed > 0], minlength=len(breaks))
    sizes = tuple(np.concatenate([below, above]).tolist()) if len(breaks) else ()
    return Classes("diverging", _plain(breaks), sizes, int((known == 0).sum()), missing)


def warm() -> None:
    """Load the library ahead of the first map: it takes seconds and brings pandas along."""
    _classifiers()


def _classifiers() -> Any:
    # Not with the module: commands that draw no map should start at once.
    import mapclassify

    return mapclassify


def _known(values: Sequence[float | None]) -> tuple[Values, int]:
    known = np.array([value for value in values if value is not None], dtype=np.float64)
    return known, len(values) - len(known)


def _breaks(values: Values, most: int) -> Values:
    """Upper bounds that are values themselves, the last one the largest; whole numbers stay whole."""
    distinct = np.unique(values)
    if len(distinct) <= most:
        return distinct
    # The highest class would reach from "some" to "by far the most": it is cut again, by its distinct values.
    lower = _quantiles(values, most - 1)[:-1]
    tail = distinct[distinct > lower[-1]] if len(lower) else distinct
    return np.concatenate([lower, _quantiles(tail, most - len(lower))])


def _quantiles(values: Values, k: int) -> Values:
    distinct = np.unique(values)
    if len(distinct) <= k:
        return distinct
    with warnings.catch_warnings():
        # Where many values are equal some quantiles fall together, which is well and makes fewer classes.
        warnings.simplefilter("ignore", UserWarning)
        cut = _classifiers().Quantiles(values, k=k).bins
    # A bound between two values is the lower of them: then the legend names what is there.
    return np.unique(distinct[np.searchsorted(distinct, cut, side="right") - 1])


def _plain(breaks: Values) -> tuple[float, ...]:
    return tuple(float(f"{value:.6g}") for value in breaks)
