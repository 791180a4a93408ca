"""``GET /api/locate``: every outcome, every field, and clear words for bad input."""

from collections.abc import Callable
from typing import Any

import pytest
from fastapi.testclient import TestClient

from tests import little_town as town


def locate(client: TestClient, where: tuple[float, float], **more: Any) -> dict[str, Any]:
    answer = client.get("/api/locate", params={"lon": where[0], "lat": where[1], "datum": "wgs84", **more})
    assert answer.status_code == 200, answer.text
    document: dict[str, Any] = answer.json()
    return document


def test_inside_a_grid_with_a_head(client: TestClient) -> None:
    found = locate(client, town.IN_HEADED, accuracy_m=12)
    assert found["outcome"] == "inside"
    assert found["area"] == {"code": town.HEADED, "name": "东村第一网格", "level": "grid"}
    assert found["head"] == {
        "role": "head",
        "name": "东村第一网格长",
        "since": "2024-12-31T16:00:00Z",
        "away_until": None,
    }
    assert found["owner"] == {"area_code": town.HEADED, "level": "grid", "role": "head", "desk": None}
    assert [a["code"] for a in found["chain"]] == ["90", "9001", "9001001"]
    assert found["also"] == []
    assert found["candidates"] == [{"code": town.HEADED, "name": "东村第一网格", "share": 1.0, "distance_m": 0.0}]
    assert found["distance_m"] == 0
    assert found["border_m"] == pytest.approx(428.8, abs=0.1)
    assert found["edition"] == "2025"
    assert found["at"] == "2026-03-02T01:00:00Z"
    assert found["explanation"] == "This spot lies in 东村第一网格. Its head acts."


def test_on_a_shared_edge_the_lowest_code_answers(client: TestClient) -> None:
    found = locate(client, town.ON_BORDER)
    assert (found["outcome"], found["area"]["code"]) == ("border", town.HEADED)
    assert [a["code"] for a in found["also"]] == [town.DEPUTISED]
    assert found["border_m"] == 0
    assert "东村第二网格" in found["explanation"]


def test_without_a_head_the_deputy_acts(client: TestClient) -> None:
    found = locate(client, town.IN_DEPUTISED)
    assert found["head"] is None
    assert found["owner"] == {"area_code": town.DEPUTISED, "level": "grid", "role": "deputy", "desk": None}


def test_without_both_the_desk_of_the_village_acts(client: TestClient) -> None:
    found = locate(client, town.IN_VACANT)
    assert found["head"] is None
    assert found["owner"] == {"area_code": town.VILLAGE, "level": "village", "role": "desk", "desk": "东村值班台"}


def test_in_a_gap_the_nearest_grid_answers_with_the_distance(client: TestClient) -> None:
    found = locate(client, town.IN_GAP, accuracy_m=40)
    assert (found["outcome"], found["area"]["code"]) == ("near", town.DEPUTISED)
    assert found["distance_m"] == pytest.approx(6.86, abs=0.01) == found["border_m"]
    assert {c["code"] for c in found["candidates"]} == {town.DEPUTISED, town.VACANT}
    # The gap of 17 m takes the rest of the circle.
    assert sum(c["share"] for c in found["candidates"]) == pytest.approx(0.73, abs=0.01)


@pytest.mark.parametrize(
    ("where", "area", "owner"),
    [(town.IN_EMPTY_VILLAGE, town.EMPTY_VILLAGE, town.CITY), (town.IN_CITY_ONLY, town.CITY, town.CITY)],
)
def test_in_no_grid_the_lowest_area_answers(
    client: TestClient, where: tuple[float, float], area: str, owner: str
) -> None:
    found = locate(client, where)
    assert (found["outcome"], found["area"]["code"], found["owner"]["area_code"]) == ("backstop", area, owner)
    assert found["owner"]["desk"] == "市网格中心"


def test_outside_is_an_answer(client: TestClient) -> None:
    found = locate(client, town.OUTSIDE)
    assert found["outcome"] == "outside"
    assert (found["area"], found["head"], found["owner"], found["chain"]) == (None, None, None, [])
    assert (found["distance_m"], found["border_m"]) == (None, None)


def test_poor_accuracy_is_answered_by_the_village(client: TestClient) -> None:
    found = locate(client, town.IN_HEADED, accuracy_m=501)
    assert (found["outcome"], found["area"]["code"], found["candidates"]) == ("backstop", town.VILLAGE, [])
    assert found["explanation"] == (
        "The position is off by more than 500 m, so only 东村 is certain; the village receives it. 东村值班台 acts."
    )
    assert locate(client, town.IN_HEADED, accuracy_m=500)["area"]["code"] == town.HEADED


def test_near_a_border_the_circle_shows_both(client: TestClient) -> None:
    found = locate(client, (117.0099, 39.705), accuracy_m=20)
    assert [c["code"] for c in found["candidates"]] == [town.HEADED, town.DEPUTISED]
    assert sum(c["share"] for c in found["candidates"]) == pytest.approx(1, abs=1e-3)
    assert found["candidates"][1]["distance_m"] == pytest.approx(found["border_m"])


def test_a_past_day_is_answered_as_it_was(client: TestClient, log_in: Callable[[str], None]) -> None:
    past = "2019-11-30T12:00:00+08:00"
    found = locate(client, town.IN_HEADED, at=past)
    assert (found["edition"], found["head"]["since"]) == ("2019", "2018-12-31T16:00:00Z")
    assert found["head"]["name"] is None, "names for past days are for staff"
    log_in("head")
    assert locate(client, town.IN_HEADED, at=past)["head"]["name"] == "东村旧网格长"


def test_before_the_first_edition_nobody_answered(client: TestClient) -> None:
    found = locate(client, town.IN_HEADED, at="2015-01-01T00:00:00Z")
    assert (found["outcome"], found["edition"]) == ("outside", None)
    assert found["explanation"] == "No boundaries were in force at that time."


def test_datums_are_converted(client: TestClient) -> None:
    # GCJ-02 moves a point here by some 530 m; read as WGS84 this one would lie in no grid.
    import numpy as np

    from gis.datums import Datum, from_wgs84

    lon, lat = from_wgs84(np.array([town.IN_HEADED]), Datum.GCJ02)[0]
    answer = client.get("/api/locate", params={"lon": lon, "lat": lat, "datum": "gcj02"}).json()
    assert answer["area"]["code"] == town.HEADED
    assert answer["border_m"] == pytest.approx(428.8, abs=0.1)


@pytest.mark.parametrize(
    ("params", "status", "code"),
    [
        ({"lat": 39.7, "datum": "wgs84"}, 422, "invalid_request"),
        ({"lon": "east", "lat": 39.7, "datum": "wgs84"}, 422, "invalid_request"),
        ({"lon": "nan", "lat": 39.7, "datum": "wgs84"}, 422, "bad_position"),
        ({"lon": "inf", "lat": 39.7, "datum": "wgs84"}, 422, "bad_position"),
        ({"lon": 39.7, "lat": 117, "datum": "wgs84"}, 422, "coordinates_swapped"),
        ({"lon": 217, "lat": 39.7, "datum": "wgs84"}, 422, "bad_position"),
        ({"lon": 117, "lat": 39.7}, 422, "unknown_datum"),
        ({"lon": 117, "lat": 39.7, "datum": "bj54"}, 422, "unknown_datum"),
        ({"lon": 117, "lat": 39.7, "datum": "wgs84", "accuracy_m": -3}, 422, "bad_accuracy"),
        ({"lon": 117, "lat": 39.7, "datum": "wgs84", "at": "2019-11-30T12:00:00"}, 422, "bad_instant"),
        ({"lon": 117, "lat": 39.7, "datum": "wgs84", "at": "yesterday"}, 422, "bad_instant"),
        ({"lon": 117, "lat": 39.7, "datum": "wgs84", "at": "0001-01-01T00:00:00+14:00"}, 422, "bad_instant"),
        ({"lon": 117, "lat": 39.7, "datum": "wgs84", "at": "9999-12-31T23:59:59-12:00"}, 422, "bad_instant"),
    ],
)
def test_bad_input_is_told_in_both_languages(
    client: TestClient, params: dict[str, Any], status: int, code: str
) -> None:
    said = set()
    for lang in ("zh", "en"):
        answer = client.get("/api/locate", params={**params, "lang": lang})
        assert (answer.status_code, answer.headers["content-type"]) == (status, "application/problem+json")
        problem = answer.json()
        assert problem["code"] == code
        assert problem["status"] == status
        assert problem["type"] == f"urn:gridwarden:problem:{code}"
        assert problem["request_id"] == answer.headers["x-request-id"] != ""
        said.add((problem["title"], problem["detail"]))
    assert len(said) == 2


@pytest.mark.parametrize("accuracy_m", [0, 1e-300, 1e-11, 1e-4])
def test_a_circle_of_no_size_touches_nothing_more(client: TestClient, accuracy_m: float) -> None:
    assert locate(client, town.ON_BORDER, accuracy_m=accuracy_m)["candidates"] == []


def test_no_grid_there_and_a_desk_that_acts_is_no_vacancy(client: TestClient) -> None:
    found = locate(client, town.IN_EMPTY_VILLAGE)
    assert (
        found["explanation"]
        == "This spot lies in 西村 but in none of its grids, so the village itself answers. 市网格中心 acts."
    )
