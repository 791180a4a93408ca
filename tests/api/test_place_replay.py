"""``/places/{id}/replay``: the story of a spot through today's rules, day by day, for those who see a part of it."""

from collections.abc import Callable, Iterator
from html import unescape
from re import sub
from typing import Any

import psycopg
import pytest
from fastapi.testclient import TestClient

from gis.store import Store
from grids.place_keeping import settle_waiting
from tests.api.conftest import Clock
from tests.little_town import Told

NURSERY = (117.0033, 39.7033)
# On both sides of the border between the first grid and the second, some 17 m apart.
WEST, EAST = (117.0099, 39.7066), (117.0101, 39.7066)


@pytest.fixture
def owner(town: Store) -> Iterator[psycopg.Connection[Any]]:
    with psycopg.connect(town.dsn("migrate"), autocommit=True) as connection:
        connection.execute("SET ROLE gridwarden_owner")
        connection.execute(
            "INSERT INTO categories SELECT 'fire', '2018-12-31 16:00Z', 'fire', '火情', 'Fire', false, 'emergency',"
            " '{\"solve\": {\"hours\": 24}}' WHERE NOT EXISTS (SELECT FROM categories WHERE code = 'fire')"
        )
        yield connection


@pytest.fixture
def links() -> dict[int, str]:
    """Where the reporter of each report takes his steps."""
    return {}


@pytest.fixture
def say(
    client: TestClient,
    owner: psycopg.Connection[Any],
    clock: Clock,
    key: Callable[[], dict[str, str]],
    links: dict[int, str],
) -> Callable[..., tuple[int, int]]:
    """Say something at a spot after so many days; answer the numbers of the report and its case."""

    def said(
        spot: tuple[float, float], days: int = 0, category: str = "dumping", channel: str = "app"
    ) -> tuple[int, int]:
        clock.go_on(days=days)
        answer = client.post("/api/reports", json=Told(*spot, category, channel=channel).body(), headers=key())
        assert answer.status_code == 201, answer.text
        asked = "SELECT id, case_id FROM reports WHERE number = %s"
        row = owner.execute(asked, (answer.json()["number"],)).fetchone()
        assert row
        while settle_waiting(owner):
            pass
        links[row[0]] = f"/api/reports/{answer.json()['number']}/steps?{answer.json()['link'].partition('?')[2]}"
        return row[0], row[1]

    return said


def text_of(client: TestClient, address: str, lang: str = "en") -> str:
    """The words of a page, without its marks."""
    page = client.get(address, headers={"Accept-Language": lang})
    assert page.status_code == 200, page.text
    return " ".join(unescape(sub(r"<[^>]+>", " ", page.text.split("<main", 1)[1])).split())


def step(client: TestClient, case: int, verb: str) -> None:
    version = client.get(f"/api/cases/{case}").json()["version"]
    body = {"verb": verb, "version": version, "words": "清理了"}
    answer = client.post(f"/api/cases/{case}/steps", json=body)
    assert answer.status_code == 200, answer.text


def test_a_story_rings_days_before_the_fire(
    client: TestClient,
    owner: psycopg.Connection[Any],
    clock: Clock,
    log_in: Callable[[str], None],
    say: Callable[..., tuple[int, int]],
) -> None:
    first, case = say(NURSERY)
    clock.go_on(days=2)
    log_in("head")
    step(client, case, "take")
    step(client, case, "claim")
    say(NURSERY, 10, channel="wechat")
    say(NURSERY, 8)
    say(NURSERY, 30, category="fire")
    log_in("head")
    address = f"/places/{first}/replay"
    assert f'href="{address}"' in client.get(f"/places/{first}").text
    said = text_of(client, address)
    in_order = [
        "Today's rules would have rung on 2026-03-22, after report 3: 30 days before the fire.",
        "Day 1 2 Mar 2026 Report 1 (waste, by web)",
        f"Day 3 4 Mar 2026 Case {case}: Taken on Case {case}: Reported as solved",
        "Day 13 14 Mar 2026 Report 2 (waste, by WeChat)",
        'Day 21 22 Mar 2026 Report 3 (waste, by web) ▲ Alarm "第三次说事": reported 3 times here within 90 days',
        "after report 3",
        "goes one level up",
        # What was said to be solved waits where it is; what is open goes to the desk above.
        "Told: the grid head of 东村第一网格 (has the case), the supervisor of 小城市",
        "Told: 东村值班台 (takes the case over), the supervisor of 小城市",
        "Day 51 21 Apr 2026 Report (fire, by web)",
    ]
    rest = said
    for each in in_order:
        _, found, rest = rest.partition(each)
        assert found, f"{each}\n{said}"
    assert "invented" not in said
    owner.execute("UPDATE cases SET synthetic = true WHERE id = %s", (case,))
    assert "demo data, its dates are invented" in text_of(client, address)
    said = text_of(client, address, "zh")
    assert "第 13 天 2026年3月14日 第2次说事（垃圾，微信）" in said
    assert "通知东村值班台（接手）、小城市督查员" in said
    assert "今天的规则会在 2026-03-22 报警，即第3次说事之后，比火情早30天。" in said
    assert "演示数据，日期为虚构" in said
    # The same moral stands on the page of the place, with each report and its date.
    said = text_of(client, f"/places/{first}")
    assert "30 days before the fire" in said
    assert "reported 14 Mar 09:00 · WeChat" in said


def test_of_cases_of_others_it_tells_only_that_they_ring(
    client: TestClient, log_in: Callable[[str], None], say: Callable[..., tuple[int, int]]
) -> None:
    first, mine = say(WEST)
    _, others = say(EAST, 5, channel="wechat")
    _, third = say(EAST, 6)
    say(EAST, 20, category="fire")
    address = f"/places/{first}/replay"
    log_in("head")
    said = text_of(client, address)
    assert "Report 1 (waste, by web)" in said
    assert "Report 2" not in said
    assert "2 cases are not of your areas" in said
    # The numbers of the whole place: three rang after the third report, of which his own says who is told.
    assert (said.count("▲"), said.count("Told:")) == (3, 1)
    assert "would have rung on 2026-03-13, after report 3." in said, "the fire was reported in another grid"
    assert not any(f"Case {case}" in said for case in (others, third))
    log_in("deputy")
    step(client, others, "take")
    said = text_of(client, address)
    assert "Report 1" not in said
    assert "Report 2 (waste, by WeChat)" in said
    assert f"Case {others}: Taken on" in said
    assert f"Case {mine}" not in said
    assert "would have rung on 2026-03-13, after report 3: 20 days before the fire." in said
    # Whoever sees both gets both; whoever sees none, no page.
    log_in("desk")
    said = text_of(client, address)
    assert said.count("Told:") == 3
    assert "not of your areas" not in said
    log_in("planner")
    assert client.get(address).status_code == 404
    client.cookies.clear()
    plain = client.get(f"/places/{first}", follow_redirects=False)
    assert client.get(address, follow_redirects=False).status_code == plain.status_code != 200


def test_a_story_begins_with_its_place_and_tells_how_its_resident_found_it(
    client: TestClient,
    owner: psycopg.Connection[Any],
    links: dict[int, str],
    log_in: Callable[[str], None],
    say: Callable[..., tuple[int, int]],
) -> None:
    owner.execute("UPDATE recheck_shares SET share = 0")
    spot = (NURSERY[0], NURSERY[1] - 0.002)
    say(spot, category="fire")
    first, case = say(spot, 40)
    log_in("head")
    step(client, case, "take")
    step(client, case, "claim")
    client.cookies.clear()
    for version, said in enumerate(({"verb": "confirm"}, {"verb": "evaluate", "rating": "solved"}), 3):
        answer = client.post(links[first], json={**said, "version": version})
        assert answer.status_code == 200, answer.text
    log_in("head")
    page = text_of(client, f"/places/{first}/replay")
    days = page.split("What happened", 1)[1]
    assert days.startswith(" Day 1 ")
    assert f"Case {case}: Solution confirmed Case {case}: Evaluated by the reporter" in days
    assert "fire" not in days, "what burnt before it was reported is another story"
