"""What a map of hotspots says: what its colours mean, how it was tested or why not, and a sentence for each cell.

The one place for it: the planner's page and the maps that are handed on say the same.  Tests nothing itself.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Protocol

from gis.hotspot_resolution import FEWEST_CELLS
from grids.language import Words
from maps.hotspots import HotspotLayer
from maps.layers import FEW
from maps.questions import Per

_CONFIDENCE: Final = {3: 99, 2: 95, 1: 90, 0: 0}


class Numbers(Protocol):
    """What was found of cells in numbers, of one map or of the last of several; coarse: as for the public."""

    @property
    def coarse(self) -> bool:  # noqa: D102
        ...

    @property
    def observed(self) -> Sequence[int | None]:  # noqa: D102
        ...

    @property
    def expected(self) -> Sequence[float]:  # noqa: D102
        ...

    @property
    def q(self) -> Sequence[float]:  # noqa: D102
        ...


@dataclass(frozen=True, slots=True)
class Bin:
    """One colour of the legend: its name (``hot-3``, ``cold-1``, ``none``), what it means, how many cells have it."""

    colour: str
    text: str
    short: str
    units: int


def heading(found: HotspotLayer, words: Words) -> str:
    """Answer what the legend is of."""
    return words("hotspot-heading", per=_per(found))


def legend(found: HotspotLayer, words: Words) -> list[Bin]:
    """Answer all bins, the hottest first; none where nothing was tested."""
    if found.reason is not None:
        return []
    units = Counter(found.bin)
    units[0] = found.cells - sum(many for bin_, many in units.items() if bin_)
    return [
        Bin(colour(bin_), bin_name(bin_, words), bin_name(bin_, words, length="short"), units[bin_])
        for bin_ in (3, 2, 1, 0, -1, -2, -3)
    ]


def verdict(found: HotspotLayer, words: Words) -> str | None:
    """Answer why nothing was tested or that nothing was found, None where something was."""
    if found.reason is None:
        return None if any(found.bin) else words("hotspot-none")
    n = "few" if found.total is None else f"{found.total:,}"
    lacking = {"n": n, "few": str(FEW), "cells": str(FEWEST_CELLS)}
    return words("hotspot-untested", reason=found.reason, per=_per(found), **lacking)


def how(found: HotspotLayer, words: Words) -> str | None:
    """Answer how hotspots were told from chance, None where nothing was tested."""
    return None if found.reason else words("hotspot-how", per=_per(found), method=found.method)


def left_out(found: HotspotLayer, words: Words) -> str | None:
    """Answer that the actor's own private reports were not counted, None where that need not be said."""
    return words("hotspot-own-left-out") if found.own_left_out else None


def colour(bin_: int) -> str:
    """Answer the name of a bin's colour.

    >>> colour(3), colour(-1), colour(0)
    ('hot-3', 'cold-1', 'none')
    """
    return f"{'hot' if bin_ > 0 else 'cold'}-{abs(bin_)}" if bin_ else "none"


def bin_name(bin_: int, words: Words, *, length: str = "long") -> str:
    """Answer a bin in words, or with ``short`` in as few as fit under a colour."""
    kind = colour(bin_).partition("-")[0]
    return words("hotspot-bin", kind=kind, length=length, confidence=str(_CONFIDENCE[abs(bin_)]))


def sentence(found: HotspotLayer, at: int, words: Words) -> str:
    """Answer what was found of the cell that stands at this place of the lists."""
    return words(
        "hotspot-cell",
        per=_per(found),
        sum=observed(found, at),
        expected=expected(found, at),
        q=certainty(found, at),
        said=bin_name(found.bin[at], words),
    )


def pattern(found: HotspotLayer, words: Words) -> str:
    """Answer the sentence with ``{sum}``, ``{expected}``, ``{q}`` and ``{said}`` left to be filled in, cell by cell."""
    gaps = {name: f"{{{name}}}" for name in ("sum", "expected", "q", "said")}
    return words("hotspot-cell", per=_per(found), **gaps)


def observed(found: Numbers, at: int) -> str:
    """Answer what a cell and its neighbours hold, as a number; rounded ones say so."""
    return f"{'≈ ' if found.coarse else ''}{found.observed[at]:,}"


def expected(found: Numbers, at: int) -> str:
    """Answer what would be average there: whole, or below 10 to one digit after the point, two that count at least."""
    value = found.expected[at]
    if found.coarse or value >= 10:
        return f"{value:,.0f}"
    return f"{value:.1f}" if value >= 1 else f"{value:.2g}"


def certainty(found: Numbers, at: int) -> str:
    """Answer q; one that is only a bound says so."""
    value = found.q[at]
    if value < 0.001:
        return "< 0.001"
    return f"{'≤ ' if found.coarse else ''}{value:.{3 if value < 0.1 else 2}f}"


def _per(found: HotspotLayer) -> str:
    return (Per.HOUSEHOLDS if found.of_rates else Per.COUNT).value
