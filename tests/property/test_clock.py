"""The clock of the database against a walk through the calendar, minute by minute."""

from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import psycopg
import pytest
from chinese_calendar import is_workday  # type: ignore[import-untyped]
from hypothesis import given, settings
from hypothesis import strategies as st
from psycopg.types.json import Jsonb

from gis.store import Store
from grids.clock import fill_calendar

ZONE = ZoneInfo("Asia/Shanghai")
MINUTE = timedelta(minutes=1)
OPEN = [(time(8, 30), time(12)), (time(14), time(17, 30))]

instants = st.datetimes(datetime(2018, 1, 1), datetime(2026, 11, 15), timezones=st.just(ZONE)).map(  # noqa: DTZ001
    lambda at: at.replace(second=0, microsecond=0)
)
anywhere = st.datetimes(datetime(1950, 1, 1), datetime(2090, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001
unhurried = settings(deadline=None)


@pytest.fixture(scope="module")
def clock(database: Store) -> Iterator[psycopg.Connection]:
    """The service's own connection to a database with the country's calendar."""
    with psycopg.connect(database.dsn("migrate")) as owner:
        owner.execute("SET ROLE gridwarden_owner")
        fill_calendar(owner, datetime(2026, 11, 1, tzinfo=UTC))
    with psycopg.connect(database.dsn("web"), autocommit=True) as web:
        yield web


def works(at: datetime) -> bool:
    """Whether the minute that begins now is worked."""
    here = at.astimezone(ZONE)
    return is_workday(here.date()) and any(opens <= here.time() < closes for opens, closes in OPEN)


def due(clock: psycopg.Connection, at: datetime, **deadline: float) -> datetime:
    row = clock.execute("SELECT due_after(%s, %s)", (at, Jsonb(deadline))).fetchone()
    assert row is not None
    assert isinstance(row[0], datetime)
    return row[0]


def seconds(clock: psycopg.Connection, start: datetime, end: datetime) -> float:
    row = clock.execute("SELECT work_seconds(%s, %s)", (start, end)).fetchone()
    assert row is not None
    return float(row[0])


@unhurried
@given(at=instants, minutes=st.integers(1, 40 * 60))
def test_working_hours_are_counted_as_by_hand(clock: psycopg.Connection, at: datetime, minutes: int) -> None:
    found = due(clock, at, work_hours=minutes / 60).astimezone(ZONE)
    here, left = at, minutes
    while left:
        left -= works(here)
        here += MINUTE
    assert abs(found - here) < timedelta(milliseconds=1)


@unhurried
@given(at=instants, days=st.integers(1, 20))
def test_working_days_end_with_the_office_of_the_nth_day(clock: psycopg.Connection, at: datetime, days: int) -> None:
    day = at.astimezone(ZONE).date()
    for _ in range(days):
        day += timedelta(days=1)
        while not is_workday(day):
            day += timedelta(days=1)
    assert due(clock, at, work_days=days) == datetime.combine(day, time(17, 30), ZONE)


@unhurried
@given(at=anywhere, hours=st.floats(0.02, 2000), kind=st.sampled_from(["urgent_hours", "hours", "work_hours"]))
def test_something_is_always_due_later(clock: psycopg.Connection, at: datetime, hours: float, kind: str) -> None:
    assert due(clock, at, **{kind: hours}) > at


@unhurried
@given(at=anywhere, days=st.integers(1, 400), kind=st.sampled_from(["work_days", "days"]))
def test_days_are_always_due_later(clock: psycopg.Connection, at: datetime, days: int, kind: str) -> None:
    assert due(clock, at, **{kind: days}) > at


@unhurried
@given(at=anywhere, hours=st.floats(0.02, 2000))
def test_the_time_until_it_is_due_is_the_time_that_was_given(
    clock: psycopg.Connection, at: datetime, hours: float
) -> None:
    # The end is rounded to the microsecond.
    assert seconds(clock, at, due(clock, at, work_hours=hours)) == pytest.approx(hours * 3600, abs=1e-4)


@unhurried
@given(first=anywhere, second=anywhere, third=anywhere)
def test_working_time_adds_up_and_never_runs_back(
    clock: psycopg.Connection, first: datetime, second: datetime, third: datetime
) -> None:
    first, second, third = sorted((first, second, third))
    there, on = seconds(clock, first, second), seconds(clock, second, third)
    assert there >= 0
    assert on >= 0
    assert seconds(clock, first, third) == pytest.approx(there + on, abs=1e-3)
    assert seconds(clock, third, first) == pytest.approx(-(there + on), abs=1e-3)
