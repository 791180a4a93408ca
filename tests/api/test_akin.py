"""Is it this one? What a report is offered to be the same as, and what becomes of it when it is."""

from collections.abc import Callable
from typing import Any

import psycopg
import pytest
from fastapi.testclient import TestClient

from gis.store import Store
from tests import little_town
from tests.api.conftest import Clock
from tests.api.test_steps import no_sample
from tests.little_town import Told

__all__ = ["no_sample"]

Keys = Callable[[], dict[str, str]]
LogIn = Callable[[str], None]
# A thousandth of a degree: the corners of the lattice that everybody is told about.
CORNER = (117.004, 39.704)
M_NORTH = 1 / 111_000


def rows(town: Store, query: str, *values: object) -> list[Any]:
    with psycopg.connect(town.dsn("migrate")) as owner:
        owner.execute("SET ROLE gridwarden_owner")
        return owner.execute(query, values).fetchall()


@pytest.fixture(autouse=True)
def alone(town: Store) -> None:
    """Nothing is akin to what the test before this one said."""
    rows(town, "UPDATE cases SET about_official = true RETURNING id")


class Talk:
    """Somebody who reports, and asks before he does."""

    def __init__(self, client: TestClient, town: Store, key: Keys) -> None:
        self.client, self.town, self.key = client, town, key

    def tells(self, lon: float, lat: float, **body: Any) -> dict[str, Any]:
        answer = self.client.post("/api/reports", json=Told(lon, lat).body(**body), headers=self.key())
        assert answer.status_code == 201, answer.text
        told: dict[str, Any] = answer.json()
        return told | {"case_id": self.case_of(told["number"])}

    def case_of(self, number: str) -> int:
        return int(rows(self.town, "SELECT case_id FROM reports WHERE number = %s", number)[0][0])

    def asks(self, lon: float, lat: float, **body: Any) -> list[dict[str, Any]]:
        asked = {"lon": lon, "lat": lat, "datum": "wgs84", "category": "dumping"} | body
        answer = self.client.post("/api/reports/akin", json=asked)
        assert answer.status_code == 200, answer.text
        found: list[dict[str, Any]] = answer.json()
        return found

    def offered(self, lon: float, lat: float, **body: Any) -> list[int]:
        return [each["case_id"] for each in self.asks(lon, lat, **body)]


@pytest.fixture
def talk(client: TestClient, town: Store, key: Keys) -> Talk:
    return Talk(client, town, key)


def test_an_open_case_near_by_is_offered_and_tells_no_more_than_anybody_may_know(talk: Talk) -> None:
    case = talk.tells(*CORNER)["case_id"]
    (found,) = talk.asks(CORNER[0], CORNER[1] + 40 * M_NORTH)
    assert (found["case_id"], found["reports"], found["joinable"], found["state"]) == (case, 1, True, "received")
    assert found["metres"] is None
    assert found["words"] is None, "nothing was released"
    assert talk.offered(CORNER[0], CORNER[1] + 150 * M_NORTH) == []


def test_by_moving_a_pin_nobody_learns_more_than_the_corner_of_a_lattice(talk: Talk) -> None:
    """Two cases 40 m from each other, within one cell: what is offered, and in what order, is the same for both."""
    one = talk.tells(CORNER[0] + 20 * M_NORTH, CORNER[1] + 20 * M_NORTH)["case_id"]
    other = talk.tells(CORNER[0] - 20 * M_NORTH, CORNER[1] - 10 * M_NORTH)["case_id"]
    for north in range(-120, 121, 10):
        found = talk.offered(CORNER[0], CORNER[1] + north * M_NORTH)
        assert set(found) in ({one, other}, set())


def test_what_is_private_or_of_another_family_is_not_offered(talk: Talk) -> None:
    talk.tells(*CORNER, category="dispute")
    assert talk.offered(*CORNER) == []
    assert talk.offered(*CORNER, category="dispute") == []
    assert talk.offered(*CORNER, category="unheard_of") == []


def test_staff_are_offered_what_was_closed_too_with_words_and_metres(talk: Talk, log_in: LogIn, clock: Clock) -> None:
    case = talk.tells(*CORNER, text="沟边又倒了两车垃圾。")["case_id"]
    open_one = talk.tells(CORNER[0], CORNER[1] + 30 * M_NORTH)["case_id"]
    rows(
        talk.town,
        "UPDATE cases SET state = 'closed', confirmed = false, closed_at = %s WHERE id = %s RETURNING id",
        clock.now,
        case,
    )
    assert talk.offered(*CORNER) == [open_one]
    log_in("clerk")
    found = talk.asks(*CORNER, text="沟边有人倒垃圾。")
    assert [(each["case_id"], each["joinable"]) for each in found] == [(open_one, True), (case, False)]
    assert found[1]["words"] == "沟边又倒了两车垃圾。"
    assert found[1]["metres"] < 1 < 29 < found[0]["metres"] < 31
    clock.go_on(days=200)
    assert case not in talk.offered(*CORNER), "that was long ago"


def test_everybody_is_told_of_what_is_paused_or_said_to_be_solved_and_nothing_goes_into_it(talk: Talk) -> None:
    for state in ("paused", "claimed_solved"):
        case = talk.tells(*CORNER)["case_id"]
        paused = "now()" if state == "paused" else "NULL"
        rows(talk.town, f"UPDATE cases SET state = %s, paused_at = {paused} WHERE id = %s RETURNING id", state, case)
        (found,) = talk.asks(*CORNER)
        assert (found["case_id"], found["state"], found["joinable"], found["metres"]) == (case, state, False, None)
        told = talk.tells(*CORNER, same_as=case)
        assert (told["joined"], told["case_id"] != case) == (False, True)
        page = talk.client.post(
            "/report/akin", data={"lon": CORNER[0], "lat": CORNER[1], "datum": "wgs84", "category": "dumping"}
        )
        assert page.status_code == 200
        assert f"/cases/{case}" not in page.text, "nobody is led where he may not go"
        rows(talk.town, "UPDATE cases SET about_official = true RETURNING id")


def test_like_words_come_first(talk: Talk, log_in: LogIn) -> None:
    ditch = talk.tells(*CORNER, text="东头水沟边倒了一大堆建筑垃圾，臭得很。")["case_id"]
    wall = talk.tells(*CORNER, text="幼儿园后墙根堆着烂菜叶，招苍蝇。")["case_id"]
    log_in("clerk")
    assert talk.offered(*CORNER, text="水沟边有建筑垃圾") == [ditch, wall]
    assert talk.offered(*CORNER, text="幼儿园墙根有烂菜叶") == [wall, ditch]


def test_what_a_clerk_released_is_shown(talk: Talk, log_in: LogIn) -> None:
    told = talk.tells(*CORNER)
    report = rows(talk.town, "SELECT id FROM reports WHERE number = %s", told["number"])[0][0]
    log_in("clerk")
    answer = talk.client.post(
        f"/api/moderation/words/{report}", json={"decision": "released", "words": "沟边又倒垃圾。"}
    )
    assert answer.status_code == 200, answer.text
    talk.client.cookies.clear()
    (found,) = talk.asks(*CORNER)
    assert found["words"] == "沟边又倒垃圾。"


def test_whoever_says_it_is_the_same_reports_the_same_case(talk: Talk, log_in: LogIn) -> None:
    case = talk.tells(*CORNER)["case_id"]
    told = talk.tells(CORNER[0], CORNER[1] + 20 * M_NORTH, text="我也看见了", same_as=case)
    assert (told["case_id"], told["joined"]) == (case, True)
    own = talk.client.get(f"/api/reports/{told['number']}?key={told['link'].partition('key=')[2]}").json()
    assert (own["state"], own["reporter"]["words"]) == ("received", "我也看见了")
    (found,) = talk.asks(*CORNER)
    assert found["reports"] == 2
    # Of the case that it would have been the record stays, so that a clerk can split it off again.
    log_in("city")
    history = talk.client.get(f"/api/cases/{case}").json()["history"]
    assert [line["verb"] for line in history] == ["receive", "merge_in"]
    merged = rows(talk.town, "SELECT id, state FROM cases WHERE merged_into = %s", case)
    assert [state for _, state in merged] == ["merged"]
    history = talk.client.get(f"/api/cases/{merged[0][0]}").json()["history"]
    assert [line["verb"] for line in history] == ["receive", "join"]
    (payload,) = rows(talk.town, "SELECT payload FROM outbox WHERE topic = 'report.received' ORDER BY id DESC LIMIT 1")[
        0
    ]
    assert (payload["case_id"], payload["owner"]["area_code"]) == (case, little_town.HEADED)


def test_the_same_key_again_answers_the_same_receipt(talk: Talk) -> None:
    case = talk.tells(*CORNER)["case_id"]
    body, key = Told(*CORNER).body(same_as=case), talk.key()
    first, again = (talk.client.post("/api/reports", json=body, headers=key) for _ in range(2))
    assert first.status_code == again.status_code == 201
    assert first.json() == again.json()
    assert first.json()["joined"] is True
    assert rows(talk.town, "SELECT count(*) FROM reports WHERE case_id = %s", case) == [(2,)]


def test_a_case_that_went_into_another_meanwhile_leads_there(talk: Talk) -> None:
    case = talk.tells(*CORNER)["case_id"]
    told = talk.tells(*CORNER, same_as=case)
    (merged,) = rows(talk.town, "SELECT id FROM cases WHERE merged_into = %s", case)[0]
    assert talk.tells(*CORNER, same_as=merged)["case_id"] == case == told["case_id"]


@pytest.mark.parametrize(
    ("of", "where"),
    [
        ("closed meanwhile", CORNER),
        ("far away", (117.008, 39.708)),
        ("of nothing", CORNER),
        ("of a private matter", CORNER),
    ],
)
def test_what_cannot_be_the_same_is_a_case_of_its_own_and_nothing_is_lost(
    talk: Talk, clock: Clock, of: str, where: tuple[float, float]
) -> None:
    private = of == "of a private matter"
    case = talk.tells(*CORNER, category="dispute" if private else "dumping")["case_id"]
    if of == "closed meanwhile":
        rows(
            talk.town,
            "UPDATE cases SET state = 'closed', confirmed = true, closed_at = %s WHERE id = %s RETURNING id",
            clock.now,
            case,
        )
    told = talk.tells(*where, same_as=2**40 if of == "of nothing" else case)
    assert told["joined"] is False
    assert told["case_id"] != case
    assert rows(talk.town, "SELECT state FROM cases WHERE id = %s", told["case_id"]) == [("received",)]


def test_what_has_no_pin_is_akin_to_what_is_filed_under_the_same_area(talk: Talk, log_in: LogIn) -> None:
    area = {"lon": None, "lat": None, "datum": None, "area_code": little_town.HEADED}
    body = Told(*CORNER).body(**area, place_words="东头水沟边")
    case = talk.case_of(talk.client.post("/api/reports", json=body, headers=talk.key()).json()["number"])
    anywhere = {"category": "dumping", "area_code": little_town.HEADED}
    assert talk.client.post("/api/reports/akin", json=anywhere).json() == [], "nothing to know it again by"
    log_in("clerk")
    assert [each["case_id"] for each in talk.client.post("/api/reports/akin", json=anywhere).json()] == [case]
    elsewhere = anywhere | {"area_code": little_town.DEPUTISED}
    assert talk.client.post("/api/reports/akin", json=elsewhere).json() == []
    assert talk.offered(117.009, 39.709) == [case], "a pin in that grid"
    assert talk.tells(117.009, 39.709, channel="hotline", same_as=case)["case_id"] == case


def test_bad_questions_say_what_is_missing(client: TestClient) -> None:
    answer = client.post("/api/reports/akin", json={"category": "dumping"})
    assert (answer.status_code, answer.json()["code"]) == (422, "missing_place")
    answer = client.post("/api/reports/akin", json={"category": "dumping", "lon": 117.0, "lat": 39.7})
    assert (answer.status_code, answer.json()["code"]) == (422, "unknown_datum")
    answer = client.post("/api/reports/akin", json={"lon": 117.0, "lat": 39.7, "datum": "wgs84"})
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid_request")


def test_only_the_reporter_joins_and_only_before_anybody_works(talk: Talk, log_in: LogIn) -> None:
    case = talk.tells(*CORNER)["case_id"]
    other = talk.tells(*CORNER)
    step = {"verb": "join", "version": 1, "into": case}
    log_in("city")
    refused = talk.client.post(f"/api/cases/{other['case_id']}/steps", json=step)
    assert (refused.status_code, refused.json()["code"]) == (403, "step_for_others")
    talk.client.post(f"/api/cases/{other['case_id']}/steps", json={"verb": "accept", "version": 1})
    talk.client.cookies.clear()
    address = f"/api/reports/{other['number']}/steps?key={other['link'].partition('key=')[2]}"
    refused = talk.client.post(address, json=step | {"version": 2})
    assert (refused.status_code, refused.json()["code"]) == (409, "step_not_allowed")


def test_nobody_carries_the_case_of_others_away(talk: Talk) -> None:
    case, other = (talk.tells(*CORNER)["case_id"] for _ in range(2))
    mine = talk.tells(*CORNER, same_as=case)
    address = f"/api/reports/{mine['number']}/steps?key={mine['link'].partition('key=')[2]}"
    refused = talk.client.post(address, json={"verb": "join", "version": 2, "into": other})
    assert (refused.status_code, refused.json()["code"]) == (422, "step_incomplete")
    assert (
        talk.client.get(f"/api/reports/{mine['number']}?key={mine['link'].partition('key=')[2]}").json()["state"]
        == "received"
    )


@pytest.mark.usefixtures("no_sample")
def test_whoever_joined_follows_from_then_on_and_cannot_say_that_it_is_solved(
    talk: Talk, log_in: LogIn, clock: Clock
) -> None:
    told = talk.tells(*CORNER)
    case = told["case_id"]
    log_in("head")
    steps = f"/api/cases/{case}/steps"
    assert talk.client.post(steps, json={"verb": "take", "version": 1}).status_code == 200
    talk.client.cookies.clear()
    clock.go_on(hours=1)
    mine = talk.tells(*CORNER, same_as=case)
    key = mine["link"].partition("key=")[2]
    own = f"/api/reports/{mine['number']}"
    clock.go_on(hours=1)
    log_in("head")
    assert talk.client.post(steps, json={"verb": "claim", "version": 3, "words": "清走了"}).status_code == 200
    talk.client.cookies.clear()
    seen = talk.client.get(f"{own}?key={key}").json()["reporter"]
    assert [line["verb"] for line in seen["events"]] == ["merge_in", "claim"], "nothing of what was before"
    assert seen["steps"] == ["deny"]
    refused = talk.client.post(f"{own}/steps?key={key}", json={"verb": "confirm", "version": 4})
    assert (refused.status_code, refused.json()["code"]) == (403, "step_for_others")
    first = f"/api/reports/{told['number']}?key={told['link'].partition('key=')[2]}"
    assert talk.client.get(first).json()["reporter"]["steps"] == ["confirm", "deny"]
    page = talk.client.get(f"/status/{mine['number']}?key={key}").text
    assert ('value="deny"' in page, 'value="confirm"' in page) == (True, False)
    # It is confirmed by whose case it was; he may say that it is not.
    sent = talk.client.post(f"{first.replace('?', '/steps?')}", json={"verb": "confirm", "version": 4})
    assert sent.json()["state"] == "closed", sent.text
    assert talk.client.get(f"{own}?key={key}").json()["reporter"]["steps"] == ["reopen", "evaluate"]
    page = talk.client.get(f"/status/{mine['number']}?key={key}").text
    assert [f'value="{rating}"' in page for rating in ("solved", "partly", "not")] == [False, True, True]
    rated = f"{own}/steps?key={key}"
    refused = talk.client.post(rated, json={"verb": "evaluate", "version": 5, "rating": "solved"})
    assert (refused.status_code, refused.json()["code"]) == (403, "step_for_others")
    assert talk.client.post(rated, json={"verb": "evaluate", "version": 5, "rating": "not"}).status_code == 200
    assert talk.client.get(first).json()["reporter"]["evaluation"] == "not"
    again = talk.client.post(rated, json={"verb": "reopen", "version": 6, "words": "还在那儿"})
    assert again.status_code == 200, again.text


def test_numbers_that_there_are_not_are_refused(client: TestClient, key: Keys) -> None:
    answer = client.post("/api/reports", json=Told(*CORNER).body(same_as=2**63), headers=key())
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid_request")


def test_a_form_without_script_asks_once_and_then_sends(talk: Talk) -> None:
    case = talk.tells(*CORNER)["case_id"]
    lon, lat = CORNER
    fields = {
        "lon": f"{lon}",
        "lat": f"{lat}",
        "category": "dumping",
        "text": "又倒了",
        "step": "send",
        "key": "k" * 24,
    }
    asked = talk.client.post("/report", data=fields)
    assert asked.status_code == 200
    assert f'name="same_as" value="{case}"' in asked.text
    assert 'name="same_as" value="none" checked' in asked.text
    sent = talk.client.post("/report", data=fields | {"same_as": str(case)}, follow_redirects=False)
    assert sent.status_code == 303
    assert sent.headers["location"].endswith("&sent=1&joined=1")
    assert "yours was put with it" in talk.client.get(sent.headers["location"]).text
    other = talk.client.post("/report", data=fields | {"same_as": "none", "key": "j" * 24}, follow_redirects=False)
    assert other.headers["location"].endswith("&sent=1")


def test_what_a_database_cannot_write_is_asked_about_all_the_same(talk: Talk) -> None:
    case = talk.tells(*CORNER)["case_id"]
    assert talk.offered(*CORNER, text="沟边\0又倒了") == [case]
    fields = {"lon": str(CORNER[0]), "lat": str(CORNER[1]), "category": "dumping", "text": "\0又倒了", "step": "send"}
    assert f'value="{case}"' in talk.client.post("/report", data=fields).text


def test_the_fragment_is_empty_where_there_is_nothing_to_ask(talk: Talk) -> None:
    assert (
        "<fieldset"
        not in talk.client.post("/report/akin", data={"lon": "117.009", "lat": "39.709", "category": "dumping"}).text
    )
    assert (
        "<fieldset" not in talk.client.post("/report/akin", data={"lon": "x", "lat": "y", "category": "dumping"}).text
    )
    assert "<fieldset" not in talk.client.post("/report/akin", data={}).text
