"""Sites out of files: dated, nothing vanishes, and the same file twice does nothing."""

import json
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from api.cli.sites import app
from gis.errors import GridwardenError
from gis.store import Store
from grids.sample.small import default_folder
from tests import chains

SITES = default_folder() / "sites.geojson"


@pytest.fixture
def shell(database: Store, monkeypatch: pytest.MonkeyPatch) -> Any:
    @contextmanager
    def opened(_: object) -> Any:
        yield database

    monkeypatch.setattr("gis.store.open_store", opened)
    with chains.tampering(database) as superuser:
        superuser.execute("DELETE FROM sites")

    def run(*words: str | Path) -> str:
        result = CliRunner().invoke(app, ["import", *map(str, words)])
        if isinstance(result.exception, GridwardenError):
            return f"{result.exception.code} {result.exception.params.get('reason')}"
        assert result.exit_code == 0, (result.output, result.exception)
        return result.output

    return run


def stored(database: Store, query: str) -> list[tuple[Any, ...]]:
    with chains.owner(database) as owner:
        return owner.execute(query).fetchall()


def changed(path: Path, change: Any) -> Path:
    whole = json.loads(SITES.read_text(encoding="utf-8"))
    change(whole["features"])
    path.write_text(json.dumps(whole, ensure_ascii=False), encoding="utf-8")
    return path


def test_from_file_to_file(shell: Any, database: Store, tmp_path: Path) -> None:
    first = ("--source", "wubaihu", "--from", "2026-01-01", "--commit")
    assert "13 new, 0 changed" in shell(SITES, "--source", "wubaihu")
    assert stored(database, "SELECT count(*) FROM sites") == [(0,)]
    assert "Written" in shell(SITES, *first)
    kinds = stored(database, "SELECT DISTINCT GeometryType(geom) FROM sites ORDER BY 1")
    assert kinds == [("LINESTRING",), ("POINT",), ("POLYGON",)]
    assert stored(database, "SELECT min(lower(during)) AT TIME ZONE 'Asia/Shanghai' = '2019-01-01' FROM sites") == [
        (True,)
    ]
    before = stored(database, "SELECT id, during FROM sites ORDER BY id")
    assert "nothing to do" in shell(SITES, *first)
    assert stored(database, "SELECT id, during FROM sites ORDER BY id") == before

    def move(features: list[Any]) -> None:
        school = next(f for f in features if f["properties"]["kind"] == "school")
        school["properties"]["name"] = "示例新小学"
        features.remove(next(f for f in features if f["properties"]["kind"] == "road"))

    newer = changed(tmp_path / "newer.geojson", move)
    second = ("--source", "wubaihu", "--from", "2026-06-01")
    assert "0 new, 1 changed, 11 the same, 0 gone" in shell(newer, *second)
    assert "1 gone" in shell(newer, *second, "--replace-kind", "--commit")
    rows = stored(
        database,
        "SELECT name, (lower(during) AT TIME ZONE 'Asia/Shanghai')::date::text, (upper(during) AT TIME ZONE 'Asia/Shanghai')::date::text"
        " FROM sites WHERE kind IN ('school', 'road') AND (NOT upper_inf(during) OR name = '示例新小学') ORDER BY kind, lower(during)",
    )
    assert [row[1:] for row in rows] == [
        ("2019-01-01", "2026-06-01"),
        ("2019-01-01", "2026-06-01"),
        ("2026-06-01", None),
    ]
    assert "nothing to do" in shell(newer, *second, "--replace-kind", "--commit")
    # Another list ends nothing of this one.
    assert "0 gone" in shell(newer, "--source", "another", "--from", "2026-07-01", "--replace-kind")


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (lambda f: f[1]["properties"].update(code=f[0]["properties"]["code"]), "code_twice"),
        (lambda f: f[1]["properties"].update(kind=""), "no_kind"),
        (lambda f: f[1]["properties"].update(since="yesterday"), "bad_day"),
        (lambda f: f[1]["properties"].update(name=""), "no_name"),
        (lambda f: f[1].update(geometry=None), "no_outline"),
    ],
)
def test_what_is_refused_changes_nothing(shell: Any, database: Store, tmp_path: Path, change: Any, reason: str) -> None:
    assert reason in shell(changed(tmp_path / "a.geojson", change), "--commit")
    assert stored(database, "SELECT count(*) FROM sites") == [(0,)]
