"""Taking reports in and showing them again."""

import json
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from typing import Any

import psycopg
import pytest
from fastapi.testclient import TestClient
from pydantic import SecretStr

from api.app import create_app
from api.settings import QuotaSettings, ServiceSettings
from gis.store import Store
from tests import little_town
from tests.api.conftest import Clock
from tests.little_town import Told

Keys = Callable[[], dict[str, str]]
Rows = Callable[..., dict[str, Any]]


def count(database: Store, table: str) -> int:
    with psycopg.connect(database.dsn("migrate")) as connection:
        connection.execute("SET ROLE gridwarden_owner")
        row = connection.execute(f"SELECT count(*) FROM {table}").fetchone()
        assert row
        return int(row[0])


def test_a_report_is_taken_in_with_everything_that_belongs_to_it(
    client: TestClient, key: Keys, town_rows: Rows
) -> None:
    answer = client.post(
        "/api/reports", json=Told(*little_town.IN_HEADED).body(accuracy_m=12, contact="13800000000"), headers=key()
    )
    assert answer.status_code == 201, answer.text
    receipt = answer.json()
    assert receipt.keys() == {"number", "link", "received_at", "match", "joined"}
    assert receipt["received_at"] == "2026-03-02T01:00:00Z"
    assert receipt["link"].startswith(f"/status/{receipt['number']}?key=")
    located = client.get("/api/locate", params={"lon": 117.005, "lat": 39.705, "datum": "wgs84", "accuracy_m": 12})
    assert receipt["match"] == located.json()
    report = town_rows("SELECT * FROM reports WHERE number = %s", receipt["number"])
    case = town_rows("SELECT * FROM cases WHERE id = %s", report["case_id"])
    assert (case["owner_area_code"], case["owner_role"], case["state"]) == (little_town.HEADED, "head", "received")
    assert (case["due_at"] - case["received_at"]).total_seconds() == 24 * 3600, "the deadline in force since 2026"
    assert (report["lon_given"], report["lat_given"], report["datum"], report["accuracy_m"]) == (
        117.005,
        39.705,
        "wgs84",
        12,
    )
    assert report["seen_head_posting_id"] == case["owner_posting_id"]
    assert "name" not in report["match"]["head"], "what is kept for good holds no names"
    words = town_rows("SELECT * FROM report_words WHERE report_id = %s", report["id"])
    assert words["words"] == "苗圃东边又有人倒垃圾。"
    assert town_rows("SELECT * FROM report_contacts WHERE report_id = %s", report["id"])["contact"] == "13800000000"
    event = town_rows("SELECT * FROM events WHERE case_id = %s", case["id"])
    assert (event["seq"], event["verb"], event["state"]) == (1, "receive", "received")
    assert "垃圾" not in str(event["data"]), "events hold digests, not words"
    outbox = town_rows("SELECT * FROM outbox WHERE payload ->> 'case_id' = %s", str(case["id"]))
    assert outbox["topic"] == "report.received"


@pytest.fixture
def town_rows(town: Store) -> Rows:
    def one(query: str, *values: Any) -> dict[str, Any]:
        with psycopg.connect(town.dsn("migrate"), row_factory=psycopg.rows.dict_row) as connection:
            connection.execute("SET ROLE gridwarden_owner")
            row = connection.execute(query, values).fetchone()
            assert row is not None
            return row

    return one


def test_the_same_key_again_is_the_same_report(client: TestClient, key: Keys, town: Store, clock: Clock) -> None:
    headers, body = key(), Told(*little_town.IN_HEADED).body()
    first = client.post("/api/reports", json=body, headers=headers).json()
    before = count(town, "reports")
    clock.go_on(minutes=5)
    assert client.post("/api/reports", json=body, headers=headers).json() == first
    assert count(town, "reports") == before
    other = client.post("/api/reports", json={**body, "text": "别的事"}, headers=headers)
    assert (other.status_code, other.json()["code"]) == (422, "idempotency_conflict")


@pytest.fixture
def unhurried(town: Store, clock: Clock) -> Iterator[TestClient]:
    """A client of a service that lets one device send more than ours does."""
    settings = ServiceSettings(secret=SecretStr("s" * 32), quotas=QuotaSettings(quota_device_at_once=50))
    with TestClient(create_app(settings, town.asyncpg_kwargs("web"), clock=clock)) as client:
        yield client


def test_twenty_at_once_with_one_key_are_one_report(unhurried: TestClient, key: Keys, town: Store) -> None:
    headers, body = key(), Told(*little_town.IN_HEADED).body()
    before = {table: count(town, table) for table in ("reports", "cases", "events", "outbox")}
    with ThreadPoolExecutor(20) as pool:
        answers = list(pool.map(lambda _: unhurried.post("/api/reports", json=body, headers=headers), range(20)))
    assert {a.status_code for a in answers} == {201}
    assert len({a.json()["number"] for a in answers}) == 1
    assert {table: count(town, table) - before[table] for table in before} == dict.fromkeys(before, 1)


def test_by_village_and_words(client: TestClient, key: Keys) -> None:
    body = Told(0, 0).body(
        lon=None, lat=None, datum=None, area_code=little_town.VILLAGE, place_words="东头水沟边", channel="hotline"
    )
    receipt = client.post("/api/reports", json=body, headers=key()).json()
    match = receipt["match"]
    assert (match["outcome"], match["area"]["code"], match["owner"]["desk"]) == (
        "backstop",
        little_town.VILLAGE,
        "东村值班台",
    )
    shown = client.get(receipt["link"].replace("/status/", "/api/reports/")).json()
    assert (shown["reporter"]["place_words"], shown["reporter"]["lon"]) == ("东头水沟边", None)


def test_outside_names_who_is_served_and_staff_lose_nothing(
    client: TestClient, key: Keys, log_in: Callable[[str], None], town: Store
) -> None:
    body = Told(*little_town.OUTSIDE).body()
    before = count(town, "reports")
    refused = client.post("/api/reports", json=body, headers=key())
    assert (refused.status_code, refused.json()["code"]) == (422, "outside_service_area")
    assert refused.json()["served"] == [{"code": "90", "name": "小城市", "level": "city"}]
    assert "小城市" in refused.json()["detail"]
    assert count(town, "reports") == before
    log_in("desk")
    taken = client.post("/api/reports", json=body | {"channel": "hotline"}, headers=key())
    assert taken.status_code == 201
    assert (taken.json()["match"]["outcome"], taken.json()["match"]["owner"]) == ("outside", None)
    with psycopg.connect(town.dsn("migrate")) as connection:
        connection.execute("SET ROLE gridwarden_owner")
        case = connection.execute(
            "SELECT c.area_code, c.owner_area_code, c.owner_role FROM cases c JOIN reports r ON r.case_id = c.id"
            " WHERE r.number = %s",
            (taken.json()["number"],),
        ).fetchone()
    assert case == (None, "90", "desk"), "it waits in the city's triage list"


def test_patrols_are_for_staff(client: TestClient, key: Keys, log_in: Callable[[str], None]) -> None:
    body = Told(*little_town.IN_HEADED, channel="patrol").body()
    assert client.post("/api/reports", json=body, headers=key()).json()["code"] == "channel_for_staff"
    log_in("head")
    assert client.post("/api/reports", json=body, headers=key()).status_code == 201


@pytest.mark.parametrize(
    ("other", "code", "field"),
    [
        ({"text": ""}, "empty_text", "text"),
        ({"text": " \n"}, "empty_text", "text"),
        ({"text": "长" * 10_000}, "text_too_long", "text"),
        ({"category": "no_such"}, "unknown_category", "category"),
        ({"lon": None, "lat": None, "datum": None}, "missing_place", "lon"),
        ({"area_code": "9001"}, "missing_place", "lon"),
        ({"lon": None, "lat": None, "datum": None, "area_code": "999"}, "unknown_area", "area_code"),
        ({"seen_at": "2027-01-01T00:00:00Z"}, "seen_in_future", "seen_at"),
        ({"seen_at": "2026-01-01T00:00:00"}, "bad_instant", "seen_at"),
        ({"datum": None}, "unknown_datum", None),
        ({"datum": "mars"}, "unknown_datum", "datum"),
        ({"lat": None}, "bad_position", None),
        ({"lon": 39.7, "lat": 117.0}, "coordinates_swapped", None),
        ({"channel": "pigeon"}, "invalid_request", "channel"),
        ({"colour": "red"}, "invalid_request", "colour"),
        ({"lon": "here"}, "invalid_request", "lon"),
    ],
)
def test_bad_reports_are_told_what_to_do_and_nothing_is_stored(
    client: TestClient, key: Keys, town: Store, other: dict[str, Any], code: str, field: str | None
) -> None:
    before = count(town, "reports"), count(town, "idempotency_keys")
    answer = client.post("/api/reports", json=Told(*little_town.IN_HEADED).body() | other, headers=key())
    assert answer.status_code == 422
    problem = answer.json()
    assert problem["code"] == code
    assert [e["field"] for e in problem["errors"]] == ([field] if field else [])
    assert (count(town, "reports"), count(town, "idempotency_keys")) == before


@pytest.mark.parametrize(
    ("content", "status", "code"),
    [(b"lon=117", 400, "not_json"), (b'{"lon": 117', 400, "not_json"), (b"x" * 1_000_001, 413, "body_too_large")],
)
def test_bodies_that_are_no_reports(client: TestClient, key: Keys, content: bytes, status: int, code: str) -> None:
    answer = client.post("/api/reports", content=content, headers=key() | {"Content-Type": "application/json"})
    assert (answer.status_code, answer.json()["code"]) == (status, code)


def test_what_cannot_be_kept_is_replaced_and_the_rest_is_kept(client: TestClient, key: Keys) -> None:
    content = json.dumps(Told(*little_town.IN_HEADED).body(text=" NUL \0, half a pair \ud800 ")).encode()
    answer = client.post("/api/reports", content=content, headers=key() | {"Content-Type": "application/json"})
    assert answer.status_code == 201, answer.text
    mine = client.get(answer.json()["link"].replace("/status/", "/api/reports/")).json()["reporter"]
    assert mine["words"] == "NUL \ufffd, half a pair ?"


def test_not_a_number_in_json(client: TestClient, key: Keys) -> None:
    content = b'{"lon": NaN, "lat": 39.7, "datum": "wgs84", "category": "dumping", "text": "x", "channel": "app"}'
    answer = client.post("/api/reports", content=content, headers=key() | {"Content-Type": "application/json"})
    assert (answer.status_code, answer.json()["code"]) == (422, "bad_position")


@pytest.mark.parametrize("headers", [{}, {"Idempotency-Key": "short"}, {"Idempotency-Key": "x" * 200}])
def test_without_a_key_a_report_is_refused(client: TestClient, headers: dict[str, str]) -> None:
    answer = client.post("/api/reports", json=Told(*little_town.IN_HEADED).body(), headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (400, "missing_idempotency_key")


def test_the_number_alone_tells_little_and_the_link_the_rest(client: TestClient, key: Keys) -> None:
    receipt = client.post("/api/reports", json=Told(*little_town.IN_HEADED).body(contact="张"), headers=key()).json()
    public = client.get(f"/api/reports/{receipt['number']}").json()
    assert public == {
        "number": receipt["number"],
        "category": "dumping",
        "state": "received",
        "confirmed": None,
        "received_on": "2026-03-02",
        "area": {"code": little_town.HEADED, "name": "东村第一网格", "level": "grid"},
        "reporter": None,
    }
    mine = client.get(receipt["link"].replace("/status/", "/api/reports/")).json()["reporter"]
    assert (mine["words"], mine["lon"], mine["lat"]) == ("苗圃东边又有人倒垃圾。", 117.005, 39.705)
    assert [e["verb"] for e in mine["events"]] == ["receive"]
    assert datetime.fromisoformat(mine["due_at"]) > datetime.fromisoformat(receipt["received_at"])
    assert "张" not in str(mine)


def test_wrong_numbers_and_keys(client: TestClient, key: Keys) -> None:
    receipt = client.post("/api/reports", json=Told(*little_town.IN_HEADED).body(), headers=key()).json()
    number = receipt["number"]
    wrong_key = client.get(f"/api/reports/{number}", params={"key": "A" * 22})
    assert (wrong_key.status_code, wrong_key.json()["code"]) == (404, "unknown_report")
    slip = number[:-1] + str((int(number[-1]) + 1) % 10)
    assert client.get(f"/api/reports/{slip}").json()["code"] == "bad_number"
    assert client.get("/api/reports/0000000000").json()["code"] == "unknown_report"


def test_a_retry_after_logging_in_is_the_same_report(
    client: TestClient, key: Keys, log_in: Callable[[str], None]
) -> None:
    headers, body = key(), Told(*little_town.IN_HEADED).body()
    first = client.post("/api/reports", json=body, headers=headers).json()["number"]
    log_in("head")
    assert client.post("/api/reports", json=body, headers=headers).json()["number"] == first


def test_a_private_report_tells_the_county_alone(client: TestClient, key: Keys) -> None:
    body = Told(*little_town.IN_HEADED, category="dispute").body()
    number = client.post("/api/reports", json=body, headers=key()).json()["number"]
    assert client.get(f"/api/reports/{number}").json()["area"]["code"] == little_town.VILLAGE, "the second level here"


def test_many_forms_at_once_do_not_wait_for_each_other(unhurried: TestClient) -> None:
    lon, lat = map(str, little_town.OUTSIDE)
    form = {"step": "send", "lon": lon, "lat": lat, "category": "dumping", "text": "x", "key": "k" * 24}
    with ThreadPoolExecutor(40) as pool:
        answers = list(pool.map(lambda _: unhurried.post("/report", data=form).status_code, range(40)))
    assert set(answers) == {422}


def test_a_channel_that_there_is_not_is_said_on_the_form(client: TestClient) -> None:
    lon, lat = map(str, little_town.IN_HEADED)
    form = {"step": "send", "lon": lon, "lat": lat, "category": "dumping", "text": "still here", "channel": "pigeon"}
    form["same_as"] = "none"
    answer = client.post("/report", data=form)
    assert answer.status_code == 422
    assert "still here" in answer.text


@pytest.mark.parametrize(("asked", "kept"), [("en-GB,en;q=0.9", "en"), ("zh-CN", "zh"), ("fr", "zh")])
def test_letters_go_out_in_the_language_of_whoever_left_the_contact(
    client: TestClient, key: Keys, town_rows: Rows, asked: str, kept: str
) -> None:
    headers, body = key(), Told(*little_town.IN_HEADED).body(contact="zhang@example.org")
    number = client.post("/api/reports", json=body, headers={**headers, "Accept-Language": asked}).json()["number"]
    again = client.post(
        "/api/reports", json=body, headers={**headers, "Accept-Language": "en" if kept == "zh" else "zh"}
    )
    assert (again.status_code, again.json()["number"]) == (201, number), "the language is no part of what was said"
    found = town_rows(
        "SELECT k.lang FROM report_contacts k JOIN reports r ON r.id = k.report_id WHERE r.number = %s", number
    )
    assert found["lang"] == kept


def test_the_forms_language_is_kept_and_not_that_of_staff(
    client: TestClient, town_rows: Rows, log_in: Callable[[str], None]
) -> None:
    lon, lat = map(str, little_town.IN_HEADED)
    form = {"step": "send", "lon": lon, "lat": lat, "category": "dumping", "text": "话", "contact": "li@example.org"}
    form["same_as"] = "none"
    langs = []
    for login in ("", "clerk"):
        if login:
            log_in(login)
        sent = client.post("/report", data=form, params={"lang": "en"}, follow_redirects=False)
        assert sent.status_code == 303, sent.text
        number = sent.headers["location"].removeprefix("/status/").partition("?")[0]
        langs.append(
            town_rows(
                "SELECT k.lang FROM report_contacts k JOIN reports r ON r.id = k.report_id WHERE r.number = %s", number
            )["lang"]
        )
    assert langs == ["en", "zh"]
