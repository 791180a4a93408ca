"""The case page and the resident's page as forms: each kind of step, what is refused, and that no word is lost."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, urlsplit

import psycopg
import pytest
from fastapi.testclient import TestClient
from httpx2 import Response

from gis.store import Store
from tests import little_town as town_of
from tests.little_town import Told

WORDS = "清走了两车垃圾"
LATER = "2026-06-01T09:00"


@dataclass
class Worked:
    """A case that is worked through its pages; whoever acts logs in first."""

    client: TestClient
    log_in: Callable[[str], None]
    town: Store
    id: int
    number: str
    key: str

    def seen_by(self, who: str) -> str:
        self.log_in(who)
        answer = self.client.get(f"/cases/{self.id}")
        assert answer.status_code == 200, answer.text
        return answer.text

    def offered_to(self, who: str) -> list[str]:
        return re.findall(r'name="verb" value="([a-z_]+)"', self.seen_by(who))

    def step(self, who: str, verb: str, **typed: Any) -> Response:
        """Send the form of a step as the page of this moment would."""
        self.log_in(who)
        page = self.client.get(f"/cases/{self.id}").text
        version, seq = (re.findall(rf'name="{name}" value="(\d+)"', page) or ["1"] for name in ("version", "seq"))
        sent = {"verb": verb, "version": version[0], "seq": seq[0]} | typed
        return self.client.post(f"/cases/{self.id}/steps", data=sent, follow_redirects=False)

    def goes(self, who: str, verb: str, **typed: Any) -> str:
        answer = self.step(who, verb, **typed)
        assert answer.status_code == 303, answer.text
        assert answer.headers["location"] == f"/cases/{self.id}?done={verb}"
        return self.client.get(answer.headers["location"]).text

    def say(self, verb: str, **typed: Any) -> Response:
        """Say something as the holder of the link."""
        self.client.cookies.clear()
        page = self.client.get(f"/status/{self.number}?key={self.key}").text
        sent = {"verb": verb, "version": (re.findall(r'name="version" value="(\d+)"', page) or ["1"])[0]} | typed
        return self.client.post(f"/status/{self.number}/steps?key={self.key}", data=sent, follow_redirects=False)

    def said(self, verb: str, **typed: Any) -> str:
        answer = self.say(verb, **typed)
        assert answer.status_code == 303, answer.text
        return self.client.get(answer.headers["location"]).text

    @property
    def state(self) -> str:
        return str(self.client.get(f"/api/reports/{self.number}").json()["state"])


@pytest.fixture
def new_case(
    client: TestClient, town: Store, log_in: Callable[[str], None], key: Callable[[], dict[str, str]]
) -> Callable[..., Worked]:
    with psycopg.connect(town.dsn("migrate")) as owner:
        owner.execute("SET ROLE gridwarden_owner")
        owner.execute("UPDATE recheck_shares SET share = 0")

    def make(lon: float | None = None, **body: Any) -> Worked:
        client.cookies.clear()
        told = Told(*next(_SPOTS)) if lon is None else Told(lon, town_of.IN_HEADED[1])
        answer = client.post("/api/reports", json=told.body(**body), headers=key())
        assert answer.status_code == 201, answer.text
        number, link = answer.json()["number"], answer.json()["link"]
        with psycopg.connect(town.dsn("migrate")) as owner:
            row = owner.execute("SELECT case_id FROM reports WHERE number = %s", (number,)).fetchone()
            assert row
        return Worked(client, log_in, town, row[0], number, parse_qs(urlsplit(link).query)["key"][0])

    return make


# Some 85 m apart, so that none recurs by chance.
_SPOTS = ((117.0005 + n * 0.001, 39.7003 + m * 0.001) for m in range(4) for n in range(9))

New = Callable[..., Worked]


def _posting(town: Store, area: str, role: str) -> str:
    with psycopg.connect(town.dsn("migrate")) as owner:
        row = owner.execute(
            "SELECT id FROM postings WHERE area_code = %s AND role = %s AND upper(during) IS NULL", (area, role)
        ).fetchone()
        assert row
        return str(row[0])


def test_the_page_shows_what_is_open_to_whoever_looks(new_case: New) -> None:
    case = new_case()
    page = case.seen_by("head")
    assert "苗圃东边又有人倒垃圾。" in page
    assert "东村第一网格 · Grid head · 东村第一网格长" in page
    assert case.offered_to("head")[0] == "take"
    assert set(case.offered_to("head")) == {"take", "accept", "note"}
    # One primary action, and what came from outside first.
    assert len(re.findall(r'class="button primary"', page.partition("<footer")[0])) == 1
    desk = case.offered_to("desk")
    assert desk[0] == "dispatch"
    assert {"accept", "decline", "merge", "recategorise", "note"} <= set(desk)
    # A single report cannot be split off, and no extension was asked for.
    assert not {"split", "approve_extension", "refuse_extension", "lapse"} & set(desk)


def test_a_case_is_worked_by_forms_alone(new_case: New) -> None:
    case = new_case()
    assert "Recorded: Taken on" in case.goes("head", "take")
    page = case.goes("head", "claim", words=WORDS)
    assert page.count(WORDS) == 1
    assert "It is now: Claimed solved" in page
    asked = case.client.get(f"/status/{case.number}?key={case.key}").text
    assert "Is it solved?" in asked
    assert WORDS in asked
    assert "Thank you. Recorded: solved." in case.said("confirm")
    assert case.state == "closed"
    assert "Thank you for the rating." in case.said("evaluate", rating="partly", words="还剩一点")
    assert "Partly solved" in case.seen_by("head")


def test_every_other_step_has_its_form(new_case: New, town: Store) -> None:
    case = new_case()
    case.goes("desk", "accept")
    page = case.goes("desk", "dispatch", posting_id=_posting(town, town_of.HEADED, "head"), words="请今天去看")
    assert "请今天去看" in page
    case.goes("head", "start")
    case.goes("head", "ask_extension", words="要等铲车", until=LATER)
    assert case.offered_to("desk")[0] == "approve_extension"
    case.goes("desk", "refuse_extension", words="今天就能办")
    case.goes("head", "ask_extension", words="铲车坏了", until=LATER)
    assert "Deadline moved from" in case.goes("desk", "approve_extension")
    page = case.goes("desk", "pause", words="等雨停", until=LATER)
    assert "等雨停" in page
    assert 'href="#mark-paused"' in page
    case.goes("desk", "resume")
    assert "From &#34;东村第一网格 · Grid head&#34; to &#34;东村值班台&#34;" in case.goes(
        "head", "return", words="不是我网格的"
    )
    case.goes("desk", "note", words="已电话联系")
    case.goes("desk", "recategorise", category="dispute")
    case.goes("desk", "will_not_do", words="属于国道", body="公路管理站")
    page = case.client.get(f"/status/{case.number}?key={case.key}").text
    assert "公路管理站：属于国道" in page
    # Objecting goes one level up.
    assert "one level up" in case.said("reopen", words="不是国道，是村路")
    case.goes("city", "decline", words="重复")
    assert case.state == "declined"
    assert "重复" in case.client.get(f"/status/{case.number}?key={case.key}").text


def test_not_solved_and_the_re_check(new_case: New, town: Store) -> None:
    case = new_case()
    case.goes("head", "take")
    case.goes("head", "claim", words=WORDS)
    assert "went one level up" in case.said("deny", words="还在原地")
    case.goes("desk", "dispatch", posting_id=_posting(town, town_of.HEADED, "head"))
    case.goes("head", "start")
    assert "Somebody else must re-check it: was reopened" in case.goes("head", "claim", words="这次真的清走了")
    page = case.said("confirm")
    assert "Somebody who did not work on it will look at it too: was reopened." in page
    assert "You said it is solved" in page
    assert case.offered_to("city")[0] == "pass_recheck"
    # Yes and no are equally at hand: neither stands among the other steps.
    page = case.seen_by("city")
    assert "Next step: re-check, is it really solved?" in page
    assert page.index('id="do-fail_recheck"') < page.index('<details class="more"')
    case.goes("city", "fail_recheck", words="还剩一半")
    case.goes("head", "claim", words="全清了")
    case.goes("city", "pass_recheck", words="看过了")
    assert case.state == "closed"


def test_merging_and_splitting(new_case: New) -> None:
    case, beside, third = new_case(lon=117.0081), new_case(lon=117.0082), new_case()
    page = case.seen_by("desk")
    assert f'name="into" value="{beside.id}"' in page
    assert case.step("desk", "merge").status_code == 422
    case.goes("desk", "merge", into=str(beside.id))
    assert f"/cases/{beside.id}" in case.seen_by("desk")
    # A receipt number is as good as the list.
    third.goes("desk", "merge", into_number=f"{beside.number[:3]} {beside.number[3:]}")
    assert "3 reports" in beside.seen_by("desk")
    assert "split" in beside.offered_to("desk")
    beside.goes("desk", "split", report=case.number)
    assert "2 reports" in beside.seen_by("desk")


def test_a_stale_form_keeps_its_words_and_says_what_changed(new_case: New) -> None:
    case = new_case()
    case.seen_by("desk")
    case.goes("head", "take", words="")
    answer = case.step("desk", "dispatch", version="1", seq="1", words="请今天去看")
    assert answer.status_code == 409
    assert "It has changed" in answer.text
    news = answer.text.partition('class="news"')[2].partition("</ul>")[0]
    assert "Taken on" in news
    assert "Report received" not in news
    assert "请今天去看</textarea>" in answer.text
    # What is not open any more keeps its words too.
    gone = case.step("desk", "decline", version="1", seq="1", words="这是自家院子")
    assert gone.status_code == 409
    assert '<blockquote class="kept">这是自家院子</blockquote>' in gone.text
    assert case.state == "in_progress"


@pytest.mark.parametrize(
    ("verb", "typed", "field"),
    [
        ("decline", {}, "words"),
        ("dispatch", {"words": "请去"}, "posting_id"),
        ("dispatch", {"posting_id": "9" * 30, "words": "请去"}, "posting_id"),
        ("pause", {"words": "等雨停"}, "until"),
        ("pause", {"words": "等雨停", "until": "soon"}, "until"),
        ("pause", {"words": "等雨停", "until": "2020-01-01T10:00"}, "until"),
        ("will_not_do", {"words": "属于国道"}, "body"),
        ("merge", {"into": "x"}, "into"),
        ("merge", {"into_number": "123"}, "into"),
        ("recategorise", {"category": "nothing"}, "category"),
        ("set_urgency", {"words": "更急"}, "urgency"),
        ("set_urgency", {"words": "更急", "urgency": "urgent"}, "urgency"),
        ("note", {"words": "长" * 4001}, "words"),
    ],
)
def test_what_is_missing_is_said_at_its_field(new_case: New, verb: str, typed: dict[str, str], field: str) -> None:
    case = new_case()
    case.goes("desk", "accept")
    answer = case.step("desk", verb, **typed)
    assert answer.status_code == 422, answer.text
    assert f'id="wrong-{verb}-{field}"' in answer.text
    assert f'aria-describedby="wrong-{verb}-{field}"' in answer.text
    if "words" in typed and verb != "merge":
        assert f"{typed['words']}</textarea>" in answer.text
    assert case.state == "accepted"


def test_what_is_forbidden_changes_nothing(new_case: New) -> None:
    case = new_case()
    assert case.step("head", "decline", words="不归我管").status_code == 403
    assert case.step("desk", "claim", words=WORDS).status_code == 409
    assert case.step("desk", "fly").status_code == 409
    assert case.step("deputy", "take").status_code == 404
    case.client.cookies.clear()
    assert case.client.get(f"/cases/{case.id}").status_code == 401
    assert case.client.post(f"/cases/{case.id}/steps", data={"verb": "take", "version": "1"}).status_code == 401
    assert case.client.post(f"/cases/{case.id}/contact", data={"number": case.number}).status_code == 401
    case.log_in("head")
    crossed = case.client.post(
        f"/cases/{case.id}/steps", data={"verb": "take", "version": "1"}, headers={"Sec-Fetch-Site": "cross-site"}
    )
    assert crossed.status_code == 403
    assert case.state == "received"


def test_a_department_hands_back_and_is_told_that_it_is_gone(new_case: New, town: Store) -> None:
    case = new_case()
    case.goes("desk", "dispatch", posting_id=_posting(town, town_of.CITY, "department"))
    assert "城管局（小城市）" not in case.seen_by("handler")
    assert "城管局 (小城市)" in case.seen_by("handler")
    answer = case.step("handler", "return", words="不属于城管")
    assert answer.status_code == 200
    assert "no longer yours to see" in answer.text
    assert '<a class="button primary" href="/inbox">' in answer.text
    assert case.client.get(f"/cases/{case.id}").status_code == 404


def test_a_look_at_the_contact_is_recorded(new_case: New) -> None:
    case = new_case(contact="13800000000")
    assert "/contact" not in case.seen_by("head")
    page = case.seen_by("supervisor")
    assert "13800000000" not in page
    told = case.client.post(f"/cases/{case.id}/contact", data={"number": case.number})
    assert "13800000000" in told.text
    assert "Contact was looked at" in told.text
    assert "13800000000" not in case.seen_by("supervisor")
    # The clerk did not take this one down; the head may not at all.
    for who in ("clerk", "head"):
        case.log_in(who)
        refused = case.client.post(f"/cases/{case.id}/contact", data={"number": case.number})
        assert "13800000000" not in refused.text
        assert "for the clerk who took the report down" in refused.text


def test_to_whom_it_can_be_handed(new_case: New, town: Store) -> None:
    case = new_case()
    case.log_in("desk")
    told = case.client.get(f"/api/cases/{case.id}/owners").json()
    listed = [(o["group"], o["role"], o["area_code"]) for o in told["owners"]]
    assert listed == [
        ("chain", "head", town_of.HEADED),
        ("chain", "desk", town_of.VILLAGE),
        ("chain", "desk", town_of.CITY),
        ("beside", "deputy", town_of.DEPUTISED),
        ("departments", "department", town_of.CITY),
    ]
    head = told["owners"][0]
    assert head["name"] == "东村第一网格长"
    assert head["open"] >= 1
    assert told["proposed"] == int(_posting(town, town_of.HEADED, "head"))
    # Each of them can really have it.
    for owner in told["owners"]:
        case.goes("city", "dispatch", posting_id=str(owner["posting_id"]))
    case.log_in("deputy")
    assert new_case().client.get(f"/api/cases/{case.id}/owners").status_code == 401


def test_only_the_link_lets_the_reporter_speak(new_case: New) -> None:
    case = new_case()
    case.goes("head", "take")
    case.goes("head", "claim", words=WORDS)
    case.client.cookies.clear()
    for address in (f"/status/{case.number}", f"/status/{case.number}?key=wrong"):
        page = case.client.get(address).text
        assert "<form" not in page.partition("<main")[2].partition("</main>")[0]
        assert WORDS not in page
    for key in ("", "wrong"):
        answer = case.client.post(
            f"/status/{case.number}/steps?key={key}", data={"verb": "confirm", "version": "3"}, follow_redirects=False
        )
        assert answer.status_code == 404
    assert case.client.post("/status/123/steps?key=x", data={"verb": "confirm"}).status_code == 422
    assert case.state == "claimed_solved"


def test_what_the_reporter_wrote_is_kept(new_case: New) -> None:
    case = new_case()
    case.goes("head", "take")
    case.goes("head", "claim", words=WORDS)
    missing = case.say("deny", words="  ")
    assert missing.status_code == 422
    assert 'id="wrong-deny"' in missing.text
    assert '<details class="say-no" open>' in missing.text
    long = case.say("deny", words="长" * 4001)
    assert long.status_code == 422
    assert f"{'长' * 4001}</textarea>" in long.text
    stale = case.say("deny", version="1", words="还在原地")
    assert stale.status_code == 409
    assert "还在原地</textarea>" in stale.text
    case.said("confirm")
    late = case.say("deny", words="又堆上了")
    assert late.status_code == 409
    assert '<blockquote class="kept">又堆上了</blockquote>' in late.text
    assert case.say("evaluate").status_code == 422
    # Nobody is thanked for a word that never came.
    page = case.client.get(f"/status/{case.number}?key={case.key}&thanks=reopen").text
    assert "It went one level up" not in page


def test_names_of_staff_stay_with_staff(new_case: New) -> None:
    case = new_case()
    case.goes("desk", "dispatch", posting_id=_posting(case.town, town_of.DEPUTISED, "deputy"))
    assert "东村第二网格副职" in case.seen_by("desk")
    case.client.cookies.clear()
    page = case.client.get(f"/status/{case.number}?key={case.key}").text
    assert "东村第二网格 · Deputy" in page
    assert "东村第二网格副职" not in page
