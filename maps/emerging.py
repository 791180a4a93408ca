"""Emerging hotspots of a layer: where more than chance would put there has gathered from month to month, by H3 cell.

Owns who is told what.  The types are ``gis.emerging``'s; which rows count is ``maps.layers``; which categories and
cells are tested for whom is as of ``maps.hotspots``.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from gis.cells import PUBLIC_RESOLUTIONS, RESOLUTIONS
from gis.emerging import FEWEST_STEPS, KINDS, Emerging, Kind, emerging
from gis.hotspot_resolution import Lack, Method, Resolution, choose_resolution, quiet_step, step_methods
from grids.access import Actor
from grids.areas import Edition
from grids.patrols import PATROL, Apart
from maps.hotspots import (
    Q_OF_BIN,
    SEED,
    cells_by_resolution,
    mean_neighbourhood,
    rounded,
    tested_categories,
    touching,
)
from maps.layers import FEW, edition_of, rows_of
from maps.questions import LayerError, Per, Question
from maps.steps import Step, Steps, whole_steps
from maps.units import Units, sees_all, units_seen

Reason: TypeAlias = Lack | Literal["few_steps", "quiet_now"]
Counts: TypeAlias = NDArray[np.int64]


class RatesOverTimeError(LayerError):
    """Households are known as of the boundaries, of no month: a rate would tell of people who moved."""

    code = "rates_over_time"
    field = "per"


@dataclass(frozen=True)
class EmergingLayer:
    """The cells that have a type, or one cell that was asked for; lists of equal length.

    Attributes
    ----------
    question, edition, at
        What was asked, over which boundaries, and when; the question's ``kind`` is the cells', its period the steps'.
    steps : Steps
        The months or weeks.
    tested : list of bool
        Which of them held enough to be tested.
    reason : {"few_cells", "few_reports", "few_steps", "quiet_now"} or None
        Why nothing is said: too few cells, reports in a step, or steps that could be tested; or the last one could not.
    total : int or None
        Reports or cases with a pin in the cells, over all steps; None where the public is not told.
    apart : Apart or None
        The total in its parts, residents and patrol; None where one is asked for alone, or a part is not told.
    cells : int
        Cells that were tested.
    own_left_out, coarse : bool
        As of ``HotspotLayer``.
    alone : bool
        Whether one cell was asked for: then the lists tell nothing of the others.
    n : list of int
        Numbers of the units.
    kind : list of Kind
        What the cell has done; none only of a cell that was asked for.
    side : list of int
        1 hot, −1 cold, 0 without a type.
    often, run : list of int
        In how many of the tested steps it was so, and how many of those are the last ones without a break.
    observed, expected, q : list
        Of the last step, in the cell and its neighbours, as of ``HotspotLayer``.
    """

    question: Question
    edition: Edition
    at: datetime
    steps: Steps
    tested: list[bool]
    reason: Reason | None
    total: int | None
    apart: Apart | None
    cells: int
    own_left_out: bool
    coarse: bool
    alone: bool
    n: list[int]
    kind: list[Kind]
    side: list[int]
    often: list[int]
    run: list[int]
    observed: list[int]
    expected: list[float]
    q: list[float]


async def emerging_layer(
    connection: AsyncConnection,
    question: Question,
    step: Step,
    actor: Actor | None,
    at: datetime,
    *,
    cell: str | None = None,
) -> EmergingLayer:
    """Answer what each cell has done over the whole months or weeks of the question's period that are over.

    All steps are of one resolution, the finest that nine of ten carry; its cells are of one size, so per km² there is
    nothing else to find than of counts.
    Given a ``cell`` (in hexadecimal), that cell alone is told of, also where it has no type.

    Raises
    ------
    LayerError
        As ``hotspot_layer``; ``rates_over_time`` per households, ``too_many_steps``.
    """
    if question.per is Per.HOUSEHOLDS:
        raise RatesOverTimeError("Emerging hotspots are told of counts alone; leave households out.")
    steps = whole_steps(step, question.period, at)
    asked = replace(question, kind=f"cell-{RESOLUTIONS[0]}", per=Per.COUNT, against=None, period=steps.period)
    edition = await edition_of(connection, asked, actor, at)
    codes = await tested_categories(connection, asked, edition, actor)
    whole = actor is not None and await sees_all(connection, edition)
    resolutions = RESOLUTIONS if whole else PUBLIC_RESOLUTIONS
    finest = replace(asked, kind=f"cell-{resolutions[-1]}")
    totals = (await counted_by_step(connection, finest, steps, edition, at, codes)).sum(axis=1)
    chosen, size = await _chosen(connection, edition, actor, totals.tolist(), resolutions)
    asked = replace(asked, kind=f"cell-{chosen.resolution or RESOLUTIONS[0]}")
    units = await units_seen(connection, edition, asked.kind, actor)
    counts = await counted_by_step(connection, asked, steps, edition, at, codes)
    methods = step_methods(counts.sum(axis=1).tolist(), chosen, len(units.keys), size)
    # Some seconds of arithmetic at the finest resolution: not on the loop that serves everybody else.
    found = await asyncio.to_thread(_classified, counts, units, methods)
    if cell is None:
        shown = np.flatnonzero(found.kind)
    else:
        shown = np.array([n for n, key in enumerate(units.keys) if key == cell and found.said], dtype=np.int64)
    apart = None
    if asked.mixed:
        patrol = int(
            (await counted_by_step(connection, replace(asked, channel=PATROL), steps, edition, at, codes)).sum()
        )
        apart = Apart(int(counts.sum()) - patrol, patrol)
    told = _told(asked, edition, at, steps, counts, found, shown, _reason(found, chosen), apart,
                 own_left_out=actor is not None and not whole, alone=cell is not None)  # fmt: skip
    return told if actor is not None else _coarse(told, found, shown)


async def counted_by_step(
    connection: AsyncConnection,
    question: Question,
    steps: Steps,
    edition: Edition,
    at: datetime,
    codes: Sequence[str] | None,
) -> Counts:
    """Answer how many of a layer's rows fall into each step and cell: ``(steps, cells) int64``, n = 1 first.

    The question's ``kind`` is one of cells, its period that of the steps; what lies in no cell of the edition is left
    out.
    """
    rows, values = rows_of(question, edition, at, codes)
    resolution = question.resolution
    if resolution is None:
        raise ValueError(f"steps are counted by cell, not by {question.kind}")
    found = await connection.execute(
        # OFFSET 0, one row of lists: as ``counted_by_unit``.
        text(
            f"WITH counted AS (SELECT cells[{RESOLUTIONS.index(resolution) + 1}] AS cell,"  # noqa: S608  no word of it comes from a reader
            f" width_bucket(received_at, CAST(:cuts AS timestamptz[])) AS step, count(*) AS many {rows} GROUP BY 1, 2),"
            " unit AS (SELECT cell, n FROM units WHERE edition_id = :edition AND kind = :kind OFFSET 0)"
            " SELECT array_agg(step), array_agg(n), array_agg(many),"
            " (SELECT count(*) FROM unit) FROM counted JOIN unit USING (cell)"
        ),
        values | {"cuts": steps.instants, "edition": edition.id, "kind": question.kind},
    )
    step, n, many, cells = found.one()
    counts = np.zeros((steps.many, cells), dtype=np.int64)
    # Without a single whole step there is a day in the period, and nothing that could be counted in it.
    if step and steps.many:
        counts[np.array(step) - 1, np.array(n) - 1] = many
    return counts


async def _chosen(
    connection: AsyncConnection,
    edition: Edition,
    actor: Actor | None,
    totals: list[int],
    resolutions: tuple[int, ...],
) -> tuple[Resolution, float]:
    """The resolution that a usual step carries, and how many cells a neighbourhood has there."""
    usual, cells = quiet_step(totals), await cells_by_resolution(connection, edition, resolutions, False)
    sizes: dict[int, float] = {}
    while True:
        chosen = choose_resolution(usual, cells, sizes)
        if chosen.resolution is None or chosen.resolution in sizes:
            return chosen, sizes.get(chosen.resolution or 0, 1.0)
        units = await units_seen(connection, edition, f"cell-{chosen.resolution}", actor)
        sizes[chosen.resolution] = await asyncio.to_thread(mean_neighbourhood, units, False)


def _classified(counts: Counts, units: Units, methods: list[Method]) -> Emerging:
    return emerging(counts, touching(tuple(units.keys)), methods, rng=np.random.default_rng(SEED))


def _reason(found: Emerging, chosen: Resolution) -> Reason | None:
    if found.said:
        return None
    if len(found.tested) < FEWEST_STEPS:
        return "few_steps"
    if chosen.lack is not None:
        return chosen.lack
    return "few_steps" if found.tested.sum() < FEWEST_STEPS else "quiet_now"


def _told(
    question: Question,
    edition: Edition,
    at: datetime,
    steps: Steps,
    counts: Counts,
    found: Emerging,
    shown: NDArray[np.int64],
    reason: Reason | None,
    apart: Apart | None,
    *,
    own_left_out: bool,
    alone: bool,
) -> EmergingLayer:
    last = found.last
    return EmergingLayer(
        question=question,
        edition=edition,
        at=at,
        steps=steps,
        tested=found.tested.tolist(),
        reason=reason,
        total=int(counts.sum()),
        apart=apart,
        cells=counts.shape[1] if found.said else 0,
        own_left_out=own_left_out,
        coarse=False,
        alone=alone,
        n=(shown + 1).tolist(),
        kind=[KINDS[place] for place in found.kind[shown]],
        side=found.side[shown].tolist(),
        often=found.often[shown].tolist(),
        run=found.run[shown].tolist(),
        observed=[] if last is None else [int(value) for value in last.observed[shown]],
        expected=[] if last is None else rounded(last.expected[shown], 2),
        q=[] if last is None else rounded(last.q[shown], 6),
    )


def _coarse(told: EmergingLayer, found: Emerging, shown: NDArray[np.int64]) -> EmergingLayer:
    """Answer what the public may know: of the last step what a map of hotspots tells, of the others which were hot."""
    small = [part for part in (told.apart.residents, told.apart.patrol) if 0 < part < FEW] if told.apart else []
    return replace(
        told,
        coarse=True,
        total=None if told.total is not None and 0 < told.total < FEW else told.total,
        apart=None if small else told.apart,
        observed=[FEW * round(value / FEW) for value in told.observed],
        expected=[float(round(value)) for value in told.expected],
        q=[Q_OF_BIN[abs(int(one))] for one in found.bins[-1][shown]] if told.n else [],
    )
