"""Staff sessions: log in, log out.  Passwords are kept as argon2, tokens as digests; guessing is slowed down."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Any, ClassVar, TypeVar, cast

import asyncpg
from pwdlib import PasswordHash
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from gis.errors import GridwardenError
from grids.receipts import digest

LIFETIME = timedelta(hours=12)
_Found = TypeVar("_Found")

_HASHER = PasswordHash.recommended()
# Checked where nobody has the login, so that the time taken does not tell who exists.
_NOBODY = "$argon2id$v=19$m=65536,t=3,p=4$" + "c29tZXNhbHRzb21lc2FsdA$" + "A" * 43


class LogInError(GridwardenError):
    """The login or the password is wrong; which of the two is not said."""

    code: ClassVar[str] = "log_in_failed"


class LockedError(LogInError):
    """Too many wrong passwords; ``params["until"]`` says when the next try counts."""

    code: ClassVar[str] = "log_in_locked"


class BusyError(LogInError):
    """More people log in at once than can be checked in a few seconds."""

    code: ClassVar[str] = "log_in_busy"


class _Queue:
    """One thread that hashes: a hash takes a core and 64 MiB on purpose, and everybody else is served meanwhile.

    Whoever would wait for longer than some seconds is told so instead.
    """

    def __init__(self, most: int) -> None:
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="hashing")
        self._most = most
        self._inside = 0

    def check(self) -> None:
        """Pass where there is room.

        Raises
        ------
        BusyError
            ``log_in_busy``.
        """
        if self._inside >= self._most:
            raise BusyError("Too many log in at once; try again in a moment.")

    async def do(self, work: Callable[..., _Found], *given: str) -> _Found:
        self.check()
        self._inside += 1
        try:
            return await asyncio.get_running_loop().run_in_executor(self._thread, work, *given)
        finally:
            self._inside -= 1


_QUEUE = _Queue(most=40)


async def log_in(engine: AsyncEngine, login: str, password: str, now: datetime, *, former: bytes | None = None) -> str:
    """Open a session and answer its token, for the cookie.

    Parameters
    ----------
    engine : AsyncEngine
        Of the web role.  Two short transactions, none while the password is hashed: guessers hold no connections.
    login, password : str
        As typed.
    now : datetime
        Aware.
    former : bytes or None
        Digest of the token that the browser had before; it ends with this.

    Raises
    ------
    LogInError
        ``log_in_failed``, ``log_in_locked`` after five tries in a row without the right password, or ``log_in_busy``.
    """
    # Before the try is counted: it was none.
    _QUEUE.check()
    async with engine.begin() as connection:
        found = await connection.execute(text("SELECT * FROM log_in_try(:login, :at)"), {"login": login, "at": now})
        tried = found.all()
    person_id, password_hash, locked_until = tried[0] if tried else (None, None, None)
    if locked_until:
        raise LockedError("Too many wrong passwords; try again later.", params={"until": locked_until})
    right = await _QUEUE.do(_HASHER.verify, password, password_hash or _NOBODY)
    if not right or person_id is None:
        raise LogInError("Wrong login or password.")
    token = secrets.token_urlsafe(32)
    opened = {"login": login, "person": person_id, "hash": password_hash, "digest": digest(token), "former": former}
    async with engine.begin() as connection:
        done = await connection.execute(
            text("SELECT log_in_done(:login, :person, :hash, :digest, :former, :at, :expires)"),
            opened | {"at": now, "expires": now + LIFETIME},
        )
        # Taken away or changed while this one was checked.
        if not done.scalar_one():
            raise LogInError("Wrong login or password.")
    return token


async def hashed(password: str) -> str:
    """Answer the hash of a password that is to be kept; in the one thread of guessers, who queue up with it."""
    return await _QUEUE.do(_HASHER.hash, password)


async def log_out(connection: AsyncConnection, token: str) -> None:
    """End a session and commit; an unknown token is no error."""
    await connection.execute(text("SELECT session_close(:digest)"), {"digest": digest(token)})
    await connection.commit()


async def staff_of(connection: asyncpg.Connection[Any], token_digest: bytes, now: datetime) -> int | None:
    """Answer the person who holds a session, if staff at that instant; None for anybody else.

    Parameters
    ----------
    connection : asyncpg.Connection
        The raw driver's, as the web role.
    token_digest : bytes
        SHA-256 of the session's token.
    now : datetime
        Aware.
    """
    return cast("int | None", await connection.fetchval("SELECT staff_of($1, $2)", token_digest, now))
