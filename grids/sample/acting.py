"""Steps of the sample that are taken as the service takes them, by somebody who is posted there."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any, LiteralString

import psycopg


def act(connection: psycopg.Connection[Any], person: int, at: datetime, call: LiteralString, *values: Any) -> Any:
    """Answer what a function of the database answers somebody, in a session that ends with it.

    Parameters
    ----------
    connection : psycopg.Connection
        As the owner; the caller commits.
    person : int
        Who acts.
    at : datetime
        Aware; when.
    call : str
        ``SELECT name(…)``; session and instant are its first two values.
    *values
        The others.
    """
    token = sha256(secrets.token_bytes(16)).digest()
    connection.execute("INSERT INTO sessions VALUES (%s, %s, %s, %s)", (token, person, at, at + timedelta(minutes=1)))
    row = connection.execute(call, (token, at, *values)).fetchone()
    connection.execute("SELECT act_as(NULL, %s)", (at,))
    connection.execute("DELETE FROM sessions WHERE token_digest = %s", (token,))
    return row[0] if row else None
