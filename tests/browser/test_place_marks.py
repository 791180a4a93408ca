"""Places that carry marks, on the area map and on the planner's, on a telephone and on a desk."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from gis.store import Store
from tests.browser.conftest import Visitors, kept, serving, until
from tests.browser.test_pages import RULES
from tests.conftest import cloned
from tests.little_town import DEPUTISED, HEADED, VILLAGE, Told
from tests.marked_town import BACK, DAYS, anchors, tell


class _Clock:
    def __init__(self) -> None:
        self.late = timedelta(days=DAYS)

    def __call__(self) -> datetime:
        return datetime.now(UTC) - self.late

    def go_on(self, days: int) -> None:
        self.late -= timedelta(days=days)


@pytest.fixture(scope="module")
def marked(server: Store, browser: Browser) -> Iterator[tuple[str, int]]:
    """A service over the town with marked places, and the number of the one that comes back."""
    clock = _Clock()
    with cloned(server) as store, serving(store, clock=clock) as address:
        context = browser.new_context(base_url=address)
        told = iter(range(100))

        def say(spot: tuple[float, float]) -> None:
            headers = {"Idempotency-Key": f"a-report-of-a-marked-place-{next(told)}"}
            assert context.request.post("/api/reports", data=Told(*spot).body(), headers=headers).status == 201

        tell(store, say, clock.go_on)
        context.close()
        found = anchors(store)
        assert found
        yield address, found.back


@pytest.fixture
def guests(browser: Browser, marked: tuple[str, int]) -> Iterator[Visitors]:
    come = Visitors(browser, marked[0])
    yield come
    come.leave()


def under(page: Page, where: tuple[float, float], zoom: float) -> tuple[float, float]:
    """Where a mark stands on the screen when the map is over it."""
    page.goto(f"/planner?places=1&z={zoom}&lon={where[0]}&lat={where[1]}")
    page.locator("#map[data-places]").wait_for(timeout=20_000)
    page.locator("#map[data-complete]").wait_for(state="attached", timeout=20_000)
    box = page.locator("#map").bounding_box()
    assert box
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


@pytest.mark.parametrize("wide", [False, True])
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_area_page_lists_its_places_and_marks_them(
    guests: Visitors, marked: tuple[str, int], lang: str, wide: bool
) -> None:
    page = guests.log_in("head", wide=wide, lang=lang)
    said = {
        "zh": "说过 2 次 · 未解决 41 天 · 跨两个网格",
        "en": "reported 2 times · unsolved for 41 days · lies in two grids",
    }
    expect(page.locator(".place-marks > li")).to_have_count(3)
    across = page.locator(".place-marks > li", has_text=said[lang].split(" · ")[-1])
    assert " · ".join(across.locator(".says > span").all_inner_texts()) == said[lang]
    page.locator("#map[data-cases]").wait_for(timeout=20_000)
    page.locator("#map[data-drawn]").wait_for(timeout=20_000)
    page.wait_for_timeout(800)
    kept(page, f"area-{lang}-{'desk' if wide else 'phone'}")
    page.locator(f'.place-marks a[href="/places/{marked[1]}"]').click()
    page.wait_for_url(f"**/places/{marked[1]}")


def test_the_list_is_there_without_script(guests: Visitors) -> None:
    page = guests.log_in("deputy", script=False)
    assert page.url.endswith(f"/areas/{DEPUTISED}")
    expect(page.locator(".place-marks a")).to_have_count(1)
    expect(page.locator(".place-marks")).to_contain_text("跨两个网格")


@pytest.mark.parametrize(("lang", "wide", "script"), [("zh", False, True), ("en", True, True), ("zh", True, False)])
def test_a_place_is_played_day_by_day(
    guests: Visitors, marked: tuple[str, int], lang: str, wide: bool, script: bool
) -> None:
    page = guests.log_in("head", wide=wide, lang=lang, script=script)
    page.goto(f"/places/{marked[1]}")
    page.locator(f'a[href="/places/{marked[1]}/replay"]').click()
    expect(page.locator(".played .time-line > li")).to_have_count(2)
    expect(page.locator(".played h3").first).to_contain_text("第 1 天" if lang == "zh" else "Day 1")
    if script:
        kept(page, f"replay-{lang}-{'desk' if wide else 'phone'}")
        found = Axe().run(page, options=RULES).response["violations"]
        assert not found, [(v["id"], [n["target"] for n in v["nodes"]]) for v in found]


def test_the_public_sees_no_places(guests: Visitors) -> None:
    page = guests.come(wide=True)
    for code in (HEADED, VILLAGE):
        page.goto(f"/areas/{code}")
        expect(page.locator(".place-marks")).to_have_count(0)
    page.goto("/planner?places=1")
    page.locator("#map[data-complete]").wait_for(state="attached", timeout=20_000)
    expect(page.locator("input[name=hotspots]")).to_have_count(1)
    expect(page.locator("input[name=places]")).to_have_count(0)
    assert page.locator("#map").get_attribute("data-places") is None


@pytest.mark.parametrize("wide", [False, True])
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_planner_marks_places_and_says_what_they_are(guests: Visitors, lang: str, wide: bool) -> None:
    page = guests.log_in("planner", wide=wide, lang=lang)
    page.goto("/planner")
    page.locator("#map[data-complete]").wait_for(state="attached", timeout=20_000)
    page.locator(".toggle", has=page.locator("[name=places]")).click()
    page.locator("#map[data-places='3']").wait_for(timeout=20_000)
    page.wait_for_timeout(800)
    kept(page, f"planner-{lang}-{'desk' if wide else 'phone'}")
    assert "places=1" in page.evaluate("location.search")
    # He plans, and so gets a rounded position.
    x, y = under(page, (round(BACK[0], 3), round(BACK[1], 3)), 14.5)
    said = {
        "zh": ["反复发生", "说过 2 次", "未解决 41 天"],
        "en": ["Keeps coming back", "reported 2 times", "unsolved for 41 days"],
    }
    if wide:
        page.mouse.move(x - 60, y - 60)
        page.mouse.move(x, y, steps=4)
        expect(page.locator("#tip")).to_contain_text(" · ".join(said[lang]))
    until(lambda: page.locator("#map canvas").count() == 1, "the map is there")
    page.mouse.click(x, y)
    card = page.locator("#places-card")
    for part in said[lang]:
        expect(card).to_contain_text(part)
    expect(card.locator("a")).to_have_count(0)
    expect(page.locator("#unit")).to_be_hidden()
    page.wait_for_timeout(300)
    kept(page, f"planner-near-{lang}-{'desk' if wide else 'phone'}")
    card.locator("button").click()
    expect(card).to_be_hidden()
    page.locator(".toggle", has=page.locator("[name=places]")).click()
    expect(page.locator("#places-list")).to_be_hidden()


def test_whoever_sees_a_place_follows_its_mark(guests: Visitors, marked: tuple[str, int]) -> None:
    page = guests.log_in("desk", wide=True)
    page.mouse.click(*under(page, BACK, 14.5))
    page.locator("#places-card a").click()
    page.wait_for_url(f"**/places/{marked[1]}")
