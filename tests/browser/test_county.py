"""The nursery's case goes on: the county takes it up, a town and two departments act with it, volunteers assist.

In the small county, where every level has its people, as the people in it live it.
"""

import re
from collections.abc import Iterator
from datetime import datetime, timedelta

import psycopg
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from gis.store import Store
from grids.language import LANGUAGES, Language, Words
from tests import little_town, small_county
from tests.browser.at_work import at_work, does
from tests.browser.conftest import Visitors, kept, serving
from tests.browser.test_case import RULES
from tests.conftest import cloned

TOWN, COUNTY = small_county.TOWNSHIP, small_county.COUNTY
SPOTS: dict[Language, tuple[float, float]] = {"zh": (117.0052, 39.6052), "en": (117.0082, 39.6082)}
WORDS = "苗圃东边又有人倒垃圾，已经说过好几次了，怕着火。"
# Who has which part, by whom, and what came of it.
PARTS = (
    (f"{TOWN}值班台", f"desk@{TOWN}", "组织两个村看住路口，夜里有人巡。", "两个村各出两人，夜里守着。"),
    (f"{TOWN}执法队", f"handler@{TOWN}", "查是谁倒的，依法处理。", "查到一辆车，已经立案。"),
    (f"{COUNTY}执法队", f"handler@{COUNTY}", "派吊车和四辆车清运。", "清走了十一车。"),
    ("苗圃志愿队", "volunteer", "清运以后把隔离带上的塑料捡干净。", "捡了三十袋，隔离带干净了。"),
)


def _county(store: Store) -> None:
    """The small county, where everybody has a password, with a team of volunteers."""
    small_county.build(store)
    with psycopg.connect(store.dsn("migrate")) as owner:
        owner.execute("SET ROLE gridwarden_owner")
        owner.execute("UPDATE people SET password_hash = %s WHERE login IS NOT NULL", (little_town.PASSWORD_HASH,))
        owner.execute(
            "INSERT INTO people (name, login, password_hash) VALUES ('志愿者', 'volunteer', %s)",
            (little_town.PASSWORD_HASH,),
        )
        owner.execute(
            "INSERT INTO postings (area_code, role, person_id, desk, during) SELECT %s, 'helper', id, '苗圃志愿队',"
            " '[2020-01-01Z,)' FROM people WHERE login = 'volunteer'",
            (COUNTY,),
        )
        owner.execute("UPDATE recheck_shares SET share = 0")


@pytest.fixture(scope="module")
def site(server: Store) -> Iterator[str]:
    """The address of a service over the county."""
    with cloned(server) as store, serving(store, build=_county) as address:
        yield address


def _team(visitors: Visitors) -> None:
    """Let the county's administrator keep a team of volunteers, once."""
    admin = at_work(visitors, f"administrator@{COUNTY}")
    admin.goto("/teams")
    if "苗圃志愿队" in admin.locator("main").inner_text():
        return
    admin.locator("summary", has=admin.locator("#new")).click()
    admin.fill("#team-name_zh", "苗圃志愿队")
    admin.fill("#team-name_en", "Nursery volunteers")
    admin.locator("#team-kind").select_option("volunteers")
    admin.fill("#team-area_code", COUNTY)
    admin.locator("input[name=skill][value=clean_up]").check()
    admin.fill("#team-areas", COUNTY)
    admin.fill("#team-contact", "县志愿者协会 0316-0000000")
    admin.locator("input[name=always]").check()
    admin.locator("form.team-form button.primary").click()
    expect(admin.locator(".message.good")).to_be_visible()


def _ask(page: Page, whom: str, task: str) -> None:
    ask = page.locator("#part-new-part_ask")
    if not ask.locator("form").is_visible():
        ask.locator("summary").first.click()
    option = ask.locator("select option", has_text=whom).first
    ask.locator("select").first.select_option(option.get_attribute("value"))
    earliest = datetime.fromisoformat(ask.locator("input[name=until]").get_attribute("min") or "")
    ask.locator("input[name=until]").fill((earliest + timedelta(days=3)).strftime("%Y-%m-%dT%H:%M"))
    ask.locator("textarea").fill(task)
    ask.locator("form button").last.click()
    expect(page.locator(".message.good")).to_be_visible()


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_county_takes_it_up_and_all_act_together(visitors: Visitors, lang: Language) -> None:
    t = Words(lang, ("grids", "api"))
    _team(visitors)
    lon, lat = SPOTS[lang]
    resident = visitors.come(lang=lang)
    resident.goto(f"/report?lon={lon}&lat={lat}")
    resident.locator("input[name=category][value=dumping]").check()
    resident.fill("#text", WORDS)
    resident.click("#send")
    resident.wait_for_url("**/status/**")
    link = resident.url.replace("&sent=1", "")
    number = re.sub(r"\D", "", resident.locator("#receipt-number").inner_text())

    # The head says that it is solved, and it is not: the village has it now.
    head = at_work(visitors, "next", wide=False, lang=lang)
    cases = head.request.get(f"/areas/{small_county.GRID}/cases").text()
    newest = max(int(found) for found in re.findall(r'data-case="(\d+)"', cases))
    case = f"/cases/{newest}"
    head.goto(case)
    assert number in head.locator("main").inner_text()
    does(head, "take")
    does(head, "claim", "已经清理。")
    resident.goto(link)
    resident.locator(".say-no:has(#say-deny) > summary").click()
    resident.fill("#say-deny", "没有人来过，垃圾还在。")
    resident.locator(".say-no button").click()
    expect(resident.locator(".message.good")).to_be_visible()

    # It is more than the village can do, and more than the town: the county takes it up.
    for login, why in (
        (f"desk@{small_county.VILLAGE}", "村里没有车，倒垃圾的是外村的。"),
        (f"desk@{TOWN}", "要两个镇和县里的部门一起办。"),
    ):
        page = at_work(visitors, login, lang=lang)
        page.goto(case)
        does(page, "escalate", why)
    expect(page.locator("main")).to_contain_text(f"{COUNTY}值班台")
    head.reload()
    # The level below sees where it went and why; so does whoever reported it.
    expect(head.locator(".time-line")).to_contain_text("要两个镇和县里的部门一起办。")
    resident.reload()
    expect(resident.locator(".time-line")).to_contain_text("要两个镇和县里的部门一起办。")

    county = at_work(visitors, f"desk@{COUNTY}", lang=lang)
    county.goto(case)
    does(county, "take")
    for whom, _, task, _ in PARTS:
        _ask(county, whom if whom != "苗圃志愿队" or lang == "zh" else "Nursery volunteers", task)
    kept(county, f"county-asked-{lang}")
    # Nothing closes while a part is open.
    expect(county.locator("#do-claim")).to_have_count(0)

    for nth, (_, login, task, done) in enumerate(PARTS, 1):
        helper = login == "volunteer"
        assistant = visitors.enter(login, wide=not helper, lang=lang)
        if helper:
            expect(assistant.locator("main")).to_contain_text(task)
            assistant.locator("main li a").first.click()
            assistant.fill("#part_done-words", done)
            assistant.locator("form:has(#part_done-words) button").click()
        else:
            assistant.goto(case)
            expect(assistant.locator("#parts")).to_contain_text(task)
            form = assistant.locator(f"#part-{nth}-part_done")
            form.locator("summary").click()
            form.locator("textarea").fill(done)
            form.locator("button").click()
            expect(assistant.locator(".message.good")).to_be_visible()
        kept(assistant, f"county-part-{nth}-{lang}")
    county.goto(case)
    for _, _, _, done in PARTS:
        expect(county.locator("#parts")).to_contain_text(done)
    does(county, "claim", "垃圾清走，路口有人看，倒垃圾的已经立案。")

    # Its reporter agrees; a supervisor who had no hand in it looks himself, and then it is closed.
    resident.reload()
    resident.locator("#say form button", has_text=t("step-confirm")).click()
    expect(resident.locator(".message.good")).to_be_visible()
    supervisor = at_work(visitors, f"supervisor@{COUNTY}", lang=lang)
    supervisor.goto("/supervision?section=recheck")
    expect(supervisor.locator(f"a[href='{case}']")).to_be_visible()
    kept(supervisor, f"county-board-{lang}")
    supervisor.goto(case)
    does(supervisor, "pass_recheck", "到现场看过，路口有人，苗圃边干净。")
    found = Axe().run(supervisor, options=RULES)
    assert not found.response["violations"], found.generate_report()
    kept(supervisor, f"county-closed-{lang}")
    resident.reload()
    expect(resident.locator("main")).to_contain_text("到现场看过，路口有人，苗圃边干净。")
    kept(resident, f"county-resident-{lang}")
    resident.get_by_label(t("rating-solved"), exact=True).check()
    resident.locator("#say form button").first.click()
    expect(resident.locator(".message.good")).to_be_visible()
