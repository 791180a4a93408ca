"""An administrator imports boundaries in a browser: a file, what its columns mean, what it would change, an edition."""

import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from gis.store import Store
from tests.api.test_boundary_import import redrawn
from tests.browser.conftest import Visitors, serving
from tests.conftest import cloned


@pytest.fixture(scope="module")
def place(server: Store) -> Iterator[str]:
    with cloned(server) as store, serving(store) as address:
        yield address


@pytest.fixture
def visitors(browser: Browser, place: str) -> Iterator[Visitors]:
    everybody = Visitors(browser, place)
    yield everybody
    everybody.leave()


def _kept(page: Page, name: str) -> None:
    """Keep a picture where somebody wants to look at it."""
    folder = os.environ.get("GRIDWARDEN_TEST_PICTURES")
    if folder:
        page.screenshot(path=Path(folder) / f"{name}.png", full_page=True)


def _sound(page: Page, name: str) -> None:
    _kept(page, name)
    assert Axe().run(page).response["violations"] == []
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")


@pytest.mark.parametrize(("lang", "wide"), [("zh", True), ("en", False)])
def test_from_a_file_to_an_edition(visitors: Visitors, lang: str, wide: bool) -> None:
    page = visitors.log_in("admin", lang=lang, wide=wide)
    page.goto("/boundaries/import")
    _sound(page, f"import-ask-{lang}")
    page.locator("#file").set_input_files(
        {"name": "新边界.geojson", "mimeType": "application/geo+json", "buffer": redrawn(crs=None)}
    )
    page.locator("main form button").click()
    expect(page.locator("#meaning")).to_be_visible()
    expect(page.locator("#code")).to_have_value("编码")
    # The file names no datum: nothing goes on before one is chosen.
    expect(page.locator("#datum")).to_have_attribute("required", "")
    _sound(page, f"import-meaning-{lang}")
    page.locator("#edition").fill(f"2027-{lang}")
    page.locator("#datum").select_option("wgs84" if wide else "gcj02")
    page.locator("#parent").select_option("上级")
    page.locator("form[method=get] button").click()
    expect(page.locator("#result")).to_be_visible(timeout=30_000)
    expect(page.locator(".import-sketch path").first).to_be_attached()
    # Text of the file is text on the page.
    expect(page.locator("main")).to_contain_text("<b>西村</b>")
    _sound(page, f"import-result-{lang}")
    page.locator("form[action$='/load'] button").click()
    expect(page).to_have_url(re.compile(r"/boundaries/[0-9]+$"), timeout=60_000)
    expect(page.locator("h1")).to_contain_text(f"2027-{lang}")
