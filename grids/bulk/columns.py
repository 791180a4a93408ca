"""Which column of a foreign list means what, and what is wrong with a row before anybody asks where it lies.

Owns the checks of a row's own values, a batch at a time; the first thing that is wrong with a row is its reason.  Knows
no database and no geometry.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from gis.errors import GridwardenError
from gis.spreadsheets import as_it_was
from grids.bulk.instants import Instants, read_instants
from grids.reports import CHANNELS, MAX_PLACE_WORDS, MAX_TEXT

Flags = NDArray[np.bool_]
# What a phone's clock may be ahead, as for a report that is sent.
_SLIP_US: Final = 600_000_000
# 1.31E+11: a spreadsheet kept so many digits of a number and threw the others away.
_ROUNDED: Final = r"^[0-9](\.[0-9]+)?[eE]\+?[0-9]+$"
_OPEN: Final = frozenset({"open", "0", "false", "未办结", "办理中", "处理中", "未完成"})
_CLOSED: Final = frozenset({"closed", "1", "true", "已办结", "办结", "已完成", "已关闭"})


class ImportRefusedError(GridwardenError):
    """A list of reports that cannot be taken in as it was asked for; nothing was stored."""

    code = "import_refused"


@dataclass(frozen=True, slots=True)
class Fields:
    """Columns of the list by what they mean; None: it has no such column.

    Attributes
    ----------
    id : str
        What the other system calls the row by; a row of one source comes once.
    received : str
        When it was told there.
    lon, lat : str, optional
        Degrees; without them the file's geometry, if it has one.
    area, place : str, optional
        Code of the area that a row without a pin is about, and its words for the spot.
    state, closed : str, optional
        Whether it is open or closed over there, and since when it is closed.
    """

    id: str
    received: str
    lon: str | None = None
    lat: str | None = None
    category: str | None = None
    text: str | None = None
    channel: str | None = None
    seen: str | None = None
    closed: str | None = None
    state: str | None = None
    area: str | None = None
    place: str | None = None
    accuracy: str | None = None

    def refuse_absent(self, names: list[str]) -> None:
        """Refuse a list that lacks a column.

        Raises
        ------
        ImportRefusedError
            ``import_refused``, with the columns that there are.
        """
        asked = {each.name: getattr(self, each.name) for each in fields(self)}
        lacks = [f"--{meaning}-field {name}" for meaning, name in asked.items() if name and name not in names]
        if lacks:
            raise ImportRefusedError(
                f"There is no such column: {', '.join(lacks)}. The list has: {', '.join(names)}.",
                params={"columns": names},
            )


@dataclass(frozen=True, slots=True)
class Known:
    """What a row may name, and what it is if it names nothing.

    Attributes
    ----------
    categories : mapping of str to str
        Code by whatever the list calls a category: the code, its name in either language, or a word that was mapped.
    category, channel, area : str, optional
        Of rows that have no column for it, or nothing in it.
    since_us : mapping of str to int
        From when on each code is in force, microseconds since 1970.
    now_us : int
        Nothing was received later.
    """

    categories: Mapping[str, str]
    since_us: Mapping[str, int]
    category: str | None
    channel: str
    area: str | None
    now_us: int


@dataclass(frozen=True, slots=True)
class Rows:
    """A batch by meaning; ``reason`` is empty where nothing is wrong so far.

    Text columns are pyarrow arrays without empty texts (null instead); instants are microseconds since 1970 in UTC,
    ``closed_us`` with ``is_closed``.
    """

    external_id: Any
    category: Any
    channel: Any
    words: Any
    area: Any
    place: Any
    accuracy_m: NDArray[np.float64]
    received_us: NDArray[np.int64]
    seen_us: NDArray[np.int64]
    closed_us: NDArray[np.int64]
    is_closed: Flags
    reason: NDArray[np.object_]


def read_rows(batch: Any, named: Fields, known: Known) -> Rows:
    """Answer a batch by meaning, each row with the first thing that is wrong with it.

    Parameters
    ----------
    batch : pyarrow.RecordBatch
        As ``gis.point_files`` reads it.
    named : Fields
        Which column means what.
    known : Known
        What they may name.
    """
    reason = np.full(batch.num_rows, "", dtype=object)
    external_id = _text(batch, named.id)
    _blame(reason, "missing_id", ~_valid(external_id))
    _blame(reason, "rounded_id", _is(pc.match_substring_regex(external_id, _ROUNDED)))
    _blame(reason, "id_too_long", _is(pc.greater(pc.utf8_length(external_id), 200)))
    words, place = _text(batch, named.text), _text(batch, named.place)
    _blame(reason, "text_too_long", _is(pc.greater(pc.utf8_length(words), MAX_TEXT)))
    _blame(reason, "place_too_long", _is(pc.greater(pc.utf8_length(place), MAX_PLACE_WORDS)))
    for text in (external_id, words, place):
        _blame(reason, "bad_character", _is(pc.match_substring(text, "\x00")))
    received, seen = _received(batch, named, known, reason)
    is_closed, closed_us = _closed(batch, named, received.at_us, known, reason)
    return Rows(
        external_id=external_id,
        category=_category(batch, named, known, received.at_us, reason),
        channel=_channel(batch, named, known, reason),
        words=pc.fill_null(words, ""),
        area=pc.fill_null(_text(batch, named.area), pa.scalar(known.area, pa.string())),
        place=place,
        accuracy_m=_accuracy(batch, named, reason),
        received_us=received.at_us,
        seen_us=seen,
        closed_us=closed_us,
        is_closed=is_closed,
        reason=reason,
    )


def _received(batch: Any, named: Fields, known: Known, reason: NDArray[np.object_]) -> tuple[Instants, NDArray[Any]]:
    received = read_instants(batch.column(named.received))
    _blame(reason, "missing_received_at", received.missing)
    _blame(reason, "bad_received_at", received.unreadable)
    _blame(reason, "received_in_future", received.at_us > known.now_us + _SLIP_US)
    if named.seen is None:
        return received, received.at_us
    seen = read_instants(batch.column(named.seen))
    _blame(reason, "bad_seen_at", seen.unreadable)
    at_us = np.where(seen.missing, received.at_us, seen.at_us)
    _blame(reason, "seen_after_received", at_us > received.at_us)
    return received, at_us


def _closed(
    batch: Any, named: Fields, received_us: NDArray[np.int64], known: Known, reason: NDArray[np.object_]
) -> tuple[Flags, NDArray[np.int64]]:
    """Answer which rows are closed and since when; one that is said to be closed needs its instant."""
    count = batch.num_rows
    none = np.zeros(count, dtype=bool)
    closed = (
        read_instants(batch.column(named.closed)) if named.closed else Instants(np.zeros(count, np.int64), ~none, none)
    )
    _blame(reason, "bad_closed_at", closed.unreadable)
    is_closed = ~closed.missing & ~closed.unreadable
    if named.state is not None:
        state = pc.fill_null(pc.utf8_lower(_text(batch, named.state)), "")
        said = _is(pc.is_in(state, pa.array(sorted(_CLOSED))))
        _blame(reason, "unknown_state", ~said & ~_is(pc.is_in(state, pa.array(sorted(_OPEN)))))
        _blame(reason, "missing_closed_at", said & closed.missing)
        is_closed &= said
    _blame(reason, "closed_before_received", is_closed & (closed.at_us < received_us))
    _blame(reason, "closed_in_future", is_closed & (closed.at_us > known.now_us + _SLIP_US))
    return is_closed, closed.at_us


def _category(
    batch: Any, named: Fields, known: Known, received_us: NDArray[np.int64], reason: NDArray[np.object_]
) -> Any:
    """Answer codes of categories; one that was not in force when the report was received is none."""
    said = pc.fill_null(_text(batch, named.category), pa.scalar(known.category, pa.string()))
    codes = pa.array(known.categories.values(), pa.string())
    found = codes.take(pc.index_in(said, pa.array(known.categories.keys(), pa.string())))
    _blame(reason, "missing_category", ~_valid(said))
    _blame(reason, "unknown_category", ~_valid(found))
    codes, since_us = (pa.array(part) for part in (known.since_us.keys(), known.since_us.values()))
    since = pc.fill_null(since_us.cast(pa.int64()).take(pc.index_in(found, codes.cast(pa.string()))), 0)
    _blame(reason, "unknown_category", received_us < since.to_numpy(zero_copy_only=False))
    return found


def _channel(batch: Any, named: Fields, known: Known, reason: NDArray[np.object_]) -> Any:
    said = pc.fill_null(_text(batch, named.channel), known.channel)
    _blame(reason, "unknown_channel", ~_is(pc.is_in(said, pa.array(CHANNELS))))
    return said


def _accuracy(batch: Any, named: Fields, reason: NDArray[np.object_]) -> NDArray[np.float64]:
    said = _text(batch, named.accuracy)
    readable = pc.match_substring_regex(said, r"^\+?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]{1,2})?$")
    _blame(reason, "bad_accuracy", _valid(said) & ~_is(readable))
    number = pc.cast(pc.if_else(readable, said, pa.scalar(None, pa.string())), pa.float64())
    metres: NDArray[np.float64] = pc.fill_null(number, np.nan).to_numpy(zero_copy_only=False)
    return metres


def _text(batch: Any, name: str | None) -> Any:
    """Answer a column as trimmed text, null where there is none; a number loses no digit and gets no decimal point."""
    if name is None:
        return pa.nulls(batch.num_rows, pa.string())
    column = batch.column(name)
    if isinstance(column, pa.DictionaryArray):
        column = column.dictionary_decode()
    if pa.types.is_floating(column.type):
        numbers = column.drop_null().to_numpy(zero_copy_only=False)
        if np.all(numbers == np.floor(numbers)) and np.all(np.abs(numbers) < 2**53):
            column = column.cast(pa.int64())
    text = pc.utf8_trim_whitespace(column.cast(pa.string()))
    # As a list of refused rows was written, so that no spreadsheet takes text for a formula.
    text = as_it_was(text)
    return pc.if_else(pc.equal(text, ""), pa.scalar(None, pa.string()), text)


def _blame(reason: NDArray[np.object_], why: str, where: Flags) -> None:
    reason[where & (reason == "")] = why


def _valid(column: Any) -> Flags:
    flags: Flags = column.is_valid().to_numpy(zero_copy_only=False)
    return flags


def _is(column: Any) -> Flags:
    flags: Flags = pc.fill_null(column, False).to_numpy(zero_copy_only=False).astype(bool)
    return flags
