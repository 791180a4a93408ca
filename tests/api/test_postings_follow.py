"""What follows from postings: open cases go to whoever answers when somebody leaves, and one person may have several grids."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import psycopg
import pytest
from fastapi.testclient import TestClient

from gis.store import Store
from tests import chains, little_town
from tests.api.conftest import Clock

Key = Callable[[], dict[str, str]]


def told(client: TestClient, key: Key, lon: float, lat: float) -> None:
    answer = client.post("/api/reports", json=little_town.Told(lon, lat).body(), headers=key())
    assert answer.status_code == 201, answer.text


def change(client: TestClient, *rows: dict[str, Any]) -> Any:
    said = client.post("/api/postings/rows", json={"rows": list(rows), "commit": True}).json()
    assert said["committed"], said
    return said


def follow(town: Store, at: datetime) -> int:
    """Answer how many cases followed, as the worker asks for it every minute."""
    with psycopg.connect(town.dsn("worker"), autocommit=True) as worker:
        found = worker.execute("SELECT follow_open_cases(%s)", (at,)).fetchone()
        assert found
        return int(found[0])


def cases(town: Store, area: str) -> list[tuple[Any, ...]]:
    with chains.owner(town) as owner:
        return owner.execute(
            "SELECT c.owner_role, c.owner_area_code::text, w.name, (SELECT count(*) FROM events e WHERE e.case_id = c.id AND e.verb = 'follow')"
            " FROM cases c LEFT JOIN postings p ON p.id = c.owner_posting_id LEFT JOIN people w ON w.id = p.person_id"
            " WHERE c.area_code = %s AND c.closed_at IS NULL ORDER BY c.id",
            (area,),
        ).fetchall()


def test_one_person_with_two_grids(
    client: TestClient, town: Store, clock: Clock, log_in: Callable[[str], None], key: Key
) -> None:
    log_in("admin")
    change(
        client,
        {
            "area_code": little_town.HEADED,
            "role": "head",
            "name": "东村第一网格长",
            "staff_number": "G1",
            "since": "2025-01-01",
        },
    )
    change(client, {"area_code": little_town.VACANT, "role": "head", "staff_number": "G1", "since": "2026-03-02"})
    clock.go_on(minutes=1)
    client.post("/logout")
    told(client, key, *little_town.IN_HEADED)
    told(client, key, *little_town.IN_VACANT)
    log_in("head")
    assert client.get("/login", follow_redirects=False).headers["location"] == "/day"
    day = client.get("/api/day").json()
    rows = [one["case"] for one in day["visits"]]
    assert {row["area_code"] for row in rows} == {little_town.HEADED, little_town.VACANT}
    page = client.get("/day").text
    assert "东村第一网格" in page
    assert "东村第三网格" in page
    for area in (little_town.HEADED, little_town.VACANT):
        assert "data-case" in client.get(f"/areas/{area}").text, area
    assert "data-case" not in client.get(f"/areas/{little_town.DEPUTISED}").text
    for row in rows:
        seen = client.get(f"/api/cases/{row['id']}").json()
        assert {step["verb"] for step in seen["steps"]} >= {"take"}, "he is the owner of both"
    # One letter a posting: each says what its area has.
    with chains.owner(town) as owner:
        owner.execute("UPDATE people SET email = 'head@staff.example.org' WHERE login = 'head'")
        owner.commit()
        lists = owner.execute(
            "SELECT p.area_code::text, (week_lists(p.id, %s, %s, 10) ->> 'open')::integer FROM postings p JOIN people w ON w.id = p.person_id"
            " WHERE w.login = 'head' AND p.role = 'head' ORDER BY 1",
            (clock.now, clock.now),
        ).fetchall()
    assert lists == [(little_town.HEADED, 1), (little_town.VACANT, 1)]


@pytest.fixture
def reported(client: TestClient, town: Store, key: Key) -> None:
    del town
    told(client, key, *little_town.IN_DEPUTISED)


def test_open_cases_follow_who_leaves_once_each(
    client: TestClient, town: Store, clock: Clock, log_in: Callable[[str], None], key: Key
) -> None:
    told(client, key, *little_town.IN_HEADED)
    before = cases(town, little_town.HEADED)
    assert {row[:3] for row in before} == {("head", little_town.HEADED, "东村第一网格长")}
    log_in("admin")
    head = next(
        one["id"] for one in client.get(f"/api/postings?area={little_town.HEADED}").json() if one["role"] == "head"
    )
    said = change(
        client,
        {"posting_id": head, "until": "2026-03-10"},
        {
            "area_code": little_town.HEADED,
            "role": "head",
            "name": "接任者",
            "staff_number": "N1",
            "since": "2026-03-10",
        },
    )
    assert [(one["cases"], one["name"]) for one in said["follow"]] == [(len(before), "接任者")]
    with chains.owner(town) as owner:
        owner.execute("UPDATE people SET email = 'next@staff.example.org' WHERE staff_number = 'N1'")
        owner.commit()
    midnight = datetime.fromisoformat("2026-03-10T00:00:00+08:00")
    # The evening before nothing moves; at midnight each case once, and never again.
    assert follow(town, midnight - timedelta(seconds=1)) == 0
    assert follow(town, midnight) == len(before)
    assert follow(town, midnight + timedelta(minutes=1)) == 0
    assert cases(town, little_town.HEADED) == [("head", little_town.HEADED, "接任者", 1)] * len(before)
    # Who has it now is told.
    with chains.owner(town) as owner:
        told_of = owner.execute(
            "SELECT c.relation, w.name FROM outbox o, concerned(ARRAY[o.id], %s) c JOIN people w ON 'person:' || w.id = c.recipient"
            " WHERE o.topic = 'case.follow'",
            (midnight,),
        ).fetchall()
    assert told_of == [("owner", "接任者")] * len(before)
    # The history names both, and the page says so.
    clock.go_on(days=9)
    log_in("desk")
    with chains.owner(town) as owner:
        found = owner.execute("SELECT id FROM cases WHERE area_code = %s LIMIT 1", (little_town.HEADED,)).fetchone()
    assert found
    history = client.get(f"/cases/{found[0]}").text
    assert "接任者" in history


def test_without_a_successor_the_desk_has_them(
    client: TestClient, town: Store, log_in: Callable[[str], None], reported: None
) -> None:
    del reported
    log_in("admin")
    deputy = next(
        one["id"] for one in client.get(f"/api/postings?area={little_town.DEPUTISED}").json() if one["role"] == "deputy"
    )
    said = change(client, {"posting_id": deputy, "until": "2026-04-01"})
    assert [(one["cases"], one["role"], one["desk"]) for one in said["follow"]] == [(1, "desk", "东村值班台")]
    assert follow(town, datetime.fromisoformat("2026-04-01T00:00:00+08:00")) >= 1
    assert cases(town, little_town.DEPUTISED) == [("desk", little_town.VILLAGE, "东村值班员", 1)]
