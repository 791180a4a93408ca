"""The GeoPackage of findings: read as QGIS reads it, with the driver of GDAL and the table of styles."""

import sqlite3
from contextlib import closing
from pathlib import Path
from xml.etree import ElementTree

import pyogrio
import pytest
import shapely

from gis.boundary_checks import check
from maps.finding_layers import write_findings
from tests.candidates import box, drawn, town, with_values


@pytest.fixture
def file(tmp_path: Path) -> Path:
    loop = [
        (1000, 0),
        (1400, 0),
        (1400, 0),
        (2000, 0),
        (2000, 1000),
        (1990, 1010),
        (1990, 1000),
        (2000, 1010),
        (1000, 1000),
    ]
    given = town({"1001002": drawn(shapely.Polygon(loop)), "1002002": box(2900, 0, 4000, 1000)})
    given = with_values(given, "names", {"1002001": ""})
    path = tmp_path / "findings.gpkg"
    write_findings(path, check(given), given)
    return path


def test_each_layer_is_one_type_and_says_both_languages(file: Path) -> None:
    assert {name: kind for name, kind in pyogrio.list_layers(file) if kind} == {
        "findings": "Point", "shapes": "MultiPolygon", "repairs": "MultiPolygon", "areas": "MultiPolygon",
    }  # fmt: skip
    about, _, wkb, columns = pyogrio.raw.read(file, layer="findings")
    read = dict(zip(about["fields"], columns, strict=True))
    assert about["crs"] == "EPSG:4326"
    kinds = list(read["kind"])
    assert {"overlap", "invalid_ring", "missing_name"} <= set(kinds)
    overlap = kinds.index("overlap")
    assert "重叠了" in read["what_zh"][overlap]
    assert "overlap by" in read["what_en"][overlap]
    assert read["severity"][overlap] == "error"
    assert read["area_m2"][overlap] == pytest.approx(100_000, rel=0.01)
    assert shapely.from_wkb(wkb[overlap]).within(box(2890, 0, 3010, 1000))
    repairs = pyogrio.raw.read(file, layer="repairs")
    assert shapely.is_valid(shapely.from_wkb(repairs[2])).all()
    assert len(repairs[2]) == 1
    areas = pyogrio.raw.read(file, layer="areas")
    assert {"1001002", "1002001", "1002002"} <= set(areas[3][0])


def test_every_layer_has_a_style_that_is_taken_up_by_default(file: Path) -> None:
    with closing(sqlite3.connect(file)) as opened:
        rows = opened.execute(
            "SELECT f_table_name, f_geometry_column, styleQML, useAsDefault FROM layer_styles"
        ).fetchall()
        columns = dict(opened.execute("SELECT table_name, column_name FROM gpkg_geometry_columns").fetchall())
    assert {row[0]: row[1] for row in rows} == columns
    for _, _, qml, default in rows:
        assert default == 1
        assert ElementTree.fromstring(qml).find("renderer-v2") is not None  # noqa: S314  our own


def test_nothing_found_is_a_file_too(tmp_path: Path) -> None:
    path = tmp_path / "none.gpkg"
    write_findings(path, [], town())
    write_findings(path, [], town())
    assert pyogrio.read_info(path, layer="findings")["features"] == 0
