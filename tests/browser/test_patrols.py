"""A member reports what he found on patrol by the usual form, and sees what became of it in the list of his area."""

from itertools import product
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.browser.conftest import Visitors
from tests.little_town import IN_HEADED

RULES = {
    "runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
}


def _finds(page: Page, words: str) -> None:
    page.goto(f"/report?channel=patrol&lon={IN_HEADED[0]}&lat={IN_HEADED[1]}")
    page.locator("input[name=category][value=dumping]").check()
    page.fill("#text", words)
    page.click("#send")
    if page.locator("#trouble").count():
        page.locator(".akin input[value=none]").check()
        page.click("#send")
    page.wait_for_url("**/status/**")


def test_a_member_reports_what_he_found_without_script(visitors: Visitors) -> None:
    member = visitors.enter("member", script=False)
    member.get_by_role("link", name="巡查发现隐患").click()
    expect(member.locator("h1")).to_have_text("巡查发现")
    expect(member.locator("main")).to_contain_text("没有任务数")
    expect(member.locator("[name=contact]")).to_have_count(0)
    _finds(member, "沟边的护栏断了。")
    # A photo is added where the receipt is.
    expect(member.locator("#photos input[type=file]")).to_have_count(1)
    head = visitors.enter("head", script=False)
    head.goto("/areas/9001001")
    head.get_by_role("link", name="巡查发现了什么").click()
    expect(head.locator("table")).to_contain_text("沟边的护栏断了")
    head.locator("table a").first.click()
    expect(head.locator("main")).to_contain_text("巡查")


def test_kept_words_change_nothing_of_how_it_came(visitors: Visitors) -> None:
    member = visitors.enter("member")
    member.goto("/report")
    member.locator("#report[data-ready]").wait_for()
    member.fill("#text", "先写了一半")
    member.locator("#channel").select_option("hotline")
    member.wait_for_timeout(600)
    member.goto("/report?channel=patrol")
    member.locator("#report[data-ready]").wait_for()
    expect(member.locator("#text")).to_have_value("先写了一半")
    expect(member.locator("[name=channel]")).to_have_value("patrol")


@pytest.mark.parametrize(("lang", "wide"), list(product(("zh", "en"), (False, True))))
def test_its_pages_fit_are_readable_and_can_be_read_aloud(
    visitors: Visitors, lang: str, wide: bool, tmp_path: Path
) -> None:
    _finds(visitors.enter("member", script=False), "井盖松动，踩上去会翻。")
    size = "desktop" if wide else "phone"
    for login, address, name in (
        ("head", "/areas/9001001/patrols", "patrols"),
        ("deputy", "/areas/9001002/patrols", "patrols-none"),
        ("desk", "/areas/9001/patrols?still=open", "patrols-open"),
        ("member", "/report?channel=patrol", "patrol-form"),
        ("member", "/day", "day"),
        ("head", "/areas/9001001", "area"),
        ("planner", "/planner?layer=received", "planner"),
    ):
        page = visitors.enter(login, lang=lang, wide=wide)
        page.goto(address)
        width = page.evaluate("[document.documentElement.scrollWidth, window.innerWidth]")
        assert width[0] <= width[1], (login, address)
        found = Axe().run(page, options=RULES)
        assert found.violations_count == 0, (address, found.generate_report())
        page.screenshot(path=tmp_path / f"{name}-{size}-{lang}.png", full_page=True)
