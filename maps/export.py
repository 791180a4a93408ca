"""Figures and hotspots as files to work on: GeoPackage, GeoParquet, CSV and Excel, whole or not at all.

Owns what stands in such a file: one row a unit with the question, the edition, its source and the marks in each row, so
that no row gets lost from what it means.  Counts nothing: ``maps.layers`` and ``maps.hotspots`` have done it, for whom
they know.  A number that is not told is empty, never 0, and ``told`` says why.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, Final

import pyarrow as pa

from gis.errors import GridwardenError
from gis.point_files_out import Geometry, OutRefusedError, write_points, write_whole
from gis.spreadsheets import fits_excel, write_csv, write_xlsx
from grids.language import Words

ENDINGS: Final = (".csv", ".xlsx", ".gpkg", ".parquet")
WITH_SHAPES: Final = (".gpkg", ".parquet")
"""Those that hold outlines; the others have a point of each unit."""
GEOMETRY: Final = "geometry"
MOST_ROWS: Final = 100_000
"""Of a file that is asked for over HTTP; the cells of a city, and more."""
MOST_ROWS_EXCEL: Final = 20_000
"""Of a workbook, which takes a hundred times longer to write: some six seconds."""


class ExportTooLargeError(GridwardenError):
    """More units than are written for one request."""

    code = "export_too_large"


@dataclass(frozen=True, slots=True, eq=False)
class Export:
    """A table to be taken away.

    Attributes
    ----------
    name : str
        Of the file and of its layer, without ending.
    table : pyarrow.Table
        One row a unit; with outlines the last column is ``geometry``, WKB in EPSG:4326, lon lat.
    shapes : str
        What the outlines are: ``MultiPolygon`` or ``Polygon``.
    spoken : mapping
        For a column of codes what each code is called; spreadsheets say it so, other files keep the codes.
    about : list of tuple of str
        What is to be known of the table: pairs of a key and a text.
    words : Words
        Of the headings.
    """

    name: str
    table: Any
    shapes: str
    spoken: Mapping[str, Mapping[str | None, str]]
    about: Sequence[tuple[str, str]]
    words: Words


def check_size(rows: int, ending: str) -> None:
    """Refuse a table of too many rows for a file of an ending, before it is made.

    Raises
    ------
    ExportTooLargeError
        ``export_too_large``.
    """
    most = MOST_ROWS_EXCEL if ending == ".xlsx" else MOST_ROWS
    if rows > most:
        raise ExportTooLargeError(
            f"Such a file holds {most:,} rows at most; choose a larger level or CSV, or use gridwarden export.",
            params={"most": most},
        )


def write(export: Export, path: Path) -> None:
    """Write a table into a file by its ending, one of ``ENDINGS``; what is there is replaced.

    Raises
    ------
    OutRefusedError
        ``bad_out``: another ending, more rows than a workbook holds, or no way to write there.
    """
    ending = path.suffix.lower()
    if ending not in ENDINGS:
        raise OutRefusedError(f"{path.name}: figures are written to files that end in {', '.join(ENDINGS)}.")
    if ending in WITH_SHAPES:
        geometry = Geometry(GEOMETRY, "EPSG:4326", export.shapes, export.name, dict(export.about))
        write_points(path, export.table.schema, _batches(export.table), geometry)
        return
    if ending == ".xlsx" and not fits_excel(export.table.num_rows):
        raise OutRefusedError(f"{export.table.num_rows:,} rows are more than a workbook holds; write .csv or .parquet.")
    table, headings = _in_words(export), _headings(export)
    if ending == ".csv":
        write_whole(path, partial(write_csv, table=table, headings=headings))
        return
    titles = export.words("export-sheet-data"), export.words("export-sheet-about")
    about = [(export.words("export-about", part=key), text) for key, text in export.about]
    write_whole(path, partial(write_xlsx, table=table, headings=headings, titles=titles, about=about))


def _batches(table: Any) -> Sequence[Any]:
    """The table in pieces; one of no rows, where there are none: a file has columns all the same."""
    return table.to_batches(max_chunksize=10_000) or [pa.RecordBatch.from_pylist([], schema=table.schema)]


def _headings(export: Export) -> dict[str, str]:
    return {name: export.words("export-heading", column=name) for name in export.table.schema.names}


def _in_words(export: Export) -> Any:
    table = export.table
    if GEOMETRY in table.schema.names:
        table = table.drop_columns([GEOMETRY])
    for name, called in export.spoken.items():
        said = [called.get(code, code) for code in table.column(name).to_pylist()]
        table = table.set_column(table.schema.get_field_index(name), name, pa.array(said, pa.string()))
    return table
