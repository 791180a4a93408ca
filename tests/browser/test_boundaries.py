"""An administrator looks at what an edition changes, on the map and in the list, and lets it begin at a midnight."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from gis.store import Store
from grids.activation import prepare_edition
from tests import chains
from tests.browser.conftest import Visitors, serving, until
from tests.conftest import cloned
from tests.redrawn import TOWN


@pytest.fixture(scope="module")
def place(server: Store) -> Iterator[str]:
    with cloned(server) as store, serving(store) as address:
        with chains.owner(store) as owner:
            owner.execute(TOWN)
            prepare_edition(owner, 3)
            owner.commit()
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


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("wide", [False, True])
def test_what_changes_is_seen_on_the_map_and_in_the_list(visitors: Visitors, lang: str, wide: bool) -> None:
    page = visitors.log_in("admin", lang=lang, wide=wide)
    page.goto("/boundaries")
    expect(page.locator(".editions > li")).to_have_count(3)
    _kept(page, f"list-{lang}-{wide}")
    assert Axe().run(page).response["violations"] == []
    page.locator(".editions a[href='/boundaries/3']").click()
    until(lambda: page.locator("#map").get_attribute("data-difference") is not None, "the difference is drawn", 30)
    expect(page.locator(".changes > li")).to_have_count(3)
    page.locator(".changes > li button").nth(1).click()
    expect(page.locator("#told")).to_contain_text("东村第一网格 9001001")
    expect(page.locator(".changes > li").nth(1)).to_have_class("chosen")
    page.wait_for_timeout(300)
    _kept(page, f"edition-{lang}-{wide}")
    assert Axe().run(page).response["violations"] == []
    # Nothing stands beside the page.
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_a_page_without_script_activates_and_takes_back(visitors: Visitors) -> None:
    page = visitors.log_in("admin", lang="en", script=False)
    page.goto("/boundaries/3")
    page.locator("form[action$='/activate'] button").click()
    expect(page.locator("[role=alert]")).to_contain_text("Warnings were found")
    page.check("input[name=accept_warnings]")
    page.locator("form[action$='/activate'] button").click()
    expect(page.locator(".edition-head .tag")).to_have_text("planned")
    page.locator("form[action$='/take-back'] button").click()
    expect(page.locator(".edition-head .tag")).to_have_text("ready")
