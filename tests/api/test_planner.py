"""The planner's page over the little town: what it says, by rights, and that no address breaks it."""

import json
import re
from collections.abc import Callable
from html.parser import HTMLParser
from typing import Any

import h3
import pytest
from fastapi.testclient import TestClient

from tests.little_town import (
    DEPUTISED,
    EMPTY_VILLAGE,
    HEADED,
    IN_DEPUTISED,
    IN_HEADED,
    VACANT,
    VILLAGE,
    Told,
)

WORDS = "苗圃东边又有人倒垃圾。"


class _Painted(HTMLParser):
    """Finds the data of a picture, and the text of everything else."""

    def __init__(self) -> None:
        super().__init__()
        self.inside = ""
        self.data = ""
        self.text: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.inside = (dict(attrs).get("class") or "script") if tag == "script" else ""

    def handle_endtag(self, tag: str) -> None:  # noqa: ARG002  the base class says so
        self.inside = ""

    def handle_data(self, data: str) -> None:
        if self.inside == "painted":
            self.data += data
        elif not self.inside:
            self.text.append(data)


def look(client: TestClient, path: str = "/planner", **params: str) -> tuple[str, dict[str, Any]]:
    """The text and the painted data of a page."""
    answer = client.get(path, params=params, headers={"Accept": "text/html"})
    assert answer.status_code == 200, answer.text
    parser = _Painted()
    parser.feed(answer.text)
    return re.sub(r"\s+", " ", " ".join(parser.text)), json.loads(parser.data) if parser.data else {}


@pytest.fixture(scope="module")
def told() -> dict[str, bool]:
    """Whether this module's reports have been sent."""
    return {}


@pytest.fixture(autouse=True)
def seven_reports(client: TestClient, key: Callable[[], dict[str, str]], told: dict[str, bool]) -> None:
    """Six in the grid with a head, one in the next."""
    if told:
        return
    told["yes"] = True
    for n in range(6):
        one = Told(IN_HEADED[0] + n / 10_000, IN_HEADED[1])
        assert client.post("/api/reports", json=one.body(), headers=key()).status_code == 201
    assert client.post("/api/reports", json=Told(*IN_DEPUTISED).body(), headers=key()).status_code == 201


def test_the_public_sees_no_small_number(client: TestClient) -> None:
    text, painted = look(client, layer="received", level="grid")
    # Six and one: the total of seven would tell the one.
    assert painted["counts"] == [None, None, 0]
    assert "Reports received in the last 12 months 7" in text
    assert "1–4, not public" in text
    assert WORDS not in text


def test_a_planner_sees_every_number_and_the_cases_without_words(
    client: TestClient, log_in: Callable[[str], None]
) -> None:
    log_in("planner")
    _, painted = look(client, layer="received", level="grid")
    assert painted["counts"] == [6, 1, 0]
    text, _ = look(client, f"/planner/unit/{HEADED}", layer="open")
    assert text.count("Illegal dumping") == 6
    assert WORDS not in text


def test_a_list_leads_to_cases_for_whoever_reads_them(client: TestClient, log_in: Callable[[str], None]) -> None:
    cell = h3.latlng_to_cell(IN_HEADED[1], IN_HEADED[0], 5)
    for who, reads in (("planner", False), ("supervisor", True)):
        log_in(who)
        # The cell is the city's, where both are posted: all that lies in it is theirs.
        for unit, level, cases in ((HEADED, "grid", 6), (cell, "cell-5", 7)):
            page = client.get(f"/planner/unit/{unit}", params={"layer": "open", "level": level}).text
            assert page.count("data-case=") == cases, (who, unit)
            assert page.count('href="/cases/') == (cases if reads else 0)


def test_the_public_gets_no_list_of_cases(client: TestClient) -> None:
    text, _ = look(client, f"/planner/unit/{HEADED}", layer="open")
    assert "Illegal dumping" not in text
    assert "for the staff of this area" in text


def test_a_head_gets_the_list_of_his_own_area_only(client: TestClient, log_in: Callable[[str], None]) -> None:
    log_in("head")
    assert "Illegal dumping" in look(client, f"/planner/unit/{HEADED}", layer="open")[0]
    assert "Illegal dumping" not in look(client, f"/planner/unit/{DEPUTISED}", layer="open")[0]


def test_the_table_shows_what_the_map_paints(client: TestClient, log_in: Callable[[str], None]) -> None:
    log_in("planner")
    answer = client.get("/planner/table", params={"layer": "received", "level": "grid"}).text
    rows = dict(re.findall(r'data-unit="(\d+)">.*?<td class="numeric">([^<]*)</td>', answer, re.DOTALL))
    assert rows == {HEADED: "6", DEPUTISED: "1", VACANT: "0"}
    assert list(rows) == [HEADED, DEPUTISED, VACANT]
    upwards = client.get("/planner/table", params={"layer": "received", "level": "grid", "sort": "count"}).text
    assert re.findall(r'data-unit="(\d+)"', upwards) == [VACANT, DEPUTISED, HEADED]
    assert 'aria-sort="ascending"' in upwards


def test_rates_stand_beside_what_they_are_held_against(client: TestClient, log_in: Callable[[str], None]) -> None:
    log_in("planner")
    text, painted = look(client, layer="received", level="grid", per="households")
    assert painted["values"] == [60.0, 10.0, 0.0]
    assert "Reports per 1,000 households" in text
    assert "60 of 100 households" in look(client, f"/planner/unit/{HEADED}", layer="received")[0]


def test_one_period_against_another(client: TestClient, log_in: Callable[[str], None]) -> None:
    log_in("planner")
    text, painted = look(client, layer="received", level="grid", period="30d", vs="before")
    assert painted["diverging"]
    assert painted["before"] == [0, 0, 0]
    assert painted["values"] == [6, 1, 0]
    assert "Change in number" in text
    assert "+6" in text


def test_vacancies_are_of_today(client: TestClient) -> None:
    text, painted = look(client, layer="vacancies", level="grid", period="2019-01", family="waste")
    assert painted["counts"] == [0, 1, 1]
    assert "Grids without a head today 2" in text


def test_a_layer_without_anything_says_so(client: TestClient) -> None:
    text, painted = look(client, layer="reopened", level="village")
    assert "Nothing received in this period was reopened." in text
    assert painted["breaks"] == []
    assert painted["counts"] == [0, 0]


def test_levels_follow_the_zoom_unless_one_is_chosen(client: TestClient) -> None:
    assert look(client, z="9", lon="117", lat="39.7")[1]["kind"] == "village"
    assert look(client, z="14", lon="117", lat="39.7")[1]["kind"] == "grid"
    assert look(client, z="14", lon="117", lat="39.7", level="village")[1]["kind"] == "village"
    assert look(client, level="cell-7")[1]["kind"] == "cell-7"


@pytest.mark.parametrize(
    ("params", "said"),
    [
        ({"layer": "nonsense"}, '"nonsense" in the link is not known'),
        ({"level": "cell-8"}, "Cells smaller than a grid are for staff"),
        ({"level": "cell-5", "layer": "vacancies"}, "not by cell"),
        ({"family": "'; DROP TABLE"}, "is not known"),
        ({"period": "2026-13"}, "is not known"),
        ({"from": "2026-02-01", "to": "2026-01-01"}, "The end must come after the beginning"),
        ({"from": "2026-02-30"}, "is not a date"),
        ({"from": "0001-01-01"}, "is not a date"),
        ({"period": "days"}, "Choose the dates"),
        ({"period": "all", "vs": "before"}, "there is no period before"),
        ({"z": "30", "lon": "117", "lat": "39"}, "outside the map"),
        ({"z": "nan", "lon": "117", "lat": "39"}, "outside the map"),
        ({"sort": "words"}, "is not known"),
        ({"unit": "999"}, 'There is no "999"'),
        ({"unit": "<script>"}, "There is no"),
    ],
)
def test_an_address_that_makes_no_sense_gets_the_default_and_is_told(
    client: TestClient, params: dict[str, str], said: str
) -> None:
    text, painted = look(client, **params)
    assert said in text
    assert painted["counts"]


@pytest.mark.parametrize(
    "params", [{"page": "999999999"}, {"page": "-1"}, {"page": "x"}, {"q": "\u0001%"}, {"unit": "\0"}, {"q": "\0"}]
)
def test_other_odd_addresses(client: TestClient, params: dict[str, str]) -> None:
    assert look(client, **params)[1]["counts"]


def test_a_period_of_ones_own_is_told_with_its_last_day(client: TestClient) -> None:
    text, painted = look(client, layer="received", **{"from": "2026-02-01", "to": "2026-03-01"})
    assert "from 1 Feb 2026 to 28 Feb 2026" in text
    assert "from=2026-02-01&to=2026-03-01" in painted["asked"]


def test_the_search_works_without_script(client: TestClient) -> None:
    page = client.get("/planner", params={"q": "西村"}, headers={"Accept": "text/html"}).text
    assert f"level=village&amp;unit={EMPTY_VILLAGE}" in page
    assert "西村" in look(client, level="village", unit=EMPTY_VILLAGE)[0]


def test_a_unit_knows_its_place_and_its_area_page(client: TestClient) -> None:
    page = client.get(f"/planner/unit/{VILLAGE}").text
    assert 'href="/areas/90"' in page
    assert f'href="/areas/{VILLAGE}"' in page
    assert client.get("/planner/unit/nothing").status_code == 404


def test_no_markup_carries_a_style_or_a_script_of_its_own(client: TestClient) -> None:
    page = client.get("/planner", headers={"Accept": "text/html"}).text
    assert not re.search(r"\sstyle=|\son\w+=", page)
    assert all("src=" in tag or "application/json" in tag for tag in re.findall(r"<script[^>]*>", page))


def test_a_browser_is_told_of_all_scripts_at_once(client: TestClient) -> None:
    page = client.get("/planner", headers={"Accept": "text/html"}).text
    told = set(re.findall(r'<link rel="modulepreload"(?: as="worker")? href="([^"]+)"', page))
    scripts = re.findall(r'<script type="module" src="([^"]+)"', page)
    needed = {f"/static/{part}" for script in scripts for part in _imports(client.get(script).text)}
    assert needed
    assert needed <= told
    assert any("maplibre-gl-worker" in each for each in told)
    for address in told:
        assert client.get(address).status_code == 200


def _imports(script: str) -> list[str]:
    """What a built script imports before it runs."""
    return re.findall(r'(?:^|[;}])import(?:\{[^}]*\}from)?"\./([^"]+)"', script)
