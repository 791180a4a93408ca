"""What a paused case counts as, and that a merged one is shown as the one that it was merged into, once."""

import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any
from uuid import uuid4

import psycopg
import pytest
from fastapi.testclient import TestClient

from gis.store import Store
from tests.api.conftest import Clock
from tests.little_town import DEPUTISED, EMPTY_VILLAGE, HEADED, IN_DEPUTISED, IN_EMPTY_VILLAGE, IN_HEADED, VILLAGE, Told

LogIn = Callable[[str], None]


@pytest.fixture
def owner(town: Store) -> Iterator[psycopg.Connection[Any]]:
    with psycopg.connect(town.dsn("migrate"), autocommit=True) as connection:
        connection.execute("SET ROLE gridwarden_owner")
        yield connection


def tell(client: TestClient, owner: psycopg.Connection[Any], spot: tuple[float, float]) -> int:
    client.cookies.clear()
    sent = client.post("/api/reports", json=Told(*spot).body(), headers={"Idempotency-Key": uuid4().hex})
    assert sent.status_code == 201, sent.text
    row = owner.execute("SELECT case_id FROM reports WHERE number = %s", (sent.json()["number"],)).fetchone()
    assert row
    return int(row[0])


def merge(owner: psycopg.Connection[Any], case: int, into: int, clock: Clock) -> None:
    """As ``take_step`` leaves them."""
    owner.execute("UPDATE reports SET case_id = %s WHERE case_id = %s", (into, case))
    owner.execute(
        "UPDATE cases SET state = 'merged', merged_into = %s, closed_at = %s WHERE id = %s", (into, clock.now, case)
    )


def figure(client: TestClient, layer: str) -> int:
    day = {"from": "2026-03-01", "to": "2026-03-04", "level": "village"}
    answer = client.get("/api/figures", params={"layer": layer, **day})
    assert answer.status_code == 200, answer.text
    return int(answer.json()["total"])


def test_a_pause_stops_the_clock_and_hides_nothing(
    client: TestClient, owner: psycopg.Connection[Any], clock: Clock, log_in: LogIn
) -> None:
    late, in_time, late_before = (tell(client, owner, IN_EMPTY_VILLAGE) for _ in range(3))
    # Due after 24 hours: one goes on, one is paused before that, one after it.
    for case, hours in ((in_time, 23), (late_before, 25)):
        owner.execute(
            "UPDATE cases SET state = 'paused', paused_at = %s, paused_until = %s WHERE id = %s",
            (clock.now + timedelta(hours=hours), clock.now + timedelta(days=9), case),
        )
    clock.go_on(hours=30)
    log_in("city")
    page = client.get(f"/areas/{EMPTY_VILLAGE}/cases").text
    assert re.findall(r'class="mark-overdue">(\d+)<', page) == ["2"]
    assert (figure(client, "overdue"), figure(client, "unsolved")) == (2, 3)
    sections = client.get("/api/desk", params={"section": "late", "area": EMPTY_VILLAGE}).json()
    assert {case["id"] for case in sections["cases"]} == {late, late_before}


def test_a_merged_case_is_shown_as_the_one_it_was_merged_into(
    client: TestClient, owner: psycopg.Connection[Any], clock: Clock, log_in: LogIn
) -> None:
    def unsolved_tomorrow() -> int:
        clock.go_on(hours=30)
        # The public is told no number below five.
        log_in("planner")
        found = figure(client, "unsolved")
        client.post("/logout")
        clock.go_on(hours=-30)
        return found

    before = unsolved_tomorrow()
    first, second, alone = (tell(client, owner, IN_HEADED) for _ in range(3))
    beside = tell(client, owner, IN_DEPUTISED)
    merge(owner, first, second, clock)
    merge(owner, second, beside, clock)
    owner.execute("UPDATE cases SET state = 'declined', closed_at = %s WHERE id = %s", (clock.now, alone))
    # Neither merging nor declining solved anything.
    assert unsolved_tomorrow() == before + 4
    log_in("desk")

    def listed(area: str) -> dict[str, list[int]]:
        page = client.get(f"/areas/{area}/cases").text
        still_open, _, earlier = page.partition('id="earlier-list"')
        return {
            name: [int(case) for case in re.findall(r'data-case="(\d+)"', part)]
            for name, part in (("open", still_open), ("earlier", earlier))
        }

    assert listed(HEADED) == {"open": [], "earlier": [alone, beside]}
    assert listed(DEPUTISED) == {"open": [beside], "earlier": []}
    assert listed(VILLAGE) == {"open": [beside], "earlier": [alone]}
    assert client.get(f"/areas/{HEADED}/cases/{beside}").status_code == 200
    assert client.get(f"/areas/{HEADED}/cases/{first}").status_code == 404
    log_in("planner")
    span = {"layer": "received", "from": "2026-03-01", "to": "2026-03-04"}
    unit = client.get(f"/planner/unit/{HEADED}", params=span, headers={"HX-Request": "true"}).text
    assert [int(case) for case in re.findall(r'data-case="(\d+)"', unit)] == [beside, alone]
