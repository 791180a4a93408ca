"""Five hundred reports of one spot within an hour: a crowd, somebody who makes them up, or it does not show."""

import random
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import psycopg
import pytest

from gis.store import Store
from grids.crowds import LATELY, LEAST, Rush
from grids.place_keeping import settle_waiting
from tests import small_county as county
from tests.conftest import cloned
from tests.placed_town import KEYS, LAT, LON, STEP, Town, opened

AT = county.NOW + timedelta(hours=2)
WORDS = (
    "沟边",
    "垃圾",
    "臭",
    "又倒",
    "昨晚",
    "苗圃",
    "车",
    "烧过",
    "没人管",
    "小孩",
    "看见",
    "一堆",
    "路口",
    "太多",
    "求处理",
)


@pytest.fixture(scope="module")
def county_of_all(database: Store) -> Store:
    county.build(database)
    return database


@pytest.fixture
def town(county_of_all: Store) -> Iterator[Town]:
    with cloned(county_of_all) as store, opened(store) as town:
        yield town


def send(town: Town, rng: random.Random, count: int, *, people: bool, begin: int = 0) -> None:
    """Report one spot so many times within an hour: as people do, or as a program does."""
    seconds = sorted(rng.uniform(0, 3500) for _ in range(count)) if people else [n * 3500 / count for n in range(count)]
    with psycopg.connect(town.store.dsn("web"), autocommit=True) as web:
        for n, after in enumerate(seconds, begin + 1):
            off = (rng.gauss(0, STEP), rng.gauss(0, STEP)) if people else (0.0, 0.0)
            said = "，".join(rng.sample(WORDS, rng.randint(2, 5))) if people else f"这里有人倒垃圾，第{n}次！！"
            county.send(
                web,
                KEYS,
                n,
                (LON + off[0], LAT + off[1]),
                words=said,
                contact=f"13800{n:06d}" if people and rng.random() < 0.6 else None,
                at=county.NOW + timedelta(seconds=after),
            )
    while settle_waiting(town.worker):
        pass


def rush(town: Town, login: str | None, place: int = 1) -> dict[str, Any] | None:
    with psycopg.connect(town.store.dsn("web")) as web:
        web.execute("SELECT act_as(%s, %s)", (county.session(login), AT))
        row = web.execute("SELECT rush_at(%s, %s, %s, %s)", (place, AT, AT - LATELY, LEAST)).fetchone()
        assert row
        told: dict[str, Any] | None = row[0]
        return told


@pytest.mark.parametrize(("people", "look"), [(True, "crowd"), (False, "made_up")])
def test_five_hundred_within_an_hour(town: Town, people: bool, look: str) -> None:
    send(town, random.Random(3), 500, people=people)  # noqa: S311  (not secrets)
    told = rush(town, f"desk@{county.VILLAGE}")
    assert told is not None
    found = Rush(**told)
    assert found.looks_like()[0] == look
    # Nothing is dropped: each has its case and its place, and is counted.
    assert found.reports >= 490
    row = town.owner.execute("SELECT count(*) AS all, count(DISTINCT case_id) AS cases FROM reports").fetchone()
    assert row == {"all": 500, "cases": 500}
    # No words, no contact and no position are told, and nothing at all to whoever sees none of it.
    assert not {"lon", "lat", "contact"} & told.keys()
    assert all(isinstance(told[name], int) for name in ("words", "spots", "contacts"))
    for login in (f"head@{county.FOREIGN}", f"planner@{county.COUNTY}", None):
        assert rush(town, login) is None


def test_both_at_once_do_not_show_and_a_few_are_no_rush(town: Town) -> None:
    rng = random.Random(5)  # noqa: S311  (not secrets)
    send(town, rng, 12, people=True)
    assert rush(town, f"desk@{county.VILLAGE}") is None
    send(town, rng, 40, people=False, begin=100)
    told = rush(town, f"desk@{county.VILLAGE}")
    assert told is not None
    assert Rush(**told).looks_like()[0] == "unclear"
