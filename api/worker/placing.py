"""Gives reports their places as they come, on a connection of its own: it computes, and letters go on meanwhile."""

import asyncio
from typing import Any

import psycopg

from gis.roles import WORKER
from grids.place_keeping import BATCH, settle_waiting

_PAUSE_S = 0.5


async def keep_places(dsn: str) -> None:
    """Settle what waits until cancelled; half a second later at most it is looked at.

    Parameters
    ----------
    dsn : str
        libpq address (``Store.dsn("worker")``).
    """
    connection = await asyncio.to_thread(_connected, dsn)
    batch: asyncio.Future[int] | None = None
    try:
        while True:
            batch = asyncio.ensure_future(asyncio.to_thread(settle_waiting, connection))
            settled = await asyncio.shield(batch)
            await asyncio.sleep(_PAUSE_S if settled < BATCH else 0)
    finally:
        # A batch that is under way comes to its end: its connection is not taken from it.
        if batch is not None:
            await asyncio.wait([batch])
        connection.close()


def _connected(dsn: str) -> psycopg.Connection[Any]:
    connection: psycopg.Connection[Any] = psycopg.connect(dsn, autocommit=True)
    connection.execute(f"SET ROLE {WORKER}")
    return connection
