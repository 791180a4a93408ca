"""Gives reports their places as they come, and lets the rules on places look at them.

On a connection of its own: it computes, and letters go on meanwhile.
"""

import asyncio
import logging
import time
from collections.abc import Callable
from datetime import datetime
from typing import Any

import psycopg

from gis.roles import WORKER
from grids import place_alarms, place_keeping

_LOG = logging.getLogger("gridwarden.worker")
_PAUSE_S = 0.5
_PATIENCE_S = 10.0
# So long at most reports wait for their places while rules look at others: half of what a place may take is left.
_LOOKING_S = 0.5


async def keep_places(dsn: str, clock: Callable[[], datetime]) -> None:
    """Settle what waits until cancelled, and ring; half a second later at most it is looked at.

    Parameters
    ----------
    dsn : str
        libpq address (``Store.dsn("worker")``).
    clock : callable
        Answers aware instants.
    """
    connection = await asyncio.to_thread(_connected, dsn)
    batch: asyncio.Future[bool | None] | None = None
    try:
        while True:
            batch = asyncio.ensure_future(asyncio.to_thread(_look, connection, clock))
            more = await asyncio.shield(batch)
            await asyncio.sleep({True: 0.0, False: _PAUSE_S, None: _PATIENCE_S}[more])
    finally:
        # A batch that is under way comes to its end: its connection is not taken from it.
        if batch is not None:
            await asyncio.wait([batch])
        connection.close()


def _look(connection: psycopg.Connection[Any], clock: Callable[[], datetime]) -> bool | None:
    """Whether more may wait; None: it could not be done, and letters and deadlines go on without."""
    try:
        # Of several workers one at a time: what one settles no other looks at halfway.
        row = connection.execute("SELECT pg_try_advisory_lock(hashtext('gridwarden.placing'))").fetchone()
        if row != (True,):
            return False
        try:
            settled = place_keeping.settle_waiting(connection)
            until = time.monotonic() + _LOOKING_S
            while (looked_at := place_alarms.look_at_waiting(connection, clock())) == place_alarms.BATCH:
                if time.monotonic() > until:
                    break
        finally:
            connection.execute("SELECT pg_advisory_unlock(hashtext('gridwarden.placing'))")
    except Exception as error:
        if connection.broken:
            raise
        code = getattr(error, "sqlstate", None) or type(error).__name__
        _LOG.error("places are not kept at the moment: %s", code)
        return None
    return settled == place_keeping.BATCH or looked_at == place_alarms.BATCH


def _connected(dsn: str) -> psycopg.Connection[Any]:
    connection: psycopg.Connection[Any] = psycopg.connect(dsn, autocommit=True)
    connection.execute(f"SET ROLE {WORKER}")
    # Whoever holds a case holds up no other place for long.
    connection.execute("SET lock_timeout = '5s'")
    return connection
