"""How often somebody may report or ask: devices, networks, staff, keys; and what is said to whoever comes too often."""

import os
import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import psycopg
import pytest
from fastapi.testclient import TestClient
from pydantic import SecretStr

from api.app import create_app
from api.senders import DEVICE_COOKIE
from api.settings import ServiceSettings
from gis.store import Store
from grids.keys import add_key, revoke_key
from tests import little_town
from tests.api.conftest import Clock
from tests.api.test_reports import count
from tests.little_town import Told

Keys = Callable[[], dict[str, str]]
Visitor = Callable[..., TestClient]
# The quality plan asks for 10,000; a few hundred show the same in a fraction of the time.
BURST = int(os.environ.get("BURST", "300"))
BODY = Told(*little_town.IN_HEADED).body()


@pytest.fixture
def visitor(town: Store, clock: Clock) -> Iterator[Visitor]:
    """Clients of one service, each from an address of its own; behind a proxy that says who asks."""
    settings = ServiceSettings(secret=SecretStr("s" * 32), trusted_proxies=("10.0.0.0/8",))
    app = create_app(settings, town.asyncpg_kwargs("web"), clock=clock)
    clients: list[TestClient] = []
    # One for its lifespan; the visitors share its application.
    with TestClient(app) as whole:

        def come(address: str, **headers: str) -> TestClient:
            client = TestClient(app, client=(address, 5000), headers={"Accept-Language": "en", **headers})
            # All share one event loop, as in the service: connections belong to it.
            client.portal = whole.portal
            clients.append(client)
            return client

        yield come


def send(client: TestClient, key: Keys, **headers: str) -> Any:
    return client.post("/api/reports", json=BODY, headers=key() | headers)


def add(town: Store, clock: Clock, name: str, per_minute: int, *channels: str) -> dict[str, str]:
    with psycopg.connect(town.dsn("migrate")) as connection:
        made = add_key(connection, name, per_minute, channels or ("app",), clock() - timedelta(days=1))
    return {"Authorization": f"Bearer {made}"}


def test_a_burst_from_one_device_is_held_and_others_get_through(
    visitor: Visitor, key: Keys, town: Store, clock: Clock
) -> None:
    before = count(town, "reports")
    noisy, neighbour, elsewhere = visitor("192.0.2.7"), visitor("192.0.2.7"), visitor("198.51.100.1")
    neighbour.get("/report")
    for n in range(BURST):
        if n % 50 == 49:
            clock.go_on(seconds=1)
        answer = send(noisy, key)
        if n >= 20:
            assert (answer.status_code, answer.json()["code"]) == (429, "too_many_reports")
    assert count(town, "reports") - before <= 10 + BURST // 50 // 10 + 1 <= 20
    assert send(neighbour, key).status_code == 201, "same network, another device"
    assert send(elsewhere, key).status_code == 201


def test_who_waits_as_told_gets_everything_through(visitor: Visitor, key: Keys, clock: Clock) -> None:
    client = visitor("192.0.2.8")
    client.get("/report")
    waiting, began = [key() for _ in range(100)], clock()
    numbers = set()
    while waiting:
        answer = client.post("/api/reports", json=BODY, headers=waiting[0])
        if answer.status_code == 429:
            clock.go_on(seconds=int(answer.headers["retry-after"]))
            continue
        numbers.add(answer.json()["number"])
        waiting.pop(0)
    assert len(numbers) == 100
    assert clock() - began == timedelta(seconds=900), "ten at once, then one every ten seconds"


def test_what_is_said_is_kind_and_says_when(visitor: Visitor, key: Keys) -> None:
    client = visitor("192.0.2.9")
    answers = [send(client, key) for _ in range(11)]
    assert [a.status_code for a in answers] == [201] * 10 + [429]
    assert answers[-1].headers["retry-after"] == "10"
    assert answers[-1].headers["content-type"] == "application/problem+json"
    assert "10 seconds" in answers[-1].json()["detail"]
    assert "Nothing that you wrote is lost" in answers[-1].json()["detail"]
    chinese = client.post("/api/reports?lang=zh", json=BODY, headers=key()).json()["detail"]
    assert "不会丢失" in chinese


def test_the_form_keeps_what_was_typed(visitor: Visitor, key: Keys) -> None:
    client = visitor("192.0.2.10", Accept="text/html")
    for _ in range(10):
        assert send(client, key).status_code == 201
    lon, lat = map(str, little_town.IN_HEADED)
    form = {"step": "send", "lon": lon, "lat": lat, "category": "dumping", "text": "still here", "key": "k" * 24}
    form["same_as"] = "none"
    answer = client.post("/report", data=form)
    assert answer.status_code == 429
    assert answer.headers["retry-after"] == "10"
    assert "still here" in answer.text
    assert "k" * 24 in answer.text, "the same key, so that it arrives once"
    assert "10 seconds" in answer.text
    assert client.post("/report", data={**form, "step": "look"}).status_code == 200, "looking costs nothing"


def test_dropping_or_making_up_the_cookie_does_not_help(visitor: Visitor, key: Keys, clock: Clock) -> None:
    dropping = visitor("192.0.2.11")
    stored = 0
    for _ in range(20):
        dropping.cookies.clear()
        dropping.get("/report")
        stored += sum(send(dropping, key).status_code == 201 for _ in range(10))
    assert stored == 60, "the network's minute"
    clock.go_on(seconds=59)
    assert send(dropping, key).status_code == 429
    clock.go_on(seconds=2)
    assert send(dropping, key).status_code == 201
    forging = visitor("192.0.2.12")
    stored = 0
    for n in range(40):
        forging.cookies.set(DEVICE_COOKIE, f"{n:032x}.{'A' * 22}")
        stored += send(forging, key).status_code == 201
    assert stored == 10, "a name that we did not give counts for nothing"


def test_the_cookie_is_for_nothing_else(visitor: Visitor) -> None:
    client = visitor("192.0.2.13")
    said = client.get("/report").headers["set-cookie"]
    assert re.match(rf"{DEVICE_COOKIE}=[0-9a-f]{{32}}\.\S+; HttpOnly; Max-Age=86400; Path=/; SameSite=lax", said)
    assert "set-cookie" not in client.get("/report").headers, "once"


def test_an_address_of_a_network_is_no_new_sender(visitor: Visitor, key: Keys) -> None:
    stored = sum(send(visitor(f"2001:db8:0:1::{n:x}"), key).status_code == 201 for n in range(1, 30))
    assert stored == 10
    assert send(visitor("2001:db8:0:2::1"), key).status_code == 201


def test_only_a_trusted_proxy_says_who_asks(visitor: Visitor, key: Keys) -> None:
    direct = visitor("192.0.2.14")
    stored = sum(send(direct, key, **{"X-Forwarded-For": f"203.0.113.{n}"}).status_code == 201 for n in range(30))
    assert stored == 10
    proxy = visitor("10.0.0.1")
    for n in range(12):
        assert send(proxy, key, **{"X-Forwarded-For": f"203.0.113.{n}"}).status_code == 201
    # What stands to the left of the last address that is not ours, the sender wrote.
    stored = sum(
        send(proxy, key, **{"X-Forwarded-For": f"203.0.113.{n}, 198.51.100.77, 10.1.1.1"}).status_code == 201
        for n in range(30)
    )
    assert stored == 10


def test_a_repeated_key_costs_and_answers_the_receipt(visitor: Visitor, key: Keys, clock: Clock) -> None:
    client, headers = visitor("192.0.2.15"), key()
    first = client.post("/api/reports", json=BODY, headers=headers)
    for _ in range(9):
        assert client.post("/api/reports", json=BODY, headers=headers).json() == first.json()
    refused = client.post("/api/reports", json=BODY, headers=headers)
    assert refused.status_code == 429
    clock.go_on(seconds=int(refused.headers["retry-after"]))
    assert client.post("/api/reports", json=BODY, headers=headers).json() == first.json()


def test_who_is_refused_is_not_read(visitor: Visitor, key: Keys) -> None:
    client = visitor("192.0.2.16")
    for _ in range(10):
        send(client, key)
    answer = client.post("/api/reports", content=b"no json", headers=key())
    assert answer.status_code == 429


def test_staff_have_their_own(visitor: Visitor, key: Keys, clock: Clock) -> None:
    clerk, second = visitor("192.0.2.17"), visitor("192.0.2.18")
    for each in (clerk, second):
        each.post("/login", data={"login": "desk", "password": little_town.PASSWORD})
    assert all(send(clerk, key).status_code == 201 for _ in range(300))
    assert all(send(second, key).status_code == 201 for _ in range(300))
    refused = send(clerk, key)
    assert (refused.status_code, refused.headers["retry-after"]) == (429, "61"), "a person's, over all sessions"
    pretending = visitor("192.0.2.19")
    pretending.cookies.set("gridwarden_session", "made-up")
    assert sum(send(pretending, key).status_code == 201 for _ in range(20)) == 10
    clock.go_on(seconds=61)
    assert send(clerk, key).status_code == 201


def test_a_key_has_its_own_quota_and_channels(visitor: Visitor, key: Keys, town: Store, clock: Clock) -> None:
    headers = add(town, clock, "one", 25, "hotline")
    client = visitor("192.0.2.20", **headers)
    body = BODY | {"channel": "hotline"}
    answers = [client.post("/api/reports", json=body, headers=key()).status_code for _ in range(30)]
    assert answers == [201] * 25 + [429] * 5
    clock.go_on(seconds=61)
    wrong = client.post("/api/reports", json=BODY, headers=key())
    assert (wrong.status_code, wrong.json()["code"]) == (403, "channel_not_for_key")
    assert "hotline" in wrong.json()["detail"]
    assert send(visitor("192.0.2.20"), key).status_code == 201, "the network's quota is untouched"


def test_unknown_and_revoked_keys(visitor: Visitor, key: Keys, town: Store, clock: Clock) -> None:
    unknown = send(visitor("192.0.2.21", Authorization="Bearer made-up"), key)
    assert (unknown.status_code, unknown.json()["code"]) == (401, "unknown_key")
    assert unknown.headers["www-authenticate"] == "Bearer"
    headers = add(town, clock, "two", 25)
    client = visitor("192.0.2.21", **headers)
    assert send(client, key).status_code == 201
    with psycopg.connect(town.dsn("migrate")) as connection:
        revoke_key(connection, "two", clock())
    clock.go_on(seconds=5)
    assert send(client, key).json()["code"] == "unknown_key"
    assert send(visitor("192.0.2.21", Authorization="Basic dTpw"), key).status_code == 201, "not meant for us"


def test_a_known_key_costs_no_statement(visitor: Visitor, key: Keys, town: Store, clock: Clock) -> None:
    client = visitor("192.0.2.22", **add(town, clock, "three", 100))
    assert send(client, key).status_code == 201
    with psycopg.connect(town.dsn("migrate")) as connection:
        connection.execute("ALTER FUNCTION key_of RENAME TO key_of_away")
        connection.commit()
        try:
            assert send(client, key).status_code == 201
        finally:
            connection.execute("ALTER FUNCTION key_of_away RENAME TO key_of")


def test_guessing_receipt_numbers_is_slow(visitor: Visitor, key: Keys, clock: Clock) -> None:
    receipt = send(visitor("192.0.2.23"), key).json()
    link = receipt["link"].replace("/status/", "/api/reports/")
    guesser = visitor("192.0.2.24")
    for _ in range(15):
        assert guesser.get("/api/reports/0000000000").status_code == 404
        assert guesser.get(f"/status/{receipt['number']}").status_code == 200
    answer = guesser.get("/api/reports/0000000000", params={"key": "A" * 22})
    assert (answer.status_code, answer.json()["code"]) == (429, "too_many_requests")
    assert answer.headers["retry-after"] == "61"
    page = guesser.get(f"/status/{receipt['number']}", headers={"Accept": "text/html"})
    assert (page.status_code, page.headers["retry-after"]) == (429, "61")
    assert "61 seconds" in page.text
    for path in (receipt["link"], link):
        assert guesser.get(path).status_code == 200, "a link is no guess"
    assert visitor("192.0.2.25").get(f"/api/reports/{receipt['number']}").status_code == 200
    clock.go_on(seconds=61)
    assert guesser.get(f"/api/reports/{receipt['number']}").status_code == 200


def test_the_description_names_keys(visitor: Visitor) -> None:
    described = visitor("192.0.2.26").get("/openapi.json").json()
    post = described["paths"]["/api/reports"]["post"]
    assert post["security"] == [{"apiKey": []}, {}]
    assert described["components"]["securitySchemes"]["apiKey"]["scheme"] == "bearer"
    assert "429" in post["responses"]
