"""``/api/places/{id}`` and ``/places/{id}``: what was said at one spot, for those who see a part of it."""

from collections.abc import Callable
from typing import Any

import psycopg
import pytest
from fastapi.testclient import TestClient

from gis.store import Store
from grids.place_keeping import settle_waiting
from tests import little_town as town_of
from tests.little_town import Told

# Half a kilometre apart: each test has its own.
_ROWS = iter((39.7005, 39.705, 39.7095))


@pytest.fixture
def told(client: TestClient, town: Store, key: Callable[[], dict[str, str]]) -> dict[str, Any]:
    """Three reports at one spot, one 200 m off, and one about something else."""
    lon, lat = 117.0031, next(_ROWS)
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
        owner.execute("INSERT INTO place_queue SELECT unnest(%s::bigint[])", ([row[0] for row in rows],))
        while settle_waiting(owner):
            pass
    return {"reports": [row[0] for row in rows], "cases": [row[1] for row in rows], "numbers": numbers}


def test_a_place_tells_every_time(client: TestClient, log_in: Callable[[str], None], told: dict[str, Any]) -> None:
    log_in("head")
    first = told["reports"][0]
    place = client.get(f"/api/places/{first}").json()
    assert (place["id"], place["family"], place["reports"], place["cases"], place["open"]) == (first, "waste", 3, 3, 3)
    assert place["channels"] == {"app": 3}
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
