"""Where the rows of a batch lie: each matched in the edition of the instant at which it was received.

Owns which edition a row is asked of, and which rows cannot be placed.  ``gis.index.AreaIndex`` answers; of each edition
that is needed one is built.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import psycopg
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from gis.cells import RESOLUTIONS, cells_of_many
from gis.datums import Datum, to_wgs84
from gis.index import AreaIndex
from gis.index_lattice import Floats
from gis.index_outcomes import OUTCOMES, REASONS, reasons
from gis.index_source import index_of_edition_number
from gis.point_files import Placed
from grids.bulk.columns import Rows


@dataclass(frozen=True, slots=True)
class Matched:
    """Where rows lie.

    Attributes
    ----------
    lon, lat : (n,) float64
        EPSG:4326; nan without a pin.
    edition : (n,) int32
        -1 where none was in force.
    outcome, code : (n,) object
        None where there is none; without a pin the area that was named, and no outcome.
    distance_m, border_m : (n,) float64
        nan where there is none.
    cells : (n, 5) int64
        Meaningless without a pin.
    """

    lon: Floats
    lat: Floats
    edition: NDArray[np.int32]
    outcome: NDArray[np.object_]
    code: NDArray[np.object_]
    distance_m: Floats
    border_m: Floats
    cells: NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class _InForce:
    number: int
    from_us: float
    to_us: float


@dataclass
class Grounds:
    """The editions of a database, each with its index as soon as a row asks for it."""

    connection: psycopg.Connection[Any]
    _editions: list[_InForce] = field(default_factory=list)
    _built: dict[int, AreaIndex] = field(default_factory=dict)

    def __post_init__(self) -> None:
        rows = self.connection.execute(
            "SELECT edition_id, extract(epoch FROM from_at)::float8 * 1e6, extract(epoch FROM to_at)::float8 * 1e6"
            " FROM editions_in_force()"
        )
        self._editions = [_InForce(*row) for row in rows]

    def match(self, rows: Rows, placed: Placed, datum: Datum) -> Matched:
        """Answer where rows lie; what cannot be placed is told in ``rows.reason``."""
        count = len(rows.reason)
        why = np.array(REASONS, dtype=object)[reasons(placed.lon, placed.lat)]
        why = np.where(placed.reason == "", why, placed.reason)
        # Zero and zero is what a system writes that has no position.
        why[(placed.lon == 0.0) & (placed.lat == 0.0)] = "missing"
        pinned = why == ""
        lon_lat = np.column_stack((placed.lon, placed.lat))
        lon_lat[~pinned] = 0.0
        lon, lat = np.array(to_wgs84(lon_lat, datum)).T
        lon[~pinned] = lat[~pinned] = np.nan
        found = Matched(
            lon,
            lat,
            np.full(count, -1, dtype=np.int32),
            np.full(count, None, dtype=object),
            np.full(count, None, dtype=object),
            np.full(count, np.nan),
            np.full(count, np.nan),
            np.zeros((count, len(RESOLUTIONS)), dtype=np.int64),
        )
        named = ~pinned & rows.area.is_valid().to_numpy(zero_copy_only=False)
        sound = rows.reason == ""
        for edition in self._editions:
            then = sound & (rows.received_us >= edition.from_us) & (rows.received_us < edition.to_us)
            found.edition[then] = edition.number
            if (then & (pinned | named)).any():
                index = self._index(edition)
                _place(index, found, np.flatnonzero(then & pinned))
                _name(index, found, rows, np.flatnonzero(then & named))
        there = np.flatnonzero(sound & pinned)
        found.cells[there] = cells_of_many(lon[there], lat[there])
        _blame(rows, "no_boundaries", found.edition < 0)
        _blame(rows, "unknown_area", named & (found.code == None))  # noqa: E711  (element by element)
        nowhere = (rows.reason == "") & ~pinned & ~named
        rows.reason[nowhere] = why[nowhere]
        return found

    def _index(self, edition: _InForce) -> AreaIndex:
        if edition.number not in self._built:
            self._built[edition.number] = index_of_edition_number(self.connection, edition.number)
        return self._built[edition.number]


def _place(index: AreaIndex, found: Matched, where: NDArray[np.intp]) -> None:
    lon, lat = found.lon[where], found.lat[where]
    matches = index.match(lon, lat)
    inside = matches.area >= 0
    found.outcome[where] = np.array(OUTCOMES, dtype=object)[matches.outcome]
    found.code[where[inside]] = index.codes[matches.area[inside]]
    found.distance_m[where] = matches.distance_m
    found.border_m[where] = index.border_m(lon, lat, matches.area)


def _name(index: AreaIndex, found: Matched, rows: Rows, where: NDArray[np.intp]) -> None:
    codes = pa.array(index.codes, pa.string())
    named = rows.area.take(pa.array(where))
    known = pc.is_in(named, codes)
    found.code[where] = pc.if_else(known, named, pa.scalar(None, pa.string())).to_numpy(zero_copy_only=False)


def _blame(rows: Rows, why: str, where: NDArray[np.bool_]) -> None:
    rows.reason[where & (rows.reason == "")] = why
