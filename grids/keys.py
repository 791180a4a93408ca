"""Keys of programs that send reports: a hotline's software, a mini programme, another town's system.

Owns what a key may do and how it is made, listed and ended.  The key itself is told once, when it is made; the
database keeps its digest.  Counts nothing: how often a key may call is held where requests arrive.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar

import asyncpg
import psycopg

from gis.errors import GridwardenError
from grids.receipts import digest
from grids.reports import CHANNELS, STAFF_CHANNELS

# Patrols are made by people, who log in, and so are visits received.
KEY_CHANNELS = tuple(c for c in CHANNELS if c not in STAFF_CHANNELS)
_KEY_OF = "SELECT id, name, per_minute, channels FROM key_of($1, $2)"


class ApiKeyError(GridwardenError):
    """A key that cannot be used or made as it is."""


class UnknownKeyError(ApiKeyError):
    """No such key, or it has ended."""

    code: ClassVar[str] = "unknown_key"


class ChannelNotForKeyError(ApiKeyError):
    """A channel that the key may not name; ``params["channels"]`` says which it may."""

    code: ClassVar[str] = "channel_not_for_key"


class KeyRefusedError(ApiKeyError):
    """A key that cannot be made or ended as it was asked for."""

    code: ClassVar[str] = "key_refused"


@dataclass(frozen=True, slots=True)
class ApiKey:
    """What a key may do: reports a minute, and the channels that it may name."""

    id: int
    name: str
    per_minute: int
    channels: tuple[str, ...]

    def check_channel(self, channel: str) -> None:
        """Pass where the key may name a channel.

        Raises
        ------
        ChannelNotForKeyError
            ``channel_not_for_key``.
        """
        if channel not in self.channels:
            raise ChannelNotForKeyError(
                f"This key may name {', '.join(self.channels)}.", params={"channels": ", ".join(self.channels)}
            )


@dataclass(frozen=True, slots=True)
class ListedKey:
    """A key as the administrator sees it, without the key."""

    name: str
    per_minute: int
    channels: tuple[str, ...]
    since: datetime
    until: datetime | None


async def key_of(connection: asyncpg.Connection[Any], key: str, now: datetime) -> ApiKey | None:
    """Answer what a key may do; None if there is no such key or it is not valid at that instant.

    Parameters
    ----------
    connection : asyncpg.Connection
        The raw driver's, as the web role.
    key : str
        As the client sent it.
    now : datetime
        Aware.
    """
    row = await connection.fetchrow(_KEY_OF, digest(key), now)
    return ApiKey(row["id"], row["name"], row["per_minute"], tuple(row["channels"])) if row else None


def add_key(
    connection: psycopg.Connection[Any],
    name: str,
    per_minute: int,
    channels: Sequence[str],
    now: datetime,
    until: datetime | None = None,
) -> str:
    """Make a key and answer it; nobody can be told it again.

    Parameters
    ----------
    connection : psycopg.Connection
        As the owner; the caller commits.
    name : str
        Small letters, digits and ``._-``, at most 64; no other valid key has it.
    per_minute : int
        Reports in any minute.
    channels : sequence of str
        Of ``KEY_CHANNELS``; at least one.
    now, until : datetime
        Aware; from when and, if not for good, until when it is valid.

    Raises
    ------
    KeyRefusedError
        ``key_refused``: the text says what to change.
    """
    unknown = sorted(set(channels) - set(KEY_CHANNELS))
    if unknown or not channels:
        raise KeyRefusedError(
            f"A key may name the channels {', '.join(KEY_CHANNELS)}; not {', '.join(unknown) or 'none'}."
        )
    key = secrets.token_urlsafe(32)
    try:
        connection.execute(
            "INSERT INTO api_keys (name, key_digest, per_minute, channels, during)"
            " VALUES (%s, %s, %s, %s, tstzrange(%s, %s))",
            (name, digest(key), per_minute, list(channels), now, until),
        )
    except psycopg.errors.ExclusionViolation as error:
        raise KeyRefusedError(f"A key named {name} is valid already; revoke it first, or take another name.") from error
    except (psycopg.errors.CheckViolation, psycopg.errors.DataException) as error:
        raise KeyRefusedError(
            "The name takes small letters, digits and ._-, at most 64; --per-minute at least 1; --until lies ahead."
        ) from error
    return key


def list_keys(connection: psycopg.Connection[Any]) -> list[ListedKey]:
    """Answer all keys, also those that have ended, the newest last."""
    rows = connection.execute(
        "SELECT name, per_minute, channels, lower(during), upper(during) FROM api_keys ORDER BY lower(during), id"
    )
    return [ListedKey(name, most, tuple(channels), since, until) for name, most, channels, since, until in rows]


def revoke_key(connection: psycopg.Connection[Any], name: str, now: datetime) -> None:
    """End the key of a name; it stays in the list.  The caller commits.

    Raises
    ------
    KeyRefusedError
        ``key_refused``: no valid key has this name.
    """
    done = connection.execute(
        "UPDATE api_keys SET during = tstzrange(lower(during), %(at)s)"
        " WHERE name = %(name)s AND during @> %(at)s::timestamptz AND lower(during) < %(at)s",
        {"name": name, "at": now},
    )
    if done.rowcount == 0:
        raise KeyRefusedError(f"No valid key is named {name}; `gridwarden keys list` shows all.")
