"""The engine of the service: asyncpg under SQLAlchemy, always as the web role.

Owns how connections are made, pooled and given up; knows no tables.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any, cast

import asyncpg
from sqlalchemy.dialects.postgresql.asyncpg import AsyncAdapt_asyncpg_dbapi
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.util import greenlet_spawn

from gis.errors import GridwardenError

# What a lost server looks like to the driver, and what the pool says when nothing came back in time.
_LOST = (
    OSError,
    TimeoutError,
    PoolTimeoutError,
    asyncpg.InterfaceError,
    # What the driver says when the server's last word ("terminating connection") arrived between two statements.
    asyncpg.InternalClientError,
    asyncpg.PostgresConnectionError,
    asyncpg.OperatorInterventionError,
    asyncpg.TooManyConnectionsError,
)


class DatabaseGoneError(GridwardenError):
    """The database does not answer; what was asked for was not done, or is safe to ask for again."""

    code = "database_gone"


def service_engine(connect: Mapping[str, Any], *, size: int = 32) -> AsyncEngine:
    """Answer an engine whose connections are made with the given asyncpg arguments.

    Parameters
    ----------
    connect : mapping
        Keyword arguments of ``asyncpg.connect`` (``Store.asyncpg_kwargs("web")``).
    size : int
        Connections at most; a request that waits 5 s for one is refused.
    """

    async def new_connection() -> asyncpg.Connection[Any]:
        return await asyncpg.connect(**connect, timeout=5, command_timeout=20)

    return create_async_engine(
        "postgresql+asyncpg://", async_creator=new_connection, pool_size=size, max_overflow=0, pool_timeout=5
    )


# A new connection that fails says so in the driver's name, without SQLAlchemy's wrapping.
_DRIVERS_ERROR = AsyncAdapt_asyncpg_dbapi.Error
_MAY_BE_LOST = (*_LOST, DBAPIError, _DRIVERS_ERROR)


def is_lost(error: BaseException | None) -> bool:
    """Whether an error means that the database does not answer, rather than that it said no."""
    if isinstance(error, DBAPIError):
        # SQLAlchemy wraps the driver's error twice.
        return error.connection_invalidated or is_lost(error.orig) or is_lost(error.orig and error.orig.__cause__)
    return isinstance(error, _LOST) or (isinstance(error, _DRIVERS_ERROR) and isinstance(error.__cause__, _LOST))


@asynccontextmanager
async def raw_connection(engine: AsyncEngine) -> AsyncIterator[asyncpg.Connection[Any]]:
    """Lend the driver's own connection, in no transaction, for the one statement of a hot path.

    Raises
    ------
    DatabaseGoneError
        ``database_gone``; the connection is thrown away, so that the next loan makes a new one.
    """
    try:
        # Without SQLAlchemy's Connection around it, which costs as much as the rest of the loan.
        lent = await engine.raw_connection()
        try:
            yield cast("asyncpg.Connection[Any]", lent.driver_connection)
        except BaseException as error:
            # Also where the request was given up half way: nobody knows what the connection is still doing.
            if not isinstance(error, Exception) or isinstance(error, _LOST):
                await greenlet_spawn(lent.invalidate)
            raise
        finally:
            # No transaction was begun, so there is nothing to wait for and nothing to be interrupted in.
            await greenlet_spawn(lent.close)
    except _MAY_BE_LOST as error:
        if not is_lost(error):
            raise
        raise DatabaseGoneError("The database does not answer; try again in a moment.") from error
