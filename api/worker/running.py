"""One worker as a process: everything wired together, kept going when the database goes away, ended by a signal."""

import asyncio
import contextlib
import logging
import os
import random
import signal
import sys
from collections.abc import Awaitable
from datetime import UTC, datetime
from typing import Any

import psycopg
from procrastinate.exceptions import ConnectorException
from psycopg_pool import AsyncConnectionPool, PoolTimeout

from api.settings import ServiceSettings, SmtpSettings, WebhookSettings, WorkerSettings
from api.worker.calls import Caller
from api.worker.ending import end
from api.worker.jobs import make_app
from api.worker.placing import keep_places
from api.worker.preparing import preparing
from api.worker.reading import SILENT_BEATS, read_outbox
from api.worker.sending import Sender
from api.worker.smtp import MailServer
from api.worker.timed import TIMED
from gis.errors import GridwardenError
from gis.migrate import upgrade
from gis.roles import WORKER
from gis.store import Store, open_store
from grids.receipts import Keys

_LOG = logging.getLogger("gridwarden.worker")
# How many of each queue at once: letters, calls of programs, what has its time.  A program that does not answer holds
# up its like alone.
_AT_ONCE = {"deliveries": 6, "calls": 4, "timed": 3}
_PATIENCE_S = 2
# A letter that is under way gets this long when the worker stops; then it is left to the next one.
_GRACE_S = 1.5
DEFAULT_URL = "http://127.0.0.1:8000"


def run_worker(*, beside: bool = False) -> None:
    """Work until SIGINT, SIGTERM or SIGHUP.

    Parameters
    ----------
    beside : bool
        Also until standard input ends: whoever started this one has gone.  The database is at its newest revision then.
    """
    logging.basicConfig(format="%(levelname)s %(name)s: %(message)s")
    # It logs each try as an error with its traceback; what there is to say we say ourselves.
    logging.getLogger("procrastinate").setLevel(logging.CRITICAL)
    for ending in (signal.SIGTERM, signal.SIGHUP):
        # Until there is a loop that listens: give the database back.
        signal.signal(ending, lambda number, _: sys.exit(128 + number))
    settings = ServiceSettings()
    with open_store(settings.database) as store, contextlib.suppress(KeyboardInterrupt):
        if not beside:
            upgrade(store.dsn("migrate"))
        asyncio.run(_until_told(store, settings, beside=beside))


async def _until_told(store: Store, settings: ServiceSettings, *, beside: bool) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for ending in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        loop.add_signal_handler(ending, stop.set)
    if beside:
        # By the loop and not in a thread: one that still read when this process ends would be a fatal error of Python.
        loop.add_reader(sys.stdin.fileno(), _ended, stop)
    working = asyncio.create_task(_keep_working(store, settings))
    told = asyncio.create_task(stop.wait())
    await asyncio.wait((working, told), return_when=asyncio.FIRST_COMPLETED)
    await end(working, told)
    with contextlib.suppress(asyncio.CancelledError):
        working.result()


def _ended(stop: asyncio.Event) -> None:
    """Whoever started this one says nothing; that there is something to read means that the pipe was closed."""
    if not os.read(sys.stdin.fileno(), 4096):
        asyncio.get_running_loop().remove_reader(sys.stdin.fileno())
        stop.set()


async def _keep_working(store: Store, settings: ServiceSettings) -> None:
    while True:
        try:
            await _work(store, settings)
            _LOG.warning("the queue stopped; it begins again")
        except (psycopg.Error, PoolTimeout, ConnectorException, OSError) as error:
            _LOG.warning("the database does not answer (%s); trying again", type(error).__name__)
        await asyncio.sleep(_PATIENCE_S)
        try:
            await asyncio.to_thread(store.revive)
        except GridwardenError as error:
            _LOG.warning("the database does not come back (%s)", error.code)


async def _become_worker(connection: psycopg.AsyncConnection[tuple[Any, ...]]) -> None:
    # By name, also where the log-in has it already: the database asks for the role that was set.
    await connection.set_autocommit(True)
    await connection.execute(f"SET ROLE {WORKER}")


def worker_pool(dsn: str) -> AsyncConnectionPool:
    """Answer connections as the worker's role, not opened yet.

    Parameters
    ----------
    dsn : str
        libpq address (``Store.dsn("worker")``).
    """
    return AsyncConnectionPool(
        dsn, min_size=1, max_size=sum(_AT_ONCE.values()) + 4, timeout=10, configure=_become_worker, open=False
    )


async def _work(store: Store, settings: ServiceSettings) -> None:
    """Work until something goes wrong or this is cancelled."""
    own = WorkerSettings()
    mail = MailServer.of(SmtpSettings())
    caller = Caller(WebhookSettings())
    pool = worker_pool(store.dsn("worker"))

    def clock() -> datetime:
        return datetime.now(UTC)

    keys = Keys(settings.signing_secret())
    sender = Sender(pool, clock, mail, caller, keys, settings.public_url or DEFAULT_URL, random.random)
    app = make_app(sender, pool, clock, (*TIMED, preparing(store.dsn("worker"), clock)))
    try:
        await pool.open(wait=True, timeout=10)
        async with app.open_async(pool):
            await _together(
                *(
                    app.run_worker_async(
                        queues=[queue],
                        name=queue,
                        concurrency=at_once,
                        # Polled, as the outbox is: no connection that only listens.
                        listen_notify=False,
                        fetch_job_polling_interval=0.5,
                        delete_jobs="always",
                        install_signal_handlers=False,
                        shutdown_graceful_timeout=_GRACE_S,
                        update_heartbeat_interval=own.worker_heartbeat_s,
                        stalled_worker_timeout=SILENT_BEATS * own.worker_heartbeat_s,
                    )
                    for queue, at_once in _AT_ONCE.items()
                ),
                keep_places(store.dsn("worker"), clock),
                read_outbox(app, pool, clock, with_mail=mail is not None, heartbeat_s=own.worker_heartbeat_s),
            )
    finally:
        await caller.close()
        await pool.close(timeout=1)


async def _together(*works: Awaitable[None]) -> None:
    """Until the first of these ends; then end the others, and raise what it raised."""
    tasks = [asyncio.ensure_future(work) for work in works]
    try:
        done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        await end(*tasks)
    for task in done:
        task.result()
