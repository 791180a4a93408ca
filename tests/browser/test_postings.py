"""The pages of postings in a real browser: accessible, without script, narrow and wide, tried before anything is done."""

from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests import little_town
from tests.browser.conftest import Visitors
from tests.browser.test_pages import RULES

LIST = "辖区代码,角色,姓名,工号,起始日期,最后一天\n9001003,网格长,{name},A1,2099-04-01,2099-12-31\n9001003,{role},李某,A2,2099-04-01,\n"


def _one(page: Page) -> str:
    """Answer the address of the page of the first grid's head."""
    page.goto(f"/postings?area={little_town.HEADED}")
    return page.locator("tbody tr").first.locator("td a").first.get_attribute("href") or ""


@pytest.fixture
def files(tmp_path: Path) -> tuple[Path, Path]:
    good, bad = tmp_path / "名单.csv", tmp_path / "错.csv"
    good.write_text(LIST.format(name="王某", role="网格员"), encoding="gbk")
    bad.write_text(LIST.format(name="<img src=x onerror=alert(1)>", role="<b>主任</b>"), encoding="utf-8")
    return good, bad


@pytest.mark.parametrize(
    ("lang", "dark", "wide"), [("zh", False, False), ("zh", True, True), ("en", True, False), ("en", False, True)]
)
def test_accessible_and_no_wider_than_the_screen(
    visitors: Visitors, files: tuple[Path, Path], lang: str, dark: bool, wide: bool
) -> None:
    page = visitors.log_in("admin", lang=lang, dark=dark, wide=wide)
    head = _one(page)
    for address in (f"/postings?area={little_town.VILLAGE}", "/postings?q=网格", head, "/postings/file"):
        page.goto(address)
        _fits(page, address)
    page.goto("/postings/file")
    page.set_input_files("#file", files[0])
    page.locator("form[aria-labelledby=choose] button").click()
    expect(page.locator("#said")).to_be_visible()
    _fits(page, "a list that was tried")
    page.goto(head)
    page.fill("#offer-login", "head")
    page.locator("form[aria-labelledby=log-in] button").last.click()
    expect(page.locator("#link")).to_contain_text("/password?key=")
    _fits(page, "a link that is shown once")
    page.goto(page.locator("#link").inner_text())
    _fits(page, "choosing a password")
    page.goto("/password?key=guessed")
    _fits(page, "a void link")


def _fits(page: Page, what: str) -> None:
    result = Axe().run(page, options=RULES)
    assert not result.response["violations"], (what, result.generate_report())
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), what


@pytest.mark.parametrize("script", [True, False])
def test_what_an_end_would_do_is_said_first(visitors: Visitors, script: bool) -> None:
    # Without script the log-in's own page is not left by itself.
    page = visitors.come(script=script, wide=True)
    page.goto("/login")
    page.fill("#login", "admin")
    page.fill("#password", little_town.PASSWORD)
    page.click("main button.primary")
    page.goto(_one(page))
    page.fill("#end-until", "2099-01-01")
    page.locator("form[aria-labelledby=end] button").click()
    expect(page.get_by_text("尚未执行")).to_be_visible()
    expect(page.locator("form[aria-labelledby=end] button[name=commit]")).to_have_text("确认执行")
    expect(page.locator("#end-until")).to_have_value("2099-01-01")
    page.goto(_one(page))
    page.fill("#hand-name", "接任者")
    page.fill("#hand-since", "2025-06-01")
    page.locator("form[aria-labelledby=hand] button").click()
    expect(page.get_by_role("alert")).to_contain_text("会改写当时由谁负责")
    expect(page.locator("#hand-name")).to_have_value("接任者")


def test_text_of_a_list_is_text(visitors: Visitors, files: tuple[Path, Path]) -> None:
    page = visitors.log_in("admin", wide=True)
    page.goto("/postings/file")
    page.set_input_files("#file", files[1])
    page.locator("form[aria-labelledby=choose] button").click()
    expect(page.get_by_role("alert")).to_contain_text("未作任何更改")
    expect(page.locator("tbody")).to_contain_text("<b>主任</b>")
    assert page.locator("tbody img, tbody b").count() == 0


def test_the_keyboard_alone_finds_and_tries(visitors: Visitors) -> None:
    page = visitors.log_in("admin", wide=True)
    page.goto("/postings")
    page.focus("#q")
    page.keyboard.type("dongcundiyi")
    page.keyboard.press("Enter")
    expect(page.locator("#found")).to_be_visible()
    page.goto(f"/postings?area={little_town.VACANT}")
    page.focus("#new-name")
    page.keyboard.type("新网格长")
    page.keyboard.press("Tab")
    page.keyboard.type("A77")
    page.fill("#new-since", "2099-01-01")
    page.keyboard.press("Enter")
    expect(page.locator("form[aria-labelledby=new] [role=status]")).to_contain_text(
        "新任 · 东村第三网格 · 网格长 · 新网格长"
    )
