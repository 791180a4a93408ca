"""The column beside the map of a sheet: legend, the largest numbers, notes and source, from top to bottom.

Knows where it stands in the figure and how lines break; what it says comes from the handout.
"""

from collections.abc import Iterator, Sequence
from typing import Any, Final

from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from maps.frames import short_name
from maps.handout import Handout, Row, number
from maps.palette import PALETTE

_HATCHES: Final = {"hidden": "......", "unknown": "/////"}
_MOST: Final = 8
_SOFT: Final = PALETTE["ink-soft"]


def hatch_of(name: str) -> str | None:
    """Answer the hatch of a colour that is told by one."""
    return _HATCHES.get(name)


def lines_of(text: str, most: float) -> list[str]:
    """Break a text into lines: Chinese anywhere, Latin words whole.

    Parameters
    ----------
    most : float
        Room of a line, in widths of a Chinese sign.

    >>> lines_of("边界：Drawn sample", 6)
    ['边界：', 'Drawn', 'sample']
    """
    lines, room = [""], most
    for word in _words(text):
        wide = sum(1.0 if ord(sign) > 0x2E80 else 0.55 for sign in word)
        # A stop or a closing bracket never begins a line.
        if wide > room and lines[-1] and word[0] not in "，。；：、）”":
            lines.append("")
            room = most
        lines[-1] += word if lines[-1] else word.lstrip()
        room -= wide
    return [line.rstrip() for line in lines]


def _words(text: str) -> Iterator[str]:
    word = ""
    for sign in text:
        if ord(sign) > 0x2E80:
            yield from filter(None, (word, sign))
            word = ""
        elif sign == " ":
            yield word + sign
            word = ""
        else:
            word += sign
    if word:
        yield word


class Column:
    """Writes downwards; ``y`` is where the next line begins, in fractions of the figure."""

    def __init__(self, figure: Figure, *, left: float, right: float, top: float) -> None:
        self.figure, self.left, self.right, self.y = figure, left, right, top
        self._inches_wide, self._inches_tall = figure.get_size_inches()

    def legend(self, handout: Handout) -> None:
        """Write the legend, the hotspots', the largest numbers and the notes."""
        words = handout.words
        self._text(handout.heading, size=11, weight="bold")
        self._text(handout.total, size=15, weight="bold", gap=4)
        if handout.empty:
            self._text(handout.empty, size=9, gap=4)
        self._rows(handout.legend, words("map-units", unit=handout.unit))
        if handout.hotspots is not None:
            self._text(handout.hotspot_heading, size=9.5, weight="bold", gap=10)
            if handout.hotspot_legend:
                self._rows(handout.hotspot_legend, words("map-cells"))
            for note in handout.hotspot_notes:
                self._text(note, size=7, color=_SOFT, gap=2)
        self._largest(handout)
        for n, note in enumerate(handout.notes):
            self._text(note, size=7.5, color=_SOFT, gap=2 if n else 10)

    def foot(self, handout: Handout, ratio: str) -> None:
        """Write source, scale and date at the bottom of the column."""
        whose = [handout.words("map-as", name=handout.asked.name)] if handout.asked.name else []
        said = [*whose, handout.source, ratio, handout.made]
        lines = [line for each in said for line in lines_of(each, self._room(7))]
        self.y = 0.055 + len(lines) * self._tall(7)
        for line in lines:
            self._line(line, 7, color=_SOFT)

    def _largest(self, handout: Handout) -> None:
        """The largest numbers by name; not of grids, whose names say little, and not where few are to be compared."""
        units = handout.frames.units
        named = units[units["name"] != ""]
        if handout.figures.before is not None or not 20 <= len(named) <= 500:
            return
        largest = named[named["value"] > 0].nlargest(_MOST, "value")
        if not len(largest):
            return
        self._text(handout.words("map-most", unit=handout.unit), size=9.5, weight="bold", gap=10)
        several = named["above"].nunique() > 1
        for name, above, value in zip(largest["name"], largest["above"], largest["value"], strict=True):
            said = f"{short_name(name)} · {above}" if several and above else short_name(name)
            self._pair(said, number(value), 8)

    def _rows(self, rows: Sequence[Row], units: str) -> None:
        self._pair("", units, 7, color=_SOFT)
        for row in rows:
            name = row.colour
            ground = PALETTE.get(name) or PALETTE[f"{name}-ground"]
            ink = PALETTE.get(f"{name}-ink", PALETTE["line-strong"])
            tall = self._tall(9)
            swatch = Rectangle(
                (self.left, self.y - tall * 0.86), 0.026, tall * 0.72, facecolor=ground, edgecolor=ink, linewidth=0.4,
                hatch=hatch_of(name), transform=self.figure.transFigure,
            )  # fmt: skip
            self.figure.add_artist(swatch)
            self._pair(row.text, f"{row.units:,}", 9, indent=0.033)

    def _pair(self, text: str, value: str, size: float, *, indent: float = 0.0, **look: Any) -> None:
        middle = self.y - self._tall(size) / 2
        self.figure.text(self.left + indent, middle, text, size=size, va="center_baseline", **look)
        self.figure.text(
            self.right, middle, value, size=size, va="center_baseline", ha="right", **{"color": _SOFT, **look}
        )
        self.y -= self._tall(size)

    def _text(self, text: str, *, size: float, gap: float = 0, **look: Any) -> None:
        self.y -= gap / 72 / self._inches_tall
        for line in lines_of(text, self._room(size)):
            self._line(line, size, **look)

    def _line(self, line: str, size: float, **look: Any) -> None:
        middle = self.y - self._tall(size) / 2
        self.figure.text(self.left, middle, line, size=size, va="center_baseline", **look)
        self.y -= self._tall(size)

    def _tall(self, size: float) -> float:
        return size * 1.55 / 72 / float(self._inches_tall)

    def _room(self, size: float) -> float:
        return (self.right - self.left) * float(self._inches_wide) * 72 / size
