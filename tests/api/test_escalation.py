"""Who may handle what, and going up, over HTTP: rules for staff to read and administrators to change, cases that go up."""

from collections.abc import Callable
from typing import Any

import psycopg
import pytest
from fastapi.testclient import TestClient

from gis.store import Store
from tests.api.conftest import Clock
from tests.api.test_steps import Case, new_case, no_sample, posting

__all__ = ["new_case", "no_sample"]

AUTHORITY = {"kind": "authority", "note": "倾倒垃圾由市里查处", "family": "waste", "level": "city"}
CLOCK = {"kind": "clock", "note": "网格两小时没有办成", "level": "grid", "count": "2", "unit": "urgent_hours"}


@pytest.fixture(autouse=True)
def no_rules(town: Store) -> None:
    with psycopg.connect(town.dsn("migrate")) as owner:
        owner.execute("SET ROLE gridwarden_owner")
        owner.execute("ALTER TABLE escalation_rules DISABLE TRIGGER USER")
        owner.execute("DELETE FROM escalation_rules")
        owner.execute("ALTER TABLE escalation_rules ENABLE TRIGGER USER")


def add(client: TestClient, **typed: str) -> Any:
    return client.post("/escalation/rules", data=typed, follow_redirects=False)


def rules(client: TestClient) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = client.get("/api/escalation/rules").json()["rules"]
    return found


def goes(town: Store, clock: Clock) -> int:
    with psycopg.connect(town.dsn("worker"), autocommit=True) as worker:
        row = worker.execute("SELECT escalate_due(%s, 1000)", (clock(),)).fetchone()
        assert row
        return int(row[0])


@pytest.mark.parametrize(
    ("login", "sees", "changes"),
    [
        ("admin", True, True), ("city", True, False), ("desk", True, False), ("supervisor", True, False),
        ("head", False, False), ("member", False, False), ("clerk", False, False), ("planner", False, False), ("handler", False, False),
    ],
)  # fmt: skip
def test_who_sees_and_changes(
    client: TestClient, log_in: Callable[[str], None], login: str, sees: bool, changes: bool
) -> None:
    log_in(login)
    page = client.get("/escalation")
    assert page.status_code == (200 if sees else 403)
    assert ('action="/escalation/rules"' in page.text) is changes
    assert client.get("/api/escalation/rules").status_code == (200 if sees else 403)
    assert add(client, **AUTHORITY).status_code == (303 if changes else 403)
    body = {"kind": "authority", "note": "市里", "family": "waste", "level": "city"}
    assert client.post("/api/escalation/rules", json=body).status_code == (201 if changes else 403)
    log_in("admin")
    assert len(rules(client)) == 2 * int(changes)


def test_the_rules_are_for_staff(client: TestClient) -> None:
    assert client.get("/escalation", headers={"Accept": "text/html"}).status_code == 401
    assert client.get("/api/escalation/rules").status_code == 401
    assert client.delete("/api/escalation/rules/1").status_code == 401


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        (AUTHORITY | {"family": ""}, "no such category"),
        (AUTHORITY | {"category": "dumping"}, "not both"),
        (AUTHORITY | {"level": "province"}, "level of the desk"),
        (AUTHORITY | {"note": ""}, "why this rule exists"),
        (AUTHORITY | {"area_code": "nowhere"}, "no area of this code"),
        (AUTHORITY | {"since": "2030-01-02T00:00", "until": "2030-01-01T00:00"}, "end after it begins"),
        (AUTHORITY | {"since": "soon"}, "since"),
        (AUTHORITY | {"urgency": "urgent"}, "does not hang on its urgency"),
        (CLOCK | {"level": "city"}, "nothing goes up from the topmost"),
        (CLOCK | {"count": ""}, "Say how long"),
        (CLOCK | {"count": "-1"}, "Say how long"),
        (CLOCK | {"count": "1.5", "unit": "work_days"}, "Say how long"),
        (CLOCK | {"unit": "moons"}, "Say how long"),
        (CLOCK | {"kind": "guess"}, "Choose: who may handle it"),
    ],
)
def test_rules_that_cannot_be(
    client: TestClient, log_in: Callable[[str], None], typed: dict[str, str], said: str
) -> None:
    log_in("admin")
    answer = add(client, **typed)
    assert answer.status_code == 422
    assert said in answer.text
    assert typed["note"] in answer.text, "what was typed is kept"
    assert rules(client) == []


def test_a_rule_ends_and_is_remembered_by_what_it_did(
    client: TestClient, town: Store, clock: Clock, log_in: Callable[[str], None], new_case: Callable[..., Case]
) -> None:
    log_in("admin")
    assert add(client, **CLOCK).status_code == 303
    page = client.get("/escalation").text
    assert CLOCK["note"] in page
    assert "2 hours" in page
    (made,) = rules(client)
    assert (made["level"], made["after"], made["kind"]) == ("grid", {"urgent_hours": 2}, "clock")
    case = new_case()
    log_in("head")
    coming = client.get(f"/api/cases/{case.id}/escalation").json()["next"]
    assert (coming["kind"], coming["note"]) == ("clock", CLOCK["note"])
    assert "Goes up" in client.get(f"/cases/{case.id}").text
    clock.go_on(hours=2)
    assert goes(town, clock) >= 1
    log_in("admin")
    assert client.delete(f"/api/escalation/rules/{made['id']}").status_code == 204
    assert client.delete(f"/api/escalation/rules/{made['id']}").status_code == 404
    assert rules(client) == []
    log_in("desk")
    page = client.get(f"/cases/{case.id}").text
    assert "Escalated" in page
    assert f"By the rule &#34;{CLOCK['note']}&#34;" in page
    # The level below sees where it went and why.
    seen = case.as_seen_by("head")
    assert (seen["owner_area_code"], seen["state"]) == ("9001", "received")
    assert seen["history"][-1]["verb"] == "escalate"


@pytest.mark.usefixtures("no_sample")
def test_what_is_beyond_a_level_is_said_on_its_page_and_refused_in_words(
    client: TestClient, town: Store, log_in: Callable[[str], None], new_case: Callable[..., Case]
) -> None:
    log_in("admin")
    add(client, **AUTHORITY)
    case = new_case()
    log_in("head")
    assert "For the city to handle" in client.get(f"/cases/{case.id}").text
    answer = case.step("head", "take")
    assert (answer.status_code, answer.json()["code"]) == (422, "step_incomplete")
    assert "not for this level" in answer.json()["detail"]
    assert case.goes("head", "accept")["state"] == "accepted"
    gone = case.goes("head", "escalate", words="要市里查处")
    assert (gone["owner_area_code"], gone["state"]) == ("90", "accepted")
    down = case.step("city", "dispatch", posting_id=posting(town, "9001", "desk"))
    assert (down.status_code, down.json()["errors"][0]["field"]) == (422, "posting_id")
    # Whoever reported it reads why, and by whom it is handled now.
    told = client.get(f"/api/reports/{case.number}?key={case.key}").json()["reporter"]
    assert any(line["verb"] == "escalate" and line["reason"] == "要市里查处" for line in told["events"])


@pytest.mark.usefixtures("no_sample")
def test_where_things_were_solved_is_for_supervisors_and_in_no_score(
    client: TestClient, clock: Clock, log_in: Callable[[str], None], new_case: Callable[..., Case]
) -> None:
    case = new_case()
    case.goes("head", "take")
    case.goes("head", "claim", words="清走了")
    case.goes("reporter", "confirm")
    log_in("supervisor")
    since, until = clock().replace(hour=0).isoformat(), clock().replace(year=2027).isoformat()
    found = client.get("/api/supervision/solved", params={"since": since, "until": until}).json()
    assert found["confirmed"] >= found["below_county"] >= 1
    clock.go_on(minutes=1)
    assert "To look at, in no score" in client.get("/supervision").text
    log_in("head")
    assert client.get("/api/supervision/solved", params={"since": since, "until": until}).status_code == 403
