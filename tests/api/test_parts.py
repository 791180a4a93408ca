"""Joint handling over HTTP: a lead, others with a part each, and a case that waits for all of them."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import psycopg
import pytest
from fastapi.testclient import TestClient

from gis.store import Store
from grids.part_workflow import PART_STEPS
from tests.api.conftest import Clock
from tests.api.test_steps import Case, new_case, no_sample, posting

__all__ = ["new_case", "no_sample"]


class Joint:
    """A case that its head has begun with; asks others, and lets them take the steps of their parts."""

    def __init__(self, case: Case, client: TestClient, log_in: Callable[[str], None], clock: Clock) -> None:
        self.case, self._client, self._log_in, self._clock = case, client, log_in, clock

    @property
    def until(self) -> str:
        return (self._clock() + timedelta(days=1)).isoformat()

    def ask(self, who: str, posting_id: int, words: str = "请派车来清运") -> Any:
        self._log_in(who)
        body = {"posting_id": posting_id, "words": words, "until": self.until}
        return self._client.post(f"/api/cases/{self.case.id}/parts", json=body)

    def seen_by(self, who: str) -> Any:
        self._log_in(who)
        return self._client.get(f"/api/cases/{self.case.id}/parts").json()

    def step(self, who: str, nth: int, verb: str, version: int, **body: Any) -> Any:
        self._log_in(who)
        address = f"/api/cases/{self.case.id}/parts/{nth}/steps"
        return self._client.post(address, json={"verb": verb, "version": version} | body)

    def goes(self, who: str, nth: int, verb: str, version: int, **body: Any) -> Any:
        answer = self.step(who, nth, verb, version, **body)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def refused(self, who: str, nth: int, verb: str, version: int, **body: Any) -> tuple[int, str]:
        answer = self.step(who, nth, verb, version, **body)
        return answer.status_code, answer.json()["code"]


@pytest.fixture
def joint(new_case: Callable[..., Case], client: TestClient, log_in: Callable[[str], None], clock: Clock) -> Joint:
    case = new_case()
    case.goes("head", "take")
    return Joint(case, client, log_in, clock)


@pytest.fixture
def department(town: Store) -> int:
    return posting(town, "90", "department")


def need(answer: Any) -> tuple[int, str, str]:
    document = answer.json()
    return answer.status_code, document["code"], document["detail"]


def test_the_table_of_the_code_is_that_of_the_database(town: Store) -> None:
    with psycopg.connect(town.dsn("web")) as web:
        rows = web.execute("SELECT verb, sources, target, who, needs FROM part_steps").fetchall()
    ours = {s.verb: (s.verb, list(s.sources), s.target, [s.who], list(s.needs)) for s in PART_STEPS}
    assert {row[0]: row for row in rows} == ours


@pytest.mark.usefixtures("no_sample")
def test_a_case_waits_for_all_its_parts(joint: Joint, department: int, town: Store) -> None:
    case = joint.case
    asked = joint.ask("head", department)
    assert asked.status_code == 201, asked.text
    assert (asked.json()["nth"], asked.json()["state"], asked.json()["version"]) == (1, "asked", 1)
    assert joint.ask("head", posting(town, "9001", "desk"), "请通知村民").json()["nth"] == 2
    # Claiming, and whatever else would end it, waits; so it is not offered either.
    for verb, words in (("claim", "清走了"), ("return", "不归我管")):
        answer = case.step("head", verb, words=words)
        assert (answer.status_code, answer.json()["code"]) == (422, "step_incomplete")
        assert "协办" in answer.json()["detail"] or "part" in answer.json()["detail"]
    assert not {"claim", "return"} & {s["verb"] for s in case.as_seen_by("head")["steps"]}
    assert joint.goes("handler", 1, "part_start", 1)["state"] == "working"
    assert joint.goes("handler", 1, "part_done", 2, words="两车拉走了")["state"] == "done"
    assert case.refused("head", "claim", words="清走了") == (422, "step_incomplete")
    # What was handed back is open until who leads has said what now.
    assert joint.goes("desk", 2, "part_back", 1, words="村里没有人手")["state"] == "handed_back"
    assert case.refused("head", "claim", words="清走了") == (422, "step_incomplete")
    assert joint.goes("head", 2, "part_withdraw", 2, words="我自己通知")["state"] == "withdrawn"
    assert case.goes("head", "claim", words="清走了，也告诉了大家")["state"] == "claimed_solved"
    history = case.as_seen_by("city")["history"]
    lines = [(line["verb"], line["data"].get("part"), line["data"].get("part_state")) for line in history]
    assert lines[2:] == [
        ("part_ask", 1, "asked"),
        ("part_ask", 2, "asked"),
        ("part_start", 1, "working"),
        ("part_done", 1, "done"),
        ("part_back", 2, "handed_back"),
        ("part_withdraw", 2, "withdrawn"),
        ("claim", None, None),
    ]
    # Ids alone; the words stand apart and can be erased.
    assert all("清" not in str(line["data"]) for line in history)


def test_who_assists_sees_the_case_while_he_does(
    joint: Joint, department: int, town: Store, client: TestClient, log_in: Callable[[str], None]
) -> None:
    address = f"/api/cases/{joint.case.id}"
    log_in("handler")
    assert client.get(address).status_code == 404
    joint.ask("head", department)
    log_in("handler")
    seen = client.get(address)
    assert seen.status_code == 200
    assert seen.json()["reports"][0]["words"]
    assert [part["steps"] for part in joint.seen_by("handler")] == [["part_start", "part_done", "part_back"]]
    assert [part["steps"] for part in joint.seen_by("head")] == [["part_move", "part_until", "part_withdraw"]]
    # He assists and does not lead: no step of the case is his.
    assert seen.json()["steps"] == []
    assert joint.case.refused("handler", "claim", words="办完了") == (403, "step_for_others")
    # What he has to do stays in his sight when the case goes to another owner.
    other = posting(town, "9001002", "deputy")
    assert joint.case.goes("city", "dispatch", posting_id=other)["owner_area_code"] == "9001002"
    log_in("handler")
    assert client.get(address).status_code == 200
    joint.goes("deputy", 1, "part_withdraw", 1, words="不用了")
    log_in("handler")
    assert client.get(address).status_code == 404


def test_who_leads_is_for_those_above_to_say(joint: Joint, department: int, town: Store) -> None:
    case = joint.case
    vacant = {"posting_id": posting(town, "9001002", "deputy")}
    # The village's desk stands above the head: it may hand the case to somebody else.
    assert joint.ask("desk", department).status_code == 201
    assert case.goes("desk", "dispatch", posting_id=posting(town, "9001", "desk"))["owner_area_code"] == "9001"
    # Now it leads itself, and is not the one to change that; nor to pause it or to say that it will not be done.
    assert case.refused("desk", "dispatch", **vacant) == (403, "step_for_others")
    assert case.refused("desk", "pause", words="等", until=joint.until) == (403, "step_for_others")
    assert case.goes("city", "dispatch", **vacant)["owner_area_code"] == "9001002"
    # Without parts its level directs it as before.
    joint.goes("city", 1, "part_withdraw", 1, words="不用了")
    assert case.goes("desk", "dispatch", posting_id=posting(town, "9001", "desk"))["owner_area_code"] == "9001"
    assert case.goes("desk", "dispatch", **vacant)["owner_area_code"] == "9001002"


def test_each_part_has_a_version_of_its_own(joint: Joint, department: int, town: Store) -> None:
    joint.ask("head", department)
    joint.ask("head", posting(town, "9001", "desk"))
    joint.goes("desk", 2, "part_start", 1)
    joint.goes("handler", 1, "part_start", 1)
    stale = joint.step("handler", 1, "part_done", 1, words="好了")
    assert (stale.status_code, stale.json()["code"]) == (409, "stale_version")
    assert joint.goes("handler", 1, "part_done", 2, words="好了")["version"] == 3
    # Not done after all: the same part once more, with another deadline.
    assert joint.goes("head", 1, "part_redo", 3, words="还剩一堆", until=joint.until)["state"] == "asked"
    assert joint.goes("handler", 1, "part_done", 4, words="都拉走了")["state"] == "done"


def test_what_cannot_be_is_refused_with_what_to_do(
    joint: Joint, department: int, town: Store, client: TestClient, log_in: Callable[[str], None]
) -> None:
    case = joint.case
    head, foreign = posting(town, "9001001", "head"), posting(town, "90", "planner")
    # Oneself, nobody of those who can be asked, nobody at all.
    for one in (head, foreign, 999_999):
        assert joint.ask("head", one).json()["code"] == "step_incomplete"
    assert joint.ask("head", department, " ").json()["code"] == "step_incomplete"
    log_in("head")
    late = {"posting_id": department, "words": "请", "until": "2020-01-01T00:00:00+08:00"}
    assert client.post(f"/api/cases/{case.id}/parts", json=late).json()["code"] == "step_incomplete"
    assert joint.ask("member", department).status_code == 201
    # Twice the same at a time.
    assert joint.ask("head", department).json()["code"] == "step_incomplete"
    assert joint.refused("head", 1, "part_done", 1, words="我替他们办了") == (403, "step_for_others")
    assert joint.refused("handler", 1, "part_withdraw", 1, words="不办") == (403, "step_for_others")
    assert joint.refused("handler", 1, "part_redo", 1, words="再来", until=joint.until) == (409, "step_not_allowed")
    assert joint.refused("handler", 1, "part_dance", 1) == (409, "step_not_allowed")
    assert joint.refused("handler", 9, "part_start", 1) == (404, "case_not_found")
    assert joint.refused("deputy", 1, "part_start", 1) == (404, "case_not_found")
    client.cookies.clear()
    assert client.get(f"/api/cases/{case.id}/parts").status_code == 401
    assert client.post(f"/api/cases/{case.id}/parts", json=late).status_code == 401
    # A case that nobody has accepted has nobody who leads it.
    assert joint.ask("clerk", department).status_code == 403


def test_a_department_that_is_dissolved_leaves_its_part_to_be_given_to_others(
    joint: Joint, department: int, town: Store, clock: Clock
) -> None:
    joint.ask("head", department)
    with psycopg.connect(town.dsn("migrate")) as owner:
        owner.execute("SET ROLE gridwarden_owner")
        owner.execute("UPDATE postings SET during = tstzrange(lower(during), %s) WHERE id = %s", (clock(), department))
    try:
        (part,) = joint.seen_by("head")
        assert part["gone"] is True
        assert joint.case.refused("head", "claim", words="清走了") == (422, "step_incomplete")
        moved = joint.goes(
            "head", 1, "part_move", 1, posting_id=posting(town, "9001", "desk"), until=joint.until, words="请接着办"
        )
        assert (moved["state"], moved["version"]) == ("asked", 2)
        assert joint.goes("desk", 1, "part_done", 2, words="办了")["state"] == "done"
    finally:
        with psycopg.connect(town.dsn("migrate")) as owner:
            owner.execute("SET ROLE gridwarden_owner")
            owner.execute("UPDATE postings SET during = tstzrange(lower(during), NULL) WHERE id = %s", (department,))


def test_a_late_part_is_told_once(joint: Joint, department: int, town: Store, clock: Clock) -> None:
    late = clock() + timedelta(days=2)
    with psycopg.connect(town.dsn("worker"), autocommit=True) as one:
        one.execute("SELECT parts_late(%s, 100)", (late,))
    joint.ask("head", department)
    with psycopg.connect(town.dsn("worker"), autocommit=True) as one, psycopg.connect(town.dsn("worker")) as two:
        assert two.execute("SELECT parts_late(%s, 100)", (late,)).fetchone() == (1,)
        # Another worker passes by what this one holds.
        assert one.execute("SELECT parts_late(%s, 100)", (late,)).fetchone() == (0,)
        two.commit()
        assert one.execute("SELECT parts_late(%s, 100)", (late,)).fetchone() == (0,)
    with psycopg.connect(town.dsn("migrate")) as owner:
        told = owner.execute(
            "SELECT o.id FROM outbox o WHERE o.topic = 'case.part_late' AND (o.payload ->> 'case_id')::bigint = %s",
            (joint.case.id,),
        ).fetchall()
        assert len(told) == 1
        owner.execute("SET ROLE gridwarden_owner")
        owner.execute("UPDATE people SET email = login || '@example.org' WHERE login IN ('head', 'handler', 'desk')")
        concerned = owner.execute(
            "SELECT c.relation, p.login FROM concerned(%s, %s) c JOIN people p ON 'person:' || p.id = c.recipient",
            ([told[0][0]], late),
        ).fetchall()
        owner.rollback()
    assert sorted(concerned) == [("assistant", "handler"), ("owner", "head")]


def test_residents_hear_that_others_help_and_not_how_they_go_on(
    joint: Joint, department: int, client: TestClient
) -> None:
    joint.ask("head", department, "请派车")
    joint.goes("handler", 1, "part_start", 1)
    client.cookies.clear()
    case = joint.case
    told = client.get(f"/api/reports/{case.number}?key={case.key}").json()["reporter"]["events"]
    assert [event["verb"] for event in told] == ["receive", "take", "part_ask"]
    assert told[-1]["reason"] is None


def test_a_report_that_is_split_off_has_no_parts(joint: Joint, new_case: Callable[..., Case], department: int) -> None:
    other = new_case()
    joint.ask("head", department)
    assert other.goes("city", "merge", into=joint.case.id)["state"] == "merged"
    apart = joint.case.goes("city", "split", report=other.number)["other"]
    joint.case.id = apart
    assert joint.seen_by("city") == []


def test_a_case_with_an_open_part_goes_into_no_other(
    joint: Joint, new_case: Callable[..., Case], department: int
) -> None:
    other = new_case()
    joint.ask("head", department)
    assert joint.case.refused("city", "merge", into=other.id) == (422, "step_incomplete")
    assert joint.case.refused("city", "will_not_do", words="不归我们", body="公路站") == (422, "step_incomplete")
