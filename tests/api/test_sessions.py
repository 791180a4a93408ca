"""Log in, log out, and what other sites may not do."""

from collections.abc import Callable

import pytest
from fastapi.testclient import TestClient

from tests import little_town as town
from tests.api.conftest import Clock

Enter = Callable[[str], None]
# Names of a past day are shown to staff alone.
PAST_HEAD = "/api/locate?lon=117.005&lat=39.705&datum=wgs84&at=2019-11-30T04:00:00Z"


def attempt(client: TestClient, login: str, password: str) -> int:
    return client.post("/login", data={"login": login, "password": password}, follow_redirects=False).status_code


def test_a_head_is_led_to_his_area(client: TestClient) -> None:
    answer = client.post("/login", data={"login": "head", "password": town.PASSWORD}, follow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (303, f"/areas/{town.HEADED}")
    cookie = answer.headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=lax" in cookie


def test_log_out_ends_the_session_at_the_server(client: TestClient, log_in: Enter) -> None:
    log_in("head")
    stolen = client.cookies["gridwarden_session"]
    assert client.get(PAST_HEAD).json()["head"]["name"]
    client.post("/logout")
    client.cookies.set("gridwarden_session", stolen)
    assert client.get(PAST_HEAD).json()["head"]["name"] is None


def test_a_session_ends_after_its_time(client: TestClient, log_in: Enter, clock: Clock) -> None:
    log_in("head")
    clock.go_on(hours=11, minutes=59)
    assert client.get(PAST_HEAD).json()["head"]["name"]
    clock.go_on(minutes=1)
    assert client.get(PAST_HEAD).json()["head"]["name"] is None


@pytest.mark.parametrize(("login", "password"), [("head", "wrong"), ("nobody", town.PASSWORD), ("head", "x" * 200)])
def test_wrong_passwords_and_unknown_names_look_alike(client: TestClient, login: str, password: str) -> None:
    answer = client.post("/login", data={"login": login, "password": password})
    assert answer.status_code == 401
    assert "The login or the password is wrong" in answer.text
    assert "gridwarden_session" not in answer.cookies


def test_guessing_locks_and_waiting_opens(client: TestClient, clock: Clock) -> None:
    assert [attempt(client, "deputy", "guess") for _ in range(6)] == [401] * 5 + [429]
    assert attempt(client, "deputy", town.PASSWORD) == 429
    clock.go_on(minutes=3)
    assert attempt(client, "deputy", town.PASSWORD) == 303


@pytest.mark.parametrize("path", ["/login", "/logout", "/report", "/api/reports"])
@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Origin": "https://elsewhere.example"},
        {"Origin": "null"},
    ],
)
def test_other_sites_cannot_write(client: TestClient, path: str, headers: dict[str, str]) -> None:
    answer = client.post(path, headers=headers | {"Accept": "application/json"})
    assert (answer.status_code, answer.json()["code"]) == (403, "cross_site")


def test_a_log_in_does_not_lead_elsewhere(client: TestClient) -> None:
    for away in ("https://elsewhere.example", "//elsewhere.example", "/\\elsewhere.example"):
        form = {"login": "head", "password": town.PASSWORD, "next": away}
        answer = client.post("/login", data=form, follow_redirects=False)
        assert answer.headers["location"] == f"/areas/{town.HEADED}"
