"""Every condition, target and fallback of a rule has its words, in both languages."""

import pytest

from grids.answers import AreaBrief
from grids.dispatch import Conditions, Looked, Target, Tried
from grids.dispatch_words import conditions, fallbacks, reason, recipient, verdict
from grids.language import LANGUAGES, Language, Words

NAMES = {("category", "dumping"): "乱倒垃圾", ("area", "9001"): "东村"}
TARGET = Target("9001", "village", "desk", "东村值班台", 1)
FALLBACKS = (
    "no_rule",
    "no_head",
    "head_away",
    "about_official",
    "no_level",
    "no_desk",
    "no_department",
    "nobody_posted",
)
FAILED = [
    ("category", "dumping"), ("family", "waste"), ("area", "9001"), ("channel", "hotline"), ("level", "village"), ("hazard", "true"), ("hazard", "false"),
    ("urgency", "emergency"), ("hours", "office"), ("hours", "outside_office"), ("outcome", "border"), ("outcome", "inside"),
    ("outcome", "near"), ("outcome", "backstop"), ("accuracy", "50"),
]  # fmt: skip


def tried(automatic: bool, bypass: bool) -> Tried:
    return Tried(AreaBrief("9001", "东村", "village"), "inside", bypass, 1, TARGET, automatic, (), FALLBACKS)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_everything_can_be_said(lang: Language) -> None:
    words = Words(lang)
    said = {reason(Looked(1, 1, "", False, kind, wanted, None), words, NAMES) for kind, wanted in FAILED}
    assert len(said) == len(FAILED)
    assert len(set(fallbacks(tried(False, True), words))) == len(FALLBACKS) + 1
    assert verdict(tried(True, False), words, NAMES) != verdict(tried(False, False), words, NAMES)
    roles = {
        recipient(Target("9001", "village", role, "城管局", 1), words, NAMES)
        for role in ("head", "deputy", "desk", "department")
    }
    assert len(roles) == 4


def test_conditions_by_the_names_that_people_know() -> None:
    when = Conditions(category_code="dumping", area_code="9001", hazard=False, accuracy_from_m=50)
    assert conditions(when, Words("en"), NAMES) == [
        "the category is 乱倒垃圾",
        "within 东村",
        "it is no hazard",
        "the position is off by 50 m or more",
    ]
    assert conditions(Conditions(), Words("zh"), NAMES) == []


def test_a_desk_without_a_name_is_called_after_its_area() -> None:
    assert recipient(Target("9001", "village", "desk", None, None), Words("en"), NAMES) == "东村"
