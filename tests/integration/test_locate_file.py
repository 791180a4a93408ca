"""``gridwarden locate FILE``: what comes in comes out, with its answers beside it, whatever the format."""

import re
import signal
import subprocess
import sys
import time
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import psycopg
import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet
import pyogrio
import pytest
import shapely
from typer import Typer
from typer.testing import CliRunner

from api.cli.locate import locate
from gis.datums import Datum, from_wgs84
from gis.errors import GridwardenError
from gis.index_source import index_of_edition
from gis.point_matching import locate_file
from gis.store import Store
from tests import little_town as town

COMMAND = Typer()
COMMAND.command()(locate)
DRAWN = {"1": shapely.box(117.0, 39.70, 117.01, 39.71), "2": shapely.box(117.01, 39.70, 117.02, 39.71)}
IN_1, ON_EDGE, NEAR_2, FAR = (117.005, 39.705), (117.01, 39.705), (117.0201, 39.705), (118.0, 39.705)


@pytest.fixture
def wards(tmp_path: Path) -> Path:
    """A flat set of two wards, in a file that names its CRS."""
    path = tmp_path / "wards.gpkg"
    write(path, np.array(list(DRAWN.values())), {"ward": np.array(list(DRAWN), dtype=object)})
    return path


def write(path: Path, shapes: Any, columns: dict[str, Any], crs: str | None = "EPSG:4326") -> None:
    pyogrio.raw.write(
        path,
        shapely.to_wkb(shapes),
        list(columns.values()),
        list(columns),
        geometry_type=shapely.from_wkb(shapely.to_wkb(shapes[0])).geom_type,
        crs=crs,
    )


def run(*arguments: object) -> str:
    done = CliRunner().invoke(COMMAND, [str(each) for each in arguments])
    if done.exception is not None and not isinstance(done.exception, SystemExit):
        raise done.exception
    assert done.exit_code == 0, done.output
    return done.output


def refused(*arguments: object) -> str:
    """The text of an error or of the usage, without the frame around it."""
    done = CliRunner().invoke(COMMAND, [str(each) for each in arguments])
    assert done.exit_code != 0
    if isinstance(done.exception, GridwardenError):
        return f"{done.exception.code}: {done.exception}"
    assert isinstance(done.exception, SystemExit), done.exception
    return re.sub(r"[\s│]+", " ", done.output)


def rows_of(path: Path) -> list[dict[str, str]]:
    header, *rows = (line.split(",") for line in path.read_text(encoding="utf-8").replace('"', "").splitlines())
    return [dict(zip(header, row, strict=True)) for row in rows]


def csv(path: Path, *rows: str, header: str = "id,lon,lat", encoding: str = "utf-8") -> Path:
    path.write_text("\n".join((header, *rows)) + "\n", encoding=encoding)
    return path


def test_gbk_with_rows_that_are_nowhere(tmp_path: Path, wards: Path) -> None:
    source = csv(
        tmp_path / "来电.csv",
        "001,五百户镇, 117.005 ,39.705",
        "002,,117.01,39.705",
        "003,香河,,39.705",
        "004,香河,一一七,39.705",
        "005,香河,39.705,117.005",
        "006,香河,1e999,39.705",
        "007,香河,117.0201,39.705",
        "008,香河,118,39.705",
        header="编号,地名,经度,纬度",
        encoding="gbk",
    )
    out = tmp_path / "out.csv"
    told = run(
        source, "--datum", "wgs84", "--out", out, "--lon-field", "经度", "--lat-field", "纬度",
        "--boundaries", wards, "--code-field", "ward",
    )  # fmt: skip
    assert "8 rows by wards.gpkg: inside 1, border 1, near 1, outside 1, invalid 4" in told
    found = rows_of(out)
    assert [(row["编号"], row["outcome"], row["code"], row["distance_m"], row["reason"]) for row in found] == [
        ("001", "inside", "1", "0", ""),
        ("002", "border", "1", "0", ""),
        ("003", "invalid", "", "", "missing"),
        ("004", "invalid", "", "", "not_a_number"),
        ("005", "invalid", "", "", "coordinates_swapped"),
        ("006", "invalid", "", "", "not_finite"),
        ("007", "near", "2", "8.576", ""),
        ("008", "outside", "", "", ""),
    ]
    assert [row["地名"] for row in found[:3]] == ["五百户镇", "", "香河"]
    assert found[0]["经度"] == " 117.005 "


@pytest.mark.parametrize("suffix", [".csv", ".parquet", ".gpkg"])
@pytest.mark.parametrize("out_suffix", [".csv", ".parquet", ".gpkg"])
def test_every_format_into_every_other(tmp_path: Path, wards: Path, suffix: str, out_suffix: str) -> None:
    where = np.array([IN_1, ON_EDGE, NEAR_2, FAR])
    source, out = tmp_path / f"points{suffix}", tmp_path / f"out{out_suffix}"
    names = ["甲", "乙", "丙", "丁"]
    if suffix == ".gpkg":
        write(source, shapely.points(where), {"name": np.array(names, dtype=object)})
    else:
        table = pa.table({"name": names, "lon": where[:, 0], "lat": where[:, 1]})
        (pa.csv.write_csv if suffix == ".csv" else pa.parquet.write_table)(table, source)
    run(source, "--datum", "cgcs2000", "--out", out, "--boundaries", wards, "--code-field", "ward")
    if out_suffix == ".gpkg":
        about, _, wkb, columns = pyogrio.raw.read(out)
        found = dict(zip(about["fields"], columns, strict=True))
        assert about["crs"] == "EPSG:4326"
        assert np.allclose(shapely.get_coordinates(shapely.from_wkb(wkb)), where, rtol=0, atol=1e-12)
    else:
        table = pa.csv.read_csv(out) if out_suffix == ".csv" else pa.parquet.read_table(out)
        found = {name: np.array(column) for name, column in table.to_pydict().items()}
    assert list(found["name"]) == names
    assert list(found["outcome"]) == ["inside", "border", "near", "outside"]
    assert [str(code) for code in found["code"]][:3] == ["1", "1", "2"]
    assert [path.name for path in tmp_path.iterdir() if ".part" in path.name] == []


def test_geoparquet_and_a_projected_geopackage_keep_their_geometry(tmp_path: Path, wards: Path) -> None:
    from pyproj import Transformer

    where = np.array([IN_1, NEAR_2])
    plane = np.column_stack(Transformer.from_crs(4326, 32650, always_xy=True).transform(*where.T))
    source, middle, out = tmp_path / "points.gpkg", tmp_path / "middle.parquet", tmp_path / "out.csv"
    write(source, shapely.points(plane), {"n": np.array([1, 2])}, crs="EPSG:32650")
    areas = ("--boundaries", wards, "--code-field", "ward")
    run(source, "--datum", "wgs84", "--out", middle, *areas)
    table = pa.parquet.read_table(middle)
    assert table.column("outcome").to_pylist() == ["inside", "near"]
    pa.parquet.write_table(table.drop_columns(["outcome", "code", "distance_m", "reason"]), middle)
    run(middle, "--datum", "wgs84", "--out", out, *areas)
    assert [(row["outcome"], row["code"]) for row in rows_of(out)] == [("inside", "1"), ("near", "2")]
    assert float(rows_of(out)[0]["lon"]) == pytest.approx(117.005, abs=1e-9)


def test_the_datum_of_the_points_is_taken_by_its_word(tmp_path: Path, wards: Path) -> None:
    lon, lat = from_wgs84(np.array([IN_1]), Datum.GCJ02)[0]
    source, out = csv(tmp_path / "points.csv", f"1,{lon},{lat}"), tmp_path / "out.gpkg"
    run(source, "--datum", "gcj02", "--out", out, "--boundaries", wards, "--code-field", "ward")
    _, _, wkb, _ = pyogrio.raw.read(out)
    assert shapely.get_coordinates(shapely.from_wkb(wkb)) == pytest.approx(np.array([IN_1]), abs=1e-8)


def test_levels_and_overlays_of_a_boundary_file(tmp_path: Path) -> None:
    shapes = np.array([shapely.box(0, 0, 1, 1), shapely.box(0, 0, 0.5, 1), shapely.box(0.4, 0, 1, 1)])
    areas = tmp_path / "areas.geojson"
    columns = {"code": [10.0, 11.0, 12.0], "kind": ["village", "grid", "grid"], "over": [0, 0, 1]}
    write(
        areas,
        shapes,
        {name: np.array(each, dtype=object if name == "kind" else None) for name, each in columns.items()},
    )
    source = csv(tmp_path / "points.csv", "a,0.45,0.5", "b,0.2,0.5", "c,0.2,1.0000001")
    out = tmp_path / "out.csv"
    run(
        source, "--datum", "wgs84", "--out", out, "--boundaries", areas, "--code-field", "code", "--level-field", "kind",
        "--levels", "village,grid", "--overlay-field", "over", "--tolerance-m", "0.001",
    )  # fmt: skip
    found = [(row["outcome"], row["code"]) for row in rows_of(out)]
    assert found == [("inside", "12"), ("inside", "11"), ("outside", "")]


def test_tolerances_of_levels(tmp_path: Path) -> None:
    shapes, areas = np.array([shapely.box(0, 0, 1, 1), shapely.box(0, 0, 0.5, 1)]), tmp_path / "areas.geojson"
    write(areas, shapes, {"code": np.array(["1", "11"], object), "kind": np.array(["village", "grid"], object)})
    # Some 111, 56 and 1,113 m off.
    source, out = csv(tmp_path / "points.csv", "a,1.001,0.5", "b,0.5005,0.5", "c,1.01,0.5"), tmp_path / "out.csv"
    options = (source, "--datum", "wgs84", "--out", out, "--boundaries", areas, "--code-field", "code")
    levels = ("--level-field", "kind", "--levels", "village,grid")
    for given, expected in (
        ((), ["outside", "backstop", "outside"]),
        (("--tolerance-m", "60"), ["outside", "near", "outside"]),
        (("--tolerance-m", "village=200"), ["near", "backstop", "outside"]),
        (("--tolerance-m", "village=2000", "--tolerance-m", "grid=60"), ["near", "near", "near"]),
    ):
        run(*options, *levels, *given)
        assert [row["outcome"] for row in rows_of(out)] == expected


@pytest.mark.parametrize("between", [";", "\t"])
def test_semicolons_and_tabs_stand_between_as_well(tmp_path: Path, wards: Path, between: str) -> None:
    source, out = tmp_path / "points.csv", tmp_path / "out.csv"
    lines = (between.join(line) for line in (["id", '"lon"', '"a, b, c"', "lat"], ["1", "117.005", "x, y", "39.705"]))
    source.write_text("\ufeff" + "\r\n".join(lines), encoding="utf-8")
    run(source, "--datum", "wgs84", "--out", out, "--boundaries", wards, "--code-field", "ward")
    assert pa.csv.read_csv(out).to_pylist() == [
        {
            "id": 1,
            "lon": 117.005,
            "a, b, c": "x, y",
            "lat": 39.705,
            "outcome": "inside",
            "code": 1,
            "distance_m": 0,
            "reason": None,
        }
    ]


def test_a_geopackage_with_everything_but_points(tmp_path: Path, wards: Path) -> None:
    shapes = [
        shapely.Point(117.005, 39.705, 30),
        shapely.Point(),
        None,
        shapely.LineString([(117, 39.7), (117.1, 39.8)]),
        shapely.MultiPoint([(117.005, 39.705)]),
    ]
    source, out = tmp_path / "points.gpkg", tmp_path / "out.csv"
    pyogrio.raw.write(
        source,
        np.array(shapely.to_wkb(np.array(shapes, dtype=object))),
        [np.arange(5)],
        ["n"],
        geometry_type="Unknown",
        crs="EPSG:4326",
    )
    run(source, "--datum", "wgs84", "--out", out, "--boundaries", wards, "--code-field", "ward")
    assert [(row["outcome"], row["reason"]) for row in rows_of(out)] == [
        ("inside", ""),
        ("invalid", "missing"),
        ("invalid", "missing"),
        ("invalid", "not_a_point"),
        ("invalid", "not_a_point"),
    ]


@pytest.mark.parametrize("out_suffix", [".csv", ".gpkg"])
def test_a_table_of_a_geopackage_without_geometry_has_its_columns(tmp_path: Path, wards: Path, out_suffix: str) -> None:
    import geopandas
    import pandas  # type: ignore[import-untyped]

    source, out = tmp_path / "table.gpkg", tmp_path / f"out{out_suffix}"
    pyogrio.write_dataframe(pandas.DataFrame({"lon": [117.005], "lat": [39.705]}), source, driver="GPKG")
    run(source, "--datum", "wgs84", "--out", out, "--boundaries", wards, "--code-field", "ward")
    if out_suffix == ".csv":
        assert rows_of(out)[0]["outcome"] == "inside"
    else:
        assert geopandas.read_file(out).geometry.iloc[0].equals(shapely.Point(117.005, 39.705))


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
def test_what_is_interrupted_leaves_no_half_file(tmp_path: Path, wards: Path, how: signal.Signals) -> None:
    source, out = tmp_path / "points.csv", tmp_path / "out.csv"
    source.write_bytes(b"id,lon,lat\n" + b"1,117.005,39.705\n" * 4_000_000)
    out.write_text("of yesterday")
    command = (
        sys.executable,
        "-c",
        "from api.cli import main; main()",
        "locate",
        source,
        "--datum",
        "wgs84",
        "--out",
        out,
    )
    working = subprocess.Popen([*command, "--boundaries", wards, "--code-field", "ward"], stderr=subprocess.DEVNULL)
    try:
        while not list(tmp_path.glob(".out.*.part.csv")):
            assert working.poll() is None
            time.sleep(0.01)
        working.send_signal(how)
        assert working.wait(60) != 0
    finally:
        working.kill()
    assert out.read_text() == "of yesterday"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["out.csv", "points.csv", "wards.gpkg"]


@pytest.mark.parametrize(
    ("kind", "values"),
    [
        (pa.large_string(), ["117.005", None]),
        (pa.string_view(), ["117.005", None]),
        (pa.decimal128(9, 3), [Decimal("117.005"), None]),
        (pa.dictionary(pa.int32(), pa.string()), ["117.005", None]),
        (pa.dictionary(pa.int32(), pa.float64()), [117.005, None]),
        (pa.float32(), [117.005, None]),
    ],
)
@pytest.mark.parametrize("out_suffix", [".csv", ".parquet", ".gpkg"])
def test_numbers_of_every_type_of_a_parquet_file(
    tmp_path: Path, wards: Path, kind: Any, values: list[Any], out_suffix: str
) -> None:
    source, out = tmp_path / "points.parquet", tmp_path / f"out{out_suffix}"
    pa.parquet.write_table(pa.table({"lon": pa.array(values, kind), "lat": [39.705, 39.705]}), source)
    told = run(source, "--datum", "wgs84", "--out", out, "--boundaries", wards, "--code-field", "ward")
    assert "inside 1, invalid 1" in told


def test_what_is_refused_writes_nothing(tmp_path: Path, wards: Path) -> None:
    source, out = csv(tmp_path / "points.csv", "1,117.005,39.705"), tmp_path / "out.csv"
    areas = ("--boundaries", wards, "--code-field", "ward")
    datum = ("--datum", "wgs84")
    assert "unknown_datum" in refused(source, "--out", out, *areas)
    assert "Say where the answers go" in refused(source, *datum, *areas)
    assert "is no file" in refused(tmp_path / "gone.csv", *datum, "--out", out, *areas)
    assert "they are for one point" in refused(source, *datum, "--out", out, *areas, "--accuracy-m", "800")
    assert "they are for one point" in refused(source, *datum, "--out", out, *areas, "--lang", "en")
    assert "--code-field" in refused(source, *datum, "--out", out, "--boundaries", wards)
    assert "there is no column code" in refused(
        source, *datum, "--out", out, "--boundaries", wards, "--code-field", "code"
    )
    assert "has no column 'x'" in refused(
        source, *datum, "--out", out, *areas, "--lon-field", "x", "--lat-field", "lat"
    )
    assert "both columns" in refused(source, *datum, "--out", out, *areas, "--lon-field", "lon")
    assert "bad_out" in refused(source, *datum, "--out", tmp_path / "out.xlsx", *areas)
    assert "bad_out" in refused(source, *datum, "--out", tmp_path / "gone" / "out.csv", *areas)
    assert "is the file that is read" in refused(source, *datum, "--out", source, *areas)
    assert "is the file of the areas" in refused(source, *datum, "--out", wards, *areas)
    assert "bad_tolerance" in refused(source, *datum, "--out", out, *areas, "--tolerance-m", "-1")
    assert "bad_tolerance" in refused(source, *datum, "--out", out, *areas, "--tolerance-m", "wide")
    assert "There is no level 'grid'" in refused(source, *datum, "--out", out, *areas, "--tolerance-m", "grid=5")
    assert "--at" in refused(source, *datum, "--out", out, *areas, "--at", "2019-11-30T12:00+08:00")
    assert "options for files" in refused("117.0", "39.7", *datum, *areas)
    clash = csv(tmp_path / "clash.csv", "1,117,39,x", header="id,lon,lat,code")
    assert "columns called code" in refused(clash, *datum, "--out", out, *areas)
    assert not out.exists()


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "cannot be read"),
        (b"id,lon,lat\n1,117,39\n2,117\n", "cannot be read"),
        (b"id,lon,lat\n" + b"1,117,39,\n" * 3, "cannot be read"),
        # Beyond the first block, when some rows have been written already.
        (b"id,lon,lat\n" + b"1,117.000000000000000000000000000,39\n" * 500_000 + b"2,117\n", "cannot be read"),
        (b"id,lon,lat,lon\n1,117,39,5\n", "several columns called lon"),
        (b"id,lon,lat\n1,117,39\n\xff\xfe\xff,1,2\n", "neither UTF-8 nor GBK"),
    ],
)
@pytest.mark.parametrize("out_suffix", [".csv", ".parquet", ".gpkg"])
def test_a_broken_csv_is_refused_whole(
    tmp_path: Path, wards: Path, content: bytes, reason: str, out_suffix: str
) -> None:
    source, out = tmp_path / "points.csv", tmp_path / f"out{out_suffix}"
    source.write_bytes(content)
    out.write_text("of yesterday")
    assert reason in refused(source, "--datum", "wgs84", "--out", out, "--boundaries", wards, "--code-field", "ward")
    assert out.read_text() == "of yesterday"
    assert sorted(path.name for path in tmp_path.iterdir()) == [out.name, "points.csv", "wards.gpkg"]


@pytest.mark.parametrize("out_suffix", [".csv", ".parquet", ".gpkg"])
def test_a_file_without_rows_gives_one_without_rows(tmp_path: Path, wards: Path, out_suffix: str) -> None:
    out = tmp_path / f"out{out_suffix}"
    told = run(
        csv(tmp_path / "points.csv"), "--datum", "wgs84", "--out", out, "--boundaries", wards, "--code-field", "ward"
    )
    assert "0 rows" in told
    assert out.exists()


def test_boundaries_without_a_datum_or_with_a_bow_tie_are_refused(tmp_path: Path) -> None:
    source, out = csv(tmp_path / "points.csv", "1,117.005,39.705"), tmp_path / "out.csv"
    bare, tied = tmp_path / "bare.gpkg", tmp_path / "tied.geojson"
    write(bare, np.array(list(DRAWN.values())), {"ward": np.array(["1", "2"], dtype=object)}, crs="EPSG:3857")
    bow_tie = shapely.Polygon([(0, 0), (1, 1), (1, 0), (0, 1)])
    write(tied, np.array([bow_tie]), {"ward": np.array(["1"], dtype=object)})
    options = (source, "--datum", "wgs84", "--out", out, "--code-field", "ward")
    assert "areas_refused: tied.geojson: the outline of '1' is not valid" in refused(*options, "--boundaries", tied)
    beijing = tmp_path / "beijing.gpkg"
    write(beijing, np.array(list(DRAWN.values())), {"ward": np.array(["1", "2"], dtype=object)}, crs="EPSG:4214")
    assert "unknown_datum" in refused(*options, "--boundaries", beijing)
    run(*options, "--boundaries", beijing, "--boundaries-datum", "wgs84")
    assert rows_of(out)[0]["code"] == "1"


def test_over_the_edition_of_a_day(database: Store, tmp_path: Path) -> None:
    from datetime import datetime

    town.build(database)
    places = {"headed": town.IN_HEADED, "border": town.ON_BORDER, "gap": town.IN_GAP, "city": town.IN_CITY_ONLY}
    source = csv(tmp_path / "points.csv", *(f"{name},{lon},{lat}" for name, (lon, lat) in places.items()))
    out = tmp_path / "out.csv"
    with psycopg.connect(database.dsn("web")) as web:
        index, name = index_of_edition(web, datetime.fromisoformat("2019-11-30T12:00+08:00"))
        with pytest.raises(GridwardenError) as none:
            index_of_edition(web, datetime.fromisoformat("2010-01-01T12:00+08:00"))
    assert (name, none.value.code) == ("2019", "no_boundaries")
    counts = locate_file(source, out, index, Datum.WGS84)
    assert counts == {"inside": 1, "border": 1, "near": 1, "backstop": 1}
    assert [row["code"] for row in rows_of(out)] == [town.HEADED, town.HEADED, town.DEPUTISED, town.CITY]
