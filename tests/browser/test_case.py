"""One case by its pages: worked by keyboard alone, readable without script, the resident's word at the end."""

import re
from itertools import product
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.browser.conftest import Visitors, drawn
from tests.little_town import IN_HEADED, PASSWORD

RULES = {
    "runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
}
WORDS = "村口的垃圾堆了三天。"


def _report(visitors: Visitors, **how: object) -> Page:
    """The receipt of a new report."""
    page = visitors.come(**how)  # type: ignore[arg-type]
    page.goto(f"/report?lon={IN_HEADED[0]}&lat={IN_HEADED[1]}")
    page.locator("input[name=category][value=dumping]").check()
    page.fill("#text", WORDS)
    page.click("#send")
    if page.locator("#trouble").count():
        # Others reported here before: without script that is asked on sending.
        page.locator(".akin input[value=none]").check()
        page.click("#send")
    page.wait_for_url("**/status/**")
    return page


def _case_of(page: Page, visitors: Visitors, login: str, **how: object) -> Page:
    """The case page of a receipt, as a member of staff sees it: found in the list of the area."""
    number = re.sub(r"\D", "", page.locator("#receipt-number").inner_text())
    staff = visitors.come(**how)  # type: ignore[arg-type]
    staff.goto("/login")
    staff.fill("#login", login)
    staff.fill("#password", PASSWORD)
    staff.click("main button.primary")
    staff.wait_for_url(lambda url: "/login" not in url)
    # The newest case has the highest number.
    newest = staff.request.get("/areas/9001001/cases").text()
    ids = sorted({int(i) for i in re.findall(r'data-case="(\d+)"', newest)}, reverse=True)
    for case in ids:
        staff.goto(f"/cases/{case}")
        if number in staff.locator("main").inner_text():
            return staff
    raise AssertionError(f"no case of {number}")


def _tab_to(page: Page, selector: str) -> None:
    """Press Tab until something is focused; nothing else moves the focus."""
    for _ in range(80):
        if page.evaluate("s => document.activeElement?.matches(s) ?? false", selector):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"Tab never came to {selector}")


def _focused_message(page: Page) -> None:
    expect(page.locator(".message[data-focus]")).to_be_focused()


def test_a_case_is_worked_by_keyboard_alone(visitors: Visitors) -> None:
    receipt = _report(visitors)
    page = _case_of(receipt, visitors, "head", wide=True)
    _tab_to(page, "#do-take button")
    page.keyboard.press("Enter")
    page.wait_for_url("**/cases/*")
    _focused_message(page)
    expect(page.locator(".message.good")).to_contain_text("自行处理")
    # Another step lies under "more": opened, filled in and sent by keys.
    _tab_to(page, ".case-next > details > summary")
    page.keyboard.press("Enter")
    _tab_to(page, "#do-note > summary")
    page.keyboard.press("Enter")
    _tab_to(page, "#do-note textarea")
    page.keyboard.type("已电话联系，明天去。")
    _tab_to(page, "#do-note button")
    page.keyboard.press("Enter")
    expect(page.locator(".time-line")).to_contain_text("已电话联系，明天去。")
    _focused_message(page)
    _tab_to(page, "#do-claim textarea")
    page.keyboard.type("清走了两车垃圾。")
    _tab_to(page, "#do-claim button")
    page.keyboard.press("Enter")
    expect(page.locator(".message.good")).to_contain_text("已办待核")
    _focused_message(page)
    expect(page).not_to_have_url(re.compile("done="))
    # The resident says that it is not solved, by keys as well.
    receipt.reload()
    expect(receipt.locator("#say")).to_contain_text("清走了两车垃圾。")
    _tab_to(receipt, ".say-no > summary")
    receipt.keyboard.press("Enter")
    _tab_to(receipt, "#say-deny")
    receipt.keyboard.type("垃圾还在原地。")
    _tab_to(receipt, ".say-no button")
    receipt.keyboard.press("Enter")
    expect(receipt.locator(".message.good")).to_contain_text("没有解决")
    _focused_message(receipt)
    page.reload()
    expect(page.locator(".case-flags")).to_contain_text("重新打开 1 次")
    expect(page.locator(".time-line")).to_contain_text("垃圾还在原地。")


def test_without_script_all_of_it_works(visitors: Visitors) -> None:
    receipt = _report(visitors, script=False)
    page = _case_of(receipt, visitors, "head", script=False)
    page.click("#do-take button")
    page.fill("#do-claim textarea", "清走了。")
    page.click("#do-claim button")
    expect(page.locator(".message.good")).to_contain_text("已办待核")
    receipt.reload()
    receipt.get_by_text("确实解决了").click()
    expect(receipt.locator(".message.good")).to_contain_text("谢谢您")
    if receipt.locator("#say input[name=rating]").count():
        receipt.get_by_label("部分解决").check()
        receipt.get_by_text("送出评价").click()
        expect(receipt.locator(".message.good")).to_contain_text("谢谢您的评价")


def test_a_stale_form_keeps_the_words(visitors: Visitors) -> None:
    receipt = _report(visitors)
    mine = _case_of(receipt, visitors, "head", wide=True)
    other = _case_of(receipt, visitors, "desk", wide=True)
    mine.locator(".case-next > details > summary").click()
    mine.locator("#do-note > summary").click()
    mine.fill("#do-note textarea", "刚到现场。")
    other.locator(".case-next > details > summary").click()
    other.locator("#do-accept > summary").click()
    other.locator("#do-accept button").click()
    expect(other.locator(".message.good")).to_contain_text("受理")
    mine.locator("#do-note button").click()
    expect(mine.locator(".message.warning")).to_contain_text("东村值班台")
    _focused_message(mine)
    expect(mine.locator("#do-note textarea")).to_have_value("刚到现场。")
    # Nothing typed twice: it is sent again as it stands.
    mine.locator("#do-note button").click()
    expect(mine.locator(".time-line")).to_contain_text("刚到现场。")


@pytest.mark.parametrize(("lang", "dark"), list(product(("zh", "en"), (False, True))))
def test_no_violation_of_accessibility(visitors: Visitors, lang: str, dark: bool) -> None:
    if dark:
        # The map's controls are the same by night, and drawing it is slow here.
        visitors.without_maps()
    receipt = _report(visitors, lang=lang, dark=dark)
    wrongs = []
    for login in ("head", "desk", "supervisor"):
        page = _case_of(receipt, visitors, login, lang=lang, dark=dark, wide=login != "head")
        page.evaluate("document.querySelectorAll('.case-next details').forEach((one) => { one.open = true; })")
        wrongs += _violations(page)
        if page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"):
            wrongs.append(f"{login}: too wide")
    page.goto(page.url)
    head = _case_of(receipt, visitors, "head", lang=lang, dark=dark)
    head.click("#do-take button")
    head.fill("#do-claim textarea", "清走了。")
    head.click("#do-claim button")
    expect(head.locator(".message.good")).to_be_visible()
    expect(head).not_to_have_url(re.compile("done="))
    wrongs += _violations(head)
    receipt.reload()
    receipt.locator(".say-no:has(#say-deny) > summary").click()
    expect(receipt.locator("#say-deny")).to_be_visible()
    wrongs += _violations(receipt)
    assert not wrongs, "\n".join(wrongs)


def _violations(page: Page) -> list[str]:
    found = Axe().run(page, options=RULES).response["violations"]
    return [f"{page.url} {v['id']}: {[n['target'] for n in v['nodes']]}" for v in found]


def test_the_map_shows_the_pin_and_print_leaves_the_forms_out(visitors: Visitors, tmp_path: Path) -> None:
    page = _case_of(_report(visitors), visitors, "head", wide=True)
    drawn(page)
    page.emulate_media(media="print")
    expect(page.locator("#next")).not_to_be_visible()
    expect(page.locator(".time-line")).to_be_visible()
    expect(page.locator(".said-words").first).to_have_text(WORDS)
    assert page.pdf(path=tmp_path / "case.pdf", format="A4")


def test_the_area_page_leads_to_the_case(visitors: Visitors) -> None:
    _report(visitors)
    page = visitors.come(wide=True)
    page.goto("/login?next=/areas/9001001")
    page.fill("#login", "head")
    page.fill("#password", PASSWORD)
    page.click("main button.primary")
    page.locator("#open-list > li a.case").first.click()
    page.locator(".case-detail a.button").click()
    page.wait_for_url("**/cases/*")
    expect(page.locator("h1")).to_have_text("乱倒垃圾")
