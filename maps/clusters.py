"""Clusters and outliers of a layer by area: which village is like those around it, and which is unlike them.

Owns what is compared for whom.  The statistic is ``gis.local_moran``; which rows count is ``maps.layers``.
"""

import asyncio
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache
from typing import Final

import numpy as np
import shapely
from numpy.typing import NDArray
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from gis.cells import PUBLIC_RESOLUTIONS
from gis.contiguity import queen
from gis.discovery import Adjacency, Floats
from gis.hotspot_resolution import FEWEST_CELLS, FEWEST_REPORTS
from gis.household_rates import standardised_rates
from gis.local_moran import LocalMoran, local_moran
from grids.access import Actor
from grids.areas import Edition
from maps.hotspots import SEED, Reason, rounded, tested_categories, touching
from maps.layers import counted_by_unit, edition_of
from maps.questions import CellsTooFineError, Per, Question
from maps.units import Units, sees_all, units_seen

RATE: Final = 0.1
"""The false discovery rate up to which a cluster or an outlier is told of."""

# Adjacency is of an edition's areas, and those never change; the outlines themselves are not kept.
_OUTLINES = text("""
    SELECT array_agg(ST_AsBinary(b.geom) ORDER BY u.n) FROM units u
    JOIN boundaries b ON b.edition_id = u.edition_id AND b.code = u.key
    WHERE u.edition_id = :edition AND u.kind = :kind
""")


@dataclass(frozen=True)
class ClusterLayer:
    """The areas or cells that are told from chance; lists of equal length.

    Attributes
    ----------
    question, edition, at
        What was asked, over which boundaries, and when.
    reason : {"few_reports", "few_cells", "no_households"} or None
        Of what there is too little to test: reports, units, or, for rates, units with households.
    units : int
        How many took part: for rates, those with households.
    islands : int
        How many of them touch no other that took part, and were not judged.
    mean : float or None
        What a unit has on the average; of rates that of all together, per 1,000 households.
    own_left_out, coarse : bool
        As of ``HotspotLayer``; coarse: the public is told which units and what they are, and no number.
    n : list of int
        Numbers of the units.
    quadrant : list of int
        1 high among high, 2 low among high, 3 low among low, 4 high among low.
    value, around : list of float or None
        Of the unit, and of its neighbours together: a count, per 1,000 households or per km²; of neighbours the mean.
    i, z, q : list of float or None
        As of ``gis.local_moran.LocalMoran``; of rates per household of those standardised by households.
    """

    question: Question
    edition: Edition
    at: datetime
    reason: Reason | None
    units: int
    islands: int
    mean: float | None
    own_left_out: bool
    coarse: bool
    n: list[int]
    quadrant: list[int]
    value: list[float | None]
    around: list[float | None]
    i: list[float | None]
    z: list[float | None]
    q: list[float | None]


async def cluster_layer(
    connection: AsyncConnection, question: Question, actor: Actor | None, at: datetime
) -> ClusterLayer:
    """Answer clusters and outliers among the areas of a level, or the cells of a resolution.

    The question's comparison is not looked at.

    Raises
    ------
    LayerError
        As ``figures``; ``private_elsewhere``, and ``cells_too_fine`` for whoever does not see all areas.
    """
    asked = replace(question, against=None)
    edition = await edition_of(connection, asked, actor, at)
    codes = await tested_categories(connection, asked, edition, actor)
    whole = actor is not None and await sees_all(connection, edition)
    if not whole and asked.resolution is not None and asked.resolution not in PUBLIC_RESOLUTIONS:
        raise CellsTooFineError("Cells smaller than a grid are tested for whoever sees all areas; choose cell-7.")
    units = await units_seen(connection, edition, asked.kind, actor)
    counted, _ = await counted_by_unit(connection, asked, edition, at, codes, len(units.keys))
    counts, of = np.array(counted, dtype=np.int64), _denominators(units, asked.per)
    part = np.flatnonzero(of > 0)
    reason = _lack(int(counts[part].sum()), len(part), asked.per)
    if reason is None:
        near = (await _contiguity(connection, edition, units, asked))[part][:, part]
        # A second or two of permutations: not on the loop that serves everybody else.
        found = await asyncio.to_thread(_tested, counts[part], of[part], near, asked.per)
        told = _told(asked, edition, at, part, counts, of, near, found)
    else:
        told = ClusterLayer(asked, edition, at, reason, len(part), 0, None, False, False, [], [], [], [], [], [], [])
    own_left_out = actor is not None and not whole
    return replace(told, own_left_out=own_left_out) if actor is not None else _coarse(told)


def _denominators(units: Units, per: Per) -> Floats:
    if per is Per.HOUSEHOLDS:
        return np.array([households or 0.0 for households in units.households], dtype=np.float64) / 1000
    return np.array(units.area_m2, dtype=np.float64) / 1e6 if per is Per.KM2 else np.ones(len(units.keys))


def _lack(reports: int, units: int, per: Per) -> Reason | None:
    if per is Per.HOUSEHOLDS and not units:
        return "no_households"
    if units < FEWEST_CELLS:
        return "few_cells"
    return "few_reports" if reports < FEWEST_REPORTS else None


def _tested(counts: NDArray[np.int64], of: Floats, near: Adjacency, per: Per) -> LocalMoran:
    # A rate of few households swings further by chance alone: each is held against what its own households allow.
    values = standardised_rates(counts, of * 1000) if per is Per.HOUSEHOLDS else counts / of
    return local_moran(values, near, rng=np.random.default_rng(SEED))


async def _contiguity(connection: AsyncConnection, edition: Edition, units: Units, question: Question) -> Adjacency:
    if question.resolution is not None:
        return touching(tuple(units.keys))
    found = await connection.execute(_OUTLINES, {"edition": edition.id, "kind": question.kind})
    return await asyncio.to_thread(_queen, tuple(found.scalar_one() or ()))


@lru_cache(maxsize=2)
def _queen(outlines: tuple[bytes, ...]) -> Adjacency:
    return queen(np.asarray(shapely.from_wkb(np.array(outlines, dtype=object)), dtype=object))


def _told(
    question: Question,
    edition: Edition,
    at: datetime,
    part: NDArray[np.int64],
    counts: NDArray[np.int64],
    of: Floats,
    near: Adjacency,
    found: LocalMoran,
) -> ClusterLayer:
    quadrant = found.significant(RATE)
    shown = np.flatnonzero(quadrant)
    values, degrees = counts[part] / of[part], np.maximum(np.diff(near.indptr), 1)
    if question.per is Per.HOUSEHOLDS:
        mean = counts[part].sum() / of[part].sum()
        around = (near @ counts[part]) / np.where(found.island, 1.0, near @ of[part])
    else:
        mean, around = values.mean(), (near @ values) / degrees
    return ClusterLayer(
        question=question,
        edition=edition,
        at=at,
        reason=None,
        units=len(part),
        islands=int(found.island.sum()),
        mean=float(round(mean, 2)),
        own_left_out=False,
        coarse=False,
        n=(part[shown] + 1).tolist(),
        quadrant=quadrant[shown].tolist(),
        value=list(rounded(values[shown], 2)),
        around=list(rounded(around[shown], 2)),
        i=list(rounded(found.i[shown], 4)),
        z=list(rounded(found.z[shown], 3)),
        q=list(rounded(found.q[shown], 6)),
    )


def _coarse(told: ClusterLayer) -> ClusterLayer:
    """Answer what the public may know: a number of a unit, or of those around it, might be one that is not told."""
    nothing: list[float | None] = [None] * len(told.n)
    return replace(told, coarse=True, mean=None, value=nothing, around=nothing, i=nothing, z=nothing, q=nothing)
