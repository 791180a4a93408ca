"""Files of points, read in batches whatever their size: CSV, Parquet and GeoParquet, GeoPackage.

Owns how such a file is opened and where a row's numbers stand.  Changes no column of the input, drops no row, and says
of a row without usable coordinates why they are not; ``gis.point_files_out`` writes, ``gis.point_matching`` asks.
"""

from __future__ import annotations

import codecs
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv
import pyarrow.parquet
import pyogrio
import shapely
from numpy.typing import NDArray
from pyproj import CRS, Transformer

from gis.errors import GridwardenError
from gis.index_lattice import Floats

READABLE: Final = (".csv", ".parquet", ".gpkg")
_ROWS_AT_ONCE = 1 << 17
_BLOCK = 1 << 23
_BLOCKS_AT_ONCE = 4
# The first of those that are as many.
_DELIMITERS: Final = (",", ";", "\t")
_NUMBER = r"^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$"
_TEXT: Final = (pa.types.is_string, pa.types.is_large_string, pa.types.is_string_view, pa.types.is_null)
# What stands in the way of a row's numbers before the index sees them.
_MISSING, _NOT_A_NUMBER, _NOT_A_POINT = "missing", "not_a_number", "not_a_point"


class PointsRefusedError(GridwardenError):
    """A file of points that cannot be read, or whose columns are not those that were named."""

    code = "points_refused"


@dataclass(frozen=True, slots=True)
class Placed:
    """Where the rows of a batch are: lon, lat as given, nan where there are none, and why not, empty where they are."""

    lon: Floats
    lat: Floats
    reason: NDArray[np.object_]


@dataclass(frozen=True, slots=True)
class PointFile:
    """A file of points that is open.

    Attributes
    ----------
    schema : pyarrow.Schema
        The input's own columns.
    batches : iterator of pyarrow.RecordBatch
        All rows, in their order, once.
    rows : int
        How many there are; an estimate for CSV.
    place : callable
        Answers where the rows of a batch are.
    geometry : str or None
        The column of WKB that the places are taken from.
    crs : str or None
        That of the geometry, as an authority's code or WKT.
    """

    schema: pa.Schema
    batches: Iterator[Any]
    rows: int
    place: Callable[[Any], Placed]
    geometry: str | None = None
    crs: str | None = None


@contextmanager
def open_points(
    path: Path, lon_field: str | None = None, lat_field: str | None = None, *, placeless: bool = False
) -> Iterator[PointFile]:
    """Yield an open file of points.

    Parameters
    ----------
    path : Path
        ``.csv`` (UTF-8 or GBK, a header first, commas, semicolons or tabs between; every value stays the text that it
        is), ``.parquet``, ``.gpkg``.
    lon_field, lat_field : str, optional
        Columns of degrees.  Without them the geometry of a GeoPackage or GeoParquet, or columns called lon and lat.
    placeless : bool
        Whether a file may have neither; then every row is without a place.

    Raises
    ------
    PointsRefusedError
        ``points_refused``; also while batches are read.
    """
    openers = {".csv": _open_csv, ".parquet": _open_parquet, ".gpkg": _open_gpkg}
    if path.suffix.lower() not in openers:
        raise PointsRefusedError(f"{path.name}: points are read from files that end in {', '.join(READABLE)}.")
    if not path.is_file():
        raise PointsRefusedError(f"{path}: there is no such file.")
    if (lon_field is None) != (lat_field is None):
        raise PointsRefusedError("Name both columns, that of the longitude and that of the latitude.")
    fields = None if lon_field is None or lat_field is None else (lon_field, lat_field)
    with contextmanager(openers[path.suffix.lower()])(path, fields, placeless) as points:
        twice = sorted({name for name in points.schema.names if points.schema.names.count(name) > 1})
        if twice:
            raise PointsRefusedError(f"{path.name} has several columns called {', '.join(twice)}; rename them.")
        yield points


def _open_csv(path: Path, fields: tuple[str, str] | None, placeless: bool) -> Iterator[PointFile]:
    encoding, lines = _encoding(path)
    read = pa.csv.ReadOptions(encoding=encoding, block_size=_BLOCK, use_threads=False)
    parse = pa.csv.ParseOptions(newlines_in_values=True, delimiter=_delimiter(path, encoding))
    with _told(path):
        with pa.csv.open_csv(path, read_options=read, parse_options=parse) as opened:
            names = opened.schema.names
        # Text as it is: a code that begins with 0 is no number.
        convert = pa.csv.ConvertOptions(column_types=dict.fromkeys(names, pa.string()), strings_can_be_null=False)
        opened = pa.csv.open_csv(path, read_options=read, parse_options=parse, convert_options=convert)
    with opened:
        place = _place_by_columns(path, names, fields, placeless)
        yield PointFile(opened.schema, _together(_batches(path, opened)), max(lines - 1, 0), place)


def _open_parquet(path: Path, fields: tuple[str, str] | None, placeless: bool) -> Iterator[PointFile]:
    with _told(path):
        opened = pa.parquet.ParquetFile(path)
    with opened:
        schema, rows = opened.schema_arrow, opened.metadata.num_rows
        batches = _batches(path, opened.iter_batches(_ROWS_AT_ONCE))
        geo = None if fields else _geo(schema)
        if geo is None:
            yield PointFile(schema, batches, rows, _place_by_columns(path, schema.names, fields, placeless))
            return
        yield PointFile(schema, batches, rows, _place_by(*geo), *geo)


def _open_gpkg(path: Path, fields: tuple[str, str] | None, placeless: bool) -> Iterator[PointFile]:
    with _told(path):
        layers = pyogrio.list_layers(path).tolist()
        # QGIS keeps its styles in a table beside the layer.
        found = [name for name, kind in layers if kind] or [name for name, _ in layers]
        if len(found) != 1:
            raise PointsRefusedError(f"{path.name} has {len(found)} layers ({', '.join(found)}); give a file with one.")
        rows = int(pyogrio.read_info(path, layer=found[0], force_feature_count=True)["features"])
        with pyogrio.open_arrow(path, layer=found[0], use_pyarrow=True, batch_size=_ROWS_AT_ONCE) as (about, reader):
            schema, batches = reader.schema, _batches(path, reader)
            geometry = about["geometry_name"] or "wkb_geometry"
            if geometry not in schema.names:
                # A table without any geometry.
                yield PointFile(schema, batches, rows, _place_by_columns(path, schema.names, fields, placeless))
            elif fields:
                place = _place_by_columns(path, schema.names, fields, placeless)
                yield PointFile(schema, batches, rows, place, geometry, about["crs"])
            else:
                yield PointFile(schema, batches, rows, _place_by(geometry, about["crs"]), geometry, about["crs"])


@contextmanager
def _told(path: Path) -> Iterator[None]:
    """Turn what the readers raise into one error that says which file it is about."""
    try:
        yield
    except (pa.ArrowException, OSError, UnicodeError, pyogrio.errors.DataSourceError) as error:
        raise PointsRefusedError(f"{path.name} cannot be read: {error}") from error


def _batches(path: Path, source: Any) -> Iterator[Any]:
    with _told(path):
        yield from source


def _together(batches: Iterator[Any]) -> Iterator[Any]:
    """Yield small batches in one, as long as their rows are no more than are read at once."""
    some: list[Any] = []
    for batch in batches:
        rows = sum(each.num_rows for each in some) + batch.num_rows
        if some and (rows > _ROWS_AT_ONCE or len(some) == _BLOCKS_AT_ONCE):
            yield pa.concat_batches(some)
            some = []
        some.append(batch)
    if some:
        yield pa.concat_batches(some)


def _encoding(path: Path) -> tuple[str, int]:
    """Answer how a text file is encoded, and how many lines it has."""
    for encoding in ("utf-8", "gb18030"):
        decoder, lines = codecs.getincrementaldecoder(encoding)(), 0
        try:
            with path.open("rb") as file:
                while block := file.read(_BLOCK):
                    decoder.decode(block)
                    lines += block.count(b"\n")
                decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            continue
        return encoding, lines
    raise PointsRefusedError(f"{path.name} is neither UTF-8 nor GBK (GB 18030) throughout; save it as one of them.")


def _delimiter(path: Path, encoding: str) -> str:
    """Answer what stands between the names of a header: a comma, or a semicolon or tab where there are more of them."""
    with path.open(encoding=encoding) as file:
        header = file.readline(_BLOCK)
    outside = "".join(header.split('"')[::2])
    return max(_DELIMITERS, key=outside.count)


def _place_by_columns(
    path: Path, names: list[str], fields: tuple[str, str] | None, placeless: bool
) -> Callable[[Any], Placed]:
    """Answer how the rows are placed by columns of degrees."""
    lon, lat = fields or ("lon", "lat")
    if placeless and fields is None and not {lon, lat} & set(names):
        return _place_nowhere
    for name in (lon, lat):
        if name not in names:
            raise PointsRefusedError(
                f"{path.name} has no column {name!r}; name those of the numbers by --lon-field and --lat-field."
                f" It has: {', '.join(names)}."
            )
    return partial(_place_numbers, lon=lon, lat=lat)


def _geo(schema: pa.Schema) -> tuple[str, str] | None:
    """Answer the geometry column of a GeoParquet file and its CRS."""
    import json

    told = (schema.metadata or {}).get(b"geo")
    if told is None:
        return None
    try:
        about = json.loads(told)
        name = about["primary_column"]
        column = about["columns"][name]
        encoding, crs = column["encoding"], column.get("crs", "OGC:CRS84")
    except (ValueError, KeyError, TypeError) as error:
        raise PointsRefusedError("The file says that it is GeoParquet, but not how to read its geometry.") from error
    if encoding != "WKB":
        raise PointsRefusedError(f"The geometry is encoded as {encoding}; write it as WKB.")
    return name, crs if isinstance(crs, str) else json.dumps(crs)


def _place_by(geometry: str, crs: str | None) -> Callable[[Any], Placed]:
    """Answer how the rows of a geometry column are placed, in degrees of its own datum."""
    if not crs or crs == "null":
        raise PointsRefusedError(
            "The geometry does not say in which CRS it is; give the file one, or name columns of degrees."
        )
    given = CRS.from_user_input(crs)
    if given.geodetic_crs is None:
        raise PointsRefusedError("The geometry is in no CRS of the earth; give lon and lat.")
    degrees = None if given.is_geographic else Transformer.from_crs(given, given.geodetic_crs, always_xy=True)
    return partial(_place_geometry, geometry=geometry, degrees=degrees)


def _place_geometry(batch: Any, geometry: str, degrees: Transformer | None) -> Placed:
    wkb = batch.column(batch.schema.get_field_index(geometry)).to_numpy(zero_copy_only=False)
    shapes = shapely.from_wkb(wkb, on_invalid="ignore")
    reason = np.full(len(shapes), "", dtype=object)
    reason[shapely.get_type_id(shapes) > 0] = _NOT_A_POINT
    reason[shapely.is_missing(shapes) | shapely.is_empty(shapes)] = _MISSING
    lon, lat = np.full(len(shapes), np.nan), np.full(len(shapes), np.nan)
    # GEOS raises when an empty point is asked where it is.
    there = reason == ""
    lon[there], lat[there] = shapely.get_x(shapes[there]), shapely.get_y(shapes[there])
    if degrees is not None:
        lon, lat = degrees.transform(lon, lat)
    return Placed(lon, lat, reason)


def _place_nowhere(batch: Any) -> Placed:
    none = np.full(batch.num_rows, np.nan)
    return Placed(none, none, np.full(batch.num_rows, _MISSING, dtype=object))


def _place_numbers(batch: Any, lon: str, lat: str) -> Placed:
    reason = np.full(batch.num_rows, "", dtype=object)
    numbers = [_numbers(batch.column(batch.schema.get_field_index(name)), reason) for name in (lon, lat)]
    return Placed(numbers[0], numbers[1], reason)


def _numbers(column: Any, reason: NDArray[np.object_]) -> Floats:
    """Answer a column as numbers; where it is none, nan, and ``reason`` is told."""
    kind = column.type.value_type if pa.types.is_dictionary(column.type) else column.type
    if any(is_text(kind) for is_text in _TEXT):
        column = pc.utf8_trim_whitespace(column.cast(pa.string()))
        absent = pc.fill_null(pc.equal(column, ""), True)
        unreadable = pc.invert(pc.fill_null(pc.match_substring_regex(column, _NUMBER), True))
        reason[_mask(unreadable)] = _NOT_A_NUMBER
        column = pc.if_else(pc.or_(absent, unreadable), pa.scalar(None, pa.string()), column)
    elif pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_decimal(kind):
        absent = column.is_null()
    else:
        raise PointsRefusedError(f"A column of {kind} holds no degrees.")
    reason[_mask(absent)] = _MISSING
    numbers: Floats = pc.fill_null(pc.cast(column, pa.float64(), safe=False), np.nan).to_numpy(zero_copy_only=False)
    return numbers


def _mask(flags: Any) -> NDArray[np.bool_]:
    mask: NDArray[np.bool_] = flags.to_numpy(zero_copy_only=False).astype(bool)
    return mask
