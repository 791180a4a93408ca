"""Helper teams on the pages: made by an administrator, asked by the lead, and doing their part on a phone."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import psycopg
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from gis.store import Store
from tests import little_town
from tests.browser.at_work import at_work, does
from tests.browser.conftest import Visitors, kept, serving
from tests.browser.test_case import RULES
from tests.browser.test_joint import _new_case
from tests.conftest import cloned

_TASK = "请帮忙捡走沟边的塑料袋。"
_NAMES = {"zh": "东村志愿队", "en": "East Village volunteers"}
_SAYS: dict[str, dict[str, Any]] = {
    "zh": {"private": "苗圃", "start": "开始办", "done": "已办完", "duty": "现在值班", "wrong": "全天值班"},
    "en": {"private": "苗圃", "start": "Begin", "done": "done", "duty": "on duty now", "wrong": "day and night"},
}


def _with_a_volunteer(store: Store) -> None:
    little_town.build(store)
    with psycopg.connect(store.dsn("migrate")) as owner:
        owner.execute("SET ROLE gridwarden_owner")
        owner.execute(
            "INSERT INTO people (name, login, password_hash)"
            " SELECT '志愿者', 'volunteer', password_hash FROM people WHERE login = 'head'"
        )
        owner.execute(
            "INSERT INTO postings (area_code, role, person_id, desk, during) SELECT '9001', 'helper', id, %s,"
            " tstzrange('2020-01-01Z', NULL) FROM people WHERE login = 'volunteer'",
            (_NAMES["zh"],),
        )


@pytest.fixture
def site(server: Store) -> Iterator[str]:
    """The address of a service over a little town in which somebody waits for a team to be made."""
    with cloned(server) as store, serving(store, build=_with_a_volunteer) as address:
        yield address


def _sound(page: Page) -> None:
    found = Axe().run(page, options=RULES)
    assert not found.response["violations"], found.generate_report()
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), "it scrolls sideways"


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_volunteers_do_a_part_on_a_phone_and_the_lead_sees_it(visitors: Visitors, lang: str) -> None:
    says = _SAYS[lang]
    admin = at_work(visitors, "admin", lang=lang)
    admin.goto("/teams")
    kept(admin, f"teams-none-{lang}")
    admin.locator("summary", has=admin.locator("#new")).click()
    admin.fill("#team-name_zh", _NAMES["zh"])
    admin.fill("#team-name_en", _NAMES["en"])
    admin.locator("#team-kind").select_option("volunteers")
    admin.fill("#team-area_code", "9001")
    admin.locator("input[name=skill][value=clean_up]").check()
    admin.fill("#team-areas", "9001")
    admin.fill("#team-contact", "村委会值班室 0316-0000000")
    admin.locator("form.team-form button.primary").click()
    # No hours: it is said what to do, and all that was typed is there.
    expect(admin.locator("#team-wrong")).to_contain_text(says["wrong"])
    expect(admin.locator("#team-name_zh")).to_have_value(_NAMES["zh"])
    kept(admin, f"teams-refused-{lang}")
    admin.locator("input[name=always]").check()
    admin.locator("form.team-form button.primary").click()
    expect(admin.locator(".message.good")).to_be_visible()
    _sound(admin)
    kept(admin, f"team-kept-{lang}")
    admin.set_viewport_size({"width": 390, "height": 844})
    admin.locator("summary", has=admin.locator("#change")).click()
    _sound(admin)
    kept(admin, f"team-kept-phone-{lang}")
    admin.goto("/teams")
    _sound(admin)
    kept(admin, f"teams-phone-{lang}")

    address = _new_case(visitors)
    head = at_work(visitors, "head", lang=lang)
    head.goto(address)
    does(head, "take")
    ask = head.locator("#part-new-part_ask")
    ask.locator("summary").first.click()
    option = ask.locator("select option", has_text=_NAMES[lang])
    expect(option).to_contain_text(says["duty"])
    ask.locator("select").select_option(option.get_attribute("value"))
    ask.locator("details summary").click()
    earliest = datetime.fromisoformat(ask.locator("input[name=until]").get_attribute("min") or "")
    ask.locator("input[name=until]").fill((earliest + timedelta(days=2)).strftime("%Y-%m-%dT%H:%M"))
    ask.locator("textarea").fill(_TASK)
    ask.locator("input[name=exact]").check()
    _sound(head)
    kept(head, f"teams-ask-{lang}")
    ask.locator("button").click()
    expect(head.locator("#parts")).to_contain_text(_NAMES["zh"])

    volunteer = visitors.enter("volunteer", lang=lang)
    expect(volunteer).to_have_url(f"{visitors.site}/team")
    expect(volunteer.locator("main")).to_contain_text(_TASK)
    _sound(volunteer)
    kept(volunteer, f"team-desk-{lang}")
    volunteer.locator("main li a").click()
    expect(volunteer.locator("main")).not_to_contain_text(says["private"])
    expect(volunteer.locator("a[href^='geo:']")).to_be_visible()
    _sound(volunteer)
    kept(volunteer, f"team-part-{lang}")
    volunteer.get_by_role("button", name=says["start"], exact=True).click()
    expect(volunteer.locator(".message.good")).to_be_visible()
    # Without a word it is not done, and that is said beside the field.
    volunteer.locator("#part_done-words").evaluate("field => field.required = false")
    volunteer.locator("form:has(#part_done-words) button").click()
    expect(volunteer.locator("#part_done-words[aria-invalid]")).to_be_visible()
    kept(volunteer, f"team-part-refused-{lang}")
    volunteer.fill("#part_done-words", "捡了三袋。")
    volunteer.locator("form:has(#part_done-words) button").click()
    expect(volunteer.locator(".case-title .tag")).to_have_text(says["done"])
    _sound(volunteer)
    kept(volunteer, f"team-part-done-{lang}")
    volunteer.set_viewport_size({"width": 1280, "height": 800})
    kept(volunteer, f"team-part-done-wide-{lang}")
    assert volunteer.request.get(address).status == 404

    head.reload()
    expect(head.locator("#part-1")).to_contain_text("捡了三袋。")
    expect(head.locator(".case-history")).to_contain_text(_NAMES["zh"])
    kept(head, f"teams-case-{lang}")
