"""A case that several solve together, on its page: asking, doing a part, being late with a word, and what waits for it."""

import re
from datetime import datetime, timedelta

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.browser.at_work import at_work, does
from tests.browser.conftest import Visitors, kept
from tests.browser.test_case import RULES, WORDS
from tests.little_town import IN_HEADED

_TASK = "请派一辆车，把沟边的垃圾拉走。"


def _new_case(visitors: Visitors) -> str:
    """Let a resident report, and answer the address of the case that the head finds newest."""
    resident = visitors.come(script=False)
    resident.goto(f"/report?lon={IN_HEADED[0] + 0.003}&lat={IN_HEADED[1] + 0.003}")
    resident.locator("input[name=category][value=dumping]").check()
    resident.fill("#text", WORDS)
    resident.click("#send")
    if resident.locator("#trouble").count():
        resident.locator(".akin input[value=none]").check()
        resident.click("#send")
    resident.wait_for_url("**/status/**")
    head = at_work(visitors, "head")
    newest = head.request.get("/areas/9001001/cases").text()
    newest_id = max(int(i) for i in re.findall(r'data-case="(\d+)"', newest))
    return f"/cases/{newest_id}"


def _until(page: Page) -> str:
    """A moment two days from now, as the form wants it: the page's own earliest one and two days."""
    earliest = page.locator("#parts input[name=until]").first.get_attribute("min") or ""
    return (datetime.fromisoformat(earliest) + timedelta(days=2)).strftime("%Y-%m-%dT%H:%M")


@pytest.mark.parametrize(("wide", "script"), [(True, True), (False, False)])
def test_a_case_waits_for_the_part_of_another(visitors: Visitors, wide: bool, script: bool) -> None:
    address = _new_case(visitors)
    head = at_work(visitors, "head", wide=wide)
    head.goto(address)
    does(head, "take")
    # Asked without a task: what was chosen stays, and it is said what is missing.
    ask = head.locator("#part-new-part_ask")
    ask.locator("summary").click()
    choice = ask.locator("select option", has_text="城管局").first.get_attribute("value")
    ask.locator("select").select_option(choice)
    ask.locator("input[name=until]").fill(_until(head))
    ask.locator("textarea").evaluate("field => field.required = false")
    ask.locator("button").click()
    expect(head.locator(".message.alarm")).to_be_visible()
    expect(ask.locator("[aria-invalid]")).to_be_visible()
    ask.locator("textarea").fill(_TASK)
    ask.locator("button").click()
    expect(head.locator(".message.good")).to_contain_text("第 1 项")
    expect(head.locator("#next")).to_contain_text("协办任务没有结束")
    expect(head.locator("#do-claim")).to_have_count(0)

    # Whoever was asked finds it in his inbox, and does it.
    handler = visitors.enter("handler", wide=wide, script=script)
    handler.goto("/inbox")
    kept(handler, f"joint-inbox-{'desk' if wide else 'phone'}")
    handler.locator(".parts-to-do a").last.click()
    expect(handler.locator("#parts")).to_contain_text(_TASK)
    handler.locator("#part-1 > div button").click()
    done = handler.locator("#part-1-part_done")
    done.locator("summary").click()
    done.locator("textarea").fill("拉走了两车，地也扫了。")
    done.locator("button").click()
    expect(handler.locator(".message.good")).to_be_visible()
    kept(handler, f"joint-done-{'desk' if wide else 'phone'}")

    does(head, "claim", "垃圾清走了，沟边也平了。")
    expect(head.locator(".case-history")).to_contain_text("协办任务完成")
    found = Axe().run(head, options=RULES)
    assert not found.response["violations"], found.generate_report()
