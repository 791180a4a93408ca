"""Gives reports their places as they come, and lets the rules on places look at them.

On a connection of its own: it computes, and letters go on meanwhile.
"""

import asyncio
import logging
from collections.abc import Callable
from datetime import datetime
from typing import Any

import psycopg

from gis.roles import WORKER
from grids import place_alarms, place_keeping

_LOG = logging.getLogger("gridwarden.worker")
_PAUSE_S = 0.5
# More reports than these at a time are a rush, and while there is one, so many places are looked at each time.
_RUSH, _MEANWHILE = 30, 10
_PATIENCE_S = 10.0


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
    batch: asyncio.Future[float] | None = None
    try:
        while True:
            batch = asyncio.ensure_future(asyncio.to_thread(_look, connection, clock))
            await asyncio.sleep(await asyncio.shield(batch))
    finally:
        # A batch that is under way comes to its end: its connection is not taken from it.
        if batch is not None:
            await asyncio.wait([batch])
        connection.close()


def _look(connection: psycopg.Connection[Any], clock: Callable[[], datetime]) -> float:
    """Settle and look once; answer after how many seconds to do so again."""
    try:
        # Of several workers one at a time: what one settles no other looks at halfway.
        row = connection.execute("SELECT pg_try_advisory_lock(hashtext('gridwarden.placing'))").fetchone()
        if row != (True,):
            return _PAUSE_S
        try:
            settled = place_keeping.settle_waiting(connection)
            # What waits for a look holds up neither those who send reports nor their places.
            most = _MEANWHILE if settled > _RUSH else place_alarms.BATCH
            looked_at = place_alarms.look_at_waiting(connection, clock(), most)
        finally:
            connection.execute("SELECT pg_advisory_unlock(hashtext('gridwarden.placing'))")
    except Exception as error:
        if connection.broken:
            raise
        code = getattr(error, "sqlstate", None) or type(error).__name__
        # Letters and deadlines go on without.
        _LOG.error("places are not kept at the moment: %s", code)
        return _PATIENCE_S
    return 0.0 if looked_at == place_alarms.BATCH else _PAUSE_S


def _connected(dsn: str) -> psycopg.Connection[Any]:
    connection: psycopg.Connection[Any] = psycopg.connect(dsn, autocommit=True)
    connection.execute(f"SET ROLE {WORKER}")
    # Whoever holds a case holds up no other place for long.
    connection.execute("SET lock_timeout = '5s'")
    return connection
