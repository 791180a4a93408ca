"""What the address of ``/planner`` asks for: every part with its default, and a complaint where a part makes no sense.

Pure: knows no database and no words.  An address that somebody mailed never breaks the page.
"""

import math
import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Final
from urllib.parse import urlencode

from api.pages.planner_span import NAMED_SPANS, before, month_of, named_span, year_before
from gis.cells import RESOLUTIONS
from maps.automatic import AUTOMATIC
from maps.questions import MAP_CHANNELS, EmptyPeriodError, Layer, Per, Period, Question

DEFAULT_SPAN: Final = "12m"
DAYS: Final = "days"
COMPARISONS: Final = ("none", "before", "year_before", DAYS)
SORTS: Final = ("value", "count", "before", "name")
MAX_ZOOM: Final = 19
CELLS: Final = tuple(f"cell-{resolution}" for resolution in RESOLUTIONS)
_SHOWN: Final = 40


@dataclass(frozen=True, slots=True)
class Complaint:
    """A part of the address that was not understood: its field, what is wrong, and what was given."""

    field: str
    what: str
    given: str


@dataclass(frozen=True, slots=True)
class Place:
    """Where the map stands: centre in EPSG:4326 degrees, and zoom."""

    lon: float
    lat: float
    zoom: float


@dataclass(frozen=True, slots=True)
class View:
    """One picture of the planner's page.

    Attributes
    ----------
    layer, per, family, channel
        As of ``Question``.
    level : str
        ``auto``, a level of the edition, or ``cell-5`` … ``cell-9``.
    span, period
        The name of the period, and its days.
    vs, against
        The name of what is compared, and its days; None: nothing.
    table, hotspots, points, places : bool
        The table instead of the map; hotspots instead of the figures; points, and places that carry marks, on top.
    place : Place or None
        None: all that is served.
    sort, page
        Of the table; ``-`` before the column: the largest first.
    unit : str or None
        The key of the chosen unit.
    q : str
        What is searched for.
    complaints : tuple of Complaint
        What was not understood; the default stands in its place.
    """

    layer: Layer
    level: str
    per: Per
    family: str | None
    channel: str | None
    span: str
    period: Period
    vs: str
    against: Period | None
    table: bool
    hotspots: bool
    points: bool
    places: bool
    place: Place | None
    sort: str
    page: int
    unit: str | None
    q: str
    complaints: tuple[Complaint, ...]

    def question(self, kind: str) -> Question:
        """Answer what is counted, by a kind of unit; vacancies are of today and of no category."""
        if self.layer is Layer.VACANCIES:
            return Question(self.layer, kind, self.per)
        return Question(self.layer, kind, self.per, self.family, self.channel, self.period, self.against)

    def query(self, **changed: str) -> str:
        """Answer the query of this picture, with other parts put in or (empty) left out; defaults are left out."""
        told = {
            "layer": self.layer.value if self.layer is not Layer.UNSOLVED else "",
            "level": self.level if self.level != AUTOMATIC else "",
            "per": self.per.value if self.per is not Per.COUNT else "",
            "family": self.family or "",
            "channel": self.channel or "",
            "period": self.span if self.span != DEFAULT_SPAN else "",
            **(_days("", self.period) if self.span == DAYS else {}),
            "vs": self.vs if self.vs != "none" else "",
            **(_days("vs_", self.against) if self.vs == DAYS and self.against else {}),
            "view": "table" if self.table else "",
            "hotspots": "1" if self.hotspots else "",
            "points": "1" if self.points else "",
            "places": "1" if self.places else "",
            **(_placed(self.place) if self.place else {}),
            "sort": self.sort if self.sort != "-value" else "",
            "unit": self.unit or "",
        }
        return urlencode({name: value for name, value in (told | changed).items() if value})


def read_view(
    params: Mapping[str, str], levels: Sequence[str], families: Collection[str], cells: Sequence[str], now: datetime
) -> View:
    """Answer what an address asks for.

    Parameters
    ----------
    params : mapping
        Of the query.
    levels : sequence of str
        Of the edition, top first.
    families : collection of str
        Of the categories.
    cells : sequence of str
        The kinds of cells that the actor may ask for.
    now : datetime
        Aware; named periods end with its day.
    """
    reader = _Reader(params)
    layer = Layer(reader.one_of("layer", [each.value for each in Layer], Layer.UNSOLVED.value))
    span, period = reader.period(now)
    vs, against = reader.comparison(span, period)
    view = View(
        layer=layer,
        level=reader.level(levels, cells, layer),
        per=Per(reader.one_of("per", [each.value for each in Per], Per.COUNT.value)),
        family=reader.one_of("family", families, "") or None,
        channel=reader.one_of("channel", MAP_CHANNELS, "") or None,
        span=span,
        period=period,
        vs=vs,
        against=against,
        table=reader.one_of("view", ("map", "table"), "map") == "table",
        hotspots=reader.one_of("hotspots", ("0", "1"), "0") == "1" and layer is not Layer.VACANCIES,
        points=reader.one_of("points", ("0", "1"), "0") == "1" and layer is not Layer.VACANCIES,
        places=reader.one_of("places", ("0", "1"), "0") == "1",
        place=reader.place(),
        sort=reader.one_of("sort", [sign + name for name in SORTS for sign in ("", "-")], "-value"),
        page=reader.number("page"),
        unit=_plain(params.get("unit", ""))[:32] or None,
        q=_plain(params.get("q", "")).strip()[:100],
        complaints=(),
    )
    return replace(view, complaints=tuple(reader.complaints))


class _Reader:
    """Reads part after part, and keeps what it could not understand."""

    def __init__(self, params: Mapping[str, str]) -> None:
        self.params = params
        self.complaints: list[Complaint] = []

    def complain(self, field: str, what: str) -> None:
        self.complaints.append(Complaint(field, what, self.params.get(field, "")[:_SHOWN]))

    def one_of(self, field: str, allowed: Collection[str], default: str) -> str:
        given = self.params.get(field, "")
        if not given or given in allowed:
            return given or default
        self.complain(field, "unknown")
        return default

    def level(self, levels: Sequence[str], cells: Sequence[str], layer: Layer) -> str:
        given = self.params.get("level", "")
        if given in CELLS and given not in cells:
            self.complain("level", "too-fine")
            return AUTOMATIC
        if given in cells and layer is Layer.VACANCIES:
            self.complain("level", "not-by-cell")
            return AUTOMATIC
        return self.one_of("level", (AUTOMATIC, *levels, *cells), AUTOMATIC)

    def period(self, now: datetime) -> tuple[str, Period]:
        """The name of the period and its days."""
        default = named_span(DEFAULT_SPAN, now)
        span = self.params.get("period", "")
        if not span and (self.params.get("from") or self.params.get("to")):
            span = DAYS
        if span == DAYS:
            days = self.days("")
            return (DAYS, days) if days else (DEFAULT_SPAN, default)
        if span in NAMED_SPANS or month_of(span):
            return span, named_span(span, now)
        if span:
            self.complain("period", "unknown")
        return DEFAULT_SPAN, default

    def days(self, prefix: str) -> Period | None:
        """A period of the reader's own, None if it is none."""
        since, until = self.day(f"{prefix}from"), self.day(f"{prefix}to")
        if since is None and until is None:
            if not any(each.field.removeprefix(prefix) in ("from", "to") for each in self.complaints):
                self.complain(f"{prefix}from", "no-days")
            return None
        try:
            return Period(since, until)
        except EmptyPeriodError:
            self.complain(f"{prefix}to", "empty-period")
            return None

    def day(self, field: str) -> date | None:
        given = self.params.get(field, "")
        if not given:
            return None
        # Beyond 1900 to 2200 midnights overflow between zones.
        if re.fullmatch(r"(19|2[01])\d\d-\d\d-\d\d", given, re.ASCII):
            try:
                return date.fromisoformat(given)
            except ValueError:
                pass
        self.complain(field, "bad-day")
        return None

    def comparison(self, span: str, period: Period) -> tuple[str, Period | None]:
        """The name of what is compared with, and its days."""
        vs = self.params.get("vs", "")
        if not vs and (self.params.get("vs_from") or self.params.get("vs_to")):
            vs = DAYS
        if vs == DAYS:
            days = self.days("vs_")
            return (DAYS, days) if days else ("none", None)
        vs = self.one_of("vs", COMPARISONS, "none") if vs else "none"
        if vs == "none":
            return vs, None
        if period.since is None or period.until is None:
            self.complain("vs", "no-before")
            return "none", None
        return vs, before(span, period) if vs == "before" else year_before(period)

    def place(self) -> Place | None:
        given = [self.params.get(name, "") for name in ("lon", "lat", "z")]
        if not any(given):
            return None
        try:
            lon, lat, zoom = map(float, given)
        except ValueError:
            lon = lat = zoom = math.nan
        if abs(lon) <= 180 and abs(lat) <= 85 and 0 <= zoom <= MAX_ZOOM:
            return Place(lon, lat, zoom)
        self.complain("z", "bad-place")
        return None

    def number(self, field: str) -> int:
        given = self.params.get(field, "")
        return max(1, int(given)) if given.isascii() and given.isdigit() and len(given) < 6 else 1


def _plain(given: str) -> str:
    """A text without the signs that nobody can type and the database does not take."""
    return "".join(sign for sign in given if sign.isprintable())


def _days(prefix: str, period: Period) -> dict[str, str]:
    return {
        f"{prefix}from": period.since.isoformat() if period.since else "",
        f"{prefix}to": period.until.isoformat() if period.until else "",
    }


def _placed(place: Place) -> dict[str, str]:
    return {"z": f"{place.zoom:.2f}", "lon": f"{place.lon:.5f}", "lat": f"{place.lat:.5f}"}
