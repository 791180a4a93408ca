"""The cells of a list of postings: lines of a CSV in whatever encoding, or of one sheet of a workbook.

Owns what is refused before a cell is looked at.  Evaluates no formula and runs no macro.
"""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Any, Final

from gis.boundary_refusals import BoundaryFileError
from gis.boundary_text import decoded
from grids.posting_rows import PostingFileError, refused

MAX_ROWS: Final = 50_000
_TELLING: Final = frozenset({"encoding_mixed", "encoding_unsure"})
LOOKED_FOR_HEADINGS: Final = 10
"""Lines in which the headings must stand: a title may come first."""


def csv_lines(data: bytes) -> Iterator[tuple[int, Sequence[Any]]]:
    """Answer the lines of a text with separators, numbered from 1.

    Raises
    ------
    PostingFileError
        ``bad_posting_file``.
    """
    try:
        text, _ = decoded(data, None)
    except BoundaryFileError as error:
        # Damaged or undecided: the place tells more than that it is so.
        said = {"sample": error.values["sample"]} if error.reason in _TELLING else {}
        raise refused(error.reason if said else "encoding", **said) from error
    if "\0" in text:
        raise refused("encoding")
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_separator(text))
    try:
        for n, cells in enumerate(reader, start=1):
            if n > MAX_ROWS + 1:
                raise refused("too_many", most=MAX_ROWS)
            yield n, cells
    except csv.Error as error:
        raise refused("csv", said=str(error)) from error


def _separator(text: str) -> str:
    r"""Answer what stands in most of the first lines, and there most often: a title above may have none or another.

    >>> _separator("2026, spring\narea_code;role;since\n9001001;head;2026-01-01")
    ';'
    """
    first = list(islice(io.StringIO(text), LOOKED_FOR_HEADINGS))
    return max(",;\t", key=lambda each: (sum(each in line for line in first), sum(line.count(each) for line in first)))


def excel_lines(data: bytes, sheet: str | None) -> Iterator[tuple[int, Sequence[Any]]]:
    """Answer the lines of the one sheet that is filled, or of the one that is named; numbered from 1.

    Raises
    ------
    PostingFileError
        ``bad_posting_file``.
    """
    _check_zip(data)
    # Slow to import, and most callers never read a workbook.
    import openpyxl

    try:
        book = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=False, keep_links=False)
        named = [one for one in book.worksheets if sheet in (None, one.title)]
        filled = [one for one in named if _has_cells(one)]
        if len(filled) != 1:
            titles = [one.title for one in (filled or book.worksheets)]
            raise refused("sheet" if sheet is None and filled else "no_sheet", sheets=", ".join(titles))
        for n, cells in enumerate(filled[0].iter_rows(values_only=True, max_col=40), start=1):
            if n > MAX_ROWS + 1:
                raise refused("too_many", most=MAX_ROWS)
            yield n, cells
    except PostingFileError:
        raise
    except Exception as error:
        # The reader raises whatever it stumbles over: KeyError, ValueError, errors of the XML below it.
        raise refused("excel") from error


def _has_cells(sheet: Any) -> bool:
    rows = sheet.iter_rows(values_only=True, max_row=LOOKED_FOR_HEADINGS, max_col=40)
    return any(cell is not None for row in rows for cell in row)


def _check_zip(data: bytes) -> None:
    """Refuse a workbook that would unpack to far more than it is."""
    try:
        parts = zipfile.ZipFile(io.BytesIO(data)).infolist()
    except zipfile.BadZipFile as error:
        raise refused("excel") from error
    size = sum(part.file_size for part in parts)
    if len(parts) > 200 or size > 50_000_000 or size > 100 * max(len(data), 1):
        raise refused("bomb")
