"""The end of a shift over HTTP: the page that writes a hand-over, the desk on which it waits, and the routes."""

import re
from collections.abc import Callable, Iterator
from typing import Any

import psycopg
import pytest
from fastapi.testclient import TestClient

from gis.store import Store
from tests.api.conftest import Clock
from tests.little_town import HEADED, IN_HEADED, VILLAGE, Told

LogIn = Callable[[str], None]

pytestmark = pytest.mark.usefixtures("staffed")


@pytest.fixture(scope="module")
def staffed(town: Store) -> Store:
    """The little town, with a colleague at the village's desk."""
    with psycopg.connect(town.dsn("migrate")) as connection:
        connection.execute("SET ROLE gridwarden_owner")
        connection.execute(
            "INSERT INTO postings (area_code, role, person_id, name_public, during)"
            " SELECT '9001', 'dispatcher', id, false, tstzrange('2018-12-31 16:00Z', NULL) FROM people WHERE login = 'member'"
        )
    return town


@pytest.fixture
def owner(staffed: Store) -> Iterator[psycopg.Connection[Any]]:
    with psycopg.connect(staffed.dsn("migrate"), autocommit=True) as connection:
        connection.execute("SET ROLE gridwarden_owner")
        yield connection


@pytest.fixture
def report(client: TestClient, key: Callable[[], dict[str, str]], clock: Clock, log_in: LogIn) -> Callable[[], int]:
    """Sends a report whose case is late by the time of the test, and lets the desk log in."""

    def send() -> int:
        answer = client.post("/api/reports", json=Told(*IN_HEADED).body(), headers=key())
        assert answer.status_code == 201, answer.text
        clock.go_on(hours=30)
        log_in("desk")
        return int(client.get("/api/desk?section=late").json()["cases"][-1]["id"])

    return send


def desk_of(client: TestClient) -> dict[str, Any]:
    return next(desk for desk in client.get("/api/handovers").json()["desks"] if desk["area_code"] == VILLAGE)


def write(client: TestClient, **more: Any) -> Any:
    body = {"kind": "desk", "area_code": VILLAGE, "version": desk_of(client)["version"], **more}
    return client.post("/api/handovers", json=body)


def test_the_routes_write_tell_and_take_over(client: TestClient, log_in: LogIn, report: Callable[[], int]) -> None:
    case = report()
    colleague = desk_of(client)["colleagues"][0]
    assert (colleague["name"], colleague["role"], colleague["away_until"]) == ("东村第一网格员", "dispatcher", None)
    done = write(
        client,
        to_posting=colleague["posting_id"],
        words="老王下午回话",
        notes=[{"case_id": case, "words": "先去看一眼"}],
    )
    assert done.status_code == 201, done.text
    number = done.json()["id"]
    again = client.post("/api/handovers", json={"kind": "desk", "area_code": VILLAGE, "version": 0})
    assert (again.status_code, again.json()["code"]) == (409, "handover_written")
    own = client.get("/api/handovers").json()["handovers"][0]
    assert (own["id"], own["waits"], own["note"]) == (number, False, "老王下午回话")
    refused = client.post(f"/api/handovers/{number}/accept", json={})
    assert (refused.status_code, refused.json()["code"]) == (403, "handover_for_others")
    log_in("member")
    (told,) = client.get("/api/handovers?waiting=true").json()["handovers"]
    line = next(line for line in told["lines"] if line["case_id"] == case)
    assert (line["reasons"], line["note"]) == (["late"], "先去看一眼")
    assert told["counts"]["late"] == told["counts"]["all"] == len(told["lines"])
    taken = client.post(f"/api/handovers/{number}/accept", json={"words": "好"})
    assert taken.status_code == 200, taken.text
    assert client.post(f"/api/handovers/{number}/accept", json={}).json() == taken.json()
    assert client.get("/api/handovers?waiting=true").json()["handovers"] == []
    log_in("supervisor")
    seen = client.get("/api/handovers").json()["handovers"][0]
    assert (seen["remark"], seen["waits"]) == ("好", False)


@pytest.mark.parametrize(
    ("who", "status", "code"),
    [(None, 401, "log_in_required"), ("head", 403, "not_at_desk"), ("clerk", 403, "not_at_desk")],
)
def test_for_whom_it_is_not(client: TestClient, log_in: LogIn, who: str | None, status: int, code: str) -> None:
    if who:
        log_in(who)
    told = client.post("/api/handovers", json={"kind": "desk", "area_code": VILLAGE, "version": 0})
    assert (told.status_code, told.json()["code"]) == (status, code)
    for path in ("/handovers", "/handovers/new"):
        assert client.get(path).status_code == status, path
    found = client.post("/api/handovers/999999/accept", json={})
    assert found.status_code == (401 if who is None else 404)


def test_it_is_written_and_taken_over_without_script(
    client: TestClient, log_in: LogIn, report: Callable[[], int], owner: psycopg.Connection[Any]
) -> None:
    case = report()
    page = client.get("/handovers/new").text
    assert f'name="note-{case}"' in page
    version = re.search(r'name="version" value="(\d+)"', page)
    assert version
    form = {"version": version[1], "words": "<b>钥匙</b>在门房", f"note-{case}": "家里有老人", "to": ""}
    # Nobody of this number sits there: all that was typed is kept.
    wrong = client.post("/handovers/new", data={**form, "to": "1"})
    assert wrong.status_code == 422
    for kept in ("This person no longer sits at this desk", "&lt;b&gt;钥匙&lt;/b&gt;在门房", "家里有老人"):
        assert kept in wrong.text
    done = client.post("/handovers/new", data=form)
    assert "Handed over." in done.text
    assert "overdue" in done.text
    number = done.url.path.split("/")[-1]
    # Pressed twice: told, and what was typed is there.
    twice = client.post("/handovers/new", data=form)
    assert (twice.status_code, "You have just handed over" in twice.text) == (409, True)
    assert "&lt;b&gt;钥匙&lt;/b&gt;在门房" in twice.text
    assert f"/handovers/{number}/accept" not in client.get("/desk").text
    log_in("member")
    desk = client.get("/desk").text
    assert "To be taken over: 东村值班台" in desk
    assert "家里有老人" in desk
    assert f'action="/handovers/{number}/accept"' in desk
    long = client.post(f"/handovers/{number}/accept", data={"words": "长" * 4001})
    assert (long.status_code, "长长长" in long.text) == (422, True)
    taken = client.post(f"/handovers/{number}/accept", data={"words": "收到"})
    assert "Taken over by 东村第一网格员" in taken.text
    assert "To be taken over" not in client.get("/desk").text
    # A colleague who comes later is told who was faster.
    owner.execute(
        "INSERT INTO postings (area_code, role, person_id, name_public, during)"
        " SELECT '9001', 'dispatcher', id, false, tstzrange('2018-12-31 16:00Z', NULL) FROM people WHERE login = 'city'"
    )
    log_in("city")
    late = client.post(f"/handovers/{number}/accept", data={"words": "我来"})
    assert (late.status_code, "东村第一网格员 has taken this shift over" in late.text) == (409, True)
    assert "我来" in late.text
    assert client.get(f"/handovers/{number}").status_code == 404
    owner.execute(
        "DELETE FROM postings WHERE area_code = '9001' AND person_id = (SELECT id FROM people WHERE login = 'city')"
    )


def test_an_empty_shift_says_so_in_both_languages(client: TestClient, log_in: LogIn) -> None:
    log_in("handler")
    for lang, words in (("zh", "没有要留意的"), ("en", "Nothing to mind")):
        assert words in client.get(f"/handovers/new?lang={lang}").text
    # The only one there can leave it for whoever comes next.
    assert "Nobody else is posted at this desk" in client.get("/handovers/new?lang=en").text
    done = client.post("/handovers/new", data={"version": "0", "to": ""})
    assert (done.status_code, "Handed over." in done.text) == (200, True)
    assert client.get("/handovers/new?desk=desk:9001").status_code == 403


def test_what_each_has_stands_beside_whoever_a_case_can_go_to(
    client: TestClient, report: Callable[[], int], owner: psycopg.Connection[Any], clock: Clock
) -> None:
    case = report()
    owner.execute(
        "INSERT INTO absences (posting_id, during, reason, made_at)"
        " SELECT id, tstzrange(%(at)s - interval '1 day', %(at)s + interval '2 days'), 'leave', %(at)s"
        " FROM postings WHERE area_code = %(area)s AND role = 'head' AND during @> %(at)s",
        {"at": clock(), "area": HEADED},
    )
    row = owner.execute(
        "SELECT count(*), count(*) FILTER (WHERE due_at < %s) FROM cases"
        " WHERE closed_at IS NULL AND owner_area_code = %s AND owner_role = 'head'",
        (clock(), HEADED),
    ).fetchone()
    assert row
    for path in (f"/cases/{case}", "/desk?section=open"):
        page = client.get(path).text
        option = re.search(
            r"<option[^>]*>[^<]*\((\d+) open, (\d+) overdue\) \(away until [^)]*, the next in order acts\)", page
        )
        assert option, path
        assert (int(option[1]), int(option[2])) == row
    desk = client.get("/desk").text
    assert "1 person away" in desk
    assert re.search(r"东村第一网格长.{0,3}: away until .*; nobody was named, the next in order acts", desk)
    owner.execute("DELETE FROM absences")
