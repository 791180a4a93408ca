"""Hearings and petition closure over HTTP: only in the open, unsolved in every figure, and with a way to the next level."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import psycopg
import pytest
from fastapi.testclient import TestClient

from gis.store import Store
from grids.hearing_steps import HEARING_STEPS
from grids.place_keeping import settle_waiting
from tests import little_town as town_of
from tests.api.conftest import Clock
from tests.api.test_steps import Case, new_case, no_sample, posting

__all__ = ["new_case", "no_sample"]

pytestmark = pytest.mark.usefixtures("no_sample")

SAID, FOUND, DECIDED = "业主说路面又塌了", "路基是私人的，法律不许财政来修", "能办的都办了，依法终结"
DIGEST = "ab" * 32
PEOPLE: list[dict[str, Any]] = [
    {"role": "resident", "came": True},
    {"role": "department", "came": True, "who": "城管局"},
    {"role": "department", "came": False, "who": "公路站"},
    {"role": "outside", "came": True, "who": "村民代表"},
]


class Petition:
    """A case that came back twice, and its hearings."""

    def __init__(self, case: Case, clock: Clock) -> None:
        self.case, self.clock = case, clock
        self.presider = posting(case.town, town_of.CITY, "supervisor")

    def told(self, who: str) -> Any:
        self.case.log_in(who)
        answer = self.case.client.get(f"/api/cases/{self.case.id}/hearings")
        return answer.json() if answer.status_code == 200 else answer.status_code

    def call(self, who: str, version: int = 0, **body: Any) -> Any:
        self.case.log_in(who)
        given = {"posting_id": self.presider, "at": self.later(days=8), "place": "市信访大厅", "version": version}
        return self.case.client.post(f"/api/cases/{self.case.id}/hearings", json=given | body)

    def step(self, who: str, verb: str, version: int, nth: int = 1, **body: Any) -> Any:
        self.case.log_in(who)
        path = f"/api/cases/{self.case.id}/hearings/{nth}/steps"
        return self.case.client.post(path, json={"verb": verb, "version": version} | body)

    def goes(self, who: str, verb: str, version: int, nth: int = 1, **body: Any) -> Any:
        answer = self.step(who, verb, version, nth, **body)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def hold(self, version: int = 1, nth: int = 1, **other: Any) -> Any:
        record = {"words": SAID, "findings": FOUND, "people": PEOPLE, "proposal": "close", "record_digest": DIGEST}
        return self.step("supervisor", "hearing_hold", version, nth, **record | other)

    def later(self, **by: float) -> str:
        return (self.clock() + timedelta(**by)).isoformat()

    def heard(self) -> None:
        assert self.call("desk").status_code == 201
        self.clock.go_on(days=9)
        assert self.hold().status_code == 200

    def closed(self) -> Any:
        self.heard()
        return self.goes("supervisor", "petition_close", 2, words=DECIDED)

    def reporter(self) -> Any:
        self.case.client.cookies.clear()
        return self.case.client.get(f"/api/reports/{self.case.number}?key={self.case.key}").json()

    def figure(self, layer: str) -> int:
        """What a map counts in the case's grid, as the planner sees it."""
        self.case.log_in("planner")
        answer = self.case.client.get(f"/api/figures?layer={layer}&level=grid")
        assert answer.status_code == 200, answer.text
        return int(answer.json()["total"])


def lacks(answer: Any) -> str:
    assert (answer.status_code, answer.json()["code"]) == (422, "step_incomplete"), answer.text
    return str(answer.json()["detail"])


def came_back(case: Case, times: int = 2) -> None:
    """Claimed by its head and denied by its reporter, again and again."""
    for nth in range(times):
        if nth:
            case.goes("desk", "dispatch", posting_id=posting(case.town, town_of.HEADED, "head"))
        case.goes("head", "start" if nth else "take")
        case.goes("head", "claim", words="路面补过了")
        case.goes("reporter", "deny", words="又塌了")


@pytest.fixture
def petition(new_case: Callable[..., Case], clock: Clock) -> Petition:
    case = new_case()
    came_back(case)
    return Petition(case, clock)


def test_the_table_of_the_code_is_that_of_the_database(town: Store) -> None:
    with psycopg.connect(town.dsn("web")) as web:
        rows = web.execute("SELECT verb, sources, target, who, needs FROM hearing_steps").fetchall()
    ours = {s.verb: (s.verb, list(s.sources), s.target, list(s.who), list(s.needs)) for s in HEARING_STEPS}
    assert {row[0]: row for row in rows} == ours


def test_a_petition_is_heard_and_closed_in_the_open(petition: Petition, clock: Clock) -> None:
    case = petition.case
    assert petition.told("desk")["may_call"]
    called = petition.call("desk", words="请您来说明情况")
    assert called.status_code == 201, called.text
    assert (called.json()["state"], called.json()["nth"], called.json()["version"]) == ("called", 1, 1)
    # The resident is invited: when, where, and what it is about.
    invited = petition.reporter()["reporter"]
    (hearing,) = invited["hearings"]
    assert (hearing["state"], hearing["place"], invited["petition"]) == ("called", "市信访大厅", None)
    assert invited["events"][-1]["reason"] == "请您来说明情况"
    clock.go_on(days=9)
    assert petition.hold().status_code == 200
    held = petition.told("head")["hearings"][0]
    assert (held["state"], held["proposal"], held["record_digest"], held["people"]) == (
        "held",
        "close",
        DIGEST,
        [{"who": None} | person for person in PEOPLE],
    )
    # What was found is for the resident, what was said for those who work on the case.
    events = {event["verb"]: event["reason"] for event in petition.reporter()["reporter"]["events"]}
    assert (events["hearing_hold"], events["hearing_find"]) == (None, FOUND)
    assert {"hearing_hold": SAID, "hearing_find": FOUND}.items() <= {
        line["verb"]: line["words"] for line in case.as_seen_by("head")["history"]
    }.items()
    unsolved, open_cases = petition.figure("unsolved"), petition.figure("open")
    done = petition.goes("supervisor", "petition_close", 2, words=DECIDED)
    assert (done["state"], done["case_state"]) == ("closed", "closed")
    # Closed, and unsolved in every figure.
    assert (petition.figure("unsolved"), petition.figure("open")) == (unsolved, open_cases - 1)
    seen = case.as_seen_by("desk")
    assert (seen["state"], seen["confirmed"], seen["petition"]["role"], seen["petition"]["next"]) == (
        "closed",
        False,
        "supervisor",
        None,
    )
    told = petition.reporter()["reporter"]
    assert told["events"][-1]["reason"] == DECIDED
    assert told["petition"]["closed_at"] == seen["petition"]["closed_at"]
    # He evaluates it, and opens it again no more: he is told by whom it was closed, and which way is left.
    assert told["steps"] == ["evaluate"]
    answer = case.step("reporter", "reopen", words="还是没修")
    assert (answer.status_code, answer.json()["code"]) == (409, "petition_closed")
    assert "On 2026-03-11 the supervisor of 小城市 closed this petition" in answer.json()["detail"]
    # Nor does his word make it solved: neither a figure nor the case.
    case.goes("reporter", "evaluate", rating="solved")
    assert (petition.figure("unsolved"), case.as_seen_by("desk")["confirmed"]) == (unsolved, False)


def test_a_level_above_opens_it_again_and_nobody_else(petition: Petition) -> None:
    case = petition.case
    petition.closed()
    assert case.refused("supervisor", "reopen", words="再办") == (409, "petition_closed")
    assert "reopen" not in {step["verb"] for step in case.as_seen_by("supervisor")["steps"]}
    assert "reopen" in {step["verb"] for step in case.as_seen_by("city")["steps"]}
    assert case.goes("city", "reopen", words="复查：路基应由镇里修")["state"] == "accepted"
    assert petition.told("desk")["hearings"][0]["state"] == "lifted"
    assert petition.reporter()["reporter"]["petition"] is None
    # It is worked on as before; to close it again it is heard again, by somebody else.
    assert lacks(petition.call("city", 1)).startswith("Choose who presides")
    assert petition.step("supervisor", "petition_close", 4, words="再终结").status_code == 409


@pytest.mark.parametrize("how", ["emergency", "hazard", "rechecked"])
def test_a_danger_is_never_closed_away(petition: Petition, town: Store, how: str) -> None:
    petition.heard()
    to_be = {"emergency": "urgency = 'emergency'", "hazard": "hazard = true", "rechecked": "recheck = '{hazard}'"}[how]
    with psycopg.connect(town.dsn("migrate")) as owner:
        owner.execute("SET ROLE gridwarden_owner")
        owner.execute(f"UPDATE cases SET {to_be} WHERE id = %s", (petition.case.id,))
    assert lacks(petition.step("supervisor", "petition_close", 2, words=DECIDED)).startswith("A danger is never closed")
    assert lacks(petition.call("desk", 1)).startswith("A danger is never closed")
    assert petition.told("supervisor")["hearings"][0]["waits"] == {"petition_close": "no_danger"}


def test_what_did_not_come_back_often_enough_is_no_petition(new_case: Callable[..., Case], clock: Clock) -> None:
    case = new_case()
    petition = Petition(case, clock)
    assert lacks(petition.call("desk")).startswith("A petition can be closed only of a case that was reopened")
    came_back(case, 1)
    assert not petition.told("desk")["may_call"]
    # Of what will not be done once is enough.
    case.goes("desk", "will_not_do", words="不归这里管", body="公路站")
    assert not petition.told("city")["hearings"]
    assert petition.call("supervisor").status_code == 201


def test_what_was_given_up_stays_as_it_ended(new_case: Callable[..., Case], clock: Clock) -> None:
    case = new_case()
    came_back(case)
    case.goes("desk", "will_not_do", words="不归这里管", body="公路站")
    ended = case.as_seen_by("desk")["closed_at"]
    petition = Petition(case, clock)
    assert petition.call("supervisor").status_code == 201
    clock.go_on(days=9)
    assert petition.hold().status_code == 200
    assert petition.goes("supervisor", "petition_close", 2, words=DECIDED)["case_state"] == "will_not_do"
    assert case.as_seen_by("desk")["closed_at"] == ended
    assert case.refused("reporter", "reopen", words="还是要修") == (409, "petition_closed")


def test_each_thing_that_is_missing_is_named(petition: Petition, clock: Clock) -> None:
    case = petition.case
    assert "at least 7 days ahead" in lacks(petition.call("desk", at=petition.later(days=6)))
    assert "where the hearing is" in lacks(petition.call("desk", place="  "))
    # The village's desk stands below the county, the city's dispatcher directs it.
    for other in (posting(case.town, town_of.VILLAGE, "desk"), posting(case.town, town_of.CITY, "clerk")):
        assert lacks(petition.call("desk", posting_id=other)).startswith("Choose who presides")
    assert petition.call("clerk").status_code == 403
    assert petition.call("handler").status_code == 404
    assert petition.call("desk").status_code == 201
    # What is pressed twice is called once.
    assert petition.call("desk").json()["code"] == "stale_version"
    assert lacks(petition.call("desk", 1)).startswith("A hearing of this case was called already")
    assert lacks(petition.hold()).startswith("The time of this hearing has not come")
    assert petition.step("desk", "hearing_move", 1, at=petition.later(days=9), words="等代表").status_code == 403
    assert lacks(petition.step("supervisor", "hearing_move", 1, at=petition.later(days=3), words="提前")).startswith(
        "Choose a date"
    )
    moved = petition.goes("supervisor", "hearing_move", 1, at=petition.later(days=9), words="等代表", place="村委会")
    assert (moved["version"], petition.reporter()["reporter"]["hearings"][0]["place"]) == (2, "村委会")
    clock.go_on(days=10)
    resident, department, absent, outside = PEOPLE
    assert lacks(petition.hold(2, people=[department, outside])).startswith("Say whether the resident came")
    assert lacks(petition.hold(2, people=[resident, absent, outside])).startswith("Write down who came")
    assert lacks(petition.hold(2, people=[resident, department])).startswith("Write down who came")
    assert lacks(petition.hold(2, people=[resident | {"who": "张某"}, department, outside])).startswith(
        "Write down who came"
    )
    assert lacks(petition.hold(2, proposal="perhaps")).startswith("Say what the hearing proposes")
    assert lacks(petition.hold(2, findings=" ")).startswith("Write down what the hearing found")
    assert lacks(petition.hold(2, words=" ")).startswith("Write down the reason")
    assert lacks(petition.hold(2, record_digest="AB" * 32)).startswith("The digest of a file")
    assert petition.hold(2, proposal="go_on").status_code == 200
    assert lacks(petition.step("supervisor", "petition_close", 3, words=DECIDED)).startswith(
        "The newest hearing has to propose"
    )


def test_who_directed_it_presides_no_more(petition: Petition, clock: Clock) -> None:
    assert petition.call("desk").status_code == 201
    clock.go_on(days=9)
    # The supervisor orders something of its owner, and so directs it.
    body = {"words": "三天内修好", "until": petition.later(days=3), "version": 0}
    petition.case.log_in("supervisor")
    assert petition.case.client.post(f"/api/cases/{petition.case.id}/orders", json=body).status_code == 201
    assert lacks(petition.hold()).startswith("Whoever presides has meanwhile")
    assert petition.goes("desk", "hearing_cancel", 1, words="主持人已指挥过")["state"] == "cancelled"
    assert petition.reporter()["reporter"]["hearings"][0]["state"] == "cancelled"
    city = posting(petition.case.town, town_of.CITY, "dispatcher")
    assert petition.call("desk", 1, posting_id=city).status_code == 201


def test_what_is_tried_after_the_hearing_is_heard_first(petition: Petition) -> None:
    petition.heard()
    case = petition.case
    case.goes("desk", "dispatch", posting_id=posting(case.town, town_of.HEADED, "head"))
    case.goes("head", "start")
    case.goes("head", "claim", words="又补了一次")
    # What is claimed has its re-check or the resident's word first.
    assert lacks(petition.step("supervisor", "petition_close", 2, words=DECIDED)).startswith(
        "A petition can be closed only"
    )
    case.goes("reporter", "deny", words="还是塌")
    assert lacks(petition.step("supervisor", "petition_close", 2, words=DECIDED)).startswith(
        "The case was claimed as solved since"
    )


def test_whoever_reports_there_begins_a_new_case(
    petition: Petition, new_case: Callable[..., Case], client: TestClient
) -> None:
    petition.closed()
    seen = petition.case.as_seen_by("desk")["reports"][0]
    again = new_case(seen["lon"], seen["lat"])
    assert again.id != petition.case.id
    closed = client.get(f"/api/reports/{again.number}?key={again.key}").json()["reporter"]["closed_here"]
    assert [(one["case_id"], one["petition"]["role"]) for one in closed] == [(petition.case.id, "supervisor")]
    page = client.get(f"/status/{again.number}?key={again.key}").text
    assert "The petition was closed on" in page
    assert f'name="case" value="{petition.case.id}"' not in page
    body = {"verb": "reopen", "version": petition.case.version, "words": "还在"}
    answer = client.post(f"/api/reports/{again.number}/steps?key={again.key}&case={petition.case.id}", json=body)
    assert answer.status_code >= 400
    assert petition.case.as_seen_by("desk")["state"] == "closed"


def test_pages_show_it_and_keep_what_was_typed(
    petition: Petition, client: TestClient, log_in: Callable[[str], None]
) -> None:
    case = petition.case
    log_in("desk")
    assert f"/cases/{case.id}/hearing" in client.get(f"/cases/{case.id}").text
    typed = {
        "verb": "hearing_call",
        "nth": "",
        "version": "0",
        "posting_id": str(petition.presider),
        "place": "市信访大厅三楼",
    }
    kept = client.post(f"/cases/{case.id}/hearing", data=typed | {"at": petition.later(days=1)[:16]})
    assert kept.status_code == 422
    assert "市信访大厅三楼" in kept.text
    assert "at least 7 days ahead" in kept.text
    gone = client.post(
        f"/cases/{case.id}/hearing", data=typed | {"at": petition.later(days=8)[:16]}, follow_redirects=False
    )
    assert gone.status_code == 303
    assert "A hearing was called" in client.get(gone.headers["location"]).text
    client.cookies.clear()
    assert "You are invited" in client.get(f"/status/{case.number}?key={case.key}").text
    assert client.get(f"/cases/{case.id}/hearing", headers={"Accept": "text/html"}).status_code in (401, 303)
    petition.clock.go_on(days=9)
    log_in("supervisor")
    record = {"verb": "hearing_hold", "nth": "1", "version": "1", "came": "no", "departments": "城管局\n公路站\n", "outside": "村民代表",
              "words": SAID, "findings": FOUND, "proposal": "close", "record_digest": ""}  # fmt: skip
    wrong = client.post(f"/cases/{case.id}/hearing", data=record | {"outside": ""})
    assert wrong.status_code == 422
    assert SAID in wrong.text
    assert client.post(f"/cases/{case.id}/hearing", data=record, follow_redirects=False).status_code == 303
    close = {"verb": "petition_close", "nth": "1", "version": "2", "words": DECIDED}
    assert client.post(f"/cases/{case.id}/hearing", data=close, follow_redirects=False).status_code == 303
    assert "It still counts as not solved" in client.get(f"/cases/{case.id}").text
    client.cookies.clear()
    status = client.get(f"/status/{case.number}?key={case.key}").text
    assert DECIDED in status
    assert 'value="reopen"' not in status
    refused = client.post(
        f"/status/{case.number}/steps?key={case.key}",
        data={"verb": "reopen", "version": str(case.version), "words": "没修"},
    )
    assert refused.status_code == 409
    assert "没修" in refused.text


def test_the_record_of_a_private_case_is_for_presider_and_supervisor(
    new_case: Callable[..., Case], clock: Clock
) -> None:
    case = new_case(category="dispute")
    came_back(case)
    petition = Petition(case, clock)
    petition.heard()
    for who, reads in (("supervisor", True), ("head", False), ("desk", False), ("city", False)):
        told = petition.told(who)
        assert told["reads"] is reads
        assert (told["hearings"][0]["place"] is not None, bool(told["hearings"][0]["people"])) == (reads, reads)
        assert (SAID in case.client.get(f"/cases/{case.id}").text) is reads
        assert (SAID in case.client.get(f"/cases/{case.id}/hearing").text) is reads
        # What was found is told to the resident, and so to all who work on it.
        assert FOUND in case.client.get(f"/cases/{case.id}/hearing").text


def test_while_a_hearing_is_called_its_case_stands_by_itself(
    petition: Petition, new_case: Callable[..., Case], clock: Clock
) -> None:
    other = new_case()
    assert petition.call("desk").status_code == 201
    case = petition.case
    assert "called off first" in lacks(case.step("desk", "merge", into=other.id))
    assert "called off first" in lacks(other.step("desk", "merge", into=case.id))
    clock.go_on(days=9)
    assert petition.hold().status_code == 200
    # What goes into it afterwards was not heard: it has to be heard before the petition is closed.
    assert other.goes("desk", "merge", into=case.id)
    assert petition.step("supervisor", "petition_close", 2, words=DECIDED).status_code == 422


def test_a_place_counts_it_as_a_closing_that_nobody_confirmed(petition: Petition, town: Store) -> None:
    petition.closed()
    case = petition.case
    with psycopg.connect(town.dsn("worker"), autocommit=True) as worker:
        worker.execute("SET ROLE gridwarden_worker")
        while settle_waiting(worker):
            pass
    case.log_in("desk")
    with psycopg.connect(town.dsn("migrate")) as owner:
        row = owner.execute(
            "SELECT anchor_id FROM place_reports WHERE report_id IN (SELECT id FROM reports WHERE case_id = %s)",
            (case.id,),
        ).fetchone()
    assert row
    place = case.client.get(f"/api/places/{row[0]}").json()
    # Two claims that were denied closed nothing; the petition did, and nobody confirmed it.
    assert (place["open"], place["closed"], place["confirmed"], place["reopened"]) == (0, 1, 0, 2), place
