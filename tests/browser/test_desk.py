"""The working lists in a real browser: keys, several at once, without script, accessible, on paper."""

import re
from itertools import product

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.browser.conftest import Visitors, until
from tests.browser.test_pages import RULES
from tests.little_town import IN_HEADED


def _report(visitors: Visitors, words: str, east: float = 0.0) -> None:
    page = visitors.come()
    page.goto(f"/report?lon={IN_HEADED[0] + east}&lat={IN_HEADED[1]}")
    page.get_by_text("乱倒垃圾").click()
    page.fill("#text", words)
    page.click("#send")
    page.wait_for_url("**/status/**")


def _desk(visitors: Visitors, **how: object) -> Page:
    page = visitors.log_in("desk", **how)
    page.goto("/desk?section=received")
    return page


def _focused(page: Page) -> str:
    return str(page.evaluate("document.activeElement.closest('tr')?.dataset.case ?? document.activeElement.id"))


def test_the_desk_is_worked_by_keys(visitors: Visitors) -> None:
    for n in range(3):
        _report(visitors, f"按键试一试 {n}", n * 0.001)
    page = _desk(visitors, wide=True)
    lines = page.locator("#lines tbody tr")
    ids = [line.get_attribute("data-case") for line in lines.all()]
    page.keyboard.press("j")
    assert _focused(page) == ids[0]
    page.keyboard.press("j")
    page.keyboard.press("ArrowDown")
    assert _focused(page) == ids[2]
    page.keyboard.press("k")
    assert _focused(page) == ids[1]
    page.keyboard.press("x")
    expect(lines.nth(1).locator("input")).to_be_checked()
    expect(page.locator("#count")).to_have_text("已选 1 件")
    page.keyboard.press("d")
    expect(page.locator("#posting")).to_be_focused()
    # Letters typed into a field are letters.
    page.locator("#decline summary").click()
    page.locator("#words").press_sequentially("jxa?")
    expect(page.locator("#words")).to_have_value("jxa?")
    page.locator("#words").fill("")
    lines.nth(1).locator("a").focus()
    page.keyboard.press("?")
    expect(page.locator("#keys")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("#keys")).to_be_hidden()
    # Accepts what is ticked.
    with page.expect_navigation():
        page.keyboard.press("a")
    page.locator("#several[data-ready]").wait_for()
    expect(page.locator("#done")).to_contain_text("受理：办成 1 件")
    expect(page.locator(f"tr[data-case='{ids[1]}']")).to_have_count(0)
    # Nothing ticked: the line where the reader is.
    page.keyboard.press("j")
    first = _focused(page)
    with page.expect_navigation():
        page.keyboard.press("a")
    page.locator("#several[data-ready]").wait_for()
    expect(page.locator("#done")).to_contain_text("受理：办成 1 件")
    expect(page.locator(f"tr[data-case='{first}']")).to_have_count(0)
    page.keyboard.press("j")
    opened = _focused(page)
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/cases/{opened}")


def test_single_keys_can_be_switched_off(visitors: Visitors) -> None:
    _report(visitors, "不用快捷键")
    page = _desk(visitors, wide=True)
    page.click("#keys-open")
    page.locator("#keys-on").uncheck()
    page.keyboard.press("Escape")
    page.reload()
    page.keyboard.press("j")
    assert page.locator("#lines tbody tr:focus-within").count() == 0


def test_several_are_dispatched_without_script(visitors: Visitors) -> None:
    _report(visitors, "没有脚本也能派")
    page = _desk(visitors, script=False)
    line = page.locator("#lines tbody tr", has_text="没有脚本也能派")
    line.locator("input").check()
    # Enter in a tick takes no step and loses none.
    line.locator("input").press("Enter")
    expect(page.locator("#results")).to_contain_text("勾选的都还在")
    expect(line.locator("input")).to_be_checked()
    page.locator("#dispatch summary").click()
    # Beside each stands what he has.
    choice = page.locator("#posting option", has_text=re.compile(r"^东村第一网格（在办 \d+ 件）$"))
    page.select_option("#posting", value=choice.get_attribute("value"))
    page.get_by_role("button", name="派给所选负责人").click()
    expect(page.locator("#done")).to_contain_text("派单：办成 1 件")
    page = visitors.log_in("head", script=False)
    page.goto("/day")
    item = page.locator(".visit", has_text="没有脚本也能派")
    expect(item.get_by_role("link", name="开始办理")).to_be_visible()
    expect(page.locator(".sketch svg")).to_be_visible()


def test_the_way_is_drawn_on_the_map(visitors: Visitors) -> None:
    for n in range(3):
        _report(visitors, f"顺路走 {n}", n * 0.0012)
    page = visitors.log_in("head", permissions=["geolocation"], geolocation={"longitude": 117.001, "latitude": 39.7})
    page.goto("/day?by=way")
    expect(page.locator(".way")).to_contain_text("从第一处出发")
    page.locator("#map[data-visits]").wait_for(timeout=20_000)
    pins = page.locator(".visit-pin")
    assert pins.count() == page.locator(".visit").count()
    page.locator("#from-here").click()
    page.wait_for_url("**lon=117.001*")
    expect(page.locator(".way")).to_contain_text("从您现在的位置出发")
    page.locator("#map[data-visits]").wait_for(timeout=20_000)
    page.locator(".visit-pin[aria-label='第 2 处']").dispatch_event("click")
    until(lambda: page.locator("#visit-2:focus-within").count() == 1, "the pin leads to its line")


_HEIGHT = "document.documentElement.scrollHeight"


def test_what_the_keyboard_comes_to_does_not_lie_under_the_bar(visitors: Visitors) -> None:
    for _ in range(4):
        _report(visitors, "一行一行往下走")
    for wide in (True, False):
        page = visitors.log_in("desk", wide=wide)
        page.goto("/desk")
        for line in page.locator("#lines tbody a").all():
            line.focus()
            link, bar = line.bounding_box(), page.locator(".several-bar").bounding_box()
            assert link
            assert bar
            assert link["y"] + link["height"] <= bar["y"] + 1


@pytest.mark.parametrize(("lang", "dark"), list(product(("zh", "en"), (False, True))))
def test_no_violation_of_accessibility(visitors: Visitors, lang: str, dark: bool) -> None:
    _report(visitors, "谁都能用")
    if dark:
        visitors.without_maps()
    wrongs = []
    for who, paths in {
        "desk": ("/desk", "/desk?section=extension", "/desk?flag=hazard"),
        "handler": ("/inbox",),
        "head": ("/day", "/day?by=way"),
    }.items():
        for wide in (True, False):
            page = visitors.log_in(who, lang=lang, dark=dark, wide=wide)
            for path in paths:
                page.goto(path)
                for details in page.locator(".several-bar summary").all():
                    details.click()
                # As tall as all of it: what lies under the bar is scrolled out of it, and is no smaller for that.
                page.set_viewport_size({"width": page.evaluate("innerWidth"), "height": page.evaluate(_HEIGHT)})
                found = Axe().run(page, options=RULES).response["violations"]
                wrongs += [f"{page.url} {v['id']}: {[n['target'] for n in v['nodes']]}" for v in found]
    assert not wrongs, "\n".join(wrongs)


@pytest.mark.parametrize(("lang", "size"), list(product(("zh", "en"), ("normal", "large"))))
def test_360_pixels_need_no_scrolling_sideways(visitors: Visitors, lang: str, size: str) -> None:
    _report(visitors, "窄屏也看得全")
    wide = []
    for who, path in (("desk", "/desk"), ("handler", "/inbox"), ("head", "/day?by=way")):
        page = visitors.log_in(who, lang=lang)
        page.set_viewport_size({"width": 360, "height": 740})
        page.goto(f"{path}{'&' if '?' in path else '?'}type={size}")
        if page.evaluate("document.documentElement.scrollWidth") > 360:
            wide.append(path)
    assert wide == []


def test_the_day_list_on_paper(visitors: Visitors) -> None:
    _report(visitors, "打印出来带走")
    page = visitors.log_in("head", wide=True)
    page.goto("/day?by=way")
    page.emulate_media(media="print")
    expect(page.locator(".sketch svg")).to_be_visible()
    expect(page.locator("#map")).to_be_hidden()
    expect(page.locator(".several-bar")).to_have_count(0)
    expect(page.locator(".visit .notes").first).to_be_visible()
    paper = page.pdf(format="A4", prefer_css_page_size=True)
    assert paper.startswith(b"%PDF")
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
