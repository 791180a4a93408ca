"""Areas, categories, tiles and health: the public facts."""

from typing import Any

import pytest
from fastapi.testclient import TestClient

from tests import little_town as town


def get(client: TestClient, path: str, **params: Any) -> Any:
    answer = client.get(path, params=params)
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_one_area(client: TestClient) -> None:
    found = get(client, f"/api/areas/{town.VILLAGE}")
    assert (found["name"], found["level"], found["parent_code"]) == ("东村", "village", "90")
    assert [a["code"] for a in found["chain"]] == ["90", "9001"]
    assert [a["code"] for a in found["children"]] == [town.HEADED, town.DEPUTISED, town.VACANT]
    assert found["bbox"] == pytest.approx([117, 39.7, 117.032, 39.71])
    assert found["owner"]["desk"] == "东村值班台"
    assert (found["edition"], found["synthetic"]) == ("2025", True)


def test_an_area_on_a_past_day(client: TestClient) -> None:
    found = get(client, f"/api/areas/{town.HEADED}", at="2019-11-30T12:00:00+08:00")
    assert (found["edition"], found["head"]["name"]) == ("2019", None)
    assert get(client, f"/api/areas/{town.HEADED}")["head"]["name"] == "东村第一网格长"


@pytest.mark.parametrize("code", ["nowhere", "9", "9001001x", "%25", "x" * 32])
def test_an_unknown_area_is_said_to_be_unknown(client: TestClient, code: str) -> None:
    answer = client.get(f"/api/areas/{code}")
    assert (answer.status_code, answer.json()["code"]) == (404, "area_not_found")


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("东村", ["9001", "9001001", "9001002", "9001003"]),
        ("小城市 第二", ["9001002"]),
        ("9001003", ["9001003"]),
        ("村", ["9001", "9002", "9001001", "9001002", "9001003"]),
        ("西村 第二", []),
        ("%", []),
        ("", []),
        ("'; DROP TABLE areas", []),
    ],
)
def test_search(client: TestClient, text: str, codes: list[str]) -> None:
    assert [hit["code"] for hit in get(client, "/api/areas", q=text)] == codes


def test_hits_name_what_lies_above_because_names_repeat(client: TestClient) -> None:
    assert get(client, "/api/areas", q="第一网格")[0]["chain"] == ["小城市", "东村"]


def test_categories_as_they_stand_today(client: TestClient) -> None:
    found = {c["code"]: c for c in get(client, "/api/categories")}
    assert found.keys() == {"dumping", "dispute"}
    assert found["dumping"].keys() == {
        *("code", "family", "name_zh", "name_en", "private", "urgency", "deadlines", "since"),
    }
    assert (found["dumping"]["urgency"], found["dumping"]["since"]) == ("urgent", "2025-12-31T16:00:00Z")


def edition(client: TestClient) -> int:
    page = client.get("/report", headers={"Accept": "text/html"}).text
    return int(page.partition("/tiles/")[2].partition("/")[0]) if "/tiles/" in page else 2


def test_a_tile_is_kept_for_good(client: TestClient) -> None:
    answer = client.get(f"/tiles/{edition(client)}/14/13517/6220.mvt")
    assert answer.status_code == 200
    assert answer.content
    assert answer.headers["content-type"] == "application/vnd.mapbox-vector-tile"
    assert "immutable" in answer.headers["cache-control"]
    again = client.get(answer.url.path, headers={"If-None-Match": answer.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")


@pytest.mark.parametrize("tile", ["1/15/0/0", "1/-1/0/0", "1/3/8/0", "1/3/0/9", "999/3/0/0", "1/30/5/5"])
def test_tiles_that_cannot_be(client: TestClient, tile: str) -> None:
    answer = client.get(f"/tiles/{tile}.mvt")
    assert (answer.status_code, answer.json()["code"]) == (404, "tile_not_found")


def test_health(client: TestClient) -> None:
    assert get(client, "/healthz") == get(client, "/readyz") == {"status": "ok"}


def test_every_answer_carries_the_headers_of_safety(client: TestClient) -> None:
    for path in ("/healthz", "/api/categories", "/report", "/no-such-page", "/static/nothing.js"):
        headers = client.get(path).headers
        policy = headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "no-referrer"
        assert len(headers["x-request-id"]) == 32


def test_other_addresses_and_methods(client: TestClient) -> None:
    assert client.get("/api/nothing").json()["code"] == "not_found"
    assert client.delete("/api/locate").json()["code"] == "method_not_allowed"


def test_the_description_names_every_route_with_examples(client: TestClient) -> None:
    paths = get(client, "/openapi.json")["paths"]
    assert paths.keys() >= {
        "/api/locate",
        "/api/reports",
        "/api/reports/{number}",
        "/api/areas/{code}",
        "/api/categories",
    }
    body = get(client, "/openapi.json")["components"]["schemas"]["ReportBody"]
    assert body["examples"][0]["datum"] == "wgs84"
    assert client.get("/docs", headers={"Accept": "text/html"}).status_code == 200
