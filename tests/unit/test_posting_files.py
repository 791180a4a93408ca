"""Files of postings as offices send them: what is read, and what is told about the rest."""

import io
import zipfile
from datetime import date, datetime
from typing import Any

import openpyxl
import pytest

from grids.language import Words
from grids.posting_files import read_postings
from grids.posting_reader import read_file_now
from grids.posting_rows import Fault, PostingFileError, PostingRow
from grids.posting_sheets import MAX_ROWS
from grids.posting_words import fault_line

CHINESE = "辖区代码,角色,姓名,工号,值班台,姓名公开,起始日期,最后一天\n"


def workbook(*rows: list[Any], title: str = "名单", **sheets: list[list[Any]]) -> bytes:
    book = openpyxl.Workbook()
    book.active.title = title
    for cells in rows:
        book.active.append(cells)
    for name, other in sheets.items():
        sheet = book.create_sheet(name)
        for cells in other:
            sheet.append(cells)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def read(text: str, encoding: str = "utf-8", name: str = "a.csv") -> Any:
    return read_postings(name, text.encode(encoding))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk", "gb18030", "utf-16"])
def test_chinese_headings_and_roles_in_any_encoding(encoding: str) -> None:
    found = read(CHINESE + "131024106201001,网格长,王某,A001,,是,2026年12月1日,2027-11-30\n", encoding)
    assert found.rows == (
        PostingRow(2, "131024106201001", "head", "王某", "A001", None, True, date(2026, 12, 1), date(2027, 12, 1)),
    )
    assert (found.faults, found.ignored) == ((), ())


def test_english_headings_a_title_empty_rows_and_what_is_not_read() -> None:
    found = read(
        "名单 2026;;;;\nArea_Code*;Role;Person;until;手机号\n\n9001001;Deputy;李某;2026/12/1;1\n９００１００２;网格员（专职）;李某;;2\n"
    )
    assert [(r.n, r.area_code, r.role, r.until) for r in found.rows] == [
        (4, "9001001", "deputy", date(2026, 12, 1)), (5, "9001002", "member", None),
    ]  # fmt: skip
    assert found.ignored == ("手机号",)


@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("title", ["网格长名单", "2026年，城区, 第一批", "名单; 第一批", ""])
def test_a_title_hides_no_separator(separator: str, title: str) -> None:
    lines = (title, "辖区代码,角色,姓名,起始日期", "9001001,网格长,王某,2026-12-01", "9001002,网格员,李某,2026-12-02")
    found = read("\n".join([lines[0], *(line.replace(",", separator) for line in lines[1:])]))
    assert [(row.area_code, row.role, row.name) for row in found.rows] == [
        ("9001001", "head", "王某"),
        ("9001002", "member", "李某"),
    ]


def test_a_workbook_with_numbers_and_days_as_cells() -> None:
    head = ["辖区代码", "角色", "姓名", "工号", "起始日期", "最后一天"]
    row = [131024106201001, "网格长", "王某", 10023.0, datetime(2026, 12, 1), date(2026, 12, 31)]  # noqa: DTZ001  (a spreadsheet knows no zone)
    found = read_postings("名单.XLSX", workbook(head, row))
    assert found.rows == (
        PostingRow(2, "131024106201001", "head", "王某", "10023", None, None, date(2026, 12, 1), date(2027, 1, 1)),
    )


def test_names_stay_as_they_are_written_and_codes_do_not() -> None:
    (row,) = read(CHINESE + "９００１００１,网格长,网格长（第二任）,Ａ１,,,２０２６-12-01,\n").rows
    assert (row.area_code, row.name, row.staff_number, row.since) == (
        "9001001",
        "网格长（第二任）",
        "A1",
        date(2026, 12, 1),
    )


def test_a_formula_is_told_and_never_evaluated() -> None:
    found = read_postings("a.xlsx", workbook(["area_code", "role", "name"], ["9001001", "head", '="王"&"某"']))
    assert [(f.row, f.code) for f in found.faults] == [(2, "formula")]
    assert [(f.row, f.code) for f in read("area_code,role,name\n9001001,head,=1+1\n").faults] == [(2, "formula")]
    assert found.rows == ()


@pytest.mark.parametrize(
    ("cells", "code"),
    [
        ("1.31024E+14,网格长,王某,A1,,,,", "code_shortened"),
        ("13 1024,网格长,王某,A1,,,,", "unknown_area"),
        (",网格长,王某,A1,,,,", "area_missing"),
        ("9001001,主任,王某,A1,,,,", "unknown_role"),
        ("9001001,,王某,A1,,,,", "role_missing"),
        ("9001001,网格长,王某,A 1,,,,", "bad_number"),
        ("9001001,网格长,王某,1.2E+10,,,,", "bad_number"),
        ("9001001,网格长,王某,A1,,也许,,", "bad_yes"),
        ("9001001,网格长,王某,A1,,,2026-02-30,", "bad_day"),
        ("9001001,网格长,王某,A1,,,明天,", "bad_day"),
        ("9001001,网格长,王某,A1,,,,46357", "bad_day"),
        (f"9001001,网格长,{'王' * 101},A1,,,,", "too_long"),
    ],
)
def test_what_is_wrong_with_a_row(cells: str, code: str) -> None:
    found = read(CHINESE + cells + "\n9001002,网格长,李某,A2,,,,\n")
    assert [(f.row, f.code) for f in found.faults] == [(2, code)]
    assert [row.n for row in found.rows] == [3], "the other rows are looked at, too"
    for words in (Words("zh"), Words("en")):
        assert fault_line(found.faults[0], words)


def test_until_and_the_last_day_must_fit() -> None:
    given = "area_code,role,until,last_day\n1,head,2026-12-01,2026-11-30\n1,head,2026-12-01,2026-12-01\n"
    found = read(given)
    assert [row.until for row in found.rows] == [date(2026, 12, 1)]
    assert [(f.row, f.code) for f in found.faults] == [(3, "two_ends")]


@pytest.mark.parametrize("heading", ["to", "END", "至"])
def test_a_heading_that_does_not_say_whether_the_day_counts(heading: str) -> None:
    with pytest.raises(PostingFileError) as refused:
        read(f"area_code,role,{heading}\n1,head,2026-12-01\n")
    assert refused.value.fault == Fault(0, "file_heading_unclear", {"heading": heading})
    assert "last_day" in fault_line(refused.value.fault, Words("en"))


def bomb() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("xl/worksheets/sheet1.xml", b"0" * 60_000_000)
    return out.getvalue()


def entities() -> bytes:
    """A workbook whose sheet names entities of entities."""
    book = workbook(["area_code", "role"], ["1", "head"])
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(book)) as source, zipfile.ZipFile(out, "w") as target:
        for part in source.namelist():
            text = source.read(part)
            if part == "xl/worksheets/sheet1.xml":
                laughs = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
                text = f'<!DOCTYPE w [<!ENTITY l0 "ha">{laughs}]>'.encode() + text.replace(b"head", b"&l9;")
            target.writestr(part, text)
    return out.getvalue()


@pytest.mark.parametrize(
    ("name", "data", "why"),
    [
        ("a.xls", b"", "ending"), ("a.xlsm", b"", "ending"), ("postings", b"", "ending"),
        ("a.csv", b"x" * 5_000_001, "too_large"), ("a.csv", b"\xff\xff\xff", "encoding"), ("a.csv", b"a\0b", "encoding"),
        ("a.csv", "辖区代码,角色,姓名\n9001001,网格长,王某某某\n".encode() + b"\xce\xe5\xb0\xd9\xff\n", "encoding_mixed"),
        ("a.csv", "area_code,role,name\n9001001,head,一\n".encode("gbk"), "encoding_unsure"),
        ("a.csv", b"", "headings"), ("a.csv", b"role,name\nhead,x\n", "headings"), ("a.csv", b"area_code,role\n\n", "empty"),
        ("a.csv", b"area_code,role,area_code\n1,head,1\n", "heading_twice"),
        ("a.csv", "辖区代码,角色\n".encode() + b"1,head\n" * (MAX_ROWS + 1), "too_many"),
        ("a.csv", b'area_code,role\n"' + b"x" * 200_000, "csv"),
        ("a.xlsx", b"no zip", "excel"), ("a.xlsx", bomb(), "bomb"), ("a.xlsx", entities(), "excel"),
        ("a.xlsx", workbook(["area_code", "role"], ["1", "head"], other=[["x"]]), "sheet"),
        ("a.xlsx", workbook(), "no_sheet"),
    ],
)  # fmt: skip
def test_files_that_cannot_be_read(name: str, data: bytes, why: str) -> None:
    with pytest.raises(PostingFileError) as refused:
        read_postings(name, data)
    assert refused.value.fault.code == f"file_{why}"
    assert fault_line(refused.value.fault, Words("zh")) != fault_line(refused.value.fault, Words("en"))


def test_the_sheet_that_is_named() -> None:
    book = workbook(["x"], 网格=[["area_code", "role"], ["9001001", "head"]])
    assert len(read_postings("a.xlsx", book, "网格").rows) == 1
    with pytest.raises(PostingFileError):
        read_postings("a.xlsx", book, "没有")


def test_a_file_is_opened_in_a_process_with_limits() -> None:
    text = CHINESE + "9001001,网格长,王某,A1,,否,2026-12-01,\n9001002,主任,李某,A2,,,,\n"
    found = read_file_now("a.csv", text.encode("gbk"))
    assert (found.rows, [fault.code for fault in found.faults]) == (read(text, "gbk").rows, ["unknown_role"])
    with pytest.raises(PostingFileError) as refused:
        read_file_now("a.xlsx", bomb())
    assert refused.value.fault.code == "file_bomb"


@pytest.mark.parametrize("forever", [date(9999, 12, 31), date(1900, 1, 1)])
def test_a_day_that_a_spreadsheet_means_for_ever_is_told(forever: date) -> None:
    head = ["辖区代码", "角色", "姓名", "最后一天"]
    found = read_postings("a.xlsx", workbook(head, [9001001, "网格长", "王某", forever]))
    assert [fault.code for fault in found.faults] == ["bad_day"]
