"""Every page in both languages and both themes: accessible, narrow enough, light enough, readable, and in Han type."""

from itertools import product
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from api.pages.marks import MARKS
from tests.browser.conftest import Visitors, drawn
from tests.little_town import HEADED, IN_HEADED, VILLAGE

PUBLIC = (
    "/report",
    f"/report?lon={IN_HEADED[0]}&lat={IN_HEADED[1]}",
    "/status",
    "/login",
    f"/areas/{VILLAGE}",
    "/areas/999",
)
STAFF = (f"/areas/{HEADED}", "/styleguide", "/report")
BUDGET_BYTES = 150_000
RULES = {
    "runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
}


def _report(page: Page) -> None:
    """Send one report, so that the pages have something to show; ends on its receipt."""
    page.goto(f"/report?lon={IN_HEADED[0]}&lat={IN_HEADED[1]}")
    page.locator("input[name=category]").first.check()
    page.fill("#text", "积水没过脚面，老人出不了门。")
    page.click("#send")
    page.wait_for_url("**/status/**")


def _violations(page: Page) -> list[str]:
    found = Axe().run(page, options=RULES).response["violations"]
    return [f"{page.url} {v['id']}: {[n['target'] for n in v['nodes']]}" for v in found]


@pytest.mark.parametrize(("lang", "dark"), list(product(("zh", "en"), (False, True))))
def test_no_violation_of_accessibility(visitors: Visitors, lang: str, dark: bool) -> None:
    page = visitors.come(lang=lang, dark=dark)
    if dark:
        # The map's controls are the same by night, and drawing it is slow here.
        visitors.without_maps()
    _report(page)
    wrongs = _violations(page)
    for path in PUBLIC:
        page.goto(path)
        wrongs += _violations(page)
    page.goto("/report")
    page.click("#send")
    wrongs += _violations(page)
    staff = visitors.log_in("head", lang=lang, dark=dark, wide=True)
    for path in STAFF:
        staff.goto(path)
        wrongs += _violations(staff)
    assert not wrongs, "\n".join(wrongs)


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_reference_of_the_interface(visitors: Visitors, lang: str) -> None:
    page = visitors.come(lang=lang, wide=True)
    page.goto("/docs")
    page.locator("#reference[data-ready]").wait_for()
    expect(page.locator("#reference")).to_contain_text("/api/locate")
    wrongs = _violations(page)
    assert not wrongs, "\n".join(wrongs)


@pytest.mark.parametrize(("lang", "size"), list(product(("zh", "en"), ("normal", "large"))))
def test_360_pixels_need_no_scrolling_sideways(visitors: Visitors, lang: str, size: str) -> None:
    page = visitors.come(lang=lang)
    page.set_viewport_size({"width": 360, "height": 740})
    _report(page)
    wide = []
    for path in (page.url, *PUBLIC):
        page.goto(f"{path}{'&' if '?' in path else '?'}type={size}")
        if page.evaluate("document.documentElement.scrollWidth") > 360:
            wide.append(path)
    assert wide == []


def test_switches_are_remembered(visitors: Visitors) -> None:
    page = visitors.come()
    page.goto("/status")
    page.get_by_role("link", name="大字").click()
    page.get_by_role("link", name="English").click()
    page.get_by_role("link", name="Dark").click()
    page.goto("/login")
    root = page.locator("html")
    expect(root).to_have_attribute("lang", "en")
    expect(root).to_have_attribute("data-type", "large")
    assert page.evaluate("getComputedStyle(document.documentElement).fontSize") == "21.6px"
    assert page.evaluate("getComputedStyle(document.documentElement).colorScheme") == "dark"


def test_every_page_of_a_demo_says_so(visitors: Visitors) -> None:
    page = visitors.come()
    for path in PUBLIC:
        page.goto(path)
        expect(page.locator(".demo")).to_have_text("演示数据")


def test_the_report_page_is_light_and_usable_before_the_map(visitors: Visitors) -> None:
    page = visitors.come()
    session = page.context.new_cdp_session(page)
    session.send("Network.enable")
    weights: dict[str, int] = {}
    names: dict[str, str] = {}
    session.on("Network.requestWillBeSent", lambda e: names.update({e["requestId"]: e["request"]["url"]}))
    session.on(
        "Network.loadingFinished",
        lambda e: weights.update({names.get(e["requestId"], "?"): int(e["encodedDataLength"])}),
    )
    # The map never arrives; the page must not mind.
    visitors.without_maps()
    page.goto("/report")
    page.get_by_text("乱倒垃圾").click()
    page.fill("#text", "没有地图也能说。")
    page.click("#by-name summary")
    page.fill("#q", "东村第一")
    page.get_by_label("东村第一网格").check()
    expect(page.locator("#send-words")).to_have_text("送给东村第一网格长")
    page.wait_for_timeout(500)
    total = sum(weight for name, weight in weights.items() if "maplibre" not in name)
    assert total > 5_000, weights
    assert total <= BUDGET_BYTES, weights
    expect(page.locator(".map-wait")).to_contain_text("不用地图也能说事")


def test_without_script_every_page_can_be_read(visitors: Visitors) -> None:
    page = visitors.come(script=False)
    for path in PUBLIC[:-1]:
        answer = page.goto(path)
        assert answer
        assert answer.ok
        expect(page.locator("h1").first).to_be_visible()
        expect(page.locator("#map")).not_to_be_visible()


_TOFU = """text => {
    const family = getComputedStyle(document.body).fontFamily;
    const draw = (character) => {
        const canvas = new OffscreenCanvas(64, 64);
        const pen = canvas.getContext("2d");
        pen.font = `48px ${family}`;
        pen.fillText(character, 4, 52);
        return pen.getImageData(0, 0, 64, 64).data.join();
    };
    const empty = draw(" ");
    // Two characters that nobody has assigned look alike: the box that stands for what a font does not have.
    const boxes = new Set([draw("\\u{50000}"), draw("\\u{60000}")]);
    return [...text].filter((one) => one.trim()).filter((one) => [empty, ...boxes].includes(draw(one)));
}"""


def test_no_han_glyph_is_missing(visitors: Visitors) -> None:
    page = visitors.come()
    page.goto(f"/report?lon={IN_HEADED[0]}&lat={IN_HEADED[1]}")
    text = page.locator("body").inner_text()
    assert "网格" in text
    assert page.evaluate(_TOFU, "".join(sorted(set(text) - set("🗺")))) == []
    # The test itself can fail: a character of no font is found.
    assert page.evaluate(_TOFU, "网\U00050001") == ["\U00050001"]
    session = page.context.new_cdp_session(page)
    session.send("DOM.enable")
    session.send("CSS.enable")
    root = session.send("DOM.getDocument")["root"]["nodeId"]
    node = session.send("DOM.querySelector", {"nodeId": root, "selector": "h1"})["nodeId"]
    fonts = session.send("CSS.getPlatformFontsForNode", {"nodeId": node})["fonts"]
    assert fonts
    assert all("CJK" in f["familyName"] or "Han" in f["familyName"] for f in fonts), fonts


def test_names_stand_on_the_map(visitors: Visitors) -> None:
    page = visitors.come(wide=True)
    page.goto(f"/areas/{VILLAGE}")
    drawn(page)
    assert int(page.locator("#map").get_attribute("data-drawn") or 0) >= 2
    # Names are drawn by the browser's own fonts: the style names no glyphs to fetch, and the type is the page's.
    style = page.request.get(
        page.evaluate("JSON.parse(document.getElementById('page-data').textContent).map.style").replace(
            "THEME", "light"
        )
    ).json()
    assert "glyphs" not in style
    assert {"Noto Sans CJK SC", "Noto Sans SC"} <= set(style["layers"][-1]["layout"]["text-font"])


def test_dark_and_light_maps_differ(visitors: Visitors) -> None:
    pictures = []
    for dark in (False, True):
        page = visitors.come(dark=dark)
        page.goto("/report")
        drawn(page)
        pictures.append(page.locator("#map").screenshot())
    assert pictures[0] != pictures[1]


def test_the_style_guide_is_photographed(visitors: Visitors, tmp_path: Path) -> None:
    pictures = []
    for dark in (False, True):
        page = visitors.log_in("head", dark=dark, wide=True)
        page.goto("/styleguide")
        pictures.append(page.screenshot(path=tmp_path / f"styleguide-{dark}.png", full_page=True))
        for mark in MARKS:
            expect(page.locator(f".mark-{mark}").first).to_be_visible()
    assert pictures[0] != pictures[1]
