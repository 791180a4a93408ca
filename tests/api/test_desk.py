"""The working lists: what stands on whose desk, inbox and day list, and several steps at once."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, urlsplit

import psycopg
import pytest
from fastapi.testclient import TestClient

from gis.store import Store
from grids.desk import SECTIONS
from grids.duties import INBOX_SECTIONS
from tests import little_town as town_of
from tests.api.conftest import Clock
from tests.little_town import Told

# Some 85 m apart, so that none recurs by chance.
_SPOTS = (117.0005 + n * 0.001 + m * 0.00001 for m in range(20) for n in range(9))


@dataclass
class Lists:
    """Makes cases by real steps, and reads lists as somebody."""

    client: TestClient
    log_in: Callable[[str], None]
    key: Callable[[], dict[str, str]]
    town: Store
    who: str = ""

    def come(self, who: str) -> None:
        """Log in, unless that is who is there."""
        if self.who != who:
            self.log_in(who)
            self.who = who

    def report(self, at: tuple[float, float] | None = None, **body: Any) -> int:
        self.client.cookies.clear()
        self.who = ""
        lon, lat = at or (next(_SPOTS), town_of.IN_HEADED[1])
        answer = self.client.post("/api/reports", json=Told(lon, lat).body(**body), headers=self.key())
        assert answer.status_code == 201, answer.text
        row = self.row("SELECT case_id FROM reports WHERE number = %s", answer.json()["number"])
        assert parse_qs(urlsplit(answer.json()["link"]).query)["key"]
        return int(row[0])

    def row(self, query: str, *values: Any) -> Any:
        with psycopg.connect(self.town.dsn("migrate")) as owner:
            return owner.execute(query, values).fetchone()

    def change(self, query: str, *values: Any) -> None:
        with psycopg.connect(self.town.dsn("migrate")) as owner:
            owner.execute("SET ROLE gridwarden_owner")
            owner.execute(query, values)

    def version(self, case: int) -> int:
        return int(self.row("SELECT version FROM cases WHERE id = %s", case)[0])

    def posting(self, area: str, role: str) -> int:
        return int(
            self.row(
                "SELECT id FROM postings WHERE area_code = %s AND role = %s AND upper(during) IS NULL", area, role
            )[0]
        )

    def step(self, who: str, case: int, verb: str, **body: Any) -> None:
        self.come(who)
        answer = self.client.post(f"/api/cases/{case}/steps", json={"verb": verb, "version": self.version(case)} | body)
        assert answer.status_code == 200, answer.text

    def seen(self, who: str, address: str, **asked: Any) -> Any:
        self.come(who)
        answer = self.client.get(address, params=asked)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def desk(self, who: str, section: str) -> set[int]:
        """All of a section, page by page; its count says the same."""
        found = self.seen(who, "/api/desk", section=section)
        ids = [case["id"] for case in found["cases"]]
        while found["after"]:
            after = found["after"]
            found = self.client.get(
                "/api/desk", params={"section": section, "after_at": after["at"], "after_id": after["id"]}
            ).json()
            ids += [case["id"] for case in found["cases"]]
        assert len(set(ids)) == len(ids) == found["counts"][section]
        return set(ids)

    def sections(self, who: str, case: int) -> set[str]:
        return {str(section) for section in SECTIONS if case in self.desk(who, section)} - {"open"}

    def ticked(self, *cases: int) -> list[str]:
        return [f"{case}:{self.version(case)}" for case in cases]


@pytest.fixture
def lists(client: TestClient, log_in: Callable[[str], None], key: Callable[[], dict[str, str]], town: Store) -> Lists:
    found = Lists(client, log_in, key, town)
    if not found.row("SELECT 1 FROM people WHERE login = 'west'"):
        found.change(
            "WITH west AS (INSERT INTO people (name, login, password_hash) SELECT '西村派单员', 'west', password_hash FROM people"
            " WHERE login = 'head' RETURNING id) INSERT INTO postings (area_code, role, person_id, during)"
            " SELECT '9002', 'dispatcher', id, tstzrange('2018-12-31 16:00Z', NULL) FROM west"
        )
    # No random share of re-checks, so that a test knows what comes.
    found.change("UPDATE recheck_shares SET share = 0")
    return found


def test_a_new_case_waits_to_be_accepted(lists: Lists) -> None:
    case = lists.report()
    assert lists.sections("desk", case) == {"received", "soon"}
    lists.step("desk", case, "accept")
    assert "received" not in lists.sections("desk", case)
    assert case in lists.desk("desk", "open")


def test_what_lies_where_nobody_is_posted_is_shown(lists: Lists) -> None:
    vacant = lists.report(town_of.IN_VACANT)
    assert "unowned" in lists.sections("desk", vacant)
    # Handed to somebody it has an owner, though its grid has no head.
    lists.step("desk", vacant, "dispatch", posting_id=lists.posting(town_of.CITY, "department"))
    assert "unowned" not in lists.sections("desk", vacant)
    case = lists.report()
    assert "unowned" not in lists.sections("desk", case)
    head = lists.posting(town_of.HEADED, "head")
    lists.step("desk", case, "dispatch", posting_id=head)
    lists.change("UPDATE postings SET during = tstzrange(lower(during), '2026-03-01Z') WHERE id = %s", head)
    try:
        assert "unowned" in lists.sections("desk", case)
        row = next(c for c in lists.seen("desk", "/api/desk", section="unowned")["cases"] if c["id"] == case)
        assert row["held"] is False
    finally:
        lists.change("UPDATE postings SET during = tstzrange(lower(during), NULL) WHERE id = %s", head)


def test_soon_becomes_late(lists: Lists, clock: Clock) -> None:
    case = lists.report()
    assert "late" not in lists.sections("desk", case)
    clock.go_on(days=40)
    lists.who = ""
    assert lists.sections("desk", case) & {"late", "soon"} == {"late"}


def test_what_came_back_is_shown_until_it_is_dispatched_again(lists: Lists) -> None:
    case = lists.report()
    head = lists.posting(town_of.HEADED, "head")
    lists.step("desk", case, "dispatch", posting_id=head)
    assert "returned" not in lists.sections("desk", case)
    lists.step("head", case, "return", words="不是我网格的事")
    assert "returned" in lists.sections("desk", case)
    lists.step("desk", case, "dispatch", posting_id=head)
    assert "returned" not in lists.sections("desk", case)


def test_a_request_for_time_waits_for_its_answer(lists: Lists) -> None:
    case = lists.report()
    lists.step("head", case, "take")
    lists.step("head", case, "ask_extension", words="要等机械", until="2026-04-01T00:00:00Z")
    assert "extension" in lists.sections("desk", case)
    lists.step("desk", case, "approve_extension")
    assert "extension" not in lists.sections("desk", case)


def test_nor_does_it_wait_for_whoever_had_a_part_in_what_was_merged_into_it(lists: Lists) -> None:
    merged, case = lists.report(), lists.report()
    lists.step("desk", merged, "accept")
    lists.step("city", merged, "merge", into=case)
    lists.step("head", case, "take")
    lists.step("head", case, "claim", words="清走了两车垃圾")
    assert {who: case in lists.desk(who, "recheck") for who in ("desk", "city", "supervisor")} == {
        "desk": False,
        "city": False,
        "supervisor": True,
    }
    assert "pass_recheck" not in [s["verb"] for s in lists.seen("desk", f"/api/cases/{case}")["steps"]]


def test_a_claim_waits_for_those_who_had_no_part_in_it(lists: Lists) -> None:
    case = lists.report()
    lists.step("desk", case, "dispatch", posting_id=lists.posting(town_of.HEADED, "head"))
    lists.step("head", case, "start")
    lists.step("head", case, "claim", words="清走了两车垃圾")
    # The village's desk directed it; the city's and the supervisor had no part.
    assert "recheck" not in lists.sections("desk", case)
    assert "recheck" in lists.sections("city", case)
    assert "recheck" in lists.sections("supervisor", case)
    lists.step("city", case, "pass_recheck", words="现场看过")
    assert case not in lists.desk("city", "open")


def test_a_pause_that_is_over_comes_back(lists: Lists, clock: Clock) -> None:
    case = lists.report()
    lists.step("desk", case, "accept")
    lists.step("desk", case, "pause", words="等雨停", until="2026-03-20T00:00:00Z")
    assert lists.sections("desk", case) == set()
    clock.go_on(days=19)
    lists.who = ""
    assert lists.sections("desk", case) == {"paused"}


def test_a_sibling_village_sees_nothing(lists: Lists) -> None:
    case = lists.report()
    there = lists.report(town_of.IN_EMPTY_VILLAGE)
    assert lists.sections("west", case) == set()
    assert lists.desk("west", "open") == {there}
    assert there not in lists.desk("desk", "open")
    assert {case, there} <= lists.desk("city", "open")
    found = lists.client.get("/api/desk", params={"area": town_of.VILLAGE})
    assert found.status_code == 200
    lists.come("west")
    assert lists.client.get("/api/desk", params={"area": town_of.VILLAGE}).json()["counts"]["open"] == 0
    # Nor can it act on one whose number it guesses.
    answer = lists.client.post("/desk", data={"verb": "accept", "case": lists.ticked(case)})
    assert answer.status_code == 200
    assert lists.version(case) == 1


@pytest.mark.parametrize(
    ("address", "own", "others"),
    [
        ("desk", ("desk", "city", "supervisor"), ("head", "member", "handler", "planner", "clerk", "admin")),
        ("inbox", ("handler",), ("head", "desk", "planner", "supervisor", "admin")),
        ("day", ("head", "deputy", "member"), ("desk", "handler", "planner", "clerk", "admin")),
    ],
)
def test_each_list_is_for_its_role(lists: Lists, address: str, own: tuple[str, ...], others: tuple[str, ...]) -> None:
    for who in own:
        lists.come(who)
        assert lists.client.get(f"/{address}").status_code == 200
        assert lists.client.get(f"/api/{address}").status_code == 200
    for who in others:
        lists.come(who)
        assert lists.client.get(f"/api/{address}").json()["code"] == "list_for_others"
        assert lists.client.get(f"/{address}").status_code == 403
    lists.client.cookies.clear()
    lists.who = ""
    assert lists.client.get(f"/api/{address}").json()["code"] == "log_in_required"
    if address != "day":
        answer = lists.client.post(f"/{address}", data={"verb": "accept", "case": "1:1"})
        assert answer.status_code == 401


def test_filters_narrow_rows_and_counts(lists: Lists) -> None:
    case = lists.report(category="dispute")
    found = lists.seen("desk", "/api/desk", category="dispute")
    assert {c["category"] for c in found["cases"]} == {"dispute"}
    assert found["counts"]["open"] == len(found["cases"])
    lists.change("UPDATE cases SET hazard = true WHERE id = %s", case)
    assert [c["id"] for c in lists.seen("desk", "/api/desk", flag="hazard")["cases"]] == [case]
    deputised = lists.report(town_of.IN_DEPUTISED)
    inside = {c["id"] for c in lists.seen("desk", "/api/desk", area=town_of.DEPUTISED)["cases"]}
    assert deputised in inside
    assert case not in inside


def test_pages_go_on_where_the_last_one_ended(lists: Lists) -> None:
    """The earliest deadline first, and none twice or left out at the seam."""
    one = lists.report(category="dispute")
    # Two of each deadline, so that a seam can fall between equals.
    lists.change(
        "WITH copies AS (INSERT INTO cases OVERRIDING SYSTEM VALUE SELECT (jsonb_populate_record(c, jsonb_build_object("
        "'id', 1000000 + n, 'due_at', c.due_at + n / 2 * interval '1 minute'))).* FROM cases c, generate_series(0, 52) n WHERE c.id = %s"
        " RETURNING id) INSERT INTO reports OVERRIDING SYSTEM VALUE SELECT (jsonb_populate_record(r, jsonb_build_object("
        "'id', k.id, 'case_id', k.id, 'number', lpad(k.id::text, 10, '0')))).* FROM reports r, copies k WHERE r.case_id = %s",
        one,
        one,
    )
    first = lists.seen("desk", "/api/desk", category="dispute")
    assert len(first["cases"]) == 50
    after = first["after"]
    second = lists.client.get(
        "/api/desk", params={"category": "dispute", "after_at": after["at"], "after_id": after["id"]}
    ).json()
    ids = [c["id"] for c in first["cases"] + second["cases"]]
    assert len(ids) == len(set(ids)) == first["counts"]["open"]
    times = [c["act_by"] for c in first["cases"] + second["cases"]]
    assert times == sorted(times)
    page = lists.client.get("/desk?category=dispute").text
    link = re.search(r'href="(/desk\?[^"]+)" rel="next"', page)
    assert link
    rest = lists.client.get(link[1].replace("&amp;", "&")).text
    assert [int(n) for n in re.findall(r'data-case="(\d+)"', page + rest)] == ids
    assert lists.client.get("/desk?after=nonsense&section=nonsense&area=%00").status_code == 200


def test_several_at_once_and_one_of_them_stale(lists: Lists) -> None:
    cases = [lists.report() for _ in range(5)]
    ticked = lists.ticked(*cases)
    lists.step("head", cases[2], "accept")
    lists.come("desk")
    head = lists.posting(town_of.HEADED, "head")
    answer = lists.client.post("/desk", data={"verb": "dispatch", "case": ticked, "posting": str(head)})
    assert answer.status_code == 200
    assert "4 done, 1 changed meanwhile" in answer.text
    assert "accepted" in re.search(r'<ul class="results"><li>.*?</li>', answer.text, re.DOTALL)[0]  # type: ignore[index]
    states = [lists.row("SELECT state FROM cases WHERE id = %s", case)[0] for case in cases]
    assert states == ["dispatched", "dispatched", "accepted", "dispatched", "dispatched"]
    # The one that was not done is ticked again, with its new version: another press does it.
    again = re.search(rf'value="({cases[2]}:\d+)" checked', answer.text)
    assert again
    assert again[1] == lists.ticked(cases[2])[0]
    assert f'value="{head}" selected' in answer.text
    answer = lists.client.post("/desk", data={"verb": "dispatch", "case": again[1], "posting": str(head)})
    assert "1 done" in answer.text
    # And once more is too late for all, told one by one.
    answer = lists.client.post("/desk", data={"verb": "dispatch", "case": ticked, "posting": str(head)})
    assert "0 done, 5 changed meanwhile" in answer.text


def test_what_cannot_be_done_says_what_can(lists: Lists) -> None:
    case = lists.report()
    lists.step("desk", case, "dispatch", posting_id=lists.posting(town_of.HEADED, "head"))
    lists.come("desk")
    answer = lists.client.post("/desk", data={"verb": "decline", "case": lists.ticked(case), "words": "不归本村"})
    assert "Not possible now. Open for you: Hand to …, Escalate, Pause, Will not do, Join into another" in answer.text


def test_declining_several_shows_each_reporter_the_reason(lists: Lists) -> None:
    cases = [lists.report() for _ in range(2)]
    lists.come("desk")
    answer = lists.client.post("/desk", data={"verb": "decline", "case": lists.ticked(*cases), "words": " "})
    assert answer.status_code == 422
    assert answer.text.count(" checked>") >= 2
    lists.client.post(
        "/desk", data={"verb": "decline", "case": lists.ticked(*cases), "words": "这里是农户自家院内堆放"}
    )
    for case in cases:
        said = lists.row("SELECT words, shown FROM event_words WHERE case_id = %s", case)
        assert said == ("这里是农户自家院内堆放", True)


def test_what_a_supervisor_may_not_do_is_told(lists: Lists) -> None:
    case = lists.report()
    lists.come("supervisor")
    answer = lists.client.post("/desk", data={"verb": "accept", "case": lists.ticked(case)})
    assert "0 done, 1 not possible" in answer.text
    assert lists.version(case) == 1


@pytest.mark.parametrize("data", [{}, {"verb": "accept"}, {"verb": "accept", "case": "x"}])
def test_a_form_without_a_choice_says_so(lists: Lists, data: dict[str, str]) -> None:
    lists.come("desk")
    answer = lists.client.post("/desk", data=data)
    assert answer.status_code == 422
    assert "Nothing is ticked" in answer.text


def test_a_verb_of_elsewhere_is_not_taken(lists: Lists) -> None:
    case = lists.report()
    lists.come("desk")
    answer = lists.client.post("/desk", data={"verb": "merge", "case": lists.ticked(case)})
    assert answer.status_code == 422
    assert "Your ticks are still there" in answer.text
    assert lists.version(case) == 1


def test_an_inbox_holds_what_its_department_owns(lists: Lists) -> None:
    department = lists.posting(town_of.CITY, "department")
    given, other = lists.report(), lists.report()
    lists.step("desk", given, "dispatch", posting_id=department)

    def inbox(case: int) -> set[str]:
        found = {s: lists.seen("handler", "/api/inbox", section=s) for s in INBOX_SECTIONS}
        assert all(f["counts"][s] == len(f["cases"]) for s, f in found.items())
        return {str(s) for s, f in found.items() if case in {c["id"] for c in f["cases"]}} - {"soon", "late"}

    assert inbox(given) == {"received", "open"}
    assert inbox(other) == set()
    lists.come("handler")
    answer = lists.client.post("/inbox", data={"verb": "start", "case": lists.ticked(given, other)})
    # The other one is not there for him at all.
    assert "1 done, 1 not possible" in answer.text
    assert f"/cases/{other}" in answer.text
    assert inbox(given) == {"in_progress", "open"}
    lists.step("handler", given, "ask_extension", words="要等机械", until="2026-04-01T00:00:00Z")
    assert inbox(given) == {"in_progress", "extension", "open"}
    lists.step("city", given, "refuse_extension", words="尽快清走")
    assert inbox(given) == {"in_progress", "extension", "open"}
    lists.come("handler")
    answer = lists.client.post(
        "/inbox", data={"verb": "return", "case": lists.ticked(given), "words": "不属于城管职责"}
    )
    assert "1 done" in answer.text
    assert inbox(given) == set()


def test_the_day_list_by_deadline_and_by_way(lists: Lists) -> None:
    mine = [lists.report() for _ in range(4)]
    lists.step("head", mine[1], "take")
    lists.step("head", mine[1], "claim", words="清走了")
    by_deadline = lists.seen("head", "/api/day")
    ids = [v["case"]["id"] for v in by_deadline["visits"]]
    assert {mine[0], mine[2], mine[3]} <= set(ids)
    assert mine[1] not in ids
    assert by_deadline["resting"] >= 1
    assert by_deadline["length_m"] is None
    times = [v["case"]["act_by"] for v in by_deadline["visits"]]
    assert times == sorted(times)
    walked = lists.seen("member", "/api/day", by="way", lon=117.0001, lat=39.705)
    assert {v["case"]["id"] for v in walked["visits"]} == set(ids)
    legs = [v["leg_m"] for v in walked["visits"] if v["leg_m"] is not None]
    assert sum(legs) < walked["length_m"]
    # From the western edge the way begins at the westernmost pin or ends there.
    lons = [v["case"]["lon"] for v in walked["visits"] if v["leg_m"] is not None]
    assert min(lons) == lons[0]
    # The other grid's deputy has nothing of it.
    assert set(ids).isdisjoint(v["case"]["id"] for v in lists.seen("deputy", "/api/day")["visits"])
    page = lists.client.get("/day?by=way&lon=x").text
    assert "</html>" in page


def test_the_day_page_names_place_and_next_step(lists: Lists) -> None:
    lists.change(
        "INSERT INTO sites (code, kind, name, during, synthetic, geom) VALUES ('n1', 'nursery', '示例苗圃',"
        " tstzrange('2020-01-01Z', NULL), true, ST_SetSRID(ST_MakePoint(117.0089, 39.7089), 4326))"
    )
    case = lists.report((117.009, 39.709), text="苗圃旁又倒了一车")
    lists.come("head")
    page = lists.client.get("/day", headers={"Accept-Language": "zh"}).text
    item = next(part for part in page.split('<li id="visit-') if f"/cases/{case}" in part)
    assert "示例苗圃旁，约 10 米" in item
    assert "苗圃旁又倒了一车" in item
    assert f'href="/cases/{case}#do-take"' in item
    assert "<polygon" in page
    assert 'style="' not in page


def test_hostile_words_stay_words(lists: Lists) -> None:
    lists.report(text="<img src=x onerror=alert(1)>{{7*7}}")
    for who, address in (("desk", "/desk"), ("head", "/day")):
        lists.come(who)
        page = lists.client.get(address).text
        assert "&lt;img src=x" in page
        assert "<img src=x" not in page


@pytest.mark.parametrize(
    ("login", "home"),
    [
        ("head", "/day"),
        ("deputy", "/day"),
        ("member", "/day"),
        ("desk", "/desk"),
        ("city", "/desk"),
        ("handler", "/inbox"),
        ("planner", "/planner"),
        ("clerk", "/moderation"),
        ("admin", "/areas/90"),
    ],
)
def test_a_log_in_leads_to_the_own_list(client: TestClient, town: Store, login: str, home: str) -> None:  # noqa: ARG001
    answer = client.post("/login", data={"login": login, "password": town_of.PASSWORD}, follow_redirects=False)
    assert answer.headers["location"] == home
