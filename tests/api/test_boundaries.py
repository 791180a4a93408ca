"""Editions over HTTP: who may look and change, what is said before, and a redraw from file to roll-back on the pages."""

import re
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import event

from gis.store import Store
from tests import chains
from tests.api.conftest import Clock
from tests.redrawn import TOWN


@pytest.fixture(scope="module", autouse=True)
def redrawn(town: Store) -> None:
    with chains.owner(town) as owner:
        owner.execute(TOWN)
        owner.commit()


def prepared(town: Store) -> None:
    from grids.activation import prepare_edition

    with chains.owner(town) as owner:
        prepare_edition(owner, 3)
        owner.commit()


def until(instant: str | None) -> str:
    return f"during = tstzrange(lower(during), {'NULL' if instant is None else repr(instant)})"


def table_of_cases(page: str) -> str:
    return page[page.index('id="effects"') : page.index('id="compared"')].split("</table>")[0].lower()


def state(client: TestClient) -> str:
    return str(client.get("/api/boundaries/3").json()["state"])


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/api/boundaries"),
        ("GET", "/api/boundaries/3"),
        ("GET", "/api/boundaries/3/comparison?against=2"),
        ("GET", "/api/boundaries/3/effects"),
        ("POST", "/api/boundaries/3/prepare"),
        ("DELETE", "/api/boundaries/activations/2026-03-03"),
        ("GET", "/boundaries"),
        ("GET", "/boundaries/3"),
        ("GET", "/boundaries/3/difference.geojson?against=2"),
        ("POST", "/boundaries/3/prepare"),
        ("POST", "/boundaries/3/activate"),
        ("POST", "/boundaries/3/take-back"),
    ],
)
def test_boundaries_are_for_administrators(
    client: TestClient, log_in: Callable[[str], None], method: str, path: str
) -> None:
    assert client.request(method, path).status_code == 401
    log_in("city")
    assert client.request(method, path).status_code == 403


def test_a_redraw_from_preparing_to_roll_back(
    client: TestClient, log_in: Callable[[str], None], town: Store, clock: Clock
) -> None:
    log_in("admin")
    assert [(one["name"], one["state"]) for one in client.get("/api/boundaries").json()] == [
        ("2026", "loaded"),
        ("2025", "in_force"),
        ("2019", "past"),
    ]
    # From the page the worker is asked; only what is prepared is activated.
    assert client.post("/boundaries/3/prepare", follow_redirects=False).status_code == 303
    assert state(client) == "preparing"
    begin = {"from": "2026-03-03", "accept_warnings": True}
    assert client.post("/api/boundaries/3/activations", json=begin).json()["code"] == "activation_refused"
    prepared(town)
    assert state(client) == "prepared"
    sent = client.post(
        "/api/reports",
        json={
            "lon": 117.006,
            "lat": 39.705,
            "datum": "wgs84",
            "category": "dumping",
            "text": "苗圃东边。",
            "channel": "app",
        },
        headers={"Idempotency-Key": "5f" * 16},
    ).json()
    assert sent["match"]["area"]["code"] == town_code(1)

    said = client.get("/api/boundaries/3/effects").json()
    assert (said["cases"], said["handed_over"], said["heads_in_all"]) == (1, 1, 1)
    told = client.get("/api/boundaries/3/comparison?against=2").json()
    assert [(one["kind"], [area["code"] for area in one["before"]]) for one in told["changes"]] == [
        ("gone", ["9001003"]),
        ("moved", ["9001001"]),
        ("moved", ["9001002"]),
    ]
    assert {one["properties"]["what"] for one in told["map"]["features"]} == {"before", "after", "ground"}
    shapes = client.get("/boundaries/3/difference.geojson?against=2")
    assert shapes.json() == told["map"]
    # The browser may keep it, and asks again: whoever may not look any more is told so.
    assert shapes.headers["cache-control"] == "private, no-cache"
    again = client.get("/boundaries/3/difference.geojson?against=2", headers={"If-None-Match": shapes.headers["etag"]})
    assert again.status_code == 304

    page = client.get("/boundaries/3")
    assert page.status_code == 200
    # What a file says of itself is text.
    assert "&lt;b&gt;redrawn&lt;/b&gt;" in page.text
    assert "<b>redrawn" not in page.text
    assert 'name="accept_warnings"' in page.text

    # The deputy who would get the case leaves in June: what changes hangs on the day.
    with chains.tampering(town) as superuser:
        superuser.execute(f"UPDATE postings SET {until('2026-05-31 16:00Z')} WHERE role = 'deputy'")
    new_owners = [
        client.get(f"/api/boundaries/3/effects?from={day}").json()["first"][0]["owner"]["role"]
        for day in ("2026-05-31", "2026-06-01")
    ]
    assert new_owners == ["deputy", "desk"]
    in_may, in_june = (client.get(f"/boundaries/3?from={day}").text for day in ("2026-05-31", "2026-06-01"))
    assert ("deputy" in table_of_cases(in_may), "deputy" in table_of_cases(in_june)) == (True, False)
    # The day that was chosen stands where the edition would be activated as well.
    assert in_june.count('name="from" value="2026-06-01" min="2026-03-03" required') == 2
    for day in ("2026-03-02", "1999-01-01"):
        too_early = client.get("/boundaries/3", params={"from": day})
        assert (too_early.status_code, "2026-03-03 is the earliest day" in too_early.text) == (409, True)
    assert client.get("/boundaries/3?from=soon").status_code == 409
    with chains.tampering(town) as superuser:
        superuser.execute(f"UPDATE postings SET {until(None)} WHERE role = 'deputy'")

    refused = client.post("/boundaries/3/activate", data={"from": "2026-03-03"})
    assert refused.status_code == 409
    assert "accept them" in refused.text
    assert client.post("/boundaries/3/activate", data={"from": "soon"}).status_code == 409
    typed = {"from": "2026-03-03", "accept_warnings": "true"}
    assert client.post("/boundaries/3/activate", data=typed, follow_redirects=False).status_code == 303
    assert state(client) == "planned"
    assert client.post("/boundaries/3/take-back", follow_redirects=False).status_code == 303
    assert state(client) == "prepared"
    (taken_back,) = client.get("/api/boundaries/3").json()["taken_back"]
    assert (taken_back["since"], taken_back["by"]) == ("2026-03-02T16:00:00Z", "系统管理员")
    for address in ("/boundaries", "/boundaries/3"):
        assert re.search(r"Activation for 3 Mar 2026 taken back .* by 系统管理员", client.get(address).text)
    assert client.post("/api/boundaries/3/activations", json=begin).status_code == 201
    assert client.delete("/api/boundaries/activations/2026-03-03").status_code == 204
    assert client.delete("/api/boundaries/activations/2026-03-03").json()["code"] == "nothing_to_take_back"
    assert client.post("/api/boundaries/3/activations", json=begin).status_code == 201

    clock.now = datetime(2026, 3, 2, 16, 20, tzinfo=UTC)
    log_in("admin")
    assert (state(client), located(client)) == ("in_force", town_code(2))
    with chains.owner(town) as owner:
        assert owner.execute("SELECT follow_open_cases(%s)", (clock.now,)).fetchone() == (1,)
        owner.commit()
    # Rolled back as simply: the earlier edition again, from the next midnight on.
    assert client.get("/boundaries/2").text.count("Activate edition 2025 again") == 1
    again = client.post("/boundaries/2/activate", data={"from": "2026-03-04"}, follow_redirects=False)
    assert again.status_code == 303
    clock.now = datetime(2026, 3, 3, 16, 20, tzinfo=UTC)
    log_in("admin")
    assert (state(client), located(client)) == ("past", town_code(1))
    assert located(client, "2026-03-03T12:00:00+08:00") == town_code(2)


def test_a_page_reads_the_list_of_editions_once(client: TestClient, log_in: Callable[[str], None]) -> None:
    log_in("admin")
    asked: list[str] = []

    def note(_: Any, __: Any, statement: str, *_more: Any) -> None:
        asked.append(statement)

    engine = client.app.state.service.engine.sync_engine  # type: ignore[attr-defined]
    event.listen(engine, "before_cursor_execute", note)
    try:
        assert client.get("/boundaries/2?against=1").status_code == 200
    finally:
        event.remove(engine, "before_cursor_execute", note)
    assert sum("activation_forbidden" in one for one in asked) == 1


def town_code(n: int) -> str:
    return f"900100{n}"


def located(client: TestClient, at: str | None = None) -> Any:
    asked = {"lon": "117.006", "lat": "39.705", "datum": "wgs84"} | ({"at": at} if at else {})
    return client.get("/api/locate", params=asked).json()["area"]["code"]


def test_what_is_not_there_is_said(client: TestClient, log_in: Callable[[str], None]) -> None:
    log_in("admin")
    for day in ("0001-01-01", "9999-12-31"):
        for answer in (
            client.get(f"/api/boundaries/2/effects?from={day}"),
            client.post("/api/boundaries/2/activations", json={"from": day}),
            client.delete(f"/api/boundaries/activations/{day}"),
        ):
            assert (answer.status_code, answer.json()["code"]) == (422, "invalid_request"), day
        assert client.post("/boundaries/2/activate", data={"from": day}).status_code == 409
    assert client.get("/api/boundaries/99").json()["code"] == "edition_not_found"
    assert client.get("/boundaries/99").status_code == 404


def test_a_tolerance_that_changes_is_said(client: TestClient, log_in: Callable[[str], None], town: Store) -> None:
    with chains.owner(town) as owner:
        owner.execute("UPDATE editions SET tolerances_m = '{0,0,40}' WHERE id = 3")
        owner.commit()
    log_in("admin")
    assert "a point is near within 40 m, before 25 m" in client.get("/boundaries/3?against=2").text
    assert client.get("/api/boundaries/3").json()["tolerances_m"] == [0, 0, 40]
