"""Sites (地物) out of a file: points, lines and areas with a code, a kind, a name and the days of their stay.

Owns what the columns of such a file mean.  No database.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

import numpy as np
import shapely

from gis.boundary_fields import codes_of, flags_of, names_of, text
from gis.boundary_files import Layer, Shapes
from gis.boundary_measures import is_area
from gis.boundary_refusals import BoundaryFileError
from gis.boundary_rings import all_valid
from gis.datums import Datum
from gis.day_headings import LAST_DAY, SINCE, UNCLEAR, UNTIL

_USUAL: Final = {
    "code": ("code", "site_code", "代码", "编码", "编号", "id"),
    "name": ("name", "名称", "mc"),
    "kind": ("kind", "type", "类型", "类别", "lx"),
    "since": SINCE,
    "until": UNTIL,
    "last_day": LAST_DAY,
}
_SHANGHAI: Final = ZoneInfo("Asia/Shanghai")


@dataclass(frozen=True, slots=True)
class SiteColumns:
    """Which columns mean what; None is guessed, empty is none.  ``one_kind``: all are of this kind."""

    code: str | None = None
    name: str | None = None
    kind: str | None = None
    since: str | None = None
    until: str | None = None
    last_day: str | None = None
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
    """Answer the sites of a layer, outlines repaired as boundaries are, and which columns were taken for what.

    Raises
    ------
    BoundaryFileError, UnknownDatumError
        ``boundary_file_refused``, ``unknown_datum``.
    """
    taken = {meaning: _column(layer, meaning, getattr(asked, meaning)) for meaning in _USUAL}
    if asked.one_kind:
        taken["kind"] = None
    if asked.until is None and asked.last_day is None:
        _refuse_unclear(layer)
    code, names = taken["code"], ", ".join(layer.columns)
    if code is None:
        raise BoundaryFileError("ask_column", layer.file, what="code", option="--code-field", names=names)
    if taken["kind"] is None and not asked.one_kind:
        raise BoundaryFileError("ask_column", layer.file, what="kind", option="--kind-field", names=names)
    codes = codes_of(layer, code)
    for each, times in Counter(codes.tolist()).items():
        if times > 1:
            raise BoundaryFileError("code_twice", layer.file, code=each)
    called = names_of(layer, taken["name"], codes)
    kinds = _kinds(layer, taken["kind"], codes.tolist(), asked.one_kind)
    since, until, last = (_days(layer, taken[meaning], codes.tolist()) for meaning in ("since", "until", "last_day"))
    drawn = flags_of(layer, "synthetic" if "synthetic" in layer.columns else None, codes)
    outlines = shapely.to_wkb(_mended(layer, layer.in_wgs84(layer.datum(datum))))
    rows = [
        SiteRow(
            code,
            kinds[n],
            str(called[n]),
            since[n],
            _end(layer, code, since[n], until[n], last[n]),
            bool(drawn[n]),
            bytes(outlines[n]),
        )
        for n, code in enumerate(codes.tolist())
    ]
    return rows, {meaning: column for meaning, column in taken.items() if column is not None}


def _column(layer: Layer, meaning: str, given: str | None) -> str | None:
    if given and given not in layer.columns:
        raise BoundaryFileError("no_column", layer.file, name=given, names=", ".join(layer.columns))
    if given is not None:
        return given or None
    lower = {name.strip().lower(): name for name in layer.columns}
    return next((lower[usual] for usual in _USUAL[meaning] if usual in lower), None)


def _refuse_unclear(layer: Layer) -> None:
    for name in layer.columns:
        if name.strip().lower() in UNCLEAR:
            raise BoundaryFileError("unclear_end", layer.file, name=name)


def _values(layer: Layer, column: str | None) -> list[str]:
    return [""] * len(layer.shapes) if column is None else [text(value) for value in layer.columns[column]]


def _kinds(layer: Layer, column: str | None, codes: list[str], one: str | None) -> list[str]:
    if one:
        return [one] * len(codes)
    said = _values(layer, column)
    if "" in said:
        raise BoundaryFileError("no_kind", layer.file, code=codes[said.index("")])
    return [each[:100] for each in said]


def _days(layer: Layer, column: str | None, codes: list[str]) -> list[date | None]:
    return [_day(layer, said, code) for said, code in zip(_values(layer, column), codes, strict=True)]


def _day(layer: Layer, said: str, code: str) -> date | None:
    if not said:
        return None
    try:
        at = datetime.fromisoformat(said.replace("/", "-"))
        return (at if at.tzinfo is None else at.astimezone(_SHANGHAI)).date()
    except (ValueError, OverflowError):
        raise BoundaryFileError("bad_day", layer.file, code=code, value=said[:40]) from None


def _end(layer: Layer, code: str, since: date | None, until: date | None, last: date | None) -> date | None:
    """Answer the first day on which a site is no longer there."""
    if last == date.max:
        raise BoundaryFileError("bad_day", layer.file, code=code, value=str(last))
    after = None if last is None else last + timedelta(days=1)
    if until and after and until != after:
        raise BoundaryFileError("two_ends", layer.file, code=code, until=str(until), last_day=str(last))
    end = until or after
    if since and end and end <= since:
        raise BoundaryFileError("ends_before", layer.file, code=code, since=str(since), until=str(end))
    return end


def _mended(layer: Layer, shapes: Shapes) -> Shapes:
    """Answer points and lines as they are, areas as loading boundaries would mend them."""
    areas = np.flatnonzero(is_area(shapes))
    mended = shapes.copy()
    mended[areas] = all_valid(shapes[areas])
    nothing = np.flatnonzero(shapely.is_empty(mended))
    if len(nothing):
        raise BoundaryFileError("no_outline", layer.file, count=len(nothing), row=int(nothing[0]) + 1)
    return mended
