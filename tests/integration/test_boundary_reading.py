"""Files of boundaries as programs write them, opened in the process that opens strangers' files."""

import sqlite3
from pathlib import Path

import pytest
import shapely

from gis.boundary_files import read_layer
from gis.boundary_refusals import BoundaryFileError
from gis.datums import Datum
from gis.point_files import open_points
from gis.position import UnknownDatumError
from tests.security.hostile_boundaries import gpkg


def kept(folder: Path, data: bytes) -> Path:
    path = folder / "a.gpkg"
    path.write_bytes(data)
    return path


def with_styles(path: Path) -> Path:
    """Add the table in which QGIS keeps the styles of a layer."""
    with sqlite3.connect(path) as file:
        file.execute("CREATE TABLE layer_styles (id INTEGER PRIMARY KEY, f_table_name TEXT, styleQML TEXT)")
        file.execute("INSERT INTO layer_styles VALUES (1, '层0', '<qgis/>')")
        file.execute(
            "INSERT INTO gpkg_contents (table_name, data_type, identifier, last_change) VALUES"
            " ('layer_styles', 'attributes', 'layer_styles', '2026-01-01T00:00:00Z')"
        )
    return path


def test_styles_beside_a_layer_are_no_second_one(tmp_path: Path) -> None:
    path = with_styles(kept(tmp_path, gpkg([shapely.box(117, 39, 118, 40)])))
    assert len(read_layer(path).shapes) == 1
    with open_points(with_styles(kept(tmp_path, gpkg([shapely.Point(117, 39)] * 3)))) as points:
        assert points.rows == 3
    with pytest.raises(BoundaryFileError) as refused:
        read_layer(path, "layer_styles")
    assert refused.value.reason == "no_geometry"


def test_an_area_that_was_cut_at_180_degrees_is_taken(tmp_path: Path) -> None:
    cut = shapely.MultiPolygon([shapely.box(179, -17, 180, -16), shapely.box(-180, -17, -179, -16)])
    assert shapely.area(read_layer(kept(tmp_path, gpkg([cut]))).shapes).tolist() == [2.0]
    with pytest.raises(BoundaryFileError) as refused:
        read_layer(kept(tmp_path, gpkg([shapely.box(-180, -17, 180, -16)])))
    assert refused.value.reason == "antimeridian"


def test_another_datum_is_called_by_its_name(tmp_path: Path) -> None:
    found = read_layer(kept(tmp_path, gpkg([shapely.box(117, 39, 118, 40)], crs="EPSG:4610")))
    with pytest.raises(UnknownDatumError, match=r"names Xian 1980, which is none of these. Turn it into CGCS2000"):
        found.datum(None)
    assert found.datum(Datum.GCJ02) is Datum.GCJ02


def test_nothing_unpacked_is_left_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TMPDIR", str(tmp_path / "room"))
    (tmp_path / "room").mkdir()
    monkeypatch.setattr("tempfile.tempdir", None)
    read_layer(kept(tmp_path, gpkg([shapely.box(117, 39, 118, 40)])))
    assert list((tmp_path / "room").iterdir()) == []
