"""A clerk releases a photo: frames drawn with the pointer, or filled in by keyboard alone."""

import io
from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from PIL import Image
from playwright.sync_api import Browser, FilePayload, Page, expect

from api.settings import PhotoSettings
from gis.store import Store
from tests import hostile_photos as made
from tests.browser.conftest import Visitors, serving, until
from tests.conftest import cloned
from tests.little_town import IN_HEADED


@pytest.fixture(scope="module")
def place(server: Store, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder: Path = tmp_path_factory.mktemp("photos")
    with cloned(server) as store, serving(store, photo_store=PhotoSettings(photos=str(folder))) as address:
        yield address


@pytest.fixture
def visitors(browser: Browser, place: str) -> Iterator[Visitors]:
    everybody = Visitors(browser, place)
    yield everybody
    everybody.leave()


def _photographed(visitors: Visitors) -> None:
    page = visitors.come()
    page.goto(f"/report?lon={IN_HEADED[0]}&lat={IN_HEADED[1]}")
    page.get_by_text("乱倒垃圾").click()
    page.fill("#text", "张三又倒垃圾，电话 13800000000。")
    page.click("#send")
    page.wait_for_url("**/status/**")
    number, _, key = page.url.partition("/status/")[2].partition("?key=")
    photo: FilePayload = {"name": "p.jpg", "mimeType": "image/jpeg", "buffer": made.with_everything()}
    sent = page.request.post(
        f"/api/reports/{number}/photos", params={"key": key.partition("&")[0]}, multipart={"photo": photo}
    )
    assert sent.status == 201, sent.text()


def _values(page: Page) -> list[list[float]]:
    rows = page.locator("[data-parts] .part")
    found = [[field.input_value() for field in rows.nth(n).locator("input").all()] for n in range(rows.count())]
    return [[float(value) for value in row] for row in found if all(row)]


def test_frames_drawn_on_a_photo_are_what_is_blurred(visitors: Visitors) -> None:
    _photographed(visitors)
    page = visitors.log_in("clerk", wide=True)
    page.goto("/moderation")
    photo = page.locator("[data-blur]").first
    photo.scroll_into_view_if_needed()
    until(lambda: bool(photo.locator("img").evaluate("i => i.complete && i.naturalWidth > 0")), "the photo is loaded")
    for n in range(3):
        box = photo.bounding_box()
        assert box
        left, top = box["x"] + box["width"] * 0.1, box["y"] + box["height"] * (0.1 + 0.3 * n)
        page.mouse.move(left, top)
        page.mouse.down()
        page.mouse.move(left + box["width"] * 0.5, top + box["height"] * 0.2, steps=4)
        page.mouse.up()
    parts = _values(page)
    assert len(parts) == 3, "more than there were fields for"
    for n, part in enumerate(parts):
        assert part == pytest.approx([10, 10 + 30 * n, 50, 20], abs=1.5)
    expect(photo.locator(".blur-frame")).to_have_count(3)
    violations = Axe().run(page).response["violations"]
    assert violations == [], violations
    section = page.locator("section[id^=photo-]").first
    number = str(section.get_attribute("id")).removeprefix("photo-")
    section.get_by_role("button", name="公开", exact=True).click()
    page.wait_for_url("**done=released**")
    released = visitors.come().request.get(f"/photos/{number}")
    assert released.status == 200
    with Image.open(io.BytesIO(released.body())) as image:
        assert image.size == (200, 320)


def test_by_keyboard_alone(visitors: Visitors) -> None:
    _photographed(visitors)
    page = visitors.log_in("clerk")
    page.goto("/moderation")
    field = page.locator("section[id^=photo-] [name=left]").first
    field.focus()
    for value in ("10", "20", "30", "40"):
        page.keyboard.type(value)
        page.keyboard.press("Tab")
    assert _values(page)[0] == [10, 20, 30, 40]
    expect(page.locator(".blur-frame")).to_have_count(1)
    words = page.locator("section[id^=words-]").first
    words.locator("[name=reason]").fill("理由")
    page.keyboard.press("Enter")
    page.wait_for_timeout(300)
    assert page.url.endswith("/moderation"), "Enter in a field decides nothing"
    expect(words.locator("textarea")).to_have_value("张三又倒垃圾，电话 ●●●。")
    words.get_by_role("button", name="公开", exact=True).focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**done=released**")
    expect(page.get_by_role("status").first).to_contain_text("已公开")
