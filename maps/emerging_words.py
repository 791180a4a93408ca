"""What a map of emerging hotspots says: a sentence for each cell, its legend, and what to beware of.

The one place for it.  Tests nothing itself; numbers are written as ``maps.hotspot_words`` writes them.
"""

from collections import Counter
from dataclasses import dataclass
from datetime import date
from typing import Final

from gis.emerging import FEWEST_STEPS, RULES, Kind
from gis.hotspot_resolution import FEWEST_CELLS, FEWEST_REPORTS
from grids.language import Words
from maps.emerging import EmergingLayer
from maps.hotspot_words import certainty, expected, observed
from maps.layers import counts_what
from maps.steps import Step

_SIDES: Final = {1: "hot", -1: "cold", 0: "none"}


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the legend: a type and its side (``hot``, ``cold``), its name, its rule in words, how many cells."""

    kind: Kind
    side: str
    name: str
    rule: str
    units: int


def legend(found: EmergingLayer, words: Words) -> list[Entry]:
    """Answer the types that some cell has, hot ones first, each with its rule; none where nothing is said."""
    units = Counter(zip(found.kind, found.side, strict=True))
    return [
        Entry(kind, _SIDES[side], name(kind, side, words), rule(kind, side, words), units[kind, side])
        for side in (1, -1)
        for kind in RULES
        if units[kind, side]
    ]


def name(kind: Kind, side: int, words: Words) -> str:
    """Answer what a type is called."""
    return words("emerging-name", kind=kind.value, side=_SIDES[side])


def rule(kind: Kind, side: int, words: Words) -> str:
    """Answer the rule of a type, as ``gis.emerging.RULES`` has it."""
    return words("emerging-rule", kind=kind.value, side=_SIDES[side])


def verdict(found: EmergingLayer, words: Words) -> str | None:
    """Answer why nothing is said, or that no cell has a type; None where one has, or one cell alone was asked for."""
    if found.reason is None:
        return None if found.n or found.alone else words("emerging-none")
    return words(
        "emerging-untested",
        reason=found.reason,
        step=found.steps.step.value,
        tested=sum(found.tested),
        steps=FEWEST_STEPS,
        cells=FEWEST_CELLS,
        few=FEWEST_REPORTS,
    )


def notes(found: EmergingLayer, words: Words) -> list[str]:
    """Answer what a reader has to know to defend the map, the warning first: whole sentences."""
    told = [words("emerging-warning")]
    if found.reason is None:
        told.append(words("emerging-how", step=found.steps.step.value))
    if not all(found.tested) and found.reason is None:
        told.append(words("emerging-left-out", n=found.tested.count(False), step=found.steps.step.value))
    if found.apart is not None:
        parts = found.apart
        told.append(words("map-apart", residents=f"{parts.residents:,}", patrol=f"{parts.patrol:,}", what=_what(found)))
    elif found.question.mixed:
        told.append(words("emerging-mixed"))
    if found.own_left_out:
        told.append(words("hotspot-own-left-out"))
    return told


def sentence(found: EmergingLayer, at: int, words: Words) -> str:
    """Answer what was found of the cell that stands at this place of the lists: the last step's numbers, its type."""
    return words(
        "emerging-cell",
        what=_what(found),
        when=_when(found, words),
        many=found.observed[at],
        sum=observed(found, at),
        expected=expected(found, at),
        q=certainty(found, at),
        said=_said(found, at, words),
    )


def _said(found: EmergingLayer, at: int, words: Words) -> str:
    return words(
        "emerging-said",
        kind=found.kind[at].value,
        side=_SIDES[found.side[at]],
        step=found.steps.step.value,
        often=found.often[at],
        run=found.run[at],
        of=sum(found.tested),
    )


def _when(found: EmergingLayer, words: Words) -> str:
    day: date = found.steps.first_days[-2]
    if found.steps.step is Step.MONTH:
        return words("emerging-month", year=str(day.year), month=day.month)
    return words("emerging-week", day=words("map-day", year=str(day.year), month=day.month, day=day.day))


def _what(found: EmergingLayer) -> str:
    return counts_what(found.question.layer)
