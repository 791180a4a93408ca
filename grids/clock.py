"""The calendar behind the clock: which days are worked, during which hours, and for which years that is known.

Owns how the calendar gets into the database.  When something is due is computed by the database alone (``due_after`` in
``gis/migrations/sql/0007_clock.sql``), for reports and pages alike; who is told, and when, is :mod:`grids.due`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, ClassVar, Final, Literal
from zoneinfo import ZoneInfo

import psycopg
from chinese_calendar import get_holiday_detail, is_workday  # type: ignore[import-untyped]
from chinese_calendar.constants import Holiday  # type: ignore[import-untyped]
from psycopg.types.json import Jsonb

from gis.errors import GridwardenError
from grids.deadlines import Deadline

Kind = Literal["workday", "holiday"]
ZONE: Final = ZoneInfo("Asia/Shanghai")
KINDS: Final[dict[str, Kind]] = {"workday": "workday", "holiday": "holiday"}
FIRST_YEAR: Final = 2015
_YEARS_AHEAD = 10


class ClockError(GridwardenError):
    """A calendar or a deadline that cannot be as it was given."""


class BadOfficeHoursError(ClockError):
    """Office hours that cannot be read, overlap, or end before they begin."""

    code: ClassVar[str] = "bad_office_hours"


class YearUnpublishedError(ClockError):
    """The make-up days of a year are not known yet."""

    code: ClassVar[str] = "year_unpublished"


class DayOutsideCalendarError(ClockError):
    """A day of a year that the calendar does not hold."""

    code: ClassVar[str] = "day_outside_calendar"


@dataclass(frozen=True, slots=True)
class CalendarDay:
    """A day that has a name, or is not what its day of the week says."""

    day: date
    kind: Kind
    name: str
    source: Literal["national", "local"] = "national"


@dataclass(frozen=True, slots=True)
class CalendarYear:
    """A year of the calendar: whether its make-up days are published, its working days, and the days that stand out."""

    year: int
    published: bool
    workdays: int
    days: tuple[CalendarDay, ...]


def national_days(year: int) -> list[CalendarDay]:
    """Answer the holidays and make-up days (调休) of a year, as the State Council published them (``chinesecalendar``).

    Raises
    ------
    YearUnpublishedError
        ``year_unpublished``: the installed library does not know the year.

    Examples
    --------
    >>> national_days(2026)[0]
    CalendarDay(day=datetime.date(2026, 1, 1), kind='holiday', name='元旦', source='national')
    """
    first = date(year, 1, 1)
    every = [first + timedelta(days=n) for n in range((date(year + 1, 1, 1) - first).days)]
    try:
        return [day for one in every if (day := _named(one)) is not None]
    except NotImplementedError as error:
        message = (
            f"The make-up days of {year} are not known here. Once they are published, upgrade chinesecalendar and run "
            f"`gridwarden calendar load {year}`; until then Monday to Friday counts and dates are provisional."
        )
        raise YearUnpublishedError(message, params={"year": year}) from error


def _named(day: date) -> CalendarDay | None:
    holiday, name = get_holiday_detail(day)
    if name is None and holiday == (day.isoweekday() > 5):
        return None
    return CalendarDay(day, "workday" if is_workday(day) else "holiday", _chinese(name))


def _chinese(name: str | None) -> str:
    return next((one.chinese for one in Holiday if one.value == name), name or "")


def load_year(connection: psycopg.Connection[Any], year: int, now: datetime) -> int:
    """Write down a year's holidays and make-up days and answer how many; the caller commits.

    Parameters
    ----------
    connection : psycopg.Connection
        As the owner.
    year : int
        From ``FIRST_YEAR`` on.
    now : datetime
        Aware; from when the year counts as published, unless it did before.

    Raises
    ------
    YearUnpublishedError
        ``year_unpublished``
    """
    days = national_days(year)
    _hold_years(connection, year, year)
    _write_year(connection, year, days, now)
    _rebuild(connection)
    return len(days)


def fill_calendar(connection: psycopg.Connection[Any], now: datetime) -> list[int]:
    """Write down every year that the library knows, and hold the years to come; the caller commits.

    Does nothing to years that are there already, so it can run at every start.

    Parameters
    ----------
    connection : psycopg.Connection
        As the owner.
    now : datetime
        Aware.  The calendar reaches ten years beyond it.

    Returns
    -------
    list of int
        The years that were not published here before.
    """
    last = now.astimezone(ZONE).year + _YEARS_AHEAD
    grown = _hold_years(connection, FIRST_YEAR, last)
    rows = connection.execute(
        "SELECT year FROM calendar_years WHERE state <> 'published' AND year >= 2004 ORDER BY year"
    )
    added = []
    for (year,) in rows.fetchall():
        try:
            days = national_days(year)
        except YearUnpublishedError:
            # Later years are not known either, or the library has a gap: each is asked, none is guessed.
            continue
        _write_year(connection, year, days, now)
        added.append(year)
    if added or grown:
        _rebuild(connection)
    return added


def override_day(connection: psycopg.Connection[Any], day: date, kind: Kind | None, name: str) -> None:
    """Let a day be a workday or a holiday here, whatever the country says; None takes that back.  The caller commits.

    Raises
    ------
    DayOutsideCalendarError
        ``day_outside_calendar``
    """
    known = connection.execute("SELECT FROM calendar_years WHERE year = %s", (day.year,)).fetchone()
    if known is None:
        message = f"The calendar does not hold {day.year}; `gridwarden calendar load {day.year}` adds what is known."
        raise DayOutsideCalendarError(message, params={"day": day.isoformat()})
    connection.execute("DELETE FROM calendar_days WHERE day = %s AND source = 'local'", (day,))
    if kind is not None:
        connection.execute("INSERT INTO calendar_days VALUES (%s, 'local', %s, %s)", (day, kind, name))
    _rebuild(connection)


def set_office_hours(connection: psycopg.Connection[Any], since: date, spans: Sequence[tuple[time, time]]) -> None:
    """Let the offices be open in these spans, Asia/Shanghai, from a day on.  The caller commits.

    Raises
    ------
    BadOfficeHoursError
        ``bad_office_hours``
    """
    try:
        with connection.transaction():
            connection.execute("DELETE FROM office_hours WHERE since = %s", (since,))
            for opens, closes in spans:
                connection.execute("INSERT INTO office_hours VALUES (%s, %s, %s)", (since, opens, closes))
    except (psycopg.errors.CheckViolation, psycopg.errors.ExclusionViolation) as error:
        message = "Office hours may not overlap, and each span ends after it begins."
        raise BadOfficeHoursError(message) from error
    _rebuild(connection)


def read_office_hours(text: str) -> list[tuple[time, time]]:
    """Read spans like ``08:30-12:00,14:00-17:30``.

    Raises
    ------
    BadOfficeHoursError
        ``bad_office_hours``

    Examples
    --------
    >>> read_office_hours("08:30-12:00")
    [(datetime.time(8, 30), datetime.time(12, 0))]
    """
    try:
        return [_read_span(part.strip()) for part in text.split(",")]
    except ValueError as error:
        message = f"{text} are no office hours: write them as 08:30-12:00,14:00-17:30."
        raise BadOfficeHoursError(message, params={"text": text}) from error


def _read_span(text: str) -> tuple[time, time]:
    opens, closes = text.split("-")
    return time.fromisoformat(opens), time.fromisoformat(closes)


def calendar_year(connection: psycopg.Connection[Any], year: int) -> CalendarYear:
    """Answer a year as it counts here.

    Raises
    ------
    DayOutsideCalendarError
        ``day_outside_calendar``
    """
    state = connection.execute("SELECT state FROM calendar_years WHERE year = %s", (year,)).fetchone()
    if state is None:
        raise DayOutsideCalendarError(f"The calendar does not hold {year}.", params={"day": f"{year}-01-01"})
    days = connection.execute(
        "SELECT day, kind, name, source FROM calendar_days WHERE extract(year FROM day) = %s ORDER BY day, source DESC",
        (year,),
    )
    worked = connection.execute(
        "SELECT count(DISTINCT day_no) FROM work_spans"
        " WHERE extract(year FROM from_at AT TIME ZONE 'Asia/Shanghai') = %s",
        (year,),
    ).fetchall()
    return CalendarYear(year, state[0] == "published", worked[0][0], tuple(CalendarDay(*row) for row in days))


def due_at(connection: psycopg.Connection[Any], at: datetime, deadline: Deadline) -> tuple[datetime, bool]:
    """Answer when something is due that begins at an instant, and whether that date is provisional."""
    rows = connection.execute(
        "SELECT d, is_provisional(d, %(deadline)s) FROM due_after(%(at)s, %(deadline)s) d",
        {"at": at, "deadline": Jsonb(deadline.stored)},
    ).fetchall()
    return rows[0][0], rows[0][1]


def _hold_years(connection: psycopg.Connection[Any], first: int, last: int) -> bool:
    # Without gaps: the spans run from the first year to the last.
    done = connection.execute(
        "INSERT INTO calendar_years SELECT y, 'not published yet' FROM generate_series("
        " least(%(first)s, (SELECT min(year) FROM calendar_years)),"
        " greatest(%(last)s, (SELECT max(year) FROM calendar_years))) y ON CONFLICT DO NOTHING",
        {"first": first, "last": last},
    )
    return done.rowcount > 0


def _write_year(connection: psycopg.Connection[Any], year: int, days: Sequence[CalendarDay], now: datetime) -> None:
    connection.execute("DELETE FROM calendar_days WHERE source = 'national' AND extract(year FROM day) = %s", (year,))
    connection.cursor().executemany(
        "INSERT INTO calendar_days (day, source, kind, name) VALUES (%s, %s, %s, %s)",
        [(one.day, one.source, one.kind, one.name) for one in days],
    )
    connection.execute(
        "UPDATE calendar_years SET state = 'published', since = %s WHERE year = %s AND state <> 'published'",
        (now, year),
    )


def _rebuild(connection: psycopg.Connection[Any]) -> None:
    connection.execute("SELECT rebuild_work_spans()")
