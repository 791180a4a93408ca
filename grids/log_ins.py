"""Log-ins as an administrator gives and takes them: by a link that is shown once; its holder chooses the password.

Owns what a login and a password may be.  The database asks for the administrator's rights (``0018_log_ins.sql``).
"""

from __future__ import annotations

import re
import secrets
from datetime import datetime, timedelta
from typing import Any, ClassVar, Final, cast

import asyncpg
import psycopg
from psycopg import sql

from gis.errors import GridwardenError
from grids.postings import PostingsForAdministratorsError
from grids.receipts import digest
from grids.sessions import hashed

LIFETIME: Final = timedelta(days=7)
SHORTEST: Final = 10
LONGEST: Final = 200
_LOGIN: Final = re.compile(r"[a-z0-9][a-z0-9._@-]{1,62}")


class LogInRefusedError(GridwardenError):
    """A login that cannot be: another person's, or of signs that are hard to type."""

    code: ClassVar[str] = "log_in_refused"


class UnknownPersonError(GridwardenError):
    """Nobody has this staff number or login."""

    code: ClassVar[str] = "unknown_person"


class LogInLinkError(GridwardenError):
    """The link was used, has been replaced, or is older than a week."""

    code: ClassVar[str] = "log_in_link_void"


class PasswordRefusedError(GridwardenError):
    """Too short, or the login itself."""

    code: ClassVar[str] = "password_refused"


async def offer(
    connection: asyncpg.Connection[Any], person_id: int, login: str, *, session_digest: bytes | None, now: datetime
) -> str:
    """Offer somebody a log-in, or a new password, and answer the key of the link; it is kept as a digest alone.

    Parameters
    ----------
    connection : asyncpg.Connection
        The raw driver's, as the web role.
    person_id : int
        Who is posted in areas of the administrator alone.
    login : str
        Small letters, digits and ``._@-``.
    session_digest : bytes or None
        Of the administrator.
    now : datetime
        Aware; the link is good for a week.

    Raises
    ------
    LogInRefusedError
        ``log_in_refused``.
    PostingsForAdministratorsError
        ``postings_for_administrators``: also where that person is posted elsewhere, too.
    """
    key = secrets.token_urlsafe(24)
    await _call(
        connection,
        "SELECT offer_my_log_in($1, $2, $3, $4, $5, $6)",
        session_digest, now, person_id, _checked(login), digest(key), now + LIFETIME,
    )  # fmt: skip
    return key


def offer_on_server(connection: psycopg.Connection[Any], person_id: int, login: str, now: datetime) -> str:
    """As :func:`offer`, by whoever runs commands on the server, as the migrating role."""
    key = secrets.token_urlsafe(24)
    try:
        connection.execute(
            "SELECT offer_log_in(%s, %s, %s, %s, %s, NULL)",
            (person_id, _checked(login), digest(key), now, now + LIFETIME),
        )
    except psycopg.Error as error:
        raise _translated(error.sqlstate, error) from error
    return key


def shut_out_on_server(connection: psycopg.Connection[Any], person_id: int, *, take: bool, now: datetime) -> None:
    """As :func:`shut_out`, by whoever runs commands on the server, as the migrating role."""
    connection.execute("SELECT shut_out(%s, %s, %s, NULL)", (person_id, take, now))


def person_by(connection: psycopg.Connection[Any], by: str, value: str) -> int:
    """Answer the number of the person of a staff number or a login, on the server.

    Parameters
    ----------
    connection : psycopg.Connection
        As the migrating role.
    by : {"staff_number", "login"}
        What is given.
    value : str
        It.

    Raises
    ------
    UnknownPersonError
        ``unknown_person``.
    """
    query = sql.SQL("SELECT id FROM people WHERE {} = %s").format(sql.Identifier(by))
    found = connection.execute(query, (value,)).fetchone()
    if found is None:
        raise UnknownPersonError(
            f"Nobody has the {by.replace('_', ' ')} {value}; `gridwarden postings list` shows who is posted."
        )
    return int(found[0])


async def shut_out(
    connection: asyncpg.Connection[Any], person_id: int, *, take: bool, session_digest: bytes | None, now: datetime
) -> None:
    """End all sessions of somebody; with ``take`` his log-in, too.

    Raises
    ------
    PostingsForAdministratorsError
        ``postings_for_administrators``.
    """
    await _call(connection, "SELECT shut_out_mine($1, $2, $3, $4)", session_digest, now, person_id, take)


async def offered(connection: asyncpg.Connection[Any], key: str, now: datetime) -> tuple[str, str]:
    """Answer login and name of the person whom a link is for.

    Raises
    ------
    LogInLinkError
        ``log_in_link_void``.
    """
    found = await connection.fetchrow("SELECT login, name FROM offered_log_in($1, $2)", digest(key), now)
    if found is None:
        raise LogInLinkError("This link was used, replaced, or is older than a week; ask for a new one.")
    return found["login"], found["name"]


async def choose(connection: asyncpg.Connection[Any], key: str, password: str, now: datetime) -> str:
    """Set the password that the holder of a link chose, end his sessions, and answer his login; the link is void then.

    Raises
    ------
    LogInLinkError
        ``log_in_link_void``.
    PasswordRefusedError
        ``password_refused``.
    """
    login, _ = await offered(connection, key, now)
    check_password(password, login)
    made = await hashed(password)
    chosen = await connection.fetchval("SELECT choose_password($1, $2, $3)", digest(key), now, made)
    if chosen is None:
        raise LogInLinkError("This link was used a moment ago.")
    return str(chosen)


def check_password(password: str, login: str) -> None:
    """Pass for a password that is long enough; what it is made of is its owner's affair (NIST SP 800-63B, 3.1.1).

    Raises
    ------
    PasswordRefusedError
        ``password_refused``.

    Examples
    --------
    >>> check_password("correct horse battery", "wang")
    """
    if not SHORTEST <= len(password) <= LONGEST or password.strip().lower() == login or len(set(password)) < 4:
        raise PasswordRefusedError(
            f"At least {SHORTEST} characters, several different ones, and not the login.", params={"least": SHORTEST}
        )


def _checked(login: str) -> str:
    wanted = login.strip().lower()
    if not _LOGIN.fullmatch(wanted):
        raise LogInRefusedError("A login is 2 to 63 small letters, digits and . _ @ - .")
    return wanted


async def _call(connection: asyncpg.Connection[Any], query: str, *values: object) -> None:
    try:
        await connection.execute(query, *values)
    except asyncpg.PostgresError as error:
        raise _translated(error.sqlstate, error) from error


def _translated(state: str | None, error: Exception) -> BaseException:
    if state == "GW101":
        return PostingsForAdministratorsError(
            "Log-ins are given by an administrator of all areas where somebody is posted."
        )
    if state in ("GW104", "23505"):
        return LogInRefusedError("Another person has this login; choose another one.")
    return cast("BaseException", error)
