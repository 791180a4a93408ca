"""The mediation room by its pages: a dispute from the first word to the agreement, without script, and its list."""

import re
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
SAID = "甲方让出半米过道，乙方把水管改走北墙。"


def _reported(visitors: Visitors) -> tuple[int, str]:
    """A new dispute: its case, and the link of its receipt."""
    page = visitors.come(script=False)
    page.goto(f"/report?lon={IN_HEADED[0]}&lat={IN_HEADED[1]}")
    page.locator("input[name=category][value=dispute]").check()
    page.fill("#text", "两家为过道争吵。")
    page.click("#send")
    if page.locator("#trouble").count():
        page.locator(".akin input[value=none]").check()
        page.click("#send")
    page.wait_for_url("**/status/**")
    head = visitors.enter("head")
    ids = re.findall(r'data-case="(\d+)"', head.request.get("/areas/9001001/cases").text())
    return max(map(int, ids)), page.url


def _fill(page: Page, verb: str, sitting: str = "", **fields: str) -> None:
    """Open the form of a step, fill it in and send it."""
    form = page.locator(f"#do-mediation_{verb}{sitting}")
    if form.evaluate("e => e.tagName") == "DETAILS" and not form.evaluate("e => e.open"):
        form.locator("summary").click()
    for name, value in fields.items():
        field = form.locator(f"[name={name}]")
        if name == "posting_id":
            field.select_option(label=value)
        elif name == "outcome":
            form.locator(f"[name=outcome][value={value}]").check()
        else:
            field.fill(value)
    form.locator("form button").click()


@pytest.mark.parametrize("script", [False, True])
def test_a_dispute_is_talked_over_without_script_and_with(visitors: Visitors, script: bool) -> None:
    case, link = _reported(visitors)
    head = visitors.enter("head", script=script)
    head.goto(f"/cases/{case}")
    head.locator("#do-take button").click()
    head.get_by_role("link", name="请人调解").click()
    _fill(head, "open", posting_id="城管局（小城市）")
    expect(head.locator(".message.good")).to_contain_text("进入调解")
    expect(head.locator("main")).to_contain_text("看不到当事人和所谈的内容")
    head.goto(f"/cases/{case}")
    expect(head.locator("#next")).to_contain_text("这件事正在调解")
    expect(head.locator("#do-claim")).to_have_count(0)
    room = visitors.enter("handler", script=script)
    room.get_by_role("link", name="调解", exact=True).first.click()
    room.locator(f'a[href="/cases/{case}/mediation"]').click()
    _fill(room, "party", name="甲方", contact="138 0000 0001（虚构）")
    _fill(room, "party", name="乙方")
    _fill(room, "sitting", at="2026-03-01T09:00")
    # What is wrong is said, where it is wrong.
    _fill(room, "held", "-1", words="  ")
    expect(room.locator("#do-mediation_held-1 .error-text")).to_contain_text("请写明理由或办理情况")
    _fill(room, "held", "-1", words=f"双方都愿意谈：{SAID}")
    room.get_by_role("button", name="查看姓名和联系方式").click()
    expect(room.locator("main")).to_contain_text("138 0000 0001")
    _fill(room, "agree", words=SAID)
    expect(room.locator("main")).to_contain_text("达成协议不等于已经解决")
    expect(room.locator(".time-line")).to_contain_text(SAID)
    head.reload()
    expect(head.locator(".case-flags")).to_contain_text("调解达成协议")
    expect(head.locator("#do-claim")).to_have_count(1)
    expect(head.locator("main")).not_to_contain_text(SAID)
    status = visitors.come(script=script)
    status.goto(link)
    expect(status.locator("main")).to_contain_text("双方达成了协议")
    expect(status.locator("main")).not_to_contain_text(SAID)


@pytest.mark.parametrize(("lang", "wide"), list(product(("zh", "en"), (False, True))))
def test_the_room_fits_is_readable_and_can_be_read_aloud(
    visitors: Visitors, lang: str, wide: bool, tmp_path: Path
) -> None:
    case, _ = _reported(visitors)
    zh = visitors.enter("head")
    zh.goto(f"/cases/{case}/mediation")
    _fill(zh, "open", posting_id="城管局（小城市）")
    busy = visitors.enter("handler")
    busy.goto(f"/cases/{case}/mediation")
    for name in ("甲方", "乙方"):
        _fill(busy, "party", name=name, contact="0316-0000000（虚构）")
    _fill(busy, "sitting", at="2026-03-01T09:00")
    _fill(busy, "held", "-1", words="甲方说水管漏水两年，乙方说已修过一次；都愿意请人看。")
    _fill(busy, "sitting", at="2199-03-01T09:00")
    size = "desktop" if wide else "phone"
    for login, address in (
        ("handler", f"/cases/{case}/mediation"),
        ("head", f"/cases/{case}/mediation"),
        ("head", f"/cases/{case}"),
        ("handler", "/mediations"),
        ("supervisor", "/mediations"),
    ):
        page = visitors.enter(login, lang=lang, wide=wide)
        page.goto(address)
        width = page.evaluate("[document.documentElement.scrollWidth, window.innerWidth]")
        assert width[0] <= width[1], (login, address)
        found = Axe().run(page, options=RULES)
        assert found.violations_count == 0, found.generate_report()
        name = f"{login}{address.replace('/', '-').replace(str(case), 'n')}-{size}-{lang}.png"
        page.screenshot(path=tmp_path / name, full_page=True)


def test_a_mediator_who_withdraws_is_told_what_becomes_of_it(visitors: Visitors, tmp_path: Path) -> None:
    case, link = _reported(visitors)
    head = visitors.enter("head", script=False)
    head.goto(f"/cases/{case}/mediation")
    _fill(head, "open", posting_id="东村值班台")
    desk = visitors.enter("desk", script=False)
    desk.goto(f"/cases/{case}/mediation")
    # A party who bears his name is he: taken down, and he is out.
    _fill(desk, "party", name="东村值班员")
    expect(desk.locator(".message.good")).to_contain_text("调解员已回避")
    expect(desk.locator("main")).to_contain_text("谈了什么只有调解员所在单位和督查员看得到")
    expect(desk.locator("#parties")).to_have_count(0)
    desk.screenshot(path=tmp_path / "withdrawn-phone-zh.png", full_page=True)
    city = visitors.enter("city", wide=True)
    city.goto("/mediations")
    expect(city.locator("main")).to_contain_text("等您另请调解员")
    city.locator(f'a[href="/cases/{case}/mediation"]').click()
    expect(city.locator(".message.warning")).to_contain_text("小城市")
    city.screenshot(path=tmp_path / "vacant-desktop-zh.png", full_page=True)
    _fill(city, "hand_over", posting_id="城管局（小城市）", words="原调解员回避")
    handler = visitors.enter("handler", lang="en", script=False)
    handler.goto(f"/cases/{case}/mediation")
    expect(handler.locator(".time-line")).to_contain_text("The mediator withdrew")
    _fill(handler, "conflict", words="甲方是我弟弟")
    handler.screenshot(path=tmp_path / "gone-phone-en.png", full_page=True)
    status = visitors.come(lang="en")
    status.goto(link)
    expect(status.locator("main")).to_contain_text("Somebody is mediating")
    status.screenshot(path=tmp_path / "status-phone-en.png", full_page=True)
