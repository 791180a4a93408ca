"""Sites (地物) out of a file: points, lines and areas with a code, a kind, a name and the days of their stay.

Owns what the columns of such a file mean.  No database.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

import shapely

from gis.boundary_fields import codes_of, names_of, text
from gis.boundary_files import Layer
from gis.boundary_refusals import BoundaryFileError
from gis.datums import Datum

_USUAL: Final = {
    "code": ("code", "site_code", "代码", "编码", "编号", "id"),
    "name": ("name", "名称", "mc"),
    "kind": ("kind", "type", "类型", "类别", "lx"),
    "since": ("since", "from", "自", "起始日期", "开始日期"),
    "until": ("until", "to", "至", "终止日期", "结束日期"),
}


@dataclass(frozen=True, slots=True)
class SiteColumns:
    """Which columns mean what; None is guessed.  ``one_kind``: all are of this kind."""

    code: str | None = None
    name: str | None = None
    kind: str | None = None
    since: str | None = None
    until: str | None = None
    one_kind: str | None = None


@dataclass(frozen=True, slots=True)
class SiteRow:
    """A site as a file has it; days are excluded at their end, None where the file says none."""

    code: str
    kind: str
    name: str
    since: date | None
    until: date | None
    synthetic: bool
    wkb: bytes


def site_rows(layer: Layer, asked: SiteColumns, datum: Datum | None) -> tuple[list[SiteRow], dict[str, str]]:
    """Answer the sites of a layer, outlines repaired, and which columns were taken for what.

    Raises
    ------
    BoundaryFileError, UnknownDatumError
        ``boundary_file_refused``, ``unknown_datum``.
    """
    taken = {meaning: _column(layer, meaning, getattr(asked, meaning)) for meaning in _USUAL}
    if asked.one_kind:
        taken["kind"] = None
    code, names = taken["code"], ", ".join(layer.columns)
    if code is None:
        raise BoundaryFileError("ask_column", layer.file, what="code", option="--code-field", names=names)
    if taken["kind"] is None and not asked.one_kind:
        raise BoundaryFileError("ask_column", layer.file, what="kind", option="--kind-field", names=names)
    codes = codes_of(layer, code)
    if len(set(codes)) < len(codes):
        twice = next(each for n, each in enumerate(codes) if each in codes[:n])
        raise BoundaryFileError("code_twice", layer.file, code=twice)
    called = names_of(layer, taken["name"], codes)
    shapes = shapely.make_valid(layer.in_wgs84(layer.datum(datum)))
    drawn = _values(layer, "synthetic" if "synthetic" in layer.columns else None)
    rows = [
        SiteRow(
            str(codes[n]),
            asked.one_kind or _kind(layer, taken["kind"], n, str(codes[n])),
            str(called[n]),
            _day(layer, taken["since"], n, str(codes[n])),
            _day(layer, taken["until"], n, str(codes[n])),
            drawn[n] in ("1", "True", "true"),
            bytes(shapely.to_wkb(shapes[n])),
        )
        for n in range(len(codes))
    ]
    return rows, {meaning: column for meaning, column in taken.items() if column is not None}


def _column(layer: Layer, meaning: str, given: str | None) -> str | None:
    if given is not None and given not in layer.columns:
        raise BoundaryFileError("no_column", layer.file, name=given, names=", ".join(layer.columns))
    lower = {name.strip().lower(): name for name in layer.columns}
    return given or next((lower[usual] for usual in _USUAL[meaning] if usual in lower), None)


def _values(layer: Layer, column: str | None) -> list[str]:
    return [""] * len(layer.shapes) if column is None else [text(value) for value in layer.columns[column]]


def _kind(layer: Layer, column: str | None, n: int, code: str) -> str:
    said = _values(layer, column)[n] if column else ""
    if not said:
        raise BoundaryFileError("no_kind", layer.file, code=code)
    return said[:100]


def _day(layer: Layer, column: str | None, n: int, code: str) -> date | None:
    said: Any = "" if column is None else text(layer.columns[column][n])
    if not said:
        return None
    try:
        return datetime.fromisoformat(said.replace("/", "-")).date()
    except ValueError:
        raise BoundaryFileError("bad_day", layer.file, code=code, value=said[:40]) from None
