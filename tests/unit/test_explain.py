"""An answer in words: each outcome by each basis, whoever acts, and the one question worth asking."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from grids.answers import Answer, AreaBrief, Candidate, Head, Owner
from grids.explain import explain
from grids.language import Words

AT = datetime(2026, 3, 2, tzinfo=UTC)
CITY, VILLAGE, GRID = (
    AreaBrief("1", "小城市", "city"),
    AreaBrief("11", "东村", "village"),
    AreaBrief("11001", "一网格", "grid"),
)
OTHERS = (AreaBrief("11002", "二网格", "grid"), AreaBrief("11003", "三网格", "grid"))
BY_HEAD = Answer(
    outcome="inside",
    area=GRID,
    head=Head("head", None, AT),
    owner=Owner("11001", "grid", "head", None),
    chain=(CITY, VILLAGE, GRID),
    also=(),
    candidates=(Candidate("11001", "一网格", 1.0, 0.0),),
    distance_m=0.0,
    border_m=40.0,
    edition="2025",
    at=AT,
    synthetic=True,
    basis="point",
    grid=True,
    overlay=False,
    tolerance_m=None,
)
DESK = {"head": None, "owner": Owner("11", "village", "desk", "东村值班台")}
ABOVE: dict[str, Any] = {
    "area": VILLAGE,
    "chain": (CITY, VILLAGE),
    "grid": False,
    "outcome": "backstop",
    "candidates": (),
    **DESK,
}
NEAR: dict[str, Any] = {"outcome": "near", "distance_m": 6.86, "border_m": 6.86, "tolerance_m": 25.0}


@pytest.mark.parametrize(
    ("changed", "zh", "en"),
    [
        ({}, "这个位置在一网格内。由一网格的负责人处理。", "This spot lies in 一网格. Its head acts."),
        (
            {"head": None, "owner": Owner("11001", "grid", "deputy", None)},
            "这个位置在一网格内。一网格目前没有网格长，由副职代理。",
            "This spot lies in 一网格. 一网格 has no head at present; the deputy acts.",
        ),
        (
            DESK,
            "这个位置在一网格内。一网格目前没有负责人，由东村值班台处理。",
            "This spot lies in 一网格. 一网格 has no head at present; 东村值班台 acts.",
        ),
        (
            {"outcome": "border", "also": OTHERS, "border_m": 0.0},
            "这个位置正好在一网格与二网格、三网格的边界上，按编码从小到大由一网格负责，并通知二网格、三网格。由一网格的负责人处理。",
            "This spot lies exactly on the border of 一网格 and 二网格, 三网格; the lowest code answers, so 一网格 does, and"
            " 二网格, 三网格 will be told. Its head acts.",
        ),
        (
            {"outcome": "border", "also": OTHERS[:1], "border_m": 12.0},
            "这个位置同时在一网格和二网格内（边界重叠），按编码从小到大由一网格负责，并通知二网格。由一网格的负责人处理。",
            "This spot lies in both 一网格 and 二网格, whose outlines overlap; the lowest code answers, so 一网格 does, and"
            " 二网格 will be told. Its head acts.",
        ),
        (
            NEAR,
            "这个位置不在任何网格内，离它最近的是一网格，相距约 6.9 米。由一网格的负责人处理。",
            "This spot lies in no grid; the nearest is 一网格, about 6.9 m away. Its head acts.",
        ),
        (
            {**ABOVE, **NEAR},
            "这个位置不在任何村社区内，离它最近的是东村，相距约 6.9 米。由东村值班台处理。",
            "This spot lies in no village; the nearest is 东村, about 6.9 m away. 东村值班台 acts.",
        ),
        (
            ABOVE,
            "这个位置在东村内，但没有划入任何网格，由东村（村社区）兜底负责。由东村值班台处理。",
            "This spot lies in 东村 but in none of its grids, so the village itself answers. 东村值班台 acts.",
        ),
        (
            {**ABOVE, "also": (AreaBrief("12", "西村", "village"),)},
            "这个位置在东村与西村的边界上，没有划入任何网格，按编码从小到大由东村（村社区）兜底负责。由东村值班台处理。",
            "This spot lies on the border of 东村 and 西村 and in no grid; the lowest code answers, so the village 东村 does."
            " 东村值班台 acts.",
        ),
        (
            {**ABOVE, "head": Head("head", None, AT), "owner": Owner("11", "village", "head", None)},
            "这个位置在东村内，但没有划入任何网格，由东村（村社区）兜底负责。由东村的负责人处理。",
            "This spot lies in 东村 but in none of its grids, so the village itself answers. Its head acts.",
        ),
        (
            {"overlay": True},
            "这个位置在一网格内。这是叠加在其他辖区之上的区域，由它优先负责。由一网格的负责人处理。",
            "This spot lies in 一网格. This area lies over others and comes before them. Its head acts.",
        ),
        (
            {**ABOVE, "basis": "coarse"},
            "定位误差超过 500 米，只能确定在东村内，由村社区一级接收。由东村值班台处理。",
            "The position is off by more than 500 m, so only 东村 is certain; the village receives it. 东村值班台 acts.",
        ),
        (
            {**ABOVE, **NEAR, "basis": "coarse"},
            "定位误差超过 500 米，位置不在任何村社区内，离它最近的是东村，相距约 6.9 米，由村社区一级接收。由东村值班台处理。",
            "The position is off by more than 500 m and lies in no village; the nearest is 东村, about 6.9 m away, and the"
            " village receives it. 东村值班台 acts.",
        ),
        (
            {"basis": "coarse", "candidates": ()},
            "定位误差超过 500 米，只能大致认定在一网格内，也可能在相邻的网格内。由一网格的负责人处理。",
            "The position is off by more than 500 m: it points to 一网格, but another grid beside it may be meant. Its head acts.",
        ),
        (
            {**ABOVE, "basis": "named", "overlay": True},
            "指明的地方是东村。由东村值班台处理。",
            "The area that was named is 东村. 东村值班台 acts.",
        ),
        (
            {**ABOVE, "basis": "bypass"},
            "反映干部的事项不交给当地，由东村一级直接接收。由东村值班台处理。",
            "What is about an official is not handed to the place itself: it goes straight to 东村. 东村值班台 acts.",
        ),
        (
            {
                "candidates": (
                    Candidate("11001", "一网格", 0.6, 0.0),
                    Candidate("11002", "二网格", 0.3, 4.0),
                    Candidate("11003", "三网格", 0.1, 9.0),
                )
            },
            "这个位置在一网格内。由一网格的负责人处理。定位不够准，也可能在二网格内：事情在路（边界）的哪一侧？",
            "This spot lies in 一网格. Its head acts. The position is not exact, and it may lie in 二网格 instead: which side of"
            " the road (the border) is it on?",
        ),
        (
            {"outcome": "outside", "area": None, "owner": None, "head": None, "chain": (), "candidates": ()},
            "这个位置不在服务区域内。",
            "This spot lies outside the area that is served.",
        ),
        (
            {"outcome": "outside", "area": None, "owner": None, "head": None, "chain": ()},
            "这个位置不在服务区域内。定位不够准，也可能在一网格内：事情在路（边界）的哪一侧？",
            "This spot lies outside the area that is served. The position is not exact, and it may lie in 一网格 instead: which"
            " side of the road (the border) is it on?",
        ),
        (
            {
                "outcome": "outside",
                "area": None,
                "owner": None,
                "head": None,
                "chain": (),
                "candidates": (),
                "edition": None,
            },
            "当时还没有生效的网格边界。",
            "No boundaries were in force at that time.",
        ),
    ],
)
def test_every_way_to_an_answer_has_its_words(changed: dict[str, Any], zh: str, en: str) -> None:
    answer = replace(BY_HEAD, **changed)
    assert explain(answer, Words("zh"), asks=True) == zh
    assert explain(answer, Words("en"), asks=True) == en


def test_the_question_is_asked_only_where_it_is_wanted() -> None:
    answer = replace(BY_HEAD, candidates=(Candidate("11002", "二网格", 0.4, 4.0),))
    assert "哪一侧" in explain(answer, Words("zh"), asks=True)
    assert "哪一侧" not in explain(answer, Words("zh"))
