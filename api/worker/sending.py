"""Sends one delivery, a letter or a call.  Owns the order of things alone: look, write, send, note what came of it.

A letter whose delivery could not be noted (the worker was killed between the mail server's answer and the database) is
sent again, with the same Message-ID; a call likewise, with the same ``webhook-id``.
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import psycopg
from psycopg_pool import AsyncConnectionPool

from api.worker.calls import Caller
from api.worker.failures import LaterError, NotDeliveredError
from api.worker.smtp import MailServer, envelope
from grids.deliveries import (
    TOO_OLD,
    Delivery,
    record_failure,
    record_no_server,
    record_sent,
    waiting,
)
from grids.language import Words
from grids.letters import AT_THE_HEARING, IN_THE_ROOM, OF_A_TEAM, RESIDENTS, Letter, write
from grids.lists import LINES, begins, write_lists
from grids.receipts import Keys
from grids.subscriptions import receiver_left, receiver_of
from grids.webhooks import body_of, key_of, signed

_LOG = logging.getLogger("gridwarden.worker")
# Far from the numbers that others may lock by: "gwdl".
_LOCKS = 0x6777646C << 32


@dataclass(frozen=True, slots=True)
class Sender:
    """What sending needs; ``chance`` answers numbers in [0, 1)."""

    pool: AsyncConnectionPool
    clock: Callable[[], datetime]
    mail: MailServer | None
    caller: Caller
    keys: Keys
    public_url: str
    chance: Callable[[], float]

    async def deliver(self, delivery_id: int) -> None:
        """Send a delivery, unless it was sent meanwhile or somebody is at it.

        Raises
        ------
        LaterError
            It was not taken; when to try again.
        """
        async with self.pool.connection() as connection, _alone(connection, delivery_id) as mine:
            delivery = await waiting(connection, delivery_id) if mine else None
            if delivery is None:
                return
            if delivery.kind == "mail" and self.mail is None and not delivery.too_old(self.clock()):
                await record_no_server(connection, delivery)
                return
            why = await self._try(connection, delivery)
            if why is None:
                await record_sent(connection, delivery, self.clock())
                return
            wait = await record_failure(connection, delivery, why, self.clock(), self.chance())
            _LOG.warning(
                "delivery %d (%s): %s; %s", delivery.id, delivery.template, why, f"again in {wait}" if wait else "dead"
            )
        if wait is not None:
            raise LaterError(wait)

    async def _try(self, connection: psycopg.AsyncConnection[Any], delivery: Delivery) -> str | None:
        """Try once; answer why it failed, None if it did not."""
        if delivery.too_old(self.clock()):
            return TOO_OLD
        try:
            await (self._write if delivery.kind == "mail" else self._call)(connection, delivery)
        except NotDeliveredError as error:
            return error.why
        except (psycopg.OperationalError, psycopg.InterfaceError):
            raise
        except Exception as error:  # a mistake of ours must not stop the queue
            # Its kind alone: its words may hold an address.
            _LOG.error("delivery %d: %s", delivery.id, type(error).__name__)
            return "internal"
        return None

    async def _write(self, connection: psycopg.AsyncConnection[Any], delivery: Delivery) -> None:
        assert self.mail is not None  # noqa: S101  (asked before)
        now = self.clock()
        # Null where the recipient cannot be reached any more, whatever there is to tell.
        facts = await _value(
            connection,
            "SELECT letter_facts(%(id)s, %(at)s) || order_told(%(id)s) || team_told(%(id)s)"
            " || hearing_in_letter(%(id)s, %(at)s)",
            {"id": delivery.id, "at": now},
        )
        if facts is None:
            raise NotDeliveredError("address_gone")
        letter = await self._letter(connection, delivery, facts, now)
        message_id = f"<{delivery.id}.{int(delivery.made_at.timestamp())}@{self.mail.domain}>"
        message = envelope(letter, self.mail.sender, facts["address"], message_id, now)
        await asyncio.to_thread(self.mail.send, message)

    async def _letter(
        self, connection: psycopg.AsyncConnection[Any], delivery: Delivery, facts: dict[str, Any], now: datetime
    ) -> Letter:
        words = Words(delivery.lang)
        if delivery.template == "week":
            week = date.fromisoformat(delivery.data["week"])
            lists = await _value(
                connection,
                "SELECT week_lists(%s, %s, %s, %s)",
                (delivery.recipient_id, begins(week), now, LINES),
            )
            return write_lists(words, facts, lists, week, f"{self.public_url}/week")
        if "cause" in facts:
            # It brings numpy along.
            from grids.common_causes_kept import cause_told
            from grids.common_causes_words import letter

            return letter(delivery.template, cause_told(facts["cause"]), words, f"{self.public_url}/watch")
        if delivery.template in RESIDENTS:
            link = f"{self.public_url}/status/{facts['number']}?key={self.keys.key(facts['number'])}"
        elif delivery.template in IN_THE_ROOM:
            link = f"{self.public_url}/cases/{facts['case_id']}/mediation"
        elif delivery.template == "helper-withdrawn":
            link = f"{self.public_url}/team"
        elif delivery.template in OF_A_TEAM:
            link = f"{self.public_url}/team/parts/{facts['case_id']}/{facts['part']['nth']}"
        elif delivery.template in AT_THE_HEARING:
            link = f"{self.public_url}/cases/{facts['case_id']}/hearing"
        else:
            area = facts["area_code"] or delivery.data["owner"]["area_code"]
            link = f"{self.public_url}/areas/{area}/cases/{facts['case_id']}"
        return write(delivery.template, words, facts, link)

    async def _call(self, connection: psycopg.AsyncConnection[Any], delivery: Delivery) -> None:
        receiver = await receiver_of(connection, delivery.recipient_id)
        if receiver is None:
            raise NotDeliveredError("subscription_ended")
        body = body_of(delivery.template, delivery.made_at, delivery.case_id, delivery.data)
        key = key_of(self.keys.secret, receiver.salt)
        headers = signed(key, f"msg_{delivery.id}", self.clock(), body)
        try:
            await self.caller.call(receiver.url, headers, body)
        except NotDeliveredError as error:
            if error.why == "receiver_gone":
                await receiver_left(connection, delivery.recipient_id, self.clock())
            raise


@asynccontextmanager
async def _alone(connection: psycopg.AsyncConnection[Any], delivery_id: int) -> AsyncIterator[bool]:
    """Whether nobody else sends this one: a lock of the connection, so that it ends with a worker however that ends."""
    key = _LOCKS + delivery_id
    mine = bool(await _value(connection, "SELECT pg_try_advisory_lock(%s)", (key,)))
    try:
        yield mine
    finally:
        # A connection that is lost has lost its locks too.
        with suppress(psycopg.OperationalError):
            if mine:
                await connection.execute("SELECT pg_advisory_unlock(%s)", (key,))


async def _value(
    connection: psycopg.AsyncConnection[Any], query: str, values: tuple[object, ...] | dict[str, object]
) -> Any:
    found = await connection.execute(query, values)
    row = await found.fetchone()
    return row[0] if row else None
