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


FLAT = {"type": "Polygon", "coordinates": [[[117, 39], [117.01, 39], [117.02, 39], [117, 39]]]}


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
        (lambda f: f[1].update(geometry=FLAT), "no_outline"),
        (lambda f: f[1]["properties"].update(synthetic="perhaps"), "bad_flag"),
        (lambda f: f[1]["properties"].update(until="2019-01-01"), "ends_before"),
        (lambda f: f[1]["properties"].update(since="", until="2026-01-01"), "ends_before"),
        (lambda f: f[1]["properties"].update(until="2026-02-01", last_day="2026-02-01"), "two_ends"),
        (lambda f: f[1]["properties"].update(最后一天="9999-12-31"), "bad_day"),
        (lambda f: f[1]["properties"].update(至="2026-02-01"), "unclear_end"),
    ],
)
def test_what_is_refused_changes_nothing(shell: Any, database: Store, tmp_path: Path, change: Any, reason: str) -> None:
    assert reason in shell(changed(tmp_path / "a.geojson", change), "--from", "2026-06-01", "--commit")
    assert stored(database, "SELECT count(*) FROM sites") == [(0,)]


def _days(database: Store) -> tuple[str, str | None]:
    days = "SELECT {}::text FROM sites WHERE name = '示例村小学'"
    ends = (f"(timezone('Asia/Shanghai', {end}(during)))::date" for end in ("lower", "upper"))
    since, until = (stored(database, days.format(end))[0][0] for end in ends)
    return since, until


@pytest.mark.parametrize(
    ("told", "options", "until"),
    [
        ({"until": "2026-02-01"}, (), "2026-02-01"),
        ({"结束日期": "2026-02-01"}, (), "2026-02-02"),
        ({"至": "2026-02-01"}, ("--last-day-field", "至"), "2026-02-02"),
        ({"to": "2026-02-01"}, ("--until-field", "to"), "2026-02-01"),
        ({"to": "the reservoir"}, ("--until-field", ""), None),
    ],
)
def test_whether_the_last_day_counts_is_said_by_its_heading_or_by_whoever_asks(
    shell: Any, database: Store, tmp_path: Path, told: dict[str, str], options: tuple[str, ...], until: str | None
) -> None:
    shell(changed(tmp_path / "a.geojson", lambda f: f[1]["properties"].update(told)), *options, "--commit")
    assert _days(database) == ("2019-01-01", until)


def test_an_instant_is_the_day_in_shanghai(shell: Any, database: Store, tmp_path: Path) -> None:
    told = {"since": "2018-12-31T16:00:00Z", "until": "2026-01-31T20:00:00Z"}
    shell(changed(tmp_path / "a.geojson", lambda f: f[1]["properties"].update(told)), "--commit")
    assert _days(database) == ("2019-01-01", "2026-02-01")


def test_an_end_before_the_day_is_that_end(shell: Any, database: Store, tmp_path: Path) -> None:
    shell(SITES, "--commit")
    later = ("--source", "sites", "--from", "2026-06-01", "--commit")
    ended = changed(tmp_path / "a.geojson", lambda f: f[1]["properties"].update(until="2026-02-01", name="示例旧址"))
    assert "1 changed" in shell(ended, *later)
    assert _days(database) == ("2019-01-01", "2026-02-01")
    assert "nothing to do" in shell(ended, *later)
    early = changed(tmp_path / "b.geojson", lambda f: f[2]["properties"].update(until="2018-06-01"))
    assert "ends_before" in shell(early, *later)


def test_a_code_of_another_list_is_not_overwritten(shell: Any, database: Store, tmp_path: Path) -> None:
    shell(SITES, "--source", "wubaihu", "--commit")
    other = changed(tmp_path / "a.geojson", lambda f: f[1]["properties"].update(name="消防站"))
    later = ("--from", "2026-06-01", "--commit")
    for replace in ((), ("--replace-kind",)):
        assert "code_of_another" in shell(other, "--source", "fire brigade", *later, *replace)
    assert stored(database, "SELECT count(*), max(source) FROM sites WHERE upper_inf(during)") == [(13, "wubaihu")]
    assert stored(database, "SELECT count(*) FROM sites WHERE name = '消防站'") == [(0,)]
    # What it says alike is no quarrel, and the list's own newer file goes on.
    assert "nothing to do" in shell(SITES, "--source", "fire brigade", *later)
    assert "1 changed" in shell(other, "--source", "wubaihu", *later)


def test_a_site_of_no_list_may_be_taken_over(shell: Any, database: Store, tmp_path: Path) -> None:
    shell(SITES, "--source", "wubaihu", "--commit")
    with chains.tampering(database) as superuser:
        superuser.execute("UPDATE sites SET source = NULL")
    other = changed(tmp_path / "a.geojson", lambda f: f[1]["properties"].update(name="示例第二小学"))
    assert "1 changed" in shell(other, "--source", "education", "--from", "2026-06-01", "--commit")
    assert stored(database, "SELECT source FROM sites WHERE name = '示例第二小学'") == [("education",)]


def test_what_began_cannot_end_before(shell: Any, tmp_path: Path) -> None:
    first = ("--source", "wubaihu", "--from", "2018-01-01", "--commit")
    shell(SITES, *first)
    early = changed(tmp_path / "a.geojson", lambda f: f[1]["properties"].update(since="", until="2018-06-01"))
    assert "ends_before" in shell(early, *first)


def test_another_first_day_of_what_is_recorded_is_told_and_not_passed_over(
    shell: Any, database: Store, tmp_path: Path
) -> None:
    shell(SITES, "--commit")
    moved = changed(tmp_path / "a.geojson", lambda f: f[1]["properties"].update(since="2015-01-01"))
    assert "since_differs" in shell(moved, "--from", "2026-06-01", "--commit")
    assert _days(database) == ("2019-01-01", None)
