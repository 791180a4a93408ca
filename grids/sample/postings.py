"""Who answers for what in the sample: role-named people, desks, departments, vacancies and changes of heads.

Owns the invented postings of both editions.  No name here is a person's: everybody is called after the
role held.  What a code gets depends on the seed and that code alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

import numpy as np

from grids.sample.city import EDITION_DAYS, SHANGHAI, Area, City
from grids.sample.divisions import CITY, EXAMPLE_VILLAGE, WUBAIHU, short_name
from grids.sample.sites import NURSERY_GRID

_BEGIN = EDITION_DAYS["2019"]
_CHANGES = (datetime(2022, 1, 1, tzinfo=SHANGHAI), EDITION_DAYS["2025"])
_VACANT_SINCE = datetime(2025, 7, 1, tzinfo=SHANGHAI)
_DESK_OPENED = datetime(2021, 5, 1, tzinfo=SHANGHAI)
_DESK_CLOSED = datetime(2024, 7, 1, tzinfo=SHANGHAI)
_VACANT_SHARE = 0.03
_ORDINALS = "一二三四"
_GRID_MEMBER_SHARE = 0.35

DEPARTMENTS = (
    "城管局", "住建局", "生态环境局", "交通运输局", "水务局", "公安局", "消防救援大队", "自然资源局",
    "农业农村局", "民政局",
)  # fmt: skip
"""Of every county, under the same names everywhere, so that one rule of dispatch serves all of them."""

DEPARTMENT_OF = {
    "rubbish": "城管局", "advertising": "城管局", "building": "城管局", "lighting": "住建局", "fire": "消防救援大队",
    "safety": "消防救援大队", "burning": "生态环境局", "noise": "生态环境局", "road": "交通运输局", "water": "水务局",
    "animals": "公安局", "farmland": "自然资源局", "care": "民政局",
}  # fmt: skip
"""By family of categories: who in the county could do what a village cannot."""

ADMINISTRATOR = "市级系统管理员"
PLANNER = "市级规划分析员"


@dataclass(frozen=True)
class SamplePosting:
    """A role held for an area over ``[since, until)``; ``person`` is a name made of the role."""

    area_code: str
    role: str
    person: str | None
    desk: str | None
    name_public: bool
    since: datetime
    until: datetime | None = None


def draw_postings(city: City, seed: int) -> list[SamplePosting]:
    """All postings, in the order of area codes, roles and dates."""
    lives = _grid_lives(city)
    names = {area.code: area.name for edition in city.editions for area in edition.areas}
    vacant = _planted_vacancies(city)
    postings = [
        SamplePosting(CITY, "administrator", ADMINISTRATOR, None, False, _BEGIN),
        SamplePosting(CITY, "planner", PLANNER, None, False, _BEGIN),
    ]
    for area in city.editions[0].areas:
        if area.level in ("city", "county", "township"):
            postings += _office(area, short_name(names[area.code]))
        if area.level != "grid":
            postings += _desk(area, names, np.random.default_rng([seed, int(area.code), 5]), vacant)
    for code, (born, gone) in lives.items():
        postings += _grid(code, names[code], born, gone, np.random.default_rng([seed, int(code), 6]), vacant)
    return sorted(postings, key=lambda p: (p.area_code, p.role, p.since, p.desk or "", p.person or ""))


def _grid_lives(city: City) -> dict[str, tuple[datetime, datetime | None]]:
    first, second = ({a.code for a in edition.of_level("grid")} for edition in city.editions)
    turn = EDITION_DAYS["2025"]
    return {
        code: (_BEGIN if code in first else turn, None if code in second else turn) for code in sorted(first | second)
    }


def _planted_vacancies(city: City) -> Mapping[str, str]:
    """Three vacancies of Wubaihu for every seed: with a deputy, with the village's desk, with neither."""
    busy = {EXAMPLE_VILLAGE, *(plant.village_code for plant in city.plants), *city.redrawn}
    villages = [
        area.code
        for area in city.editions[1].of_level("village")
        if area.code.startswith(WUBAIHU) and area.code not in busy
    ]
    return {villages[3]: "deputy", villages[9]: "desk", villages[15]: "nobody"}


def _office(area: Area, name: str) -> list[SamplePosting]:
    """Who works beside the desk: dispatchers everywhere; in city and counties supervisors, clerks and departments."""
    roles = [("dispatcher", f"{name}派单员")]
    if area.level != "township":
        roles += [("supervisor", f"{name}督查员"), ("clerk", f"{name}热线受理员")]
    office = [SamplePosting(area.code, role, person, None, False, _BEGIN) for role, person in roles]
    for department in DEPARTMENTS if area.level == "county" else ():
        office += [
            SamplePosting(area.code, "department", None, department, False, _BEGIN),
            SamplePosting(area.code, "handler", f"{name}{department}经办人", department, False, _BEGIN),
        ]
    return office


def _desk(
    area: Area, names: Mapping[str, str], rng: np.random.Generator, vacant: Mapping[str, str]
) -> list[SamplePosting]:
    kinds = {"city": "网格化管理中心", "county": "网格化管理中心", "township": "综治中心", "village": "网格服务站"}
    desk = short_name(names[area.code]) + kinds[area.level]
    manned = area.level != "village" or rng.random() < 0.4 or area.code == EXAMPLE_VILLAGE
    person = f"{desk}值班员" if manned else None
    public = bool(rng.random() < 0.5)
    since, until = _BEGIN, None
    if area.level == "village" and area.code != EXAMPLE_VILLAGE:
        chance = rng.random()
        if vacant.get(area.code) == "nobody" or (chance < 0.012 and area.code not in vacant):
            until = _DESK_CLOSED
        elif chance < 0.05:
            since = _DESK_OPENED
    return [SamplePosting(area.code, "desk", person, desk, public and person is not None, since, until)]


def _grid(
    code: str,
    name: str,
    born: datetime,
    gone: datetime | None,
    rng: np.random.Generator,
    vacant: Mapping[str, str],
) -> list[SamplePosting]:
    planted = vacant.get(code[:12]) if code.endswith("001") else None
    shares = rng.random(6)
    changes = [day for day, share in zip(_CHANGES, shares, strict=False) if share < 0.42 or code == NURSERY_GRID]
    is_vacant = planted is not None or (shares[2] < _VACANT_SHARE and code[:12] != EXAMPLE_VILLAGE)
    postings = _heads(code, name, (born, _end(gone, _VACANT_SINCE if is_vacant else None)), changes, rng)
    has_deputy = planted == "deputy" if planted else shares[3] < (0.4 if is_vacant else 0.15)
    if has_deputy:
        postings.append(SamplePosting(code, "deputy", f"{name}副网格长", None, bool(shares[4] < 0.5), born, gone))
    if shares[5] < _GRID_MEMBER_SHARE or code == NURSERY_GRID:
        postings.append(SamplePosting(code, "member", f"{name}员", None, False, born, gone))
    return postings


def _end(*days: datetime | None) -> datetime | None:
    return min((day for day in days if day), default=None)


def _heads(
    code: str,
    name: str,
    life: tuple[datetime, datetime | None],
    changes: Iterable[datetime],
    rng: np.random.Generator,
) -> list[SamplePosting]:
    born, gone = life
    if gone is not None and gone <= born:
        return []
    days = [born, *(day for day in changes if day > born and (gone is None or day < gone))]
    ends = [*days[1:], gone]
    heads = []
    for term, (since, until) in enumerate(zip(days, ends, strict=True)):
        # Successors carry the same role; the term tells them apart.
        person = f"{name}长" if term == 0 else f"{name}长（第{_ORDINALS[term]}任）"
        public = bool(rng.random() < 0.5) or code == NURSERY_GRID
        heads.append(SamplePosting(code, "head", person, None, public, since, until))
    return heads
