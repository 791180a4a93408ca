"""Reads the outbox as long as the worker lives, and looks after jobs that nobody works at any more.

What came is handed on by the rules of dispatch as soon as it has its place.
"""

import asyncio
import logging
import time
from collections.abc import Callable
from datetime import datetime

from procrastinate import App
from psycopg_pool import AsyncConnectionPool

from api.worker.timed import dispatches
from grids.deliveries import queue_jobless, take_news

_LOG = logging.getLogger("gridwarden.worker")
# Small enough that two workers share a heap, and that live pages never wait for it.
BATCH = 200
_PAUSE_S = 0.5
# A case waits for its place, and for what the rules on places have to say; until then the rules of dispatch ask again.
_PLACED_S = 3.0
# A worker that was silent for so many heartbeats is dead.
SILENT_BEATS = 3


async def read_outbox(
    app: App,
    pool: AsyncConnectionPool,
    clock: Callable[[], datetime],
    *,
    with_mail: bool,
    heartbeat_s: float,
) -> None:
    """Turn news into deliveries until cancelled.

    Parameters
    ----------
    app : App
        Opened.
    pool : AsyncConnectionPool
        Connections as the worker's role.
    clock : callable
        Answers aware instants.
    with_mail : bool
        Whether there is a mail server.
    heartbeat_s : float
        How often workers say that they live.
    """
    looked = came = dispatched = again = float("-inf")
    while True:
        async with pool.connection() as connection:
            rows, made = await take_news(connection, clock(), BATCH, with_mail=with_mail)
            if rows:
                came = time.monotonic()
            # Under load not after each batch: nobody waits for half a second more, and of many that still wait for the
            # rules on their places a tenth of the time is enough.
            begun = time.monotonic()
            if dispatched < came + _PLACED_S and begun >= again:
                await dispatches(connection, clock())
                dispatched = time.monotonic()
                again = dispatched + max(_PAUSE_S, 9 * (dispatched - begun))
        if made:
            _LOG.info("%d of the outbox, %d deliveries", rows, made)
        if time.monotonic() - looked > SILENT_BEATS * heartbeat_s:
            await _look_after(app, pool, clock(), with_mail=with_mail, silent_s=SILENT_BEATS * heartbeat_s)
            looked = time.monotonic()
        # After a full batch there is more; in between others get the processor.
        await asyncio.sleep(_PAUSE_S if rows < BATCH else 0.01)


async def _look_after(app: App, pool: AsyncConnectionPool, now: datetime, *, with_mail: bool, silent_s: float) -> None:
    for job in await app.job_manager.get_stalled_jobs(seconds_since_heartbeat=silent_s):
        _LOG.warning("job %s of a worker that died is taken over", job.id)
        await app.job_manager.retry_job(job)
    async with pool.connection() as connection:
        found = await queue_jobless(connection, now, BATCH, with_mail=with_mail)
    if found:
        _LOG.info("%d deliveries wait again", found)
