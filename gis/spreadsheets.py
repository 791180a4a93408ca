"""Tables for spreadsheets, CSV and Excel, in which no text becomes a formula: numbers stay numbers, texts are texts.

Owns what a spreadsheet takes for a formula, and how it is told that it is none.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv

KNOWS_UTF8: Final = "\ufeff"
"""In front of a CSV, so that Excel reads Chinese."""
# Full-width signs too: spreadsheets in Chinese and Japanese take them for the narrow ones.
_BEGINS: Final = r"[=+\-@\t\r\n＝＋－＠]"
_FORMULA: Final = rf"^({_BEGINS})"
_DEFUSED: Final = rf"^'({_BEGINS})"
_LONGEST: Final = 32_767
"""Signs of a cell in Excel."""
_MOST_ROWS: Final = 1_048_575
_WIDEST: Final = 40


def defused(column: Any) -> Any:
    """Answer a pyarrow column of text with an apostrophe before what a spreadsheet would take for a formula.

    >>> defused(pa.array(["=1+1", "＝1", "东村", None])).to_pylist()
    ["'=1+1", "'＝1", '东村', None]
    """
    return pc.replace_substring_regex(column, _FORMULA, r"'\1")


def as_it_was(column: Any) -> Any:
    """Answer a column of text without the apostrophes of ``defused``."""
    return pc.replace_substring_regex(column, _DEFUSED, r"\1")


def fits_excel(rows: int) -> bool:
    """Answer whether so many rows have room in one sheet, below its headings."""
    return rows <= _MOST_ROWS


def write_csv(path: Path, table: Any, headings: Mapping[str, str]) -> None:
    """Write a table as CSV: UTF-8 with a mark in front, texts defused.

    Parameters
    ----------
    path : Path
        What is there is replaced.
    table : pyarrow.Table
        Texts, numbers, dates.
    headings : mapping
        What stands above a column, by its name.
    """
    with path.open("wb") as file:
        file.write(KNOWS_UTF8.encode())
        pyarrow.csv.write_csv(_safe(table, headings), file)


def write_xlsx(
    path: Path, table: Any, headings: Mapping[str, str], titles: tuple[str, str], about: Sequence[tuple[str, str]]
) -> None:
    """Write a workbook of two sheets: the table, and what is to be known of it.

    Parameters
    ----------
    path : Path
        What is there is replaced.
    table, headings
        As of ``write_csv``.
    titles : tuple of str
        Of the two sheets.
    about : sequence of tuple of str
        Pairs of a label and a text.
    """
    # Slow to import, and most callers never write a workbook.
    import openpyxl

    safe = _safe(table, headings)
    book = openpyxl.Workbook(write_only=True)
    sheet = _sheet(book, titles[0], safe.schema.names)
    _append(sheet, safe.schema.names, bold=True)
    for batch in safe.to_batches(max_chunksize=10_000):
        for row in zip(*(column.to_pylist() for column in batch.columns), strict=True):
            _append(sheet, row)
    told = _sheet(book, titles[1], ("", "x" * _WIDEST))
    pairs = pa.table({str(n): pa.array([pair[n] for pair in about], pa.string()) for n in range(2)})
    for row in zip(*(defused(column).to_pylist() for column in pairs.columns), strict=True):
        _append(told, row)
    for each in (sheet, told):
        each.close()
    book.save(path)


def _safe(table: Any, headings: Mapping[str, str]) -> Any:
    """The table with its headings, all texts defused."""
    columns = [_harmless(table.column(name)) for name in table.schema.names]
    names = defused(pa.array([headings.get(name, name) for name in table.schema.names], pa.string())).to_pylist()
    return pa.Table.from_arrays(columns, names=names)


def _harmless(column: Any) -> Any:
    if pa.types.is_dictionary(column.type):
        column = column.cast(column.type.value_type)
    return defused(column) if pa.types.is_string(column.type) or pa.types.is_large_string(column.type) else column


def _sheet(book: Any, title: str, widths: Sequence[str]) -> Any:
    from openpyxl.utils import get_column_letter

    sheet = book.create_sheet(title)
    sheet.freeze_panes = "A2"
    for n, text in enumerate(widths, start=1):
        # A Chinese sign is as wide as two others.
        wide = sum(2 if ord(sign) > 0x2E80 else 1 for sign in text)
        sheet.column_dimensions[get_column_letter(n)].width = min(max(wide + 2, 12), _WIDEST)
    return sheet


def _append(sheet: Any, row: Sequence[Any], *, bold: bool = False) -> None:
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.styles import Font

    cells = []
    for value in row:
        cell = WriteOnlyCell(sheet, _printable(value) if isinstance(value, str) else value)
        if isinstance(value, str):
            # Else the library looks for formulas and errors in it.
            cell.data_type = "s"
            cell.number_format = "@"
        if bold:
            cell.font = Font(bold=True)
        cells.append(cell)
    sheet.append(cells)


def _printable(text: str) -> str:
    """A text without the signs that XML has no room for, and as long as a cell can be."""
    from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

    printable: str = ILLEGAL_CHARACTERS_RE.sub("\ufffd", text)
    return printable[:_LONGEST]
