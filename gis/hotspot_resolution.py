"""How fine a hotspot map may be, or one a step: the H3 resolution and the kind of test that the reports carry.

Owns this choice alone.  The test itself is ``gis.hotspots``; the cells of an edition are counted by the caller.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

Method: TypeAlias = Literal["analytic", "permutation", "too_few"]
Lack: TypeAlias = Literal["few_reports", "few_cells"]

# At least this many reports have to be expected in a neighbourhood for the finest resolution.
EXPECTED = 5.0
# A map of fewer cells has hardly three neighbourhoods that do not overlap.
FEWEST_CELLS = 20
# Fewer reports than this are better read one by one.
FEWEST_REPORTS = 10
# Cells touch six others at most; the cell itself is the seventh.
_FULL_NEIGHBOURHOOD = 7.0


@dataclass(frozen=True)
class Resolution:
    """Which H3 resolution the hotspot map has.

    Parameters
    ----------
    resolution : int or None
        None if there is too little for any.
    method : {"analytic", "permutation", "too_few"}
        What to hand to ``gis.hotspots.hotspots``.
    expected : float
        Reports expected in a neighbourhood at this resolution; 0 without one.
    lack : {"few_reports", "few_cells"} or None
        Of "too_few" what there is too little of: fewer than 20 cells at every resolution, else fewer than 10 reports.
        Cells come first: where they lack, no number of reports would help.
    """

    resolution: int | None
    method: Method
    expected: float
    lack: Lack | None = None


def choose_resolution(
    reports: int, cells: Mapping[int, int], neighbourhood: Mapping[int, float] | None = None
) -> Resolution:
    """The finest resolution at which at least 5 reports are expected in a neighbourhood.

    Only resolutions at which the edition has at least 20 cells are asked.  If even the coarsest of them expects fewer
    than 5 reports, it is tested by permutation from 10 reports on; below that there is too little to test.

    Parameters
    ----------
    reports : int
        Reports with a position in a cell of the edition; for rates, in a cell with households.
    cells : mapping
        Number of cells of the edition by H3 resolution; for rates, of those with households.
    neighbourhood : mapping, optional
        Mean number of cells of a neighbourhood by resolution, where it is known; else 7.

    Examples
    --------
    >>> choose_resolution(20_000, {7: 1_200, 8: 8_700, 9: 61_000})
    Resolution(resolution=8, method='analytic', expected=16.091954022988507, lack=None)
    >>> choose_resolution(12, {5: 24, 6: 170}).method, choose_resolution(3, {5: 24, 6: 170}).lack
    ('permutation', 'few_reports')
    >>> choose_resolution(900, {5: 1, 6: 7}).lack
    'few_cells'
    """
    sizes = neighbourhood or {}
    expected = {
        resolution: reports * sizes.get(resolution, _FULL_NEIGHBOURHOOD) / number
        for resolution, number in cells.items()
        if number >= FEWEST_CELLS
    }
    if not expected:
        return Resolution(None, "too_few", 0.0, "few_cells")
    if reports < FEWEST_REPORTS:
        return Resolution(None, "too_few", 0.0, "few_reports")
    enough = [resolution for resolution, reports_there in expected.items() if reports_there >= EXPECTED]
    if enough:
        return Resolution(max(enough), "analytic", expected[max(enough)])
    return Resolution(min(expected), "permutation", expected[min(expected)])


def quiet_step(totals: Sequence[int]) -> int:
    """Answer how many reports nine steps of ten hold at least, from the first step on that holds any.

    Maps of all steps are to be of one resolution: the finest that a usual step carries, not the whole span.

    >>> quiet_step([0, 0, 0, *[40] * 18, 3, 35]), quiet_step([0, 0])
    (40, 0)
    """
    begun = next((step for step, total in enumerate(totals) if total), len(totals))
    known = sorted(totals[begun:])
    return known[len(known) // 10] if known else 0


def step_methods(totals: Sequence[int], chosen: Resolution, cells: int, neighbourhood: float) -> list[Method]:
    """Answer how each step is tested at the resolution that was chosen for all: some steps hold too few.

    Parameters
    ----------
    totals : sequence of int
        Reports a step.
    chosen : Resolution
        Of a usual step (`quiet_step`).
    cells : int
        How many there are at that resolution.
    neighbourhood : float
        How many of them a neighbourhood has on the average.

    >>> step_methods([700, 20], Resolution(7, "analytic", 9.8), 500, 7.0)
    ['analytic', 'too_few']
    >>> step_methods([700, 20, 9], Resolution(5, "permutation", 3.0), 500, 7.0)
    ['analytic', 'permutation', 'too_few']
    """

    def of_step(total: int) -> Method:
        if chosen.resolution is None:
            return "too_few"
        if total * neighbourhood >= EXPECTED * cells:
            return "analytic"
        return "permutation" if chosen.method == "permutation" and total >= FEWEST_REPORTS else "too_few"

    return [of_step(total) for total in totals]
