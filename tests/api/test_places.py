"""``/api/places/{id}`` and ``/places/{id}``: what was said at one spot, for those who see a part of it."""

from collections.abc import Callable
from datetime import datetime, timedelta
from html import unescape
from typing import Any

import psycopg
import pytest
from fastapi.testclient import TestClient

from gis.store import Store
from grids.place_alarms import look_at_waiting
from grids.place_keeping import settle_waiting
from tests import little_town as town_of
from tests.api.photographed import photo
from tests.little_town import Told

# Some hundred metres apart: each test has its own.
_SPOTS = iter(
    (
        (117.0031, 39.7005),
        (117.0031, 39.705),
        (117.0031, 39.7095),
        (117.0069, 39.703),
        (117.0069, 39.7075),
        (117.0069, 39.7005),
        (117.0031, 39.7072),
    )
)


@pytest.fixture
def told(client: TestClient, town: Store, key: Callable[[], dict[str, str]]) -> dict[str, Any]:
    """Three reports at one spot, one 200 m off, and one about something else."""
    lon, lat = next(_SPOTS)
    client.cookies.clear()
    numbers = []
    for east, category in (
        (0.0, "dumping"),
        (0.0002, "dumping"),
        (0.0003, "dumping"),
        (0.003, "dumping"),
        (0.0, "dispute"),
    ):
        body = Told(lon + east, lat, category=category, text="苗圃东边又有人倒垃圾。").body()
        answer = client.post("/api/reports", json=body, headers=key())
        assert answer.status_code == 201, answer.text
        numbers.append(answer.json()["number"])
    with psycopg.connect(town.dsn("migrate"), autocommit=True) as owner:
        owner.execute("SET ROLE gridwarden_owner")
        found = "SELECT id, case_id FROM reports WHERE number = ANY (%s) ORDER BY id"
        rows = owner.execute(found, (numbers,)).fetchall()
        while settle_waiting(owner):
            pass
    return {"reports": [row[0] for row in rows], "cases": [row[1] for row in rows], "numbers": numbers}


def test_a_place_tells_every_time(client: TestClient, log_in: Callable[[str], None], told: dict[str, Any]) -> None:
    log_in("head")
    first = told["reports"][0]
    place = client.get(f"/api/places/{first}").json()
    assert (place["id"], place["family"], place["reports"], place["cases"], place["open"]) == (first, "waste", 3, 3, 3)
    assert (place["channels"], place["reporters"]) == ({"app": 3}, 3)
    assert place["areas"] == [town_of.HEADED]
    assert [case["case_id"] for case in place["seen"]] == told["cases"][2::-1]
    assert [r["number"] for case in place["seen"] for r in case["reports"]] == told["numbers"][2::-1]


def test_whoever_sees_none_of_its_cases_sees_no_place(
    client: TestClient, log_in: Callable[[str], None], told: dict[str, Any]
) -> None:
    first, second = told["reports"][:2]
    for who in ("planner", "deputy"):
        log_in(who)
        assert client.get(f"/api/places/{first}").json()["code"] == "place_not_found"
        assert client.get(f"/places/{first}").status_code == 404
    log_in("head")
    # The second is at the place of the first, and no place itself.
    assert client.get(f"/api/places/{second}").status_code == 404
    client.cookies.clear()
    assert client.get(f"/api/places/{first}").json()["code"] == "log_in_required"


def test_the_page_of_a_case_leads_to_its_place(
    client: TestClient, log_in: Callable[[str], None], told: dict[str, Any]
) -> None:
    log_in("head")
    page = client.get(f"/cases/{told['cases'][2]}").text
    assert f'href="/places/{told["reports"][0]}"' in page
    place = client.get(f"/places/{told['reports'][0]}", headers={"Accept-Language": "en"}).text
    assert "Reported 3 times" in place
    assert [place.count(f'href="/cases/{case}"') for case in told["cases"]] == [1, 1, 1, 0, 0]
    # One that stands alone leads nowhere.
    assert "/places/" not in client.get(f"/cases/{told['cases'][3]}").text


def test_what_comes_back_is_listed_with_what_to_do(
    client: TestClient, town: Store, log_in: Callable[[str], None], told: dict[str, Any]
) -> None:
    place = told["reports"][0]
    log_in("head")
    assert place not in {one["place_id"] for one in client.get("/api/places").json()}
    # The first one was said to be solved before the others came; the clock stands still here.
    with psycopg.connect(town.dsn("migrate"), autocommit=True) as owner:
        owner.execute("SET ROLE gridwarden_owner")
        owner.execute(
            "UPDATE cases SET state = 'closed', confirmed = false, closed_at = received_at - interval '1 s' WHERE id = %s",
            (told["cases"][0],),
        )
    one = next(one for one in client.get("/api/places").json() if one["place_id"] == place)
    assert (one["signs"], one["advice"], one["case_id"]) == (["again"], "work", told["cases"][2])
    assert (one["reports"], one["days"], one["reporters"], one["family"]) == (3, 1, 3, "waste")
    page = client.get("/watch", headers={"Accept-Language": "en"}).text
    assert f'href="/places/{place}"' in page
    assert f'href="/cases/{told["cases"][2]}"' in page
    assert "Look for the root" in page
    assert place in {row["place_id"] for row in client.get(f"/api/places?area={town_of.HEADED}").json()}
    assert client.get(f"/api/places?area={town_of.VACANT}").json() == []
    for who in ("planner", "handler"):
        log_in(who)
        assert client.get("/api/places").json()["code"] == "list_for_others"
        assert client.get("/watch").status_code == 403
    client.cookies.clear()
    assert client.get("/api/places").json()["code"] == "log_in_required"


def test_a_place_tells_what_rang_and_what_todays_rules_say(
    client: TestClient, town: Store, log_in: Callable[[str], None], told: dict[str, Any]
) -> None:
    place, case = told["reports"][0], told["cases"][2]
    log_in("head")
    now = datetime.fromisoformat(client.get(f"/api/cases/{case}").json()["received_at"]) + timedelta(minutes=1)
    with psycopg.connect(town.dsn("worker"), autocommit=True) as worker:
        worker.execute("SET ROLE gridwarden_worker")
        while look_at_waiting(worker, now):
            pass
    alarms = client.get(f"/api/places/{place}").json()["alarms"]
    assert [(one["note"], one["facts"], one["case_id"]) for one in alarms] == [
        ("第三次说事", {"reports": 3, "days": 90}, number) for number in told["cases"][:3]
    ]
    page = client.get(f"/places/{place}", headers={"Accept-Language": "en"}).text
    assert "reported 3 times here within 90 days" in page
    assert "Today's rules would have rung on 2026-03-02, after report 3." in unescape(page)
    assert f'href="/places/{place}/replay"' in page
    # The case says so, and who has to see to it.
    page = client.get(f"/cases/{case}", headers={"Accept-Language": "en"}).text
    assert "A rule on places rang" in page
    assert "reported 3 times here within 90 days" in page
    assert client.get(f"/api/cases/{case}").json()["urgency"] == "urgent"


def test_a_desk_tells_one_place_from_another_on_its_page(
    client: TestClient, town: Store, log_in: Callable[[str], None], told: dict[str, Any]
) -> None:
    first, second = told["reports"][:2]
    address = f"/places/{first}/decisions"
    split = {"deed": "apart", "report": told["numbers"][1], "words": "墙的另一边，是另一堆"}
    client.cookies.clear()
    assert client.post(f"/api{address}", json=split).json()["code"] == "log_in_required"
    log_in("head")
    assert client.post(f"/api{address}", json=split).json()["code"] == "place_for_directors"
    page = client.get(f"/places/{first}").text
    assert "One place, or two?" not in page
    log_in("desk")
    page = client.get(f"/places/{first}").text
    assert "One place, or two?" in page
    assert told["numbers"][1] in page
    wrong = client.post(address, data=split | {"words": " "})
    assert wrong.status_code == 422
    assert "Say in a few words why." in wrong.text
    wrong = client.post(address, data=split | {"report": told["numbers"][0]})
    assert "not its first one" in wrong.text
    assert "墙的另一边，是另一堆" in wrong.text, "what was typed stays"
    sent = client.post(address, data=split, follow_redirects=False)
    assert sent.status_code == 303
    waits = client.get(f"/api{address}").json()
    assert (waits["may"], waits["waits"], [one["deed"] for one in waits["said"]]) == (True, True, ["apart"])
    settle(town)
    assert client.get(f"/api/places/{second}").json()["reports"] == 2
    page = client.get(f"/places/{second}").text
    assert "墙的另一边，是另一堆" in page
    assert "begins a place of its own" in page
    # Beside it lies the first one, which it can be put together with again.
    assert f'<option value="{first}"' in page
    answer = client.post(f"/api/places/{second}/decisions", json={"deed": "one", "other": first, "words": "还是一处"})
    assert answer.status_code == 200, answer.text
    settle(town)
    assert client.get(f"/api/places/{second}").json()["id"] == first
    said = client.get(f"/api/places/{first}/decisions").json()["said"]
    assert [(one["deed"], one["stands"], one["other"]) for one in said] == [
        ("one", True, first),
        ("apart", False, None),
    ]
    log_in("head")
    assert client.get(f"/api/places/{first}/decisions").json()["may"] is False
    assert "还是一处" in client.get(f"/places/{first}").text


def test_the_page_shows_the_photos_of_the_cases_that_the_reader_sees(
    client: TestClient, log_in: Callable[[str], None], told: dict[str, Any]
) -> None:
    log_in("head")
    place, case = told["reports"][0], told["cases"][1]
    assert "/photos/" not in client.get(f"/places/{place}").text
    sent = client.post(
        f"/api/cases/{case}/photos", data={"kind": "before"}, files={"photo": ("p.jpg", photo(), "image/jpeg")}
    )
    assert sent.status_code == 201, sent.text
    page = client.get(f"/places/{place}", headers={"Accept-Language": "en"}).text
    assert page.count(f'<img src="/photos/{sent.json()["id"]}"') == 1


def settle(town: Store) -> None:
    with psycopg.connect(town.dsn("migrate"), autocommit=True) as owner:
        owner.execute("SET ROLE gridwarden_owner")
        while settle_waiting(owner):
            pass
