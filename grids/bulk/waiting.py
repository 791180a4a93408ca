"""One list of a source at a time, and a table for its rows for as long as it is being taken in.

Owns both locks and how such a table comes and goes; one that a killed import has left goes with the next import.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

import psycopg
from psycopg import sql

from grids.bulk.columns import ImportRefusedError
from grids.bulk.staging import Staged

# "gwim" and "gwin"; any fixed numbers.
_SOURCES: Final = 0x67_77_69_6D
_TABLES: Final = 0x67_77_69_6E
_PREFIX: Final = "staged_"


@contextmanager
def alone(connection: psycopg.Connection[Any], source: str) -> Iterator[None]:
    """Keep other imports of the same source away.

    Raises
    ------
    ImportRefusedError
        ``import_refused``: one is under way.
    """
    lock = f"SELECT pg_try_advisory_lock({_SOURCES}, hashtext(%s))"
    if connection.execute(lock, (source,)).fetchone() != (True,):
        raise ImportRefusedError(f"Another list of {source} is being taken in; wait until that is done.")
    connection.commit()
    try:
        yield
    finally:
        connection.rollback()
        connection.execute(f"SELECT pg_advisory_unlock({_SOURCES}, hashtext(%s))", (source,))
        connection.commit()


@contextmanager
def waiting(connection: psycopg.Connection[Any], *, trial: bool) -> Iterator[tuple[Staged, int]]:
    """Yield the table in which the rows wait, and the import's number; what was not filed in the end goes."""
    if trial:
        yield Staged(connection, f"{_PREFIX}trial", trial=True), 0
        connection.rollback()
        return
    row = connection.execute("SELECT nextval('report_imports_id_seq')").fetchone()
    number = int(row[0]) if row else 0
    connection.execute(f"SELECT pg_advisory_lock({_TABLES}, %s)", (number,))
    _drop_left(connection)
    staged = Staged(connection, f"{_PREFIX}{number}", trial=False)
    connection.commit()
    drop = sql.SQL("DROP TABLE {}").format(staged.table)
    try:
        yield staged, number
        connection.execute(drop)
        connection.commit()
    except BaseException:
        connection.rollback()
        connection.execute(drop)
        connection.commit()
        raise
    finally:
        connection.execute(f"SELECT pg_advisory_unlock({_TABLES}, %s)", (number,))


def _drop_left(connection: psycopg.Connection[Any]) -> None:
    """Drop the tables of imports that were killed: nobody holds their locks."""
    left = connection.execute(
        "SELECT c.relname FROM pg_class c WHERE c.relnamespace = 'gridwarden'::regnamespace"
        " AND c.relpersistence = 'u' AND c.relname ~ %s",
        (f"^{_PREFIX}[0-9]+$",),
    ).fetchall()
    for (name,) in left:
        locked = f"SELECT pg_try_advisory_xact_lock({_TABLES}, %s)"
        if connection.execute(locked, (int(name.removeprefix(_PREFIX)),)).fetchone() == (True,):
            connection.execute(sql.SQL("DROP TABLE IF EXISTS {}").format(sql.Identifier(name)))
