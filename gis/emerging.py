"""Emerging hotspots: what a cell has done from step to step, hot or cold, and what that is called.

Owns the types and the rule of each, in one table.  Each step's map is tested by ``gis.hotspots``, the trend by
``gis.trend``.  Knows no months, no database and no words for people.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

import numpy as np
from numpy.typing import NDArray

from gis.discovery import Adjacency, Floats, false_discovery
from gis.hotspot_resolution import Method
from gis.hotspots import Hotspots, hotspots
from gis.trend import mann_kendall

Flags = NDArray[np.bool_]
Ints = NDArray[np.int64]

FEWEST_STEPS: Final = 10
"""With fewer tested steps nothing is said: the trend's p would not hold, nor nine of ten mean much."""
ALMOST_ALWAYS: Final = 0.9
"""Of the tested steps; from this share on a cell has been hot all along, and its trend is asked for."""
TREND_RATE: Final = 0.1
"""The false discovery rate up to which a trend counts, over the cells that it is asked of."""


class Kind(StrEnum):
    """What a cell has done."""

    NEW = "new"
    CONSECUTIVE = "consecutive"
    INTENSIFYING = "intensifying"
    PERSISTENT = "persistent"
    DIMINISHING = "diminishing"
    SPORADIC = "sporadic"
    OSCILLATING = "oscillating"
    HISTORICAL = "historical"
    NONE = "none"


@dataclass(frozen=True, eq=False, slots=True)
class _History:
    """Of n cells, seen from one side: "hot" is cold where cold spots are asked for.

    ``now`` hot in the last step, ``other_now`` cold in it; ``often`` in how many steps hot, ``run`` how many of them
    are the last ones without a break; ``other`` in how many cold; ``always`` hot in nine steps of ten; ``trend`` 1
    where it gets stronger, −1 weaker, 0 neither.
    """

    now: Flags
    other_now: Flags
    often: Ints
    run: Ints
    other: Ints
    always: Flags
    trend: Ints


Rule = Callable[[_History], Flags]

RULES: Final[dict[Kind, Rule]] = {
    # Hot in the last step for the first time; never cold.
    Kind.NEW: lambda h: h.now & ~h.always & (h.other == 0) & (h.often == 1),
    # Hot in the last two steps or more without a break, and never before; never cold.
    Kind.CONSECUTIVE: lambda h: h.now & ~h.always & (h.other == 0) & (h.often > 1) & (h.often == h.run),
    # Hot in the last step and in nine of ten, and getting stronger.
    Kind.INTENSIFYING: lambda h: h.now & h.always & (h.trend > 0),
    # Hot in the last step and in nine of ten, getting neither stronger nor weaker.
    Kind.PERSISTENT: lambda h: h.now & h.always & (h.trend == 0),
    # Hot in the last step and in nine of ten, and getting weaker.
    Kind.DIMINISHING: lambda h: h.now & h.always & (h.trend < 0),
    # Hot in the last step, on and off before, in fewer than nine of ten; never cold.
    Kind.SPORADIC: lambda h: h.now & ~h.always & (h.other == 0) & (h.often > h.run),
    # Hot in the last step, in fewer than nine of ten, and cold in one before.
    Kind.OSCILLATING: lambda h: h.now & ~h.always & (h.other > 0),
    # Hot in nine of ten, but in the last step neither hot nor cold.
    Kind.HISTORICAL: lambda h: ~h.now & ~h.other_now & h.always,
}
"""The types, each with its rule; of a cell at most one holds.  Steps are those that were tested; hot is q ≤ 0.1."""

KINDS: Final = (Kind.NONE, *RULES)


@dataclass(frozen=True, eq=False)
class Emerging:
    """What n cells have done over t steps.

    Parameters
    ----------
    tested : (t,) bool
        Which steps held enough to be tested; all others are left out, as if they had not been.
    said : bool
        False where there is too little to say: fewer than ten steps tested, or the last one not.  Then no cell has a
        kind.
    z : (t, n) float64
        Gi* of each step; 0 where a step's map has no spread, NaN in a step that was not tested.
    bins : (t, n) int8
        As of ``gis.hotspots``, each step corrected for its false discoveries by itself.
    kind : (n,) int8
        Place in ``KINDS``.
    side : (n,) int8
        1 where the kind is of hot spots, −1 of cold spots, 0 without one.
    often, run : (n,) int64
        In how many tested steps the cell was what ``side`` says, and how many of those are the last without a break.
    tau, trend_q : (n,) float64
        Kendall's tau of z, and its q; NaN where no trend was asked for, which is of nine steps of ten alone.
    last : Hotspots or None
        The map of the last step; None without a step.
    """

    tested: Flags
    said: bool
    z: Floats
    bins: NDArray[np.int8]
    kind: NDArray[np.int8]
    side: NDArray[np.int8]
    often: Ints
    run: Ints
    tau: Floats
    trend_q: Floats
    last: Hotspots | None


def emerging(
    counts: NDArray[np.int64], neighbours: Adjacency, methods: Sequence[Method], *, rng: np.random.Generator
) -> Emerging:
    """Answer what each cell has done from step to step.

    Parameters
    ----------
    counts : (t, n) int64
        Reports a step and cell, the oldest step first, zeros included.
    neighbours : (n, n) sparse
        1 where two cells touch, without the diagonal.
    methods : (t,) of {"analytic", "permutation", "too_few"}
        How each step is tested.
    rng : numpy.random.Generator
        For permutations; the same state makes the same answer.

    Raises
    ------
    ValueError
        As ``gis.hotspots.hotspots``, or if there is not one method a step.

    Notes
    -----
    The types are those of the field (new, consecutive, … as in ArcGIS "Emerging Hot Spot Analysis"), with rules that
    exclude each other.  The trend is asked only of cells that were hot in nine steps of ten, and corrected over them:
    how often a cell was hot does not depend on the order of the steps, so this choice leaves the test's p as it is.
    z is held against the spread of its step's whole map: where another place grows, a steady one pales beside it and
    may be told as diminishing.  That is what the word means here: less beside all others, not fewer reports.

    Examples
    --------
    >>> from scipy import sparse
    >>> row = sparse.csr_array(np.eye(60, k=1) + np.eye(60, k=-1))
    >>> counts = np.ones((12, 60), dtype=np.int64)
    >>> counts[:, 10:13], counts[11, 40:43] = 15, 15
    >>> found = emerging(counts, row, ["analytic"] * 12, rng=np.random.default_rng(0))
    >>> [KINDS[found.kind[cell]].value for cell in (11, 25, 41)], found.run[[11, 25, 41]].tolist()
    (['persistent', 'none', 'new'], [12, 0, 1])
    """
    maps = [hotspots(step, neighbours, method=how, rng=rng) for step, how in zip(counts, methods, strict=True)]
    tested = np.array([how != "too_few" for how in methods], dtype=bool)
    bins = np.array([one.bin for one in maps], dtype=np.int8).reshape(counts.shape)
    z = np.array([one.z for one in maps], dtype=np.float64).reshape(counts.shape)
    z[tested] = np.nan_to_num(z[tested])
    last, n = maps[-1] if maps else None, counts.shape[1]
    if tested.sum() < FEWEST_STEPS or not tested[-1]:
        none, unknown = np.zeros(n, dtype=np.int8), np.full(n, np.nan)
        zeros = np.zeros(n, dtype=np.int64)
        return Emerging(tested, False, z, bins, none, none, zeros, zeros, unknown, unknown, last)
    return Emerging(tested, True, z, bins, *classified(z[tested], bins[tested]), last)


def classified(
    z: Floats, bins: NDArray[np.int8]
) -> tuple[NDArray[np.int8], NDArray[np.int8], Ints, Ints, Floats, Floats]:
    """Answer kind, side, often, run, tau and trend_q, as of `Emerging`, by the maps of all steps that were tested.

    Parameters
    ----------
    z, bins : (t, n)
        Of each step, the oldest first; at least one step.
    """
    sides = {1: bins > 0, -1: bins < 0}
    often = {side: are.sum(axis=0) for side, are in sides.items()}
    always = {side: many >= ALMOST_ALWAYS * len(bins) for side, many in often.items()}
    tau, trend_q, rising = _trends(z, always[1] | always[-1])
    n = bins.shape[1]
    kind, told = np.zeros(n, dtype=np.int8), np.zeros(n, dtype=np.int8)
    many, lasting = np.zeros(n, dtype=np.int64), np.zeros(n, dtype=np.int64)
    for side, are in sides.items():
        run = np.logical_and.accumulate(are[::-1], axis=0).sum(axis=0)
        history = _History(
            are[-1], sides[-side][-1], often[side], run, often[-side], always[side], rising * np.int64(side)
        )
        for place, name in enumerate(KINDS[1:], 1):
            holds = RULES[name](history)
            kind[holds], told[holds] = place, side
            many[holds], lasting[holds] = often[side][holds], run[holds]
    return kind, told, many, lasting, tau, trend_q


def _trends(z: Floats, asked: Flags) -> tuple[Floats, Floats, Ints]:
    n = z.shape[1]
    tau, q, rising = np.full(n, np.nan), np.full(n, np.nan), np.zeros(n, dtype=np.int64)
    found = mann_kendall(z[:, asked])
    tau[asked], q[asked] = found.tau, false_discovery(found.p)
    rising[asked] = np.where(q[asked] <= TREND_RATE, np.sign(found.s), 0)
    return tau, q, rising
