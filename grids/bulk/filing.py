"""Rows that wait become cases, reports and histories, in the caller's transaction: one statement a table.

Owns the order of those statements (``sql/*.sql``), and the receipt numbers.  What a report would have been told by
``receive_report`` at the instant at which it was received is what is stored.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final

import psycopg
from psycopg import sql

from gis.datums import Datum
from grids.receipts import Keys, digest, new_numbers

Step = Callable[[str], None]
_MANY: Final = 10_000
_FOLDER: Final = Path(__file__).parent / "sql"


@dataclass(frozen=True, slots=True)
class Import:
    """What is kept of a list that was taken in."""

    number: int
    source: str
    datum: Datum
    file_name: str
    file_digest: bytes
    known: int
    refused: int
    made_at: datetime
    made_by: int | None


def file_rows(
    connection: psycopg.Connection[Any], staged: sql.Identifier, count: int, about: Import, keys: Keys, step: Step
) -> None:
    """File all rows that wait.

    Parameters
    ----------
    connection : psycopg.Connection
        As the owner.
    staged : psycopg.sql.Identifier
        The table of ``grids.bulk.staging``.
    count : int
        How many rows wait there.
    keys : Keys
        From which the keys of the reports' links are derived.
    step : callable
        Is told what begins: match, numbers, file.
    """
    connection.execute("SET LOCAL work_mem = '256MB'")
    # Plans of the functions that are asked thousands of times are made once; the statements here have their own.
    connection.execute("SET LOCAL plan_cache_mode = force_generic_plan")
    connection.execute(sql.SQL("CREATE TEMP VIEW staged AS SELECT * FROM {}").format(staged))
    connection.execute(
        "CREATE TEMP TABLE bulk_import (id integer, source text, datum text, file_name text, file_digest bytea,"
        " known bigint, refused bigint, made_at timestamptz, made_by integer) ON COMMIT DROP"
    )
    connection.execute(
        "INSERT INTO bulk_import VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s)",
        (about.number, about.source, about.datum.value, about.file_name, about.file_digest, about.known, about.refused,
         about.made_at, about.made_by),
    )  # fmt: skip
    step("match")
    connection.execute((_FOLDER / "match.sql").read_bytes())
    step("numbers")
    _draw_numbers(connection, count, keys)
    step("file")
    connection.execute((_FOLDER / "file.sql").read_bytes())
    connection.execute("DROP VIEW staged")
    filed = connection.execute("SELECT filed FROM report_imports WHERE id = %s", (about.number,)).fetchone()
    if filed != (count,):
        raise RuntimeError(f"{count} rows waited and {filed} were filed")
    if count >= _MANY:
        # Nobody waits for the database to notice by itself how large the tables have become.
        connection.execute("ANALYZE cases, reports, report_words, events, report_origins")


def _draw_numbers(connection: psycopg.Connection[Any], count: int, keys: Keys) -> None:
    """Put as many receipt numbers as there are rows beside them: none twice, none that is taken."""
    connection.execute("CREATE TEMP TABLE bulk_drawn (number text, key_digest bytea) ON COMMIT DROP")
    connection.execute(
        "CREATE TEMP TABLE bulk_numbers (place bigint PRIMARY KEY, number text, key_digest bytea) ON COMMIT DROP"
    )
    wanted = count
    while wanted > 0:
        # Some will be taken; what is drawn too often is not used.
        _copy_numbers(connection, wanted + wanted // 50 + 8, keys)
        placed = connection.execute(
            "INSERT INTO bulk_numbers"
            " SELECT (SELECT count(*) FROM bulk_numbers) + row_number() OVER (ORDER BY d.key_digest), d.number,"
            " d.key_digest"
            " FROM (SELECT DISTINCT ON (number) * FROM bulk_drawn) d"
            " WHERE NOT EXISTS (SELECT FROM reports r WHERE r.number = d.number)"
            " AND NOT EXISTS (SELECT FROM bulk_numbers b WHERE b.number = d.number) LIMIT %s",
            (wanted,),
        ).rowcount
        wanted -= placed
        connection.execute("TRUNCATE bulk_drawn")
    connection.execute("ANALYZE bulk_numbers")


def _copy_numbers(connection: psycopg.Connection[Any], count: int, keys: Keys) -> None:
    with connection.cursor().copy("COPY bulk_drawn FROM STDIN") as copy:
        lines = [f"{number}\t\\\\x{digest(keys.key(number)).hex()}" for number in new_numbers(count)]
        copy.write("\n".join(lines))
