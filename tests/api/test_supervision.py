"""Supervision over HTTP: orders on a case, by the API and by the forms of its page, and the board of a supervisor."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from fastapi.testclient import TestClient

from grids.board import BOARD_SECTIONS
from grids.order_steps import BY_ORDER_VERB
from tests.api.conftest import Clock
from tests.api.test_steps import Case, new_case, no_sample

__all__ = ["new_case", "no_sample"]


class Ordered:
    """A case and the orders on it; logs in whoever acts."""

    def __init__(self, case: Case, client: TestClient, log_in: Callable[[str], None], clock: Clock) -> None:
        self.case, self._client, self._log_in, self._clock = case, client, log_in, clock

    def until(self, **by: float) -> str:
        return (self._clock() + timedelta(**by)).isoformat()

    def give(self, who: str, version: int = 0, words: str = "两天内清走", **by: float) -> Any:
        self._log_in(who)
        body = {"words": words, "until": self.until(**(by or {"days": 2})), "version": version}
        return self._client.post(f"/api/cases/{self.case.id}/orders", json=body)

    def seen_by(self, who: str) -> Any:
        self._log_in(who)
        return self._client.get(f"/api/cases/{self.case.id}/orders").json()

    def step(self, who: str, nth: int, verb: str, version: int, **body: Any) -> Any:
        self._log_in(who)
        address = f"/api/cases/{self.case.id}/orders/{nth}/steps"
        return self._client.post(address, json={"verb": verb, "version": version} | body)

    def form(self, who: str, verb: str, **fields: str) -> Any:
        self._log_in(who)
        return self._client.post(
            f"/cases/{self.case.id}/orders",
            data={"verb": verb} | fields,
            headers={"Sec-Fetch-Site": "same-origin"},
            follow_redirects=False,
        )

    def page(self, who: str, **asked: str) -> str:
        self._log_in(who)
        answer = self._client.get(f"/cases/{self.case.id}", params=asked)
        assert answer.status_code == 200
        return answer.text

    def board(self, who: str, section: str, **asked: str) -> Any:
        self._log_in(who)
        answer = self._client.get("/api/supervision", params={"section": section} | asked)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def stands(self, section: str) -> bool:
        return self.case.id in [row["case"]["id"] for row in self.board("supervisor", section)["cases"]]


@pytest.fixture
def ordered(new_case: Callable[..., Case], client: TestClient, log_in: Callable[[str], None], clock: Clock) -> Ordered:
    return Ordered(new_case(), client, log_in, clock)


def refusal(answer: Any) -> tuple[int, str]:
    return answer.status_code, answer.json()["code"]


@pytest.mark.usefixtures("no_sample")
def test_an_order_is_given_answered_and_judged(ordered: Ordered, clock: Clock) -> None:
    assert ordered.seen_by("supervisor") == {"orders": [], "may_give": True}
    assert ordered.seen_by("head")["may_give"] is False
    given = ordered.give("supervisor")
    assert given.status_code == 201
    assert given.json() | {"due_at": None} == {
        "case_id": ordered.case.id, "nth": 1, "state": "given", "version": 1, "due_at": None,
    }  # fmt: skip
    (mine,) = ordered.seen_by("head")["orders"]
    assert (mine["steps"], mine["given"]["words"], mine["given"]["role"]) == (
        ["order_answer"],
        "两天内清走",
        "supervisor",
    )
    assert mine["owner"]["area_code"] == "9001001"
    assert ordered.stands("orders")
    clock.go_on(days=3)
    (late,) = ordered.seen_by("head")["orders"]
    assert late["late"]
    assert ordered.step("head", 1, "order_answer", 1, words="清走了两车").json()["state"] == "answered"
    assert not ordered.stands("orders")
    (row,) = [r for r in ordered.board("supervisor", "answered")["cases"] if r["case"]["id"] == ordered.case.id]
    assert [(o["nth"], o["state"]) for o in row["orders"]] == [(1, "answered")]
    seen = ordered.seen_by("supervisor")["orders"][0]
    assert seen["steps"] == ["order_keep", "order_not_keep", "order_until", "order_withdraw"]
    # Answered a day too late, and that stays.
    assert (seen["late"], seen["answer"]["words"], seen["judged"]) == (True, "清走了两车", None)
    assert ordered.step("supervisor", 1, "order_keep", 2, words="到现场看过").status_code == 200
    done = ordered.seen_by("head")["orders"][0]
    assert (done["state"], done["steps"], done["judged"]["words"], done["late"]) == ("kept", [], "到现场看过", True)
    assert not ordered.stands("answered")


def test_each_refusal_has_its_code(ordered: Ordered, client: TestClient) -> None:
    assert refusal(ordered.give("desk")) == (403, "step_for_others")
    assert refusal(ordered.give("supervisor", hours=-1)) == (422, "step_incomplete")
    assert refusal(ordered.give("supervisor", words="  ")) == (422, "step_incomplete")
    assert refusal(ordered.give("planner")) == (404, "case_not_found")
    ordered.give("supervisor")
    stale = ordered.give("supervisor")
    assert refusal(stale) == (409, "stale_version")
    assert "another order was given" in stale.json()["detail"]
    assert refusal(ordered.step("supervisor", 1, "order_answer", 1, words="好")) == (403, "step_for_others")
    assert refusal(ordered.step("desk", 1, "order_answer", 7, words="好")) == (409, "stale_version")
    assert refusal(ordered.step("desk", 2, "order_answer", 1, words="好")) == (404, "case_not_found")
    assert refusal(ordered.step("desk", 1, "order_give", 1, words="好")) == (409, "step_not_allowed")
    later = ordered.step("supervisor", 1, "order_until", 1, words="好")
    assert refusal(later) == (422, "step_incomplete")
    assert "later than now" in later.json()["detail"]
    address = f"/api/cases/{ordered.case.id}/orders"
    assert client.post(address, json={"words": "好", "until": "2026-03-05T10:00:00", "version": 1}).status_code == 422
    client.cookies.clear()
    assert refusal(client.get(address)) == (401, "log_in_required")
    assert refusal(client.get("/api/supervision")) == (401, "log_in_required")


@pytest.mark.usefixtures("no_sample")
def test_the_page_of_the_case_leads_through_an_order(ordered: Ordered, clock: Clock) -> None:
    assert 'id="orders"' not in ordered.page("head")
    assert 'id="order-new-order_give"' in ordered.page("supervisor")
    missing = ordered.form("supervisor", "order_give", version="0", words="两天内清走 & 拍照", until="2026-03-01T09:00")
    assert missing.status_code == 422
    # What was typed is there, the form is open, and the field says what is wrong with it.
    assert "两天内清走 &amp; 拍照</textarea>" in missing.text
    assert 'value="2026-03-01T09:00" aria-invalid="true"' in missing.text
    assert 'id="order-new-order_give" open' in missing.text
    sent = ordered.form("supervisor", "order_give", version="0", words="两天内清走 & 拍照", until="2026-03-04T09:00")
    assert (sent.status_code, sent.headers["location"]) == (
        303,
        f"/cases/{ordered.case.id}?done=order_give&order=1#orders",
    )
    assert "Noted for order 1: A supervisor gave an order" in ordered.page("supervisor", done="order_give", order="1")
    page = ordered.page("head")
    assert "两天内清走 &amp; 拍照" in page
    assert "waits for an answer" in page
    assert 'id="order-1-order_answer"' in page
    assert "order-1-order_keep" not in page
    assert "order_give" not in page
    clock.go_on(days=4)
    assert "late, not answered" in ordered.page("head")
    assert ordered.form("head", "order_answer", nth="1", version="1", words="清走了").status_code == 303
    # Somebody who had it open meanwhile keeps what he typed.
    stale = ordered.form("supervisor", "order_withdraw", nth="1", version="1", words="不用了")
    assert (stale.status_code, "不用了</textarea>" in stale.text) == (409, True)
    assert ordered.form("supervisor", "order_not_keep", nth="1", version="2", words="东头还有").status_code == 303
    page = ordered.page("head")
    assert "not answered in time" in page
    assert "东头还有" in page
    history = page.partition('id="history"')[2]
    assert re.search(r"Order 1 to .+, to be answered by", history)
    orphan = ordered.form("head", "order_answer", nth="1", version="1", words="晚了一步")
    assert (orphan.status_code, "晚了一步</blockquote>" in orphan.text) == (409, True)


def test_the_board_is_for_supervisors_and_says_so(client: TestClient, log_in: Callable[[str], None]) -> None:
    for who in ("head", "desk", "city", "clerk", "planner", "handler", "admin"):
        log_in(who)
        assert refusal(client.get("/api/supervision")) == (403, "list_for_others")
        assert client.get("/supervision").status_code == 403
        assert 'href="/supervision"' not in client.get("/workflow").text
    log_in("supervisor")
    assert 'href="/supervision"' in client.get("/workflow").text
    for section in BOARD_SECTIONS:
        page = client.get("/supervision", params={"section": section})
        assert page.status_code == 200
        assert f'class="section-{section}' in page.text
    empty = client.get("/supervision", params={"section": "answered", "area": "9002", "category": "dispute"}).text
    assert "No answer waits to be judged." in empty
    # What is malformed is dropped.
    assert client.get("/supervision", params={"section": "x", "area": "'", "after": "x,y"}).status_code == 200


def test_the_board_pages_and_narrows(
    ordered: Ordered, new_case: Callable[..., Case], clock: Clock, client: TestClient
) -> None:
    cases = [ordered.case, *(new_case() for _ in range(3))]
    for n, case in enumerate(cases):
        ordered.case = case
        ordered.give("supervisor", days=9 - n)
    found = ordered.board("supervisor", "orders", area="9001")
    mine = [row["case"]["id"] for row in found["cases"] if row["case"]["id"] in {case.id for case in cases}]
    assert mine == [case.id for case in reversed(cases)]
    assert found["counts"]["orders"] == len(found["cases"])
    assert ordered.board("supervisor", "orders", area="9002")["counts"] == dict.fromkeys(BOARD_SECTIONS, 0)
    clock.go_on(days=7)
    # Logged in anew: a session ends.
    assert ordered.board("supervisor", "unowned")["counts"]["unowned"] >= len(cases)
    page = client.get("/supervision", params={"section": "orders"}).text
    assert page.count('tag alarm">Order · ') >= 2


def test_every_verb_has_its_words(ordered: Ordered) -> None:
    ordered.give("supervisor")
    for lang in ("zh", "en"):
        for verb in BY_ORDER_VERB:
            page = ordered.page("supervisor", done=verb, order="1", lang=lang)
            assert f"verb-{verb}" not in page
