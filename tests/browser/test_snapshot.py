"""A map in one file, opened in a browser without a network."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Request

from api.app import STATIC
from grids.language import Language
from maps.handout import Asked, Handout
from maps.snapshot import Assets, snapshot
from maps.style import Theme
from tests.browser.conftest import DESK, PHONE, until
from tests.handouts import handout
from tests.security.payloads import PAYLOADS

_COLOUR = """([x, y]) => {
    const found = [...document.querySelectorAll("canvas.leaflet-zoom-animated")].at(-1);
    const box = found.getBoundingClientRect();
    const pen = found.getContext("2d");
    const scale = found.width / box.width;
    return [...pen.getImageData((x - box.x) * scale, (y - box.y) * scale, 1, 1).data];
}"""


@dataclass
class Reader:
    """Opens files, and keeps a list of what no file may do."""

    browser: Browser
    folder: Path
    wrongs: list[str] = field(default_factory=list)
    contexts: list[BrowserContext] = field(default_factory=list)

    def open(self, drawn: Handout, *, wide: bool = True, theme: Theme = "light") -> Page:
        """Answer the page of a map, once it has been drawn."""
        names = json.loads((STATIC / "manifest.json").read_text(encoding="utf-8"))
        css = "snapshot.css" if theme == "light" else "snapshot-dark.css"
        assets = Assets(*((STATIC / names[name]).read_text(encoding="utf-8") for name in ("snapshot.js", css)))
        file = self.folder / "map.html"
        file.write_text(snapshot(drawn, assets, theme), encoding="utf-8")
        context = self.browser.new_context(viewport=DESK if wide else PHONE)  # type: ignore[arg-type]
        context.set_offline(True)
        context.route(lambda url: not url.startswith("file:"), lambda route: route.abort())
        context.on("request", self._asked)
        self.contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: self.wrongs.append(f"script: {error}"))
        page.on("console", self._said)
        page.on("dialog", lambda dialog: self.wrongs.append(f"dialog: {dialog.message}"))
        page.goto(file.as_uri())
        page.locator("html[data-drawn]").wait_for(timeout=20_000)
        return page

    def _said(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            self.wrongs.append(f"console: {message.text}")

    def _asked(self, request: Request) -> None:
        if request.url != (self.folder / "map.html").as_uri():
            self.wrongs.append(f"asked for: {request.url[:200]}")

    def close(self) -> None:
        for context in self.contexts:
            context.close()
        assert not self.wrongs


@pytest.fixture
def reader(browser: Browser, tmp_path: Path) -> Iterator[Reader]:
    opened = Reader(browser, tmp_path)
    yield opened
    opened.close()


def middle(page: Page, n: int) -> tuple[float, float]:
    """Where the grid of a number is on the screen."""
    at: Any = page.evaluate(
        """([lat, lon]) => {
            const at = map_0.latLngToContainerPoint([lat, lon]);
            const box = map_0.getContainer().getBoundingClientRect();
            return [at.x + box.x, at.y + box.y];
        }""",
        [39.705 + (n - 1) // 10 * 0.01, 117.005 + (n - 1) % 10 * 0.01],
    )
    return at[0], at[1]


def point_at(page: Page, x: float, y: float) -> None:
    """Move the mouse as a hand does, which rests where it wants to read: Leaflet looks at it every 32 ms at most."""
    page.mouse.move(x, y, steps=3)
    page.wait_for_timeout(50)
    page.mouse.move(x + 1, y)


def facts(page: Page) -> str:
    return " ".join(page.locator("#told").inner_text().split())


def test_it_opens_without_a_network_and_tells_its_figures(reader: Reader) -> None:
    page = reader.open(handout([0, 7, 12, None, *range(5, 21)], hot=True))
    point_at(page, *middle(page, 2))
    until(lambda: facts(page) == "第2网格 西村 案件数 7 代码 9001002", f"the figures are told: {facts(page)}")
    point_at(page, *middle(page, 4))
    until(lambda: "1–4，不公开" in facts(page), "a number that is kept back is not told")
    assert page.locator(".leaflet-control-scale-line").inner_text().endswith(("km", "m"))
    assert page.title() == "小城市未解决案件分布图"


def test_layers_can_be_switched(reader: Reader) -> None:
    page = reader.open(handout([0, 7, 12, None, *range(5, 21)], hot=True))
    boxes = page.locator(".leaflet-control-layers-overlays label")
    assert [text.strip() for text in boxes.all_inner_texts()] == ["统计", "热点", "上级界线", "地名"]
    assert [box.is_checked() for box in boxes.locator("input").all()] == [True, False, True, True]
    spot = middle(page, 1)
    beside = [spot[0] + 4, spot[1] + 20]
    before = page.evaluate(_COLOUR, beside)
    boxes.nth(1).click()
    until(lambda: page.evaluate(_COLOUR, beside) != before, "a hotspot lies over its cell")
    point_at(page, spot[0] + 4, spot[1] + 20)
    until(lambda: "显著热点（99%）" in facts(page), f"the hotspot is told: {facts(page)}")
    assert "< 0.0001" in facts(page)
    assert page.locator(".name").count() > 0
    boxes.nth(3).click()
    until(lambda: page.locator(".name").count() == 0, "the names go")


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_hostile_names_stay_names(reader: Reader, lang: Language) -> None:
    asked = Asked(title=PAYLOADS[4], family=PAYLOADS[1], channel=PAYLOADS[26], name=PAYLOADS[13])
    page = reader.open(
        handout(
            [7] * len(PAYLOADS), names=PAYLOADS, public=False, lang=lang, asked=asked, edition=PAYLOADS[10], hot=True
        )
    )
    assert page.locator("h1").inner_text() == PAYLOADS[4]
    page.locator(".leaflet-control-zoom-in").click(click_count=2)
    until(lambda: not page.evaluate("map_0._animatingZoom"), "the map stands still")
    for n in range(1, len(PAYLOADS) + 1, 3):
        page.evaluate(
            "([lat, lon]) => { map_0.setView([lat, lon], 15, { animate: false }); }",
            [39.705 + (n - 1) // 10 * 0.01, 117.005 + (n - 1) % 10 * 0.01],
        )
        page.mouse.click(*middle(page, n))
        wanted = PAYLOADS[n - 1].replace("\0", "\ufffd")
        told = page.locator("#told h2")
        until(lambda: told.count() == 1 and told.text_content() in (wanted, PAYLOADS[n - 1]), f"{wanted!r} is told")  # noqa: B023
        assert page.locator("#told h2 *").count() == 0
    assert page.locator(".name span *").count() == 0
    assert page.evaluate("window.pwned") is None
    assert page.locator("script").count() == 3


def test_on_a_phone_nothing_is_cut_off(reader: Reader) -> None:
    page = reader.open(handout([0, 7, 12, None], hot=True), wide=False)
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    x, y = middle(page, 3)
    page.mouse.click(x, y)
    until(lambda: facts(page).startswith("第3网格"), "a tap tells the figures")
    box = page.locator(".leaflet-control-zoom-in").bounding_box()
    assert box is not None
    assert min(box["width"], box["height"]) >= 40
    # From afar the highest names stay.
    page.evaluate("map_0.setZoom(map_0.getZoom() - 2, { animate: false })")
    until(lambda: page.locator(".name-1").count() > 0, "it is named where this is")


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_it_can_be_read_by_all(reader: Reader, theme: Theme) -> None:
    page = reader.open(handout([0, 7, 12, None], hot=True), theme=theme)
    # The policy of the file lets no foreign script in; the checker is let in by a page without it.
    bare = reader.folder / "map.html"
    bare.write_text(bare.read_text(encoding="utf-8").replace("Content-Security-Policy", "x-none"), encoding="utf-8")
    page.reload()
    page.locator("html[data-drawn]").wait_for()
    found = Axe().run(page)
    assert not found.response["violations"], found.generate_report()


def test_dark_and_light_differ(reader: Reader) -> None:
    grounds = {
        theme: reader.open(handout([0, 7]), theme=theme).evaluate("getComputedStyle(document.body).backgroundColor")
        for theme in ("light", "dark")
    }
    assert grounds["light"] != grounds["dark"]


def test_without_script_the_legend_can_be_read(reader: Reader) -> None:
    page = reader.open(handout([0, 7, 12]))
    context = reader.browser.new_context(java_script_enabled=False)
    reader.contexts.append(context)
    bare = context.new_page()
    bare.goto(page.url)
    assert "这张地图要用浏览器打开" in bare.locator("body").inner_text()
    assert bare.locator(".legend li").count() == 3
