"""An edition out of files: dry run, loading in one transaction, the same again, and everything in the shell."""

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import psycopg
import pyogrio
import pytest
import shapely
from typer.testing import CliRunner

from api.cli.boundaries import app
from gis.errors import GridwardenError
from gis.store import Store
from grids.sample.redraw import MERGED, SPLIT
from grids.sample.small import default_folder
from tests import chains

SAMPLE = default_folder()
FLAT = [(f"E0500{n}", f"Ward {n}", shapely.box(1 + n * 0.01, 51, 1.01 + n * 0.01, 51.01)) for n in range(4)]


@pytest.fixture
def shell(database: Store, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Answer a function that runs `gridwarden boundaries …` over the test's database, and what it prints."""
    from contextlib import contextmanager

    @contextmanager
    def opened(_: object) -> Iterator[Store]:
        yield database

    monkeypatch.setattr("gis.store.open_store", opened)

    def run(*words: str | Path, fails: bool = False) -> str:
        result = CliRunner().invoke(app, [str(word) for word in words])
        if fails:
            assert isinstance(result.exception, GridwardenError), result.output
            return f"{result.exception.code} {result.exception.params.get('reason', '')} {result.exception}"
        assert result.exit_code == 0, (result.output, result.exception)
        return result.output

    with chains.tampering(database) as superuser:
        superuser.execute(
            "DELETE FROM activations; DELETE FROM findings; DELETE FROM edition_checks; DELETE FROM boundaries; DELETE FROM editions; DELETE FROM areas"
        )
    return run


def stored(database: Store, query: str, *values: object) -> list[tuple[Any, ...]]:
    with chains.owner(database) as owner:
        return owner.execute(query, values).fetchall()


def put_in_force(database: Store, name: str, day: str = "2025-01-01") -> None:
    with psycopg.connect(database.dsn("admin"), autocommit=True) as superuser:
        superuser.execute(
            "INSERT INTO gridwarden.activations (valid_from, edition_id, activated_at)"
            " SELECT (%s || ' 00:00 Asia/Shanghai')::timestamptz, id, loaded_at FROM gridwarden.editions WHERE name = %s",
            (day, name),
        )


def flat(path: Path, code: str = "WD24CD", name: str = "WD24NM", crs: str = "EPSG:4326", **more: Any) -> Path:
    pyogrio.raw.write(
        path, shapely.to_wkb([shape for _, _, shape in FLAT]),
        [np.array([row[n] for row in FLAT], dtype=object) for n in (0, 1)], [code, name],
        geometry_type="Polygon", crs=crs, **more,
    )  # fmt: skip
    return path


def test_a_dry_run_tells_and_changes_nothing(shell: Any, database: Store) -> None:
    said = shell("import", SAMPLE / "areas-2025.geojson", "--name", "2025")
    assert "code from code" in said
    assert "Areas: city 1, county 1, township 1, village 44, grid 76" in said
    assert "Nothing was changed" in said
    assert stored(database, "SELECT FROM editions") == []


def test_each_level_may_have_a_tolerance_of_its_own(shell: Any, database: Store, tmp_path: Path) -> None:
    levels = "SELECT tolerances_m FROM editions WHERE name = %s"
    file = SAMPLE / "areas-2025.geojson"
    assert "bad_tolerance" in shell("import", file, "--name", "x", "--tolerance-m", "hamlet=5", fails=True)
    shell("import", file, "--name", "2025", "--tolerance-m", "village=200", "--tolerance-m", "15", "--commit")
    assert stored(database, levels, "2025") == [([0.0, 0.0, 0.0, 200.0, 15.0],)]
    wards = flat(tmp_path / "wards.gpkg")
    shell("import", wards, "--name", "wards", "--code-field", "WD24CD", "--name-field", "WD24NM", "--commit")
    assert stored(database, levels, "wards") == [([25.0],)]


def test_the_redraw_within_a_township(shell: Any, database: Store) -> None:
    shell("import", SAMPLE / "areas-2025.geojson", "--name", "2025", "--commit")
    put_in_force(database, "2025")
    said = shell("import", SAMPLE / "areas-2027.geojson", "--name", "2027", "--within", "131024106", "--commit")
    assert "Stay as they are in force: 2; of the file left out: 2" in said
    assert "Against the boundaries in force: grid: " in said
    assert "is loaded; it answers for nothing yet" in said
    (edition,) = stored(
        database, "SELECT id, levels, datum, synthetic, source, digest IS NOT NULL FROM editions WHERE name = '2027'"
    )
    assert edition[1:] == (["city", "county", "township", "village", "grid"], "wgs84", True, "areas-2027.geojson", True)
    assert stored(database, "SELECT name FROM edition_at('2027-06-01')") == [("2025",)]
    rows = stored(
        database,
        "SELECT code, name, parent_code, chain, households, round(area_m2) > 0, ST_Within(label, geom) FROM boundaries"
        " WHERE edition_id = %s AND level = 'grid' AND parent_code = %s ORDER BY code",
        edition[0], SPLIT,
    )  # fmt: skip
    assert [row[0][-3:] for row in rows] == ["001", "002", "003", "004"]
    assert rows[3][1:4] == ("示例村第四网格", SPLIT, ["1310", "131024", "131024106", SPLIT, f"{SPLIT}004"])
    assert all(row[5] and row[6] for row in rows)
    assert stored(
        database, "SELECT count(*) FROM boundaries WHERE edition_id = %s AND parent_code = %s", edition[0], MERGED
    ) == [(1,)]
    # What was found was kept with it, in the same transaction.
    assert stored(database, "SELECT areas FROM edition_checks WHERE edition_id = %s", edition[0]) == [(123,)]


def test_what_is_redrawn_within_a_township_keeps_the_tolerances_in_force(shell: Any, database: Store) -> None:
    tolerances = "SELECT tolerances_m FROM editions WHERE name = %s"
    shell(
        "import", SAMPLE / "areas-2025.geojson", "--name", "2025", "--tolerance-m", "village=200", "--tolerance-m", "40",
        "--commit",
    )  # fmt: skip
    put_in_force(database, "2025")
    redraw = ("import", SAMPLE / "areas-2027.geojson", "--within", "131024106", "--commit", "--name")
    assert "Tolerance of" not in shell(*redraw, "2027")
    assert stored(database, tolerances, "2027") == [([0.0, 0.0, 0.0, 200.0, 40.0],)]
    assert "as edition 2027" in shell(*redraw, "again")
    # Another tolerance is another edition.
    assert "Tolerance of grid: 30 m, in force 40 m" in shell(*redraw, "closer", "--tolerance-m", "grid=30")
    assert stored(database, tolerances, "closer") == [([0.0, 0.0, 0.0, 200.0, 30.0],)]


def test_the_same_again_does_nothing_and_another_under_the_name_is_refused(
    shell: Any, database: Store, tmp_path: Path
) -> None:
    shell("import", SAMPLE / "areas-2025.geojson", "--name", "2025", "--commit")
    before = stored(database, "SELECT * FROM editions")
    again = shell("import", SAMPLE / "areas-2025.geojson", "--name", "2025", "--commit")
    assert "The very same areas are loaded already, as edition 2025" in again
    # In another format, in another order and under another name: still the same areas.
    about, _, wkb, columns = pyogrio.raw.read(SAMPLE / "areas-2025.geojson")
    turned = np.arange(len(wkb))[::-1]
    pyogrio.raw.write(
        tmp_path / "other.gpkg", wkb[turned], [column[turned] for column in columns], about["fields"],
        geometry_type="MultiPolygon", crs="EPSG:4326",
    )  # fmt: skip
    assert "as edition 2025" in shell("import", tmp_path / "other.gpkg", "--name", "other", "--commit")
    assert "name_taken" in shell("import", SAMPLE / "areas-2027.geojson", "--name", "2025", "--commit", fails=True)
    assert stored(database, "SELECT * FROM editions") == before


def test_one_file_for_each_level_by_codes_and_by_ground(shell: Any, database: Store, tmp_path: Path) -> None:
    features = json.loads((SAMPLE / "areas-2025.geojson").read_text(encoding="utf-8"))
    paths = []
    for level in ("township", "village", "grid"):
        kept = [f for f in features["features"] if f["properties"]["level"] == level]
        if level == "grid":
            # Numbered without their village, as some counties do: only the ground tells which it lies in.
            for n, feature in enumerate(kept):
                feature["properties"] = {"code": f"WG-{n:03d}", "name": feature["properties"]["name"]}
        paths.append(tmp_path / f"{level}.geojson")
        for feature in kept:
            feature["properties"].pop("parent_code", None)
        paths[-1].write_text(json.dumps(features | {"features": kept}, ensure_ascii=False), encoding="utf-8")
    levels = [word for level in ("township", "village", "grid") for word in ("--level", level)]
    said = shell("import", *paths, *levels, "--name", "levels", "--commit")
    assert "Parents: 44 by how their codes begin, 76 by the ground they share" in said
    assert "Areas: township 1, village 44, grid 76" in said
    assert stored(database, "SELECT count(*) FROM boundaries WHERE cardinality(chain) = 3") == [(76,)]
    assert "levels_for_files" in shell("import", *paths, "--level", "a", "--level", "b", "--name", "x", fails=True)


def test_a_flat_set_of_wards_with_any_codes(shell: Any, database: Store, tmp_path: Path) -> None:
    path = flat(tmp_path / "wards.gpkg")
    told = shell(
        "import",
        path,
        "--name",
        "wards",
        "--code-field",
        "WD24CD",
        "--name-field",
        "WD24NM",
        "--level",
        "ward",
        "--commit",
    )
    assert "Areas: ward 4" in told
    assert stored(database, "SELECT levels, datum FROM editions") == [(["ward"], "wgs84")]
    assert stored(database, "SELECT code, name, parent_code FROM boundaries ORDER BY code LIMIT 1") == [
        ("E05000", "Ward 0", None)
    ]
    assert "ask_column" in shell("import", path, "--name", "other", fails=True)


def test_gbk_without_cpg_in_a_zip(shell: Any, database: Store, tmp_path: Path) -> None:
    folder = tmp_path / "parts"
    folder.mkdir()
    names = np.array(["香河县", "五百户镇", "霍刘赵村", "第一网格"], dtype=object)
    codes = np.array(["131024", "131024106", "131024106201", "131024106201001"], dtype=object)
    box = shapely.to_wkb(shapely.box(117, 39, 117.1, 39.1))
    pyogrio.raw.write(
        folder / "a.shp", np.array([box] * 4, dtype=object), [codes, names], ["代码", "名称"],
        geometry_type="Polygon", crs="EPSG:4549", encoding="GBK",
    )  # fmt: skip
    (folder / "a.cpg").unlink()
    path = Path(shutil.make_archive(str(tmp_path / "wards"), "zip", folder))
    refused = shell("import", path, "--name", "a", "--encoding", "utf-8", fails=True)
    assert "encoding_given" in refused
    box = shapely.to_wkb(shapely.box(500_000, 4_300_000, 510_000, 4_310_000))
    pyogrio.raw.write(
        folder / "a.shp", np.array([box] * 4, dtype=object), [codes, names], ["代码", "名称"],
        geometry_type="Polygon", crs="EPSG:4549", encoding="GBK",
    )  # fmt: skip
    (folder / "a.cpg").unlink()
    path = Path(shutil.make_archive(str(tmp_path / "wards"), "zip", folder))
    said = shell("import", path, "--name", "gbk", "--commit")
    assert "gb18030" in said
    assert "levels by the digits of the codes" in said
    assert stored(database, "SELECT name, level FROM boundaries ORDER BY code") == [
        ("香河县", "county"), ("五百户镇", "township"), ("霍刘赵村", "village"), ("第一网格", "grid"),
    ]  # fmt: skip
    assert stored(database, "SELECT datum FROM editions") == [("cgcs2000",)]


def test_the_datum_is_named_or_the_file_is_refused(shell: Any, database: Store, tmp_path: Path) -> None:
    path = tmp_path / "bare.geojson"
    bare = json.loads((SAMPLE / "areas-2025.geojson").read_text(encoding="utf-8"))
    del bare["crs"]
    path.write_text(json.dumps(bare, ensure_ascii=False), encoding="utf-8")
    assert "unknown_datum" in shell("import", path, "--name", "bare", fails=True)
    shell("import", path, "--name", "gcj", "--datum", "gcj02", "--commit")
    assert stored(database, "SELECT datum FROM editions") == [("gcj02",)]
    (moved,) = stored(database, "SELECT ST_X(label), ST_Y(label) FROM boundaries WHERE code = '131024106'")
    (given,) = [f for f in bare["features"] if f["properties"]["code"] == "131024106"]
    centre = shapely.geometry.shape(given["geometry"]).centroid
    assert 0.004 < centre.x - moved[0] < 0.008


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (lambda f: f[5]["properties"].update(code=f[6]["properties"]["code"]), "cannot_load"),
        (lambda f: f[5]["properties"].update(parent_code="9999"), "cannot_load"),
        (lambda f: f[5]["properties"].update(code="a b"), "bad_code"),
        (lambda f: f[5]["properties"].update(code=""), "no_code"),
        (lambda f: f[5]["properties"].update(name=None), "no_name"),
        (lambda f: f[5]["properties"].update(households=-3), "bad_number"),
        (lambda f: f[5]["properties"].update(level="hamlet"), "ask_levels"),
        (lambda f: f[5]["geometry"].update(type="MultiPoint", coordinates=[[117, 39]]), "not_areas"),
    ],
)  # fmt: skip
def test_a_file_that_half_fails_changes_nothing(
    shell: Any, database: Store, tmp_path: Path, change: Any, reason: str
) -> None:
    whole = json.loads((SAMPLE / "areas-2025.geojson").read_text(encoding="utf-8"))
    change(whole["features"])
    path = tmp_path / "half.geojson"
    path.write_text(json.dumps(whole, ensure_ascii=False), encoding="utf-8")
    assert reason in shell("import", path, "--name", "half", "--commit", fails=True)
    assert stored(database, "SELECT (SELECT count(*) FROM editions) + (SELECT count(*) FROM areas)") == [(0,)]


def test_an_area_keeps_its_level(shell: Any, database: Store, tmp_path: Path) -> None:
    options = ("--code-field", "WD24CD", "--name-field", "WD24NM", "--commit")
    shell("import", flat(tmp_path / "wards.gpkg"), "--name", "wards", "--level", "ward", *options)
    assert "level_changed" in shell(
        "import", tmp_path / "wards.gpkg", "--name", "x", "--level", "district", *options, fails=True
    )
    assert stored(database, "SELECT count(*) FROM editions") == [(1,)]


def test_a_spike_is_repaired_as_the_checks_proposed(shell: Any, database: Store, tmp_path: Path) -> None:
    whole = json.loads((SAMPLE / "areas-2025.geojson").read_text(encoding="utf-8"))
    grid = next(f for f in whole["features"] if f["properties"]["level"] == "grid")
    ring = grid["geometry"]["coordinates"][0][0]
    x, y = ring[3]
    ring.insert(4, [x + 0.01, y + 0.01])
    ring.insert(5, [x, y])
    path = tmp_path / "spike.geojson"
    path.write_text(json.dumps(whole, ensure_ascii=False), encoding="utf-8")
    said = shell("import", path, "--name", "spike", "--lang", "en", "--commit")
    assert "Errors 0" in said
    assert "the outline is wrong" in said
    code = grid["properties"]["code"]
    assert stored(
        database, "SELECT ST_IsValid(geom), ST_XMax(geom) < %s FROM boundaries WHERE code = %s", x + 0.01, code
    ) == [(True, True)]
    assert stored(database, "SELECT severity, codes FROM findings WHERE kind = 'invalid_ring'") == [("warning", [code])]
