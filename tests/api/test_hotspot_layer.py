"""The hotspot layer from the reports to the answer: which cells, for whom, and the numbers of the reference."""

import re
import warnings
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from html import unescape
from typing import Any
from xml.etree import ElementTree

import numpy as np
import psycopg
import pytest
from fastapi.testclient import TestClient
from pydantic import SecretStr

from api.app import create_app
from api.settings import ServiceSettings
from gis.cells import cells_of, cells_within
from gis.store import Store
from tests.conftest import cloned
from tests.heaped import CENTRE, heap, whisper
from tests.little_town import PASSWORD

with warnings.catch_warnings():
    # What these bring along warns of itself while it is imported.
    warnings.simplefilter("ignore")
    import esda
    import libpysal

NOW = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)


@pytest.fixture(scope="module")
def told(town: Store) -> Store:
    heap(town, NOW - timedelta(days=10))
    return town


@pytest.fixture
def ask(told: Store, client: TestClient) -> Callable[..., Any]:
    assert told

    def asked(**question: Any) -> Any:
        answer = client.get("/api/hotspots", params={"layer": "received"} | question)
        assert answer.status_code == 200, answer.text
        return answer.json()

    return asked


def cells_by_number(store: Store, kind: str) -> list[int]:
    with psycopg.connect(store.dsn("web")) as web:
        found = web.execute("SELECT cell FROM units WHERE edition_id = 2 AND kind = %s ORDER BY n", (kind,))
        return [row[0] for row in found]


def test_the_heap_is_hot_and_the_numbers_are_those_of_the_reference(
    ask: Callable[..., Any], log_in: Callable[[str], None], told: Store, client: TestClient
) -> None:
    log_in("planner")
    got = ask()
    assert got["method"] == "analytic"
    cells = cells_by_number(told, got["level"])
    assert got["cells"] == len(cells)
    figures = client.get("/api/figures", params={"layer": "received", "level": got["level"]}).json()
    counts = np.array(figures["counts"])
    # Close to the border a cell's centre lies outside the town, and so does the cell.
    assert 250 <= counts.sum() == got["total"] <= 260
    resolution = int(got["level"].removeprefix("cell-"))
    heap = cells_of(*CENTRE)[resolution - 5]
    bins = dict(zip((cells[n - 1] for n in got["n"]), got["bin"], strict=True))
    assert bins[heap] == 3
    assert len(bins) < 20
    assert got["count"] == [counts[n - 1] for n in got["n"]]
    # The same counts through esda, with neighbours of its own making.
    from h3.api.basic_int import grid_disk

    near = {
        n: [cells.index(c) for c in grid_disk(cell, 1) if c != cell and c in set(cells)] for n, cell in enumerate(cells)
    }
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        reference = esda.G_Local(counts, libpysal.weights.W(near), transform="B", star=True, permutations=0)
    assert got["z"] == pytest.approx([round(reference.Zs[n - 1], 3) for n in got["n"]], abs=1e-3)


def test_the_public_gets_cells_larger_than_a_grid(ask: Callable[..., Any], told: Store) -> None:
    got = ask()
    assert got["level"] in ("cell-5", "cell-6", "cell-7")
    # Neighbourhoods overlap: exact sums, z or q of all cells would be as good as their counts.
    assert got["coarse"]
    assert got["n"], "something is told at all"
    assert set(got["count"]) | set(got["z"]) == {None}
    assert all(each % 5 == 0 for each in got["sum"])
    assert set(got["q"]) <= {0.01, 0.05, 0.1}
    assert all(each == round(each) for each in got["expected"])
    assert len(cells_by_number(told, got["level"])) == got["cells"]


def test_a_head_gets_no_finer_ones(ask: Callable[..., Any], log_in: Callable[[str], None]) -> None:
    public = ask()["level"]
    log_in("head")
    assert ask()["level"] == public


def test_rates_leave_out_cells_without_households(
    ask: Callable[..., Any], log_in: Callable[[str], None], told: Store
) -> None:
    log_in("planner")
    got = ask(per="households")
    with psycopg.connect(told.dsn("web")) as web:
        lived_in = [
            row[0]
            for row in web.execute(
                "SELECT n FROM units WHERE edition_id = 2 AND kind = %s AND households > 0", (got["level"],)
            )
        ]
    assert got["cells"] == len(lived_in) < len(cells_by_number(told, got["level"]))
    assert set(got["n"]) <= set(lived_in)
    assert 60 <= got["total"] < 260


def test_one_cell_explains_itself(ask: Callable[..., Any], log_in: Callable[[str], None], told: Store) -> None:
    log_in("planner")
    level = ask()["level"]
    cells = cells_by_number(told, level)
    quiet = ask(cell=f"{cells[0]:x}")
    assert (quiet["n"], quiet["bin"]) == ([1], [0])
    assert quiet["q"][0] > 0.1
    assert ask(cell="nowhere")["n"] == []


def test_too_few_is_said(ask: Callable[..., Any], log_in: Callable[[str], None]) -> None:
    log_in("planner")
    got = ask(**{"from": "2031-01-01"})
    assert (got["method"], got["reason"], got["total"], got["n"], got["bin"]) == ("too_few", "few_reports", 0, [], [])


@pytest.mark.parametrize(
    ("left", "per", "reason"),
    [("n < 20", "households", "few_cells"), ("false", "households", "no_households"), ("n < 20", "count", None)],
)
def test_what_lacks_is_told_from_what_is_few(
    told: Store, clock: Callable[[], datetime], left: str, per: str, reason: str | None
) -> None:
    """Of a city whose households were counted in too few of its cells, or nowhere."""
    with cloned(told) as store:
        with psycopg.connect(store.dsn("migrate")) as owner:
            owner.execute("SET ROLE gridwarden_owner")
            owner.execute(f"UPDATE units SET households = NULL WHERE kind LIKE 'cell-%' AND NOT ({left})")
            # The process keeps the units of an edition that it knows.
            owner.execute("UPDATE editions SET name = %s WHERE id = 2", (f"2025 {left}",))
        app = create_app(ServiceSettings(secret=SecretStr("s" * 32)), store.asyncpg_kwargs("web"), clock=clock)
        with TestClient(app, headers={"Accept-Language": "en"}) as client:
            got = client.get("/api/hotspots", params={"layer": "received", "per": per}).json()
            assert (got["reason"], got["method"] == "too_few") == (reason, reason is not None)
            page = client.get("/planner", params={"layer": "received", "per": per, "hotspots": "1"}).text
    said = {"few_cells": "fewer than 20 cells with households", "no_households": "Nobody has counted the households"}
    assert {key for key, words in said.items() if words in page} == {reason} - {None}


def test_the_planner_says_by_what_rates_were_tested(
    told: Store, client: TestClient, log_in: Callable[[str], None]
) -> None:
    assert told
    log_in("planner")
    page = {per: client.get("/planner/picture", params={"layer": "received", "per": per, "hotspots": "1"}).text
            for per in ("", "households", "km2")}  # fmt: skip
    assert "against mean and spread of all others" in page[""]
    assert "its households would make at the rate of all others" in page["households"]
    # Cells are of one size: per km² hotspots are those of the number, and the page says so.
    assert "against mean and spread of all others" in page["km2"]
    assert not any("Gi*" in text for text in page.values())


@pytest.fixture(scope="module")
def whispered(told: Store) -> Iterator[TestClient]:
    """The town with a hundred private reports in the first grid beside."""
    with cloned(told) as store:
        whisper(store, NOW - timedelta(days=10))
        app = create_app(ServiceSettings(secret=SecretStr("s" * 32)), store.asyncpg_kwargs("web"), clock=lambda: NOW)
        with TestClient(app, base_url="http://testserver", headers={"Accept-Language": "en"}) as client:
            yield client


def as_staff(client: TestClient, login: str) -> TestClient:
    client.cookies.clear()
    client.post("/login", data={"login": login, "password": PASSWORD}, follow_redirects=False)
    return client


def test_own_private_reports_make_no_own_area_hot(whispered: TestClient) -> None:
    """Who sees the private reports of one grid alone is told of the hotspots of what everybody sees."""
    head = as_staff(whispered, "head")
    grids = {"layer": "received", "level": "grid"}
    assert head.get("/api/figures", params=grids | {"family": "people"}).json()["counts"][0] == 100, (
        "they are his to see"
    )
    told = head.get("/api/hotspots", params={"layer": "received"}).json()
    public = head.get("/api/hotspots", params={"layer": "received", "family": "waste"}).json()
    assert (told["n"], told["bin"], told["total"]) == (public["n"], public["bin"], public["total"])
    assert 250 <= told["total"] <= 260
    assert "Without private kinds" in head.get("/planner/picture?layer=received&hotspots=1").text
    planner = as_staff(whispered, "planner")
    assert 350 <= planner.get("/api/hotspots", params={"layer": "received"}).json()["total"] <= 360
    assert "Without private kinds" not in planner.get("/planner/picture?layer=received&hotspots=1").text


def test_a_private_family_is_tested_for_who_sees_it_everywhere(whispered: TestClient) -> None:
    private = {"layer": "received", "family": "people"}
    head = as_staff(whispered, "head")
    refused = head.get("/api/hotspots", params=private)
    assert (refused.status_code, refused.json()["code"]) == (403, "private_elsewhere")
    assert head.get("/api/hotspots", params=private | {"cell": "8731aa"}).status_code == 403
    for path in ("/planner", "/planner/picture", "/planner/table"):
        page = head.get(path, params=private | {"hotspots": "1"})
        assert page.status_code == 200
        assert "Significant hotspot" not in page.text
    page = head.get("/planner", params=private | {"hotspots": "1"})
    assert "hotspots of them cannot be tested; the numbers are shown instead" in page.text
    planner = as_staff(whispered, "planner")
    assert 3 in planner.get("/api/hotspots", params=private).json()["bin"]
    whispered.cookies.clear()
    assert whispered.get("/api/hotspots", params=private).json()["code"] == "private_family"


def rows_of(page: str) -> list[list[str]]:
    """The rows of the table of a page, cell by cell."""
    table = ElementTree.fromstring(re.search(r"<tbody>.*?</tbody>", page, re.DOTALL)[0])  # type: ignore[index]  # noqa: S314  our own markup
    return [[" ".join("".join(cell.itertext()).split()) for cell in row] for row in table]


def test_the_table_has_the_hotspots_of_the_map(
    ask: Callable[..., Any], log_in: Callable[[str], None], client: TestClient
) -> None:
    query = {"layer": "received", "hotspots": "1", "view": "table"}
    log_in("planner")
    got, page = ask(), client.get("/planner", params=query).text
    rows = rows_of(page)
    assert len(rows) == len(got["n"]) > 1
    assert rows[0][3] == str(max(got["sum"]))
    assert sorted((row[2], row[3]) for row in rows) == sorted(
        (str(count), str(sum_)) for count, sum_ in zip(got["count"], got["sum"], strict=True)
    )
    strength = [row[1] for row in rows]
    assert strength[0] == "Hot 99%"
    assert strength == sorted(strength, reverse=True), "the hottest come first"
    keys = re.findall(r'data-unit="(\w+)"', page)
    assert len(keys) == len(rows)
    for address in re.findall(r'href="(/planner\?[^"]*unit=\w+)"', page)[:1]:
        cell = client.get(unescape(address)).text
        assert f"Here and in the cells around it: {max(got['sum'])};" in cell


def test_the_public_reads_in_the_table_what_the_map_tells(ask: Callable[..., Any], client: TestClient) -> None:
    got, page = ask(), client.get("/planner", params={"layer": "received", "hotspots": "1"}).text
    rows = rows_of(page)
    assert len(rows) == len(got["n"]) > 0
    assert {row[2] for row in rows} == {f"≈ {each}" for each in got["sum"]}
    assert {row[4] for row in rows} == {"≤ " + f"{q:.{3 if q < 0.1 else 2}f}" for q in got["q"]}
    # Place, finding, sum, expectation, q, what it lies in: no count of a single cell.
    assert {len(row) for row in rows} == {6}
    assert all(float(row[3]) == round(float(row[3])) for row in rows)


def test_every_cell_says_what_was_found_and_one_of_another_size_nothing(
    ask: Callable[..., Any], log_in: Callable[[str], None], told: Store, client: TestClient
) -> None:
    log_in("planner")
    cells = cells_by_number(told, ask()["level"])
    query = {"layer": "received", "hotspots": "1"}
    quiet = client.get(f"/planner/unit/{cells[0]:x}", params=query).text
    assert "Here and in the cells around it: " in quiet
    assert "Not significant" in quiet
    other = cells_by_number(told, "cell-9" if ask()["level"] != "cell-9" else "cell-8")[0]
    for path, params in (
        (f"/planner/unit/{other:x}", query),
        (f"/planner/unit/{cells[0]:x}", {"layer": "received"}),
        ("/planner/unit/9001", query),
    ):
        assert "Here and in the cells around it" not in client.get(path, params=params).text


@pytest.mark.usefixtures("told")
def test_nothing_to_list_is_said(client: TestClient) -> None:
    page = client.get("/planner", params={"layer": "reopened", "hotspots": "1", "view": "table"}).text
    assert page.count("Only 0 with a pin: too few to test for hotspots.") == 2
    assert "<tbody>" not in page


@pytest.mark.usefixtures("told")
def test_vacancies_gather_nowhere(client: TestClient) -> None:
    answer = client.get("/api/hotspots", params={"layer": "vacancies"})
    assert (answer.status_code, answer.json()["code"]) == (422, "not_by_cell")


def test_every_cell_whose_centre_lies_in_the_edition_is_there(told: Store) -> None:
    from shapely import box

    for resolution in (5, 6, 7, 8, 9):
        assert (
            cells_by_number(told, f"cell-{resolution}")
            == cells_within(box(116.95, 39.65, 117.1, 39.8), resolution).tolist()
        )
