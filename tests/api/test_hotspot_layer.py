"""The hotspot layer from the reports to the answer: which cells, for whom, and the numbers of the reference."""

import random
import warnings
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

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

with warnings.catch_warnings():
    # What these bring along warns of itself while it is imported.
    warnings.simplefilter("ignore")
    import esda
    import libpysal

NOW = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
_ROW = """
WITH c AS (
    INSERT INTO cases (category_code, private, urgency, state, area_code, chain, owner_area_code, owner_role, received_at, due_at, geom,
                       cells, channel)
    VALUES ('dumping', false, 'normal', 'received', %(code)s, %(chain)s, '90', 'desk', %(at)s, %(at)s + interval '1 day', %(geom)s::geometry,
            %(cells)s::bigint[], 'app') RETURNING *)
INSERT INTO reports (number, key_digest, case_id, category_code, channel, received_at, seen_at, precision, lon_given, lat_given, datum,
                     geom, area_code, chain, match, cells)
SELECT lpad((id * 10)::text, 10, '0'), '', id, 'dumping', 'app', received_at, received_at, 'point', 117, 39.7, 'wgs84', geom, area_code,
       chain, '{}', cells FROM c
"""


@pytest.fixture(scope="module")
def told(town: Store) -> Store:
    """Two hundred reports strewn over the town, and sixty more around the first grid, last month."""
    dice = random.Random(3)  # noqa: S311  not a secret
    strewn = [(dice.uniform(116.951, 117.099), dice.uniform(39.651, 39.799)) for _ in range(200)]
    heaped = [(117.005 + dice.gauss(0, 0.002), 39.705 + dice.gauss(0, 0.0015)) for _ in range(60)]
    with psycopg.connect(town.dsn("migrate")) as owner:
        owner.execute("SET ROLE gridwarden_owner")
        for lon, lat in strewn + heaped:
            owner.execute(
                _ROW,
                {"code": "90", "chain": ["90"], "at": NOW - timedelta(days=10), "cells": cells_of(lon, lat),
                 "geom": f"SRID=4326;POINT({lon} {lat})"},
            )  # fmt: skip
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
    heap = cells_of(117.005, 39.705)[resolution - 5]
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
