"""Hostile and broken files of boundaries: each is refused with a reason that says what to do, or read as it is."""

import http.server
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import shapely

from gis.boundary_files import read_layer
from gis.boundary_limits import DRIVERS, ENVIRONMENT, LIMITS
from gis.boundary_refusals import REASONS, BoundaryFileError
from gis.confined import Limits, ask_confined_now
from gis.datums import Datum
from gis.position import UnknownDatumError
from tests.security import hostile_boundaries as hostile

CASES = list(hostile.cases())


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_each_is_refused_with_its_reason_or_read(case: hostile.Case, tmp_path: Path) -> None:
    path = tmp_path / f"sent{case.suffix}"
    path.write_bytes(case.content())
    began = time.monotonic()
    if case.reason is None:
        layer = read_layer(path)
        assert np.isin(shapely.get_type_id(layer.shapes), (3, 6)).all()
        assert not shapely.has_z(layer.shapes).any()
    else:
        with pytest.raises(BoundaryFileError) as refused:
            read_layer(path)
        assert refused.value.reason == case.reason, str(refused.value)
        assert str(refused.value).startswith(path.name)
    assert time.monotonic() - began < LIMITS.patience_s / 2
    assert list(tmp_path.iterdir()) == [path]


def test_there_are_enough_of_them() -> None:
    assert len(CASES) >= 60
    assert {case.reason for case in CASES if case.reason} <= set(REASONS)


def test_a_crs_that_is_missing_or_unknown_leaves_the_datum_open(tmp_path: Path) -> None:
    square = hostile.polygon(hostile.SQUARE)
    named = {"type": "name", "properties": {"name": "urn:x:nobody-knows"}}
    for number, crs in enumerate((None, named, {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::4610"}})):
        path = tmp_path / f"{number}.geojson"
        path.write_bytes(hostile.geojson(square, crs=crs))
        layer = read_layer(path)
        with pytest.raises(UnknownDatumError, match="--datum"):
            layer.datum(None)
        assert layer.datum(Datum.GCJ02) is Datum.GCJ02
    with pytest.warns(UserWarning, match="'crs' was not provided"):
        (tmp_path / "bare.gpkg").write_bytes(hostile.gpkg([shapely.box(117, 39, 118, 40)], crs=None))
    assert read_layer(tmp_path / "bare.gpkg").named is None
    (tmp_path / "a.kml").write_bytes(hostile.kml(hostile.placemark()))
    assert read_layer(tmp_path / "a.kml").named is None


def test_a_list_is_its_text_and_an_instant_keeps_its_zone(tmp_path: Path) -> None:
    about = {"code": "1", "tags": ["a", "b"], "numbers": [1, 2], "since": "2018-12-31T16:00:00Z", "day": "2019-01-01"}
    feature = {"type": "Feature", "properties": about, "geometry": hostile.polygon(hostile.SQUARE)}
    path = tmp_path / "a.geojson"
    path.write_bytes(hostile.geojson(features=[feature]))
    held = {name: values.tolist() for name, values in read_layer(path).columns.items()}
    assert held["tags"] == ["['a', 'b']"]
    assert held["numbers"] == ["[1, 2]"]
    assert (held["since"], held["day"]) == (["2018-12-31T16:00:00Z"], ["2019-01-01"])


def _shapefile(path: Path, text: str, noted: str, **words: Any) -> Path:
    """Write a zipped shapefile whose names are in one encoding, and a .cpg that may name another."""
    parts = hostile.shapefile(text, (".shp", ".shx", ".dbf", ".prj"), **words) | {".cpg": noted.encode()}
    path.write_bytes(hostile.zipped({f"a{suffix}": part for suffix, part in parts.items()}))
    return path


@pytest.mark.parametrize("noted", ["BIG5", "950", "ANSI 950"])
def test_a_cpg_is_believed_where_the_text_is_in_what_it_names(tmp_path: Path, noted: str) -> None:
    names = ("三河縣", "五百戶鎮")
    layer = read_layer(_shapefile(tmp_path / "a.zip", "BIG5", noted, names=names, called="名稱"))
    assert layer.columns["名稱"].tolist() == list(names)
    assert layer.encoding in ("big5", "cp950")


@pytest.mark.parametrize(
    ("text", "noted"), [("GBK", "UTF-8"), ("UTF-8", "BIG5"), ("UTF-8", "ISO-8859-1"), ("GBK", "936"), ("GBK", "System")]
)
def test_a_cpg_that_is_plainly_wrong_or_says_nothing_is_no_matter(tmp_path: Path, text: str, noted: str) -> None:
    layer = read_layer(_shapefile(tmp_path / "a.zip", text, noted))
    assert layer.columns["名称"].tolist() == ["香河县", "五百户镇"]


@pytest.mark.parametrize("noted", ["ISO 88591", "1252", "shift_jis"])
def test_a_cpg_that_fits_any_text_is_asked_about(tmp_path: Path, noted: str) -> None:
    path = _shapefile(tmp_path / "a.zip", "GBK", noted)
    with pytest.raises(BoundaryFileError) as refused:
        read_layer(path)
    assert refused.value.reason == "encoding_noted"
    assert read_layer(path, encoding="gbk").columns["名称"].tolist() == ["香河县", "五百户镇"]


@pytest.fixture
def listener() -> Iterator[tuple[str, list[str]]]:
    """A server that writes down what it is asked for."""
    asked: list[str] = []

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_error(404)

        def do_HEAD(self) -> None:
            self.do_GET()

        def log_message(self, *_: object) -> None:
            pass

    server = http.server.HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}", asked
    server.shutdown()
    thread.join()
    server.server_close()


def test_nothing_is_fetched_from_anywhere(tmp_path: Path, listener: tuple[str, list[str]]) -> None:
    address, asked = listener
    link = f'<NetworkLink><Link><href>{address}/link.kml</href></Link></NetworkLink><Style id="a"><IconStyle><Icon><href>{address}/icon.png</href></Icon></IconStyle></Style>'
    path = tmp_path / "a.kml"
    path.write_bytes(hostile.kml(f"{hostile.placemark()}{link}"))
    assert len(read_layer(path).shapes) == 1
    with pytest.raises(BoundaryFileError):
        read_layer(Path(f"/vsicurl/{address}/a.geojson"))
    # Also where the process itself is told to.
    order = f'{{"path": "/vsicurl/{address}/a.geojson", "layer": null, "encoding": null, "any_shape": false}}\n'
    assert ask_confined_now("gis.boundary_reader", order.encode(), LIMITS, ENVIRONMENT) == b""
    assert asked == []


def test_no_driver_but_the_four(tmp_path: Path) -> None:
    (tmp_path / "a.geojson").write_bytes(hostile.geojson(hostile.polygon(hostile.SQUARE)))
    assert len(DRIVERS) == 4
    order = f'{{"path": "{tmp_path}/a.geojson", "layer": null, "encoding": null, "any_shape": false}}\n'.encode()
    assert ask_confined_now("gis.boundary_reader", order, LIMITS, ENVIRONMENT) != b""
    # One more, and the process reads nothing at all.
    more = {**ENVIRONMENT, "GDAL_SKIP": ENVIRONMENT["GDAL_SKIP"].replace(",CSV,", ",")}
    assert ask_confined_now("gis.boundary_reader", order, LIMITS, more) == b""


def test_whoever_takes_too_long_is_ended(tmp_path: Path) -> None:
    (tmp_path / "a.geojson").write_bytes(hostile.geojson(hostile.polygon(hostile.SQUARE)))
    order = f'{{"path": "{tmp_path}/a.geojson", "layer": null, "encoding": null, "any_shape": false}}\n'.encode()
    hurried = Limits(LIMITS.memory_bytes, LIMITS.cpu_s, 0.01)
    assert ask_confined_now("gis.boundary_reader", order, hurried, ENVIRONMENT) == b""
