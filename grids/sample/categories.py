"""The sample's categories: what can be reported in this city, since when, how urgent, how private.

Local values are data: another city has other classes and other deadlines.  Natural hours from receipt.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from grids.sample.city import EDITION_DAYS


@dataclass(frozen=True)
class SampleCategory:
    """A category as the kernel stores it; ``solve_hours`` becomes its deadline."""

    code: str
    family: str
    name_zh: str
    name_en: str
    solve_hours: int
    urgency: str = "normal"
    private: bool = False
    since: datetime = EDITION_DAYS["2019"]

    @property
    def deadlines(self) -> dict[str, dict[str, int]]:
        """Deadlines per stage, in natural hours."""
        return {"solve": {"hours": self.solve_hours}}


CATEGORIES = (
    SampleCategory("exposed_rubbish", "rubbish", "暴露垃圾", "Exposed rubbish", 48),
    SampleCategory("dumping", "rubbish", "偷倒垃圾渣土", "Illegal dumping", 72),
    SampleCategory("fire", "fire", "火情", "Fire", 2, urgency="emergency"),
    SampleCategory("straw_burning", "burning", "秸秆焚烧", "Straw burning", 4, urgency="emergency"),
    SampleCategory("road_damage", "road", "道路破损", "Road damage", 168),
    SampleCategory("street_lamp", "lighting", "路灯不亮", "Street lamp out", 120),
    SampleCategory("wells_ditches", "water", "机井沟渠损坏", "Wells and ditches", 72, urgency="urgent"),
    SampleCategory("dirty_water", "water", "水域不洁", "Dirty water", 120),
    SampleCategory("stray_dogs", "animals", "流浪犬", "Stray dogs", 72),
    SampleCategory("noise", "noise", "噪声扰民", "Noise", 72),
    SampleCategory("small_ads", "advertising", "乱贴小广告", "Fly-posting", 120),
    SampleCategory("illegal_building", "building", "私搭乱建", "Illegal building", 360),
    SampleCategory("farmland", "farmland", "占用耕地", "Farmland taken", 360),
    SampleCategory("safety_hazard", "safety", "安全隐患", "Safety hazard", 24, urgency="urgent"),
    SampleCategory("neighbour_dispute", "dispute", "邻里纠纷", "Dispute between neighbours", 168, private=True),
    SampleCategory("elderly_care", "care", "老人儿童关爱", "Care for the old and the left behind", 72, private=True),
    SampleCategory("other", "other", "其他", "Something else", 168),
)
