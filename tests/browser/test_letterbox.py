"""The other doors in a real browser: a letter without script and with, the public rota, planning it, and entering a visit."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import product

import psycopg
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from gis.store import Store
from grids.clock import ZONE
from tests.browser.conftest import Visitors, drawn, kept, serving
from tests.browser.test_pages import RULES
from tests.conftest import cloned
from tests.little_town import IN_HEADED

WORDS = "村里说了三回都没有人管，请书记看看。"
NOW = datetime.now(UTC).astimezone(ZONE)


@pytest.fixture(scope="module")
def store(server: Store) -> Iterator[Store]:
    with cloned(server) as store:
        yield store


@pytest.fixture(scope="module")
def site(store: Store) -> Iterator[str]:
    with serving(store) as address:
        yield address


def _number(page: Page) -> str:
    page.wait_for_url("**/status/**")
    return re.sub(r"\D", "", page.locator("#receipt-number").inner_text())


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_resident_writes_a_letter_without_script_and_follows_it(visitors: Visitors, lang: str) -> None:
    page = visitors.come(lang=lang, script=False)
    page.goto("/letterbox")
    expect(page.locator("h1")).to_have_text("给书记写信" if lang == "zh" else "Write to the secretary")
    page.locator("input[name=to_level][value=city]").check()
    page.click("#by-name summary")
    page.get_by_text("乱倒垃圾" if lang == "zh" else "Illegal dumping").click()
    page.fill("#text", WORDS)
    page.fill("#q", "东村第一")
    page.click("#search")
    # The search keeps what was chosen.
    expect(page.locator("input[name=to_level][value=city]")).to_be_checked()
    page.get_by_label("东村第一网格").check()
    page.fill("#place_words", "村东头的沟里")
    page.locator("button[value=look]").click()
    expect(page.locator("#answer")).to_contain_text("市网格中心")
    expect(page.locator("#send")).to_contain_text("市网格中心")
    page.click("#send")
    assert len(_number(page)) == 10
    expect(page.locator("main")).to_contain_text(WORDS)
    expect(page.locator("main")).to_contain_text("市网格中心")


def test_with_script_the_letter_is_kept_apart_from_a_report(visitors: Visitors) -> None:
    page = visitors.come()
    page.goto(f"/report?lon={IN_HEADED[0]}&lat={IN_HEADED[1]}")
    page.fill("#text", "还没写完的平常事")
    page.wait_for_timeout(400)
    page.goto("/letterbox")
    expect(page.locator("#text")).to_have_value("")
    page.locator("input[name=to_level][value=county]").check()
    page.get_by_text("乱倒垃圾").click()
    page.fill("#text", WORDS)
    page.click("#by-name summary")
    page.fill("#q", "东村第一")
    page.get_by_label("东村第一网格").check()
    expect(page.locator("#answer")).to_contain_text("不经过村和网格")
    expect(page.locator("#send-words")).to_contain_text("市网格中心")
    page.fill("#place_words", "村东头的沟里")
    page.click("#send")
    _number(page)
    expect(page.locator("main")).to_contain_text(WORDS)
    page.goto("/report")
    expect(page.locator("#text")).to_have_value("还没写完的平常事")


def _plan(page: Page, room: str, title: str, first: datetime, last: datetime | None = None) -> None:
    page.goto("/rota")
    page.fill("#first", f"{first:%Y-%m-%d}")
    page.fill("#last", f"{last or first:%Y-%m-%d}")
    page.get_by_text(re.compile("跳过周末|Leave out weekends")).click()
    page.fill("#title", title)
    page.fill("#room", room)
    page.locator("form[action='/rota'] button.primary").click()


@pytest.mark.parametrize("script", [True, False])
def test_the_rota_is_planned_shown_and_a_visit_entered(visitors: Visitors, script: bool) -> None:
    room = f"接待室{'一' if script else '二'}"
    staff = visitors.enter("city", wide=True, script=script)
    _plan(staff, room, "市委书记", NOW, NOW + timedelta(days=2))
    expect(staff.locator(".message.good")).to_contain_text("已安排 3 次")
    # What cannot be is told, and what was typed stays.
    _plan(staff, room, "市长", NOW)
    expect(staff.locator("#trouble")).to_contain_text("已经安排了别人")
    expect(staff.locator("#title")).to_have_value("市长")
    resident = visitors.come(script=script)
    resident.goto("/visits")
    expect(resident.locator("main")).to_contain_text(room)
    expect(resident.locator("main")).to_contain_text("市委书记")
    staff.goto("/rota")
    staff.locator("#coming + ul li", has_text=room).first.locator("a").click()
    staff.locator("a", has_text="登记一位来访人").click()
    expect(staff.locator("h1")).to_have_text("登记来访")
    staff.get_by_text("乱倒垃圾").click()
    staff.fill("#text", WORDS)
    staff.fill("#place_words", "村东头的沟里")
    staff.click("#send")
    number = _number(staff)
    staff.goto("/rota")
    staff.locator("#coming + ul li", has_text=room).first.locator("a").click()
    expect(staff.locator("main")).to_contain_text("登记来访 1 件")
    expect(staff.locator("main")).to_contain_text(number)
    staff.locator("input[name=kind][value=moved]").check()
    staff.fill("#words", "改到下周一上午，同一地点")
    staff.locator("form[action^='/rota/'] button.primary").click()
    expect(staff.locator(".message.good")).to_contain_text("已保存")
    resident.goto("/visits")
    expect(resident.locator("main")).to_contain_text("改到下周一上午，同一地点")


@pytest.mark.parametrize(
    ("name", "lang", "wide"),
    [
        (*each,)
        for each in product(("letterbox", "visits", "rota", "rota-day", "visit", "report"), ("zh", "en"), (False, True))
    ],
)
def test_the_pages_stand_on_a_phone_and_at_a_desk(
    visitors: Visitors, store: Store, name: str, lang: str, wide: bool
) -> None:
    with psycopg.connect(store.dsn("migrate")) as owner:
        owner.execute("SET ROLE gridwarden_owner")
        found = owner.execute("SELECT min(id) FROM rota WHERE moved_to IS NULL AND withdrawn_at IS NULL").fetchone()
    page = (
        visitors.come(lang=lang, wide=wide)
        if name in ("letterbox", "visits")
        else visitors.enter("city", lang=lang, wide=wide)
    )
    day = found[0] if found else 0
    page.goto({"rota-day": f"/rota/{day}", "visit": f"/report?rota={day}"}.get(name, f"/{name}"))
    if name in ("letterbox", "visit", "report"):
        drawn(page)
    kept(page, f"door-{name}-{lang}-{'wide' if wide else 'narrow'}")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    if not wide:
        # All of it at once, so that the bar to send with covers nothing that could be scrolled from under it.
        page.set_viewport_size({"width": 390, "height": 2600})
    found_wrong = Axe().run(page, options=RULES).response["violations"]
    assert not [(each["id"], [node["html"] for node in each["nodes"]]) for each in found_wrong]
