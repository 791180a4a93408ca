"""Rows of a list on their way into the database: matched, and copied into a table of the list's own.

Owns that table and how a batch is written.  What waits there can be asked by SQL at once; ``grids.bulk.filing`` makes
cases and reports of it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any, Final

import numpy as np
import psycopg
import pyarrow as pa
import pyarrow.csv
from numpy.typing import NDArray
from psycopg import sql

from gis.cells import RESOLUTIONS
from gis.point_files import Placed
from grids.bulk.behind import Behind
from grids.bulk.columns import Rows
from grids.bulk.matching import Matched

_COLUMNS: Final = {
    "n": "bigint",
    "external_id": "text",
    "category_code": "text",
    "channel": "text",
    "received_at": "timestamptz",
    "seen_at": "timestamptz",
    "closed_at": "timestamptz",
    "lon_given": "float8",
    "lat_given": "float8",
    "lon": "float8",
    "lat": "float8",
    "accuracy_m": "float8",
    "edition_id": "integer",
    # Without a pin there is no outcome, and the code is that of the area that was named.
    "outcome": "text",
    "code": "text",
    "distance_m": "float8",
    "border_m": "float8",
    "words": "text",
    "place_words": "text",
    **{f"cell_{resolution}": "bigint" for resolution in RESOLUTIONS},
}
_NO_HEADER: Final = pyarrow.csv.WriteOptions(include_header=False)


class Staged:
    """The table in which the rows of one list wait.

    Parameters
    ----------
    connection : psycopg.Connection
        As the owner.
    name : str
        Of the table.
    trial : bool
        Whether it is seen by this connection alone and gone with its transaction.
    """

    def __init__(self, connection: psycopg.Connection[Any], name: str, *, trial: bool) -> None:
        self._connection = connection
        self.table: Final = sql.Identifier(name)
        kind = sql.SQL("TEMP" if trial else "UNLOGGED")
        columns = sql.SQL(", ").join(sql.SQL(f"{column} {kept}") for column, kept in _COLUMNS.items())
        connection.execute(sql.SQL("CREATE {} TABLE {} ({})").format(kind, self.table, columns))

    @contextmanager
    def copying(self) -> Iterator[Callable[[int, Rows, Placed, Matched], None]]:
        """Yield what a batch is handed to, the number of its first row before it; it is copied beside what follows.

        What copying a batch raises, handing over the next one does, or the end of the block.
        """
        # Instants are written without a zone, in UTC: with one, writing them takes twenty times as long.
        self._connection.execute("SET LOCAL timezone = 'UTC'")
        statement = sql.SQL("COPY {} ({}) FROM STDIN (FORMAT csv)").format(self.table, sql.SQL(", ".join(_COLUMNS)))
        with self._connection.cursor().copy(statement) as copy, Behind() as behind:

            def write(first: int, rows: Rows, placed: Placed, found: Matched) -> None:
                behind.do(_write_rows, copy, first, rows, placed, found)

            try:
                yield write
                behind.finish()
            except BaseException:
                # What is under way is waited for, and a database that is busy or stuck with it would take its time.
                with suppress(psycopg.Error):
                    self._connection.cancel_safe(timeout=5.0)
                raise

    def ready(self) -> None:
        """Make what was copied quick to ask after."""
        self._connection.execute(sql.SQL("CREATE INDEX ON {} (code)").format(self.table))
        self._connection.execute(sql.SQL("ANALYZE {}").format(self.table))

    def take_out_repeated(self) -> list[int]:
        """Take out the rows whose id an earlier row of the list has; answer their numbers."""
        rows = self._connection.execute(
            sql.SQL(
                "DELETE FROM {0} s USING ("
                "  SELECT n, row_number() OVER (PARTITION BY external_id ORDER BY n) AS nth FROM {0}) o"
                " WHERE o.n = s.n AND o.nth > 1 RETURNING s.n"
            ).format(self.table)
        )
        return [int(row[0]) for row in rows]

    def take_out_known(self, source: str) -> int:
        """Take out the rows that were taken in before; answer how many."""
        return self._connection.execute(
            sql.SQL(
                "DELETE FROM {} s USING report_origins o WHERE o.source = %s AND o.external_id = s.external_id"
            ).format(self.table),
            (source,),
        ).rowcount

    def counts(self) -> Iterator[tuple[str, bool, int]]:
        """Answer how many rows wait by outcome (``named`` without a pin) and by whether they are open."""
        yield from self._connection.execute(
            sql.SQL("SELECT coalesce(outcome, 'named'), closed_at IS NULL, count(*) FROM {} GROUP BY 1, 2").format(
                self.table
            )
        )


def _write_rows(copy: Any, first: int, rows: Rows, placed: Placed, found: Matched) -> None:
    """Write those rows of a batch with which nothing is wrong; ``first`` is the number of the batch's first one."""
    sound = np.flatnonzero(rows.reason == "")
    if not len(sound):
        return
    kept = pa.array(sound)
    pinned = np.isfinite(found.lon[sound])
    columns = [
        pa.array(sound + first),
        *(column.take(kept) for column in (rows.external_id, rows.category, rows.channel)),
        *(_instants(at_us[sound]) for at_us in (rows.received_us, rows.seen_us)),
        _instants(rows.closed_us[sound], mask=~rows.is_closed[sound]),
        *(_numbers(numbers[sound], mask=~pinned) for numbers in (placed.lon, placed.lat)),
        # What names an area alone has nothing that could be off.
        *(
            _numbers(numbers)
            for numbers in (found.lon[sound], found.lat[sound], np.where(pinned, rows.accuracy_m[sound], np.nan))
        ),
        pa.array(found.edition[sound]),
        *(pa.array(texts[sound], pa.string()) for texts in (found.outcome, found.code)),
        *(_numbers(numbers[sound]) for numbers in (found.distance_m, found.border_m)),
        *(column.take(kept) for column in (rows.words, rows.place)),
        *(pa.array(found.cells[sound, n], mask=~pinned) for n in range(found.cells.shape[1])),
    ]
    table = pa.RecordBatch.from_arrays(columns, names=list(_COLUMNS))
    out = pa.BufferOutputStream()
    pyarrow.csv.write_csv(table, out, _NO_HEADER)
    copy.write(memoryview(out.getvalue()))


def _instants(at_us: NDArray[np.int64], mask: NDArray[np.bool_] | None = None) -> Any:
    return pa.array(at_us, mask=mask).cast(pa.timestamp("us"))


def _numbers(numbers: NDArray[np.float64], mask: NDArray[np.bool_] | None = None) -> Any:
    return pa.array(numbers, mask=mask, from_pandas=True)
