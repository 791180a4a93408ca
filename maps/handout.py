"""What a map says that is handed to somebody: title, what is counted, legend, notes, source; in HTML and on paper.

Knows no markup and no drawing; what a unit's class is called here is the name of its colour.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from grids.explain import level_name
from grids.language import Words
from maps import hotspot_words
from maps.classes import MOST, Classes
from maps.frames import HIDDEN, UNKNOWN, ZERO, Frame, Frames
from maps.hotspots import HotspotLayer
from maps.layers import FEW, Figures, counts_what
from maps.palette import ramp_of, spread
from maps.questions import Per, Period

_LOCAL: Final = ZoneInfo("Asia/Shanghai")


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the legend: the name of a colour, what it means, how many units have it."""

    colour: str
    text: str
    units: int


@dataclass(frozen=True, slots=True)
class Asked:
    """What the person who makes a map chose to say.

    Attributes
    ----------
    title : str or None
        Instead of the one that follows from the question.
    family, channel : str or None
        What the question's family and channel are called.
    name : str or None
        With whose rights it was made; None: as the public.
    """

    title: str | None = None
    family: str | None = None
    channel: str | None = None
    name: str | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Handout:
    """A map ready to be drawn, in the words of one language."""

    figures: Figures
    classes: Classes
    frames: Frames
    hotspots: HotspotLayer | None
    hotspot_cells: Frame | None
    words: Words
    asked: Asked

    @property
    def title(self) -> str:
        """Its title."""
        key = "map-title" if self.figures.before is None else "map-title-compared"
        return self.asked.title or self.words(key, area=self._area, layer=self._layer)

    @property
    def said(self) -> list[str]:
        """What is counted, of what period, and what was left out: whole sentences."""
        question = self.figures.question
        day = _day(self.figures.at.astimezone(_LOCAL).date(), self.words)
        period = _period(question.period, self.words)
        said = [self.words("map-said", layer=self._layer, period=period, day=day, unit=self.unit)]
        if question.against is not None:
            said.append(self.words("map-compared", period=_period(question.against, self.words)))
        if self.asked.family:
            said.append(self.words("map-only-family", family=self.asked.family))
        if self.asked.channel:
            said.append(self.words("map-only-channel", channel=self.asked.channel))
        return [one[:1].upper() + one[1:] for one in said]

    @property
    def total(self) -> str:
        """How many there are, wherever they are."""
        return self.words("map-total", what=self._what, n=self._told(self.figures.total))

    def _told(self, n: int | None) -> str:
        return number(n) if n is not None else self.words("map-few", most=str(FEW - 1))

    @property
    def notes(self) -> list[str]:
        """What the reader has to know to defend the map: whole sentences."""
        figures = self.figures
        notes = [self.words("map-means", layer=self._layer)]
        if figures.apart is not None:
            parts = figures.apart
            notes.append(
                self.words("map-apart", residents=number(parts.residents), patrol=number(parts.patrol), what=self._what)
            )
        if figures.unplaced != 0:
            notes.append(self.words("map-unplaced", what=self._what, n=self._told(figures.unplaced), unit=self.unit))
        if figures.hidden:
            notes.append(self.words("map-public", most=str(FEW - 1)))
        return notes

    @property
    def empty(self) -> str | None:
        """What an empty map says instead of classes."""
        return self.words("map-empty", layer=self._layer) if self.figures.empty else None

    @property
    def heading(self) -> str:
        """What the numbers of the legend are."""
        compared = "no" if self.figures.before is None else "yes"
        return self.words("map-heading", per=self.figures.question.per.value, compared=compared, what=self._what)

    @property
    def unit(self) -> str:
        """What a unit is called: a level or a cell."""
        kind = self.figures.question.kind
        return self.words("map-unit-cell") if kind.startswith("cell-") else level_name(kind, self.words)

    @property
    def source(self) -> str:
        """Whose boundaries they are."""
        return self.words("map-source", edition=self.figures.edition.name, source=self.figures.edition.source)

    @property
    def made(self) -> str:
        """When it was made, and with what."""
        at = self.figures.at.astimezone(_LOCAL)
        moment = self.words("map-moment", time=f"{at:%H:%M}", year=str(at.year), month=at.month, day=at.day)
        return self.words("map-made", moment=moment)

    @property
    def marks(self) -> list[tuple[str, str]]:
        """What stands across the corner: pairs of a kind (``demo``, ``internal``) and the word."""
        demo = [("demo", self.words("map-demo"))] if self.figures.edition.synthetic else []
        return demo + ([("internal", self.words("map-internal"))] if self.asked.name else [])

    @property
    def legend(self) -> list[Row]:
        """The classes, the highest first, with zero in its place, then what has no number."""
        rows = [*self._classes()]
        found = self.frames.units["class"]
        hidden, unknown = int((found == HIDDEN).sum()), int((found == UNKNOWN).sum())
        if hidden:
            rows.append(Row("hidden", self.not_told, hidden))
        if unknown:
            rows.append(Row("unknown", self.words("map-no-households"), unknown))
        return rows

    @property
    def not_told(self) -> str:
        """What stands where a number is kept back: too small for the public, or not the actor's to see."""
        return self.words("map-few", most=str(FEW - 1)) if self.figures.hidden else self.words("map-not-told")

    @property
    def hotspot_heading(self) -> str:
        """What the hotspots are of; nothing where the map has none."""
        return hotspot_words.heading(self.hotspots, self.words) if self.hotspots else ""

    @property
    def hotspot_legend(self) -> list[Row]:
        """The bins of the hotspots that occur and have a colour, the hottest first."""
        bins = hotspot_words.legend(self.hotspots, self.words) if self.hotspots else []
        return [Row(each.colour, each.text, each.units) for each in bins if each.units and each.colour != "none"]

    @property
    def hotspot_notes(self) -> list[str]:
        """How hotspots were found, or why none are shown: whole sentences."""
        if self.hotspots is None:
            return []
        told = (hotspot_words.verdict, hotspot_words.how, hotspot_words.left_out)
        said = [each(self.hotspots, self.words) for each in told]
        return [one for one in said if one is not None]

    def colour_of(self, place: int) -> str:
        """Answer the name of the colour of a class, as ``Frames.units`` numbers them."""
        if place in (HIDDEN, UNKNOWN):
            return "hidden" if place == HIDDEN else "unknown"
        diverging = self.classes.kind == "diverging"
        if place == ZERO:
            return "div-0" if diverging else "seq-0"
        step = spread(len(self.classes.breaks), MOST // 2 if diverging else MOST)[abs(place) - 1]
        if diverging:
            return f"div-{'m' if place < 0 else 'p'}{step}"
        return f"{ramp_of(self.figures.question.layer)}-{step}"

    def _classes(self) -> Iterator[Row]:
        classes = self.classes
        many = len(classes.breaks)
        if classes.kind == "sequential":
            for place in range(many, 0, -1):
                yield Row(self.colour_of(place), self._bounds(place), classes.sizes[place - 1])
            if classes.zero or not many:
                yield Row(self.colour_of(ZERO), "0", classes.zero)
            return
        for place in range(many, 0, -1):
            text = self.words("map-more", bounds=self._bounds(place))
            yield Row(self.colour_of(place), text, classes.sizes[many + place - 1])
        yield Row(self.colour_of(ZERO), self.words("map-same"), classes.zero)
        for place in range(1, many + 1):
            text = self.words("map-fewer", bounds=self._bounds(place))
            yield Row(self.colour_of(-place), text, classes.sizes[many - place])

    def _bounds(self, place: int) -> str:
        """The least and the largest value of a class: whole numbers without a gap, others as they occur."""
        high = self.classes.breaks[place - 1]
        under = self.classes.breaks[place - 2] if place > 1 else 0.0
        if self.figures.question.per is Per.COUNT:
            public = self.figures.hidden and place == 1 and self.figures.before is None
            low = max(under + 1, FEW if public else 1)
        else:
            values = (abs(value) for value in self.figures.values if value is not None)
            low = min((value for value in values if under < value <= high), default=high)
        return number(high) if low >= high else self.words("map-bounds", low=number(low), high=number(high))

    @property
    def _layer(self) -> str:
        return self.figures.question.layer.value

    @property
    def _what(self) -> str:
        return counts_what(self.figures.question.layer)

    @property
    def _area(self) -> str:
        """The area that the whole map shows; a set of wards has none."""
        top = next(iter(self.frames.borders.values()), None)
        return str(top["name"].iloc[0]) if top is not None and len(top) == 1 else self.figures.edition.name


def number(value: float) -> str:
    """Answer a number as it is read: thousands apart, no digits that say nothing.

    >>> number(12345.0), number(0.25), number(1234567.5)
    ('12,345', '0.25', '1,234,567.5')
    """
    return f"{value:,.10g}"


def _day(day: date, words: Words) -> str:
    return words("map-day", year=str(day.year), month=day.month, day=day.day)


def _period(period: Period, words: Words) -> str:
    """Answer a period by its first and its last day."""
    said = {}
    if period.since is not None:
        said["since"] = _day(period.since, words)
    if period.until is not None:
        said["until"] = _day(period.until - timedelta(days=1), words)
    return words("map-period", known="-".join(said) or "all", since=said.get("since", ""), until=said.get("until", ""))
