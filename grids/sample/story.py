"""The nursery story of 2019, INVENTED from its first to its last line.

A fire in a nursery of this town was in the news; nothing else here is: the village (示例村) exists on no
map, every date, sentence, channel and number is made up, and nobody from the press appears.  Owns the
one history that the product must make impossible: the same rubbish reported again and again, closed
twice, never solved, until it burns.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np
from shapely import Polygon

from gis.datums import Datum, from_wgs84
from gis.drawing import DIGITS
from grids.sample.city import SHANGHAI
from grids.sample.divisions import EXAMPLE_VILLAGE
from grids.sample.lives import Life, SampleEvent
from grids.sample.reports import SampleCase, SampleReport
from grids.sample.sites import beside_nursery

FIRE_AT = datetime(2019, 12, 18, 13, 20, tzinfo=SHANGHAI)
"""The invented day on which the story ends."""


@dataclass(frozen=True)
class _Told:
    """One report of the story: when, how, by whom, what, and where (metres from the nursery's eastern edge)."""

    at: datetime
    channel: str
    speaker: str
    words: str
    metres: tuple[float, float] | None = None
    datum: Datum = Datum.WGS84
    accuracy_m: float = 15.0
    category: str = "dumping"
    place_words: str | None = None


def _day(month: int, day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2019, month, day, hour, minute, tzinfo=SHANGHAI)


def tell_story(nursery: Polygon) -> list[SampleCase]:
    """The story as three cases with eight reports.

    Parameters
    ----------
    nursery
        Outline of the nursery, lon lat; every pin lies within 40 m of its eastern edge.
    """
    first = [
        _Told(_day(3, 11, 7, 40), "app", "苗圃经营者", "苗圃东边沟沿有人倒垃圾，挨着树苗，怕着火。", (14, 8)),
        _Told(
            _day(4, 2, 9, 0), "village_box", "路过村民", "东沟边的垃圾还在，越堆越多。",
            place_words="示例村东沟边，苗圃东侧",
        ),
    ]  # fmt: skip
    second = [
        _Told(
            _day(6, 9, 20, 15), "hotline", "苗圃经营者", "上次说清了，没几天又倒上了，还在苗圃东边。",
            place_words="示例村苗圃东边、东沟西沿",
        ),
        _Told(_day(7, 21, 6, 50), "wechat", "邻地农户", "苗圃旁边垃圾堆臭得不行，沟也堵了。", (22, -12),
              Datum.GCJ02, 35.0),
        _Told(_day(8, 15, 10, 30), "talking_point", "苗圃经营者", "第三回说了，垃圾挨着苗木，天干要出事。", (17, 3),
              accuracy_m=30.0),
    ]  # fmt: skip
    third = [
        _Told(_day(10, 13, 17, 5), "wechat", "散步老人", "东沟边垃圾有人烧过，黑了一片，苗圃就在旁边。", (26, 15),
              Datum.GCJ02, 25.0),
        _Told(_day(11, 17, 8, 20), "app", "苗圃经营者", "还是苗圃东边这堆垃圾，春天说到现在，没人真清过。", (12, 5),
              accuracy_m=9.0),
        _Told(
            FIRE_AT, "hotline", "苗圃经营者", "垃圾堆着火，烧进苗圃了，十几亩树苗。", (4, 2),
            accuracy_m=50.0, category="fire",
        ),
    ]  # fmt: skip
    return [
        _case(nursery, first, [
            (_day(3, 12, 9), "accept", "accepted", {}),
            (_day(3, 12, 9, 30), "dispatch", "dispatched", {}),
            (_day(3, 20, 15), "start", "in_progress", {}),
            (_day(4, 10, 16), "claim_solved", "claimed_solved", {}),
            (_day(4, 17, 16), "close", "closed", {"confirmed": False}),
        ]),
        _case(nursery, second, [
            (_day(6, 11, 10), "accept", "accepted", {}),
            (_day(6, 18, 9), "dispatch", "dispatched", {}),
            (_day(8, 20, 14), "start", "in_progress", {}),
            (_day(8, 23, 17), "claim_solved", "claimed_solved", {}),
            (_day(8, 30, 17), "close", "closed", {"confirmed": False}),
        ]),
        _case(nursery, third, [
            (_day(10, 16, 11), "accept", "accepted", {}),
            (_day(11, 20, 9), "dispatch", "dispatched", {}),
        ]),
    ]  # fmt: skip


def _case(nursery: Polygon, told: list[_Told], steps: list[tuple[datetime, str, str, dict[str, bool]]]) -> SampleCase:
    events = [
        SampleEvent(one.at, "join" if number else "receive", "received", report=number)
        for number, one in enumerate(told)
    ]
    events += [SampleEvent(at, verb, state, staff=verb != "close", data=data) for at, verb, state, data in steps]
    events.sort(key=lambda event: event.at)
    state = "received"
    for event in events:
        if event.report is not None:
            event.state = state
        state = event.state
    return SampleCase("dumping", Life(events), [_report(nursery, one) for one in told])


def _report(nursery: Polygon, told: _Told) -> SampleReport:
    report = SampleReport(
        told.category,
        told.channel,
        told.at,
        told.at - timedelta(minutes=25),
        told.words,
        contact=f"{told.speaker}（虚构）",
    )
    if told.metres is None:
        report.area_code, report.place_words = EXAMPLE_VILLAGE, told.place_words
        return report
    report.lon_lat = beside_nursery(nursery, *told.metres)
    given = np.round(from_wgs84(np.array([report.lon_lat]), told.datum)[0], DIGITS)
    report.given, report.datum, report.accuracy_m = (
        (float(given[0]), float(given[1])),
        told.datum.value,
        told.accuracy_m,
    )
    return report
