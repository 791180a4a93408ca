"""Whoever reported at a place may say that what was closed there is not solved; nobody else, and nothing private."""

from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs, urlsplit

import psycopg
import pytest
from fastapi.testclient import TestClient

from gis.store import Store
from tests.api.conftest import Clock
from tests.little_town import IN_HEADED, VILLAGE, Told

LON, LAT = IN_HEADED
# At this latitude; the place reaches 50 m.
METRE = 1 / 85_600

Tell = Callable[..., "tuple[str, str]"]


@pytest.fixture
def tell(client: TestClient, key: Callable[[], dict[str, str]]) -> Tell:
    """Send a report so many metres east and answer its number and key."""

    def send(metres: float, category: str = "dumping") -> tuple[str, str]:
        client.cookies.clear()
        body = Told(LON + metres * METRE, LAT, category=category).body()
        answer = client.post("/api/reports", json=body, headers=key())
        assert answer.status_code == 201, answer.text
        return answer.json()["number"], parse_qs(urlsplit(answer.json()["link"]).query)["key"][0]

    return send


@pytest.fixture
def declined(client: TestClient, town: Store, tell: Tell, log_in: Callable[[str], None]) -> Callable[..., int]:
    """A case of its own that the village's desk declined; answers its id."""

    def make(category: str = "dumping") -> int:
        number, _ = tell(0, category)
        with psycopg.connect(town.dsn("migrate")) as owner:
            row = owner.execute("SELECT case_id FROM reports WHERE number = %s", (number,)).fetchone()
        assert row
        log_in("desk")
        step = {"verb": "decline", "version": 1, "words": "不属于受理范围"}
        answer = client.post(f"/api/cases/{row[0]}/steps", json=step)
        assert answer.status_code == 200, answer.text
        client.cookies.clear()
        return int(row[0])

    return make


def closed_here(client: TestClient, number: str, key: str) -> list[dict[str, Any]]:
    answer = client.get(f"/api/reports/{number}", params={"key": key})
    assert answer.status_code == 200, answer.text
    return list(answer.json()["reporter"]["closed_here"])


def reopen(client: TestClient, number: str, key: str, case: int, version: int = 2) -> Any:
    step = {"verb": "reopen", "version": version, "words": "垃圾还在原地"}
    return client.post(f"/api/reports/{number}/steps", params={"key": key, "case_id": case}, json=step)


def test_a_neighbour_reopens_it_one_level_up(
    client: TestClient, tell: Tell, declined: Callable[..., int], log_in: Callable[[str], None]
) -> None:
    case = declined()
    number, key = tell(40)
    listed = {one["case_id"]: one for one in closed_here(client, number, key)}
    assert listed[case]["state"] == "declined"
    assert (listed[case]["version"], listed[case].keys() & {"words", "number"}) == (2, set())
    answer = reopen(client, number, key, case)
    assert answer.status_code == 200, answer.text
    assert (answer.json()["state"], answer.json()["owner_area_code"]) == ("accepted", VILLAGE)
    assert case not in {one["case_id"] for one in closed_here(client, number, key)}
    # Nothing else is open to him: he reported another case.
    again = client.post(
        f"/api/reports/{number}/steps",
        params={"key": key, "case_id": case},
        json={"verb": "note", "version": 3, "words": "x"},
    )
    assert (again.status_code, again.json()["code"]) == (403, "step_for_others")
    log_in("desk")
    last = client.get(f"/api/cases/{case}").json()["history"][-1]
    assert (last["verb"], last["words"], last["data"]["as"]) == ("reopen", "垃圾还在原地", ["affected"])
    assert last["data"]["report_id"]


def test_what_was_closed_long_ago_is_not_asked_about(
    client: TestClient, tell: Tell, declined: Callable[..., int], clock: Clock
) -> None:
    case = declined()
    clock.go_on(days=91)
    number, key = tell(2)
    assert case not in {one["case_id"] for one in closed_here(client, number, key)}


def test_from_further_off_or_of_another_kind_there_is_no_such_case(
    client: TestClient, tell: Tell, declined: Callable[..., int]
) -> None:
    case = declined()
    for number, key in (tell(60), tell(1, "dispute")):
        assert case not in {one["case_id"] for one in closed_here(client, number, key)}
        answer = reopen(client, number, key, case)
        assert (answer.status_code, answer.json()["code"]) == (404, "case_not_found")
    number, _ = tell(1)
    assert reopen(client, number, "guessed", case).json()["code"] == "unknown_report"


def test_of_what_is_private_nobody_learns_by_standing_beside_it(
    client: TestClient, tell: Tell, declined: Callable[..., int]
) -> None:
    case = declined("dispute")
    number, key = tell(0, "dispute")
    assert closed_here(client, number, key) == []
    assert reopen(client, number, key, case).json()["code"] == "case_not_found"


def test_the_page_offers_it_without_a_script(client: TestClient, tell: Tell, declined: Callable[..., int]) -> None:
    case = declined()
    number, key = tell(5)
    page = client.get(f"/status/{number}", params={"key": key}).text
    assert f'name="case" value="{case}"' in page
    form = {"verb": "reopen", "case": str(case), "version": "2", "words": ""}
    address = f"/status/{number}/steps?key={key}"
    empty = client.post(address, data=form)
    assert empty.status_code == 422
    assert f'id="wrong-place-{case}"' in empty.text
    stale = client.post(address, data=form | {"version": "1", "words": "还在<b>那里"})
    assert stale.status_code == 409
    assert "还在&lt;b&gt;那里" in stale.text
    done = client.post(address, data=form | {"words": "还在那里"}, follow_redirects=False)
    assert done.status_code == 303
    thanked = client.get(done.headers["location"]).text
    assert "Noted: the earlier one is not solved." in thanked
    assert f'name="case" value="{case}"' not in thanked
