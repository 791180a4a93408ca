"""An administrator imports boundaries in a browser: a file, what its columns mean, what it would change, an edition."""

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.api.test_boundary_import import redrawn
from tests.browser.conftest import Visitors, kept


def _sound(page: Page, name: str) -> None:
    kept(page, name)
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
