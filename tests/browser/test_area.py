"""The area map: what a grid head sees of his own, and what everybody sees."""

import re

from playwright.sync_api import Dialog, Page, expect

from tests.browser.conftest import Visitors, drawn, until
from tests.little_town import HEADED, IN_HEADED, VILLAGE

WORDS = "村口的垃圾堆了三天。"


def _report(visitors: Visitors, words: str = WORDS) -> None:
    page = visitors.come()
    page.goto(f"/report?lon={IN_HEADED[0]}&lat={IN_HEADED[1]}")
    page.get_by_text("乱倒垃圾").click()
    page.fill("#text", words)
    page.click("#send")
    page.wait_for_url("**/status/**")


def _pins(page: Page) -> int:
    page.locator("#map[data-cases]").wait_for(timeout=20_000)
    return int(page.locator("#map").get_attribute("data-cases") or 0)


def test_the_head_sees_a_new_report_on_list_and_map(visitors: Visitors) -> None:
    _report(visitors)
    page = visitors.log_in("head", wide=True)
    assert page.url.endswith(f"/areas/{HEADED}")
    line = page.locator("#open-list > li", has_text=WORDS).first
    expect(line).to_contain_text("乱倒垃圾")
    expect(line.locator(".mark")).to_contain_text(re.compile("新收到|快到期"))
    assert _pins(page) >= 1
    drawn(page)
    line.locator("a").click()
    expect(line.locator("a.case")).to_have_class(re.compile("chosen"))
    # The map came to the pin: it stands in the middle, and pointing at it lights the list.
    page.wait_for_timeout(400)
    box = page.locator("#map").bounding_box()
    assert box
    page.mouse.move(box["x"] + box["width"] / 2 + 200, box["y"] + 60)
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2, steps=4)
    until(lambda: page.locator(".case.lit").count() == 1, "the list is lit by the map")


def test_the_list_shows_what_the_map_shows(visitors: Visitors) -> None:
    _report(visitors)
    page = visitors.log_in("head", wide=True)
    drawn(page)
    assert page.locator("#open-list > li:visible").count() >= 1
    page.locator("#map canvas").focus()
    for _ in range(12):
        page.keyboard.press("ArrowRight")
        page.wait_for_timeout(60)
    until(lambda: page.locator("#open-list > li:visible").count() == 0, "the list is empty where the map is")
    expect(page.locator("#shown")).to_contain_text("0 件")


def test_a_resident_sees_who_answers_and_no_words(visitors: Visitors) -> None:
    _report(visitors)
    page = visitors.come(wide=True)
    page.goto(f"/areas/{VILLAGE}")
    expect(page.locator("main")).to_contain_text("负责：东村值班台")
    expect(page.locator("tbody tr").first).to_contain_text("乱倒垃圾")
    expect(page.locator("main")).not_to_contain_text(WORDS)
    assert page.locator("li[data-case]").count() == 0
    assert _pins(page) == 0


def test_another_areas_head_sees_the_public_page(visitors: Visitors) -> None:
    _report(visitors)
    page = visitors.log_in("deputy")
    page.goto(f"/areas/{HEADED}")
    expect(page.locator("tbody")).to_be_attached()
    expect(page.locator("main")).not_to_contain_text(WORDS)


def test_an_unknown_area_says_what_to_do(visitors: Visitors) -> None:
    page = visitors.come()
    answer = page.goto("/areas/999")
    assert answer
    assert answer.status == 404
    expect(page.locator("main")).to_contain_text("999")
    expect(page.get_by_role("link", name="说事").first).to_be_visible()


def test_hostile_words_stay_words(visitors: Visitors) -> None:
    _report(visitors, "<img src=x onerror=alert(1)>${7*7}{{7*7}}</script><script>alert(2)</script>")
    page = visitors.log_in("head", wide=True)
    dialogs: list[str] = []

    def refuse(dialog: Dialog) -> None:
        dialogs.append(dialog.message)
        dialog.dismiss()

    page.on("dialog", refuse)
    drawn(page)
    expect(page.locator("#open-list")).to_contain_text("${7*7}{{7*7}}")
    assert page.locator("#open-list img").count() == 0
    assert dialogs == []
