"""Staff sessions: log in, log out.  Passwords are kept as argon2, tokens as digests; guessing is slowed down."""

import secrets
from datetime import datetime, timedelta
from typing import ClassVar

from pwdlib import PasswordHash
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from gis.errors import GridwardenError
from grids.receipts import digest

LIFETIME = timedelta(hours=12)

_HASHER = PasswordHash.recommended()
# Checked where nobody has the login, so that the time taken does not tell who exists.
_NOBODY = "$argon2id$v=19$m=65536,t=3,p=4$" + "c29tZXNhbHRzb21lc2FsdA$" + "A" * 43


class LogInError(GridwardenError):
    """The login or the password is wrong; which of the two is not said."""

    code: ClassVar[str] = "log_in_failed"


class LockedError(LogInError):
    """Too many wrong passwords; ``params["until"]`` says when the next try counts."""

    code: ClassVar[str] = "log_in_locked"


async def log_in(connection: AsyncConnection, login: str, password: str, now: datetime) -> str:
    """Open a session and answer its token, for the cookie.  Commits: also what a wrong password counts for.

    Raises
    ------
    LogInError
        ``log_in_failed``, or ``log_in_locked`` after five wrong passwords in a row.
    """
    found = (await connection.execute(text("SELECT * FROM log_in_secret(:login)"), {"login": login})).one_or_none()
    if found is None:
        _HASHER.verify(password, _NOBODY)
        raise LogInError("Wrong login or password.")
    person_id, password_hash, locked_until = found
    if locked_until and locked_until > now:
        raise LockedError("Too many wrong passwords; try again later.", params={"until": locked_until})
    if not _HASHER.verify(password, password_hash):
        await connection.execute(text("SELECT log_in_failed(:person, :at)"), {"person": person_id, "at": now})
        await connection.commit()
        raise LogInError("Wrong login or password.")
    token = secrets.token_urlsafe(32)
    await connection.execute(
        text("SELECT session_open(:person, :digest, :at, :expires)"),
        {"person": person_id, "digest": digest(token), "at": now, "expires": now + LIFETIME},
    )
    await connection.commit()
    return token


async def log_out(connection: AsyncConnection, token: str) -> None:
    """End a session and commit; an unknown token is no error."""
    await connection.execute(text("SELECT session_close(:digest)"), {"digest": digest(token)})
    await connection.commit()
