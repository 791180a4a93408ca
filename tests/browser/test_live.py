"""The live area map: a report is on the head's screen within a second, and nothing moves that he is reading."""

import re
from collections.abc import Callable, Iterator
from time import perf_counter
from uuid import uuid4

import httpx2
import psycopg
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Dialog, Locator, Page, Route, expect

from gis.store import Store
from tests import little_town
from tests.browser.conftest import Visitors, drawn, serving, until
from tests.browser.test_pages import RULES
from tests.conftest import cloned
from tests.little_town import HEADED, IN_HEADED, Told

# Far from where the other tests report: a place of this module's own.
SPOT = (117.0021, 39.7021)
WITHIN_S = 1.0

_SITES = """
SET ROLE gridwarden_owner;
INSERT INTO sites (code, kind, name, during, synthetic, geom) VALUES
    ('live-1', 'nursery', '苗圃<img src=x onerror=alert(1)>${7*7}', '[2019-01-01,)', true,
     ST_MakeEnvelope(117.0025, 39.7018, 117.0032, 39.7024, 4326)),
    ('live-2', 'ditch', '东沟', '[2019-01-01,)', true,
     ST_SetSRID(ST_MakeLine(ST_MakePoint(116.99, 39.7030), ST_MakePoint(117.02, 39.7030)), 4326))
"""

Send = Callable[..., float]


@pytest.fixture(scope="module")
def site(server: Store) -> Iterator[str]:
    """A service of this module's own, with sites."""
    with cloned(server) as store, serving(store) as address:
        with psycopg.connect(store.dsn("migrate"), autocommit=True) as owner:
            owner.execute(_SITES)
        yield address


@pytest.fixture(scope="module")
def send(site: str) -> Iterator[Send]:
    """Sends a report as a member of staff who answers the telephone; answers when it was acknowledged."""
    with httpx2.Client(base_url=site, timeout=10) as client:
        client.post("/login", data={"login": "desk", "password": little_town.PASSWORD})

        def one(at: tuple[float, float] = SPOT, **other: object) -> float:
            answer = client.post(
                "/api/reports",
                json=Told(*at).body(channel="hotline", **other),
                headers={"Idempotency-Key": uuid4().hex},
            )
            assert answer.status_code == 201, answer.text
            return perf_counter()

        yield one


def _open(visitors: Visitors, **how: object) -> Page:
    page = visitors.log_in("head", **how)
    expect(page.locator("#live[data-state=live]")).to_be_attached(timeout=20_000)
    return page


def _top(line: Locator) -> float:
    box = line.bounding_box()
    assert box
    return box["y"]


def _figure(page: Page) -> int:
    return int(page.locator("#figures dd").first.inner_text())


def test_a_report_is_on_the_heads_screen_within_a_second(visitors: Visitors, send: Send) -> None:
    page = _open(visitors, wide=True)
    drawn(page)
    pins = int(page.locator("#map").get_attribute("data-cases") or 0)
    figure = _figure(page)
    took = []
    for n in range(5):
        words = f"第 {n} 件新鲜事 {uuid4().hex}"
        line = page.locator("#open-list > li", has_text=words)
        acknowledged = send(text=words)
        line.wait_for(state="visible", timeout=5000)
        took.append(perf_counter() - acknowledged)
        expect(line).to_have_class(re.compile("is-fresh"))
        expect(line.locator(".fresh")).to_have_text("新")
        expect(page.locator("#toasts")).to_have_text("新说事：乱倒垃圾，刚刚")
        page.wait_for_timeout(700)
    # One of five may meet a machine that is busy with something else.
    assert sorted(took)[3] < WITHIN_S, took
    until(lambda: _figure(page) == figure + 5, "the figure follows")
    until(lambda: int(page.locator("#map").get_attribute("data-cases") or 0) == pins + 5, "the pins follow")
    # The fourth at a spot does not look like a first one.
    expect(page.locator("#open-list > li", has_text=words)).to_contain_text(re.compile(r"此处第 \d+ 次说事"))
    # Looked at, it is no longer new.
    page.locator("#open-list > li", has_text=words).locator("a.case").click()
    expect(page.locator("#open-list > li", has_text=words)).not_to_have_class(re.compile("is-fresh"))


def test_several_at_once_are_announced_as_several(visitors: Visitors, send: Send) -> None:
    page = _open(visitors)
    fetched: list[str] = []
    page.on("request", lambda request: fetched.append(request.url) if request.url.endswith("/cases") else None)
    for _ in range(12):
        send()
    until(lambda: page.locator("#open-list > li.is-fresh").count() == 12, "all have come")
    expect(page.locator("#toasts")).to_contain_text("新说事")
    # Not one question for each.
    assert len(fetched) <= 5, fetched


@pytest.mark.parametrize("wide", [True, False])
def test_nothing_moves_that_is_being_read(visitors: Visitors, send: Send, wide: bool) -> None:
    for n in range(14):
        # They have more time than what comes later, and stand below it.
        send((117.0041 + n * 0.0001, 39.7061), text=f"旧事 {n} {wide}", category="dispute")
    page = _open(visitors, wide=wide)
    drawn(page)
    chosen = page.locator("#open-list > li", has_text=f"旧事 2 {wide}").first
    if not wide:
        page.click("#handle")
    chosen.locator("a.case").click()
    expect(chosen.locator(".case-detail")).to_be_visible()
    # What was opened is what is seen, from its beginning.
    expect(chosen.locator("a.case .title")).to_be_in_viewport()
    if not wide:
        page.click("#handle")
    page.wait_for_timeout(500)
    read = page.locator("#open-list > li:visible", has_text=f"旧事 12 {wide}")
    read.locator("a.case").focus()
    scroller = page.locator("#panel" if wide else "#panel-content")
    assert scroller.evaluate("one => one.scrollTop") > 50
    before, seen = _top(read), page.locator("#shown").inner_text()
    fresh = f"插队 {uuid4().hex}"
    send((117.0042, 39.7062), text=fresh)
    line = page.locator("#open-list > li", has_text=fresh)
    expect(line).to_be_attached()
    # It came to stand above.
    assert line.evaluate(
        "(one, words) => [...one.parentElement.children].findIndex((li) => li.innerText.includes(words)) > [...one.parentElement.children].indexOf(one)",
        f"旧事 12 {wide}",
    )
    page.wait_for_timeout(300)
    assert _top(read) == pytest.approx(before, abs=1)
    assert page.evaluate("document.activeElement.id") == read.locator("a.case").get_attribute("id")
    expect(chosen.locator("a.case")).to_have_class(re.compile("chosen"))
    expect(chosen.locator(".case-detail")).to_be_attached()
    assert page.evaluate("document.querySelector('.area-page').scrollTop") == 0
    # Nor did the map: what it shows is what it showed, and one more.
    old, new = (re.findall(r"\d+", text) for text in (seen, page.locator("#shown").inner_text()))
    assert int(new[1]) == int(old[1]) + 1
    assert int(new[0]) - int(old[0]) in (0, 1)


@pytest.mark.parametrize("dark", [False, True])
def test_what_stands_and_what_was_said_there(visitors: Visitors, send: Send, dark: bool) -> None:
    hostile = "<script>alert(2)</script>${7*7}{{7*7}}<img src=x onerror=alert(3)>"
    for _ in range(3):
        send(text=hostile)
    page = _open(visitors, wide=True, dark=dark)
    dialogs: list[str] = []

    def refuse(dialog: Dialog) -> None:
        dialogs.append(dialog.message)
        dialog.dismiss()

    page.on("dialog", refuse)
    drawn(page)
    line = page.locator("#open-list > li", has_text="${7*7}{{7*7}}").last
    line.locator("a.case").click()
    detail = line.locator(".case-detail")
    expect(detail).to_contain_text("苗圃<img src=x onerror=alert(1)>${7*7}")
    expect(detail.locator(".beside-list > li").first).to_contain_text("约 30 米")
    expect(detail.locator(".beside-list > li").nth(1)).to_contain_text("约 100 米")
    expect(detail.locator(".spot-list > li").first).to_contain_text(re.compile(r"第 \d+ 次"))
    assert detail.locator("img").count() == line.locator("img").count() == 0
    # The map was drawn with it, and its page holds to the rules.
    page.wait_for_timeout(500)
    violations = Axe().run(page, options=RULES).response["violations"]
    assert not violations, [f"{v['id']}: {[n['target'] for n in v['nodes']]}" for v in violations]
    # From one report at the spot to another.
    other = detail.locator("a[data-go]").last
    to = other.get_attribute("data-go")
    other.click()
    expect(page.locator(f'li[data-case="{to}"] .case-detail')).to_be_visible()
    expect(page.locator(".case-detail")).to_have_count(1)
    # Once more closes it.
    page.locator(f'li[data-case="{to}"] > a.case').click()
    expect(page.locator(".case-detail")).to_have_count(0)
    assert dialogs == []


def test_what_was_missed_meanwhile_is_there_after_reconnecting(visitors: Visitors, send: Send) -> None:
    page = visitors.log_in("head", wide=True)
    broken: list[Route] = []

    def refuse(route: Route) -> None:
        broken.append(route)
        route.fulfill(status=503, body="")

    page.route("**/live", refuse)
    page.reload()
    expect(page.locator("#live")).to_have_text("连接中断，正在重连……")
    words = f"断线时的事 {uuid4().hex}"
    send(text=words)
    # It tries again by itself; the routes above are served while the page is waited for.
    for _ in range(50):
        page.wait_for_timeout(100)
        if len(broken) >= 2:
            break
    assert len(broken) >= 2
    page.unroute("**/live")
    expect(page.locator("#live")).to_have_text("实时", timeout=15_000)
    expect(page.locator("#open-list")).to_contain_text(words)


def test_a_session_that_has_ended_is_said(visitors: Visitors) -> None:
    page = _open(visitors)
    page.route("**/live", lambda route: route.fulfill(status=401, body=""))
    page.reload()
    page.context.clear_cookies()
    expect(page.locator("#live")).to_have_text("登录已结束，请重新登录")


def test_the_public_page_is_not_live(visitors: Visitors, send: Send) -> None:
    send()
    page = visitors.come()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(f"/areas/{HEADED}")
    page.wait_for_timeout(500)
    expect(page.locator("#live")).to_have_count(0)
    assert not [url for url in asked if url.endswith(("/live", "/cases"))]


def test_without_script_a_case_is_a_page_of_its_own(visitors: Visitors, send: Send) -> None:
    send(IN_HEADED, text="没有脚本也能看。")
    page = visitors.log_in("head", script=False)
    page.locator("a.case", has_text="没有脚本也能看。").first.click()
    expect(page.locator("h1")).to_have_text("乱倒垃圾")
    expect(page.locator(".case-detail")).to_contain_text("东村第一网格长")
    page.get_by_role("link", name="回到列表和地图").click()
    expect(page).to_have_url(re.compile(rf"/areas/{HEADED}#case-\d+$"))
