"""One picture of the planner's page: its sentence, its legend, its notes, and what the browser paints of it.

Counts nothing and decides nothing about rights: ``maps.layers`` has done both.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlencode

from api.pages.planner_span import NAMED_SPANS, last_day, month_of
from api.pages.planner_view import CELLS, DAYS, View
from grids.explain import level_name
from grids.language import Words
from maps.classes import MOST, Classes, diverging, sequential
from maps.layers import FEW, Figures, counts_what
from maps.palette import ramp_of, spread
from maps.questions import Per, Period

HIDDEN: Final = "hidden"
UNKNOWN: Final = "unknown"
MINUS: Final = "−"
# Edges of cells, in km.
CELL_KM: Final = {"cell-5": "9.9", "cell-6": "3.7", "cell-7": "1.4", "cell-8": "0.5", "cell-9": "0.2"}


@dataclass(frozen=True, slots=True)
class LegendRow:
    """A class: its colour (``seq-6``, ``div-m3``, ``hidden``, ``unknown``), its bounds in words, and its size."""

    colour: str
    bounds: str
    units: int


@dataclass(frozen=True, slots=True)
class Picture:
    """Figures with their classes, ready to be told."""

    view: View
    figures: Figures
    classes: Classes
    words: Words

    @classmethod
    def of(cls, view: View, told: Figures, words: Words) -> "Picture":
        """Answer the picture of some figures."""
        classes = sequential(told.values) if told.before is None else diverging(told.values)
        return cls(view, told, classes, words)

    @property
    def what(self) -> str:
        """What is counted: reports, cases or areas."""
        return counts_what(self.view.layer)

    @property
    def unit(self) -> str:
        """The kind of unit in words."""
        return kind_name(self.figures.question.kind, self.words)

    @property
    def sentence(self) -> str:
        """What the number says."""
        return self.words(
            "planner-said",
            layer=self.view.layer.value,
            period=period_name(self.view.span, self.view.period, self.words),
        )

    @property
    def total(self) -> str:
        """The number."""
        return self.words("planner-total", what=self.what, n=self._told(self.figures.total))

    @property
    def apart(self) -> str | None:
        """The number in its parts: residents and patrol; None where they are not told apart."""
        parts = self.figures.apart
        if parts is None:
            return None
        return self.words("planner-apart", residents=f"{parts.residents:,}", patrol=f"{parts.patrol:,}", what=self.what)

    def _told(self, n: int | None) -> str:
        return self.words("planner-few", most=str(FEW - 1)) if n is None else f"{n:,}"

    @property
    def notes(self) -> list[str]:
        """What must be known beside it."""
        told, words, notes = self.figures, self.words, []
        if told.unplaced != 0:
            n = self._told(told.unplaced)
            by = "cell" if told.question.kind in CELLS else "area"
            notes.append(words("planner-unplaced", by=by, n=n, what=self.what, unit=self.unit))
        if self.compared is not None:
            notes.append(words("planner-compared", period=self.compared))
        if self._sums is not None:
            now, then = self._sums
            notes.append(words("planner-sums", now=f"{now:,}", then=f"{then:,}", what=self.what))
        return notes

    @property
    def compared(self) -> str | None:
        """The period compared with, in words; None without one."""
        against = self.figures.question.against
        return None if against is None else period_name(DAYS, against, self.words)

    @property
    def _sums(self) -> tuple[int, int] | None:
        told = self.figures
        if told.before is None or told.hidden:
            return None
        return sum(n or 0 for n in told.counts), sum(n or 0 for n in told.before)

    @property
    def empty(self) -> bool:
        """Whether nothing at all was counted."""
        return self.figures.empty

    @property
    def heading(self) -> str:
        """What the legend's classes are of."""
        kind = "change" if self.figures.before is not None else "now"
        return self.words(
            "planner-heading", kind=kind, per=self.view.per.value, layer=self.view.layer.value, unit=self.unit
        )

    @property
    def legend(self) -> list[LegendRow]:
        """The classes, the highest first, then zero, then what has no number."""
        classes = list(self._classes())
        few, missing = self._without
        zero = LegendRow("div-0" if self.classes.kind == "diverging" else "seq-0", "0", self.classes.zero)
        at = (
            sum(row.colour.startswith("div-p") for row in classes) if self.classes.kind == "diverging" else len(classes)
        )
        rows = [*classes[:at], zero, *classes[at:]] if self.classes.zero or not classes else classes
        if few:
            rows.append(LegendRow(HIDDEN, self.untold, few))
        if missing:
            rows.append(LegendRow(UNKNOWN, self.words("planner-no-households"), missing))
        return rows

    @property
    def untold(self) -> str:
        """Why a number is not told: too small for the public, or of another area than the actor's."""
        return (
            self.words("planner-hidden", most=str(FEW - 1)) if self.figures.hidden else self.words("planner-not-yours")
        )

    @property
    def _without(self) -> tuple[int, int]:
        """Units whose number is not told, and units without what it would be held against."""
        found = Counter(
            HIDDEN if count is None or (self.figures.before is not None and self.figures.before[n] is None) else UNKNOWN
            for n, (count, value) in enumerate(zip(self.figures.counts, self.figures.values, strict=True))
            if value is None
        )
        return found[HIDDEN], found[UNKNOWN]

    def _classes(self) -> Iterator[LegendRow]:
        breaks = self.classes.breaks
        colours = _colours(self.classes)
        if self.classes.kind == "sequential":
            for n in reversed(range(len(breaks))):
                yield LegendRow(f"{ramp_of(self.view.layer)}-{colours[n]}", self._bounds(n), self.classes.sizes[n])
            return
        half = len(breaks)
        for n in reversed(range(half)):
            yield LegendRow(f"div-p{colours[n]}", self._bounds(n, "+"), self.classes.sizes[half + n])
        for n in range(half):
            yield LegendRow(f"div-m{colours[n]}", self._bounds(n, MINUS), self.classes.sizes[half - 1 - n])

    def _bounds(self, n: int, sign: str = "") -> str:
        """The least and the largest value of a class: whole numbers without a gap, others as they occur."""
        high = self.classes.breaks[n]
        under = self.classes.breaks[n - 1] if n else 0.0
        if self.view.per is Per.COUNT:
            low = max(under + 1, FEW if self.figures.hidden and not n and not sign else 1)
        else:
            low = min((abs(v) for v in self.figures.values if v is not None and under < abs(v) <= high), default=high)
        # Two classes that look as if they met are told with one more digit.
        digits = 3 if number(low) != number(under) else 4
        told = sorted((low, high), reverse=sign == MINUS)
        if low >= high:
            return sign + number(high, digits)
        low_told, high_told = (sign + number(value, digits) for value in told)
        return self.words("planner-bounds", signed="yes" if sign else "no", low=low_told, high=high_told)

    def data(self, tiles: dict[str, Any]) -> dict[str, Any]:
        """Answer what the browser paints; lists by unit number, the unit 1 first.

        Parameters
        ----------
        tiles : dict
            Where the outlines of this kind of unit are.
        """
        told = self.figures
        plain = self.view.per is Per.COUNT and told.before is None
        return {
            "kind": told.question.kind,
            "counts": told.counts,
            "before": told.before,
            "values": None if plain else told.values,
            "diverging": self.classes.kind == "diverging",
            "ramp": ramp_of(self.view.layer),
            "breaks": self.classes.breaks,
            "colours": _colours(self.classes),
            "asked": self._asked(),
            "words": self._spoken(),
            **tiles,
        }

    def _asked(self) -> str:
        """The question as the figures' own addresses take it: days instead of names."""
        asked = self.figures.question
        parts = {
            "layer": asked.layer.value,
            "level": asked.kind,
            "per": asked.per.value,
            "family": asked.family,
            "channel": asked.channel,
            "from": asked.period.since,
            "to": asked.period.until,
        }
        return urlencode({name: value for name, value in parts.items() if value})

    def _spoken(self) -> dict[str, str]:
        """The lines of the label at the pointer; the script fills in {n} and {v}."""
        words, layer, what = self.words, self.view.layer.value, self.what
        return {
            "count": words("planner-tip-count", layer=layer, what=what, n="{n}"),
            "value": words("planner-tip-value", per=self.view.per.value, v="{v}"),
            "before": words("planner-tip-before", what=what, n="{n}"),
            "change": words("planner-tip-change", v="{v}"),
            "hidden": self.untold,
            "unknown": words("planner-no-households"),
        }


def number(value: float, digits: int = 3) -> str:
    """Answer a number as a legend shows it: thousands apart, three digits that count, or as many as asked.

    >>> number(12034.0), number(3.14159), number(0.00123), number(120.4)
    ('12,034', '3.14', '0.00123', '120')
    """
    if value == int(value) or abs(value) >= 10**digits:
        return f"{value:,.0f}"
    return f"{value:.{digits}g}"


def kind_name(kind: str, words: Words) -> str:
    """Answer a kind of unit in words."""
    return words("planner-cell", km=CELL_KM[kind]) if kind in CELL_KM else level_name(kind, words)


def period_name(span: str, period: Period, words: Words) -> str:
    """Answer a period as a part of a sentence."""
    month = month_of(span)
    if month is not None:
        return words("planner-in-month", month=words("planner-month", year=str(month.year), month=month.month))
    if span != DAYS:
        return words("planner-period", span=NAMED_SPANS[span])
    ends = {"since": period.since, "until": last_day(period)}
    said = {
        name: words("time-day", year=str(day.year), month=day.month, day=day.day) for name, day in ends.items() if day
    }
    return words(
        "planner-days", known="-".join(said) or "all", since=said.get("since", ""), until=said.get("until", "")
    )


def _colours(classes: Classes) -> list[int]:
    """Which steps of the ramp the classes take."""
    n = len(classes.breaks)
    return spread(n, MOST if classes.kind == "sequential" else MOST // 2) if n else []
