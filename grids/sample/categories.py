"""The sample's categories: what can be reported in this city, since when, how urgent, how private.

Local values are data: another city has other classes and other deadlines.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from grids.sample.city import EDITION_DAYS


@dataclass(frozen=True)
class SampleCategory:
    """A category as the kernel stores it; ``solve`` is a kind of duration and how much of it.

    Cases are invented at the pace of ``solve_hours``: what the deadline comes to in natural hours, roughly.
    """

    code: str
    family: str
    name_zh: str
    name_en: str
    solve: tuple[str, int]
    solve_hours: int
    urgency: str = "normal"
    private: bool = False
    about_official: bool = False
    since: datetime = EDITION_DAYS["2019"]

    @property
    def deadlines(self) -> dict[str, dict[str, Any]]:
        """Deadlines per stage, those before and after the work by urgency; and those of cases that are more urgent."""
        kind, count = self.solve
        above = list(_STAGES)[list(_STAGES).index(self.urgency) + 1 :]
        more_urgent = {urgency: {**_STAGES[urgency], "solve": {"urgent_hours": _HOURS[urgency]}} for urgency in above}
        return {**_STAGES[self.urgency], "solve": {kind: count}, **more_urgent}


# Within how many hours, day and night, a case is solved that somebody called more urgent than its category.
_HOURS = {"urgent": 24, "emergency": 4}
# From the least urgent to the most.
_STAGES: dict[str, dict[str, dict[str, float]]] = {
    "normal": {"accept": {"work_hours": 2}, "dispatch": {"work_hours": 4}, "recheck": {"work_days": 2}},
    "urgent": {"accept": {"urgent_hours": 2}, "dispatch": {"urgent_hours": 2}, "recheck": {"work_days": 1}},
    "emergency": {
        "accept": {"urgent_hours": 0.25},
        "dispatch": {"urgent_hours": 0.25},
        "recheck": {"urgent_hours": 24},
    },
}

CATEGORIES = (
    SampleCategory("exposed_rubbish", "rubbish", "暴露垃圾", "Exposed rubbish", ("work_days", 1), 48),
    SampleCategory("dumping", "rubbish", "偷倒垃圾渣土", "Illegal dumping", ("work_days", 3), 72),
    SampleCategory("fire", "fire", "火情", "Fire", ("urgent_hours", 2), 2, urgency="emergency"),
    SampleCategory(
        "straw_burning", "burning", "秸秆焚烧", "Straw burning", ("urgent_hours", 4), 4, urgency="emergency"
    ),
    SampleCategory("road_damage", "road", "道路破损", "Road damage", ("work_days", 5), 168),
    SampleCategory("street_lamp", "lighting", "路灯不亮", "Street lamp out", ("work_days", 3), 120),
    SampleCategory(
        "wells_ditches", "water", "机井沟渠损坏", "Wells and ditches", ("urgent_hours", 72), 72, urgency="urgent"
    ),
    SampleCategory("dirty_water", "water", "水域不洁", "Dirty water", ("work_days", 4), 120),
    SampleCategory("stray_dogs", "animals", "流浪犬", "Stray dogs", ("work_days", 2), 72),
    SampleCategory("noise", "noise", "噪声扰民", "Noise", ("work_days", 2), 72),
    SampleCategory("small_ads", "advertising", "乱贴小广告", "Fly-posting", ("work_days", 4), 120),
    SampleCategory("illegal_building", "building", "私搭乱建", "Illegal building", ("work_days", 10), 360),
    SampleCategory("farmland", "farmland", "占用耕地", "Farmland taken", ("work_days", 10), 360),
    SampleCategory("safety_hazard", "safety", "安全隐患", "Safety hazard", ("urgent_hours", 24), 24, urgency="urgent"),
    SampleCategory(
        "neighbour_dispute", "dispute", "邻里纠纷", "Dispute between neighbours", ("days", 7), 168, private=True
    ),
    SampleCategory(
        "elderly_care", "care", "老人儿童关爱", "Care for the old and the left behind", ("days", 3), 72, private=True
    ),
    SampleCategory("other", "other", "其他", "Something else", ("work_days", 5), 168),
    SampleCategory(
        "cadre_conduct", "officials", "干部作风", "Conduct of officials", ("work_days", 10), 360,
        private=True, about_official=True,
    ),
)  # fmt: skip
