"""Rows by COPY, and ids drawn ahead: how the sample's rows reach their tables.

Owns the two ways of writing alone; it knows no row.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import psycopg
from psycopg import sql

Row = Sequence[Any]


def reserve(connection: psycopg.Connection[Any], table: str, count: int) -> list[int]:
    """Draw so many ids of a table from its own sequence, so that rows of the service and of the sample never clash."""
    rows = connection.execute(
        "SELECT nextval(pg_get_serial_sequence(%s, 'id')) FROM generate_series(1, %s)", (table, count)
    )
    return [int(row[0]) for row in rows]


def copy_rows(connection: psycopg.Connection[Any], table: str, columns: str, rows: Iterable[Row]) -> None:
    """Copy rows into a table; ``columns`` are named with commas."""
    names = sql.SQL(", ").join(sql.Identifier(name.strip()) for name in columns.split(","))
    statement = sql.SQL("COPY {} ({}) FROM STDIN").format(sql.Identifier(table), names)
    with connection.cursor().copy(statement) as copy:
        for row in rows:
            copy.write_row(row)
