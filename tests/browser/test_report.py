"""A resident reports: by the map, by name without script, by keyboard alone, and over a dead network."""

import re

from playwright.sync_api import Page, Route, expect

from tests.browser.conftest import Visitors, drawn, until
from tests.little_town import IN_GAP, IN_HEADED, IN_VACANT, ON_BORDER, OUTSIDE, PASSWORD

WORDS = "苗圃东边又有人倒垃圾。"


def _at(place: tuple[float, float]) -> str:
    return f"/report?lon={place[0]}&lat={place[1]}"


def _fill(page: Page, words: str = WORDS) -> None:
    page.get_by_text("乱倒垃圾").click()
    page.fill("#text", words)


def _receipt(page: Page) -> str:
    page.wait_for_url("**/status/**")
    return re.sub(r"\D", "", page.locator("#receipt-number").inner_text())


def test_tap_the_map_and_follow_up(visitors: Visitors) -> None:
    page = visitors.come()
    page.goto("/report")
    drawn(page)
    # The town lies in the middle of the map; its pin comes closer and says who answers.
    page.locator("#map canvas").click(position={"x": 175, "y": 150})
    expect(page.locator("#locate-said")).to_contain_text("再点一次")
    expect(page.locator("#answer [data-area]")).to_be_visible()
    page.wait_for_timeout(300)
    page.locator("#map canvas").click(position={"x": 175, "y": 150})
    expect(page.locator("#locate-said")).to_contain_text("可以拖动")
    expect(page.locator("#answer [data-outcome]")).to_have_attribute("data-outcome", re.compile("inside|near|backstop"))
    expect(page.locator(".pin")).to_be_visible()
    expect(page.locator("#send-words")).to_contain_text(re.compile("送给(东村|市)"))
    _fill(page)
    page.click("#send")
    number = _receipt(page)
    assert len(number) == 10
    expect(page.locator(".message.good")).to_contain_text("收到了")
    expect(page.locator("#link")).to_contain_text(f"/status/{number}?key=")
    expect(page.locator("main")).to_contain_text(WORDS)
    drawn(page)
    # The number alone tells the state, and nothing of what was said.
    page.goto("/status")
    page.fill("#number", f"{number[:3]} {number[3:6]} {number[6:]}")
    page.click("main button")
    expect(page.locator("main")).to_contain_text("新收到")
    expect(page.locator("main")).not_to_contain_text(WORDS)


def test_by_name_without_script(visitors: Visitors) -> None:
    page = visitors.come(script=False)
    page.goto("/report")
    page.click("#by-name summary")
    _fill(page)
    page.fill("#q", "东村第一")
    page.click("#search")
    page.get_by_label("东村第一网格").check()
    page.fill("#place_words", "村东头的沟里")
    page.get_by_text("看看送给谁").click()
    expect(page.locator("#answer")).to_contain_text("东村第一网格")
    expect(page.locator("#send")).to_have_text("送给东村第一网格长")
    assert page.input_value("#text") == WORDS
    page.click("#send")
    assert len(_receipt(page)) == 10
    expect(page.locator("main")).to_contain_text("村东头的沟里")


def test_without_script_errors_keep_what_was_typed(visitors: Visitors) -> None:
    page = visitors.come(script=False)
    page.goto("/report")
    page.fill("#text", WORDS)
    page.click("#send")
    expect(page.locator("#trouble")).to_contain_text("没有送出")
    expect(page.locator("#error-place")).to_contain_text("请先说在哪里")
    expect(page.locator("#error-category")).to_be_visible()
    assert page.input_value("#text") == WORDS


def test_the_page_says_who_answers_and_how_it_knows(visitors: Visitors) -> None:
    page = visitors.come(lang="en")
    told = {
        IN_HEADED: ("inside", "东村第一网格"),
        ON_BORDER: ("border", "东村第二网格"),
        IN_GAP: ("near", " m away"),
        IN_VACANT: ("inside", "No head at present"),
        OUTSIDE: ("outside", "Only 小城市 is served here"),
    }
    for place, (outcome, words) in told.items():
        page.goto(_at(place))
        expect(page.locator("#answer [data-outcome]").first).to_have_attribute("data-outcome", outcome)
        expect(page.locator("#answer")).to_contain_text(words)
    page.goto(_at(IN_VACANT))
    expect(page.locator("#send-words")).to_have_text("Send to 东村值班台")


def test_asks_which_side_only_when_it_matters(visitors: Visitors) -> None:
    exact = visitors.come(permissions=["geolocation"])
    exact.context.set_geolocation({"longitude": 117.0098, "latitude": 39.705, "accuracy": 4})
    exact.goto("/report")
    exact.click("#locate")
    expect(exact.locator("#answer")).to_contain_text("东村第一网格")
    expect(exact.locator("[data-ask]")).to_have_count(0)
    vague = visitors.come(permissions=["geolocation"])
    vague.context.set_geolocation({"longitude": 117.0098, "latitude": 39.705, "accuracy": 60})
    vague.goto("/report")
    vague.click("#locate")
    expect(vague.locator("#locate-said")).to_contain_text("60")
    vague.locator("[data-side=here]").click()
    expect(vague.locator("[data-ask]")).to_have_count(0)


def test_outside_is_refused_at_the_pin(visitors: Visitors) -> None:
    page = visitors.come()
    page.goto(_at(OUTSIDE))
    _fill(page)
    page.click("#send")
    expect(page.locator("#error-place")).to_contain_text("小城市")
    assert page.input_value("#text") == WORDS


def test_missing_things_are_said_at_their_field(visitors: Visitors) -> None:
    page = visitors.come()
    page.goto(_at(IN_HEADED))
    page.click("#send")
    expect(page.locator("#error-category")).to_be_visible()
    page.get_by_text("乱倒垃圾").click()
    page.click("#send")
    expect(page.locator("#error-text")).to_be_visible()
    expect(page.locator("#text")).to_be_focused()


def test_the_draft_survives_a_reload(visitors: Visitors) -> None:
    page = visitors.come()
    page.goto(_at(IN_HEADED))
    _fill(page)
    page.wait_for_timeout(400)
    page.goto("/report")
    assert page.input_value("#text") == WORDS
    assert page.input_value("input[name=lon]") == str(IN_HEADED[0])
    expect(page.locator("#answer")).to_contain_text("东村第一网格")
    expect(page.get_by_label("乱倒垃圾")).to_be_checked()


def test_a_dead_network_loses_nothing_and_sends_once(visitors: Visitors) -> None:
    page = visitors.come()
    page.goto(_at(IN_HEADED))
    _fill(page, "断网时说的。")
    keys: list[str] = []
    page.on("request", lambda r: keys.append(r.headers["idempotency-key"]) if r.url.endswith("/api/reports") else None)
    page.context.set_offline(True)
    page.click("#send")
    expect(page.locator("#send-said")).to_contain_text("连不上网")
    expect(page.locator("#text")).to_be_disabled()
    page.click("#again")
    until(lambda: len(keys) >= 2, "a second try")
    page.context.set_offline(False)
    assert len(_receipt(page)) == 10
    assert len(set(keys)) == 1


def test_a_report_that_had_arrived_before_its_change(visitors: Visitors) -> None:
    page = visitors.come()
    page.goto(_at(IN_HEADED))
    _fill(page, "第一份。")

    def lose_the_answer(route: Route) -> None:
        route.fetch()
        route.abort()

    page.route("**/api/reports", lose_the_answer)
    page.click("#send")
    expect(page.locator("#waiting")).to_be_visible()
    page.unroute("**/api/reports")
    page.click("#change")
    page.fill("#text", "改过的一份。")
    page.click("#send")
    _receipt(page)
    expect(page.locator("main")).to_contain_text("第一份。")


def test_by_keyboard_alone(visitors: Visitors) -> None:
    page = visitors.come(wide=True)
    page.goto("/report")
    drawn(page)
    _tab_to(page, "#map canvas")
    page.keyboard.press("ArrowDown")
    _tab_to(page, "#pin-here")
    page.keyboard.press("Enter")
    expect(page.locator("#answer [data-area]")).to_be_visible()
    _tab_to(page, "input[name=category]")
    page.keyboard.press("Space")
    _tab_to(page, "#text")
    page.keyboard.type("用键盘说的。")
    _tab_to(page, "#send")
    page.keyboard.press("Enter")
    assert len(_receipt(page)) == 10


def _tab_to(page: Page, selector: str) -> None:
    for _ in range(60):
        page.keyboard.press("Tab")
        if page.evaluate("selector => document.activeElement.matches(selector)", selector):
            return
    raise AssertionError(f"{selector} cannot be reached by keyboard")


def test_a_clerk_enters_what_came_by_telephone(visitors: Visitors) -> None:
    page = visitors.log_in("desk", wide=True)
    page.goto(_at(IN_HEADED))
    expect(page.locator("#channel")).to_have_value("hotline")
    _fill(page, "电话里说的。")
    page.click("#send")
    assert len(_receipt(page)) == 10


def test_wrong_passwords_are_told_and_then_locked(visitors: Visitors) -> None:
    page = visitors.come()
    page.goto("/login")
    for _ in range(6):
        page.fill("#login", "no-such-login")
        page.fill("#password", f"not {PASSWORD}")
        page.click("main button.primary")
    expect(page.locator("#login-error")).to_contain_text("之后再试")
    assert page.input_value("#login") == "no-such-login"


def test_going_back_and_saying_something_else_is_another_report(visitors: Visitors) -> None:
    page = visitors.come(script=False)
    # Where nobody reported before, so that nothing is asked.
    lon, lat = 117.0086, 39.7086
    page.goto(_at((lon, lat)))
    _fill(page, "第一件事。")
    key = page.input_value("input[name=key]")
    page.click("#send")
    first = _receipt(page)
    again: dict[str, str | float | bool] = {
        "key": key,
        "lon": str(lon),
        "lat": str(lat),
        "category": "dumping",
        "text": "第二件事。",
    }
    answer = page.request.post("/report", form=again, headers={"Accept": "text/html"})
    assert answer.status == 422
    assert "已经送到" in answer.text()
    assert f'value="{key}"' not in answer.text()
    same = page.request.post("/report", form=again | {"text": "第一件事。"}, max_redirects=0)
    assert first in same.headers["location"]


def test_what_was_reported_before_is_offered_and_joined(visitors: Visitors) -> None:
    lon, lat = 117.0032, 39.7022
    first = visitors.come()
    first.goto(_at((lon, lat)))
    _fill(first)
    expect(first.locator(".akin")).to_have_count(0)
    first.click("#send")
    _receipt(first)
    second = visitors.come()
    second.goto(_at((lon, lat + 0.0002)))
    second.get_by_text("乱倒垃圾").click()
    expect(second.locator(".akin legend")).to_contain_text("已经有人说过")
    expect(second.locator(".akin")).to_contain_text("就在附近")
    expect(second.locator(".akin")).not_to_contain_text(WORDS)
    second.locator(".akin .choice").first.click()
    second.fill("#text", "我也看见了")
    second.locator("#contact").evaluate("e => e.closest('details').open = true")
    second.locator("#contact").focus()
    # Asked again with the words; what was chosen stays chosen.
    expect(second.locator(".akin input:checked")).not_to_have_value("none")
    second.click("#send")
    number = _receipt(second)
    assert len(number) == 10
    expect(second.locator(".message.good")).to_contain_text("您说的已并入")
    expect(second.locator("main")).to_contain_text("我也看见了")
    second.goto(_at((lon, lat)))
    second.get_by_text("乱倒垃圾").click()
    expect(second.locator(".akin")).to_contain_text("说过 2 次")


def test_the_same_one_is_offered_without_script(visitors: Visitors) -> None:
    lon, lat = 117.0062, 39.7022
    page = visitors.come(script=False)
    for nth in range(2):
        page.goto(_at((lon, lat)))
        _fill(page)
        page.click("#send")
        if nth == 1:
            expect(page.locator("#trouble")).to_contain_text("有没有同一件")
            page.locator(".akin .choice").first.click()
            page.click("#send")
        _receipt(page)
    expect(page.locator(".message.good")).to_contain_text("您说的已并入")
