"""The colours of figures on paper, under the names that the pages' style sheet gives them; how classes share a ramp.

Screens take the colours from ``tokens.css``; a test holds both equal.
"""

from typing import Final

from maps.questions import Layer

PALETTE: Final = {
    "seq-0": "#eef2f1",
    "seq-1": "#dcedb4",
    "seq-2": "#98d0a1",
    "seq-3": "#5fae95",
    "seq-4": "#2b8a8a",
    "seq-5": "#1b646f",
    "seq-6": "#0c3f55",
    "uns-1": "#ecd6e8",
    "uns-2": "#dbaad4",
    "uns-3": "#d57ab9",
    "uns-4": "#c84a96",
    "uns-5": "#a3216f",
    "uns-6": "#6d0a45",
    "div-m3": "#01665e",
    "div-m2": "#4fa79c",
    "div-m1": "#b5ddd5",
    "div-0": "#f1efe9",
    "div-p1": "#ecd3a2",
    "div-p2": "#c8923f",
    "div-p3": "#7f4708",
    "cold-3": "#1b4f9c",
    "cold-2": "#4d86cf",
    "cold-1": "#a3c4ec",
    "hot-1": "#f6b9a4",
    "hot-2": "#e2714f",
    "hot-3": "#b92c12",
    "hidden-ground": "#d8e4dc",
    "hidden-ink": "#6f8f86",
    "unknown-ground": "#eceeef",
    "unknown-ink": "#a3adb1",
    "ink": "#182024",
    "ink-soft": "#4a565c",
    "line": "#d3dadc",
    "line-strong": "#7d898f",
    "due": "#825500",
    "due-soft": "#fbeed2",
    "overdue": "#b92c12",
    "overdue-soft": "#fde8e2",
}


def ramp_of(layer: Layer) -> str:
    """Answer the name of the ramp of a layer: what is unsolved has one of its own, so that it is seen before all else.

    >>> ramp_of(Layer.UNSOLVED), ramp_of(Layer.RECEIVED)
    ('uns', 'seq')
    """
    return "uns" if layer is Layer.UNSOLVED else "seq"


def spread(classes: int, most: int) -> list[int]:
    """Answer which steps of a ramp so many classes take: the last one always, the others evenly below it.

    >>> spread(6, 6), spread(3, 6), spread(1, 6), spread(2, 3)
    ([1, 2, 3, 4, 5, 6], [2, 4, 6], [6], [2, 3])
    """
    return [round((n + 1) * most / classes) for n in range(classes)]
