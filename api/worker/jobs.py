"""The jobs as procrastinate runs them: one task that delivers, and one for each row of ``TIMED``."""

import logging
from collections.abc import Callable, Sequence
from datetime import datetime
from math import ceil

import psycopg
from procrastinate import App, BaseRetryStrategy, PsycopgConnector, RetryDecision
from procrastinate.jobs import Job
from psycopg_pool import AsyncConnectionPool

from api.worker.failures import LaterError
from api.worker.sending import Sender
from api.worker.timed import Timed

_LOG = logging.getLogger("gridwarden.worker")
_DAY_S = 86_400
# After what is no answer of a recipient: the database went away, or the worker is told to stop.
_SOON_S = 10


class AsTheDeliverySays(BaseRetryStrategy):
    """When a delivery is tried again: ``grids.deliveries.wait_after`` decides, the row keeps it, this hands it on."""

    def get_retry_decision(self, *, exception: BaseException, job: Job) -> RetryDecision:  # noqa: ARG002
        """Answer the next try."""
        wait_s = ceil(exception.wait.total_seconds()) if isinstance(exception, LaterError) else _SOON_S
        return RetryDecision(retry_in={"seconds": wait_s})


def make_app(sender: Sender, pool: AsyncConnectionPool, clock: Callable[[], datetime], timed: Sequence[Timed]) -> App:
    """Answer the application with its tasks; the caller opens it with the pool.

    Parameters
    ----------
    sender : Sender
        Delivers.
    pool : AsyncConnectionPool
        Connections as the worker's role.
    clock : callable
        Answers aware instants.
    timed : sequence of Timed
        What is done at its time.
    """
    app = App(connector=PsycopgConnector(), periodic_defaults={"max_delay": _DAY_S})

    # The names of task, queue and locks are those of queue_deliveries (0009_worker.sql).
    @app.task(name="deliver", queue="deliveries", retry=AsTheDeliverySays())
    async def deliver(delivery_id: int) -> None:
        await sender.deliver(delivery_id)

    for row in timed:
        _at_its_time(app, row, pool, clock)
    return app


def _at_its_time(app: App, row: Timed, pool: AsyncConnectionPool, clock: Callable[[], datetime]) -> None:
    @app.periodic(cron=row.cron)
    @app.task(name=row.name, queue="timed", lock=row.name, queueing_lock=row.name, priority=10)
    async def tick(timestamp: int) -> None:  # noqa: ARG001  (procrastinate hands it in)
        try:
            async with pool.connection() as connection:
                await row.do(connection, clock())
        except psycopg.Error as error:
            # The next tick does it; its words could hold values of a row.
            _LOG.error("%s was not done: %s %s", row.name, type(error).__name__, error.sqlstate)
