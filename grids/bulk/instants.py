"""Instants as lists of other systems write them, a column at a time.

Owns the spellings that are understood.  An instant without a zone is one of Asia/Shanghai; a date alone, its midnight.
"""

from __future__ import annotations

from typing import Any, Final, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

_UTC: Final = pa.timestamp("us", "UTC")
_HOME: Final = "Asia/Shanghai"
# 2025-03-01 08:30:00, 2025/3/1 8:30 as Excel writes it, 2025年3月1日 8:30, 2025-03-01T08:30:00.5+08:00
_SPELLED: Final = (
    r"^(?P<year>[0-9]{4})[-/.年](?P<month>[0-9]{1,2})[-/.月](?P<day>[0-9]{1,2})日?"
    r"(?:[T\s]+(?P<hour>[0-9]{1,2})[:：时](?P<minute>[0-9]{1,2})分?(?:[:：]?(?P<second>[0-9]{1,2})秒?(?:\.(?P<part>[0-9]{1,6})[0-9]*)?)?)?"
    r"\s*(?P<zone>Z|[+-][0-9]{2}:?[0-9]{2})?$"
)


class Instants(NamedTuple):
    """A column of instants: microseconds since 1970 in UTC, where there is none, and where it cannot be read."""

    at_us: NDArray[np.int64]
    missing: NDArray[np.bool_]
    unreadable: NDArray[np.bool_]


def read_instants(column: Any) -> Instants:
    """Answer a column as instants.

    Parameters
    ----------
    column : pyarrow.Array
        Text, timestamps with or without a zone, or dates.

    Examples
    --------
    >>> read = read_instants(pa.array(["2025/3/1 8:30", "2025-03-01T00:30:00Z", "", "soon", "2025-02-30"]))
    >>> (read.at_us[:2] == 1740789000_000000).tolist(), read.missing.tolist(), read.unreadable.tolist()
    ([True, True], [False, False, True, False, False], [False, False, False, True, True])
    """
    if isinstance(column, pa.DictionaryArray):
        column = column.dictionary_decode()
    kind = column.type
    if pa.types.is_date(kind):
        column = column.cast(pa.timestamp("us"))
    elif pa.types.is_timestamp(kind):
        column = column.cast(pa.timestamp("us", kind.tz), safe=False)
    else:
        return _of_text(pc.utf8_trim_whitespace(column.cast(pa.string())))
    return _of_instants(column, np.zeros(len(column), dtype=bool))


def _of_text(text: Any) -> Instants:
    text = pc.if_else(pc.equal(text, ""), pa.scalar(None, pa.string()), text)
    for kind in (pa.timestamp("us"), _UTC):
        try:
            return _of_instants(pc.cast(text, kind), np.zeros(len(text), dtype=bool))
        except pa.ArrowInvalid:
            # Another spelling, or not the same in every row.
            continue
    return _of_parts(text)


def _of_instants(column: Any, unreadable: NDArray[np.bool_]) -> Instants:
    if column.type.tz is None:
        # Summer time of 1986 to 1991: the first of two, and what comes after a gap.
        column = pc.assume_timezone(column, _HOME, ambiguous="earliest", nonexistent="latest")
    at = column.cast(_UTC).cast(pa.int64())
    missing = _flags(column.is_null()) & ~unreadable
    return Instants(_whole(at), missing, unreadable)


def _of_parts(text: Any) -> Instants:
    """Answer instants from their parts, row by row different spellings."""
    parts = pc.extract_regex(text, _SPELLED)
    matched = _flags(parts.is_valid())
    number = {
        name: _whole(pc.cast(pc.if_else(pc.equal(field, ""), "0", field), pa.int64()))
        for name in ("year", "month", "day", "hour", "minute", "second")
        for field in (pc.struct_field(parts, name),)
    }
    part = pc.utf8_rpad(pc.struct_field(parts, "part"), 6, "0")
    month = (number["year"] - 1970) * 12 + number["month"] - 1
    first = month.astype("datetime64[M]").astype("datetime64[D]")
    length = ((month + 1).astype("datetime64[M]").astype("datetime64[D]") - first).astype(np.int64)
    sound = matched & (number["month"] >= 1) & (number["month"] <= 12) & (number["day"] >= 1)
    sound &= (number["day"] <= length) & (number["hour"] < 24) & (number["minute"] < 60) & (number["second"] < 60)
    days = first.astype(np.int64) + number["day"] - 1
    seconds = ((days * 24 + number["hour"]) * 60 + number["minute"]) * 60 + number["second"]
    naive_us = seconds * 1_000_000 + _whole(pc.cast(part, pa.int64()))
    return _zoned(np.where(sound, naive_us, 0), sound, pc.struct_field(parts, "zone"), _flags(text.is_valid()) & ~sound)


def _zoned(naive_us: NDArray[np.int64], sound: NDArray[np.bool_], zone: Any, unreadable: NDArray[np.bool_]) -> Instants:
    """Answer instants from what a clock showed and the zone that is written behind it, if one is."""
    digits = pc.if_else(pc.equal(zone, "Z"), "+00:00", pc.fill_null(zone, ""))
    named = _flags(pc.not_equal(digits, ""))
    digits = pc.replace_substring(pc.if_else(pa.array(named), digits, "+0000"), ":", "")
    hours = _whole(pc.cast(pc.utf8_slice_codeunits(digits, 1, 3), pa.int64()))
    minutes = _whole(pc.cast(pc.utf8_slice_codeunits(digits, 3, 5), pa.int64()))
    sign = np.where(_flags(pc.starts_with(digits, "-")), -1, 1)
    at_home = _of_instants(pa.array(naive_us, mask=~sound).cast(pa.timestamp("us")), unreadable)
    elsewhere = naive_us - sign * (hours * 60 + minutes) * 60_000_000
    return at_home._replace(at_us=np.where(named, elsewhere, at_home.at_us))


def _flags(column: Any) -> NDArray[np.bool_]:
    flags: NDArray[np.bool_] = pc.fill_null(column, False).to_numpy(zero_copy_only=False).astype(bool)
    return flags


def _whole(column: Any) -> NDArray[np.int64]:
    numbers: NDArray[np.int64] = pc.fill_null(column, 0).to_numpy(zero_copy_only=False)
    return numbers
