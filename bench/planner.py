"""The planner's first complete map in a real browser, and another layer and another month after it.

Over the data folder that the settings name (a demo city); the peer is the snapshot of the same city by grid: the same
shapes and figures as one file of HTML, as folium alone would be handed out.
"""

import json
import statistics
import tempfile
from collections.abc import Callable
from pathlib import Path
from time import monotonic, sleep

from playwright.sync_api import Browser, BrowserContext, Page, Request, ViewportSize, sync_playwright
from rich.console import Console
from rich.table import Table

from gis.settings import DatabaseSettings
from tests.browser.conftest import CHROMIUM, FLAGS
from tests.serving import gridwarden, serving

ROUNDS = 5
_SIZE: ViewportSize = {"width": 1280, "height": 800}


class _Wire:
    """Bytes over the wire, as the browser counts them: compressed, with headers, nothing for what is kept."""

    def __init__(self, context: BrowserContext) -> None:
        self._finished: list[Request] = []
        context.on("requestfinished", lambda request: self._finished.append(request))

    def taken(self) -> int:
        """Answer what came since the last question."""
        finished, self._finished[:] = list(self._finished), []
        sizes = [request.sizes() for request in finished if request.url.startswith("http")]
        return sum(size["responseBodySize"] + size["responseHeadersSize"] for size in sizes)


def measure() -> None:
    """Print medians in milliseconds and kilobytes."""
    data = DatabaseSettings().data
    kept = data / "demo-log-ins.json"
    if not kept.exists():
        print("no demo city: run ./run demo first")
        return
    password = json.loads(kept.read_text(encoding="utf-8"))["planner"]
    table = Table("what", "median ms", "kB over the wire", title=f"planner's page, {ROUNDS} rounds, 1280 x 800")
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        file = Path(folder) / "peer.html"
        gridwarden(data, "snapshot", "--layer", "unsolved", "--level", "grid", "--out", str(file))
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        with serving(data) as (_, address):
            steps: dict[str, list[tuple[float, int]]] = {}
            for _ in range(ROUNDS):
                for name, spent in _round(browser, address, password).items():
                    steps.setdefault(name, []).append(spent)
                steps.setdefault("peer: one file by folium, 6,000 grids", []).append(_peer(browser, file))
        browser.close()
    for name, rounds in steps.items():
        ms, size = statistics.median(ms for ms, _ in rounds), statistics.median(size for _, size in rounds)
        table.add_row(name, f"{ms:.0f}", f"{size / 1000:.0f}")
    Console(width=100).print(table)


def _round(browser: Browser, address: str, password: str) -> dict[str, tuple[float, int]]:
    before = browser.new_context(viewport=_SIZE, locale="zh-CN")
    page = before.new_page()
    page.goto(f"{address}/login")
    page.fill("#login", "planner")
    page.fill("#password", password)
    page.click("main button.primary")
    page.wait_for_url(lambda url: not url.endswith("/login"))
    # Another browser as far as kept files go, with the same session.
    context = browser.new_context(viewport=_SIZE, locale="zh-CN", storage_state=before.storage_state())
    before.close()
    page = context.new_page()
    wire = _Wire(context)
    spent = {}
    for name, change in {
        "first complete map, nothing kept": lambda: page.goto(f"{address}/planner", wait_until="commit"),
        "another layer": lambda: page.click("label:has(input[name=layer][value=received])"),
        "another month": lambda: page.select_option("select[name=period]", index=1),
        "the map again, tiles and scripts kept": lambda: page.goto(f"{address}/planner", wait_until="commit"),
    }.items():
        spent[name] = _until_complete(page, wire, change)
    context.close()
    return spent


def _until_complete(page: Page, wire: _Wire, change: Callable[[], object]) -> tuple[float, int]:
    before = page.evaluate("document.querySelector('#map')?.dataset.complete ?? '0'")
    begun = monotonic()
    change()
    while True:
        now = page.evaluate("document.querySelector('#map')?.dataset.complete ?? '0'")
        if now != "0" and now != before:
            break
        if monotonic() - begun > 60:
            raise TimeoutError("the map was not complete within a minute")
        sleep(0.005)
    spent = (monotonic() - begun) * 1000
    # What is still on its way belongs to this step.
    page.wait_for_timeout(300)
    return spent, wire.taken()


def _peer(browser: Browser, file: Path) -> tuple[float, int]:
    page = browser.new_page(viewport=_SIZE)
    begun = monotonic()
    page.goto(file.as_uri(), wait_until="load")
    page.evaluate("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
    spent = (monotonic() - begun) * 1000
    page.close()
    return spent, file.stat().st_size
