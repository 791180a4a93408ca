"""Clusters and outliers from the reports to the sentence: the reference's numbers, for whom, and what is too few."""

import warnings
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import psycopg
import pytest
import shapely
from fastapi.testclient import TestClient
from pydantic import SecretStr

from api.app import create_app
from api.settings import ServiceSettings
from gis.store import Store
from tests.conftest import cloned
from tests.heaped import fill, heap, whisper
from tests.little_town import PASSWORD

with warnings.catch_warnings():
    # What these bring along warns of itself while it is imported.
    warnings.simplefilter("ignore")
    import esda
    from esda.smoothing import assuncao_rate
    from libpysal.weights import Queen

NOW = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
SIDE = 8


@pytest.fixture(scope="module")
def told(town: Store) -> Iterator[tuple[Store, list[str]]]:
    with cloned(town) as store:
        yield store, fill(store, NOW - timedelta(days=10), SIDE)


@pytest.fixture(scope="module")
def served(told: tuple[Store, list[str]]) -> Iterator[TestClient]:
    store, _codes = told
    app = create_app(ServiceSettings(secret=SecretStr("s" * 32)), store.asyncpg_kwargs("web"), clock=lambda: NOW)
    with TestClient(app, base_url="http://testserver", headers={"Accept-Language": "en"}) as client:
        yield client


@pytest.fixture
def ask(served: TestClient) -> Callable[..., Any]:
    def asked(login: str | None = "planner", lang: str = "en", **question: Any) -> Any:
        served.cookies.clear()
        if login:
            served.post("/login", data={"login": login, "password": PASSWORD}, follow_redirects=False)
        asked = {"layer": "received", "level": "grid", "per": "households"} | question
        answer = served.get("/api/clusters", params=asked, headers={"Accept-Language": lang})
        assert answer.status_code == 200, answer.text
        return answer.json()

    return asked


def _units(store: Store) -> tuple[list[str], Any]:
    with psycopg.connect(store.dsn("web")) as web:
        rows = web.execute(
            "SELECT u.key, ST_AsBinary(b.geom) FROM units u"
            " JOIN boundaries b ON b.edition_id = 2 AND b.code = u.key WHERE u.edition_id = 2 AND u.kind = 'grid' ORDER BY n"
        ).fetchall()
    return [key for key, _ in rows], [shapely.from_wkb(wkb) for _, wkb in rows]


def test_a_loud_corner_is_a_cluster_and_a_loud_grid_alone_an_outlier(
    ask: Callable[..., Any], told: tuple[Store, list[str]]
) -> None:
    store, codes = told
    got, (keys, _) = ask(), _units(store)
    assert (got["reason"], got["units"]) == (None, SIDE * SIDE + 3)
    quadrants = {keys[n - 1]: quadrant for n, quadrant in zip(got["n"], got["quadrant"], strict=True)}
    assert {quadrants.get(codes[row * SIDE + column]) for row in range(2) for column in range(2)} == {1}
    assert set(quadrants.values()) <= {1, 2, 3, 4}
    at = got["n"].index(keys.index(codes[0]) + 1)
    # 12 reports of 100 households, as have the three around this corner.
    assert (got["value"][at], got["around"][at]) == (120, 120)
    assert got["said"][at].startswith("Here 120 per 1,000 households, around it 120, over all ")
    assert got["said"][at].endswith(": High among high: a cluster")
    assert got["notes"][0].startswith("More reports may only mean that more people speak")
    assert ask(lang="zh")["said"][at].endswith("：高值聚集：自身高，四周也高")


@pytest.mark.parametrize("per", ["households", "km2", "count"])
def test_the_numbers_are_those_of_the_reference(
    per: str, ask: Callable[..., Any], told: tuple[Store, list[str]], served: TestClient
) -> None:
    got, (keys, shapes) = ask(per=per), _units(told[0])
    question = {"layer": "received", "level": "grid", "per": per}
    figures = served.get("/api/figures", params=question).json()
    counts = np.array(figures["counts"], dtype=float)
    values = assuncao_rate(counts, np.full(len(keys), 100.0)) if per == "households" else np.array(figures["values"])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        reference = esda.Moran_Local(values, Queen.from_iterable(shapes, silence_warnings=True), permutations=0)
    assert got["n"]
    # Figures per km² are told to four digits.
    close = 1e-2 if per == "km2" else 1e-4
    assert got["i"] == pytest.approx([reference.Is[n - 1] for n in got["n"]], abs=close)
    assert got["quadrant"] == [reference.q[n - 1] for n in got["n"]]
    assert all(q <= 0.1 for q in got["q"])


def test_an_area_that_touches_none_is_not_judged(ask: Callable[..., Any], told: tuple[Store, list[str]]) -> None:
    got, (keys, shapes) = ask(), _units(told[0])
    apart = [n for n, one in enumerate(shapes, 1) if not any(one.touches(other) for other in shapes)]
    assert got["islands"] == len(apart) == 1
    assert keys[apart[0] - 1] == "9001003"
    assert not set(got["n"]) & set(apart)
    assert "One area touches no other and is not judged." in got["notes"]


def test_the_public_is_told_which_and_no_number(ask: Callable[..., Any]) -> None:
    got, staff = ask(login=None), ask()
    assert got["coarse"]
    assert (got["n"], got["quadrant"]) == (staff["n"], staff["quadrant"])
    assert {str(each) for name in ("value", "around", "i", "z", "q") for each in got[name]} == {"None"}
    assert got["mean"] is None
    assert "High among high: a cluster" in got["said"]


def test_too_few_is_said(ask: Callable[..., Any]) -> None:
    few = ask(**{"from": "2026-03-01"})
    assert (few["reason"], few["n"]) == ("few_reports", [])
    assert few["verdict"].startswith("Too few to say: fewer than 10")
    areas = ask(level="village")
    assert areas["reason"] == "few_cells"
    assert areas["verdict"].startswith("Too few areas to compare: fewer than 20")


def test_cells_are_compared_with_the_cells_that_touch_them(town: Store) -> None:
    with cloned(town) as store:
        heap(store, NOW - timedelta(days=10))
        app = create_app(ServiceSettings(secret=SecretStr("s" * 32)), store.asyncpg_kwargs("web"), clock=lambda: NOW)
        question = {"layer": "received", "level": "cell-8"}
        with TestClient(app, headers={"Accept-Language": "en"}) as client:
            client.post("/login", data={"login": "planner", "password": PASSWORD}, follow_redirects=False)
            got = client.get("/api/clusters", params=question).json()
            assert 1 in got["quadrant"]
            assert got["islands"] == 0
            client.post("/login", data={"login": "head", "password": PASSWORD}, follow_redirects=False)
            refused = client.get("/api/clusters", params=question)
            assert (refused.status_code, refused.json()["code"]) == (403, "cells_too_fine")
            assert client.get("/api/clusters", params=question | {"level": "cell-7"}).status_code == 200


def test_own_private_reports_make_no_own_area_an_outlier(town: Store) -> None:
    with cloned(town) as store:
        fill(store, NOW - timedelta(days=10), SIDE)
        whisper(store, NOW - timedelta(days=10))
        app = create_app(ServiceSettings(secret=SecretStr("s" * 32)), store.asyncpg_kwargs("web"), clock=lambda: NOW)
        question = {"layer": "received", "level": "grid"}
        with TestClient(app, headers={"Accept-Language": "en"}) as client:
            client.post("/login", data={"login": "head", "password": PASSWORD}, follow_redirects=False)
            mine = client.get("/api/clusters", params=question).json()
            public = client.get("/api/clusters", params=question | {"family": "waste"}).json()
            assert (mine["n"], mine["value"], mine["mean"]) == (public["n"], public["value"], public["mean"])
            assert any("Without private kinds" in note for note in mine["notes"])
            client.post("/login", data={"login": "planner", "password": PASSWORD}, follow_redirects=False)
            assert client.get("/api/clusters", params=question).json()["mean"] > mine["mean"]
