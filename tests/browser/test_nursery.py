"""The nursery's case as the people in it live it: told by telephone, falsely called solved, denied, and solved in the end."""

import re

import pytest
from playwright.sync_api import expect

from grids.language import LANGUAGES, Language, Words
from tests.browser.at_work import at_work, does
from tests.browser.conftest import Visitors

# One for each language, more than 50 m apart: neither is a place that keeps coming back by the other.
SPOTS: dict[Language, tuple[float, float]] = {"zh": (117.0023, 39.7077), "en": (117.0063, 39.7077)}
WORDS = "苗圃东边又有人倒垃圾，已经说过好几次了，怕着火。"


@pytest.mark.parametrize("lang", LANGUAGES)
def test_from_the_telephone_to_solved(visitors: Visitors, lang: Language) -> None:
    t = Words(lang, ("grids", "api"))
    lon, lat = SPOTS[lang]
    # A resident rings up; the clerk takes it down.
    clerk = at_work(visitors, "clerk", lang=lang)
    clerk.goto(f"/report?lon={lon}&lat={lat}")
    clerk.locator("input[name=category][value=dumping]").check()
    clerk.fill("#text", WORDS)
    clerk.select_option("#channel", "hotline")
    clerk.fill("#contact", "13800000000")
    clerk.click("#send")
    clerk.wait_for_url("**/status/**")
    link = clerk.url.replace("&sent=1", "")
    number = re.sub(r"\D", "", clerk.locator("#receipt-number").inner_text())

    # The village's desk finds it, accepts it and hands it to the grid's head.
    desk = at_work(visitors, "desk", lang=lang)
    expect(desk).to_have_url(re.compile("/desk"))
    desk.goto("/desk?section=received")
    row = desk.locator("a[href^='/cases/']").first
    expect(row).to_be_visible()
    for address in {a.get_attribute("href") or "" for a in desk.locator("a[href^='/cases/']").all()}:
        desk.goto(address.partition("#")[0])
        if number in desk.locator("main").inner_text():
            break
    assert number in desk.locator("main").inner_text()
    case = desk.url
    does(desk, "accept")
    does(desk, "dispatch", to="东村第一网格")

    # The head says that it is solved.  It is not.
    head = at_work(visitors, "head", wide=False, lang=lang)
    head.goto("/day")
    expect(head.locator("main")).to_contain_text("苗圃东边")
    head.goto(case)
    does(head, "start")
    does(head, "claim", "已通知清理。")
    resident = visitors.come(lang=lang)
    resident.goto(link)
    expect(resident.locator("#say")).to_contain_text("已通知清理。")
    resident.locator(".say-no:has(#say-deny) > summary").click()
    resident.fill("#say-deny", "没有人来过，垃圾还在。")
    resident.locator(".say-no button").click()
    expect(resident.locator(".message.good")).to_be_visible()

    # One level up: the village's desk owns it now, and gives it to those who have the lorry.
    desk.goto(case)
    expect(desk.locator(".case-flags")).to_contain_text(t("case-reopened", count=1))
    does(desk, "dispatch", to="城管局")
    handler = at_work(visitors, "handler", lang=lang)
    expect(handler).to_have_url(re.compile("/inbox"))
    handler.goto(case)
    does(handler, "start")
    does(handler, "claim", "清走四车垃圾，立了警示牌。")

    # The reporter agrees; what was reopened is looked at by somebody who had no hand in it all the same.
    resident.reload()
    resident.locator("#say form button", has_text=t("step-confirm")).click()
    expect(resident.locator(".message.good")).to_be_visible()
    desk.goto(case)
    expect(desk.locator("#do-pass_recheck")).to_have_count(0)
    city = at_work(visitors, "city", lang=lang)
    city.goto(case)
    does(city, "pass_recheck", "现场看过，已清理干净。")
    expect(city.locator(".time-line")).to_contain_text("没有人来过，垃圾还在。")

    # Closed, confirmed, and the last word is the resident's.
    resident.reload()
    resident.get_by_label(t("rating-solved"), exact=True).check()
    resident.fill("#say-evaluate", "这次是真的解决了。")
    resident.locator("#say form button").first.click()
    expect(resident.locator(".message.good")).to_be_visible()
    expect(resident.locator(".time-line")).to_contain_text("这次是真的解决了。")

    # Who may reach the resident is written down each time.
    supervisor = at_work(visitors, "supervisor", lang=lang)
    supervisor.goto(case)
    supervisor.locator("form[action$='/contact'] button").first.click()
    expect(supervisor.locator(".contact")).to_have_text("13800000000")
    city.goto(case)
    expect(city.locator(".time-line")).to_contain_text(t("verb-look"))
