"""The command ``gridwarden snapshot`` over the little town: what whom is shown, and what is refused."""

import json
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest
from typer.testing import CliRunner, Result

from api import cli
from gis.cells import cells_of
from gis.errors import GridwardenError
from gis.migrate import downgrade
from gis.store import Store
from grids.receipts import new_number
from tests import little_town as town
from tests.conftest import cloned

_RECEIVE = (
    "SELECT receive_report(%(key)s, %(key)s, NULL, %(at)s, %(number)s, '\\x00', %(category)s, 'app', %(at)s, '话', NULL,"
    " %(lon)s, %(lat)s, 5, %(lon)s, %(lat)s, 'wgs84', NULL, NULL, %(cells)s)"
)
# Where and what; received a month before the tests run.  Nobody has answered any of them.
TOLD = [(town.IN_HEADED, "dumping")] * 7 + [(town.IN_DEPUTISED, "dumping")] * 2 + [(town.IN_HEADED, "dispute")]


@pytest.fixture(scope="module")
def told(database: Store) -> Store:
    town.build(database)
    at = datetime.now(UTC) - timedelta(days=30)
    with psycopg.connect(database.dsn("web")) as web:
        for n, ((lon, lat), category) in enumerate(TOLD):
            values = {"key": bytes([n]), "at": at, "number": new_number(), "category": category, "lon": lon, "lat": lat}
            web.execute(_RECEIVE, values | {"cells": cells_of(lon, lat)})
    return database


@pytest.fixture
def run(told: Store, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Any:
    monkeypatch.setenv("GRIDWARDEN_DATABASE_URL", told.dsn("admin"))
    monkeypatch.setenv("GRIDWARDEN_DATA", str(tmp_path / "var"))

    def command(*arguments: str, out: str = "map.html") -> tuple[Result, Path]:
        path = tmp_path / out
        given = ["snapshot", "--layer", "unsolved", "--level", "grid", *arguments, "--out", str(path)]
        return CliRunner().invoke(cli.app, given), path

    return command


def data(path: Path) -> dict[str, Any]:
    found = re.search(r'id="snapshot-data">(.*?)</script>', path.read_text(encoding="utf-8"))
    assert found
    answer: dict[str, Any] = json.loads(found[1])
    return answer


def test_what_anybody_may_see(run: Any) -> None:
    done, path = run()
    assert done.exit_code == 0, done.output
    assert re.search(r"map.html: 0\.\d\d MB in \d", done.stderr)
    units = data(path)["units"]
    assert units["names"] == ["东村第一网格", "东村第二网格", "东村第三网格"]
    assert units["counts"] == [None, None, 0], (
        "the dispute is private, two are too few to tell, and seven would tell them"
    )
    page = path.read_text(encoding="utf-8")
    assert "公开版" in page
    assert "演示数据" in page
    assert "内部资料" not in page
    assert len(data(path)["borders"]) == 2


def test_what_a_planner_sees_is_marked_and_leaves_no_session(run: Any, told: Store) -> None:
    done, path = run("--as", "planner", "--lang", "en")
    assert done.exit_code == 0, done.output
    assert data(path)["units"]["counts"] == [8, 2, 0]
    assert "Made with the rights of 规划员" in path.read_text(encoding="utf-8")
    with psycopg.connect(told.dsn("migrate")) as connection:
        assert connection.execute("SELECT count(*) FROM sessions").fetchone() == (0,)


def test_a_head_sees_private_cases_of_the_own_grid_alone(run: Any) -> None:
    _, path = run("--as", "deputy")
    assert data(path)["units"]["counts"] == [7, 2, 0]


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["--level", "street"], "unknown_kind"),
        (["--level", "cell-9"], "cells_too_fine"),
        (["--level", "cell-99"], "unknown_kind"),
        (["--family", "nothing"], "unknown_family"),
        (["--channel", "drum"], "unknown_channel"),
        (["--layer", "vacancies", "--level", "cell-7"], "not_by_cell"),
        (["--family", "people"], "private_family"),
        (["--from", "2026-02-01", "--to", "2026-01-01"], "empty_period"),
        (["--vs-from", "2026-02-01", "--vs-to", "2026-02-01"], "empty_period"),
        (["--as", "nobody"], "unknown_log_in"),
    ],
)
def test_what_is_refused(run: Any, arguments: list[str], code: str) -> None:
    done, path = run(*arguments)
    assert isinstance(done.exception, GridwardenError), done.output
    assert done.exception.code == code
    assert not path.exists()


def test_a_day_that_is_none(run: Any) -> None:
    done, _ = run("--from", "soon")
    assert done.exit_code == 2
    assert "soon" in done.output


def test_a_file_that_is_there_is_kept_unless_told_otherwise(run: Any) -> None:
    _, path = run("--no-hotspots")
    before = path.read_bytes()
    done, _ = run()
    assert getattr(done.exception, "code", None) == "bad_out"
    assert path.read_bytes() == before
    done, _ = run("--force", "--lang", "en")
    assert done.exit_code == 0
    assert path.read_bytes() != before
    assert [p.name for p in path.parent.glob("*map*")] == ["map.html"], "nothing is left beside it"


@pytest.mark.parametrize(
    "arguments",
    [
        ["--from", "2001-01-01", "--to", "2001-02-01"],
        ["--layer", "reopened"],
    ],
)
def test_an_empty_layer_is_an_honest_map(run: Any, arguments: list[str]) -> None:
    done, path = run(*arguments)
    assert done.exit_code == 0, done.output
    assert data(path)["units"]["counts"] == [0, 0, 0]
    assert 'class="empty"' in path.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    "arguments",
    [
        ["--layer", "received", "--level", "city"],
        ["--layer", "received", "--level", "cell-7"],
        ["--layer", "vacancies", "--level", "village"],
        ["--layer", "open", "--per", "households", "--as", "planner"],
        ["--layer", "overdue", "--per", "km2", "--vs-from", "2020-01-01", "--vs-to", "2020-02-01"],
        ["--level", "cell-9", "--as", "planner", "--theme", "dark"],
    ],
)
@pytest.mark.parametrize("kind", ["html", "png"])
def test_every_layer_can_be_drawn(run: Any, arguments: list[str], kind: str) -> None:
    done, path = run(*arguments, out=f"map.{kind}")
    assert done.exit_code == 0, done.output
    assert path.read_bytes()[:4] in (b"<!do", b"\x89PNG")


def test_a_database_of_an_older_version_is_brought_up_to_date(
    run: Any, server: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    with cloned(server) as store:
        monkeypatch.setenv("GRIDWARDEN_DATABASE_URL", store.dsn("admin"))
        downgrade(store.dsn("migrate"), "base")
        done, _ = run()
        assert getattr(done.exception, "code", None) == "no_boundaries", done.output
