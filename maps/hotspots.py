"""The hotspot layer: where more of what a layer counts lies together than chance would do, by H3 cell.

Owns which cells are tested for whom.  The test is ``gis.hotspots``; which rows count is ``maps.layers``.
"""

import asyncio
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache
from typing import Final, Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from gis.cells import PUBLIC_RESOLUTIONS, RESOLUTIONS, neighbours
from gis.hotspot_resolution import Lack, Method, Resolution, choose_resolution
from gis.hotspots import Hotspots, hotspots
from grids.access import Actor
from grids.areas import Edition
from maps.layers import FEW, categories_of, counted_by_unit, edition_of
from maps.questions import Per, PrivateElsewhereError, Question
from maps.units import Units, sees_all, units_seen

SEED: Final = 2019
"""Permutations are drawn anew for each map, always the same ones: a map asked for twice is the same map."""
Reason: TypeAlias = Lack | Literal["no_households"]
Q_OF_BIN: Final = {3: 0.01, 2: 0.05, 1: 0.1, 0: 1.0}
"""What q is at most in a bin."""


@dataclass(frozen=True)
class HotspotLayer:
    """The cells of a hotspot map that are told from chance, or one cell that was asked for; lists of equal length.

    Attributes
    ----------
    question, edition, at
        What was asked, over which boundaries, and when; the question's ``kind`` is the cells'.
    method : {"analytic", "permutation", "too_few"}
        "too_few": nothing was tested, all lists are empty.
    reason : {"few_reports", "few_cells", "no_households"} or None
        Of what there is too little to test: of reports, of cells, or, for rates, of cells with households.
    total : int or None
        Reports or cases with a pin in the cells that were tested; None where the public is not told.
    cells : int
        Cells that were tested, those with nothing included.
    n : list of int
        Numbers of the units.
    own_left_out : bool
        Whether private categories were left out, though the actor sees those of some areas.
    coarse : bool
        As for the public: sums to the nearest five, expectations as whole numbers, q as the bound of its bin, no more.
    count, observed : list of int or None
        In the cell, and in it and its neighbours; None where the public is not told.
    expected : list of float
        In the cell and its neighbours, if all cells (or households) were alike.
    z, p, q : list of float
        Gi*, the p that bins come of, which is not that of Gi* (``gis.hotspots``), and that after Benjamini-Hochberg
        over all cells tested; z and p None where the public is not told.
    bin : list of int
        3, 2, 1 hot at 99, 95, 90 %; −3, −2, −1 cold; 0 not told from chance.
    """

    question: Question
    edition: Edition
    at: datetime
    method: Method
    reason: Reason | None
    total: int | None
    cells: int
    n: list[int]
    own_left_out: bool
    coarse: bool
    count: list[int | None]
    observed: list[int | None]
    expected: list[float]
    z: list[float | None]
    p: list[float | None]
    q: list[float]
    bin: list[int]

    @property
    def of_rates(self) -> bool:
        """Whether rates per household were tested, not counts."""
        return self.question.per is Per.HOUSEHOLDS

    def hottest_first(self) -> list[int]:
        """Answer the places of the lists in order of heat; only what is told of decides it."""
        surplus = [
            (bin_, (many or 0) - mean) for bin_, many, mean in zip(self.bin, self.observed, self.expected, strict=True)
        ]
        return sorted(range(len(self.n)), key=surplus.__getitem__, reverse=True)


async def hotspot_layer(
    connection: AsyncConnection, question: Question, actor: Actor | None, at: datetime, *, cell: str | None = None
) -> HotspotLayer:
    """Answer the hotspots of a layer: of counts, or with ``per`` households of rates.

    The resolution is the finest at which chance can be judged; the question's ``kind`` and comparison are not looked
    at.  Whoever does not see all areas gets cells larger than a grid.  Given a ``cell`` (in hexadecimal), that cell
    alone is told of, also where it is like any other; nothing, if it was not tested.

    Raises
    ------
    LayerError
        As ``figures``; ``not_by_cell`` for vacancies, ``private_elsewhere``.
    """
    of_rates = question.per is Per.HOUSEHOLDS
    # Cells of a resolution are of one size, so per km² there is nothing else to find than of counts.
    per = Per.HOUSEHOLDS if of_rates else Per.COUNT
    coarsest = replace(question, kind=f"cell-{RESOLUTIONS[0]}", per=per, against=None)
    edition = await edition_of(connection, coarsest, actor, at)
    codes = await tested_categories(connection, question, edition, actor)
    whole = actor is not None and await sees_all(connection, edition)
    resolutions = RESOLUTIONS if whole else PUBLIC_RESOLUTIONS
    # By the finest cells first: a year of a city is told by them, and counting is what takes longest.
    asked = replace(coarsest, kind=f"cell-{resolutions[-1]}")
    units, counts = await _counted(connection, asked, edition, actor, at, codes)
    located = sum(c for c, h in zip(counts, units.households, strict=True) if h or not of_rates)
    cells, sizes = await cells_by_resolution(connection, edition, resolutions, of_rates), dict[int, float]()
    chosen = choose_resolution(located, cells, sizes)
    while True:
        best = coarsest if chosen.resolution is None else replace(coarsest, kind=f"cell-{chosen.resolution}")
        if best != asked:
            asked = best
            units, counts = await _counted(connection, asked, edition, actor, at, codes)
        if chosen.resolution is None or chosen.resolution in sizes:
            break
        # Until they are looked at neighbourhoods are taken for whole; at a border they are not.
        sizes[chosen.resolution] = await asyncio.to_thread(mean_neighbourhood, units, of_rates)
        chosen = choose_resolution(located, cells, sizes)
    # A fifth of a second of arithmetic at the finest resolution: not on the loop that serves everybody else.
    judged = await asyncio.to_thread(_judge, counts, units, chosen, of_rates)
    if cell is None:
        shown = np.flatnonzero(judged.bin != 0)
    else:
        shown = np.array([n for n, key in enumerate(units.keys) if key == cell and judged.cells[n]], dtype=np.int64)
    reason: Reason | None = "no_households" if of_rates and not any(cells.values()) else chosen.lack
    told = _told(asked, edition, at, counts, judged, shown, reason, own_left_out=actor is not None and not whole)
    return told if actor is not None else _coarse(told)


async def tested_categories(
    connection: AsyncConnection, question: Question, edition: Edition, actor: Actor | None
) -> list[str] | None:
    """Answer the categories that are counted for a test over all cells; None: all that the actor sees.

    Whoever sees the private rows of some areas alone is told of public categories: with his own private ones among
    them his areas would look hot, and all others empty.

    Raises
    ------
    UnknownFamilyError, PrivateFamilyError
        As ``categories_of``.
    PrivateElsewhereError
        ``private_elsewhere``, if no category of the family is public.
    """
    codes = await categories_of(connection, question, actor)
    if actor is None or await sees_all(connection, edition):
        return codes
    found = await connection.execute(text("SELECT code FROM categories GROUP BY code HAVING NOT bool_or(private)"))
    public = [code for (code,) in found if codes is None or code in codes]
    if not public:
        raise PrivateElsewhereError(
            "You see the private reports of your own areas alone, so hotspots over the whole map cannot be told."
        )
    return public


async def _counted(
    connection: AsyncConnection,
    question: Question,
    edition: Edition,
    actor: Actor | None,
    at: datetime,
    codes: list[str] | None,
) -> tuple[Units, list[int]]:
    units = await units_seen(connection, edition, question.kind, actor)
    counts, _ = await counted_by_unit(connection, question, edition, at, codes, len(units.keys))
    return units, counts


def _judge(counts: list[int], units: Units, chosen: Resolution, of_rates: bool) -> Hotspots:
    households = np.array([value or 0.0 for value in units.households]) if of_rates else None
    return hotspots(
        np.array(counts, dtype=np.int64),
        touching(tuple(units.keys)),
        method=chosen.method,
        rng=np.random.default_rng(SEED),
        households=households,
    )


def mean_neighbourhood(units: Units, of_rates: bool) -> float:
    """How many cells a neighbourhood has on the average, of those that take part."""
    near = touching(tuple(units.keys))
    if of_rates:
        part = np.flatnonzero([bool(value) for value in units.households])
        near = near[part][:, part]
    # The cell itself belongs to it.
    return 1 + float(near.sum()) / max(near.shape[0], 1)


@lru_cache(maxsize=8)
def touching(keys: tuple[str, ...]) -> csr_array:
    """Answer which cells touch, of cells in hexadecimal, ascending; do not change what this answers."""
    return neighbours(np.array([int(key, 16) for key in keys], dtype=np.int64))


async def cells_by_resolution(
    connection: AsyncConnection, edition: Edition, resolutions: tuple[int, ...], of_rates: bool
) -> dict[int, int]:
    """How many cells take part at each resolution."""
    found = await connection.execute(
        text(
            "SELECT kind, count(*) FILTER (WHERE NOT :rates OR households > 0) FROM units"
            " WHERE edition_id = :edition AND kind = ANY (:kinds) GROUP BY kind"
        ),
        {"edition": edition.id, "kinds": [f"cell-{r}" for r in resolutions], "rates": of_rates},
    )
    return {int(kind.removeprefix("cell-")): cells for kind, cells in found}


def _told(
    question: Question,
    edition: Edition,
    at: datetime,
    counts: list[int],
    judged: Hotspots,
    shown: NDArray[np.int64],
    reason: Reason | None,
    *,
    own_left_out: bool,
) -> HotspotLayer:
    each = np.array(counts, dtype=np.int64)
    return HotspotLayer(
        question=question,
        edition=edition,
        at=at,
        method=judged.method,
        reason=reason,
        total=int(each[judged.cells > 0].sum()),
        cells=int((judged.cells > 0).sum()),
        n=(shown + 1).tolist(),
        own_left_out=own_left_out,
        coarse=False,
        count=[int(value) for value in each[shown]],
        observed=[int(value) for value in judged.observed[shown]],
        expected=rounded(judged.expected[shown], 2),
        z=list(rounded(judged.z[shown], 3)),
        p=list(rounded(judged.p[shown], 6)),
        q=rounded(judged.q[shown], 6),
        bin=judged.bin[shown].tolist(),
    )


def _coarse(told: HotspotLayer) -> HotspotLayer:
    """Answer what the public may know: neighbourhoods overlap, so exact sums, z or q would give single cells away."""
    return replace(
        told,
        coarse=True,
        total=None if told.total is not None and 0 < told.total < FEW else told.total,
        count=[None] * len(told.n),
        observed=[FEW * round((value or 0) / FEW) for value in told.observed],
        expected=[float(round(value)) for value in told.expected],
        z=[None] * len(told.n),
        p=[None] * len(told.n),
        q=[Q_OF_BIN[abs(one)] for one in told.bin],
    )


def rounded(values: NDArray[np.float64], digits: int) -> list[float]:
    """Answer numbers to so many digits, 0 for NaN."""
    told: list[float] = np.nan_to_num(np.round(values, digits)).tolist()
    return told
