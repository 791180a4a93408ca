"""The sample's rules of dispatch: a small believable set, by which its city hands cases on.

Invented: no county decreed them.  They point to departments that every county of the sample has.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import psycopg

from grids.sample.city import SHANGHAI
from grids.sample.divisions import WUBAIHU
from grids.sample.postings import ADMINISTRATOR

_BEGIN: Final = datetime(2026, 1, 1, tzinfo=SHANGHAI)


@dataclass(frozen=True)
class SampleRule:
    """A rule as the table keeps it; ``when`` by column.  What is ``automatic`` holds from the build on."""

    rank: int
    note: str
    when: dict[str, Any]
    target: str
    level: str | None = None
    department: str | None = None
    automatic: bool = False


def _department(rank: int, note: str, department: str, *, automatic: bool = False, **when: Any) -> SampleRule:
    return SampleRule(rank, note, when, "department", department=department, automatic=automatic)


def _desk(rank: int, note: str, level: str, **when: Any) -> SampleRule:
    return SampleRule(rank, note, when, "desk", level=level)


RULES: Final = (
    # What cannot wait goes out by itself, whoever sits at the desk.
    _department(10, "火情不过夜：直接派消防救援大队", "消防救援大队", automatic=True, family="fire"),
    _department(20, "秸秆焚烧直接派生态环境局", "生态环境局", automatic=True, category_code="straw_burning"),
    _desk(30, "苗圃、油库边上的垃圾是火灾隐患，由乡镇派单台盯办", "township", family="rubbish", hazard=True),
    _desk(40, "夜间和节假日的紧急事项由县派单台接", "county", urgency="urgent", hours="outside_office"),
    _desk(50, "位置误差五百米以上的，先由村里核实地点", "village", accuracy_from_m=500),
    _desk(60, "落在网格外的，由村里先认领", "village", outcome="backstop"),
    _desk(70, "五百户镇的偷倒垃圾由镇里统一清运", "township", category_code="dumping", area_code=WUBAIHU),
    _department(80, "道路破损归交通运输局", "交通运输局", category_code="road_damage"),
    _department(90, "路灯归住建局", "住建局", category_code="street_lamp"),
    _department(100, "机井沟渠和水域归水务局", "水务局", family="water"),
    _department(110, "占用耕地归自然资源局", "自然资源局", category_code="farmland"),
    _department(120, "私搭乱建归城管局", "城管局", category_code="illegal_building"),
    _department(130, "热线反映的安全隐患先请消防看", "消防救援大队", category_code="safety_hazard", channel="hotline"),
    SampleRule(900, "其余的交给网格长", {}, "head"),
)
_CONDITIONS: Final = (
    *("category_code", "family", "area_code", "channel", "hazard", "urgency", "hours", "outcome"),
    "accuracy_from_m",
)


def load_rules(connection: psycopg.Connection[Any], at: datetime) -> None:
    """Load the rules; those that hand on by themselves hold from ``at``, so that they leave older cases alone."""
    columns = "rank, during, note, target, level, department, automatic, made_at, made_by"
    rows = [
        (
            *(rule.rank, at if rule.automatic else min(_BEGIN, at), rule.note, rule.target, rule.level),
            *(rule.department, rule.automatic, at, ADMINISTRATOR),
            *(rule.when.get(name) for name in _CONDITIONS),
        )
        for rule in RULES
    ]
    connection.cursor().executemany(
        f"INSERT INTO dispatch_rules ({columns}, {', '.join(_CONDITIONS)})"  # noqa: S608  our own words
        " VALUES (%s, tstzrange(%s, NULL), %s, %s, %s, %s, %s, %s, (SELECT min(id) FROM people WHERE name = %s),"
        f" {', '.join('%s' for _ in _CONDITIONS)})",
        rows,
    )
