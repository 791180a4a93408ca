"""Subscriptions: programs that are called when a case changes.

Owns making, listing and ending them.  The secret is told once, when one is made; it is derived, so the database does
not hold it.  Calls nobody: ``grids.webhooks`` says what a call holds.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import psycopg
from psycopg.rows import class_row

from grids.webhooks import TOPICS, WebhookRefusedError, key_of, target_of, told_key


@dataclass(frozen=True, slots=True)
class Subscription:
    """A subscription without its secret."""

    id: int
    area_code: str
    url: str
    topics: tuple[str, ...]
    made_at: datetime
    ended_at: datetime | None


def add_subscription(
    connection: psycopg.Connection[Any],
    url: str,
    area_code: str,
    topics: Sequence[str],
    now: datetime,
    *,
    secret: bytes,
    private: bool = False,
    made_by: str | None = None,
) -> tuple[int, str]:
    """Make a subscription; answer its number and its secret, which nobody can be told again.

    Parameters
    ----------
    connection : psycopg.Connection
        As the owner; the caller commits.
    url : str
        To be called, by POST.
    area_code : str
        Its cases and those of all areas below.
    topics : sequence of str
        Of ``TOPICS``; at least one.
    now : datetime
        Aware.
    secret : bytes
        The service's own.
    private : bool
        Whether private addresses may be called.
    made_by : str or None
        Login of the administrator who asked for it; None: on the server.

    Raises
    ------
    WebhookRefusedError
        ``webhook_refused``: the text says what to change.
    """
    target_of(url, private=private)
    unknown = sorted(set(topics) - set(TOPICS))
    if unknown or not topics:
        raise WebhookRefusedError(f"Topics are {', '.join(TOPICS)}; not {', '.join(unknown) or 'none'}.")
    salt = secrets.token_bytes(16)
    try:
        row = connection.execute(
            "INSERT INTO subscriptions (area_code, url, salt, topics, made_by, made_at)"
            " VALUES (%s, %s, %s, %s, %s, %s) RETURNING id",
            (area_code, url, salt, sorted(set(topics)), _administrator(connection, made_by, area_code, now), now),
        ).fetchone()
    except (psycopg.errors.ForeignKeyViolation, psycopg.errors.CheckViolation) as error:
        raise WebhookRefusedError(f"There is no area {area_code}, or the address is too long.") from error
    assert row is not None  # noqa: S101  (an INSERT … RETURNING answers its row)
    return int(row[0]), told_key(key_of(secret, salt))


def _administrator(connection: psycopg.Connection[Any], login: str | None, area_code: str, now: datetime) -> int | None:
    if login is None:
        return None
    row = connection.execute(
        "SELECT p.id FROM people p JOIN postings s ON s.person_id = p.id AND s.role = 'administrator'"
        " WHERE p.login = lower(%s) AND s.during @> %s::timestamptz AND s.area_code = ANY (known_chain(%s, %s))",
        (login, now, area_code, now),
    ).fetchone()
    if row is None:
        raise WebhookRefusedError(f"{login} is no administrator of {area_code} today.")
    return int(row[0])


def list_subscriptions(connection: psycopg.Connection[Any]) -> list[Subscription]:
    """Answer all subscriptions, also those that have ended, the newest last; as the owner."""
    with connection.cursor(row_factory=class_row(Subscription)) as cursor:
        cursor.execute("SELECT id, area_code, url, topics, made_at, ended_at FROM subscriptions ORDER BY id")
        return cursor.fetchall()


def end_subscription(connection: psycopg.Connection[Any], number: int, now: datetime) -> None:
    """End a subscription; the caller commits.

    Raises
    ------
    WebhookRefusedError
        ``webhook_refused``: none of this number is in force.
    """
    done = connection.execute(
        "UPDATE subscriptions SET ended_at = %s WHERE id = %s AND ended_at IS NULL", (now, number)
    )
    if done.rowcount == 0:
        raise WebhookRefusedError(f"No subscription {number} is in force; `gridwarden webhooks list` shows all.")


@dataclass(frozen=True, slots=True)
class Receiver:
    """Where a call goes and what signs it."""

    url: str
    salt: bytes


async def receiver_of(connection: psycopg.AsyncConnection[Any], number: int) -> Receiver | None:
    """Answer the receiver of a subscription, as the worker's role; None if it has ended."""
    async with connection.cursor(row_factory=class_row(Receiver)) as cursor:
        await cursor.execute("SELECT url, salt FROM subscriptions WHERE id = %s AND ended_at IS NULL", (number,))
        return await cursor.fetchone()


async def receiver_left(connection: psycopg.AsyncConnection[Any], number: int, now: datetime) -> None:
    """End the subscription of a receiver that says it is gone (410), as the worker's role."""
    await connection.execute("UPDATE subscriptions SET ended_at = %s WHERE id = %s AND ended_at IS NULL", (now, number))
