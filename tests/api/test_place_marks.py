"""``/api/places/marks``: which places are marked on maps, why, and for whom how closely."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import psycopg
import pytest
from fastapi.testclient import TestClient

from gis.store import Store
from tests import little_town as town_of
from tests.api.conftest import Clock
from tests.little_town import Told
from tests.marked_town import BACK, DAYS, Anchors, anchors, tell


@pytest.fixture
def spots(client: TestClient, town: Store, clock: Clock, key: Callable[[], dict[str, str]]) -> Anchors:
    """What was said in the weeks before the instant at which the clock stands; told once for the module."""

    def say(spot: tuple[float, float]) -> None:
        answer = client.post("/api/reports", json=Told(*spot).body(), headers=key())
        assert answer.status_code == 201, answer.text

    client.cookies.clear()
    found = anchors(town)
    if found is None:
        tell(town, say, lambda days: clock.go_on(days=days))
        found = anchors(town)
        assert found
    else:
        clock.go_on(days=DAYS)
    return found


def marks(client: TestClient, area: str = "") -> dict[int, dict[str, Any]]:
    answer = client.get(f"/api/places/marks{f'?area={area}' if area else ''}")
    assert answer.status_code == 200, answer.text
    return {one["place_id"]: one for one in answer.json()}


def test_each_place_carries_what_holds_of_it(client: TestClient, log_in: Callable[[str], None], spots: Anchors) -> None:
    log_in("desk")
    found = marks(client)
    # One report is a case and no place; what is young and was said twice on a day is neither.
    assert {place: one["marks"] for place, one in found.items()} == {
        spots.back: ["recurring", "unsolved"],
        spots.across: ["unsolved", "straddling"],
        spots.long: ["unsolved"],
    }
    assert list(found) == [spots.back, spots.across, spots.long]
    back, across = found[spots.back], found[spots.across]
    assert (back["told"], back["reports"], back["days_unsolved"], back["family"]) == (2, 2, 41, "waste")
    assert (back["areas"], back["lowest_areas"], back["may_open"]) == ([town_of.HEADED], 1, True)
    assert (back["lon"], back["lat"]) == BACK
    assert (across["areas"], across["lowest_areas"]) == ([town_of.HEADED, town_of.DEPUTISED], 2)


def test_recurring_is_what_the_watch_list_lists_and_unsolved_what_the_place_says(
    client: TestClient, clock: Clock, log_in: Callable[[str], None], spots: Anchors
) -> None:
    log_in("desk")
    found = marks(client)
    listed = {one["place_id"] for one in client.get("/api/places").json()}
    assert {place for place, one in found.items() if "recurring" in one["marks"]} == listed == {spots.back}
    for place, one in found.items():
        told = client.get(f"/api/places/{place}").json()
        since = clock.now - timedelta(days=one["days_unsolved"])
        assert told["unsolved_since"] == since.isoformat().replace("+00:00", "Z")
        assert (told["reports"], told["areas"]) == (one["told"], one["areas"])


def test_what_was_confirmed_is_unsolved_no_more(
    client: TestClient, town: Store, log_in: Callable[[str], None], spots: Anchors
) -> None:
    log_in("desk")
    with psycopg.connect(town.dsn("migrate")) as owner:
        owner.execute("SET ROLE gridwarden_owner")
        of = "id IN (SELECT r.case_id FROM reports r JOIN place_reports p ON p.report_id = r.id WHERE p.anchor_id = %s)"
        before = owner.execute(f"SELECT id, state FROM cases WHERE {of}", (spots.across,)).fetchall()
        owner.execute(
            f"UPDATE cases SET state = 'closed', confirmed = true, closed_at = received_at + interval '2 days' WHERE {of}",
            (spots.across,),
        )
        owner.commit()
        one = marks(client)[spots.across]
        assert (one["marks"], one["days_unsolved"]) == (["straddling"], None)
        for case, state in before:
            owner.execute(
                "UPDATE cases SET state = %s, confirmed = NULL, closed_at = NULL WHERE id = %s", (state, case)
            )


def test_a_mark_is_for_whoever_sees_the_place(
    client: TestClient, log_in: Callable[[str], None], spots: Anchors
) -> None:
    everywhere = {spots.back, spots.across, spots.long}
    for who, seen in {
        "head": everywhere,
        "member": everywhere,
        "deputy": {spots.across},
        "admin": everywhere,
        "handler": set(),
    }.items():
        log_in(who)
        found = marks(client)
        assert set(found) == seen, who
        for place in (spots.back, spots.across, spots.long):
            assert (client.get(f"/api/places/{place}").status_code == 200) == (place in found), (who, place)
    log_in("desk")
    assert set(marks(client, town_of.HEADED)) == everywhere
    assert set(marks(client, town_of.DEPUTISED)) == {spots.across}
    assert marks(client, town_of.VACANT) == {}


def test_a_department_sees_the_place_of_a_case_that_was_handed_to_it(
    client: TestClient, log_in: Callable[[str], None], spots: Anchors
) -> None:
    log_in("city")
    place = client.get(f"/api/places/{spots.long}").json()
    case = place["seen"][0]["case_id"]
    told = client.get(f"/api/cases/{case}").json()
    accept = {"verb": "accept", "version": told["version"]}
    accepted = client.post(f"/api/cases/{case}/steps", json=accept)
    assert accepted.status_code == 200, accepted.text
    owner = next(one for one in client.get(f"/api/cases/{case}/owners").json()["owners"] if one["role"] == "department")
    step = {"verb": "dispatch", "version": accepted.json()["version"], "posting_id": owner["posting_id"]}
    answer = client.post(f"/api/cases/{case}/steps", json=step)
    assert answer.status_code == 200, answer.text
    log_in("handler")
    assert {place: one["may_open"] for place, one in marks(client).items()} == {spots.long: True}
    assert client.get(f"/api/places/{spots.long}").status_code == 200


def test_a_planner_sees_figures_and_rounded_positions(
    client: TestClient, log_in: Callable[[str], None], spots: Anchors
) -> None:
    log_in("planner")
    found = marks(client)
    assert set(found) == {spots.back, spots.across, spots.long}
    for one in found.values():
        assert not one["may_open"]
        assert (round(one["lon"], 3), round(one["lat"], 3)) == (one["lon"], one["lat"])
    assert (found[spots.back]["lon"], found[spots.back]["lat"]) == (117.003, 39.703)
    assert found[spots.back]["marks"] == ["recurring", "unsolved"]
    assert client.get(f"/api/places/{spots.back}").status_code == 404


@pytest.mark.usefixtures("spots")
def test_the_public_sees_none(client: TestClient) -> None:
    client.cookies.clear()
    answer = client.get("/api/places/marks")
    assert (answer.status_code, answer.json()["code"]) == (401, "log_in_required")
