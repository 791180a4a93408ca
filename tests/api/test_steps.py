"""The loop of a case over HTTP: who may take which step, and what becomes of the case."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import cycle
from typing import Any
from urllib.parse import parse_qs, urlsplit

import psycopg
import pytest
from fastapi.testclient import TestClient

from gis.store import Store
from grids.workflow import STEPS
from tests import little_town as town_of
from tests.api.conftest import Clock
from tests.little_town import Told


@dataclass
class Case:
    """A case as a test works it; logs in whoever acts."""

    client: TestClient
    log_in: Callable[[str], None]
    town: Store
    id: int
    number: str
    key: str

    def as_seen_by(self, who: str) -> Any:
        self.log_in(who)
        return self.client.get(f"/api/cases/{self.id}").json()

    @property
    def version(self) -> int:
        with psycopg.connect(self.town.dsn("migrate")) as owner:
            row = owner.execute("SELECT version FROM cases WHERE id = %s", (self.id,)).fetchone()
            assert row
            return int(row[0])

    def step(self, who: str, verb: str, **body: Any) -> Any:
        """Take a step; ``reporter`` comes by his link."""
        address = f"/api/cases/{self.id}/steps"
        if who == "reporter":
            self.client.cookies.clear()
            address = f"/api/reports/{self.number}/steps?key={self.key}"
        else:
            self.log_in(who)
        return self.client.post(address, json={"verb": verb, "version": self.version} | body)

    def may_say(self) -> Any:
        """What the reporter is offered."""
        return self.client.get(f"/api/reports/{self.number}?key={self.key}").json()["reporter"]["steps"]

    def goes(self, who: str, verb: str, **body: Any) -> Any:
        answer = self.step(who, verb, **body)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def refused(self, who: str, verb: str, **body: Any) -> tuple[int, str]:
        answer = self.step(who, verb, **body)
        return answer.status_code, answer.json()["code"]


@pytest.fixture
def new_case(
    client: TestClient, town: Store, log_in: Callable[[str], None], key: Callable[[], dict[str, str]]
) -> Callable[..., Case]:
    def make(lon: float | None = None, lat: float = town_of.IN_HEADED[1], *, stays: bool = False, **body: Any) -> Case:
        if not stays:
            client.cookies.clear()
        # Some 85 m apart, so that none recurs by chance.
        told = Told(*next(_SPOTS)) if lon is None else Told(lon, lat)
        answer = client.post("/api/reports", json=told.body(**body), headers=key())
        assert answer.status_code == 201, answer.text
        number, link = answer.json()["number"], answer.json()["link"]
        with psycopg.connect(town.dsn("migrate")) as owner:
            row = owner.execute("SELECT case_id FROM reports WHERE number = %s", (number,)).fetchone()
            assert row
        return Case(client, log_in, town, row[0], number, parse_qs(urlsplit(link).query)["key"][0])

    return make


# Enough for one database; another one begins with them anew.
_SPOTS = cycle((117.0005 + n * 0.001, 39.7043 + m * 0.0009) for m in range(6) for n in range(9))


@pytest.fixture
def no_sample(town: Store) -> None:
    """No random share of re-checks, so that a test knows what comes."""
    _share(town, "0")


@pytest.fixture
def all_sampled(town: Store) -> None:
    _share(town, "1")


def _share(town: Store, share: str) -> None:
    with psycopg.connect(town.dsn("migrate")) as owner:
        owner.execute("SET ROLE gridwarden_owner")
        owner.execute("UPDATE recheck_shares SET share = %s", (share,))


def posting(town: Store, area: str, role: str) -> int:
    with psycopg.connect(town.dsn("migrate")) as owner:
        row = owner.execute(
            "SELECT id FROM postings WHERE area_code = %s AND role = %s AND upper(during) IS NULL", (area, role)
        ).fetchone()
        assert row
        return int(row[0])


def test_the_table_of_the_code_is_that_of_the_database(town: Store) -> None:
    with psycopg.connect(town.dsn("web")) as web:
        rows = web.execute("SELECT verb, sources, target, who, needs, shown FROM steps").fetchall()
    ours = {s.verb: (s.verb, list(s.sources), s.target, list(s.who), list(s.needs), s.shown) for s in STEPS}
    assert {row[0]: row for row in rows} == ours


@pytest.mark.usefixtures("no_sample")
def test_a_head_solves_it_alone_and_the_reporter_confirms(new_case: Callable[..., Case]) -> None:
    case = new_case()
    assert [s["verb"] for s in case.as_seen_by("head")["steps"]] == ["accept", "take", "note"]
    assert case.goes("head", "take")["state"] == "in_progress"
    assert case.refused("reporter", "confirm") == (409, "step_not_allowed")
    assert case.refused("head", "claim") == (422, "step_incomplete")
    assert case.goes("head", "claim", words="清走了两车垃圾")["state"] == "claimed_solved"
    # Claimed is not solved: whoever handled it cannot say so himself, nor can a stranger to it.
    assert case.refused("head", "pass_recheck", words="看过了") == (403, "step_for_others")
    assert case.goes("reporter", "confirm")["state"] == "closed"
    seen = case.as_seen_by("head")
    assert (seen["confirmed"], seen["evaluation"]) == (True, "solved")
    assert [line["verb"] for line in seen["history"]] == ["receive", "take", "claim", "confirm"]
    assert seen["history"][2]["words"] == "清走了两车垃圾"
    assert seen["history"][1]["role"] == "head"


@pytest.mark.usefixtures("all_sampled")
def test_a_reporter_confirms_a_claim_once_and_may_still_change_his_mind(new_case: Callable[..., Case]) -> None:
    case = new_case(117.0005, town_of.IN_HEADED[1] + 0.002)
    case.goes("head", "take")
    case.goes("head", "claim", words="清走了两车垃圾")
    assert case.may_say() == ["confirm", "deny"]
    assert case.goes("reporter", "confirm")["state"] == "claimed_solved"
    assert case.may_say() == ["deny"]
    page = case.client.get(f"/status/{case.number}?key={case.key}").text
    assert ('value="deny"' in page, 'value="confirm"' in page) == (True, False)
    answer = case.step("reporter", "confirm")
    assert (answer.status_code, answer.json()["code"]) == (422, "step_incomplete")
    assert "confirmed it already" in answer.json()["detail"]
    case.goes("city", "fail_recheck", words="沟里还有")
    # Of the next claim he says it anew.
    case.goes("head", "claim", words="沟里也清了")
    assert case.may_say() == ["confirm", "deny"]
    assert 'value="confirm"' in case.client.get(f"/status/{case.number}?key={case.key}").text
    case.goes("reporter", "confirm")
    assert case.goes("reporter", "deny", words="又堆起来了")["state"] == "accepted"


@pytest.mark.usefixtures("no_sample")
def test_not_solved_goes_one_level_up_and_then_needs_a_recheck(new_case: Callable[..., Case], town: Store) -> None:
    case = new_case()
    case.goes("head", "take")
    case.goes("head", "claim", words="已处理")
    before = case.as_seen_by("head")["due_at"]
    after = case.goes("reporter", "deny", words="垃圾还在原地")
    assert (after["state"], after["owner_area_code"], after["owner_role"]) == ("accepted", town_of.VILLAGE, "desk")
    assert after["due_at"] >= before
    case.goes("desk", "dispatch", posting_id=posting(town, town_of.HEADED, "head"))
    case.goes("head", "start")
    case.goes("head", "claim", words="这次真的清走了")
    assert case.as_seen_by("head")["recheck"] == ["reopened"]
    # The reporter's word waits for the re-check; the desk that dispatched it directed it.
    assert case.goes("reporter", "confirm")["state"] == "claimed_solved"
    assert case.refused("desk", "pass_recheck", words="看过了") == (403, "step_for_others")
    assert case.goes("city", "pass_recheck", words="现场看过，已清理")["state"] == "closed"
    assert case.as_seen_by("head")["confirmed"] is True


@pytest.mark.usefixtures("no_sample")
def test_what_was_closed_can_be_reopened_by_its_reporter(new_case: Callable[..., Case]) -> None:
    case = new_case()
    case.goes("head", "take")
    case.goes("head", "claim", words="已处理")
    case.goes("reporter", "confirm")
    assert case.refused("head", "reopen", words="我想重开") == (403, "step_for_others")
    assert case.refused("reporter", "reopen") == (422, "step_incomplete")
    again = case.goes("reporter", "reopen", words="第二天又倒了")
    assert (again["state"], again["owner_area_code"]) == ("accepted", town_of.VILLAGE)
    seen = case.as_seen_by("desk")
    assert (seen["reopened"], seen["confirmed"], seen["closed_at"]) == (1, None, None)


@pytest.mark.usefixtures("no_sample")
def test_what_keeps_coming_back_is_rechecked(new_case: Callable[..., Case]) -> None:
    """The third case of a family at one spot in 90 days, whatever became of the first two."""
    cases = [new_case(lon=117.0043, lat=39.702) for _ in range(3)]
    cases[0].goes("head", "take")
    cases[0].goes("head", "claim", words="已处理")
    assert cases[0].as_seen_by("head")["recheck"] == ["recurring"]


@pytest.mark.usefixtures("all_sampled")
def test_a_random_share_is_rechecked(new_case: Callable[..., Case]) -> None:
    case = new_case()
    case.goes("head", "take")
    case.goes("head", "claim", words="已处理")
    assert case.as_seen_by("head")["recheck"] == ["sampled"]
    assert case.goes("desk", "fail_recheck", words="还剩一半")["state"] == "in_progress"


def test_a_declined_report_shows_its_reason_and_can_be_reopened(
    new_case: Callable[..., Case], client: TestClient
) -> None:
    case = new_case()
    assert case.refused("head", "decline", words="不归我管") == (403, "step_for_others")
    case.goes("desk", "decline", words="这里是农户自家院内堆放")
    told = client.get(f"/api/reports/{case.number}?key={case.key}").json()["reporter"]["events"]
    assert (told[-1]["verb"], told[-1]["reason"]) == ("decline", "这里是农户自家院内堆放")
    assert case.goes("reporter", "reopen", words="不是院内，是路边")["state"] == "accepted"


def test_a_department_sees_what_it_owns_and_nothing_else(new_case: Callable[..., Case], town: Store) -> None:
    case, other = new_case(), new_case()
    assert case.as_seen_by("handler")["code"] == "case_not_found"
    assert case.refused("desk", "dispatch", posting_id=posting(town, town_of.CITY, "handler")) == (
        422,
        "step_incomplete",
    )
    done = case.goes("desk", "dispatch", posting_id=posting(town, town_of.CITY, "department"))
    assert (done["owner_area_code"], done["owner_role"]) == (town_of.CITY, "department")
    seen = case.as_seen_by("handler")
    assert (seen["owner_desk"], seen["reports"][0]["words"]) == ("城管局", "苗圃东边又有人倒垃圾。")
    assert [s["verb"] for s in seen["steps"]] == ["start", "return", "escalate", "ask_extension", "note"]
    assert other.as_seen_by("handler")["code"] == "case_not_found"
    back = case.goes("handler", "return", words="不属于城管职责")
    assert (back["owner_area_code"], back["owner_role"]) == (town_of.CITY, "desk")
    assert case.as_seen_by("handler")["code"] == "case_not_found"


def test_a_case_that_is_sent_round_goes_further_up(new_case: Callable[..., Case], town: Store) -> None:
    case = new_case()
    head = posting(town, town_of.HEADED, "head")
    for _ in range(2):
        case.goes("desk", "dispatch", posting_id=head)
        assert case.goes("head", "return", words="不是我网格的事")["owner_area_code"] == town_of.VILLAGE
    case.goes("desk", "dispatch", posting_id=head)
    assert case.goes("head", "return", words="还是不归我")["owner_area_code"] == town_of.CITY


def test_the_topmost_desk_decides_and_returns_nothing(new_case: Callable[..., Case], town: Store) -> None:
    case = new_case()
    case.goes("desk", "accept")
    case.goes("desk", "dispatch", posting_id=posting(town, town_of.CITY, "department"))
    assert case.goes("handler", "return", words="不归城管")["owner_area_code"] == town_of.CITY
    assert "return" not in [s["verb"] for s in case.as_seen_by("city")["steps"]]
    answer = case.step("city", "return", words="也不归我")
    assert (answer.status_code, answer.json()["code"], answer.json()["errors"]) == (422, "step_incomplete", [])
    assert "no desk above this one" in answer.json()["detail"]
    # Not because it may not act at all.
    assert case.goes("city", "will_not_do", words="属于国道养护范围", body="公路管理站")["state"] == "will_not_do"


@pytest.mark.usefixtures("all_sampled")
def test_a_desk_does_not_recheck_its_own_claim(new_case: Callable[..., Case], town: Store) -> None:
    with psycopg.connect(town.dsn("migrate")) as owner:
        owner.execute("SET ROLE gridwarden_owner")
        owner.execute("UPDATE postings SET area_code = %s WHERE role = 'supervisor'", (town_of.VILLAGE,))
        owner.execute(
            "INSERT INTO postings (area_code, role, person_id, during) SELECT %s, 'dispatcher', id, "
            "tstzrange('2018-12-31 16:00Z', NULL) FROM people WHERE login = 'clerk'",
            (town_of.VILLAGE,),
        )
    case = new_case()
    case.goes("head", "accept")
    case.goes("head", "return", words="要村里统一清运")
    case.goes("desk", "take")
    case.goes("desk", "claim", words="村里清走了")
    # A colleague at the very desk had no part in it, and is of the desk all the same; the supervisor is not.
    assert case.refused("clerk", "pass_recheck", words="看过了") == (403, "step_for_others")
    for who, finds in (("clerk", False), ("supervisor", True)):
        case.log_in(who)
        listed = case.client.get("/api/desk?section=recheck").json()["cases"]
        assert (case.id in [each["id"] for each in listed]) is finds
    assert case.goes("supervisor", "pass_recheck", words="现场看过")["state"] == "closed"


@pytest.mark.usefixtures("no_sample")
def test_each_reporter_has_a_word_of_his_own_and_the_least_content_counts(
    new_case: Callable[..., Case], clock: Clock
) -> None:
    one, other = new_case(), new_case()
    other.goes("desk", "merge", into=one.id)
    other.id = one.id
    one.goes("head", "take")
    one.goes("head", "claim", words="清走了")
    clock.go_on(days=8)
    with psycopg.connect(one.town.dsn("worker")) as worker:
        worker.execute(
            "SELECT take_step(NULL, NULL, %s, %s, %s, 'lapse', NULL, '{}')", (clock.now, one.id, one.version)
        )
    for case, rating, stands in (
        (one, "solved", ("solved", True)),
        (other, "partly", ("partly", False)),
        (one, "solved", ("partly", False)),
        (other, "solved", ("solved", True)),
    ):
        case.goes("reporter", "evaluate", rating=rating)
        seen = one.as_seen_by("head")
        assert (seen["evaluation"], seen["confirmed"]) == stands
    other.goes("reporter", "evaluate", rating="not")
    told = one.client.get(f"/api/reports/{one.number}?key={one.key}").json()["reporter"]
    assert (told["evaluation"], told["my_rating"]) == ("not", "solved")
    page = one.client.get(f"/status/{one.number}?key={one.key}").text
    assert 'value="solved" required checked' in page


def test_extension_is_asked_for_and_given_by_the_level_above(new_case: Callable[..., Case], clock: Clock) -> None:
    case = new_case()
    case.goes("head", "take")
    due = case.as_seen_by("head")["due_at"]
    early = clock.now.isoformat()
    assert case.refused("head", "ask_extension", words="要等机械", until=early) == (422, "step_incomplete")
    assert case.refused("desk", "approve_extension") == (422, "step_incomplete")
    asked = "2026-04-01T00:00:00Z"
    case.goes("head", "ask_extension", words="要等机械", until=asked)
    assert case.as_seen_by("head")["due_at"] == due
    assert case.refused("head", "approve_extension") == (403, "step_for_others")
    assert case.goes("desk", "approve_extension")["due_at"] == asked


def test_a_pause_stops_the_clock_and_says_why(new_case: Callable[..., Case], clock: Clock) -> None:
    case = new_case()
    case.goes("desk", "accept")
    due = case.as_seen_by("desk")["due_at"]
    assert case.refused("head", "pause", words="等雨停", until="2026-03-20T00:00:00Z") == (403, "step_for_others")
    case.goes("desk", "pause", words="等雨停", until="2026-03-20T00:00:00Z")
    clock.go_on(hours=5)
    resumed = case.goes("desk", "resume")
    assert resumed["state"] == "accepted"
    assert resumed["due_at"] > due


def test_a_case_that_becomes_more_urgent_is_due_sooner(
    new_case: Callable[..., Case], clock: Clock, town: Store
) -> None:
    with psycopg.connect(town.dsn("migrate")) as owner:
        owner.execute("SET ROLE gridwarden_owner")
        owner.execute(
            "INSERT INTO categories VALUES ('wires', %s, 'safety', '电线垂地', 'Hanging wires', false, 'normal',"
            ' \'{"solve": {"hours": 72}, "accept": {"hours": 8}, "dispatch": {"hours": 9},'
            ' "emergency": {"solve": {"hours": 4}, "dispatch": {"hours": 1}}}\')',
            (clock.now,),
        )
    case = new_case(category="wires")
    clock.go_on(hours=1)
    case.goes("desk", "accept")
    seen = case.as_seen_by("desk")
    assert (seen["urgency"], "set_urgency" in [step["verb"] for step in seen["steps"]]) == ("normal", True)
    assert case.refused("head", "set_urgency", words="电线垂地", urgency="emergency") == (403, "step_for_others")
    assert case.refused("desk", "set_urgency", words="电线垂地") == (422, "step_incomplete")
    assert case.refused("desk", "set_urgency", urgency="emergency") == (422, "step_incomplete")
    assert case.refused("desk", "set_urgency", words="电线垂地", urgency="normal") == (422, "step_incomplete")
    clock.go_on(hours=2)
    due = (clock.now + timedelta(hours=4)).isoformat().replace("+00:00", "Z")
    assert case.goes("desk", "set_urgency", words="电线垂地", urgency="emergency")["due_at"] == due
    seen = case.as_seen_by("desk")
    assert datetime.fromisoformat(seen["stage_due_at"]) == clock.now + timedelta(hours=1)
    told = seen["history"][-1]
    assert (told["words"], told["data"]["urgency_before"], told["data"]["urgency"]) == (
        "电线垂地",
        "normal",
        "emergency",
    )
    # Back to normal gives no more time than there was; who works on it anew has the time of what it is.
    clock.go_on(hours=1)
    assert case.goes("desk", "set_urgency", words="已经断电", urgency="normal")["due_at"] == due
    case.goes("desk", "set_urgency", words="又来电了", urgency="emergency")
    case.goes("desk", "will_not_do", words="属于供电公司", body="供电公司")
    clock.go_on(hours=9)
    reopened = case.goes("supervisor", "reopen", words="没有人来")
    assert datetime.fromisoformat(reopened["due_at"]) == clock.now + timedelta(hours=4)


def test_an_extension_stays_when_a_case_becomes_less_urgent(new_case: Callable[..., Case]) -> None:
    case = new_case()
    case.goes("head", "take")
    case.goes("head", "ask_extension", words="要等机械", until="2026-04-01T00:00:00Z")
    case.goes("desk", "approve_extension")
    lowered = case.goes("supervisor", "set_urgency", words="已经围挡", urgency="normal")
    assert lowered["due_at"] == "2026-04-01T00:00:00Z"


def test_a_younger_category_promises_what_it_began_with(
    new_case: Callable[..., Case], clock: Clock, town: Store
) -> None:
    case = new_case()
    clock.go_on(hours=1)
    with psycopg.connect(town.dsn("migrate")) as owner:
        owner.execute("SET ROLE gridwarden_owner")
        owner.execute(
            "INSERT INTO categories VALUES ('sinkhole', %s, 'works', '路面塌陷', 'Sinkhole', false, 'emergency',"
            ' \'{"solve": {"hours": 5}, "dispatch": {"hours": 1}}\')',
            (clock.now,),
        )
    case.goes("desk", "accept")
    moved = case.goes("desk", "recategorise", category="sinkhole")
    # It is an emergency from now on.
    assert datetime.fromisoformat(moved["due_at"]) == clock.now + timedelta(hours=5)
    seen = case.as_seen_by("desk")
    assert datetime.fromisoformat(seen["stage_due_at"]) == clock.now + timedelta(hours=1)
    told = seen["history"][-1]["data"]
    assert (told["category"], told["urgency_before"], told["urgency"]) == ("sinkhole", "urgent", "emergency")
    case.goes("desk", "decline", words="已有单位在修")
    clock.go_on(hours=3)
    reopened = case.goes("supervisor", "reopen", words="没有人修")
    assert datetime.fromisoformat(reopened["due_at"]) == clock.now + timedelta(hours=5)


def test_what_somebody_said_of_the_urgency_stays_with_another_category(new_case: Callable[..., Case]) -> None:
    case = new_case()
    case.goes("desk", "accept")
    case.goes("desk", "set_urgency", words="有火星", urgency="emergency")
    case.goes("clerk", "recategorise", category="dispute")
    assert case.as_seen_by("desk")["urgency"] == "emergency"


def test_what_is_split_off_is_as_urgent_from_now_on(new_case: Callable[..., Case], clock: Clock, town: Store) -> None:
    with psycopg.connect(town.dsn("migrate")) as owner:
        owner.execute("SET ROLE gridwarden_owner")
        owner.execute(
            "INSERT INTO categories VALUES ('pipes', %s, 'safety', '管道泄漏', 'Leaking pipe', false, 'normal',"
            ' \'{"solve": {"hours": 72}, "emergency": {"solve": {"hours": 6}}}\')',
            (clock.now,),
        )
    case, other = new_case(category="pipes"), new_case(category="pipes")
    other.goes("desk", "accept")
    other.goes("desk", "merge", into=case.id)
    clock.go_on(hours=30)
    case.goes("desk", "set_urgency", words="有气味", urgency="emergency")
    clock.go_on(hours=1)
    split = case.goes("desk", "split", report=other.number)
    apart = case.client.get(f"/api/cases/{split['other']}").json()
    assert apart["urgency"] == "emergency"
    assert datetime.fromisoformat(apart["due_at"]) == clock.now + timedelta(hours=6)


def test_a_stale_version_is_told_with_what_changed(new_case: Callable[..., Case]) -> None:
    case = new_case()
    version = case.version
    case.goes("head", "accept")
    answer = case.step("desk", "decline", words="重复", version=version)
    assert (answer.status_code, answer.json()["code"]) == (409, "stale_version")
    assert "accepted" in answer.json()["detail"]
    assert [answer.json()[name] for name in ("version", "state", "last")] == [version + 1, "accepted", "accept"]


def test_what_a_step_lacks_is_told_at_its_field(new_case: Callable[..., Case]) -> None:
    case = new_case()
    for verb, body, field in (
        ("decline", {}, "words"),
        ("dispatch", {"posting_id": 999}, "posting_id"),
        ("pause", {"words": "等雨停", "until": "2020-01-01T00:00:00Z"}, "until"),
    ):
        if verb == "pause":
            case.goes("desk", "accept")
        told = case.step("desk", verb, **body).json()
        assert (told["code"], [e["field"] for e in told["errors"]]) == ("step_incomplete", [field])


def test_reports_are_merged_and_split(new_case: Callable[..., Case], client: TestClient) -> None:
    case, other = new_case(), new_case()
    assert case.refused("desk", "merge", into=case.id) == (422, "step_incomplete")
    case.goes("desk", "merge", into=other.id)
    seen = other.as_seen_by("desk")
    assert [r["number"] for r in seen["reports"]] == [case.number, other.number]
    assert client.get(f"/api/reports/{case.number}").json()["state"] == "received"
    assert case.as_seen_by("desk")["merged_into"] == other.id
    apart = other.goes("desk", "split", report=case.number)["other"]
    assert client.get(f"/api/cases/{apart}").json()["reports"][0]["number"] == case.number
    assert other.refused("desk", "split", report=other.number) == (422, "step_incomplete")


def test_will_not_do_is_not_called_solved(new_case: Callable[..., Case], client: TestClient) -> None:
    case = new_case()
    case.goes("desk", "accept")
    assert case.refused("desk", "will_not_do", words="属于国道养护范围") == (422, "step_incomplete")
    case.goes("desk", "will_not_do", words="属于国道养护范围", body="公路管理站")
    told = client.get(f"/api/reports/{case.number}?key={case.key}").json()
    assert told["state"] == "will_not_do"
    assert told["reporter"]["events"][-1]["reason"] == "公路管理站：属于国道养护范围"


def test_strangers_find_no_case(new_case: Callable[..., Case], client: TestClient) -> None:
    case = new_case()
    assert case.as_seen_by("deputy")["code"] == "case_not_found"
    assert case.refused("deputy", "take") == (404, "case_not_found")
    client.cookies.clear()
    answer = client.get(f"/api/cases/{case.id}")
    assert (answer.status_code, answer.json()["code"]) == (401, "log_in_required")
    wrong = client.post(f"/api/reports/{case.number}/steps?key=wrong", json={"verb": "reopen", "version": 1})
    assert (wrong.status_code, wrong.json()["code"]) == (404, "unknown_report")


@pytest.mark.usefixtures("no_sample")
@pytest.mark.parametrize(
    ("taker", "worked", "why"), [("head", "head", ["own_report"]), ("member", "head", []), ("clerk", "head", [])]
)
def test_whoever_took_it_down_and_worked_on_it_does_not_confirm_a_colleagues_claim(
    new_case: Callable[..., Case],
    log_in: Callable[[str], None],
    taker: str,
    worked: str,
    why: list[str],
) -> None:
    """He holds the resident's link; so somebody else looks at it."""
    log_in(taker)
    case = new_case(channel="talking_point", stays=True)
    case.goes(worked, "take")
    case.goes("member" if taker == "head" else "head", "claim", words="清走了")
    assert case.as_seen_by("head")["recheck"] == why
    assert case.goes("reporter", "confirm")["state"] == ("claimed_solved" if why else "closed")


def test_a_case_tells_how_its_time_was_used_and_what_was_said_there(
    new_case: Callable[..., Case], clock: Clock
) -> None:
    first = new_case(117.0087, 39.7087)
    again = new_case(117.0087, 39.7087)
    again.goes("desk", "accept")
    clock.go_on(hours=2)
    seen = again.as_seen_by("desk")
    assert seen["time_used"][-1] == {"level": "grid", "state": "accepted", "work_s": 7200.0, "elapsed_s": 7200.0}
    # Make-up days of 2026 are known; those of a year that is not published are not.
    assert seen["provisional"] is False
    told = again.client.get(f"/api/cases/{again.id}/nearby").json()
    assert [(one["case_id"], one["nth"]) for one in told["reports"]] == [(again.id, 2), (first.id, 1)]
    assert "2 working hours" in again.client.get(f"/cases/{again.id}").text
    again.client.cookies.clear()
    assert again.client.get(f"/api/cases/{again.id}/nearby").status_code == 401


def test_a_date_that_may_still_move_is_told_so(new_case: Callable[..., Case], town: Store) -> None:
    with psycopg.connect(town.dsn("migrate")) as owner:
        owner.execute("SET ROLE gridwarden_owner")
        owner.execute(
            "INSERT INTO categories VALUES ('road', '2018-12-31 16:00Z', 'road', '道路', 'Roads', false, 'normal',"
            ' \'{"solve": {"work_days": 400}}\')'
        )
    case = new_case(category="road")
    assert case.as_seen_by("desk")["provisional"] is True
    assert "not published yet" in case.client.get(f"/cases/{case.id}").text
    assert "not published yet" in case.client.get(f"/status/{case.number}?key={case.key}").text
