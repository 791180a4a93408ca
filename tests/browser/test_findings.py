"""What checks found, in a real browser: list and map choose the same, by mouse and keys; without script; accessible."""

from itertools import product

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, Route, expect

from tests.browser.conftest import Visitors, until
from tests.browser.test_pages import RULES

EDITION = 2
"""That of 2025: the second that the little town is built with."""


def _checks(visitors: Visitors, **how: object) -> Page:
    page = visitors.log_in("admin", **how)
    page.goto(f"/boundaries/{EDITION}/checks")
    return page


def _checked(visitors: Visitors, **how: object) -> Page:
    page = _checks(visitors, **how)
    with page.expect_navigation():
        page.locator(".findings-actions button").click()
    expect(page.locator(".finding").first).to_be_visible()
    return page


def _on_map(page: Page, name: str) -> str:
    return page.locator("#map").get_attribute(f"data-{name}") or ""


def test_list_and_map_choose_the_same_finding(visitors: Visitors) -> None:
    page = _checked(visitors, wide=True)
    until(lambda: int(_on_map(page, "findings") or 0) > 0, "the shapes are drawn")
    gap = page.locator(".finding", has_text="缝隙").first
    number = gap.get_attribute("data-n")
    gap.click()
    expect(gap).to_have_attribute("aria-current", "true")
    until(lambda: _on_map(page, "areas") == "2", "the two grids beside the gap are drawn")
    assert page.url.endswith(f"#finding-{number}")
    page.keyboard.press("Escape")
    expect(page.locator('.finding[aria-current="true"]')).to_have_count(0)
    # The gap is in the middle of the map once it was chosen.
    gap.click()
    until(lambda: _on_map(page, "areas") == "2", "the gap is chosen again")
    box = page.locator("#map canvas").bounding_box()
    assert box
    page.keyboard.press("Escape")
    page.wait_for_timeout(300)
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2 - 4)
    until(lambda: _on_map(page, "chosen") == number, "a click on the map chooses it in the list")


def test_what_is_beyond_the_end_of_the_list_is_not_on_the_map(visitors: Visitors) -> None:
    def one_more(route: Route) -> None:
        answer = route.fetch()
        told = answer.json()
        told["findings"].append(told["findings"][0] | {"n": 9999})
        route.fulfill(response=answer, json=told)

    page = _checked(visitors, wide=True)
    page.route("**/api/boundaries/*/findings", one_more)
    page.reload()
    until(lambda: _on_map(page, "findings") != "", "the shapes are drawn")
    assert int(_on_map(page, "findings")) == page.locator(".finding").count()


def test_by_keys_alone(visitors: Visitors) -> None:
    page = _checked(visitors, wide=True, lang="en")
    lines = page.locator(".finding")
    lines.first.focus()
    page.keyboard.press("ArrowDown")
    expect(lines.nth(1)).to_be_focused()
    page.keyboard.press("Enter")
    expect(lines.nth(1)).to_have_attribute("aria-current", "true")
    page.keyboard.press("ArrowUp")
    expect(lines.first).to_be_focused()


def test_without_script_it_is_a_list_that_filters(visitors: Visitors) -> None:
    page = _checked(visitors, script=False)
    before = page.locator(".finding").count()
    page.select_option("#kind", "gap")
    page.locator(".findings-filter button").click()
    assert 0 < page.locator(".finding").count() < before
    expect(page.locator("#map")).to_be_hidden()


def test_the_address_opens_the_finding(visitors: Visitors) -> None:
    page = _checked(visitors, wide=True)
    number = page.locator(".finding").last.get_attribute("data-n")
    page.goto("/report")
    page.goto(f"/boundaries/{EDITION}/checks#finding-{number}")
    until(lambda: _on_map(page, "chosen") == number, "it is chosen")


@pytest.mark.parametrize(("lang", "dark", "wide"), list(product(("zh", "en"), (False, True), (False, True))))
def test_accessible(visitors: Visitors, lang: str, dark: bool, wide: bool) -> None:
    page = _checked(visitors, lang=lang, dark=dark, wide=wide)
    found = Axe().run(page, options=RULES)
    assert found.violations_count == 0, found.generate_report()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
