"""The mediation room over HTTP: every step, who may take it, what it does to the case, and what others learn of it."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import psycopg
import pytest
from fastapi.testclient import TestClient

from gis.store import Store
from grids.mediations import MEDIATION_STEPS
from tests.api.conftest import Clock
from tests.api.test_steps import Case, new_case, no_sample, posting

__all__ = ["new_case", "no_sample"]

SECRET = "让出半米过道"
# Who work for the department that mediates, for the owner, for the desks above, and others who see the case.
MEDIATOR, OWNER, ABOVE, TOP = "handler", "head", "desk", "city"


class Room:
    """A dispute that its head has begun with, and its mediation."""

    def __init__(self, case: Case, client: TestClient, log_in: Callable[[str], None], clock: Clock) -> None:
        self.case, self.client, self._log_in, self._clock = case, client, log_in, clock

    def seen_by(self, who: str) -> Any:
        self._log_in(who)
        answer = self.client.get(f"/api/cases/{self.case.id}/mediation")
        return answer.json() if answer.status_code == 200 else answer.status_code

    @property
    def version(self) -> int:
        with psycopg.connect(self.case.town.dsn("migrate")) as owner:
            row = owner.execute("SELECT version FROM mediations WHERE case_id = %s", (self.case.id,)).fetchone()
            return int(row[0]) if row else 0

    def step(self, who: str, verb: str, version: int | None = None, **body: Any) -> Any:
        self._log_in(who)
        version = self.version if version is None else version
        body = {"verb": f"mediation_{verb}", "version": version} | body
        return self.client.post(f"/api/cases/{self.case.id}/mediation/steps", json=body)

    def goes(self, who: str, verb: str, **body: Any) -> Any:
        answer = self.step(who, verb, **body)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def refused(self, who: str, verb: str, version: int | None = None, **body: Any) -> tuple[int, str]:
        answer = self.step(who, verb, version, **body)
        return answer.status_code, answer.json()["code"]

    def lacks(self, who: str, verb: str, **body: Any) -> str:
        """What a step is refused for, as it is said in English."""
        answer = self.step(who, verb, **body)
        assert (answer.status_code, answer.json()["code"]) == (422, "step_incomplete"), answer.text
        return str(answer.json()["detail"])

    def look(self, who: str) -> Any:
        self._log_in(who)
        answer = self.client.post(f"/api/cases/{self.case.id}/mediation/parties")
        return answer.json() if answer.status_code == 200 else answer.status_code

    def later(self, **by: float) -> str:
        return (self._clock() + timedelta(**by)).isoformat()

    def prepared(self, mediator: int) -> None:
        """Two parties and a sitting that was held."""
        self.goes(OWNER, "open", posting_id=mediator)
        self.goes(MEDIATOR, "party", name="甲方", contact="138 0000 0001")
        self.goes(MEDIATOR, "party", name="乙方")
        self.goes(MEDIATOR, "sitting", at=self.later(days=-1))
        self.goes(MEDIATOR, "held", sitting=1, words=f"双方都愿意{SECRET}")


@pytest.fixture
def room(new_case: Callable[..., Case], client: TestClient, log_in: Callable[[str], None], clock: Clock) -> Room:
    case = new_case(category="dispute", text="两家为过道争吵")
    case.goes(OWNER, "take")
    return Room(case, client, log_in, clock)


@pytest.fixture
def department(town: Store) -> int:
    return posting(town, "90", "department")


@pytest.fixture
def village_desk(town: Store) -> int:
    return posting(town, "9001", "desk")


@pytest.fixture
def city_desk(town: Store) -> int:
    return posting(town, "90", "desk")


def test_the_table_of_the_code_is_that_of_the_database(town: Store) -> None:
    with psycopg.connect(town.dsn("web")) as web:
        rows = web.execute("SELECT verb, sources, target, who, needs FROM mediation_steps").fetchall()
    ours = {s.verb: (s.verb, list(s.sources), s.target, list(s.who), list(s.needs)) for s in MEDIATION_STEPS}
    assert {row[0]: row for row in rows} == ours


@pytest.mark.usefixtures("no_sample")
def test_a_dispute_is_talked_over_and_agreed(room: Room, department: int, clock: Clock) -> None:
    case = room.case
    assert room.seen_by(OWNER)["steps"] == ["mediation_open"]
    assert room.seen_by(MEDIATOR) == 404
    opened = room.goes(OWNER, "open", posting_id=department)
    assert (opened["state"], opened["version"], opened["posting_id"], opened["conflict"]) == (
        "opened",
        1,
        department,
        False,
    )
    # The department sees the case, and the room.
    mine = room.seen_by(MEDIATOR)
    assert mine["reads"]
    assert mine["steps"] == [
        "mediation_party", "mediation_sitting", "mediation_move", "mediation_held", "mediation_agree", "mediation_fail",
        "mediation_hand_over", "mediation_conflict", "mediation_withdraw",
    ]  # fmt: skip
    # What would end the case waits, and is not offered.
    assert not {"claim", "decline", "merge", "will_not_do"} & {s["verb"] for s in case.as_seen_by(OWNER)["steps"]}
    assert case.refused(OWNER, "claim", words="好了") == (422, "step_incomplete")
    assert "mediation" in case.step(OWNER, "claim", words="好了").json()["detail"]
    assert case.refused(ABOVE, "will_not_do", words="管不了", body="法院") == (422, "step_incomplete")
    assert room.lacks(MEDIATOR, "agree", words="各退一步").startswith("Take down two parties")
    assert room.goes(MEDIATOR, "party", name="甲方", contact="138 0000 0001")["nth"] == 1
    assert room.goes(MEDIATOR, "party", name="乙方")["nth"] == 2
    assert room.lacks(MEDIATOR, "agree", words="各退一步").startswith("Hold one sitting")
    assert room.goes(MEDIATOR, "sitting", at=room.later(days=2))["nth"] == 1
    assert room.lacks(MEDIATOR, "held", sitting=1, words="谈过了").startswith("The time of this sitting")
    room.goes(MEDIATOR, "move", sitting=1, at=room.later(days=1))
    clock.go_on(days=1, hours=1)
    room.goes(MEDIATOR, "held", sitting=1, words=f"双方都愿意{SECRET}")
    assert room.lacks(MEDIATOR, "held", sitting=1, words="又记一次").startswith("Choose a sitting")
    agreed = room.goes(MEDIATOR, "agree", words=f"协议：{SECRET}")
    assert (agreed["state"], agreed["outcome"]) == ("agreed", None)
    # Agreed is not solved: its owner has to claim it.
    seen = case.as_seen_by(OWNER)
    assert (seen["state"], seen["mediation"]) == ("in_progress", {"state": "agreed", "outcome": None})
    assert "claim" in {step["verb"] for step in seen["steps"]}
    assert case.goes(OWNER, "claim", words="过道让出来了")["state"] == "claimed_solved"
    assert room.refused(MEDIATOR, "party", name="丙方") == (409, "step_not_allowed")
    told = room.seen_by(MEDIATOR)
    assert [line["verb"] for line in told["history"]] == [
        "mediation_open", "mediation_party", "mediation_party", "mediation_sitting", "mediation_move", "mediation_held", "mediation_agree",
    ]  # fmt: skip
    assert told["history"][-1]["words"] == f"协议：{SECRET}"
    # Ids alone; the words stand apart and can be erased.
    assert all(SECRET not in str(line["data"]) and "甲方" not in str(line["data"]) for line in told["history"])
    assert all(line["name"] == "城管局经办人" for line in told["history"][1:])


@pytest.mark.usefixtures("no_sample")
@pytest.mark.parametrize("outcome", ["lawyer", "court"])
def test_what_fails_has_an_outcome_of_its_own(room: Room, department: int, outcome: str, client: TestClient) -> None:
    room.prepared(department)
    assert room.lacks(MEDIATOR, "fail", words="谈不拢").startswith("Choose: to a lawyer")
    assert room.lacks(MEDIATOR, "fail", words="谈不拢", outcome="prison").startswith("Choose: to a lawyer")
    assert room.lacks(MEDIATOR, "fail", outcome=outcome).startswith("Write down")
    failed = room.goes(MEDIATOR, "fail", words=f"不肯{SECRET}", outcome=outcome)
    assert (failed["state"], failed["outcome"]) == ("failed", outcome)
    assert room.case.as_seen_by(OWNER)["mediation"] == {"state": "failed", "outcome": outcome}
    # Its reporter hears it in general words.
    client.cookies.clear()
    told = client.get(f"/api/reports/{room.case.number}?key={room.case.key}").json()["reporter"]
    assert told["mediation"] == {"state": "failed", "outcome": outcome}
    assert [e["verb"] for e in told["events"]] == ["receive", "take", "mediation_open", "mediation_fail"]
    assert all(e["reason"] is None for e in told["events"])
    page = client.get(f"/status/{room.case.number}?key={room.case.key}").text
    assert ("You can go to court" in page) == (outcome == "court")
    assert ("A lawyer can help" in page) == (outcome == "lawyer")
    assert SECRET not in page
    # It can be taken up again, and what was said is still there.
    again = room.goes(OWNER, "open", posting_id=department)
    assert (again["state"], again["outcome"]) == ("opened", None)
    assert len(room.seen_by(MEDIATOR)["parties"]) == 2


def test_what_is_said_is_the_mediators_and_the_supervisors_alone(room: Room, department: int) -> None:
    room.prepared(department)
    for who in (MEDIATOR, "supervisor"):
        seen = room.seen_by(who)
        assert (seen["reads"], len(seen["parties"]), len(seen["sittings"])) == (True, 2, 1)
        assert SECRET in str(seen["history"])
        assert SECRET in str(room.case.as_seen_by(who))
        assert room.look(who)[0] == {"nth": 1, "name": "甲方", "contact": "138 0000 0001"}
    looks = [line for line in room.seen_by(MEDIATOR)["history"] if line["verb"] == "look"]
    assert [(line["data"]["parties"], line["role"]) for line in looks] == [(2, "handler"), (2, "supervisor")]
    # Those who lead the case know how far it is, and no more; so do all others who see it.
    for who in (OWNER, ABOVE, TOP, "member", "clerk", "admin"):
        seen = room.seen_by(who)
        assert (seen["state"], seen["reads"]) == ("opened", False)
        assert not seen["parties"] + seen["sittings"] + seen["history"]
        whole = room.case.as_seen_by(who)
        assert whole["mediation"] == {"state": "opened", "outcome": None}
        assert "mediation_" not in str(whole["history"])
        assert SECRET not in str(whole) + str(seen)
        assert room.look(who) == 404
        for page in (f"/cases/{room.case.id}", f"/cases/{room.case.id}/mediation"):
            text = room.client.get(page).text
            assert SECRET not in text
            assert "甲方" not in text
    for who in ("planner", "deputy"):
        assert room.seen_by(who) == 404
        assert room.look(who) == 404


def test_who_may_do_what(room: Room, department: int, village_desk: int) -> None:
    for who in ("clerk", "admin"):
        assert room.refused(who, "open", posting_id=department) == (403, "step_for_others")
    for who in ("planner", MEDIATOR):
        assert room.refused(who, "open", posting_id=department) == (404, "case_not_found")
    assert room.refused(OWNER, "open", version=3, posting_id=department) == (409, "stale_version")
    # Not to a head, nor to nobody.
    head = posting(room.case.town, "9001001", "head")
    for wrong in (head, 999_999):
        assert room.lacks(OWNER, "open", posting_id=wrong).startswith("Choose a department")
    assert room.lacks(OWNER, "open").startswith("Choose a department")
    room.goes(ABOVE, "open", posting_id=department)
    # A second one opens nothing: the first was faster.
    assert room.refused(OWNER, "open", version=0, posting_id=village_desk) == (409, "stale_version")
    for who in (OWNER, ABOVE, TOP, "supervisor"):
        steps: tuple[tuple[str, dict[str, Any]], ...] = (
            ("party", {"name": "甲方"}),
            ("sitting", {"at": room.later(days=1)}),
            ("agree", {"words": "好"}),
            ("fail", {"words": "不好", "outcome": "court"}),
        )
        for verb, body in steps:
            assert room.refused(who, verb, **body) == (403, "step_for_others"), (who, verb)
    assert room.refused(OWNER, "conflict", words="他是亲戚") == (403, "step_for_others")
    assert room.refused(MEDIATOR, "dance", words="?") == (409, "step_not_allowed")
    assert room.refused(MEDIATOR, "open", posting_id=village_desk) == (409, "step_not_allowed")
    assert room.lacks(MEDIATOR, "party", name="  ").startswith("Write down who")
    assert room.lacks(MEDIATOR, "sitting").startswith("Say on which day")
    assert room.lacks(MEDIATOR, "move", sitting=4, at=room.later(days=1)).startswith("Choose a sitting")
    # The mediator gives it to others and sees nothing of it any more, of the case neither.
    room.goes(MEDIATOR, "party", name="甲方")
    assert room.lacks(MEDIATOR, "hand_over", words="我忙", posting_id=department).startswith("Choose a department")
    room.goes(MEDIATOR, "hand_over", words="我忙", posting_id=village_desk)
    assert room.seen_by(MEDIATOR) == 404
    assert room.refused(MEDIATOR, "withdraw", words="?") == (404, "case_not_found")
    assert len(room.seen_by(ABOVE)["parties"]) == 1
    room.goes(OWNER, "withdraw", words="两家和好了")
    assert room.case.as_seen_by(OWNER)["mediation"] == {"state": "withdrawn", "outcome": None}


@pytest.mark.usefixtures("no_sample")
def test_only_what_is_private_and_not_about_an_official_is_mediated(
    new_case: Callable[..., Case], client: TestClient, log_in: Callable[[str], None], clock: Clock, department: int
) -> None:
    plain = Room(new_case(), client, log_in, clock)
    assert plain.seen_by(OWNER)["steps"] == []
    assert plain.lacks(OWNER, "open", posting_id=department).startswith("Only a case of a private category")
    # Nor does one become public while it is in mediation.
    room = Room(new_case(category="dispute"), client, log_in, clock)
    room.goes(OWNER, "open", posting_id=department)
    assert room.case.refused(ABOVE, "recategorise", category="dumping") == (422, "step_incomplete")
    room.goes(MEDIATOR, "withdraw", words="弄错了")
    room.case.goes(ABOVE, "recategorise", category="dumping")
    # What was said stays private.
    assert "mediation_" not in str(room.case.as_seen_by(OWNER)["history"])
    # An ended case is not mediated.
    room.case.goes(ABOVE, "decline", words="重复")
    assert room.refused(OWNER, "open", posting_id=department) == (409, "step_not_allowed")


# The dispute turns out to be about the mediator.


def test_a_mediator_who_withdraws_loses_it_at_once_and_nothing_is_lost(
    room: Room, department: int, village_desk: int, city_desk: int
) -> None:
    room.goes(OWNER, "open", posting_id=village_desk)
    room.goes(ABOVE, "party", name="甲方", contact="138 0000 0001")
    room.goes(ABOVE, "sitting", at=room.later(days=-1))
    room.goes(ABOVE, "held", sitting=1, words=f"谈了{SECRET}")
    assert room.lacks(ABOVE, "conflict").startswith("Write down")
    gone = room.goes(ABOVE, "conflict", words="乙方是我表哥")
    assert (gone["state"], gone["posting_id"], gone["conflict"]) == ("vacant", None, True)
    # From that instant: nothing read, nothing written, nothing named; he knows no more than anybody who sees the case.
    seen = room.seen_by(ABOVE)
    assert (seen["state"], seen["reads"], seen["steps"], seen["version"]) == ("opened", False, [], 0)
    assert not seen["parties"] + seen["sittings"] + seen["history"]
    assert room.look(ABOVE) == 404
    for verb, body in (
        ("party", {"name": "乙方"}),
        ("hand_over", {"words": "给我", "posting_id": department}),
        ("withdraw", {"words": "算了"}),
    ):
        assert room.refused(ABOVE, verb, **body) == (403, "step_for_others")
    assert SECRET not in str(room.case.as_seen_by(ABOVE))
    # The level above names another one: not the owner below, and never the one who withdrew.
    assert room.refused(OWNER, "hand_over", words="请村里", posting_id=village_desk) == (403, "step_for_others")
    assert room.seen_by(TOP)["above_code"] == "90"
    assert [one["case_id"] for one in room.client.get("/api/mediations").json() if one["state"] == "vacant"] == [
        room.case.id
    ]
    assert room.lacks(TOP, "hand_over", words="再请他", posting_id=village_desk).startswith("Choose a department")
    offered = room.client.get(f"/api/cases/{room.case.id}/mediation/mediators").json()
    assert {one["posting_id"] for one in offered} == {department, city_desk}
    room.goes(TOP, "hand_over", words="请城管局", posting_id=department)
    # All that was written is there, and that it was a conflict.
    told = room.seen_by(MEDIATOR)
    assert (len(told["parties"]), len(told["sittings"]), told["state"]) == (1, 1, "opened")
    assert SECRET in str(told["history"])
    conflict = next(line for line in told["history"] if line["verb"] == "mediation_conflict")
    assert (conflict["words"], conflict["data"]["posting_before"], conflict["data"]["as"]) == (
        "乙方是我表哥", village_desk, ["mediator"],
    )  # fmt: skip
    assert room.look(MEDIATOR)[0]["name"] == "甲方"
    assert room.seen_by(ABOVE)["reads"] is False
    # He who withdrew owns it no more than he reads it: where he did, it went up.
    assert room.case.as_seen_by(TOP)["owner_role"] == "head"


def test_a_case_goes_up_with_a_mediator_who_owned_it(
    new_case: Callable[..., Case],
    client: TestClient,
    log_in: Callable[[str], None],
    clock: Clock,
    village_desk: int,
) -> None:
    case = new_case(category="dispute")
    case.goes(ABOVE, "dispatch", posting_id=village_desk)
    room = Room(case, client, log_in, clock)
    room.goes(ABOVE, "open", posting_id=village_desk)
    room.goes("supervisor", "conflict", words="甲方就是他")
    seen = case.as_seen_by(TOP)
    assert (seen["owner_area_code"], seen["owner_role"]) == ("90", "desk")
    last = seen["history"][-1]
    assert (last["verb"], last["data"]["why"], last["data"]["owner"]["area_code"]) == ("follow", "mediation", "90")
    # Whoever supervises is told why, the others not.
    assert "mediation_conflict" in str(case.as_seen_by("supervisor")["history"])
    assert "mediation_conflict" not in str(seen["history"])


def test_a_department_sees_the_case_while_it_mediates_whoever_owns_it(
    room: Room, department: int, village_desk: int
) -> None:
    room.goes(OWNER, "open", posting_id=department)
    # It goes to others and comes to the department itself: the mediator sees it all the while.
    room.case.goes(ABOVE, "dispatch", posting_id=village_desk)
    assert room.seen_by(MEDIATOR)["reads"]
    assert room.client.get(f"/cases/{room.case.id}").status_code == 200
    room.case.goes(ABOVE, "dispatch", posting_id=department)
    assert room.seen_by(MEDIATOR)["reads"]
    assert room.goes("supervisor", "conflict", words="经办人是甲方的弟弟")["state"] == "vacant"
    # Owner and mediator were one: he has neither the case nor the room, and the desk above has both to see to.
    assert room.seen_by(MEDIATOR) == 404
    assert room.case.as_seen_by(TOP)["owner_role"] == "desk"
    with psycopg.connect(room.case.town.dsn("migrate")) as owner:
        row = owner.execute("SELECT elsewhere FROM cases WHERE id = %s", (room.case.id,)).fetchone()
    assert row == (None,)
    assert "mediation_withdraw" in room.seen_by("supervisor")["steps"]


def test_what_was_done_last_is_not_told_to_those_who_do_not_read_it(room: Room, department: int) -> None:
    room.prepared(department)
    room.seen_by(ABOVE)
    stale = room.client.post(f"/api/cases/{room.case.id}/steps", json={"verb": "note", "version": 1, "words": "看看"})
    assert (stale.status_code, stale.json()["last"]) == (409, "mediation")


def test_a_party_with_the_mediators_name_makes_him_withdraw(room: Room, village_desk: int) -> None:
    room.goes(OWNER, "open", posting_id=village_desk)
    room.goes(ABOVE, "party", name="甲方")
    # The same name and somebody else.
    same = room.goes(ABOVE, "party", name="东村 值班员", namesake=True)
    assert (same["state"], same["conflict"]) == ("opened", False)
    # Himself: he is taken down, he is out, and both are written.
    gone = room.goes(ABOVE, "party", name="东村　值班员", contact="0316")
    assert (gone["state"], gone["conflict"], gone["nth"]) == ("vacant", True, 3)
    assert room.seen_by(ABOVE)["reads"] is False
    told = room.seen_by("supervisor")
    assert [line["verb"] for line in told["history"]][-2:] == ["mediation_party", "mediation_conflict"]
    assert (told["history"][-1]["data"]["party"], told["history"][-1]["data"]["as"]) == (3, ["service"])
    assert [one["name"] for one in room.look("supervisor")] == ["甲方", "东村 值班员", "东村　值班员"]


def test_it_is_about_the_mediator_and_turns_out_when_all_is_over(room: Room, department: int) -> None:
    room.prepared(department)
    room.goes(MEDIATOR, "agree", words=SECRET)
    room.case.goes(OWNER, "claim", words="办好了")
    gone = room.goes("supervisor", "conflict", words="经办人是甲方的弟弟")
    # How it ended stays; he reads it no more.
    assert (gone["state"], gone["posting_id"]) == ("agreed", None)
    assert room.seen_by(MEDIATOR) == 404
    assert SECRET in str(room.seen_by("supervisor")["history"])
    assert room.refused("supervisor", "conflict", words="还有一次") == (409, "step_not_allowed")


def test_the_pages_take_every_step_without_script_and_keep_what_was_typed(
    room: Room, department: int, client: TestClient, log_in: Callable[[str], None]
) -> None:
    address = f"/cases/{room.case.id}/mediation"

    def send(**data: Any) -> Any:
        return client.post(address, data={"version": room.version} | data)

    log_in(OWNER)
    assert address in client.get(f"/cases/{room.case.id}").text
    assert "城管局" in client.get(address).text
    assert "You can give it to another mediator" in send(verb="mediation_open", posting_id=department).text
    assert "This case is in mediation. Before" in client.get(f"/cases/{room.case.id}").text
    log_in(MEDIATOR)
    assert "Noted: A party was taken down" in send(verb="mediation_party", name="甲方", contact="138").text
    long = send(verb="mediation_party", name="", contact="乙方的电话 139")
    assert (long.status_code, "乙方的电话 139" in long.text) == (422, True)
    stale = send(verb="mediation_party", version=1, name="乙方", contact="139")
    assert (stale.status_code, 'value="乙方"' in stale.text, "It has changed" in stale.text) == (409, True, True)
    assert send(verb="mediation_party", name="乙方").status_code == 200
    assert "Sitting 1" in send(verb="mediation_sitting", at="2026-03-01T09:00").text
    bad = send(verb="mediation_held", sitting="1", words="")
    assert (bad.status_code, "Write down the reason" in bad.text) == (422, True)
    held = send(verb="mediation_held", sitting="1", words=f"<b>{SECRET}</b>")
    assert f"&lt;b&gt;{SECRET}" in held.text
    looked = client.post(f"{address}/parties")
    assert "甲方" in looked.text
    assert "138" in looked.text
    assert "甲方" not in client.get(address).text
    listed = client.get("/mediations").text
    assert address in listed
    early = send(verb="mediation_fail", outcome="", words="甲方不肯")
    assert (early.status_code, "甲方不肯" in early.text) == (422, True)
    over = send(verb="mediation_fail", outcome="court", words="甲方不肯")
    assert "To court" in over.text
    log_in(OWNER)
    assert "Mediation failed" in client.get(f"/cases/{room.case.id}").text
    gone = client.post(address, data={"verb": "mediation_conflict", "version": "x", "words": "乱来"})
    assert (gone.status_code, "乱来" in gone.text) == (409, True)
