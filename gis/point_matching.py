"""A file of points matched against an index, batch by batch: its own columns, and what was found beside them.

Owns which columns are added and when a file is refused for them.  ``gis.point_files`` reads, ``gis.point_files_out``
writes.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final

import numpy as np
import pyarrow as pa

from gis.datums import Datum, to_wgs84
from gis.index import AreaIndex
from gis.index_lattice import Floats
from gis.index_outcomes import OUTCOMES, REASONS, reasons
from gis.point_files import Placed, PointFile, PointsRefusedError, open_points
from gis.point_files_out import Geometry, check_out, with_points, write_points

#: What is added to a file's own columns, in this order.
ADDED: Final = (
    pa.field("outcome", pa.string()),
    pa.field("code", pa.string()),
    pa.field("distance_m", pa.float64()),
    pa.field("reason", pa.string()),
)
_GEOMETRY: Final = "geometry"


def locate_file(
    source: Path,
    out: Path,
    index: AreaIndex,
    datum: Datum,
    fields: tuple[str | None, str | None] = (None, None),
    told: Callable[[int, int], None] = lambda _done, _all: None,
) -> Counter[str]:
    """Match every point of a file and write the file again with ``outcome, code, distance_m, reason`` beside each.

    Parameters
    ----------
    source : Path
        Read by ``open_points``.
    out : Path
        ``.csv``, ``.parquet`` or ``.gpkg``.  From a geometry a CSV gets columns ``lon, lat`` in degrees of its datum;
        from numbers a GeoPackage gets points in EPSG:4326.
    index : AreaIndex
        Who answers.
    datum : Datum
        That of the points.
    fields : (lon, lat), optional
        The columns of the numbers.
    told : callable
        Called with the rows done and those of the file, an estimate for CSV.

    Returns
    -------
    Counter of str
        Rows by outcome.

    Raises
    ------
    PointsRefusedError, OutRefusedError
        ``points_refused``, ``bad_out``; then nothing is written.
    """
    check_out(out)
    if out.exists() and out.samefile(source):
        raise PointsRefusedError(f"{out.name} is the file that is read; write to another one.")
    counts: Counter[str] = Counter()
    with open_points(source, *fields) as points:
        shape = _Shape(points, out.suffix.lower())

        def answered() -> Iterator[Any]:
            for batch in points.batches:
                placed = points.place(batch)
                lon, lat = _in_wgs84(placed, datum)
                found = _answers(index, placed, lon, lat)
                counts.update(dict(zip(*_counted(found[0]), strict=True)))
                told(counts.total(), max(points.rows, counts.total()))
                yield shape.fill(batch, placed, (lon, lat), found)

        write_points(out, shape.schema, answered(), shape.geometry)
    return counts


class _Shape:
    """Which columns come out: the input's own, what is added, and a geometry as the format wants it."""

    def __init__(self, points: PointFile, suffix: str) -> None:
        self._dropped = points.geometry if suffix == ".csv" else None
        self._drawn = suffix == ".gpkg" and points.geometry is None
        own = [_plain(field) for field in points.schema if field.name != self._dropped]
        extra = [pa.field(name, pa.float64()) for name in ("lon", "lat")] if self._dropped else []
        drawn = [pa.field(_GEOMETRY, pa.binary())] if self._drawn else []
        _refuse_clash([field.name for field in own], [field.name for field in (*extra, *ADDED, *drawn)], suffix)
        self.schema = pa.schema([*own, *extra, *ADDED, *drawn], metadata=points.schema.metadata)
        self.geometry = _geometry(points, drawn=self._drawn, dropped=self._dropped is not None)

    def fill(self, batch: Any, placed: Placed, wgs84: tuple[Floats, Floats], found: tuple[Any, ...]) -> Any:
        columns = [batch.column(n) for n, name in enumerate(batch.schema.names) if name != self._dropped]
        if self._dropped:
            columns += [pa.array(each, from_pandas=True) for each in (placed.lon, placed.lat)]
        names = self.schema.names[: len(columns) + len(found)]
        filled = pa.RecordBatch.from_arrays([*columns, *found], names=names)
        if self._drawn:
            filled = with_points(filled, _GEOMETRY, *wgs84)
        return filled.cast(self.schema)


def _plain(field: Any) -> Any:
    """Answer a column as every writer knows it."""
    if pa.types.is_string_view(field.type):
        return field.with_type(pa.large_string())
    return field.with_type(pa.large_binary()) if pa.types.is_binary_view(field.type) else field


def _geometry(points: PointFile, *, drawn: bool, dropped: bool) -> Geometry | None:
    if drawn:
        return Geometry(_GEOMETRY, "EPSG:4326")
    if points.geometry is None or dropped:
        return None
    return Geometry(points.geometry, points.crs or "EPSG:4326")


def _refuse_clash(own: list[str], added: list[str], suffix: str) -> None:
    # Names of a GeoPackage do not differ by case alone.
    as_told = str.casefold if suffix == ".gpkg" else str
    taken = {as_told(name) for name in added}
    clash = [name for name in own if as_told(name) in taken]
    if clash:
        raise PointsRefusedError(
            f"The file has columns called {', '.join(clash)}, as the answers have ({', '.join(added)}); rename yours.",
            params={"columns": clash},
        )


def _in_wgs84(placed: Placed, datum: Datum) -> tuple[Floats, Floats]:
    """Answer lon and lat in EPSG:4326; nan where a row says why it has none, and where the numbers are no position."""
    unusable = (placed.reason != "") | (reasons(placed.lon, placed.lat) > 0)
    lon_lat = np.column_stack((placed.lon, placed.lat))
    lon_lat[unusable] = 0.0
    converted = np.array(to_wgs84(lon_lat, datum))
    converted[unusable] = np.nan
    return converted[:, 0], converted[:, 1]


def _answers(index: AreaIndex, placed: Placed, lon: Floats, lat: Floats) -> tuple[Any, ...]:
    found = index.match(lon, lat)
    codes = pa.array(index.codes, type=pa.string())
    nowhere = found.area < 0
    why = np.where(placed.reason == "", np.array(REASONS, dtype=object)[reasons(placed.lon, placed.lat)], placed.reason)
    return (
        pa.array(OUTCOMES).take(pa.array(found.outcome)),
        codes.take(pa.array(found.area, mask=nowhere)),
        pa.array(np.round(found.distance_m, 3), from_pandas=True),
        pa.array(why, type=pa.string(), mask=why == ""),
    )


def _counted(outcomes: Any) -> tuple[list[str], list[int]]:
    counted = outcomes.value_counts()
    return counted.field("values").to_pylist(), counted.field("counts").to_pylist()
