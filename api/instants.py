"""Instants with their zone and days from outside, within the centuries that a database and a calendar share."""

from datetime import UTC, date, datetime
from typing import Annotated

from pydantic import AfterValidator, AwareDatetime

from api.errors import BadInstantError

EARLIEST = datetime(1900, 1, 1, tzinfo=UTC)
LATEST = datetime(2200, 1, 1, tzinfo=UTC)


def within_reach(instant: datetime) -> datetime:
    """Answer the instant itself.

    Raises
    ------
    ValueError
        Outside 1900 to 2200; beyond, conversions between zones overflow.
    """
    if not EARLIEST <= instant < LATEST:
        raise ValueError("an instant between 1900 and 2200")
    return instant


Instant = Annotated[AwareDatetime, AfterValidator(within_reach)]


def day_within_reach(day: date) -> date:
    """Answer the day itself.

    Raises
    ------
    ValueError
        Outside 1900 to 2200, as of an instant.
    """
    if not EARLIEST.date() <= day < LATEST.date():
        raise ValueError("a day between 1900 and 2200")
    return day


Day = Annotated[date, AfterValidator(day_within_reach)]


def parse_instant(given: str) -> datetime:
    """Answer the instant that somebody wrote.

    Raises
    ------
    BadInstantError
        ``bad_instant``: no time, without its zone, or out of reach.
    """
    try:
        instant = datetime.fromisoformat(given)
        if instant.tzinfo is not None:
            return within_reach(instant)
    except (ValueError, OverflowError):
        pass
    raise BadInstantError(f"{given!r} is no instant with its zone between 1900 and 2200; write 2019-11-30T12:00+08:00.")
