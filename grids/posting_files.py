"""Files of postings as offices write them: CSV or Excel, headings and roles in Chinese or English, days as is usual.

Owns what a heading, a role and a day may look like.  Turns a file into rows and faults, each with its row's number;
what the rows mean for the postings that are recorded, the database says (``grids.postings``).  Evaluates no formula and
runs no macro.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any, Final

from gis.day_headings import LAST_DAY, SINCE, UNCLEAR, UNTIL
from grids.posting_rows import EARLIEST, LATEST, ROLES, Fault, PostingFile, PostingRow, refused
from grids.posting_sheets import LOOKED_FOR_HEADINGS, csv_lines, excel_lines

MAX_BYTES: Final = 5_000_000
ENDINGS: Final = (".csv", ".xlsx")
_ROLES: Final[Mapping[str, str]] = {
    **{role: role for role in ROLES},
    "网格长": "head", "副网格长": "deputy", "副职": "deputy", "网格员": "member",
    "专职网格员": "member", "兼职网格员": "member",
    "值班台": "desk", "值班室": "desk", "网格中心": "desk", "派单员": "dispatcher", "调度员": "dispatcher",
    "部门": "department",
    "经办人": "handler", "受理员": "clerk", "督查员": "supervisor", "督办员": "supervisor", "规划员": "planner",
    "帮办员": "helper",
    "管理员": "administrator", "grid head": "head", "grid member": "member",
}  # fmt: skip
_HEADINGS: Final[Mapping[str, str]] = {
    name: column
    for column, names in {
        "area_code": ("area_code", "area", "辖区代码", "辖区编码", "网格代码", "网格编码", "区划代码"),
        "role": ("role", "角色", "职务", "岗位"),
        "name": ("person", "name", "姓名"),
        "staff_number": ("staff_number", "工号", "人员编号"),
        "desk": ("desk", "值班台", "部门", "台席", "单位"),
        "name_public": ("name_public", "姓名公开", "公开姓名", "是否公开姓名"),
        "email": ("email", "e-mail", "邮箱", "电子邮箱", "电子邮件", "邮件地址"),
        "since": (*SINCE, "任职日期", "到任日期"),
        "until": (*UNTIL, "离任日期", "离任日", "卸任日期"),
        "last_day": (*LAST_DAY, "最后任职日"),
    }.items()
    for name in names
}
_NEEDED: Final = ("area_code", "role")
# A bracket of another width would be another person's name.
_NAMES: Final = frozenset({"name", "desk"})
_YES: Final = frozenset({"是", "公开", "yes", "true", "1", "y"})
_NO: Final = frozenset({"否", "不公开", "no", "false", "0", "n"})
_DAY: Final = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?(?:[T ]0?0:00(?::00)?)?")
_SHORTENED: Final = re.compile(r"\d(\.\d+)?E\+\d+", re.IGNORECASE)
_CODE: Final = re.compile(r"[0-9A-Za-z._-]{1,32}")
_LONGEST: Final = 100


def read_postings(name: str, data: bytes, sheet: str | None = None) -> PostingFile:
    """Answer the postings in a file.

    Parameters
    ----------
    name : str
        Of the file; its ending says what it is.
    data : bytes
        The whole file.
    sheet : str or None
        Of a workbook with several sheets.

    Raises
    ------
    PostingFileError
        ``bad_posting_file``: not a file of this kind, too large, no headings.
    """
    ending = name[name.rfind(".") :].lower() if "." in name else ""
    if ending not in ENDINGS:
        raise refused("ending")
    if len(data) > MAX_BYTES:
        raise refused("too_large")
    lines = list(csv_lines(data) if ending == ".csv" else excel_lines(data, sheet))
    at, columns, ignored = _headings(lines)
    rows, faults = [], []
    for n, cells in lines[at + 1 :]:
        if not any(_text(cell) for cell in cells):
            continue
        given = {column: cells[i] for column, i in columns.items() if i < len(cells)}
        row, wrong = _row(n, given)
        rows.append(row)
        faults += wrong
    if not rows:
        raise refused("empty")
    bad = {fault.row for fault in faults}
    return PostingFile(tuple(row for row in rows if row.n not in bad), tuple(faults), ignored)


def role_of(written: str) -> str | None:
    """Answer the role that a word stands for.

    Examples
    --------
    >>> role_of("网格长"), role_of(" 副网格长 "), role_of("Head"), role_of("主任")
    ('head', 'deputy', 'head', None)
    """
    return _ROLES.get(_plain(written))


def day_of(written: Any) -> date | None:
    """Answer the day that a cell names; None where it names none.

    Examples
    --------
    >>> [str(day_of(day)) for day in ("2026-12-01", "2026/12/1", "2026年12月1日", "1.12.2026", "2026-02-30")]
    ['2026-12-01', '2026-12-01', '2026-12-01', 'None', 'None']
    """
    day = _written_day(written)
    return day if day and EARLIEST <= day < LATEST else None


def _written_day(written: Any) -> date | None:
    if isinstance(written, datetime):
        return written.date() if written == datetime.combine(written.date(), datetime.min.time()) else None
    if isinstance(written, date):
        return written
    found = _DAY.fullmatch(_text(written))
    try:
        return date(*map(int, found.groups())) if found else None
    except ValueError:
        return None


def _plain(written: str) -> str:
    """A heading or a word without what offices add: spaces, stars, the width of letters, a remark in brackets."""
    return re.sub(r"\(.*?\)|[*:]", "", unicodedata.normalize("NFKC", written)).strip().lower()


def _text(cell: Any, *, plain: bool = True) -> str:
    """A cell as text: codes that a spreadsheet took for numbers are whole again; names stay as they are written."""
    if cell is None:
        return ""
    if isinstance(cell, float) and cell.is_integer():
        cell = int(cell)
    return (unicodedata.normalize("NFKC", str(cell)) if plain else str(cell)).strip()


def _headings(lines: Sequence[tuple[int, Sequence[Any]]]) -> tuple[int, dict[str, int], tuple[str, ...]]:
    """Where the headings stand (a title may come first), which column is what, and which are not read."""
    for at, (_, cells) in enumerate(lines[:LOOKED_FOR_HEADINGS]):
        written = [_plain(_text(cell)) for cell in cells]
        columns = {}
        for i, name in enumerate(written):
            if name in _HEADINGS:
                if _HEADINGS[name] in columns:
                    raise refused("heading_twice", heading=_text(cells[i]))
                columns[_HEADINGS[name]] = i
        if all(column in columns for column in _NEEDED):
            unclear = next((_text(cells[i]) for i, name in enumerate(written) if name in UNCLEAR), None)
            if unclear:
                raise refused("heading_unclear", heading=unclear)
            ignored = tuple(_text(cells[i]) for i, name in enumerate(written) if name and name not in _HEADINGS)
            return at, columns, ignored
    raise refused("headings")


def _row(n: int, given: Mapping[str, Any]) -> tuple[PostingRow, list[Fault]]:
    cells = _Cells(n, given)
    code = cells.text("area_code")
    if code and not _CODE.fullmatch(code):
        cells.wrong("code_shortened" if _SHORTENED.fullmatch(code) else "unknown_area", area_code=code)
    elif not code:
        cells.wrong("area_missing")
    written = cells.text("role")
    role = role_of(written) if written else None
    if role is None:
        cells.wrong("unknown_role" if written else "role_missing", written=written or "")
    number = cells.text("staff_number")
    if number and (len(number) > 32 or re.search(r"\s", number) or _SHORTENED.fullmatch(number)):
        cells.wrong("bad_number", written=number)
    row = PostingRow(
        n=n,
        area_code=code,
        role=role,
        name=cells.text("name"),
        staff_number=number,
        desk=cells.text("desk"),
        name_public=cells.yes("name_public"),
        email=cells.text("email"),
        since=cells.day("since"),
        until=cells.until(),
    )
    return row, cells.faults


class _Cells:
    """The cells of one row; collects what is wrong with them."""

    def __init__(self, n: int, given: Mapping[str, Any]) -> None:
        self._n = n
        self._given = given
        self.faults: list[Fault] = []

    def wrong(self, code: str, **params: Any) -> None:
        self.faults.append(Fault(self._n, code, params))

    def text(self, column: str) -> str | None:
        value = _text(self._given.get(column), plain=column not in _NAMES)
        if value.startswith("="):
            self.wrong("formula", written=value[:_LONGEST])
            return None
        if len(value) > _LONGEST:
            self.wrong("too_long", written=value[:20], most=_LONGEST)
            return None
        return value or None

    def day(self, column: str) -> date | None:
        cell = self._given.get(column)
        value = self.text(column)
        if value is None:
            return None
        day = day_of(cell)
        if day is None:
            self.wrong("bad_day", written=value)
        return day

    def yes(self, column: str) -> bool | None:
        value = self.text(column)
        if value is None or value.lower() in _YES | _NO:
            return None if value is None else value.lower() in _YES
        self.wrong("bad_yes", written=value)
        return None

    def until(self) -> date | None:
        """The first day on which it is no longer held, given as such or as the last day."""
        until, last = self.day("until"), self.day("last_day")
        after = last + timedelta(days=1) if last else None
        if until and after and until != after:
            self.wrong("two_ends", until=str(until), last_day=str(last))
        return until or after
