"""Writes what maps and search need of the editions that a page asked for, one after the other.

Takes a connection of its own: it computes for some seconds, and letters and timed work go on meanwhile.
"""

import asyncio
import logging
from collections.abc import Callable
from datetime import datetime
from typing import Any

import psycopg

from api.worker.timed import Connection, Timed
from gis.roles import WORKER

_LOG = logging.getLogger("gridwarden.worker")


def preparing(dsn: str, clock: Callable[[], datetime]) -> Timed:
    """Answer the row of what happens when that prepares editions.

    Parameters
    ----------
    dsn : str
        libpq address (``Store.dsn("worker")``).
    clock : callable
        Answers aware instants.
    """

    async def prepare(_: Connection, now: datetime) -> None:
        await asyncio.to_thread(prepare_asked, dsn, now, clock)

    return Timed("prepare", "* * * * *", prepare)


def prepare_asked(dsn: str, now: datetime, clock: Callable[[], datetime]) -> int:
    """Prepare every edition that was asked for and has neither been done nor failed; answer how many were."""
    done = 0
    with psycopg.connect(dsn, autocommit=True) as connection:
        connection.execute(f"SET ROLE {WORKER}")
        while (edition := _next(connection, now)) is not None:
            done += _prepare(connection, edition, clock)
    return done


def _next(connection: psycopg.Connection[Any], now: datetime) -> int | None:
    # What another worker began and did not end within ten minutes was left behind by it.
    row = connection.execute(
        "UPDATE preparations SET begun_at = %(now)s WHERE edition_id = ("
        " SELECT p.edition_id FROM preparations p WHERE p.done_at IS NULL AND p.failed IS NULL"
        " AND (p.begun_at IS NULL OR p.begun_at < %(now)s - interval '10 minutes')"
        " ORDER BY p.asked_at LIMIT 1 FOR UPDATE SKIP LOCKED) RETURNING edition_id",
        {"now": now},
    ).fetchone()
    return None if row is None else int(row[0])


def _prepare(connection: psycopg.Connection[Any], edition: int, clock: Callable[[], datetime]) -> bool:
    # Not before it is needed: it brings GEOS and PROJ along.
    from grids.activation import prepare_edition

    try:
        with connection.transaction():
            prepare_edition(connection, edition)
            connection.execute("UPDATE preparations SET done_at = %s WHERE edition_id = %s", (clock(), edition))
    except Exception as error:
        # Whatever it was (GEOS has errors of its own), it would come again at each try.
        # Its words could hold values of a row; the kind is enough to look for.
        code = str(getattr(error, "sqlstate", None) or type(error).__name__)
        _LOG.error("edition %d was not prepared: %s", edition, code)
        connection.execute("UPDATE preparations SET failed = %s WHERE edition_id = %s", (code, edition))
        return False
    return True
