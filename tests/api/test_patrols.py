"""What members find on patrol: reported by the same form, counted apart everywhere, and nobody counted by it."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import psycopg
import pytest
from fastapi.testclient import TestClient

from gis.store import Store
from tests import little_town as town_of
from tests.api.conftest import Clock
from tests.api.test_steps import Case, new_case

__all__ = ["new_case"]

FOUND = "井盖松动，踩上去会翻"


@pytest.fixture(scope="module")
def town(database: Store) -> Store:
    town_of.build(database)
    with psycopg.connect(database.dsn("migrate")) as owner:
        owner.execute("SET ROLE gridwarden_owner")
        owner.execute(
            "INSERT INTO categories VALUES ('hidden_danger', '2018-12-31 16:00Z', 'safety', '安全隐患', 'Safety hazard', false, 'urgent',"
            """ '{"solve": {"hours": 24}}')"""
        )
    return database


@pytest.fixture
def found(new_case: Callable[..., Case], log_in: Callable[[str], None]) -> Callable[[], Case]:
    """A member finds something on patrol."""

    def find() -> Case:
        log_in("member")
        return new_case(stays=True, channel="patrol", category="hidden_danger", text=FOUND)

    return find


def figures(client: TestClient, **asked: Any) -> Any:
    answer = client.get("/api/figures", params={"layer": "received", "level": "grid"} | asked)
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_the_form_of_a_patrol_asks_for_the_danger_first(client: TestClient, log_in: Callable[[str], None]) -> None:
    # Nobody who is not logged in is on patrol.
    stranger = client.get("/report?channel=patrol").text
    assert 'name="channel" value="patrol"' not in stranger
    log_in("member")
    assert 'href="/report?channel=patrol"' in client.get("/day").text
    page = client.get("/report?channel=patrol").text
    assert "Found on patrol" in page
    assert 'name="channel" value="patrol"' in page
    assert 'value="hidden_danger" checked' in page
    assert page.index('value="hidden_danger"') < page.index('value="dumping"')
    # Nobody else's contact is taken down with what one found oneself.
    assert 'name="contact"' not in page
    lon, lat = town_of.IN_HEADED
    typed = {
        "lon": str(lon),
        "lat": str(lat),
        "category": "hidden_danger",
        "text": FOUND,
        "channel": "patrol",
        "step": "send",
    }
    wrong = client.post("/report", data=typed | {"text": ""})
    assert wrong.status_code == 422
    assert 'name="channel" value="patrol"' in wrong.text
    sent = client.post("/report", data=typed, follow_redirects=False)
    assert sent.status_code == 303, sent.text
    assert FOUND in client.get("/areas/9001001/patrols").text


def test_what_was_found_stands_with_what_became_of_it(
    found: Callable[[], Case],
    new_case: Callable[..., Case],
    client: TestClient,
    log_in: Callable[[str], None],
    clock: Clock,
) -> None:
    mine, said = found(), new_case()
    log_in("head")
    told = client.get("/api/areas/9001001/patrols").json()
    assert mine.number in {one["number"] for one in told["findings"]}
    assert said.number not in {one["number"] for one in told["findings"]}
    assert (told["by_patrol"], told["by_residents"]) == (len(told["findings"]), 1)
    assert {one["words"] for one in told["findings"]} == {FOUND}
    mine.goes("head", "take")
    open_before = len(client.get("/api/areas/9001001/patrols?still_open=true").json()["findings"])
    mine.goes("head", "claim", words="换了井盖")
    log_in("head")
    page = client.get("/areas/9001001/patrols").text
    assert f'/cases/{mine.id}"' in page
    assert "mark-claimed" in page
    assert len(client.get("/api/areas/9001001/patrols?still_open=true").json()["findings"]) == open_before
    # The area's own page says both numbers, and where the list is.
    assert "found on patrol" in client.get("/areas/9001001").text
    assert 'href="/areas/9001001/patrols"' in client.get("/areas/9001001").text
    # No name of who found it, in no list.
    assert "东村第一网格员" not in page
    clock.go_on(days=91)
    log_in("head")
    assert "Nothing was found on patrol here" in client.get("/areas/9001001/patrols").text
    log_in("planner")
    assert client.get("/api/areas/9001001/patrols").status_code == 403
    client.cookies.clear()
    assert client.get("/api/areas/9001001/patrols").status_code == 401


def test_figures_tell_residents_and_patrol_apart(
    found: Callable[[], Case], new_case: Callable[..., Case], client: TestClient, log_in: Callable[[str], None]
) -> None:
    for _ in range(2):
        found()
    new_case()
    log_in("planner")
    for layer in ("received", "open", "unsolved"):
        told = figures(client, layer=layer)
        residents, patrol = (
            figures(client, layer=layer, channel=channel)["total"] for channel in ("residents", "patrol")
        )
        assert (told["by_residents"], told["by_patrol"]) == (residents, patrol)
        assert told["total"] == residents + patrol
    assert figures(client)["by_patrol"] >= 2
    # Who asks for one of them is told of that one.
    alone = figures(client, channel="residents")
    assert (alone["by_residents"], alone["by_patrol"]) == (None, None)
    page = client.get("/planner?layer=received").text
    assert f"found on patrol {figures(client)['by_patrol']}" in page
    assert 'value="residents"' in page
    assert client.get("/api/figures?layer=received&level=grid&channel=people").json()["code"] == "unknown_channel"


def test_small_parts_are_told_to_nobody_outside(
    client: TestClient, found: Callable[[], Case], new_case: Callable[..., Case], clock: Clock
) -> None:
    since = (clock() + timedelta(days=400)).date().isoformat()
    clock.go_on(days=401)
    for _ in range(2):
        found()
    for _ in range(7):
        new_case()
    client.cookies.clear()
    told = figures(client, **{"from": since})
    assert told["total"] == 9
    # Two of nine were found on patrol: neither part is told, or the other could be reckoned.
    assert (told["by_residents"], told["by_patrol"]) == (None, None)


def test_no_figure_of_the_service_counts_findings_by_person(client: TestClient) -> None:
    fields = client.get("/openapi.json").json()["components"]["schemas"]
    names = {name for model in ("PatrolsDocument", "PatrolFindingDocument") for name in fields[model]["properties"]}
    assert not names & {"person", "person_id", "posting_id", "found_by", "taken_by", "name"}
