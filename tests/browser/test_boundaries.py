"""An administrator looks at what an edition changes, on the map and in the list, and lets it begin at a midnight."""

from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Route, expect

from gis.store import Store
from grids.activation import prepare_edition
from tests import chains
from tests.browser.conftest import Visitors, kept, serving, until
from tests.conftest import cloned
from tests.redrawn import TOWN


@pytest.fixture(scope="module")
def site(server: Store) -> Iterator[str]:
    with cloned(server) as store, serving(store) as address:
        with chains.owner(store) as owner:
            owner.execute(TOWN)
            prepare_edition(owner, 3)
            owner.commit()
        yield address


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("wide", [False, True])
def test_what_changes_is_seen_on_the_map_and_in_the_list(visitors: Visitors, lang: str, wide: bool) -> None:
    page = visitors.log_in("admin", lang=lang, wide=wide)
    page.goto("/boundaries")
    expect(page.locator(".editions > li")).to_have_count(3)
    kept(page, f"list-{lang}-{wide}")
    assert Axe().run(page).response["violations"] == []
    page.locator(".editions a[href='/boundaries/3']").click()
    until(lambda: page.locator("#map").get_attribute("data-difference") is not None, "the difference is drawn", 30)
    expect(page.locator(".changes > li")).to_have_count(3)
    page.locator(".changes > li button").nth(1).click()
    expect(page.locator("#told")).to_contain_text("东村第一网格 9001001")
    expect(page.locator(".changes > li").nth(1)).to_have_class("chosen")
    page.wait_for_timeout(300)
    kept(page, f"edition-{lang}-{wide}")
    assert Axe().run(page).response["violations"] == []
    # Nothing stands beside the page.
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


@pytest.mark.parametrize(
    ("lang", "said"),
    [
        ("zh", "边界移动：东村第一网格 9001001和新名 9001001"),
        ("en", "border moved: 东村第一网格 9001001 and 新名 9001001"),
    ],
)
def test_several_names_are_joined_as_the_language_joins_them(visitors: Visitors, lang: str, said: str) -> None:
    def renamed(route: Route) -> None:
        answer = route.fetch()
        shapes = answer.json()
        for feature in shapes["features"]:
            if (feature["properties"].get("code"), feature["properties"]["what"]) == ("9001001", "after"):
                feature["properties"]["name"] = "新名"
        route.fulfill(response=answer, json=shapes)

    page = visitors.log_in("admin", lang=lang)
    page.route("**/difference.geojson*", renamed)
    page.goto("/boundaries/3")
    until(lambda: page.locator("#map").get_attribute("data-difference") is not None, "the difference is drawn", 30)
    page.locator(".changes > li button").nth(1).click()
    expect(page.locator("#told")).to_have_text(said)


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
