"""A connection for commands that only look: with the public's rights, or with those of a member of staff."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import datetime
from typing import TYPE_CHECKING, ClassVar

from gis.errors import GridwardenError

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncConnection

    from gis.store import Store
    from grids.access import Actor


class UnknownLogInError(GridwardenError):
    """Nobody has this login, or who has it holds no posting today."""

    code: ClassVar[str] = "unknown_log_in"


@asynccontextmanager
async def reading(
    store: Store, login: str | None, at: datetime, check: Callable[[AsyncConnection], Awaitable[None]] | None = None
) -> AsyncIterator[tuple[AsyncConnection, Actor | None]]:
    """Yield a transaction in which the public reads, or a member of staff; it leaves nothing behind.

    Parameters
    ----------
    store : Store
        The database.
    login : str or None
        Of the member of staff; None for the public.
    at : datetime
        Aware; postings of this instant count.
    check : callable, optional
        Asked first, before it is known who reads.

    Raises
    ------
    UnknownLogInError
        ``unknown_log_in``.
    """
    from gis.database import service_engine
    from grids.access import actor
    from grids.on_behalf import on_behalf_of

    engine = service_engine(store.asyncpg_kwargs("migrate" if login else "web"), size=1)
    try:
        async with engine.connect() as connection:
            if check:
                await check(connection)
            who = await (on_behalf_of(connection, login, at) if login else actor(connection, None, at))
            if login and who is None:
                raise UnknownLogInError(f"Nobody has the login {login}, or holds no posting today.")
            yield connection, who
            await connection.rollback()
    finally:
        await engine.dispose()
