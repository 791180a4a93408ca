"""Take pictures of the pages from a running demo, to be looked at; the small ones of the README among them.

    python -m tests.browser.take_screenshots http://127.0.0.1:8000 --log-ins var/demo-log-ins.json
    python -m tests.browser.take_screenshots http://127.0.0.1:8000 --log-ins var/demo-log-ins.json --all --out pictures

Owns which pages are shown, how large, and to whom; writes ``docs/screenshots/*.png``.  ``--all``: every working page on
a telephone and a desk, and every layer of the planner at the zoom of city, township and grid, light and dark.
"""

import argparse
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from typing import Final

from playwright.sync_api import Browser, Page, ViewportSize, sync_playwright

from maps.questions import Layer
from tests.browser.conftest import CHROMIUM, FLAGS, drawn

FOLDER = Path(__file__).parents[2] / "docs" / "screenshots"
PHONE: ViewportSize = {"width": 390, "height": 760}
DESK: ViewportSize = {"width": 1120, "height": 660}
# The grid of the sample's story.
GRID = "131024106999001"
_WORKING: Final = {
    "desk": "/desk", "dispatcher": "/desk", "supervisor": "/supervision", "head": "/day", "member": "/day",
    "handler": "/inbox", "clerk": "/moderation",
}  # fmt: skip
# What the planner's map is fitted to.
_ZOOMS: Final = {"city": 9.0, "township": 11.5, "grid": 14.0}


@dataclass(frozen=True)
class Shot:
    """A picture: what is shown, to whom (a log-in of the demo), in what language and light."""

    name: str
    show: Callable[[Page], None]
    size: ViewportSize
    lang: str
    login: str = ""
    dark: bool = False


def main() -> None:
    """Take the pictures of the README, or all."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("url", help="address of the running demo")
    asked.add_argument("--log-ins", type=Path, required=True, help="the demo's log-ins: var/demo-log-ins.json")
    asked.add_argument("--all", action="store_true", help="every page and every layer, not those of the README alone")
    asked.add_argument("--out", type=Path, default=FOLDER)
    given = asked.parse_args()
    given.out.mkdir(parents=True, exist_ok=True)
    passwords: dict[str, str] = json.loads(given.log_ins.read_text(encoding="utf-8"))
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        for shot in (*_working(), *_layers(), *_of_the_readme()) if given.all else _of_the_readme():
            _take(browser, given.url, shot, given.out / f"{shot.name}-{shot.lang}.png", passwords)
        browser.close()


def _of_the_readme() -> Iterator[Shot]:
    for lang in ("zh", "en"):
        yield Shot("report-phone", _report, PHONE, lang)
        yield Shot("area-desktop", _area, DESK, lang, "head")
        yield Shot("planner-desktop", _planner, DESK, lang)
    # Last, because these send something.
    for lang in ("zh", "en"):
        yield Shot("receipt-phone", _receipt, PHONE, lang)


def _working() -> Iterator[Shot]:
    for lang, (kind, size) in product(("zh", "en"), (("phone", PHONE), ("desktop", DESK))):
        for login, address in _WORKING.items():
            yield Shot(f"{login}{address.replace('/', '-')}-{kind}", _goes(address), size, lang, login)
        for login in ("desk", "head"):
            yield Shot(f"{login}-case-{kind}", _first_case(_WORKING[login]), size, lang, login)
            yield Shot(f"{login}-week-{kind}", _goes("/week"), size, lang, login)
            yield Shot(f"{login}-watch-{kind}", _goes("/watch"), size, lang, login)
        yield Shot(f"desk-place-{kind}", _first_case("/watch", "places"), size, lang, "desk")


def _layers() -> Iterator[Shot]:
    for lang, dark, layer, (where, zoom) in product(("zh", "en"), (False, True), Layer, _ZOOMS.items()):
        name = f"planner-{layer}-{where}-{'dark' if dark else 'light'}"
        yield Shot(name, _layer(layer, zoom), DESK, lang, "planner", dark)


def _take(browser: Browser, url: str, shot: Shot, path: Path, passwords: dict[str, str]) -> None:
    context = browser.new_context(
        base_url=url,
        locale="zh-CN" if shot.lang == "zh" else "en-GB",
        viewport=shot.size,
        color_scheme="dark" if shot.dark else "light",
        reduced_motion="reduce",
    )
    page = context.new_page()
    if shot.login:
        page.goto("/login")
        page.fill("#login", shot.login)
        page.fill("#password", passwords[shot.login])
        page.click("main button.primary")
        page.wait_for_url(lambda address: not address.endswith("/login"))
    shot.show(page)
    page.wait_for_timeout(500)
    page.screenshot(path=path)
    context.close()
    print(f"{path}  {path.stat().st_size // 1000} kB")  # noqa: T201


def _goes(address: str) -> Callable[[Page], None]:
    def show(page: Page) -> None:
        page.goto(address)

    return show


def _first_case(address: str, kind: str = "cases") -> Callable[[Page], None]:
    def show(page: Page) -> None:
        page.goto(address)
        page.locator(f"main a[href^='/{kind}/']").first.click()
        page.wait_for_url(f"**/{kind}/*")

    return show


def _layer(layer: str, zoom: float) -> Callable[[Page], None]:
    def show(page: Page) -> None:
        lon, lat = _spot(page)
        page.goto(f"/planner?layer={layer}&z={zoom}&lon={lon:.5f}&lat={lat:.5f}")
        page.locator("#map[data-complete]").wait_for()

    return show


def _spot(page: Page) -> tuple[float, float]:
    """A place in the grid of the story."""
    lon, lat = page.request.get(f"/api/areas/{GRID}").json()["label"]
    return lon, lat


def _pinned(page: Page) -> None:
    lon, lat = _spot(page)
    page.goto(f"/report?lon={lon:.6f}&lat={lat:.6f}")


def _report(page: Page) -> None:
    _pinned(page)
    drawn(page)


def _receipt(page: Page) -> None:
    _pinned(page)
    page.locator("input[name=category][value=dumping]").check()
    page.fill("#text", "演示：沟边又有人倒垃圾。")
    page.click("#send")
    page.wait_for_url("**/status/**")


def _area(page: Page) -> None:
    page.goto(f"/areas/{GRID}")
    drawn(page)
    page.locator("#map[data-cases]").wait_for()


def _planner(page: Page) -> None:
    page.goto("/planner")
    page.locator("#map[data-complete]").wait_for()


if __name__ == "__main__":
    main()
