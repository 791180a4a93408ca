"""Log in, log out, and what other sites may not do."""

import logging
import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace

import pytest
from fastapi.testclient import TestClient

from gis.store import Store
from grids import sessions
from tests import chains, little_town
from tests.api.conftest import Clock

Enter = Callable[[str], None]
# Names of a past day are shown to staff alone.
PAST_HEAD = "/api/locate?lon=117.005&lat=39.705&datum=wgs84&at=2019-11-30T04:00:00Z"


def attempt(client: TestClient, login: str, password: str) -> int:
    return client.post("/login", data={"login": login, "password": password}, follow_redirects=False).status_code


def test_a_head_is_led_to_his_area(client: TestClient) -> None:
    answer = client.post("/login", data={"login": "head", "password": little_town.PASSWORD}, follow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (303, "/day")
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


@pytest.mark.parametrize(
    ("login", "password"), [("head", "wrong"), ("nobody", little_town.PASSWORD), ("head", "x" * 200)]
)
def test_wrong_passwords_and_unknown_names_look_alike(client: TestClient, login: str, password: str) -> None:
    answer = client.post("/login", data={"login": login, "password": password})
    assert answer.status_code == 401
    assert "The login or the password is wrong" in answer.text
    assert "gridwarden_session" not in answer.cookies


def test_a_refused_log_in_is_one_line_with_its_network(client: TestClient, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING, "gridwarden"):
        attempt(client, "head", "wrong")
    (line,) = [record.getMessage() for record in caplog.records]
    assert re.search(r"POST /login refused, 401 log_in_failed from \S+$", line)
    assert "wrong" not in line


def test_guessing_locks_and_waiting_opens(client: TestClient, clock: Clock) -> None:
    assert [attempt(client, "deputy", "guess") for _ in range(6)] == [401] * 5 + [429]
    waiting = client.post("/login", data={"login": "deputy", "password": little_town.PASSWORD})
    assert (waiting.status_code, waiting.headers["Retry-After"]) == (429, "60")
    clock.go_on(minutes=3)
    assert attempt(client, "deputy", little_town.PASSWORD) == 303


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
        form = {"login": "head", "password": little_town.PASSWORD, "next": away}
        answer = client.post("/login", data=form, follow_redirects=False)
        assert answer.headers["location"] == "/day"


def test_many_guesses_at_once_do_not_outrun_the_lock(client: TestClient) -> None:
    with ThreadPoolExecutor(20) as pool:
        answers = list(pool.map(lambda n: attempt(client, "admin", f"guess {n}"), range(20)))
    assert sorted(answers) == [401] * 5 + [429] * 15


def test_who_does_not_exist_is_locked_out_just_as_well(client: TestClient) -> None:
    assert [attempt(client, "no-such-login", "guess") for _ in range(6)] == [401] * 5 + [429]


def test_logging_in_again_ends_the_session_before(client: TestClient, log_in: Enter) -> None:
    log_in("head")
    before = client.cookies["gridwarden_session"]
    log_in("head")
    client.cookies.clear()
    client.cookies.set("gridwarden_session", before)
    assert client.get(PAST_HEAD).json()["head"]["name"] is None


def test_a_network_that_guesses_waits_whomever_it_guesses(client: TestClient, clock: Clock) -> None:
    clock.go_on(days=1)
    answers = [attempt(client, f"made-up-{n}", "spring2026") for n in range(25)]
    assert answers == [401] * 20 + [429] * 5
    # Who knows his password waits with his network, and for half a minute.
    refused = client.post("/login", data={"login": "head", "password": little_town.PASSWORD})
    assert (refused.status_code, refused.headers["Retry-After"]) == (429, "30")
    clock.go_on(seconds=30)
    assert attempt(client, "head", little_town.PASSWORD) == 303


def test_right_passwords_take_nothing_from_an_office(client: TestClient, clock: Clock) -> None:
    clock.go_on(days=1)
    assert {attempt(client, "head", little_town.PASSWORD) for _ in range(25)} == {303}


def test_a_log_in_that_is_taken_away_while_it_is_checked_opens_nothing(
    client: TestClient, town: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    def slow(password: str, kept: str) -> bool:
        right = bool(hasher.verify(password, kept))
        with chains.owner(town) as owner:
            owner.execute("UPDATE people SET login = NULL, password_hash = NULL WHERE login = 'city'")
            owner.commit()
        return right

    hasher = sessions._HASHER
    monkeypatch.setattr(sessions, "_HASHER", SimpleNamespace(verify=slow))
    assert attempt(client, "city", little_town.PASSWORD) == 401
    with chains.owner(town) as owner:
        opened = owner.execute("SELECT FROM sessions s JOIN people p ON p.id = s.person_id WHERE p.name = '市值班员'")
        assert opened.fetchall() == []


def test_more_than_can_be_checked_are_told_to_come_again(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sessions._QUEUE, "_most", 0)
    answer = client.post("/login", data={"login": "desk", "password": little_town.PASSWORD})
    assert answer.status_code == 503
    assert "Many people log in just now" in answer.text
    monkeypatch.undo()
    assert attempt(client, "desk", little_town.PASSWORD) == 303
