"""A petition from the hearing that is called to the decision that the resident reads, by the pages alone."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import product
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from gis.store import Store
from tests.browser.conftest import Visitors, serving
from tests.conftest import cloned
from tests.little_town import IN_HEADED

RULES = {
    "runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
}
SAID, FOUND, DECIDED = (
    "业主说路面又塌了。",
    "路基是私人的，法律不许财政来修。",
    "能办的都办了，没有新的事实，依法终结。",
)


class Clock:
    """Goes on when it is told to."""

    ahead = timedelta()

    def __call__(self) -> datetime:
        return datetime.now(UTC) + self.ahead


CLOCK = Clock()


@pytest.fixture(scope="module")
def site(server: Store) -> Iterator[str]:
    with cloned(server) as store, serving(store, clock=CLOCK) as address:
        yield address


def _came_back(visitors: Visitors) -> tuple[int, str]:
    """A case that its reporter sent back twice: its number, and the link of its receipt."""
    resident = visitors.come(script=False)
    resident.goto(f"/report?lon={IN_HEADED[0]}&lat={IN_HEADED[1]}")
    resident.locator("input[name=category][value=dumping]").check()
    resident.fill("#text", "门前的路补了又塌。")
    resident.click("#send")
    if resident.locator("#trouble").count():
        resident.locator(".akin input[value=none]").check()
        resident.click("#send")
    resident.wait_for_url("**/status/**")
    head, desk = visitors.enter("head", script=False), visitors.enter("desk", script=False)
    case = max(map(int, re.findall(r'data-case="(\d+)"', head.request.get("/areas/9001001/cases").text())))
    for nth in range(2):
        if nth:
            desk.goto(f"/cases/{case}")
            form = desk.locator("#do-dispatch")
            if not form.locator("form").is_visible():
                if not form.is_visible():
                    desk.locator(".case-next > details > summary").click()
                form.locator("summary").first.click()
            choice = form.locator("select option", has_text="东村第一网格 · 网格长").first.get_attribute("value")
            form.locator("select").select_option(choice)
            form.locator("form button").last.click()
        head.goto(f"/cases/{case}")
        head.locator(f"#do-{'start' if nth else 'take'} button").click()
        head.locator("#do-claim textarea").fill("补过了")
        head.locator("#do-claim form button").click()
        resident.reload()
        resident.locator("details.say-no summary").first.click()
        resident.fill("#say-deny", "又塌了")
        resident.locator("details.say-no form button").first.click()
    return case, resident.url


def _fill(page: Page, verb: str, **fields: str) -> None:
    """Open the form of a step, fill it in and send it."""
    form = page.locator(f"[id^=do-{verb}]").first
    if form.evaluate("e => e.tagName") == "DETAILS" and not form.evaluate("e => e.open"):
        form.locator("summary").click()
    for name, value in fields.items():
        field = form.locator(f"[name={name}]")
        if name == "posting_id":
            field.select_option(label=value)
        elif name in ("came", "proposal"):
            form.locator(f"[name={name}][value={value}]").check()
        else:
            field.fill(value)
    form.locator("form button").last.click()


def _call(page: Page, case: int) -> None:
    page.goto(f"/cases/{case}/hearing")
    at = (CLOCK() + timedelta(days=8)).strftime("%Y-%m-%dT09:30")
    _fill(page, "hearing_call", posting_id="小城市 · 督查员", at=at, place="市信访大厅三楼", words="请您来说明情况")


def _hold(page: Page, case: int) -> None:
    page.goto(f"/cases/{case}/hearing")
    _fill(
        page, "hearing_hold", came="yes", departments="城管局\n公路站", outside="村民代表两名", absent="水务局",
        words=SAID, findings=FOUND, proposal="close",
    )  # fmt: skip


@pytest.mark.parametrize("script", [False, True])
def test_a_petition_is_heard_and_closed_without_script_and_with(visitors: Visitors, script: bool) -> None:
    case, link = _came_back(visitors)
    desk = visitors.enter("desk", script=script)
    desk.goto(f"/cases/{case}")
    desk.get_by_role("link", name="召开听证").click()
    _call(desk, case)
    expect(desk.locator(".message.good")).to_contain_text("定下听证")
    status = visitors.come(script=script)
    status.goto(link)
    expect(status.locator("main")).to_contain_text("市信访大厅三楼")
    expect(status.locator("main")).to_contain_text("请您参加")
    CLOCK.ahead += timedelta(days=9)
    presider = visitors.enter("supervisor", script=script)
    presider.goto(f"/cases/{case}/hearing")
    _fill(presider, "hearing_hold", came="yes", departments="城管局", words=SAID, findings=FOUND, proposal="close")
    expect(presider.locator(".message.alarm")).to_contain_text("另有律师或外请的人")
    expect(presider.locator("[name=findings]")).to_have_value(FOUND)
    _hold(presider, case)
    expect(presider.locator("main")).to_contain_text(SAID)
    status.reload()
    expect(status.locator("main")).to_contain_text(FOUND)
    expect(status.locator("main")).not_to_contain_text(SAID)
    presider.goto(f"/cases/{case}/hearing")
    _fill(presider, "petition_close", words=DECIDED)
    expect(presider.locator(".petition-closed")).to_contain_text("仍算没有解决")
    status.reload()
    expect(status.locator("main")).to_contain_text(DECIDED)
    expect(status.locator("main")).to_contain_text("可以到法院起诉")
    expect(status.locator("input[value=reopen]")).to_have_count(0)
    city = visitors.enter("city", script=script)
    city.goto(f"/cases/{case}")
    expect(city.locator(".petition-closed")).to_have_count(1)
    expect(city.locator("#do-reopen")).to_have_count(1)
    head = visitors.enter("head", script=script)
    head.goto(f"/cases/{case}")
    expect(head.locator("#do-reopen")).to_have_count(0)


@pytest.mark.parametrize(("lang", "wide"), list(product(("zh", "en"), (False, True))))
def test_its_pages_fit_are_readable_and_can_be_read_aloud(
    visitors: Visitors, lang: str, wide: bool, tmp_path: Path
) -> None:
    case, link = _came_back(visitors)
    size = "desktop" if wide else "phone"

    def look(login: str | None, address: str, name: str) -> None:
        page = visitors.enter(login, lang=lang, wide=wide) if login else visitors.come(lang=lang, wide=wide)
        page.goto(address)
        width = page.evaluate("[document.documentElement.scrollWidth, window.innerWidth]")
        assert width[0] <= width[1], (login, address)
        found = Axe().run(page, options=RULES)
        assert found.violations_count == 0, found.generate_report()
        page.screenshot(path=tmp_path / f"{name}-{size}-{lang}.png", full_page=True)

    hearing = f"/cases/{case}/hearing"
    look("desk", hearing, "hearing-none")
    _call(visitors.enter("desk", script=False), case)
    look(None, link, "status-called")
    look("head", hearing, "hearing-seen")
    CLOCK.ahead += timedelta(days=9)
    look("supervisor", hearing, "hearing-record")
    presider = visitors.enter("supervisor", script=False)
    _hold(presider, case)
    look("supervisor", hearing, "hearing-held")
    presider.goto(hearing)
    _fill(presider, "petition_close", words=DECIDED)
    look("supervisor", hearing, "hearing-closed")
    look("desk", f"/cases/{case}", "case-closed")
    look(None, link, "status-closed")
