"""What members of staff do on the pages: log in, and take a step of a case."""

from playwright.sync_api import Page, expect

from tests.browser.conftest import Visitors


def at_work(visitors: Visitors, login: str, *, wide: bool = True, lang: str = "zh") -> Page:
    """Answer the page on which somebody's day begins."""
    return visitors.enter(login, wide=wide, lang=lang)


def does(page: Page, verb: str, words: str = "", *, to: str = "") -> None:
    """Take a step on the case page, wherever its form lies, and see that it was taken."""
    page.reload()
    form = page.locator(f"#do-{verb}")
    if not form.locator("form").is_visible():
        if not form.is_visible():
            page.locator(".case-next > details > summary").click()
        form.locator("summary").first.click()
    if to:
        choice = form.locator("select option", has_text=to).first.get_attribute("value")
        form.locator("select").select_option(choice)
    if words:
        form.locator("textarea").fill(words)
    form.locator("form button").last.click()
    expect(page.locator(".message.good")).to_be_visible()
