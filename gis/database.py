"""The engine of the service: asyncpg under SQLAlchemy, always as the web role.

Owns how connections are made, pooled and given up; knows no tables.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from typing import Any, cast

import asyncpg
from sqlalchemy.dialects.postgresql.asyncpg import AsyncAdapt_asyncpg_dbapi
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

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


def is_lost(error: BaseException | None) -> bool:
    """Whether an error means that the database does not answer, rather than that it said no."""
    if isinstance(error, DBAPIError):
        # SQLAlchemy wraps the driver's error twice.
        return error.connection_invalidated or is_lost(error.orig) or is_lost(error.orig and error.orig.__cause__)
    return isinstance(error, _LOST) or (isinstance(error, _DRIVERS_ERROR) and isinstance(error.__cause__, _LOST))


async def _as_it_was(_: object) -> None:
    """Nothing to tidy: a statement outside a transaction leaves no setting, cursor or lock behind."""


class RawConnections:
    """The driver's own connections, in no transaction, each lent for the one statement of a hot path.

    The driver's pool rather than the engine's: a loan from the engine costs as much as the statement.

    Parameters
    ----------
    connect : mapping
        Keyword arguments of ``asyncpg.connect`` (``Store.asyncpg_kwargs("web")``).
    size : int
        Connections at most: two cores are busy with fewer, and 24 of them take a tenth longer over the same reports.
    patience_s : float
        For how long a request waits for one.
    """

    def __init__(self, connect: Mapping[str, Any], *, size: int = 8, patience_s: float = 5) -> None:
        self._connect = connect
        self._size = size
        self._patience_s = patience_s
        self._pool: asyncpg.Pool[asyncpg.Record] | None = None

    @asynccontextmanager
    async def lend(self) -> AsyncIterator[asyncpg.Connection[Any]]:
        """Lend a connection.

        Raises
        ------
        DatabaseGoneError
            ``database_gone``; the connection is thrown away, so that the next loan makes a new one.
        """
        # Made by the event loop that it serves; begun at the first loan, so that the service starts without a database.
        if self._pool is None:
            self._pool = asyncpg.create_pool(
                **self._connect,
                min_size=0,
                max_size=self._size,
                reset=_as_it_was,
                timeout=5,
                command_timeout=20,
            )
        try:
            await self._pool
            async with self._pool.acquire(timeout=self._patience_s) as connection:
                yield cast("asyncpg.Connection[Any]", connection)
        except _LOST as error:
            raise DatabaseGoneError("The database does not answer; try again in a moment.") from (
                PoolTimeoutError("all are lent out") if self._all_lent(error) else error
            )

    def _all_lent(self, error: BaseException) -> bool:
        pool = self._pool
        return isinstance(error, TimeoutError) and pool is not None and pool.get_size() == self._size

    async def close(self) -> None:
        """Close all connections; one that is still lent after a moment is broken off."""
        if self._pool is not None:
            with suppress(TimeoutError):
                await asyncio.wait_for(self._pool.close(), self._patience_s)
