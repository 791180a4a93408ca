"""What happens when, without anybody asking: one list.

A tick is done once, however many workers there are; after a pause the last tick that was missed is made up for, if it
is less than a day old.  Each function does all that is due, so one tick is enough for any number of missed ones.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final, LiteralString

import psycopg
from psycopg.types.json import Jsonb

from grids.due import BATCH
from grids.letters import SHANGHAI
from grids.lists import week_at

_LOG = logging.getLogger("gridwarden.worker")
_AT_ONCE: Final = 500
# What take_step says where somebody else was faster: changed, in another state, or something is missing.
_OVERTAKEN: Final = ("GW020", "GW021", "GW023", "GW024")

Connection = psycopg.AsyncConnection[Any]


async def due(connection: Connection, now: datetime) -> None:
    """Tell of deadlines that come near or have passed, each once; of cases and of their parts."""
    await _until_none_is_left(connection, "SELECT due_scan(%s, %s)", now)
    await _until_none_is_left(connection, "SELECT parts_late(%s, %s)", now)


async def late_orders(connection: Connection, now: datetime) -> None:
    """Tell of orders whose deadline has passed without an answer, each once."""
    await _until_none_is_left(connection, "SELECT orders_late(%s, %s)", now)


async def escalations(connection: Connection, now: datetime) -> None:
    """Send up what its level may not handle, and what has been there too long."""
    await _until_none_is_left(connection, "SELECT escalate_due(%s, %s)", now)


async def promises(connection: Connection, now: datetime) -> None:
    """Follow the calendar with dates that were promised before the make-up days of their year were published."""
    await _until_none_is_left(connection, "SELECT recompute_due(%s, %s)", now)


async def _until_none_is_left(connection: Connection, query: LiteralString, now: datetime) -> None:
    # Each batch looks at all that is open anew, so it is a large one.
    while True:
        row = await (await connection.execute(query, (now, BATCH))).fetchone()
        if row is None or row[0] < BATCH:
            return


async def steps(connection: Connection, now: datetime) -> None:
    """Take the steps that are the service's own, each case for itself."""
    seen: set[tuple[str, int, int]] = set()
    while True:
        # Those that were refused are found again; others stand behind them.
        many = _AT_ONCE + len(seen)
        found = await connection.execute("SELECT verb, case_id, version FROM steps_due(%s, %s)", (now, many))
        rows = await found.fetchall()
        for verb, case_id, version in (fresh := [row for row in rows if row not in seen]):
            await _step(connection, now, case_id, version, verb, {})
        seen.update(fresh)
        if len(rows) < many or not fresh:
            return


async def dispatches(connection: Connection, now: datetime) -> None:
    """Hand on what a rule hands on by itself; that the rules were looked at is kept together with what they did."""
    found = _AT_ONCE
    while found == _AT_ONCE:
        async with connection.transaction():
            due = await connection.execute("SELECT * FROM dispatches_due(%s, %s)", (now, _AT_ONCE))
            rows = await due.fetchall()
            for case_id, version, posting_id, rule_id in rows:
                data = {"owner": {"posting_id": posting_id}, "rule_id": rule_id}
                await _step(connection, now, case_id, version, "dispatch", data)
            found = len(rows)


async def _step(
    connection: Connection, now: datetime, case_id: int, version: int, verb: str, data: dict[str, Any]
) -> None:
    try:
        async with connection.transaction():
            await connection.execute(
                "SELECT take_step(NULL, NULL, %s, %s, %s, %s, NULL, %s)", (now, case_id, version, verb, Jsonb(data))
            )
    except psycopg.Error as error:
        if error.sqlstate is None:
            raise
        # One case that cannot be stepped must not hold up the others.
        level = logging.INFO if error.sqlstate in _OVERTAKEN else logging.ERROR
        _LOG.log(level, "case %d: %s was refused (%s)", case_id, verb, error.sqlstate)


async def follow(connection: Connection, now: datetime) -> None:
    """Let open cases follow boundaries that have come into force, and postings that have ended."""
    await _follow(connection, now, everything=False)


async def settle(connection: Connection, now: datetime) -> None:
    """Look at all open cases once more: what was loaded late with a date of long ago follows too."""
    await _follow(connection, now, everything=True)


async def _follow(connection: Connection, now: datetime, *, everything: bool) -> None:
    row = await (await connection.execute("SELECT follow_open_cases(%s, %s)", (now, everything))).fetchone()
    if row is not None and row[0]:
        _LOG.info("%d open cases followed", row[0])


async def places(connection: Connection, _: datetime) -> None:
    """Let the rules on places look at all that is open: one may have begun, or failed to ring."""
    await connection.execute("SELECT all_places_touched()")


async def causes(connection: Connection, now: datetime) -> None:
    """Raise what rises in many areas at once; what was raised before goes on."""
    # It computes, and brings numpy along: once a week.
    from grids.common_causes import common_causes
    from grids.common_causes_kept import DAYS, LEVELS, rows_of
    from grids.common_causes_read import READ, asked, received_of

    for level in LEVELS:
        values = asked(level, DAYS, now)
        row = await (await connection.execute(READ, values)).fetchone()
        received = received_of(row[0] if row else {}, values)
        if received is not None:
            found = await asyncio.to_thread(common_causes, received.counts)
            given = (level, received.since, received.until, now, Jsonb(rows_of(found, received)))
            await connection.execute("SELECT raise_causes(%s, %s, %s, %s, %s)", given)
            return


async def lists(connection: Connection, now: datetime) -> None:
    """Begin the week whose lists have not gone out yet; the newest one only, older lists help nobody."""
    await connection.execute("SELECT begin_week(%s, %s)", (week_at(now), now))


async def anchor(connection: Connection, now: datetime) -> None:
    """Anchor the history of the day that is over."""
    await connection.execute("SELECT anchor_day(%s, %s)", (now.astimezone(SHANGHAI).date() - timedelta(days=1), now))


async def clear(connection: Connection, now: datetime) -> None:
    """Forget what nobody needs any more."""
    found = await connection.execute("SELECT clear_old(%s)", (now,))
    _LOG.info("cleared: %s", await found.fetchone())


@dataclass(frozen=True, slots=True)
class Timed:
    """One row: name, when (cron, in UTC), what."""

    name: str
    cron: str
    do: Callable[[Connection, datetime], Awaitable[None]]


TIMED: Final[tuple[Timed, ...]] = (
    Timed("due", "* * * * *", due),
    Timed("late_orders", "* * * * *", late_orders),
    Timed("steps", "* * * * *", steps),
    # At once, as the outbox is read; here whatever had to wait longer for its place.
    Timed("dispatches", "* * * * *", dispatches),
    Timed("escalations", "* * * * *", escalations),
    Timed("follow", "* * * * *", follow),
    Timed("promises", "5 * * * *", promises),
    # At 08:00 on Mondays; the other hours find it done, or make up for a Monday without a worker.
    Timed("lists", "0 * * * *", lists),
    # 00:10 in Shanghai, when yesterday's last transactions have ended.
    Timed("anchor", "10 16 * * *", anchor),
    # 00:05 in Shanghai, when a rule on places begins.
    Timed("places", "5 16 * * *", places),
    # 05:00 on Mondays in Shanghai.
    Timed("causes", "0 21 * * 0", causes),
    # 02:20 in Shanghai.
    Timed("settle", "20 18 * * *", settle),
    # 03:30 in Shanghai.
    Timed("clear", "30 19 * * *", clear),
)
