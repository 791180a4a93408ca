"""A connection for commands that only look: with the public's rights, or with those of a member of staff."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import datetime
from typing import TYPE_CHECKING, ClassVar, TypeVar

from api.cli.opened import opened
from gis.errors import GridwardenError

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncConnection

    from gis.store import Role, Store
    from grids.access import Actor

T = TypeVar("T")


class UnknownLogInError(GridwardenError):
    """Nobody has this login, or who has it holds no posting today."""

    code: ClassVar[str] = "unknown_log_in"


def answered(ask: Callable[[AsyncConnection], Awaitable[T]], login: str | None, at: datetime) -> T:
    """Open the database, ask it with the rights that ``reading`` gives, and answer what it said."""

    async def run(store: Store) -> T:
        async with reading(store, login, at) as (connection, _):
            return await ask(connection)

    with opened() as store:
        return asyncio.run(run(store))


@asynccontextmanager
async def reading(store: Store, login: str | None, at: datetime) -> AsyncIterator[tuple[AsyncConnection, Actor | None]]:
    """Yield a transaction in which the public reads, or a member of staff; it leaves nothing behind.

    Parameters
    ----------
    store : Store
        The database.
    login : str or None
        Of the member of staff; None for the public.
    at : datetime
        Aware; postings of this instant count.

    Raises
    ------
    UnknownLogInError
        ``unknown_log_in``.
    """
    from grids.access import actor
    from grids.on_behalf import on_behalf_of

    async with connected(store, "migrate" if login else "web") as connection:
        who = await (on_behalf_of(connection, login, at) if login else actor(connection, None, at))
        if login and who is None:
            raise UnknownLogInError(f"Nobody has the login {login}, or holds no posting today.")
        yield connection, who


@asynccontextmanager
async def connected(store: Store, role: Role) -> AsyncIterator[AsyncConnection]:
    """Yield a connection with the rights of a role and of nobody; it leaves nothing behind."""
    from gis.database import service_engine

    engine = service_engine(store.asyncpg_kwargs(role), size=1)
    try:
        async with engine.connect() as connection:
            yield connection
            await connection.rollback()
    finally:
        await engine.dispose()
