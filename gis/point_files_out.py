"""Batches of points or areas, written to CSV, Parquet or GeoPackage: beside the target first, renamed when complete.

Owns formats and atomicity; a run that fails leaves what was there.  Does not know where the answers come from.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from secrets import token_hex
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet
import pyogrio
import shapely

from gis.errors import GridwardenError
from gis.index_lattice import Floats

WRITABLE: Final = (".csv", ".parquet", ".gpkg")
ABOUT: Final = b"gridwarden"
"""The key of the metadata under which a Parquet file says what it is: an object of texts, as JSON."""


class OutRefusedError(GridwardenError):
    """The answers cannot be written: another ending, no such folder, not allowed, or no room."""

    code = "bad_out"


@dataclass(frozen=True, slots=True)
class Geometry:
    """The column of WKB that a file has, and what the file says of it.

    Attributes
    ----------
    name, crs : str
        Of the column.
    kind : str
        What its shapes are; ``Unknown``: of any kind.
    layer : str
        Of a GeoPackage.
    about : mapping of str, optional
        Told as metadata.
    """

    name: str
    crs: str
    kind: str = "Unknown"
    layer: str = "points"
    about: Mapping[str, str] | None = None


def write_points(path: Path, schema: pa.Schema, batches: Iterable[Any], geometry: Geometry | None) -> None:
    """Write all batches into one file; it appears when it is complete.

    Parameters
    ----------
    path : Path
        ``.csv`` (UTF-8), ``.parquet`` or ``.gpkg``; what is there is replaced.
    schema : pyarrow.Schema
        Of every batch.
    batches : iterable of pyarrow.RecordBatch
        Read once, one after the other; what they raise is raised.
    geometry : Geometry, optional
        Which column is one; a CSV must have none, a GeoPackage needs one.

    Raises
    ------
    OutRefusedError
        ``bad_out``.
    """
    check_out(path)
    write = {".csv": _write_csv, ".parquet": _write_parquet, ".gpkg": _write_gpkg}[path.suffix.lower()]
    failed: list[BaseException] = []
    try:
        write_whole(path, lambda aside: write(aside, schema, _watched(batches, failed), geometry))
    except OutRefusedError:
        # A writer in C tells an error of its input as one of its own.
        if failed:
            raise failed[0] from None
        raise


def write_whole(path: Path, write: Callable[[Path], None]) -> None:
    """Have a file written beside its place, and put it there when it is complete.

    Parameters
    ----------
    path : Path
        What is there is replaced.
    write : callable
        Writes the file of the path that it is given, which has the same ending.

    Raises
    ------
    OutRefusedError
        ``bad_out``; what was there stays.
    """
    aside = path.with_name(f".{path.stem}.{token_hex(4)}.part{path.suffix.lower()}")
    try:
        write(aside)
        with aside.open("rb+") as written:
            os.fsync(written.fileno())
        aside.replace(path)
    except (pa.ArrowException, OSError, RuntimeError) as error:
        raise OutRefusedError(f"{path.name} cannot be written: {error}") from error
    finally:
        # SQLite's own files lie beside a GeoPackage that failed.
        for ending in ("", "-journal", "-wal", "-shm"):
            aside.with_name(aside.name + ending).unlink(missing_ok=True)


def check_out(path: Path) -> None:
    """Refuse a target before anything is read for it.

    Raises
    ------
    OutRefusedError
        ``bad_out``.
    """
    if path.suffix.lower() not in WRITABLE:
        raise OutRefusedError(f"{path.name}: answers are written to files that end in {', '.join(WRITABLE)}.")
    if not path.parent.is_dir() or not os.access(path.parent, os.W_OK):
        raise OutRefusedError(f"{path.parent}: there is no such folder, or it may not be written to.")
    if path.is_dir():
        raise OutRefusedError(f"{path} is a folder.")


def with_points(batch: Any, name: str, lon: Floats, lat: Floats) -> Any:
    """Answer a batch with one more column, points as WKB; null where lon or lat are not finite."""
    shapes = np.full(len(lon), None, dtype=object)
    finite = np.isfinite(lon) & np.isfinite(lat)
    shapes[finite] = shapely.points(lon[finite], lat[finite])
    return batch.append_column(name, pa.array(shapely.to_wkb(shapes), type=pa.binary()))


def _watched(batches: Iterable[Any], failed: list[BaseException]) -> Iterator[Any]:
    try:
        yield from batches
    except BaseException as error:
        failed.append(error)
        raise


def _write_csv(path: Path, schema: pa.Schema, batches: Iterable[Any], _geometry: Geometry | None) -> None:
    _write_by(pa.csv.CSVWriter, path, schema, batches)


def _write_parquet(path: Path, schema: pa.Schema, batches: Iterable[Any], geometry: Geometry | None) -> None:
    told = dict(schema.metadata or {})
    if geometry is not None and b"geo" not in told:
        told[b"geo"] = json.dumps(_geo(geometry)).encode()
    if geometry is not None and geometry.about:
        told[ABOUT] = json.dumps(dict(geometry.about), ensure_ascii=False).encode()
    schema = schema.with_metadata(told)
    _write_by(pa.parquet.ParquetWriter, path, schema, (batch.replace_schema_metadata(told) for batch in batches))


def _write_by(writer: Callable[[Path, pa.Schema], Any], path: Path, schema: pa.Schema, batches: Iterable[Any]) -> None:
    with writer(path, schema) as opened:
        for batch in batches:
            opened.write_batch(batch) if hasattr(opened, "write_batch") else opened.write(batch)


def _write_gpkg(path: Path, schema: pa.Schema, batches: Iterable[Any], geometry: Geometry | None) -> None:
    if geometry is None:
        raise OutRefusedError("A GeoPackage needs a geometry.")
    pyogrio.write_arrow(
        pa.RecordBatchReader.from_batches(schema.remove_metadata(), (b.replace_schema_metadata(None) for b in batches)),
        path,
        driver="GPKG",
        layer=geometry.layer,
        geometry_name=geometry.name,
        geometry_type=geometry.kind,
        crs=geometry.crs,
        layer_metadata=dict(geometry.about) if geometry.about else None,
    )


def _geo(geometry: Geometry) -> dict[str, Any]:
    """Answer what GeoParquet 1.1 wants to know of a file (geoparquet.org, "File metadata")."""
    from pyproj import CRS

    kinds = [] if geometry.kind == "Unknown" else [geometry.kind]
    column = {"encoding": "WKB", "geometry_types": kinds, "crs": CRS.from_user_input(geometry.crs).to_json_dict()}
    return {"version": "1.1.0", "primary_column": geometry.name, "columns": {geometry.name: column}}
