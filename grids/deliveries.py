"""Deliveries: what is told to whom after a change, each once, and when it is tried again.

Owns turning rows of the outbox into deliveries, and what is recorded of each try.  Opens no connection to a mail server
and calls no program; knows no address (the database looks it up when a letter is written).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, ClassVar, Final, Literal

import psycopg
from psycopg.rows import class_row, dict_row
from psycopg.types.json import Jsonb
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from gis.errors import GridwardenError
from grids.letters import template_for
from grids.place_alarms import JUDGED
from grids.tables_worker import deliveries as _deliveries

State = Literal["waiting", "sent", "dead"]
STATES: Final[tuple[State, ...]] = ("waiting", "sent", "dead")

# Why something was not delivered (``last_error``); the first ones for good.
FOR_GOOD: Final = frozenset(
    {
        *("address_gone", "address_refused", "letter_refused", "subscription_ended", "receiver_gone"),
        *("private_address", "too_old"),
    }
)
NO_MAIL_SERVER: Final = "no_mail_server"
TOO_OLD: Final = "too_old"
OLD_AFTER: Final = timedelta(days=7)
"""A letter that could not be sent for so long is not sent any more, unless somebody says so: after seven days of
silence a claimed solution is closed, and the next week has its own lists, so that it would tell of what has passed.
Longer than all tries together, so that a server that was down for a day is no reason.  Calls of programs have no such
age: they keep their own books."""

_FIRST_WAIT: Final = timedelta(seconds=30)
_LONGEST_WAIT: Final = timedelta(hours=4)
TRIES: Final = 25


class UnknownDeliveryError(GridwardenError):
    """No dead delivery of this number."""

    code: ClassVar[str] = "unknown_delivery"


def wait_after(tries: int, chance: float) -> timedelta | None:
    """Answer how long to wait after so many tries without success; None: it is dead.

    Twice as long each time up to four hours, ± 20% by chance so that a server that comes back is not overrun: some 60
    hours in all, so that one that is down for a day loses nothing.

    Parameters
    ----------
    tries : int
        Tries so far, at least 1.
    chance : float
        In [0, 1).

    Examples
    --------
    >>> [str(wait_after(tries, 0.5)) for tries in (1, 2, 5, 20)], wait_after(25, 0.5)
    (['0:00:30', '0:01:00', '0:08:00', '4:00:00'], None)
    >>> all_in_all = sum((wait_after(tries, 0.0) for tries in range(1, 25)), timedelta())
    >>> all_in_all > timedelta(days=1, hours=12)
    True
    """
    if tries >= TRIES:
        return None
    wait: timedelta = min(_FIRST_WAIT * 2 ** (tries - 1), _LONGEST_WAIT)
    return wait * (0.8 + 0.4 * chance)


@dataclass(frozen=True, slots=True)
class Delivery:
    """One letter or call that waits; ``data`` holds ids, codes and states."""

    id: int
    kind: Literal["mail", "webhook"]
    recipient: str
    template: str
    lang: Literal["zh", "en"]
    case_id: int | None
    data: Mapping[str, Any]
    made_at: datetime
    tries: int
    revived_at: datetime | None

    def too_old(self, now: datetime) -> bool:
        """Whether it is a letter that would tell of what has long passed; one that somebody wants sent is as new."""
        return self.kind == "mail" and now - (self.revived_at or self.made_at) > OLD_AFTER

    @property
    def recipient_id(self) -> int:
        """The number behind the kind of recipient."""
        return int(self.recipient.split(":")[1])


@dataclass(frozen=True, slots=True)
class Listed:
    """A delivery as the administrator sees it: no address, no words."""

    id: int
    kind: str
    recipient: str
    template: str
    case_id: int | None
    made_at: datetime
    state: str
    tries: int
    next_at: datetime | None
    last_error: str | None


_LISTED: Final = "id, kind, recipient, template, case_id, made_at, state, tries, next_at, last_error"


async def take_news(
    connection: psycopg.AsyncConnection[Any], now: datetime, limit: int, *, with_mail: bool
) -> tuple[int, int]:
    """Turn waiting rows of the outbox into deliveries with their jobs; answer how many rows, and how many deliveries.

    A place where something was done waits for a look of the rules from then on.

    One transaction: a worker that dies in it leaves the rows to the next one, and two at once never see the same row.

    Parameters
    ----------
    connection : psycopg.AsyncConnection
        As the worker's role, in no transaction.
    now : datetime
        Aware.
    limit : int
        Rows at most.
    with_mail : bool
        Whether there is a mail server; without one letters wait and say so.
    """
    async with connection.transaction(), connection.cursor(row_factory=dict_row) as cursor:
        await cursor.execute(
            "SELECT id, topic, payload, at FROM outbox WHERE done_at IS NULL ORDER BY id LIMIT %s"
            " FOR UPDATE SKIP LOCKED",
            (limit,),
        )
        news = {row["id"]: row for row in await cursor.fetchall()}
        if not news:
            return 0, 0
        await cursor.execute(
            "SELECT * FROM concerned(%(ids)s, %(at)s) UNION ALL SELECT * FROM mediation_concerned(%(ids)s, %(at)s)"
            " UNION ALL SELECT * FROM concerned_by_orders(%(ids)s, %(at)s)"
            " UNION ALL SELECT * FROM concerned_by_handovers(%(ids)s)"
            " UNION ALL SELECT * FROM concerned_by_visits(%(ids)s, %(at)s)"
            " UNION ALL SELECT * FROM concerned_by_teams(%(ids)s, %(at)s)"
            " UNION ALL SELECT * FROM concerned_by_hearings(%(ids)s, %(at)s)",
            {"ids": list(news), "at": now},
        )
        made = [
            delivery
            for row in await cursor.fetchall()
            if (delivery := _delivery(news[row["outbox_id"]], row, with_mail=with_mail)) is not None
        ]
        ids = await _store(cursor, made)
        await cursor.execute("SELECT queue_deliveries(%s)", (ids,))
        await cursor.execute(
            "SELECT places_touched(%s)",
            ([row["payload"]["case_id"] for row in news.values() if row["topic"] in JUDGED],),
        )
        await cursor.execute("UPDATE outbox SET done_at = %s WHERE id = ANY (%s)", (now, list(news)))
    return len(news), len(made)


def _delivery(news: Mapping[str, Any], row: Mapping[str, Any], *, with_mail: bool) -> dict[str, Any] | None:
    template = template_for(news["topic"], row["relation"], row["facts"])
    if template is None:
        return None
    kind = "webhook" if row["relation"] == "program" else "mail"
    data = {**row["facts"], **({"week": news["payload"]["week"]} if "week" in news["payload"] else {})}
    return {
        "outbox_id": row["outbox_id"],
        "kind": kind,
        "recipient": row["recipient"],
        "template": template,
        "lang": row["lang"],
        "case_id": news["payload"].get("case_id"),
        "data": Jsonb(data),
        "made_at": news["at"],
        "last_error": NO_MAIL_SERVER if kind == "mail" and not with_mail else None,
    }


async def _store(cursor: psycopg.AsyncCursor[Any], made: list[dict[str, Any]]) -> list[int]:
    """Store deliveries and answer those that can be tried now."""
    ids = []
    for delivery in made:
        await cursor.execute(
            "INSERT INTO deliveries"
            " (outbox_id, kind, recipient, template, lang, case_id, data, made_at, last_error) VALUES"
            " (%(outbox_id)s, %(kind)s, %(recipient)s, %(template)s, %(lang)s, %(case_id)s, %(data)s, %(made_at)s,"
            " %(last_error)s) ON CONFLICT (outbox_id, recipient, kind) DO NOTHING RETURNING id",
            delivery,
        )
        stored = await cursor.fetchone()
        if stored and delivery["last_error"] is None:
            ids.append(stored["id"])
    return ids


async def waiting(connection: psycopg.AsyncConnection[Any], delivery_id: int) -> Delivery | None:
    """Answer a delivery that waits; None if it was sent meanwhile or is dead."""
    async with connection.cursor(row_factory=class_row(Delivery)) as cursor:
        await cursor.execute(
            "SELECT id, kind, recipient, template, lang, case_id, data, made_at, tries, revived_at FROM deliveries"
            " WHERE id = %s AND state = 'waiting'",
            (delivery_id,),
        )
        return await cursor.fetchone()


async def record_sent(connection: psycopg.AsyncConnection[Any], delivery: Delivery, now: datetime) -> None:
    """Note that it was taken by the mail server or the program."""
    await connection.execute(
        "UPDATE deliveries SET state = 'sent', sent_at = %s, tries = tries + 1, next_at = NULL, last_error = NULL"
        " WHERE id = %s",
        (now, delivery.id),
    )


async def record_failure(
    connection: psycopg.AsyncConnection[Any], delivery: Delivery, why: str, now: datetime, chance: float
) -> timedelta | None:
    """Note a try without success; answer how long to wait for the next, None if there is none.

    Parameters
    ----------
    connection : psycopg.AsyncConnection
        As the worker's role.
    delivery : Delivery
        As it was before the try.
    why : str
        The code that the list shows.
    now : datetime
        Aware.
    chance : float
        In [0, 1).
    """
    wait = None if why in FOR_GOOD else wait_after(delivery.tries + 1, chance)
    await connection.execute(
        "UPDATE deliveries SET state = %s, tries = tries + 1, next_at = %s, last_error = %s WHERE id = %s",
        ("dead" if wait is None else "waiting", now + wait if wait else None, why, delivery.id),
    )
    return wait


async def record_no_server(connection: psycopg.AsyncConnection[Any], delivery: Delivery) -> None:
    """Note that there is no mail server; this is no try."""
    await connection.execute(
        "UPDATE deliveries SET next_at = NULL, last_error = %s WHERE id = %s", (NO_MAIL_SERVER, delivery.id)
    )


async def queue_jobless(connection: psycopg.AsyncConnection[Any], now: datetime, limit: int, *, with_mail: bool) -> int:
    """Give a job to what waits and has none, and answer how many; letters that waited too long are put aside first."""
    async with connection.transaction():
        await connection.execute(
            "UPDATE deliveries SET state = 'dead', next_at = NULL, last_error = %s"
            " WHERE state = 'waiting' AND kind = 'mail' AND last_error = %s AND coalesce(revived_at, made_at) < %s",
            (TOO_OLD, NO_MAIL_SERVER, now - OLD_AFTER),
        )
        found = await connection.execute("SELECT * FROM jobless_deliveries(%s, %s, %s)", (with_mail, now, limit))
        ids = [row[0] for row in await found.fetchall()]
        await connection.execute("SELECT queue_deliveries(%s)", (ids,))
    return len(ids)


def list_deliveries(connection: psycopg.Connection[Any], state: State, limit: int) -> list[Listed]:
    """Answer the deliveries of a state, the newest first; as the owner."""
    with connection.cursor(row_factory=class_row(Listed)) as cursor:
        cursor.execute(
            f"SELECT {_LISTED} FROM deliveries WHERE state = %s ORDER BY id DESC LIMIT %s",  # noqa: S608  (our own words)
            (state, limit),
        )
        return cursor.fetchall()


async def seen_deliveries(connection: AsyncConnection, state: State, limit: int) -> list[Listed]:
    """Answer the deliveries of a state that the actor may see, the newest first: an administrator's areas alone."""
    d = _deliveries.c
    columns = [d[name] for name in _LISTED.split(", ")]
    rows = await connection.execute(select(*columns).where(d.state == state).order_by(d.id.desc()).limit(limit))
    return [Listed(*row) for row in rows]


def revive(connection: psycopg.Connection[Any], delivery_id: int | None, now: datetime) -> int:
    """Let dead deliveries wait again from the beginning, and answer how many; the worker finds them within a minute.

    Parameters
    ----------
    connection : psycopg.Connection
        As the owner; the caller commits.
    delivery_id : int or None
        One of them, however old it is; None: all but the letters that are too old, which nobody wants in a heap.
    now : datetime
        Aware; a letter that is wanted counts as new from then on.

    Raises
    ------
    UnknownDeliveryError
        ``unknown_delivery``: none is dead under this number.
    """
    done = connection.execute(
        "UPDATE deliveries SET state = 'waiting', tries = 0, next_at = NULL, last_error = NULL, revived_at = %(now)s"
        " WHERE state = 'dead'"
        " AND CASE WHEN %(id)s::bigint IS NULL THEN last_error IS DISTINCT FROM %(old)s ELSE id = %(id)s END",
        {"id": delivery_id, "now": now, "old": TOO_OLD},
    )
    if delivery_id is not None and done.rowcount == 0:
        raise UnknownDeliveryError(
            f"No delivery {delivery_id} is dead; `gridwarden worker dead` lists those that are.",
            params={"id": delivery_id},
        )
    return done.rowcount
