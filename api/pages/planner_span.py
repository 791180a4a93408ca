"""Periods by their names: the last 30 days, a month, and what each is compared with.

Pure; periods are ``[from, to)`` in days of Asia/Shanghai.
"""

import re
from calendar import monthrange
from datetime import date, datetime, timedelta
from typing import Final

from api.moments import SHANGHAI
from maps.questions import Period, last_days

# Their names in an address, and in the words.
NAMED_SPANS: Final = {"30d": "days30", "90d": "days90", "12m": "months12", "all": "all"}
_MONTHS_OFFERED: Final = 12


def named_span(span: str, now: datetime) -> Period:
    """Answer the days of a named period or month.

    >>> from datetime import UTC
    >>> now = datetime(2026, 11, 23, 3, tzinfo=UTC)
    >>> named_span("12m", now)
    Period(since=datetime.date(2025, 11, 24), until=datetime.date(2026, 11, 24))
    >>> named_span("2026-02", now)
    Period(since=datetime.date(2026, 2, 1), until=datetime.date(2026, 3, 1))
    """
    month = month_of(span)
    if month is not None:
        return Period(month, _moved(month, 1))
    if span == "all":
        return Period()
    days = last_days({"30d": 30, "90d": 90}.get(span, 1), now)
    if span == "12m" and days.until is not None:
        return Period(_moved(days.until, -12), days.until)
    return days


def month_of(span: str) -> date | None:
    """Answer the first day of a month that is written as 2026-10; None for anything else."""
    found = re.fullmatch(r"((?:19|20|21)\d\d)-(0[1-9]|1[0-2])", span, re.ASCII)
    return date(int(found[1]), int(found[2]), 1) if found else None


def months(now: datetime) -> list[str]:
    """Answer the months that are offered, the present one first.

    >>> from datetime import UTC
    >>> months(datetime(2026, 1, 31, 17, tzinfo=UTC))[:3]
    ['2026-02', '2026-01', '2025-12']
    """
    first = now.astimezone(SHANGHAI).date().replace(day=1)
    return [f"{_moved(first, -n):%Y-%m}" for n in range(_MONTHS_OFFERED)]


def before(span: str, period: Period) -> Period:
    """Answer the period before one that has both ends: of a month the month before, else as many days.

    >>> before("2026-03", Period(date(2026, 3, 1), date(2026, 4, 1)))
    Period(since=datetime.date(2026, 2, 1), until=datetime.date(2026, 3, 1))
    """
    if period.since is not None and month_of(span) is not None:
        return Period(_moved(period.since, -1), period.since)
    return year_before(period) if span == "12m" else period.before()


def year_before(period: Period) -> Period:
    """Answer the same days of the year before; the 29th of February becomes the 28th.

    >>> year_before(Period(date(2024, 2, 29), date(2024, 3, 1)))
    Period(since=datetime.date(2023, 2, 28), until=datetime.date(2023, 3, 1))
    """
    return Period(period.since and _moved(period.since, -12), period.until and _moved(period.until, -12))


def last_day(period: Period) -> date | None:
    """Answer the last day that still belongs to a period."""
    return period.until and period.until - timedelta(days=1)


def _moved(day: date, by_months: int) -> date:
    """The same day so many months on; the last of the month where there is none."""
    year, month = divmod(day.year * 12 + day.month - 1 + by_months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))
