"""The live working lists and the end of a shift: a second browser sees it at once, and nothing is torn away meanwhile."""

import re
from collections.abc import Callable, Iterator
from time import perf_counter
from uuid import uuid4

import httpx2
import psycopg
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from gis.store import Store
from tests import little_town
from tests.browser.conftest import Visitors, serving
from tests.browser.test_pages import RULES
from tests.conftest import cloned
from tests.little_town import Told

SPOT = (117.0061, 39.7061)
Send = Callable[..., float]

_COLLEAGUE = """
SET ROLE gridwarden_owner;
INSERT INTO postings (area_code, role, person_id, name_public, during)
SELECT '9001', 'dispatcher', id, false, tstzrange('2018-12-31 16:00Z', NULL) FROM people WHERE login = 'member'
"""


@pytest.fixture(scope="module")
def site(server: Store) -> Iterator[str]:
    """A service of this module's own, with two at the village's desk."""
    with cloned(server) as store, serving(store) as address:
        with psycopg.connect(store.dsn("migrate"), autocommit=True) as owner:
            owner.execute(_COLLEAGUE)
        yield address


@pytest.fixture(scope="module")
def send(site: str) -> Iterator[Send]:
    """Sends a report; answers when it was acknowledged."""
    with httpx2.Client(base_url=site, timeout=10) as client:
        client.post("/login", data={"login": "desk", "password": little_town.PASSWORD})

        def one(words: str, **other: object) -> float:
            answer = client.post(
                "/api/reports",
                json=Told(*SPOT).body(channel="hotline", text=words, **other),
                headers={"Idempotency-Key": uuid4().hex},
            )
            assert answer.status_code == 201, answer.text
            return perf_counter()

        yield one


def _open(visitors: Visitors, path: str, login: str = "desk", **how: object) -> Page:
    page = visitors.log_in(login, **how)
    page.goto(path)
    expect(page.locator("#live[data-state=live]")).to_be_attached(timeout=20_000)
    return page


def _holds(page: Page) -> None:
    # At its end: elsewhere the bar of a list lies over a line.
    page.wait_for_load_state()
    page.evaluate("scrollTo(0, document.scrollingElement.scrollHeight)")
    violations = Axe().run(page, options=RULES).response["violations"]
    assert not violations, [f"{v['id']}: {[n['target'] for n in v['nodes']]}" for v in violations]


@pytest.mark.parametrize(("login", "path"), [("member", "/desk?section=open"), ("supervisor", "/desk?section=open")])
def test_a_second_browser_sees_a_new_case_within_a_second(
    visitors: Visitors, send: Send, login: str, path: str
) -> None:
    page = _open(visitors, path, login, wide=True)
    counted = page.locator(".section-open strong")
    took = []
    for n in range(5):
        words = f"新来的 {n} {uuid4().hex}"
        before = int(counted.inner_text())
        line = page.locator("#lines tbody tr", has_text=words)
        acknowledged = send(words)
        line.wait_for(state="visible", timeout=5000)
        took.append(perf_counter() - acknowledged)
        expect(counted).to_have_text(str(before + 1))
        expect(line.locator(".fresh")).to_have_text("新")
        page.wait_for_timeout(1000)
    # One of five may meet a machine that is busy with something else.
    assert sorted(took)[3] < 1.0, took


def test_the_first_case_of_an_empty_list_can_be_worked_at_once(visitors: Visitors, send: Send) -> None:
    page = _open(visitors, "/desk?section=open&category=dispute", wide=True)
    expect(page.locator("#live-list .empty")).to_be_visible()
    words = f"头一件 {uuid4().hex}"
    send(words, category="dispute")
    expect(page.locator("#lines tbody tr", has_text=words)).to_be_visible()
    page.keyboard.press("j")
    page.keyboard.press("x")
    expect(page.locator("#count")).to_have_text("已选 1 件")


def test_nothing_in_hand_is_torn_away(visitors: Visitors, send: Send) -> None:
    for n in range(3):
        send(f"旧的 {n} {uuid4().hex}")
    page = _open(visitors, "/desk?section=received", wide=True)
    page.locator("#lines tbody input[name=case]").first.check()
    kept = page.locator("#lines tbody input[name=case]:checked").get_attribute("value")
    page.locator("#decline summary").click()
    page.locator("#words").press_sequentially("正在写的理由")
    words = f"插进来的 {uuid4().hex}"
    send(words)
    expect(page.locator("#lines tbody tr", has_text=words)).to_be_visible()
    page.locator("#words").press_sequentially("，接着写")
    expect(page.locator("#words")).to_have_value("正在写的理由，接着写")
    expect(page.locator("#words")).to_be_focused()
    expect(page.locator("#decline")).to_have_attribute("open", "")
    assert page.locator("#lines tbody input[name=case]:checked").get_attribute("value") == kept
    expect(page.locator("#count")).to_have_text("已选 1 件")


def test_a_ticked_case_that_changes_says_so_and_stays(visitors: Visitors, send: Send, site: str) -> None:
    words = f"两人同看 {uuid4().hex}"
    send(words)
    page = _open(visitors, "/desk?section=received", "member", wide=True)
    line = page.locator("#lines tbody tr", has_text=words)
    line.locator("input[name=case]").check()
    value = str(line.locator("input[name=case]").get_attribute("value"))
    case, version = value.split(":")
    with httpx2.Client(base_url=site, timeout=10) as client:
        client.post("/login", data={"login": "desk", "password": little_town.PASSWORD})
        done = client.post(f"/api/cases/{case}/steps", json={"verb": "accept", "version": int(version)})
        assert done.status_code == 200, done.text
    expect(line.locator(".fresh")).to_have_text("这一件刚有变化")
    assert line.locator("input[name=case]").get_attribute("value") == value
    # Not ticked any more, it goes: it is no longer new.
    line.locator("input[name=case]").uncheck()
    send(f"再来 {uuid4().hex}")
    expect(line).to_have_count(0)


def test_keys_keep_their_line_when_a_case_comes_above(visitors: Visitors, send: Send) -> None:
    for n in range(3):
        send(f"慢的 {n} {uuid4().hex}", category="dispute")
    page = _open(visitors, "/desk?section=open", wide=True)
    link = page.locator("#lines tbody tr a").last
    link.focus()
    here, top = link.get_attribute("id"), link.bounding_box()
    words = f"急的 {uuid4().hex}"
    send(words)
    expect(page.locator("#lines tbody tr", has_text=words)).to_be_attached()
    page.wait_for_timeout(200)
    assert page.evaluate("document.activeElement.id") == here
    box = page.locator(f"#{here}").bounding_box()
    assert top
    assert box
    assert box["y"] == pytest.approx(top["y"], abs=1)


def test_without_script_the_page_says_how_to_refresh(visitors: Visitors) -> None:
    page = visitors.log_in("desk", script=False)
    page.goto("/desk?section=late")
    expect(page.get_by_text("这一页不会自动更新。")).to_be_visible()
    page.get_by_role("link", name="刷新").click()
    expect(page).to_have_url(re.compile(r"/desk\?section=late$"))


def test_a_session_that_ended_is_said(visitors: Visitors) -> None:
    page = _open(visitors, "/desk")
    page.context.request.post("/logout")
    expect(page.locator("#live")).to_have_text("登录已结束，请重新登录", timeout=10_000)


@pytest.mark.parametrize(("lang", "wide"), [("zh", False), ("en", True)])
def test_a_shift_is_handed_over_and_taken_over(visitors: Visitors, send: Send, lang: str, wide: bool) -> None:
    send(f"要交接的 {uuid4().hex}")
    colleague = _open(visitors, "/desk", "member", lang=lang, wide=wide)
    page = visitors.log_in("desk", lang=lang, wide=wide)
    page.goto("/desk")
    page.get_by_role("link", name="交接班" if lang == "zh" else "Hand-over", exact=True).click()
    page.locator(".lists-head a.primary").click()
    page.wait_for_url("**/handovers/new?*")
    _holds(page)
    said = f"钥匙在门房 {uuid4().hex}"
    page.locator("#words").fill(said)
    page.locator(".handover-lines summary").first.click()
    page.locator(".handover-lines textarea").first.fill("先看这一件")
    page.get_by_text("东村第一网格员").click()
    page.locator("main button.primary").click()
    expect(page.get_by_role("status").filter(has_text="已交班。" if lang == "zh" else "Handed over.")).to_be_visible()
    _holds(page)
    # It is on top of the colleague's desk, who did nothing for it.
    waits = colleague.locator(".handover", has_text=said)
    expect(waits).to_be_visible(timeout=3000)
    expect(waits).to_contain_text("先看这一件")
    _holds(colleague)
    waits.locator("summary").click()
    waits.locator("textarea").fill("知道了")
    waits.locator("button.primary").click()
    expect(colleague.locator("main")).to_contain_text(
        "东村第一网格员 已接班" if lang == "zh" else "Taken over by 东村第一网格员"
    )
    expect(colleague.locator("main")).to_contain_text("知道了")
    page.goto("/handovers")
    expect(page.locator("article", has_text=said)).to_contain_text("知道了")
    _holds(page)
    for each in (page, colleague):
        assert each.evaluate("document.documentElement.scrollWidth <= innerWidth")
