"""``gridwarden export`` over the little town: each format is opened again and says what the figures say, to whom they say it."""

import asyncio
import csv
import io
import json
import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import geopandas
import openpyxl
import psycopg
import pyarrow.parquet
import pyogrio
import pytest
import shapely
from typer.testing import CliRunner, Result

from api import cli
from api.cli.reading import reading
from gis.cells import cells_of
from gis.errors import GridwardenError
from gis.store import Store
from grids.language import Words
from grids.receipts import new_number
from maps.hotspots import HotspotLayer, hotspot_layer
from maps.layers import Figures, figures
from maps.questions import Layer, Period, Question
from tests import little_town as town

_RECEIVE = (
    "SELECT receive_report(%(key)s, %(key)s, NULL, %(at)s, %(number)s, '\\x00', %(category)s, 'app', %(at)s, '话', NULL,"
    " %(lon)s, %(lat)s, 5, %(lon)s, %(lat)s, 'wgs84', NULL, NULL, %(cells)s)"
)
HOSTILE = '=HYPERLINK("http://example.org","东村")'
# Where, what and how often; received a month before the tests run.  Nobody has answered any of them.
TOLD = [(town.IN_HEADED, "dumping", 120), (town.IN_DEPUTISED, "dumping", 2), (town.IN_VACANT, "dispute", 1)]
ENDINGS = (".csv", ".xlsx", ".gpkg", ".parquet")
Run = Callable[..., tuple[Result, Path]]


@pytest.fixture(scope="module")
def told(database: Store) -> Store:
    town.build(database)
    at = datetime.now(UTC) - timedelta(days=30)
    with psycopg.connect(database.dsn("migrate")) as owner:
        owner.execute("SET ROLE gridwarden_owner")
        owner.execute("UPDATE boundaries SET name = %s WHERE code = %s", (HOSTILE, town.VACANT))
    with psycopg.connect(database.dsn("web")) as web:
        for n, ((lon, lat), category) in enumerate((place, what) for place, what, many in TOLD for _ in range(many)):
            values = {"key": bytes([n]), "at": at, "number": new_number(), "category": category, "lon": lon, "lat": lat}
            web.execute(_RECEIVE, values | {"cells": cells_of(lon, lat)})
    return database


@pytest.fixture
def run(told: Store, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Run:
    monkeypatch.setenv("GRIDWARDEN_DATABASE_URL", told.dsn("admin"))
    monkeypatch.setenv("GRIDWARDEN_DATA", str(tmp_path / "var"))

    def command(what: str, *arguments: str, out: str) -> tuple[Result, Path]:
        given = ["export", what, *arguments, "--out", str(tmp_path / out)]
        return CliRunner().invoke(cli.app, given), tmp_path / out

    return command


def asked(store: Store, question: Question, login: str | None = None) -> Figures:
    async def ask() -> Figures:
        at = datetime.now(UTC)
        async with reading(store, login, at) as (connection, who):
            return await figures(connection, question, who, at)

    return asyncio.run(ask())


def asked_hotspots(store: Store, question: Question, login: str | None = None) -> HotspotLayer:
    async def ask() -> HotspotLayer:
        at = datetime.now(UTC)
        async with reading(store, login, at) as (connection, who):
            return await hotspot_layer(connection, question, who, at)

    return asyncio.run(ask())


def rows(path: Path, lang: str = "en") -> list[dict[str, Any]]:
    """The rows of a file of any format, by the names of its columns; nothing is None, numbers are numbers."""
    words = Words("en" if lang == "en" else "zh", ("grids", "maps"))
    if path.suffix == ".parquet":
        return list(pyarrow.parquet.read_table(path).drop_columns(["geometry"]).to_pylist())
    if path.suffix == ".gpkg":
        _, table = pyogrio.read_arrow(path, read_geometry=False)
        return list(table.to_pylist())
    if path.suffix == ".csv":
        raw = path.read_bytes()
        assert raw.startswith(b"\xef\xbb\xbf")
        header, *lines = csv.reader(io.StringIO(raw.decode("utf-8-sig"), newline=""))
    else:
        book = openpyxl.load_workbook(path)
        header, *lines = ([cell.value for cell in row] for row in book.worksheets[0].iter_rows())
    names = list(pyarrow.parquet.read_table(path.with_suffix(".parquet")).schema.names)[:-1]
    assert header == [words("export-heading", column=name) for name in names]
    return [{name: value if value != "" else None for name, value in zip(names, line, strict=True)} for line in lines]


def number(value: Any) -> float | None:
    return None if value is None else float(value)


@pytest.mark.parametrize("login", [None, "planner", "deputy"])
@pytest.mark.parametrize("level", ["grid", "village", "cell-7"])
def test_every_format_says_what_the_figures_say(run: Run, told: Store, login: str | None, level: str) -> None:
    question = Question(Layer.RECEIVED, level)
    wanted = asked(told, question, login)
    arguments = ["--layer", "received", "--level", level, "--lang", "en", *(["--as", login] if login else [])]
    for ending in reversed(ENDINGS):
        done, path = run("layer", *arguments, out=f"figures{ending}")
        assert done.exit_code == 0, (done.output, done.exception)
        found = rows(path)
        assert [number(row["count"]) for row in found] == wanted.counts, ending
        state = "few" if ending in (".gpkg", ".parquet") else "1–4, not public (or would give one away)"
        assert [row["told"] == state for row in found] == [count is None for count in wanted.counts], ending
        for row, count in zip(found, wanted.counts, strict=True):
            assert number(row["count"]) == count
            households, per = number(row["households"]), number(row["per_1000_households"])
            assert per == (
                None if count is None or not households else pytest.approx(count / households * 1000, rel=1e-3)
            )
            assert number(row["per_km2"]) == (
                None if count is None else pytest.approx(count / float(row["area_km2"]), rel=1e-3)
            )
            assert (row["edition"], row["source"]) == ("2025", "drawn for tests")
            assert row["mark"] == ("Demo data, Internal" if login else "Demo data")
            assert datetime.fromisoformat(row["made_at"]).utcoffset() == timedelta(hours=8)
    with closing(sqlite3.connect(path.with_suffix(".gpkg"))) as file:
        assert file.execute("SELECT count(*) FROM gpkg_contents").fetchone() == (1,)


def test_the_public_gets_no_small_number_and_no_zero_in_its_place(run: Run) -> None:
    arguments = ["--layer", "received", "--level", "grid"]
    for ending in reversed(ENDINGS):
        _, path = run("layer", *arguments, out=f"figures{ending}")
        found = rows(path, "zh")
        # Two of the second grid are too few to tell, and the first would tell them; of the third the dispute is private.
        assert [number(row["count"]) for row in found] == [None, None, 0]
        assert [number(row["per_1000_households"]) for row in found] == [None, None, 0]


def test_outlines_are_those_of_the_boundaries(run: Run) -> None:
    for ending in (".gpkg", ".parquet"):
        _, path = run("layer", "--layer", "unsolved", "--level", "grid", out=f"a{ending}")
        frame = geopandas.read_file(path) if ending == ".gpkg" else geopandas.read_parquet(path)
        assert frame.crs.to_epsg() == 4326
        assert set(frame.geometry.geom_type) == {"MultiPolygon"}
        assert frame.total_bounds == pytest.approx([117.0, 39.7, 117.03, 39.71])
        assert frame.geometry.iloc[0].equals(shapely.box(117, 39.7, 117.01, 39.71))
        assert shapely.contains_xy(frame.geometry, frame.lon, frame.lat).all()
        _, cells = run("layer", "--layer", "unsolved", "--level", "cell-6", out=f"cells{ending}")
        frame = geopandas.read_file(cells) if ending == ".gpkg" else geopandas.read_parquet(cells)
        assert set(frame.geometry.geom_type) == {"Polygon"}
        assert shapely.contains_xy(frame.geometry, frame.lon, frame.lat).all()
    geo = json.loads(pyarrow.parquet.read_schema(path).metadata[b"geo"])
    assert (geo["version"], geo["primary_column"]) == ("1.1.0", "geometry")
    assert geo["columns"]["geometry"]["geometry_types"] == ["MultiPolygon"]
    assert geo["columns"]["geometry"]["crs"]["id"] == {"authority": "EPSG", "code": 4326}


def test_files_say_what_they_are(run: Run) -> None:
    asked = ["--layer", "unsolved", "--level", "village", "--from", "2025-01-01", "--until", "2026-01-01"]
    narrowed = ["--family", "waste", "--channel", "residents", "--as", "planner"]
    for ending in reversed(ENDINGS):
        done, path = run("layer", *asked, *narrowed, out=f"a{ending}")
        assert done.exit_code == 0, (done.output, done.exception)
        first = rows(path, "zh")[0]
        spoken = ending in (".csv", ".xlsx")
        assert first["layer"] == ("未解决案件" if spoken else "unsolved")
        assert first["channel"] == ("群众（除巡查）" if spoken else "residents")
        assert str(first["period_from"])[:10] == "2025-01-01"
        assert str(first["period_to"])[:10] == "2026-01-01"
        if ending == ".xlsx":
            about = dict(openpyxl.load_workbook(path).worksheets[1].iter_rows(values_only=True))
            assert about["统计内容"] == "未解决案件"
            assert about["含义"].startswith("未解决：")
        elif ending == ".parquet":
            about = json.loads(pyarrow.parquet.read_schema(path).metadata[b"gridwarden"])
        elif ending == ".gpkg":
            about = pyogrio.read_info(path)["layer_metadata"]
        if ending in (".parquet", ".gpkg"):
            assert (about["layer"], about["period_from"], about["mark"]) == (
                "未解决案件",
                "2025-01-01",
                "演示数据、内部资料",
            )
            assert "规划员" in about["rights"]
            assert "2025" in about["edition"]


def test_a_comparison_has_both_periods(run: Run, told: Store) -> None:
    days = date.today() - timedelta(days=60), date.today() - timedelta(days=45), date.today() + timedelta(days=1)  # noqa: DTZ011
    question = Question(Layer.RECEIVED, "grid", period=Period(days[1], days[2]))
    wanted = asked(told, replace(question, against=Period(days[0], days[1])), "planner")
    asking = ["--from", str(days[1]), "--until", str(days[2]), "--vs-from", str(days[0]), "--vs-until", str(days[1])]
    _, path = run("layer", "--layer", "received", "--level", "grid", "--as", "planner", *asking, out="a.parquet")
    found = rows(path)
    assert [row["before"] for row in found] == wanted.before
    assert [row["change"] for row in found] == wanted.values == [120, 2, 1]
    assert found[0]["compared_from"] == days[0]


@pytest.mark.parametrize("login", [None, "planner"])
def test_hotspots_are_those_of_the_map(run: Run, told: Store, login: str | None) -> None:
    wanted = asked_hotspots(told, Question(Layer.RECEIVED, "cell-7"), login)
    assert any(wanted.bin), "a test of nothing would prove nothing"
    order = wanted.hottest_first()
    arguments = ["--layer", "received", "--lang", "en", *(["--as", login] if login else [])]
    for ending in reversed(ENDINGS):
        done, path = run("hotspots", *arguments, out=f"hot{ending}")
        assert done.exit_code == 0, (done.output, done.exception)
        found = rows(path)
        for name, values in {"bin": wanted.bin, "count": wanted.count, "around": wanted.observed, "expected": wanted.expected, "z": wanted.z, "p": wanted.p, "q": wanted.q}.items():  # fmt: skip
            assert [number(row[name]) for row in found] == [values[n] for n in order], (ending, name)  # type: ignore[index]
        assert all(str(row["found"]) in str(row["sentence"]) for row in found)
        assert found[0]["level"] in (wanted.question.kind, f"hexagon (H3 resolution {wanted.question.resolution})")
        if ending == ".parquet":
            about = json.loads(pyarrow.parquet.read_schema(path).metadata[b"gridwarden"])
            assert about["tested"] == f"{wanted.cells:,}"
            frame = geopandas.read_parquet(path)
            assert shapely.contains_xy(frame.geometry, frame.lon, frame.lat).all()
    if login is None:
        assert all(number(row["count"]) is None and number(row["z"]) is None for row in found)


@pytest.mark.parametrize("ending", ENDINGS)
def test_no_hotspots_are_a_file_without_rows_that_says_why(run: Run, ending: str) -> None:
    asking = ["--layer", "received", "--from", "2001-01-01", "--until", "2001-02-01", "--lang", "en"]
    run("hotspots", *asking, out="none.parquet")
    done, path = run("hotspots", *asking, "--force", out=f"none{ending}")
    assert done.exit_code == 0, (done.output, done.exception)
    assert rows(path) == []
    assert "too few" in done.stderr.lower() or "fewer" in done.stderr.lower()


def test_a_name_that_is_a_formula_stays_a_name(run: Run) -> None:
    for ending in reversed(ENDINGS):
        _, path = run("layer", "--layer", "received", "--level", "grid", out=f"a{ending}")
        assert rows(path, "zh")[2]["name"] == (f"'{HOSTILE}" if ending in (".csv", ".xlsx") else HOSTILE)


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["--level", "street"], "unknown_kind"),
        (["--level", "cell-9"], "cells_too_fine"),
        (["--level", "cell-99"], "unknown_kind"),
        (["--level", "grid", "--family", "nothing"], "unknown_family"),
        (["--level", "grid", "--family", "people"], "private_family"),
        (["--level", "grid", "--channel", "drum"], "unknown_channel"),
        (["--level", "grid", "--from", "2026-02-01", "--until", "2026-01-01"], "empty_period"),
        (["--level", "grid", "--vs-from", "2026-02-01", "--vs-until", "2026-02-01"], "empty_period"),
        (["--level", "grid", "--as", "nobody"], "unknown_log_in"),
    ],
)
def test_what_is_refused(run: Run, arguments: list[str], code: str) -> None:
    done, path = run("layer", "--layer", "received", *arguments, out="a.gpkg")
    assert isinstance(done.exception, GridwardenError), done.output
    assert done.exception.code == code
    assert list(path.parent.glob("*a*.gpkg*")) == []


def test_vacancies_have_figures_and_no_hotspots(run: Run) -> None:
    done, path = run("layer", "--layer", "vacancies", "--level", "grid", out="a.parquet")
    assert [row["count"] for row in rows(path)] == [0, 1, 1], done.output
    done, _ = run("hotspots", "--layer", "vacancies", out="b.parquet")
    assert getattr(done.exception, "code", None) == "not_by_cell"


@pytest.mark.parametrize("out", ["a.shp", "a", "nowhere/a.csv", "a.xls"])
def test_files_that_cannot_be(run: Run, out: str) -> None:
    done, path = run("layer", "--layer", "received", "--level", "grid", out=out)
    assert getattr(done.exception, "code", None) == "bad_out"
    assert not path.exists()


def test_a_file_that_is_there_is_kept_unless_told_otherwise(run: Run) -> None:
    arguments = ("layer", "--layer", "received", "--level", "grid")
    for ending in ENDINGS:
        done, path = run(*arguments, out=f"a{ending}")
        assert done.exit_code == 0
        before = path.read_bytes()
        done, _ = run(*arguments, out=f"a{ending}")
        assert getattr(done.exception, "code", None) == "bad_out"
        assert path.read_bytes() == before
        done, _ = run(*arguments, "--force", "--as", "planner", out=f"a{ending}")
        assert done.exit_code == 0
        assert path.read_bytes() != before
    assert sorted(p.name for p in path.parent.glob("*a*.*")) == sorted(f"a{ending}" for ending in ENDINGS)
