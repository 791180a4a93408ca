"""The workflow as a picture: every step of ``grids.workflow`` as an arrow between states, as SVG.

Owns where the states stand and how the arrows run.  Pure: the words come in.  The picture refers to nothing outside,
tells nothing by colour alone, and takes light or dark from whoever looks.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final
from xml.sax.saxutils import escape

from grids.language import Words
from grids.workflow import CLOSED, STEPS, State, Step

WIDTH, HEIGHT = 1400, 1080
_BOX: Final = (190, 46)
# The middle of each state's box.
_PLACES: Final[Mapping[State, tuple[int, int]]] = {
    "received": (700, 60),
    "accepted": (700, 330),
    "dispatched": (330, 560),
    "paused": (1180, 330),
    "in_progress": (700, 720),
    "claimed_solved": (700, 980),
    "declined": (180, 150),
    "merged": (1220, 150),
    "will_not_do": (1180, 560),
    "closed": (1180, 980),
}
# As attributes, so that the picture stands without its style; words keep a rim of the ground, so that an arrow may run
# behind them.
_LINE: Final = 'class="p" fill="none" stroke="#1d2430" stroke-width="1.6"'
_EDGE: Final = 'class="b" fill="#fff" stroke="#1d2430" stroke-width'
_TEXT: Final = 'class="t" fill="#1d2430"'
_RIM: Final = 'class="t r" fill="#1d2430" stroke="#fff" stroke-width="5" paint-order="stroke"'
_SOFT: Final = 'class="s" fill="#3f4a5a" font-size="13"'
_DARK: Final = (
    "@media (prefers-color-scheme:dark){.g{fill:#12161d}.p{stroke:#e8ecf2}.b{fill:#1b212b;stroke:#e8ecf2}"
    ".a,.t{fill:#e8ecf2}.s{fill:#b9c2cf}.r{stroke:#12161d}}"
)


@dataclass(frozen=True)
class Arrow:
    """How a step is drawn: from which of its states (the others are named), which way, and where its words stand."""

    source: State
    path: str
    label: tuple[int, int]
    anchor: str = "middle"


# verb: its arrow.  Coordinates are drawn by hand; a test asks that each step of the table has one.
_ARROWS: Final[Mapping[str, Arrow]] = {
    "accept": Arrow("received", "M680 83V305", (668, 190), "end"),
    "take": Arrow("received", "M770 83C850 200 860 560 744 695", (796, 560), "end"),
    "decline": Arrow("received", "M605 60C420 60 250 80 196 125", (430, 100)),
    "merge": Arrow("received", "M795 60C980 60 1150 80 1204 125", (970, 100)),
    "join": Arrow("received", "M785 83C803 168 960 182 1123 158", (1010, 189)),
    "dispatch": Arrow("accepted", "M605 345C520 380 380 430 345 535", (425, 390), "end"),
    "return": Arrow("dispatched", "M425 550C530 530 630 460 668 355", (612, 482), "start"),
    "escalate": Arrow("in_progress", "M690 697C676 600 676 460 700 357", (670, 600), "end"),
    "start": Arrow("dispatched", "M335 583C350 660 470 715 603 720", (370, 670), "end"),
    "pause": Arrow("accepted", "M795 320H1083", (985, 272)),
    "resume": Arrow("paused", "M1085 342H797", (985, 366)),
    "will_not_do": Arrow("accepted", "M775 353C860 460 960 545 1083 558", (985, 446), "start"),
    "claim": Arrow("in_progress", "M680 743V955", (668, 790), "end"),
    "fail_recheck": Arrow("claimed_solved", "M720 957V745", (732, 810), "start"),
    "deny": Arrow("claimed_solved", "M605 980C250 980 60 860 60 640C60 380 60 300 603 322", (72, 620), "start"),
    "confirm": Arrow("claimed_solved", "M795 968C870 900 1020 900 1100 955", (940, 874)),
    "pass_recheck": Arrow("claimed_solved", "M795 980H1083", (940, 948)),
    "lapse": Arrow("claimed_solved", "M795 992C870 1065 1020 1065 1100 1005", (940, 1006)),
    "reopen": Arrow("closed", "M1250 957C1380 800 1390 340 1320 250C1281 200 900 205 770 305", (1326, 720), "end"),
}
# Where the steps are listed that leave the state as it is.
_STAYING: Final = (262, 742)


def picture(words: Words) -> str:
    """Answer the picture as an SVG document.

    Parameters
    ----------
    words : Words
        Of the language that it is drawn in.

    Examples
    --------
    >>> picture(Words("en")).count('data-verb="accept"')
    1
    """
    arrows = [_arrow(step, words) for step in STEPS if step.verb in _ARROWS]
    parts = [line for line, _ in arrows] + [name for _, name in arrows]
    parts += [_box(state, place, words(f"state-{state}")) for state, place in _PLACES.items()]
    parts += _list(words)
    title = escape(words("workflow-title"))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img"'
        ' aria-labelledby="workflow-name" font-size="15"'
        ' font-family="system-ui,Noto Sans SC,Noto Sans CJK SC,sans-serif">'
        f'<title id="workflow-name">{title}</title><style>{_DARK}</style>'
        '<defs><marker id="tip" viewBox="0 0 10 10" refX="9" refY="5" markerWidth="8" markerHeight="8" orient="auto">'
        '<path class="a" fill="#1d2430" d="M0 0L10 5L0 10z"/></marker></defs>'
        f'<rect class="g" fill="#fff" width="{WIDTH}" height="{HEIGHT}"/>{"".join(parts)}</svg>\n'
    )


def _box(state: State, place: tuple[int, int], name: str) -> str:
    (x, y), (width, height) = place, _BOX
    # A closed state has a thick edge and square corners.
    edge, corner = (3.4, 2) if state in CLOSED else (1.6, 14)
    return (
        f'<g data-state="{state}"><rect {_EDGE}="{edge}" x="{x - width // 2}" y="{y - height // 2}" width="{width}"'
        f' height="{height}" rx="{corner}"/><text {_TEXT} x="{x}" y="{y + 6}" text-anchor="middle"'
        f' font-weight="600" font-size="16">{escape(name)}</text></g>'
    )


def _arrow(step: Step, words: Words) -> tuple[str, str]:
    """Answer the line of a step and its words: all words stand above all lines."""
    arrow = _ARROWS[step.verb]
    x, y = arrow.label
    also = [words(f"state-{state}") for state in step.sources if state != arrow.source]
    lines = [_by(step.who, words)]
    if also:
        lines.append(words("workflow-also", states=words("workflow-and").join(also)))
    small = "".join(f'<tspan {_SOFT} x="{x}" dy="17">{escape(line)}</tspan>' for line in lines)
    line = f'<path {_LINE} data-verb="{step.verb}" d="{arrow.path}" marker-end="url(#tip)"/>'
    name = escape(words(f"step-{step.verb}"))
    return line, f'<text {_RIM} x="{x}" y="{y}" text-anchor="{arrow.anchor}">{name}{small}</text>'


def _list(words: Words) -> Iterable[str]:
    x, y = _STAYING
    yield f'<text {_TEXT} x="{x}" y="{y}" font-weight="600">{escape(words("workflow-staying"))}</text>'
    for n, step in enumerate((step for step in STEPS if step.verb not in _ARROWS), 1):
        name, by = escape(words(f"step-{step.verb}")), escape(_by(step.who, words))
        yield (
            f'<text {_TEXT} data-verb="{step.verb}" x="{x}" y="{y + 21 * n}">{name}'
            f'<tspan {_SOFT} dx="10">{by}</tspan></text>'
        )


def _by(relations: Iterable[str], words: Words) -> str:
    return words("workflow-and").join(words(f"relation-{relation}") for relation in relations)
