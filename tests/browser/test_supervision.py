"""Supervision in a real browser: an order from the board's case to its judgement, on a telephone and a desk, without script."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import product

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from gis.store import Store
from tests.browser.conftest import Visitors, kept, serving
from tests.browser.test_pages import RULES
from tests.conftest import cloned
from tests.little_town import IN_HEADED, IN_VACANT


class Clock:
    """Goes with the real one, and some days ahead of it."""

    ahead = timedelta()

    def __call__(self) -> datetime:
        return datetime.now(UTC) + self.ahead


@pytest.fixture(scope="module")
def clock() -> Clock:
    return Clock()


@pytest.fixture(scope="module")
def site(server: Store, clock: Clock) -> Iterator[str]:
    with cloned(server) as store, serving(store, clock=clock) as address:
        yield address


def _report(visitors: Visitors, words: str, spot: tuple[float, float] = IN_HEADED, east: float = 0.0) -> None:
    page = visitors.come()
    page.goto(f"/report?lon={spot[0] + east}&lat={spot[1]}")
    page.get_by_text("乱倒垃圾").click()
    page.fill("#text", words)
    page.click("#send")
    page.wait_for_url("**/status/**")


def _case(page: Page, words: str, section: str = "unowned") -> str:
    """The address of a case on the board of whoever looks."""
    page.goto(f"/supervision?section={section}")
    found = page.locator("#lines tbody tr", has_text=words).locator(".what a").get_attribute("href")
    assert found
    return found.partition("#")[0]


def _until(clock: Clock, **by: float) -> str:
    return (clock() + timedelta(hours=8, **by)).strftime("%Y-%m-%dT%H:%M")


def _fill(page: Page, nth: int | str, verb: str, words: str, until: str = "") -> None:
    form = page.locator(f"#order-{nth}-{verb}")
    form.locator("summary").click()
    form.locator("textarea").fill(words)
    if until:
        form.locator("input[type=datetime-local]").fill(until)
    form.locator("button").click()


@pytest.mark.parametrize("script", [True, False])
def test_an_order_is_given_and_answered(visitors: Visitors, clock: Clock, script: bool) -> None:
    words = f"督办走一遍{'' if script else '，没有脚本'}"
    _report(visitors, words, east=0.001 if script else 0.002)
    clock.ahead += timedelta(hours=1)
    page = visitors.enter("supervisor", wide=True, script=script)
    assert page.url.endswith("/supervision")
    address = _case(page, words)
    page.goto(address)
    # What is missing is told beside its field, and what was written stays.
    form = page.locator("#order-new-order_give")
    form.locator("summary").click()
    form.locator("textarea").fill("两天内清走，拍照")
    form.locator("input[type=datetime-local]").evaluate("e => { e.required = false; e.min = ''; }")
    form.locator("input[type=datetime-local]").fill("2020-01-01T09:00")
    form.locator("button").click()
    expect(form).to_contain_text("请选一个晚于现在的时间")
    expect(form.locator("textarea")).to_have_value("两天内清走，拍照")
    form.locator("input[type=datetime-local]").evaluate("e => { e.min = ''; }")
    form.locator("input[type=datetime-local]").fill(_until(clock, days=2))
    form.locator("button").click()
    expect(page.locator(".message.good")).to_contain_text("第 1 次督办，已记下：督查员下达督办")
    expect(page.locator("#order-1")).to_contain_text("等待答复")
    # Two days later nobody has answered.
    clock.ahead += timedelta(days=3)
    page = visitors.enter("head", script=script)
    page.goto(address)
    expect(page.locator(".case-flags")).to_contain_text("督办逾期（1 次）")
    expect(page.locator("#order-1")).to_contain_text("逾期未答复")
    _fill(page, 1, "order_answer", "清走了两车，照片在下面")
    expect(page.locator(".message.good")).to_contain_text("已记下：答复督办")
    page = visitors.enter("supervisor", script=script)
    page.goto("/supervision?section=answered")
    page.locator("#lines tbody tr", has_text=words).locator(".what a").click()
    page.wait_for_url("**#orders")
    _fill(page, 1, "order_keep", "到现场看过，清干净了")
    expect(page.locator("#order-1")).to_contain_text("已落实")
    expect(page.locator("#order-1")).to_contain_text("没有按期答复")
    expect(page.locator("#order-1 details")).to_have_count(0)
    page.goto("/supervision?section=answered")
    expect(page.locator("#lines tbody tr", has_text=words)).to_have_count(0)


def _busy(visitors: Visitors, clock: Clock) -> str:
    """A board with something in its sections; answers the address of a case with orders of every kind."""
    for n, words in enumerate(("苗圃东边又有人倒垃圾，味道很大", "水沟边上倒了一车建筑垃圾", "广场后面的垃圾没人管")):
        _report(visitors, words, IN_HEADED, 0.003 + n * 0.001)
    _report(visitors, "第三网格没有网格长，垃圾堆了三天", IN_VACANT)
    clock.ahead += timedelta(hours=1)
    page = visitors.enter("supervisor", wide=True)
    addresses = [_case(page, words) for words in ("苗圃东边", "水沟边上", "广场后面")]
    for n, address in enumerate(addresses):
        page.goto(address)
        _fill(page, "new", "order_give", "三天内清走，并在现场设牌，每天巡查一次", _until(clock, days=3 + 4 * n))
    page.goto(addresses[0])
    _fill(page, "new", "order_give", "把近一个月的处理记录报来", _until(clock, days=1))
    head = visitors.enter("head")
    head.goto(addresses[0])
    _fill(head, 2, "order_answer", "记录已经送到市网格中心")
    page.goto(addresses[0])
    _fill(page, 2, "order_not_keep", "记录只有一半，缺巡查的")
    _fill(page, "new", "order_give", "补齐巡查记录", _until(clock, days=2))
    head.goto(addresses[1])
    _fill(head, 1, "order_answer", "已经清走，牌子明天立")
    clock.ahead += timedelta(days=4)
    return addresses[0]


def test_pictures_narrow_pages_and_accessibility(visitors: Visitors, clock: Clock) -> None:
    address = _busy(visitors, clock)
    wrongs = []
    for lang, wide in product(("zh", "en"), (False, True)):
        size = "1280" if wide else "390"
        for who, paths in {
            "supervisor": (
                "/supervision?section=orders",
                "/supervision?section=overdue",
                "/supervision?section=paused",
                address,
            ),
            "head": (address,),
        }.items():
            page = visitors.enter(who, lang=lang, wide=wide)
            for path in paths:
                page.goto(path)
                name = path.rpartition("=")[2] if "=" in path else f"case-{who}"
                kept(page, f"supervision-{name}-{lang}-{size}")
                for details in page.locator("#orders details > summary").all():
                    details.click()
                if "=" not in path:
                    kept(page, f"supervision-{name}-open-{lang}-{size}")
                found = Axe().run(page, options=RULES).response["violations"]
                wrongs += [f"{page.url} {v['id']}: {[n['target'] for n in v['nodes']]}" for v in found]
                if not wide:
                    page.set_viewport_size({"width": 360, "height": 740})
                    if page.evaluate("document.documentElement.scrollWidth") > 360:
                        wrongs.append(f"{path} in {lang} is wider than 360 pixels")
                    page.set_viewport_size({"width": 390, "height": 844})
    assert not wrongs, "\n".join(wrongs)
