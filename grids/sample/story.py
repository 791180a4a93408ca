"""The nursery story, INVENTED from its first to its last line.

A fire in a nursery of this town was in the news; nothing else here is: the village (示例村) exists on no
map, every date, sentence, channel and number is made up, and nobody from the press appears.  Owns the
one history that the product must make impossible: the same rubbish reported again and again, closed by
silence, sent round, never solved, until it burns; and how it begins anew, with the case that waits for
whoever tries the demo.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

import numpy as np
from shapely import Polygon

from gis.datums import Datum, from_wgs84
from gis.drawing import DIGITS
from grids.sample.city import SHANGHAI
from grids.sample.divisions import EXAMPLE_VILLAGE
from grids.sample.histories import ANSWERS, SampleEvent, lived
from grids.sample.lives import SILENCE
from grids.sample.reports import SampleCase, SampleReport
from grids.sample.sites import beside_nursery

FIRE_AT = datetime(2019, 12, 18, 13, 20, tzinfo=SHANGHAI)
"""The invented day on which it burns."""

_BOTH_HAZARD: Final = {"recheck": ["recurring", "hazard"]}


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


def _day(month: int, day: int, hour: int, minute: int = 0, year: int = 2019) -> datetime:
    return datetime(year, month, day, hour, minute, tzinfo=SHANGHAI)


def tell_story(nursery: Polygon, now: datetime) -> list[SampleCase]:
    """The story in the order in which it is to be stored; the last case is open and waits.

    Parameters
    ----------
    nursery
        Outline of the nursery, lon lat; every pin lies within 40 m of its eastern edge.
    now
        Its last two cases are of the weeks before this instant, too far apart for the one to open the other again.
    """
    told = [*_spring(), *_summer(), *_winter(), *_anew(now)]
    return [
        SampleCase(lived(events), _report(nursery, one), hazard=hazard, recurring=hazard and one.category == "dumping")
        for one, events, hazard in told
    ]


_Case = tuple[_Told, list[SampleEvent], bool]


def _case(told: _Told, steps: Sequence[SampleEvent], *, hazard: bool = False) -> _Case:
    return told, [SampleEvent(told.at, "receive"), *steps], hazard


def _joined(told: _Told, at: datetime, place: int) -> _Case:
    """Another report of a case that stands so many cases before it."""
    return _case(told, [SampleEvent(at, "merge", "desk", other=-place)])


def _spring() -> list[_Case]:
    """Reported from a telephone and in the village's box, said to be solved, closed by silence."""
    first = _Told(_day(3, 11, 7, 40), "app", "苗圃经营者", "苗圃东边沟沿有人倒垃圾，挨着树苗，怕着火。", (14, 8))
    again = _Told(
        _day(4, 2, 9, 0), "village_box", "路过村民", "东沟边的垃圾还在，越堆越多。",
        place_words="示例村东沟边，苗圃东侧",
    )  # fmt: skip
    claimed_at = _day(4, 10, 16)
    return [
        _case(first, [
            SampleEvent(_day(3, 12, 9), "accept", "desk"),
            SampleEvent(_day(3, 12, 9, 30), "dispatch", "desk"),
            SampleEvent(_day(3, 20, 15), "start", "owner"),
            SampleEvent(_day(4, 3, 10), "merge_in", "desk", other=1),
            SampleEvent(claimed_at, "claim", "owner", words="已通知保洁员清理", data={"recheck": []}),
            SampleEvent(claimed_at + SILENCE, "lapse"),
        ]),
        _joined(again, _day(4, 3, 10), 1),
    ]  # fmt: skip


def _summer() -> list[_Case]:
    """Told by telephone, sent back, handed to the county, given more time, said to be solved, closed by silence."""
    first = _Told(
        _day(6, 9, 20, 15), "hotline", "苗圃经营者", "上次说清了，没几天又倒上了，还在苗圃东边。",
        place_words="示例村苗圃东边、东沟西沿",
    )  # fmt: skip
    july = _Told(_day(7, 21, 6, 50), "wechat", "邻地农户", "苗圃旁边垃圾堆臭得不行，沟也堵了。", (22, -12),
                 Datum.GCJ02, 35.0)  # fmt: skip
    august = _Told(_day(8, 15, 10, 30), "talking_point", "苗圃经营者", "第三回说了，垃圾挨着苗木，天干要出事。",
                   (17, 3), accuracy_m=30.0)  # fmt: skip
    claimed_at = _day(8, 23, 17)
    return [
        _case(first, [
            SampleEvent(_day(6, 11, 10), "accept", "desk"),
            SampleEvent(_day(6, 18, 9), "dispatch", "desk"),
            SampleEvent(_day(6, 25, 16), "return", "owner", words="清运需要车辆，网格没有，请转县城管局"),
            SampleEvent(_day(7, 1, 9), "dispatch", "desk", to="城管局"),
            SampleEvent(_day(7, 22, 9), "merge_in", "desk", other=1),
            SampleEvent(_day(8, 16, 9), "merge_in", "desk", other=2),
            SampleEvent(_day(8, 16, 11), "ask_extension", "owner", words="车辆检修，一周后进场", hours=168.0),
            SampleEvent(_day(8, 19, 10), "approve_extension", "above"),
            SampleEvent(_day(8, 20, 14), "start", "owner"),
            SampleEvent(claimed_at, "claim", "owner", words="已清运一车", data={"recheck": []}),
            SampleEvent(claimed_at + SILENCE, "lapse"),
        ]),
        _joined(july, _day(7, 22, 9), 1),
        _joined(august, _day(8, 16, 9), 2),
    ]  # fmt: skip


def _winter() -> list[_Case]:
    """Accepted and left lying until it burns; then "solved", denied, one level up, looked at, evaluated."""
    october = _Told(_day(10, 13, 17, 5), "wechat", "散步老人", "东沟边垃圾有人烧过，黑了一片，苗圃就在旁边。",
                    (26, 15), Datum.GCJ02, 25.0)  # fmt: skip
    november = _Told(_day(11, 17, 8, 20), "app", "苗圃经营者", "还是苗圃东边这堆垃圾，春天说到现在，没人真清过。",
                     (12, 5), accuracy_m=9.0)  # fmt: skip
    fire = _Told(FIRE_AT, "hotline", "苗圃经营者", "垃圾堆着火，烧进苗圃了，十几亩树苗。", (4, 2),
                 accuracy_m=50.0, category="fire")  # fmt: skip
    minute = timedelta(minutes=1)
    return [
        _case(october, [
            SampleEvent(_day(10, 16, 11), "accept", "desk"),
            SampleEvent(_day(11, 18, 9), "merge_in", "desk", other=1),
            SampleEvent(_day(11, 20, 9), "dispatch", "desk"),
            SampleEvent(_day(12, 19, 8), "start", "owner"),
            SampleEvent(_day(12, 20, 17), "claim", "owner", words="垃圾堆已清走", data=dict(_BOTH_HAZARD)),
            SampleEvent(_day(12, 21, 9), "deny", words="苗都烧没了才来，沟里还有一半没清。"),
            SampleEvent(_day(12, 23, 9), "dispatch", "desk", to="城管局"),
            SampleEvent(_day(12, 23, 15), "start", "owner"),
            SampleEvent(_day(12, 27, 11), "claim", "owner", words="沟沿和沟底已清运",
                        data={"recheck": ["recurring", "hazard", "reopened"]}),
            SampleEvent(_day(12, 30, 10), "fail_recheck", "recheck", words="沟底仍有残渣，返工"),
            SampleEvent(_day(1, 3, 16, year=2020), "claim", "owner", words="沟底清完，立了禁倒牌",
                        data={"recheck": ["recurring", "hazard", "reopened"]}),
            SampleEvent(_day(1, 6, 10, year=2020), "pass_recheck", "recheck", words="现场看过，已清理干净"),
            SampleEvent(_day(1, 7, 8, year=2020), "evaluate", data={"rating": "partly"}),
        ], hazard=True),
        _joined(november, _day(11, 18, 9), 1),
        _case(fire, [
            SampleEvent(FIRE_AT + 4 * minute, "dispatch", "desk", to="消防救援大队"),
            SampleEvent(FIRE_AT + 20 * minute, "start", "owner"),
            SampleEvent(FIRE_AT + 190 * minute, "claim", "owner", words="明火已扑灭，过火面积已测量",
                        data={"recheck": ["hazard"]}),
            SampleEvent(_day(12, 19, 9), "pass_recheck", "recheck", words="火已熄灭，无复燃"),
        ], hazard=True),
    ]  # fmt: skip


def _anew(now: datetime) -> list[_Case]:
    """The nursery is planted again, and so is the rubbish: closed by silence weeks ago, told again as a new case."""
    spoken = now - timedelta(days=47, hours=3)
    claimed_at = spoken + timedelta(days=3, hours=2)
    before = _Told(spoken, "hotline", "苗圃经营者", "补栽的苗刚活，东沟边又有人夜里倒垃圾。", (13, 9),
                   accuracy_m=40.0)  # fmt: skip
    last = _Told(
        now - timedelta(minutes=40), "hotline", "苗圃经营者", "上回说清了，根本没清干净，昨晚又倒了两车，还有烟头。",
        (15, 6), accuracy_m=40.0,
    )  # fmt: skip
    return [
        _case(before, [
            SampleEvent(spoken + timedelta(minutes=50), "accept", "desk"),
            SampleEvent(spoken + timedelta(hours=2), "dispatch", "desk", to=ANSWERS),
            SampleEvent(spoken + timedelta(days=1), "start", "owner"),
            SampleEvent(claimed_at, "claim", "owner", words="已到现场清理", data={"recheck": []}),
            SampleEvent(claimed_at + SILENCE, "lapse"),
        ]),
        _case(last, [], hazard=True),
    ]  # fmt: skip


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
