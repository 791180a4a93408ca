"""A year of invented reports in cases: where, when, about what, through which channel, in which words.

Owns the generator.  It knows the drawn areas and no database; which grid a report falls to and who
answers is not decided here but matched when the reports are loaded.  Each report begins a case, as in the service;
other reports of the same thing are joined into the first one's.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache

import numpy as np
import shapely

from gis.datums import Datum, from_wgs84
from gis.drawing import DIGITS, PLANE_SCALE_M, Floats, Ints
from grids.sample.categories import CATEGORIES, SampleCategory
from grids.sample.city import SHANGHAI, Area
from grids.sample.divisions import EXAMPLE_VILLAGE
from grids.sample.histories import Life
from grids.sample.lives import Kind, live
from grids.sample.postings import DEPARTMENT_OF
from grids.sample.words import place_words, sentence

YEAR = timedelta(days=365)

_HOT_SHARE = 0.38
_REPORTS_PER_HOT_SPOT = 260
_EXAMPLE_LOUDNESS = 12.0
_RECURRING_SHARE = 0.3
_COUNTY_DIGITS = 6
_HOT_CATEGORIES = ("dumping", "dumping", "exposed_rubbish", "dirty_water", "noise", "stray_dogs", "road_damage")

# How often each is reported, and its share in each month from January to December.
_SEASONS: dict[str, tuple[float, tuple[int, ...]]] = {
    "exposed_rubbish": (16, (8, 9, 8, 8, 9, 10, 12, 12, 9, 8, 7, 7)),
    "dumping": (12, (6, 7, 10, 11, 9, 8, 7, 7, 9, 10, 9, 7)),
    "fire": (0.4, (9, 9, 8, 5, 3, 3, 1, 1, 3, 6, 8, 9)),
    "straw_burning": (4, (2, 3, 5, 2, 2, 26, 3, 1, 6, 32, 14, 4)),
    "road_damage": (11, (8, 8, 9, 8, 8, 8, 11, 11, 8, 7, 7, 7)),
    "street_lamp": (9, (11, 9, 7, 6, 5, 5, 5, 6, 8, 11, 13, 14)),
    "wells_ditches": (6, (2, 3, 9, 10, 9, 12, 20, 17, 7, 5, 4, 2)),
    "dirty_water": (5, (2, 3, 5, 8, 10, 15, 19, 18, 9, 6, 3, 2)),
    "stray_dogs": (5, (6, 7, 10, 11, 10, 9, 8, 8, 9, 9, 7, 6)),
    "noise": (7, (5, 5, 7, 8, 10, 12, 13, 13, 10, 7, 5, 5)),
    "small_ads": (4, (8, 8, 9, 9, 9, 8, 8, 8, 9, 8, 8, 8)),
    "illegal_building": (3, (4, 5, 12, 13, 12, 9, 7, 7, 10, 11, 7, 3)),
    "farmland": (2.5, (4, 5, 13, 13, 9, 8, 6, 6, 10, 13, 9, 4)),
    "safety_hazard": (5, (8, 8, 8, 8, 8, 9, 11, 11, 8, 7, 7, 7)),
    "neighbour_dispute": (4, (8, 10, 9, 8, 8, 8, 9, 9, 8, 8, 8, 7)),
    "elderly_care": (3, (14, 13, 8, 7, 6, 6, 7, 7, 6, 7, 8, 11)),
    "other": (5, (8, 8, 9, 9, 8, 8, 8, 8, 8, 9, 9, 8)),
    "cadre_conduct": (0.6, (8, 8, 9, 9, 8, 8, 8, 8, 8, 9, 9, 8)),
}
_HOURS = np.array([1, 1, 0.5, 0.5, 0.5, 2, 5, 9, 10, 9, 8, 6, 5, 5, 7, 8, 8, 9, 9, 8, 7, 5, 3, 2], dtype=float)


@dataclass(frozen=True)
class _Channel:
    """A way to report: how usual, how often with a pin, in which datum, how exactly (median metres)."""

    name: str
    share: float
    pinned: float
    datum: Datum
    accuracy_m: float


_CHANNELS = (
    _Channel("app", 0.22, 0.97, Datum.WGS84, 14.0),
    _Channel("wechat", 0.34, 0.93, Datum.GCJ02, 24.0),
    _Channel("hotline", 0.20, 0.12, Datum.GCJ02, 60.0),
    _Channel("village_box", 0.07, 0.0, Datum.WGS84, 50.0),
    _Channel("talking_point", 0.09, 0.35, Datum.WGS84, 40.0),
    _Channel("patrol", 0.08, 1.0, Datum.CGCS2000, 6.0),
)
_FIRST_CHANNEL = np.cumsum([channel.share for channel in _CHANNELS])


@dataclass(slots=True)
class SampleReport:
    """What somebody is made to say: with a pin (``lon_lat``, WGS84) or with a village's code and words."""

    category: str
    channel: str
    received_at: datetime
    seen_at: datetime
    words: str
    lon_lat: tuple[float, float] | None = None
    given: tuple[float, float] | None = None
    datum: str | None = None
    accuracy_m: float | None = None
    area_code: str | None = None
    place_words: str | None = None
    contact: str | None = None


@dataclass(slots=True)
class SampleCase:
    """A case with the report that it began with; ``life.merged_into`` says in which other one it went on."""

    life: Life
    report: SampleReport
    hazard: bool = False
    recurring: bool = False


@dataclass(frozen=True)
class _HotSpot:
    place: Floats
    village: str
    category: int
    spread_m: float
    months: frozenset[int]


class Ground:
    """The drawn areas as the generator needs them: grids to draw from, villages for words.

    Parameters
    ----------
    areas
        All areas of the edition in force.
    rng
        Decides which townships speak up more than others.
    """

    def __init__(self, areas: Sequence[Area], rng: np.random.Generator) -> None:
        grids = sorted((area for area in areas if area.level == "grid"), key=lambda area: area.code)
        self.shapes = np.array([grid.geom for grid in grids], dtype=object)
        self.labels = np.array([grid.label for grid in grids])
        self.villages = [grid.chain[-2] for grid in grids]
        _, township = np.unique([grid.chain[-3] for grid in grids], return_inverse=True)
        speaking = rng.lognormal(0.0, 0.45, township.max() + 1)[township]
        # The example village speaks up more than any real one would: the log-in of the demo is its head's.
        own = np.where([grid.chain[-2] == EXAMPLE_VILLAGE for grid in grids], _EXAMPLE_LOUDNESS, 1.0)
        weight = np.array([grid.households for grid in grids]) * speaking * own
        self._chance = np.cumsum(weight / weight.sum())
        counties = [area for area in areas if area.level == "county"]
        overlays = shapely.union_all([area.geom for area in counties if area.overlay])
        self._counties = {
            area.code: area.geom if area.overlay else shapely.difference(area.geom, overlays) for area in counties
        }
        shapely.prepare(list(self._counties.values()))

    def shares_county(self, lon_lat: Floats, village: str) -> bool:
        """Whether the county of a village answers for a place: cases are joined within a county alone."""
        return bool(shapely.contains_xy(self._counties[village[:_COUNTY_DIGITS]], lon_lat[0], lon_lat[1]))

    def draw(self, count: int, rng: np.random.Generator) -> tuple[Ints, Floats]:
        """Grids by their households, and a point within each: ``(n,)`` positions and ``(n, 2)`` lon lat."""
        which = np.minimum(np.searchsorted(self._chance, rng.random(count)), len(self.shapes) - 1)
        bounds = shapely.bounds(self.shapes[which])
        places = self.labels[which].copy()
        todo = np.arange(count)
        for _ in range(12):
            tried = bounds[todo, :2] + rng.random((len(todo), 2)) * (bounds[todo, 2:] - bounds[todo, :2])
            hit = shapely.contains_xy(self.shapes[which[todo]], tried)
            places[todo[hit]] = tried[hit]
            todo = todo[~hit]
        return which.astype(np.int64), places


def draw_reports(
    areas: Sequence[Area], count: int, seed: int, until: datetime, told: Callable[[int], None] = lambda _: None
) -> list[SampleCase]:
    """Invent reports over the year before an instant, in cases.

    Parameters
    ----------
    areas
        All areas of the edition in force.
    count
        How many reports.
    seed
        The same seed, count, areas and instant give the same reports.
    until
        The end of the year; nothing is dated at or after it.
    told
        Is told how many reports were made since it was last told.
    """
    rng = np.random.default_rng([seed, 20_000])
    ground = Ground(areas, rng)
    hot = _hot_spots(ground, max(12, count // _REPORTS_PER_HOT_SPOT), rng)
    cases: list[SampleCase] = []
    left = count
    while left:
        which, places = ground.draw(min(left, 5000), rng)
        for grid, place in zip(which.tolist(), places, strict=True):
            drawn = _cases(ground, ground.villages[grid], place, hot, left, until, rng)
            cases += drawn
            left -= len(drawn)
            told(len(drawn))
            if not left:
                break
    return cases


def _hot_spots(ground: Ground, count: int, rng: np.random.Generator) -> list[_HotSpot]:
    which, places = ground.draw(count, rng)
    codes = [category.code for category in CATEGORIES]
    spots = []
    for grid, place in zip(which.tolist(), places, strict=True):
        category = codes.index(_HOT_CATEGORIES[int(rng.random() * len(_HOT_CATEGORIES))])
        first, length = int(rng.random() * 12), 12 if rng.random() < 0.5 else 2 + int(rng.random() * 4)
        months = frozenset((first + month) % 12 + 1 for month in range(length))
        spots.append(_HotSpot(place, ground.villages[grid], category, float(rng.uniform(25, 130)), months))
    return spots


def _cases(
    ground: Ground,
    village: str,
    place: Floats,
    hot: Sequence[_HotSpot],
    left: int,
    until: datetime,
    rng: np.random.Generator,
) -> list[SampleCase]:
    """A case, and after it those of the other reports of the same thing."""
    dice = rng.random(8)
    day, category = _day_and_category(until, dice)
    # Squaring the dice makes some hot spots much hotter than others.
    spot = hot[int(dice[2] ** 2 * len(hot))] if dice[3] < _HOT_SHARE else None
    if spot and day.month in spot.months:
        category, village = CATEGORIES[spot.category], spot.village
        place = spot.place + rng.normal(0, spot.spread_m, 2) / PLANE_SCALE_M
    else:
        spot = None
    size = min(left, 2 + min(6, int(rng.geometric(0.45)) - 1) if dice[4] < (0.32 if spot else 0.12) else 1)
    recurring = spot is not None and bool(dice[5] < _RECURRING_SHARE)
    kind = Kind(category.solve_hours, DEPARTMENT_OF.get(category.family), recurring)
    life, duplicates = live(_moment(day, until, rng), kind, size, until, rng)
    lives = [life, *(d.life(until, place=number) for number, d in enumerate(duplicates, 1))]
    return [
        SampleCase(
            one, _report(ground, category, one.events[0].at, village, place, rng), recurring=recurring and one is life
        )
        for one in lives
    ]


def _day_and_category(until: datetime, dice: Floats) -> tuple[datetime, SampleCategory]:
    day = (until - YEAR * float(dice[0])).astimezone(SHANGHAI)
    weights = _cumulative_by_month()[day.month - 1]
    return day, CATEGORIES[int(np.searchsorted(weights, dice[1] * weights[-1], side="right"))]


@cache
def _cumulative_by_month() -> Floats:
    table = np.array([np.array(_SEASONS[c.code][1]) * _SEASONS[c.code][0] for c in CATEGORIES], dtype=float)
    return np.cumsum(table, axis=0).T


def _moment(day: datetime, until: datetime, rng: np.random.Generator) -> datetime:
    """A time of day at which people report; on the last day itself, any earlier one."""
    hour = int(np.searchsorted(np.cumsum(_HOURS / _HOURS.sum()), rng.random()))
    moment = day.replace(
        hour=min(hour, 23), minute=int(rng.random() * 60), second=int(rng.random() * 60), microsecond=0
    )
    if moment < until:
        return moment
    return until - timedelta(minutes=1 + float(rng.random()) * 600)


def _report(
    ground: Ground, category: SampleCategory, at: datetime, village: str, place: Floats, rng: np.random.Generator
) -> SampleReport:
    dice = rng.random(9).tolist()
    channel = _CHANNELS[min(int(np.searchsorted(_FIRST_CHANNEL, dice[0])), len(_CHANNELS) - 1)]
    if category.private and channel.name == "patrol":
        channel = _CHANNELS[2]
    report = SampleReport(
        category.code,
        channel.name,
        at,
        at - timedelta(minutes=1 + 300 * dice[1] ** 4 * (12 if channel.name == "village_box" else 1)),
        sentence(category.code, (dice[2], dice[3], dice[4], dice[5])),
        contact=f"演示居民{int(dice[6] * 1e7):07d}" if dice[7] < 0.55 and channel.name != "patrol" else None,
    )
    pinned = channel.pinned * (0.35 if category.private else 1.0)
    if dice[8] < pinned and _pin(report, channel, (village, place), ground, rng):
        return report
    report.area_code = village
    report.place_words = place_words(dice[2])
    return report


def _pin(
    report: SampleReport, channel: _Channel, where: tuple[str, Floats], ground: Ground, rng: np.random.Generator
) -> bool:
    """Give the report a pin, unless it would fall outside the county of its village."""
    accuracy_m = float(np.clip(rng.lognormal(np.log(channel.accuracy_m), 0.5), 3, 450))
    village, place = where
    lon_lat = np.round(place + rng.normal(0, accuracy_m / 2, 2) / PLANE_SCALE_M, DIGITS)
    if not ground.shares_county(lon_lat, village):
        return False
    given = np.round(from_wgs84(lon_lat[None, :], channel.datum)[0], DIGITS)
    report.lon_lat = (float(lon_lat[0]), float(lon_lat[1]))
    report.given = (float(given[0]), float(given[1]))
    report.datum = channel.datum.value
    report.accuracy_m = round(accuracy_m, 1)
    return True
