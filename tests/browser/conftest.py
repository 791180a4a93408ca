"""The whole service over the little town, and a real browser that reports whatever a page does wrong."""

import os
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from time import monotonic, sleep
from urllib.parse import urlsplit

import pytest
import uvicorn
from playwright.sync_api import Browser, BrowserContext, Page, Request, sync_playwright
from pydantic import SecretStr

from api.app import STATIC, create_app
from api.settings import ServiceSettings
from gis.store import Store
from tests import little_town
from tests.conftest import cloned

CHROMIUM = "/usr/bin/chromium"
FLAGS = [
    "--no-sandbox",
    "--enable-unsafe-swiftshader",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-dev-shm-usage",
    "--no-first-run",
]
PHONE = {"width": 390, "height": 844}
DESK = {"width": 1280, "height": 800}
# Collects what the Content-Security-Policy refused; runs before any script of the page.
_WATCH = """
window.refused = [];
document.addEventListener("securitypolicyviolation", (e) => window.refused.push(`${e.violatedDirective} ${e.blockedURI}`));
"""


def until(truth: Callable[[], bool], what: str, seconds: float = 10) -> None:
    """Wait for something; Playwright's own wait_for_function needs eval, which the policy forbids."""
    end = monotonic() + seconds
    while not truth():
        assert monotonic() < end, f"did not happen in {seconds} s: {what}"
        sleep(0.05)


@contextmanager
def serving(
    store: Store,
    *,
    build: Callable[[Store], None] = little_town.build,
    clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    **settings: object,
) -> Iterator[str]:
    """Yield the address of a service over an empty database in which a place is built, the little town by itself."""
    assert (STATIC / "manifest.json").exists(), "the assets are missing: ./run build"
    build(store)
    told = ServiceSettings(secret=SecretStr("s" * 32), **settings)  # type: ignore[arg-type]
    app = create_app(told, store.asyncpg_kwargs("web"), clock=clock)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        service = uvicorn.Server(uvicorn.Config(app, log_level="warning"))
        thread = threading.Thread(target=service.run, kwargs={"sockets": [listener]})
        thread.start()
        until(lambda: service.started, "the service listens")
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        service.should_exit = True
        thread.join()


@pytest.fixture(scope="module")
def site(server: Store) -> Iterator[str]:
    """The address of a service over a little town of its own, so that no file meets the cases of another."""
    with cloned(server) as store, serving(store) as address:
        yield address


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield chromium
        chromium.close()


@dataclass
class Visitors:
    """Opens pages, and keeps a list of what no page may do."""

    browser: Browser
    site: str
    wrongs: list[str] = field(default_factory=list)
    contexts: list[BrowserContext] = field(default_factory=list)
    maps: bool = True

    def come(
        self, *, lang: str = "zh", dark: bool = False, script: bool = True, wide: bool = False, **more: object
    ) -> Page:
        """Answer a blank page of somebody who has never been here."""
        context = self.browser.new_context(
            base_url=self.site,
            locale="zh-CN" if lang == "zh" else "en-GB",
            color_scheme="dark" if dark else "light",
            java_script_enabled=script,
            viewport=DESK if wide else PHONE,  # type: ignore[arg-type]
            reduced_motion="reduce",
            **more,  # type: ignore[arg-type]
        )
        self.contexts.append(context)
        context.add_init_script(_WATCH)
        context.on("request", self._outside)
        context.route("**/maplibre-gl-*.js", lambda route: route.continue_() if self.maps else route.abort())
        page = context.new_page()
        page.on("pageerror", lambda error: self.wrongs.append(f"script: {error}"))
        return page

    def without_maps(self) -> None:
        """Let no map arrive any more."""
        self.maps = False

    def enter(self, login: str, **how: object) -> Page:
        """Answer the page on which the day of a member of staff begins who has logged in."""
        page = self.come(**how)  # type: ignore[arg-type]
        page.goto("/login")
        page.fill("#login", login)
        page.fill("#password", little_town.PASSWORD)
        page.click("main button.primary")
        page.wait_for_url(lambda address: not address.endswith("/login"))
        return page

    def log_in(self, login: str, **how: object) -> Page:
        """Answer the page of the own area of a member of staff who has logged in."""
        page = self.enter(login, **how)
        page.goto(page.locator('a[href^="/areas/"]').first.get_attribute("href") or "")
        return page

    def leave(self) -> None:
        """Close all pages and say what went wrong on them."""
        for context in self.contexts:
            for page in context.pages:
                if page.url.startswith("http"):
                    self.wrongs += [f"policy: {page.url}: {one}" for one in page.evaluate("window.refused ?? []")]
            context.close()
        self.contexts.clear()
        assert not self.wrongs

    def _outside(self, request: Request) -> None:
        address = urlsplit(request.url)
        if address.scheme in ("http", "https") and address.netloc != urlsplit(self.site).netloc:
            self.wrongs.append(f"outside: {request.url}")


@pytest.fixture
def visitors(browser: Browser, site: str) -> Iterator[Visitors]:
    """Visitors of the site; the test fails if a page asked another host, broke the policy or a script."""
    come = Visitors(browser, site)
    yield come
    come.leave()


def kept(page: Page, name: str) -> None:
    """Keep a picture where somebody wants to look at it."""
    folder = os.environ.get("GRIDWARDEN_TEST_PICTURES")
    if folder:
        page.screenshot(path=Path(folder) / f"{name}.png", full_page=True)


def drawn(page: Page) -> None:
    """Wait until the map stands with all its tiles and names."""
    page.locator("#map[data-drawn]").wait_for(timeout=20_000)
