"""Take the small pictures of the README from a running demo.

    python -m tests.browser.take_screenshots http://127.0.0.1:8000 --password PASSWORD

Owns which pages are shown and how large; writes ``docs/screenshots/*.png``.  The password is the one that
``gridwarden demo build`` printed for the log-in ``head``; without it the area map is the public one.
"""

import argparse
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Browser, Page, ViewportSize, sync_playwright

from tests.browser.conftest import CHROMIUM, FLAGS, drawn

FOLDER = Path(__file__).parents[2] / "docs" / "screenshots"
PHONE: ViewportSize = {"width": 390, "height": 760}
DESK: ViewportSize = {"width": 1120, "height": 660}
# The grid of the sample's story.
GRID = "131024106999001"


def main() -> None:
    """Take every picture in both languages."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("url", help="address of the running demo")
    asked.add_argument("--password", help="of the log-in head")
    asked.add_argument("--out", type=Path, default=FOLDER)
    given = asked.parse_args()
    given.out.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)

        def staff(page: Page) -> None:
            _area(page, given.password)

        for lang in ("zh", "en"):
            _take(browser, given.url, lang, PHONE, given.out / f"report-phone-{lang}.png", _report)
            _take(browser, given.url, lang, DESK, given.out / f"area-desktop-{lang}.png", staff)
            _take(browser, given.url, lang, DESK, given.out / f"planner-desktop-{lang}.png", _planner)
        # Last, because these send something.
        for lang in ("zh", "en"):
            _take(browser, given.url, lang, PHONE, given.out / f"receipt-phone-{lang}.png", _receipt)
        browser.close()


def _take(browser: Browser, url: str, lang: str, size: ViewportSize, path: Path, show: Callable[[Page], None]) -> None:
    context = browser.new_context(
        base_url=url, locale="zh-CN" if lang == "zh" else "en-GB", viewport=size, reduced_motion="reduce"
    )
    page = context.new_page()
    show(page)
    page.screenshot(path=path)
    context.close()
    print(f"{path}  {path.stat().st_size // 1000} kB")  # noqa: T201


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
    page.wait_for_timeout(500)


def _receipt(page: Page) -> None:
    _pinned(page)
    page.locator("input[name=category][value=dumping]").check()
    page.fill("#text", "演示：沟边又有人倒垃圾。")
    page.click("#send")
    page.wait_for_url("**/status/**")
    page.wait_for_timeout(500)


def _area(page: Page, password: str | None) -> None:
    if password:
        page.goto("/login")
        page.fill("#login", "head")
        page.fill("#password", password)
        page.click("main button.primary")
        page.wait_for_url("**/areas/**")
    else:
        page.goto(f"/areas/{GRID}")
    drawn(page)
    page.locator("#map[data-cases]").wait_for()
    page.wait_for_timeout(500)


def _planner(page: Page) -> None:
    page.goto("/planner")
    page.locator("#map[data-complete]").wait_for()
    page.wait_for_timeout(500)


if __name__ == "__main__":
    main()
