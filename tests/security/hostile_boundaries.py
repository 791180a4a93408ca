"""Files of boundaries that mean harm or went wrong, made by code: what each is, and the reason for which it is refused."""

import io
import json
import stat
import struct
import tempfile
import zipfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pyogrio
import shapely

SQUARE = [[117.0, 39.0], [117.1, 39.0], [117.1, 39.1], [117.0, 39.1], [117.0, 39.0]]
CRS84 = {"type": "name", "properties": {"name": "urn:ogc:def:crs:OGC:1.3:CRS84"}}


@dataclass(frozen=True)
class Case:
    """A file, and the reason of its refusal; None: it is read, and the checks of a candidate say what is wrong."""

    name: str
    content: Callable[[], bytes]
    reason: str | None
    suffix: str = ".geojson"


def geojson(*geometries: Any, crs: Any = CRS84, **more: Any) -> bytes:
    """Answer a collection of areas, each with a code."""
    features = [
        {"type": "Feature", "properties": {"code": str(n), "name": f"区{n}"}, "geometry": geometry}
        for n, geometry in enumerate(geometries)
    ]
    named = {} if crs is None else {"crs": crs}
    return json.dumps({"type": "FeatureCollection", **named, "features": features} | more, ensure_ascii=False).encode()


def polygon(*rings: Any) -> dict[str, Any]:
    """Answer a polygon of rings."""
    return {"type": "Polygon", "coordinates": list(rings)}


def written(
    path: Path,
    shapes: list[Any],
    names: list[str],
    crs: str | None = "EPSG:4326",
    called: str = "名称",
    **options: Any,
) -> None:
    """Write a layer with codes and names through GDAL."""
    pyogrio.raw.write(
        path, shapely.to_wkb(np.array(shapes, dtype=object)),
        [np.array([str(n) for n in range(len(shapes))], dtype=object), np.array(names, dtype=object)], ["code", called],
        geometry_type="Unknown" if path.suffix == ".gpkg" else "Polygon", crs=crs, promote_to_multi=False, **options,
    )  # fmt: skip


def shapefile(
    encoding: str = "UTF-8",
    keep: tuple[str, ...] = (".shp", ".shx", ".dbf", ".prj", ".cpg"),
    names: tuple[str, str] = ("香河县", "五百户镇"),
    called: str = "名称",
) -> dict[str, bytes]:
    """Answer the parts of a shapefile with two areas, by their suffix."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "a.shp")
        written(
            path,
            [shapely.box(117, 39, 117.1, 39.1), shapely.box(117.1, 39, 117.2, 39.1)],
            list(names),
            called=called,
            encoding=encoding,
        )
        return {part.suffix: part.read_bytes() for part in Path(folder).iterdir() if part.suffix in keep}


def zipped(
    files: Mapping[str, bytes],
    change: Callable[[zipfile.ZipInfo], None] = lambda _: None,
    packed: int = zipfile.ZIP_DEFLATED,
) -> bytes:
    """Answer an archive of files, each entry changed before it is written."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", packed) as archive:
        for name, content in files.items():
            entry = zipfile.ZipInfo(name)
            entry.compress_type = packed
            change(entry)
            archive.writestr(entry, content)
    return made.getvalue()


def zipped_shapefile(**other: bytes) -> bytes:
    """Answer a good archive with other files beside."""
    return zipped({**{f"wards{suffix}": part for suffix, part in shapefile().items()}, **other})


def _linked() -> bytes:
    def link(entry: zipfile.ZipInfo) -> None:
        entry.external_attr = (stat.S_IFLNK | 0o777) << 16

    return zipped({"wards.geojson": b"/etc/passwd"}, link)


def _lying() -> bytes:
    """An archive whose table of contents says a tenth of what it unpacks to."""
    content = geojson(*[polygon(SQUARE)] * 2000)
    made = bytearray(zipped({"wards.geojson": content}))
    for start, place in ((b"PK\1\2", 24), (b"PK\3\4", 22)):
        at = made.index(start) + place
        made[at : at + 4] = struct.pack("<I", len(content) // 10)
    return bytes(made)


def _stained(packed: int) -> bytes:
    """An archive whose table of contents is good and whose stream is not."""
    made = bytearray(zipped({"wards.geojson": geojson(*[polygon(SQUARE)] * 200)}, packed=packed))
    middle = made.index(b"PK\1\2") // 2
    made[middle : middle + 40] = b"\xff" * 40
    return bytes(made)


def _locked() -> bytes:
    made = bytearray(zipped({"wards.geojson": geojson(polygon(SQUARE))}))
    for start, place in ((b"PK\1\2", 8), (b"PK\3\4", 6)):
        made[made.index(start) + place] |= 1
    return bytes(made)


def gpkg(shapes: list[Any], crs: str | None = "EPSG:4326", layers: int = 1) -> bytes:
    """Answer a GeoPackage."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "a.gpkg")
        for n in range(layers):
            written(path, shapes, ["甲"] * len(shapes), crs, layer=f"层{n}", append=n > 0)
        return path.read_bytes()


def parquet(wkb: list[Any], geo: Any = None, **more: Any) -> bytes:
    """Answer a Parquet file with these outlines and metadata."""
    about = {
        "version": "1.0.0",
        "primary_column": "geometry",
        "columns": {"geometry": {"encoding": "WKB", "geometry_types": []}},
    }
    table = pa.table({"code": [str(n) for n in range(len(wkb))], **more, "geometry": pa.array(wkb, pa.binary())})
    made = io.BytesIO()
    pq.write_table(table.replace_schema_metadata({"geo": json.dumps(about if geo is None else geo)}), made)
    return made.getvalue()


def _scribble() -> bytes:
    corners = np.random.default_rng(2019).uniform((117, 39), (117.01, 39.01), (20_000, 2))
    ring: list[list[float]] = np.round(corners, 6).tolist()
    return geojson(polygon([*ring, ring[0]]))


def _memory_bomb() -> bytes:
    """Some hundred kilobytes that unpack to 4 GB: one long text, four thousand times."""
    rows = 4_000
    dictionary = pa.DictionaryArray.from_arrays(pa.array(np.zeros(rows, dtype=np.int32)), pa.array(["x" * 1_000_000]))
    square = shapely.to_wkb(shapely.box(117, 39, 117.1, 39.1))
    about = {
        "version": "1.0.0",
        "primary_column": "geometry",
        "columns": {"geometry": {"encoding": "WKB", "crs": None}},
    }
    table = pa.table(
        {"code": pa.array(range(rows)), "words": dictionary, "geometry": pa.array([square] * rows, pa.binary())}
    )
    made = io.BytesIO()
    plain = pa.schema(
        [("code", pa.int64()), ("words", pa.string()), ("geometry", pa.binary())], metadata={"geo": json.dumps(about)}
    )
    with pq.ParquetWriter(made, plain, compression="zstd", store_schema=False) as writer:
        for start in range(0, rows, 500):
            part = table.slice(start, 500)
            writer.write_table(part.set_column(1, "words", part["words"].cast(pa.string())).cast(plain))
    return made.getvalue()


def kml(body: str, head: str = '<?xml version="1.0" encoding="UTF-8"?>') -> bytes:
    """Answer a KML with placemarks."""
    return f'{head}<kml xmlns="http://www.opengis.net/kml/2.2"><Document><Folder><name>a</name>{body}</Folder></Document></kml>'.encode()


def placemark(name: str = "甲") -> str:
    """Answer a placemark that is an area."""
    ring = " ".join(f"{lon},{lat},0" for lon, lat in SQUARE)
    return (
        f'<Placemark><name>{name}</name><ExtendedData><Data name="code"><value>1</value></Data></ExtendedData><Polygon><outerBoundaryIs>'
        f"<LinearRing><coordinates>{ring}</coordinates></LinearRing></outerBoundaryIs></Polygon></Placemark>"
    )


def _long_ring(corners: int) -> bytes:
    turn = np.linspace(0, 2 * np.pi, corners, endpoint=False)
    ring = np.column_stack([117 + 0.1 * np.cos(turn), 39 + 0.1 * np.sin(turn)])
    return gpkg([shapely.Polygon(ring)])


def _broken(number: float) -> Any:
    with np.errstate(invalid="ignore"):
        return shapely.Polygon([(117, 39), (number, 39), (117, 40)])


def _damaged(content: bytes) -> bytes:
    return content[: len(content) // 2]


def cases() -> Iterator[Case]:
    """Answer all of them."""
    square = polygon(SQUARE)
    swapped = polygon([[y, x] for x, y in SQUARE])
    bow_tie = polygon([[117, 39], [117.1, 39.1], [117.1, 39], [117, 39.1], [117, 39]])
    spike = polygon(
        [[117, 39], [117.1, 39], [117.1, 39.1], [117.05, 39.1], [117.05, 39.9], [117.05, 39.1], [117, 39.1], [117, 39]]
    )
    hole = [[116, 38], [118, 38], [118, 40], [116, 40], [116, 38]]
    text = geojson(square).decode()

    # Not what they say.
    yield Case("empty", lambda: b"", "empty_file")
    yield Case("a picture", lambda: b"\x89PNG\r\n\x1a\n" + b"\0" * 100, "unknown_format", ".png")
    yield Case("a page", lambda: b"<html><body>x</body></html>", "unknown_format", ".html")
    yield Case("CSV", lambda: b'code,wkt\n1,"POLYGON((0 0,1 1,1 0,0 0))"\n', "unknown_format", ".csv")
    yield Case(
        "a virtual file that reads another",
        lambda: (
            b'<OGRVRTDataSource><OGRVRTLayer name="a"><SrcDataSource>/etc/passwd</SrcDataSource></OGRVRTLayer></OGRVRTDataSource>'
        ),
        "unknown_format",
        ".vrt",
    )
    yield Case(
        "a virtual file that says it is KML",
        lambda: (
            b'<OGRVRTDataSource><!-- <kml --><OGRVRTLayer name="a"><SrcDataSource>/vsicurl/http://127.0.0.1:9/a.csv</SrcDataSource></OGRVRTLayer></OGRVRTDataSource>'
        ),
        "unreadable",
        ".kml",
    )
    yield Case(
        "GML that names a schema elsewhere",
        lambda: (
            b'<!-- <kml --><ogr:FeatureCollection xmlns:ogr="http://ogr.maptools.org/" xmlns:gml="http://www.opengis.net/gml"/>'
        ),
        "unreadable",
        ".gml",
    )
    yield Case(
        "a pipeline of GDAL",
        lambda: b'{"type":"gdal_streamed_alg","command_line":"gdal vector pipeline ! read /etc/passwd"}',
        "unreadable",
        ".json",
    )
    yield Case(
        "ESRI JSON",
        lambda: (
            b'{"geometryType":"esriGeometryPolygon","features":[{"attributes":{"a":1},"geometry":{"rings":[[[0,0],[1,1],[1,0],[0,0]]]}}]}'
        ),
        "unreadable",
        ".json",
    )
    yield Case("SQLite that is no GeoPackage", lambda: b"SQLite format 3\0" + b"\0" * 4080, "unreadable", ".gpkg")
    yield Case("a lone .shp", lambda: shapefile()[".shp"], "lone_shapefile", ".shp")
    yield Case(
        "half a GeoPackage", lambda: _damaged(gpkg([shapely.box(117, 39, 118, 40)] * 3000)), "unreadable", ".gpkg"
    )
    yield Case("half a Parquet", lambda: _damaged(parquet([b""] * 10)), "unreadable", ".parquet")
    yield Case("half a GeoJSON", lambda: _damaged(geojson(square)), "unreadable")
    yield Case("half a zip", lambda: _damaged(zipped_shapefile()), "unreadable", ".zip")
    yield Case("more than 50 MB", lambda: geojson(square) + b" " * 50_000_000, "too_large")

    # Archives.
    yield Case("a zip of zeros", lambda: zipped({"a.geojson": b"0" * 40_000_000}), "zip_ratio", ".zip")
    yield Case(
        "a zip of more than 50 MB",
        lambda: zipped({"a.geojson": np.random.default_rng(1).integers(48, 52, 51_000_000, dtype=np.uint8).tobytes()}),
        "zip_size",
        ".zip",
    )
    yield Case("a zip that lies about its size", _lying, "unreadable", ".zip")
    for packed in (zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA):
        yield Case(f"a zip with a damaged stream ({packed})", partial(_stained, packed), "unreadable", ".zip")
    yield Case("a zip of many files", lambda: zipped({f"{n}.txt": b"x" for n in range(21)}), "zip_files", ".zip")
    yield Case("a zip that climbs", lambda: zipped({"../../etc/cron.d/x.geojson": geojson(square)}), "zip_path", ".zip")
    yield Case(
        "a zip that climbs as Windows does", lambda: zipped({"..\\..\\x.geojson": geojson(square)}), "zip_path", ".zip"
    )
    yield Case("a zip with an absolute name", lambda: zipped({"/etc/x.geojson": geojson(square)}), "zip_path", ".zip")
    yield Case("a zip with a drive", lambda: zipped({"c:/x.geojson": geojson(square)}), "zip_path", ".zip")
    yield Case("a zip with a link", _linked, "zip_link", ".zip")
    yield Case("a zip in a zip", lambda: zipped({"a.zip": zipped_shapefile()}), "zip_nested", ".zip")
    yield Case(
        "a zip in a zip under another name", lambda: zipped({"a.geojson": zipped({"b": b"b"})}), "zip_nested", ".zip"
    )
    yield Case("a zip with a password", _locked, "zip_locked", ".zip")
    yield Case("a zip of nothing", lambda: zipped({"readme.txt": b"x"}), "zip_nothing", ".zip")
    yield Case(
        "a zip of two",
        lambda: zipped({"a.geojson": geojson(square), "b.geojson": geojson(square)}),
        "zip_several",
        ".zip",
    )
    yield Case(
        "a zip without .dbf",
        lambda: zipped({f"a{s}": p for s, p in shapefile(keep=(".shp", ".shx")).items()}),
        "shp_incomplete",
        ".zip",
    )

    # Text.
    yield Case(
        "KML that reads a file",
        lambda: kml(placemark("&x;"), '<?xml version="1.0"?><!DOCTYPE kml [<!ENTITY x SYSTEM "file:///etc/passwd">]>'),
        "xml_entities",
        ".kml",
    )
    yield Case(
        "KML that laughs",
        lambda: kml(
            placemark("&c;"),
            '<?xml version="1.0"?><!DOCTYPE k [<!ENTITY a "ha"><!ENTITY b "&a;&a;"><!ENTITY c "&b;&b;">]>',
        ),
        "xml_entities",
        ".kml",
    )
    yield Case("neither UTF-8 nor GB18030", lambda: geojson(square).replace("区".encode(), b"\xff\xff\x81"), "encoding")
    yield Case(
        "UTF-8 that was cut off",
        lambda: (
            geojson(*[square] * 5).replace(b'"features"', b'\n"x":"\xe5\x8c","features"', 1).replace(b"}, {", b"},\n{")
        ),
        "encoding_mixed",
    )
    yield Case(
        "UTF-8 that was cut off in one line of all",
        lambda: geojson(*[square] * 5).replace("区3".encode(), "区3".encode()[:2]),
        "encoding_mixed",
    )
    yield Case("nested a million times", lambda: b'{"type":' + b"[" * 1_000_000, "unreadable")

    # Outlines.
    yield Case("NaN", lambda: text.replace("117.0,", "NaN,", 1).encode(), "unreadable")
    yield Case("Infinity", lambda: text.replace("117.0,", "1e999,", 1).encode(), "unreadable")
    yield Case(
        "NaN in a GeoPackage",
        lambda: gpkg([_broken(float("nan"))]),
        "not_finite",
        ".gpkg",
    )
    yield Case(
        "infinity in Parquet",
        lambda: parquet([shapely.to_wkb(_broken(float("inf")))]),
        "not_finite",
        ".parquet",
    )
    yield Case("latitude first", lambda: geojson(swapped), "swapped")
    yield Case(
        "metres called degrees",
        lambda: gpkg([shapely.box(500_000, 4_300_000, 501_000, 4_301_000)]),
        "not_degrees",
        ".gpkg",
    )
    yield Case(
        "across the antimeridian",
        lambda: geojson(polygon([[-179.9, 39], [179.9, 39], [179.9, 39.1], [-179.9, 39.1], [-179.9, 39]])),
        "antimeridian",
    )
    yield Case("a million corners in one ring", lambda: _long_ring(1_000_000), "ring_too_long", ".gpkg")
    yield Case("points among areas", lambda: geojson(square, {"type": "Point", "coordinates": [117, 39]}), "not_areas")
    yield Case(
        "lines among areas",
        lambda: gpkg([shapely.box(117, 39, 118, 40), shapely.LineString([(117, 39), (118, 40)])]),
        "not_areas",
        ".gpkg",
    )
    yield Case(
        "a collection with a point in it",
        lambda: geojson(
            {"type": "GeometryCollection", "geometries": [square, {"type": "Point", "coordinates": [117, 39]}]}
        ),
        "not_areas",
    )
    yield Case("no geometry", lambda: geojson(square, None), "no_outline")
    yield Case("an empty geometry", lambda: geojson(square, polygon()), "no_outline")
    yield Case("two corners", lambda: geojson(polygon([[117, 39], [118, 40]])), "broken_outline")
    yield Case("a ring that is not closed", lambda: geojson(polygon(SQUARE[:-1])), "broken_outline")
    yield Case("no rows", lambda: geojson(), "no_rows")
    yield Case("no rows in Parquet", lambda: parquet([]), "no_rows", ".parquet")
    yield Case("nonsense for outlines", lambda: parquet([b"nonsense"]), "broken_outline", ".parquet")
    yield Case("Parquet without outlines", lambda: parquet([b"x"], {"version": "1.0.0"}), "no_geometry", ".parquet")
    native = {"primary_column": "geometry", "columns": {"geometry": {"encoding": "multipolygon", "geometry_types": []}}}
    yield Case("coordinates in Parquet as numbers", lambda: parquet([b"x"], native), "native_geometry", ".parquet")
    yield Case("several layers", lambda: gpkg([shapely.box(117, 39, 118, 40)], layers=2), "layers", ".gpkg")
    yield Case("a scribble that crosses itself a hundred million times", _scribble, "over_limits")
    yield Case("4 GB in a small Parquet", _memory_bomb, "over_limits", ".parquet")

    # Read as they are: the checks say what is wrong, and propose the repair.
    yield Case("a bow-tie", lambda: geojson(bow_tie), None)
    yield Case("a spike", lambda: geojson(spike), None)
    yield Case("a hole around its shell", lambda: geojson(polygon(SQUARE, hole)), None)
    yield Case(
        "height and measure",
        lambda: parquet(
            [
                shapely.to_wkb(
                    shapely.from_wkt("POLYGON ZM ((117 39 1 2, 118 39 1 2, 118 40 1 2, 117 39 1 2))"), flavor="iso"
                )
            ]
        ),
        None,
        ".parquet",
    )
    yield Case("a collection of areas", lambda: geojson({"type": "GeometryCollection", "geometries": [square]}), None)
    tagged = {"type": "Feature", "properties": {"code": "1", "tags": ["a", "b"]}, "geometry": square}
    yield Case("lists in a column", lambda: geojson(features=[tagged]), None)
    yield Case(
        "a .dbf in GBK without .cpg",
        lambda: zipped({f"a{s}": p for s, p in shapefile("GBK", (".shp", ".shx", ".dbf", ".prj")).items()}),
        None,
        ".zip",
    )
