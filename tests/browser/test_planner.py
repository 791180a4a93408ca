"""The planner's page in a real browser: its address, its keys, its table, its rights, and what it makes of odd data."""

import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from io import BytesIO
from itertools import product
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import psycopg
import pytest
from axe_playwright_python.sync_playwright import Axe
from PIL import Image
from playwright.sync_api import Browser, Dialog, Page, expect

from gis.store import Store
from tests.browser.conftest import Visitors, kept, serving, until
from tests.conftest import cloned
from tests.heaped import heap
from tests.little_town import DEPUTISED, HEADED, IN_DEPUTISED, IN_HEADED, VACANT, VILLAGE, Told

HOSTILE = "<img src=x onerror=alert(1)>${7*7}</script>网格"
WORDS = "村口的垃圾堆了三天。"
RULES = {
    "runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
}


@pytest.fixture(scope="module")
def planned(server: Store, browser: Browser) -> Iterator[str]:
    """A service of this module's own: six reports in one grid, one in the next, a third with a hostile name."""
    with cloned(server) as store, serving(store) as address:
        with psycopg.connect(store.dsn("migrate")) as connection:
            connection.execute("SET ROLE gridwarden_owner")
            connection.execute("UPDATE boundaries SET name = %s WHERE code = %s", (HOSTILE, VACANT))
        context = browser.new_context(base_url=address)
        for n, place in enumerate([IN_HEADED] * 6 + [IN_DEPUTISED]):
            body = Told(place[0] + n / 10_000, place[1], text=WORDS).body()
            headers = {"Idempotency-Key": f"a-report-of-the-planner-{n}"}
            assert context.request.post("/api/reports", data=body, headers=headers).status == 201
        context.close()
        yield address


@pytest.fixture
def guests(browser: Browser, planned: str) -> Iterator[Visitors]:
    come = Visitors(browser, planned)
    yield come
    come.leave()


def opened(page: Page, path: str = "/planner") -> Page:
    page.goto(path)
    stands(page)
    return page


def stands(page: Page) -> None:
    """Wait until the map stands complete."""
    page.locator("#map[data-complete]").wait_for(state="attached", timeout=20_000)


def painted(page: Page) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(page.locator("#told .painted").text_content() or "")
    return found


def asked(page: Page) -> dict[str, str]:
    # Not page.url, which stands still while nobody listens to the browser's events.
    return {name: values[0] for name, values in parse_qs(page.evaluate("location.search.slice(1)")).items()}


def middle(page: Page) -> tuple[float, float]:
    box = page.locator("#map").bounding_box()
    assert box
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def over(lon_lat: tuple[float, float], zoom: float = 14) -> str:
    return f"z={zoom}&lon={lon_lat[0]}&lat={lon_lat[1]}"


def test_everything_stands_in_the_address(guests: Visitors) -> None:
    page = opened(guests.log_in("planner", wide=True))
    assert asked(page) == {}
    expect(page.locator("#sentence")).to_contain_text("近12个月收到的案件中，今天仍未解决的")
    page.locator(".chip", has_text="收到").click()
    expect(page.locator(".total")).to_have_text("7 条")
    page.select_option("#level", "grid")
    page.select_option("#per", "households")
    expect(page.locator("#legend-heading")).to_have_text("每千户条数")
    assert asked(page) == {"layer": "received", "level": "grid", "per": "households"}
    mailed = page.url
    page.go_back()
    expect(page.locator("#legend-heading")).to_have_text("说事条数")
    expect(page.locator("#per")).to_have_value("")
    page.go_back()
    page.go_back()
    expect(page.locator("#sentence")).to_contain_text("未解决")
    expect(page.locator("input[name=layer]:checked")).to_have_value("")
    page.go_forward()
    expect(page.locator(".total")).to_have_text("7 条")
    other = opened(guests.come(wide=True), mailed)
    expect(other.locator("input[name=layer]:checked")).to_have_value("received")
    expect(other.locator("#level")).to_have_value("grid")


def test_no_tile_is_asked_for_where_nothing_lies(guests: Visitors) -> None:
    page = guests.log_in("planner", wide=True)
    answers: list[tuple[str, int]] = []
    page.on("response", lambda each: answers.append((each.url, len(each.body()))) if ".mvt" in each.url else None)
    opened(page, "/planner?layer=received&z=7&lon=117&lat=39.7")
    assert answers
    assert [url for url, size in answers if size == 0] == []


def test_the_map_keeps_its_place_and_the_level_follows_the_zoom(guests: Visitors) -> None:
    page = opened(guests.log_in("planner", wide=True), f"/planner?{over(IN_HEADED, 11)}")
    assert painted(page)["kind"] == "village"
    page.locator("#map canvas").focus()
    for _ in range(2):
        page.keyboard.press("Equal")
        page.wait_for_timeout(500)
    until(lambda: painted(page)["kind"] == "grid", "the grids are shown")
    until(lambda: float(asked(page)["z"]) > 12, "the address tells the zoom")
    page.select_option("#level", "village")
    until(lambda: painted(page)["kind"] == "village", "a chosen level stays")


def test_keys_reach_every_unit(guests: Visitors) -> None:
    page = opened(guests.log_in("planner", wide=True), "/planner?layer=received")
    page.keyboard.press("/")
    expect(page.locator("#q")).to_be_focused()
    page.keyboard.type("东村第二")
    page.locator("#hits button").first.wait_for()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.locator("#unit h2")).to_have_text("东村第二网格")
    expect(page.locator("#unit-body")).to_be_focused()
    assert asked(page)["unit"] == DEPUTISED
    until(lambda: float(asked(page).get("z", "0")) > 12, "the map came to it")
    page.keyboard.press("Escape")
    expect(page.locator("#unit")).to_be_hidden()
    assert "unit" not in asked(page)
    page.keyboard.press("[")
    until(lambda: asked(page).get("level") == "village", "[ is one level up")
    page.keyboard.press("]")
    until(lambda: asked(page).get("level") == "grid", "] is one level down")


def test_the_search_knows_pinyin(guests: Visitors) -> None:
    page = opened(guests.come(wide=True))
    page.keyboard.press("/")
    page.keyboard.type("dongcun")
    expect(page.locator("#hits button").first).to_contain_text("东村")


def test_the_keys_can_be_switched_off(guests: Visitors) -> None:
    page = opened(guests.come(wide=True))
    page.locator(".planner-keys summary").click()
    page.uncheck("#keys-on")
    page.locator("#map canvas").focus()
    page.keyboard.press("/")
    expect(page.locator("#q")).not_to_be_focused()


def test_the_table_has_the_figures_of_the_map_and_leads_to_it(guests: Visitors) -> None:
    page = opened(guests.log_in("planner", wide=True), "/planner?layer=received&level=grid&view=table")
    expect(page.locator("#map")).to_be_hidden()
    rows = page.locator("#table tbody tr")
    numbers = {row.locator("a").get_attribute("data-unit"): row.locator(".numeric").inner_text() for row in rows.all()}
    assert numbers == dict(zip([HEADED, DEPUTISED, VACANT], map(str, painted(page)["counts"]), strict=True))
    page.locator("#table th a", has_text="收到").click()
    page.locator("#table th[aria-sort=descending]", has_text="收到").wait_for()
    assert asked(page)["sort"] == "-count"
    link = page.locator("#table tbody a", has_text="东村第一网格")
    link.focus()
    page.keyboard.press("Enter")
    expect(page.locator("#unit h2")).to_have_text("东村第一网格")
    expect(page.locator("#map")).to_be_visible()
    expect(page.locator("#unit-cases ~ ul li")).to_have_count(6)


@pytest.mark.parametrize(("wide", "lang"), [(True, "zh"), (False, "zh"), (True, "en"), (False, "en")])
def test_the_table_can_be_taken_away(guests: Visitors, tmp_path: Path, wide: bool, lang: str) -> None:
    page = opened(
        guests.log_in("planner", wide=wide), f"/planner?layer=received&level=grid&view=table&per=households&lang={lang}"
    )
    kept(page, f"planner-download-{lang}-{1280 if wide else 390}")
    assert page.evaluate("document.documentElement.scrollWidth") <= (1280 if wide else 390)
    assert [v["id"] for v in Axe().run(page, options=RULES).response["violations"]] == []
    link = page.locator(".downloads a", has_text="CSV")
    box = link.bounding_box()
    assert box
    assert box["height"] >= 24
    # Sorted in place, the link is that of the new order.
    page.locator("#table thead a").first.click()
    page.locator("#table th[aria-sort=ascending]").first.wait_for()
    link.focus()
    with page.expect_download() as coming:
        page.keyboard.press("Enter")
    assert coming.value.suggested_filename == "received-grid.csv"
    coming.value.save_as(tmp_path / "a.csv")
    rows = (tmp_path / "a.csv").read_text(encoding="utf-8-sig").splitlines()
    assert [row.split(",")[0].strip('"') for row in rows[1:]] == [HEADED, DEPUTISED, VACANT]
    expect(page.locator("#table tbody tr")).to_have_count(3)


def test_pointing_and_clicking(guests: Visitors) -> None:
    page = opened(guests.log_in("planner", wide=True), f"/planner?layer=received&{over(IN_HEADED)}")
    x, y = middle(page)
    page.mouse.move(x + 4, y)

    def told() -> bool:
        page.mouse.move(x, y)
        page.mouse.move(x + 1, y)
        return "东村第一网格" in page.locator("#tip").inner_text() if page.locator("#tip").is_visible() else False

    until(told, "the label names the unit")
    expect(page.locator("#tip")).to_contain_text("收到：6 条")
    page.mouse.click(x, y)
    expect(page.locator("#unit h2")).to_have_text("东村第一网格")
    assert asked(page)["unit"] == HEADED
    expect(page.locator("#unit .first dd")).to_have_text("6")
    expect(page.locator("#unit .unit-do a")).to_have_attribute("href", f"/areas/{HEADED}")
    row = page.locator(".class", has_text="6")
    row.click()
    expect(row).to_have_attribute("aria-pressed", "true")


def test_one_period_against_another_is_another_map(guests: Visitors) -> None:
    page = opened(guests.log_in("planner", wide=True), "/planner?layer=received&level=grid")
    page.select_option("#period", "30d")
    page.select_option("#vs", "before")
    expect(page.locator("#legend-heading")).to_have_text("数量的变化")
    assert painted(page)["values"] == [6, 1, 0]
    expect(page.locator(".swatch-div-p3")).to_have_count(1)
    expect(page.locator(".classes")).to_contain_text("+6")


def test_dates_the_wrong_way_round_are_told_at_their_field(guests: Visitors) -> None:
    page = opened(guests.come(wide=True))
    page.select_option("#period", "days")
    page.fill("#from", "2026-03-01")
    page.fill("#to", "2026-02-01")
    page.locator("#to").blur()
    expect(page.locator("#to-error")).to_contain_text("结束要晚于开始")
    expect(page.locator("#to")).to_have_attribute("aria-invalid", "true")
    expect(page.locator("#sentence")).to_contain_text("近12个月")
    page.fill("#to", "2026-04-01")
    page.locator("#to").blur()
    expect(page.locator("#sentence")).to_contain_text("2026年3月1日至2026年3月31日")
    expect(page.locator("#to-error")).to_have_count(0)


def test_rights(guests: Visitors) -> None:
    public = opened(guests.come(wide=True), f"/planner?layer=received&level=grid&unit={DEPUTISED}")
    # With the total told, one number left out could be reckoned from the others: the next one goes with it.
    assert painted(public)["counts"] == [None, None, 0]
    expect(public.locator(".classes")).to_contain_text("1–4，不公开")
    expect(public.locator("#unit")).to_contain_text("案件清单只给负责这里的工作人员看")
    assert public.locator("#level option[value=cell-8]").count() == 0
    planner = opened(guests.log_in("planner", wide=True), f"/planner?layer=received&level=grid&unit={HEADED}")
    expect(planner.locator(".unit-cases li")).to_have_count(6)
    expect(planner.locator("main")).not_to_contain_text(WORDS)
    head = opened(guests.log_in("head", wide=True), f"/planner?layer=received&unit={HEADED}")
    expect(head.locator(".unit-cases li")).to_have_count(6)
    opened(head, f"/planner?layer=received&unit={DEPUTISED}")
    expect(head.locator(".unit-cases li")).to_have_count(0)


def test_an_empty_layer_is_an_honest_map(guests: Visitors) -> None:
    page = opened(guests.log_in("planner", wide=True), "/planner?layer=reopened")
    expect(page.locator(".planner-legend")).to_contain_text("没有重新打开的")
    expect(page.locator(".total")).to_have_text("0 件")


def test_too_few_for_hotspots_is_said(guests: Visitors) -> None:
    page = opened(guests.log_in("planner", wide=True), "/planner?layer=received")
    page.locator(".toggle", has_text="热点").click()
    expect(page.locator(".planner-legend")).to_contain_text("太少")
    assert asked(page)["hotspots"] == "1"
    page.locator(".toggle", has_text="热点").click()
    expect(page.locator("#legend-heading")).to_have_text("说事条数")


@pytest.fixture(scope="module")
def gathered(server: Store, browser: Browser) -> Iterator[str]:
    """A service over a town where sixty reports of two hundred and sixty lie together."""
    assert browser
    with cloned(server) as store, serving(store) as address:
        heap(store, datetime.now(UTC) - timedelta(days=10))
        yield address


@pytest.fixture
def crowd(browser: Browser, gathered: str) -> Iterator[Visitors]:
    come = Visitors(browser, gathered)
    yield come
    come.leave()


def hot_cell(page: Page) -> tuple[str, tuple[float, float]]:
    """The key of a cell that is hot at 99 %, and its middle."""
    found = painted(page)["hotspots"]
    n = found["n"][found["bin"].index(3)]
    index = page.request.get(painted(page)["index"].replace("KIND", found["kind"])).json()
    lon, lat = index["centres"][n - 1]
    return index["keys"][n - 1], (lon, lat)


def like(colour: tuple[int, ...], page: Page) -> bool:
    """Whether a colour is seen about the middle of the map, where a name or a border may lie on some of it."""
    x, y = middle(page)
    clip: Any = {"x": x - 20, "y": y - 20, "width": 40, "height": 40}
    with Image.open(BytesIO(page.screenshot(clip=clip))) as shot:
        seen = [shot.convert("RGB").getpixel(at) for at in product((2, 20, 38), (2, 20, 38))]
    return any(
        max(abs(a - b) for a, b in zip(colour, each, strict=True)) <= 2 for each in seen if isinstance(each, tuple)
    )


@pytest.mark.parametrize("dark", [False, True])
def test_a_hotspot_is_painted_in_the_colour_of_the_legend(crowd: Visitors, dark: bool) -> None:
    page = opened(crowd.log_in("planner", wide=True, dark=dark), "/planner?layer=received&hotspots=1")
    _, (lon, lat) = hot_cell(page)
    opened(page, f"/planner?layer=received&hotspots=1&{over((lon, lat), 15)}")
    legend = page.locator("#told .swatch-hot-3").evaluate("(swatch) => getComputedStyle(swatch).backgroundColor")
    told = tuple(map(int, re.findall(r"\d+", legend)))
    until(lambda: like(told, page), "the cell in the middle has the colour")
    page.locator(".toggle", has_text="热点").click()
    until(lambda: not like(told, page), "the colour goes with the hotspots")


@pytest.mark.parametrize("wide", [False, True])
def test_the_table_of_hotspots_by_keyboard(crowd: Visitors, wide: bool) -> None:
    page = opened(crowd.log_in("planner", wide=wide), "/planner?layer=received&view=table")
    expect(page.locator(".toggle", has_text="点位")).to_be_hidden()
    page.locator("input[name=hotspots]").focus()
    page.keyboard.press("Space")
    first = page.locator("#table tbody tr").first
    expect(first).to_contain_text("热 99%", timeout=20_000)
    assert page.evaluate("document.documentElement.scrollWidth") <= (1280 if wide else 390)
    assert [v["id"] for v in Axe().run(page, options=RULES).response["violations"]] == []
    link = first.locator("a")
    key = link.get_attribute("data-unit")
    box = link.bounding_box()
    assert box
    assert box["height"] >= 24
    link.focus()
    page.keyboard.press("Enter")
    expect(page.locator("#unit .hotspot-said")).to_contain_text("显著热点（99%）", timeout=20_000)
    expect(page.locator("#unit-body")).to_be_focused()
    assert asked(page)["unit"] == key
    assert asked(page)["hotspots"] == "1"


def test_hotspots_without_script(crowd: Visitors) -> None:
    page = crowd.come(script=False)
    page.goto("/planner?layer=received")
    page.check("input[name=hotspots]")
    page.locator(".switches button").click()
    rows = page.locator("#table tbody tr")
    expect(rows.first).to_contain_text("热 99%")
    expect(page.locator(".planner-legend .class")).to_have_count(7)
    rows.first.locator("a").click()
    expect(page.locator("#unit .hotspot-said")).to_contain_text("此处及相邻格")


def test_points_have_a_switch(guests: Visitors) -> None:
    page = opened(guests.log_in("planner", wide=True), f"/planner?layer=received&{over(IN_HEADED)}")
    with page.expect_response(lambda answer: "/tiles/points/" in answer.url) as answer:
        page.locator(".toggle", has_text="点位").click()
    assert answer.value.status == 200
    expect(page.locator(".points-note")).to_be_visible()


def test_an_address_out_of_this_world(guests: Visitors) -> None:
    page = opened(guests.come(wide=True), "/planner?z=30&lon=117&lat=39.7&layer=zzz&level=cell-9")
    expect(page.locator(".planner-complaints li")).to_have_count(3)
    until(lambda: page.locator("#map canvas").is_visible(), "the map stands all the same")


def test_hostile_names_stay_names(guests: Visitors) -> None:
    page = opened(guests.log_in("planner", wide=True), f"/planner?layer=received&level=grid&unit={VACANT}")
    dialogs: list[str] = []

    def refuse(dialog: Dialog) -> None:
        dialogs.append(dialog.message)
        dialog.dismiss()

    page.on("dialog", refuse)
    expect(page.locator("#unit h2")).to_have_text(HOSTILE)
    page.keyboard.press("/")
    page.keyboard.type(VACANT)
    expect(page.locator("#hits")).to_contain_text(HOSTILE)
    page.keyboard.press("Enter")
    x, y = middle(page)

    def told() -> bool:
        page.mouse.move(x - 180, y)
        page.mouse.move(x - 181, y)
        return page.locator("#tip").is_visible() and HOSTILE in page.locator("#tip").inner_text()

    until(told, "the label shows the name as it is")
    page.goto("/planner?layer=received&level=grid&view=table")
    expect(page.locator("#table")).to_contain_text(HOSTILE)
    assert page.locator("main img[src=x]").count() == 0
    assert dialogs == []


def test_without_script_a_form_and_a_table(guests: Visitors) -> None:
    page = guests.come(script=False, wide=True)
    page.goto("/planner")
    page.locator(".chip", has_text="收到").click()
    page.select_option("#level", "village")
    page.get_by_role("button", name="显示").click()
    expect(page.locator("#table tbody tr").first).to_contain_text("东村")
    expect(page.locator("#table tbody tr").first).to_contain_text("7")
    expect(page.locator("#map")).to_be_hidden()
    page.fill("#q", "西村")
    page.get_by_role("button", name="查找").click()
    page.locator("#hits a").first.click()
    expect(page.locator("#unit h2")).to_have_text("西村")


def test_on_a_phone_the_map_stays_and_the_choices_come_up(guests: Visitors) -> None:
    page = opened(guests.come(), "/planner?layer=received")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    expect(page.locator(".total")).to_be_in_viewport()
    expect(page.locator(".class").first).to_be_in_viewport()
    expect(page.locator("#per")).not_to_be_in_viewport()
    page.click("#handle")
    expect(page.locator("#handle")).to_have_attribute("aria-expanded", "true")
    expect(page.locator("#period")).to_be_in_viewport()


def test_enlarged_twice_there_is_still_a_map(guests: Visitors) -> None:
    page = guests.come()
    # A window of 1280 by 800 at 200 %.
    page.set_viewport_size({"width": 640, "height": 400})
    opened(page, "/planner?layer=received")
    assert page.evaluate("document.documentElement.scrollWidth") <= 640
    stage, sheet = page.locator("#map").bounding_box(), page.locator("#panel").bounding_box()
    assert stage
    assert sheet
    assert sheet["y"] - stage["y"] > 200
    expect(page.locator(".total")).to_be_in_viewport()
    page.click("#handle")
    expect(page.locator(".class").first).to_be_in_viewport()


def test_paper_gets_a_picture_of_the_map(guests: Visitors) -> None:
    page = opened(guests.log_in("planner", wide=True), f"/planner?layer=received&{over(IN_HEADED)}")
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    page.emulate_media(media="print")
    picture = page.locator("#print-map")
    expect(picture).to_be_visible()
    assert (picture.get_attribute("src") or "").startswith("data:image/png;base64,")
    # An empty canvas would be a few hundred bytes.
    assert len(picture.get_attribute("src") or "") > 10_000
    expect(page.locator(".planner-legend")).to_be_visible()
    expect(page.locator("#ask")).to_be_hidden()


@pytest.mark.parametrize(("lang", "dark"), list(product(("zh", "en"), (False, True))))
def test_no_violation_of_accessibility(guests: Visitors, lang: str, dark: bool) -> None:
    page = guests.log_in("planner", lang=lang, dark=dark, wide=True)
    wrongs = []
    for path in (f"?layer=received&unit={HEADED}", "?level=village&view=table&vs=before&layer=zzz", "?layer=vacancies"):
        opened(page, f"/planner{path}")
        wrongs += _violations(page)
    phone = opened(guests.come(lang=lang, dark=dark), f"/planner?layer=received&unit={VILLAGE}")
    wrongs += _violations(phone)
    phone.goto("/planner?layer=received")
    phone.click("#handle")
    wrongs += _violations(phone)
    assert not wrongs, "\n".join(wrongs)


def _violations(page: Page) -> list[str]:
    found = Axe().run(page, options=RULES).response["violations"]
    return [f"{page.url} {v['id']}: {[n['target'] for n in v['nodes']]}" for v in found]
