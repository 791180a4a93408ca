"""The process in which a file of boundaries is opened: GDAL with a handful of drivers, no network, and limits.

``gis.boundary_files`` asks it.  It reads one order and answers one table: a line of JSON, then Arrow.  Whatever it is
tricked into dies with it.
"""

from __future__ import annotations

import gc
import json
import signal
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, BinaryIO, Final

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pyogrio
import shapely
from numpy.typing import NDArray
from pyproj import CRS, Transformer
from pyproj.exceptions import CRSError

from gis.boundary_archive import Kind, opened
from gis.boundary_limits import DRIVERS, LIMITS, WKB
from gis.boundary_outlines import Shapes, check_areas, check_degrees, read_outlines
from gis.boundary_refusals import MAX_BYTES, MAX_COLUMNS, MAX_ROWS, BoundaryFileError
from gis.boundary_text import UTF_8, as_utf_8, decoded, decoded_values, known

# What LIBKML adds to every placemark, whatever was written.
_KML_OWN: Final = {
    "timestamp", "begin", "end", "altitudeMode", "tessellate", "extrude", "visibility", "drawOrder", "icon", "snippet",
}  # fmt: skip
_DATUMS: Final = {"EPSG:4326": "wgs84", "OGC:CRS84": "wgs84", "EPSG:4490": "cgcs2000"}
_MENDING_S: Final = 10
_UNPACKED_RATIO: Final = 8


class Layer:
    """What was read of one layer, before anything is known of its meaning."""

    def __init__(self, columns: dict[str, pa.Array], wkb: NDArray[np.object_], crs: str | None, encoding: str) -> None:
        self.columns = columns
        self.wkb = wkb
        self.crs = crs
        self.encoding = encoding


def read(path: Path, order: dict[str, Any]) -> tuple[dict[str, Any], pa.Table]:
    """Answer what is known of a layer and the layer itself, in degrees of its own datum.

    Raises
    ------
    BoundaryFileError
        ``boundary_file_refused``.
    """
    with TemporaryDirectory(prefix="gridwarden-boundaries-") as folder:
        kind, found = opened(path, Path(folder))
        layer = _READERS[kind](found, kind, order)
    rows = len(layer.wkb)
    if rows == 0:
        raise BoundaryFileError("no_rows")
    if len(layer.columns) > MAX_COLUMNS:
        raise BoundaryFileError("too_many_columns", count=len(layer.columns), most=MAX_COLUMNS)
    shapes = read_outlines(layer.wkb)
    if not order["any_shape"]:
        check_areas(shapes)
    shapes, about = _in_degrees(shapes, layer.crs)
    _try_repairs(shapes)
    table = pa.table({**layer.columns, WKB: pa.array(shapely.to_wkb(shapes).tolist(), pa.binary())})
    return {"format": kind, "encoding": layer.encoding, **about}, table


def _try_repairs(shapes: Shapes) -> None:
    """Mend what is not valid once here, where it may take too long: a scribble crosses itself a hundred million times.

    What can be mended in this time can be mended by whoever asked, too.
    """
    broken = shapes[~shapely.is_valid(shapes)]
    if len(broken):
        signal.signal(signal.SIGALRM, signal.SIG_DFL)
        signal.alarm(_MENDING_S)
        shapely.make_valid(broken, method="structure", keep_collapsed=False)
        signal.alarm(0)


def _in_degrees(shapes: Shapes, given: str | None) -> tuple[Shapes, dict[str, Any]]:
    crs = _crs(given)
    geodetic = crs.geodetic_crs if crs is not None else None
    if crs is not None and geodetic is not None and not crs.is_geographic:
        way = Transformer.from_crs(crs, geodetic, always_xy=True)
        shapes = shapely.transform(shapes, lambda xy: np.column_stack(way.transform(xy[:, 0], xy[:, 1])))
        if not np.isfinite(shapely.bounds(shapes)).all():
            raise BoundaryFileError("unreadable", said=f"corners outside the reach of {crs.name}")
    check_degrees(shapes)
    authority = geodetic.to_authority(min_confidence=70) if geodetic is not None else None
    datum = _DATUMS.get(":".join(authority)) if authority else None
    return shapes, {"crs": crs.name if crs is not None else given, "datum": datum}


def _crs(given: str | None) -> CRS | None:
    try:
        return CRS.from_user_input(given) if given else None
    except CRSError:
        return None


def _read_text(path: Path, kind: Kind, order: dict[str, Any]) -> Layer:
    text, encoding = decoded(path.read_bytes(), order["encoding"])
    crs = None
    if kind == "geojson":
        crs = _named_crs(text)
    else:
        _check_xml(text)
    # GDAL wants UTF-8, whatever it was.
    return _read_gdal(as_utf_8(text), kind, order | {"crs": crs, "encoding": encoding})


def _check_xml(text: str) -> None:
    if "<!DOCTYPE" in text or "<!ENTITY" in text:
        raise BoundaryFileError("xml_entities")


def _named_crs(text: str) -> str | None:
    """Answer the CRS that a GeoJSON names in so many words: without one GDAL says WGS84, which nobody knows."""

    def refuse(number: str) -> None:
        raise BoundaryFileError("unreadable", said=f"{number} is no number of JSON")

    try:
        whole = json.loads(text, parse_constant=refuse)
    except (ValueError, RecursionError) as error:
        raise BoundaryFileError("unreadable", said=f"JSON: {error}") from error
    named = whole.get("crs") if isinstance(whole, dict) else None
    properties = named.get("properties") if isinstance(named, dict) else None
    name = properties.get("name") if isinstance(properties, dict) else None
    del whole
    gc.collect()
    return name if isinstance(name, str) else None


def _read_gdal(source: Path | bytes, kind: Kind, order: dict[str, Any]) -> Layer:
    try:
        layer = _layer(pyogrio.list_layers(source).tolist(), order["layer"])
        about, _, wkb, columns = pyogrio.raw.read(
            source,
            layer=layer,
            force_2d=False,
            max_features=MAX_ROWS + 1,
            # Bytes as they are: which characters they mean is decided here, and strictly.
            encoding="ISO-8859-1" if kind == "shp" else None,
            # As it is written, because a day depends on the zone that is written with it.
            datetime_as_string=True,
        )
    except UnicodeDecodeError as error:
        raise BoundaryFileError("encoding") from error
    except (pyogrio.errors.DataSourceError, pyogrio.errors.DataLayerError, pyogrio.errors.FeatureError) as error:
        raise BoundaryFileError("unreadable", said=str(error).splitlines()[0][:200]) from error
    if wkb is None:
        raise BoundaryFileError("no_geometry")
    _check_rows(len(wkb))
    named = dict(zip(about["fields"].tolist(), columns, strict=True))
    if kind == "kml":
        named = {name: values for name, values in named.items() if name not in _KML_OWN}
    implied = kind in ("geojson", "kml")
    crs = order.get("crs") if implied else about["crs"]
    encoding = str(order["encoding"]) if implied else UTF_8
    return Layer({name: _arrow(values) for name, values in named.items()}, wkb, crs, encoding)


def _layer(layers: list[tuple[str, str | None]], wanted: str | None) -> int:
    """Which of the layers (name, kind of geometry or None) is meant: of several the only one that has outlines."""
    names = [name for name, _ in layers]
    if wanted is not None:
        if wanted not in names:
            raise BoundaryFileError("no_layer", name=wanted, names=", ".join(names))
        return names.index(wanted)
    # QGIS keeps its styles in a table beside the layer.
    drawn = [n for n, (_, kind) in enumerate(layers) if kind] or list(range(len(layers)))
    if len(drawn) != 1:
        raise BoundaryFileError("layers" if names else "no_rows", names=", ".join(names[n] for n in drawn))
    return drawn[0]


def _read_shapefile(path: Path, kind: Kind, order: dict[str, Any]) -> Layer:
    given = order["encoding"] and known(order["encoding"])
    layer = _read_gdal(path, kind, order)
    texts = {name: column for name, column in layer.columns.items() if pa.types.is_string(column.type)}
    raw = [name.encode("latin-1") for name in layer.columns]
    raw += [v.encode("latin-1") for column in texts.values() for v in column.to_pylist() if v is not None]
    noted = path.with_suffix(".cpg")
    said, encoding = decoded_values(raw, given, noted.read_text("ascii", "replace")[:40] if noted.exists() else None)
    names, values = said[: len(layer.columns)], iter(said[len(layer.columns) :])
    columns = {}
    for name, (old, column) in zip(names, layer.columns.items(), strict=True):
        if old in texts:
            column = pa.array([None if v is None else next(values) for v in column.to_pylist()], pa.string())
        columns[name] = column
    return Layer(columns, layer.wkb, layer.crs, encoding)


def _read_parquet(path: Path, _kind: Kind, _order: dict[str, Any]) -> Layer:
    try:
        file = pq.ParquetFile(path)
        groups = [file.metadata.row_group(n) for n in range(file.metadata.num_row_groups)]
        if sum(group.total_byte_size for group in groups) > _UNPACKED_RATIO * MAX_BYTES:
            raise BoundaryFileError("too_large", most_mb=MAX_BYTES // 1_000_000)
        _check_rows(file.metadata.num_rows)
        geo = json.loads((file.schema_arrow.metadata or {}).get(b"geo", b"null"))
        table = file.read(use_threads=False)
    except MemoryError:
        # pyarrow's own is an ArrowException, too; this one ends the process.
        raise
    except (pa.ArrowException, OSError, ValueError) as error:
        raise BoundaryFileError("unreadable", said=str(error).splitlines()[0][:200]) from error
    name, about = _geometry_column(geo, table)
    crs = about.get("crs")
    wkb = np.array(table[name].combine_chunks().cast(pa.binary()).to_pylist() or [], dtype=object)
    columns = {
        other: _arrow(np.array(table[other].to_pylist(), dtype=object)) for other in table.column_names if other != name
    }
    return Layer(columns, wkb, json.dumps(crs) if isinstance(crs, dict) else crs, UTF_8)


def _geometry_column(geo: Any, table: pa.Table) -> tuple[str, dict[str, Any]]:
    """Answer the column of outlines of a GeoParquet, and what its metadata say of it."""
    name = geo.get("primary_column") if isinstance(geo, dict) else None
    about = geo.get("columns", {}).get(name) if isinstance(name, str) and isinstance(geo.get("columns"), dict) else None
    if not isinstance(about, dict) or name not in table.column_names or not isinstance(about.get("encoding"), str):
        raise BoundaryFileError("no_geometry")
    if about["encoding"] != "WKB":
        # GeoParquet 1.1 may keep coordinates as lists of numbers instead.
        raise BoundaryFileError("native_geometry", encoding=about["encoding"][:40])
    return str(name), about


def _check_rows(rows: int) -> None:
    if rows > MAX_ROWS:
        raise BoundaryFileError("too_many_rows", count=rows, most=MAX_ROWS)


def _arrow(values: NDArray[Any]) -> pa.Array:
    """Answer a column as text, whole numbers, numbers or truths; anything else as its text."""
    if values.dtype.kind in "iufb":
        return pa.array(values)
    held = [None if isinstance(value, float) and value != value else value for value in values.tolist()]
    kinds = {type(value) for value in held if value is not None}
    for kind, arrow in ((bool, pa.bool_()), (int, pa.int64()), (float, pa.float64())):
        if kinds == {kind}:
            return pa.array(held, arrow)
    return pa.array([None if value is None else _as_text(value) for value in held], pa.string())


def _as_text(value: Any) -> str:
    return str(value.tolist() if isinstance(value, np.ndarray) else value)


_READERS: Final = {
    "geojson": _read_text, "kml": _read_text, "gpkg": _read_gdal, "shp": _read_shapefile, "parquet": _read_parquet,
}  # fmt: skip


def main(said: BinaryIO, answer: BinaryIO) -> None:
    """Be the process: bound itself, read one order, answer, end."""
    LIMITS.bind()
    order = json.loads(said.readline())
    strange = set(pyogrio.list_drivers()) - set(DRIVERS)
    if strange:
        raise RuntimeError(f"drivers that nobody allowed: {', '.join(sorted(strange))}")
    try:
        about, table = read(Path(order["path"]), order)
    except BoundaryFileError as error:
        answer.write(json.dumps({"refused": error.reason, "params": error.values}, default=str).encode() + b"\n")
        return
    answer.write(json.dumps(about).encode() + b"\n")
    with pa.ipc.new_stream(answer, table.schema) as stream:
        stream.write_table(table)


if __name__ == "__main__":
    main(sys.stdin.buffer, sys.stdout.buffer)
    sys.stdout.buffer.flush()
