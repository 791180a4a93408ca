"""The sample's other doors, INVENTED: a letter that the town answered after the village had not; a rota with visits.

The cases are made as the story's are; the rota is planned and changed by the service's own steps.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, Final

import psycopg
from psycopg.types.json import Jsonb

from grids.rota import NewDays
from grids.sample.acting import act
from grids.sample.city import SHANGHAI
from grids.sample.divisions import EXAMPLE_VILLAGE, WUBAIHU
from grids.sample.histories import SampleEvent, lived
from grids.sample.lives import SILENCE
from grids.sample.reports import SampleCase, SampleReport

_COUNTY: Final = WUBAIHU[:6]
_ROOMS: Final = {WUBAIHU: "五百户镇便民服务大厅一号接待室", _COUNTY: "香河县群众来访接待大厅"}
_HOURS: Final = {WUBAIHU: (time(9), time(11, 30)), _COUNTY: (time(14, 30), time(17))}
_WEEKDAYS: Final = {WUBAIHU: (1, 3, 5), _COUNTY: (2, 4)}
_TITLES: Final = {WUBAIHU: ("镇党委书记", "镇长", "镇人大主席"), _COUNTY: ("县委副书记", "副县长（分管城建）")}
_AHEAD: Final = timedelta(days=14)


@dataclass(frozen=True)
class _Told:
    """What was said so many days ago, and what was done: days later, which verb, by whom, with which words."""

    ago: float
    channel: str
    category: str
    area_code: str
    where: str
    words: str
    steps: tuple[tuple[float, str, str | None, str | None], ...]


_CARE: Final = "村西口的路灯坏了快两个月，孩子下晚自习摸黑走。"
_TOLD: Final = (
    # First the village: said to be mended, closed by silence.
    _Told(47, "village_box", "street_lamp", EXAMPLE_VILLAGE, "示例村西口，小卖部对面", _CARE, (
        (1, "accept", "desk", None),
        (1.1, "take", "owner", None),
        (6, "claim", "owner", "已通知电工"),
        (6 + SILENCE / timedelta(days=1), "lapse", None, None),
    )),
    # Then the letter, which goes past it.
    _Told(21, "letterbox", "street_lamp", EXAMPLE_VILLAGE, "示例村西口，小卖部对面",
          "投过村里的意见箱，说修好了，其实没有来过人。请镇里书记派人看一眼。", (
        (0.3, "accept", "desk", None),
        (0.4, "take", "owner", None),
        (2, "claim", "owner", "镇里的电工换了灯头和控制器，当晚亮灯，已电话告知来信人。"),
        (2.6, "confirm", None, None),
    )),
    _Told(6, "visit", "road_damage", WUBAIHU, "五百户镇集市北口", "集市北口的路塌了一块，赶集的三轮车陷进去过两次。", (
        (0.1, "accept", "desk", None),
        (0.2, "take", "owner", None),
        (3, "claim", "owner", "填了级配碎石，压实后摆了警示墩，下月铺面层。"),
        (3.8, "confirm", None, None),
    )),
    _Told(6, "visit", "dirty_water", WUBAIHU, "五百户镇中心小学后面的坑塘", "学校后面的坑塘发臭，窗户不敢开。", (
        (0.1, "accept", "desk", None),
        (0.2, "take", "owner", None),
    )),
    _Told(9, "visit", "illegal_building", _COUNTY, "县城新华路东侧胡同", "邻居在胡同里加盖了一层，消防车进不来。", (
        (0.2, "accept", "desk", None),
    )),
    _Told(9, "visit", "other", _COUNTY, "县城汽车站", "想把去市里的末班车改晚一小时。", (
        (1, "decline", "desk", "客运班次由市里的运输公司定，已把意见转给他们，结果会电话告诉您。"),
    )),
)  # fmt: skip


def tell_at_doors(now: datetime) -> list[SampleCase]:
    """Answer the cases of a letter, of what the village had been told before, and of four visits."""
    return [_case(told, now) for told in _TOLD]


def _case(told: _Told, now: datetime) -> SampleCase:
    at = _received(told, now)
    events = [SampleEvent(at, "receive")]
    for days, verb, by, words in told.steps:
        data: dict[str, Any] = {"recheck": []} if verb == "claim" else {}
        events.append(SampleEvent(at + timedelta(days=days), verb, by, words=words, data=data))  # type: ignore[arg-type]
    report = SampleReport(
        told.category, told.channel, at, at, told.words, area_code=told.area_code, place_words=told.where
    )
    return SampleCase(lived(events), report)


def _received(told: _Told, now: datetime) -> datetime:
    """In the hours of the rota, on one of its days of the week where it is a visit."""
    here = (now - timedelta(days=told.ago)).astimezone(SHANGHAI)
    wanted = _WEEKDAYS.get(told.area_code, range(1, 8)) if told.channel == "visit" else range(1, 8)
    while here.isoweekday() not in wanted:
        here -= timedelta(days=1)
    hour = _HOURS[told.area_code][0].hour + 1 if told.channel == "visit" else 10
    return here.replace(hour=hour, minute=5, second=0, microsecond=0)


def receive_visitors(connection: psycopg.Connection[Any], case_ids: Sequence[int], now: datetime) -> None:
    """Plan the rota of a town and its county: the days of the visits, and two weeks to come with what changed of them.

    Parameters
    ----------
    connection : psycopg.Connection
        As the owner; the caller commits.
    case_ids : sequence of int
        Of ``tell_at_doors``, in that order.
    now : datetime
        As it was told to that.
    """
    desks = {area: _at_desk(connection, area, now) for area in _ROOMS}
    days: dict[tuple[str, date], int] = {}
    for told, case in zip(_TOLD, case_ids, strict=True):
        if told.channel != "visit":
            continue
        at = _received(told, now)
        key = told.area_code, at.date()
        if key not in days:
            days[key] = _plan(connection, desks[told.area_code], told.area_code, at.date(), 0, at - timedelta(days=3))
        connection.execute("INSERT INTO rota_visits SELECT id, %s FROM reports WHERE case_id = %s", (days[key], case))
    coming = [
        _plan(connection, desks[area], area, day, place, now)
        for area in _ROOMS
        for place, day in enumerate(_days(area, now))
    ]
    change = "SELECT change_rota(%s, %s, %s, 1, %s, %s)"
    stand_in = Jsonb({"posting_id": None, "title": "镇党委副书记"})
    act(connection, desks[WUBAIHU][0], now, change, coming[1], "stand_in", stand_in)
    moved = Jsonb({"words": "当天到村里下访，改到下一周的同一时间、同一地点"})
    act(connection, desks[WUBAIHU][0], now, change, coming[2], "moved", moved)


def _days(area: str, now: datetime) -> list[date]:
    first = now.astimezone(SHANGHAI).date() + timedelta(days=1)
    span = (first + timedelta(days=n) for n in range(_AHEAD.days))
    return [day for day in span if day.isoweekday() in _WEEKDAYS[area]]


def _at_desk(connection: psycopg.Connection[Any], area: str, now: datetime) -> tuple[int, int]:
    """Answer who plans the rota of an area, and the posting in which he receives, too."""
    row = connection.execute(
        "SELECT person_id, id FROM postings WHERE area_code = %s AND role IN ('desk', 'dispatcher')"
        " AND person_id IS NOT NULL AND during @> %s ORDER BY role DESC, id LIMIT 1",
        (area, now),
    ).fetchone()
    if row is None:
        raise LookupError(f"Nobody sits at the desk of {area}.")
    return row[0], row[1]


def _plan(
    connection: psycopg.Connection[Any], desk: tuple[int, int], area: str, day: date, place: int, at: datetime
) -> int:
    titles = _TITLES[area]
    from_time, until_time = _HOURS[area]
    new = NewDays(
        area_code=area, days=[day], from_time=from_time, until_time=until_time, room=_ROOMS[area],
        posting_id=desk[1], title=titles[place % len(titles)],
    )  # fmt: skip
    (planned,) = act(connection, desk[0], at, "SELECT plan_rota(%s, %s, %s)", Jsonb(new.rows()))
    return int(planned)
