"""The clock in the database: kinds of duration, what a category may promise, the calendar."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import psycopg
import pytest
from psycopg.types.json import Jsonb

from gis.store import Store
from grids.clock import (
    DayOutsideCalendarError,
    calendar_year,
    due_at,
    fill_calendar,
    load_year,
    override_day,
    set_office_hours,
)
from grids.deadlines import Deadline
from tests.integration.conftest import PUBLISHED_AT as NOW

ZONE = ZoneInfo("Asia/Shanghai")
pytestmark = pytest.mark.usefixtures("clocked")


def local(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZONE)


def one(connection: psycopg.Connection, query: str, *values: object) -> object:
    row = connection.execute(query.encode(), values).fetchone()
    assert row is not None
    return row[0] if len(row) == 1 else row


# -- kinds of duration


@pytest.mark.parametrize(
    ("begins", "deadline", "ends"),
    [
        # Hours day and night, through a weekend.
        ("2026-11-20T17:00", "urgent_hours=24", "2026-11-21T17:00"),
        ("2026-11-20T17:00", "hours=72", "2026-11-23T17:00"),
        # Office hours, over noon, over night, over a weekend.
        ("2026-11-18T11:00", "work_hours=2", "2026-11-18T15:00"),
        ("2026-11-18T16:30", "work_hours=2", "2026-11-19T09:30"),
        ("2026-11-20T16:30", "work_hours=2", "2026-11-23T09:30"),
        ("2026-11-21T03:00", "work_hours=1", "2026-11-23T09:30"),
        # Due when the office closes, not when it opens again.
        ("2026-11-18T08:30", "work_hours=3.5", "2026-11-18T12:00"),
        ("2026-11-18T08:30", "work_hours=7", "2026-11-18T17:30"),
        # Saturday, 14 February 2026, is worked for the Spring Festival of the 15th to the 23rd.
        ("2026-02-13T16:30", "work_hours=4", "2026-02-14T11:30"),
        ("2026-02-14T16:30", "work_hours=2", "2026-02-24T09:30"),
        ("2026-02-14T10:00", "work_days=1", "2026-02-24T17:30"),
        # The day on which it begins does not count, however early that was.
        ("2026-11-18T06:00", "work_days=1", "2026-11-19T17:30"),
        ("2026-11-18T23:59", "work_days=1", "2026-11-19T17:30"),
        ("2026-11-20T09:00", "work_days=1", "2026-11-23T17:30"),
        ("2026-11-21T09:00", "work_days=1", "2026-11-23T17:30"),
        ("2026-09-30T16:00", "work_days=5", "2026-10-13T17:30"),
        # Natural days: the same instant, holiday or not.
        ("2026-09-30T16:00", "days=3", "2026-10-03T16:00"),
    ],
)
def test_when_something_is_due(owner: psycopg.Connection, begins: str, deadline: str, ends: str) -> None:
    assert due_at(owner, local(begins), Deadline.parse(deadline)) == (local(ends), False)


@pytest.mark.parametrize("begins", ["1990-05-01T08:00", "2014-12-31T23:00", "2036-12-31T17:00", "2050-05-01T08:00"])
def test_outside_the_calendar_a_week_has_35_hours_and_a_working_day_is_a_fifth_of_it(
    owner: psycopg.Connection, begins: str
) -> None:
    at = local(begins)
    five = due_at(owner, at, Deadline("work_days", 5))[0]
    week = due_at(owner, at, Deadline("work_hours", 35))[0]
    if at.year in (1990, 2050):
        assert five == week == at + timedelta(days=7)
    assert at + timedelta(days=5) < five < at + timedelta(days=11)
    assert at + timedelta(days=4) < week < at + timedelta(days=11)


def test_no_deadline_is_never_due_and_a_wrong_one_is_an_error(owner: psycopg.Connection) -> None:
    assert one(owner, "SELECT due_after(%s, NULL)", NOW) is None
    assert one(owner, "SELECT due_after(%s, 'null')", NOW) is None
    with pytest.raises(psycopg.errors.InvalidParameterValue):
        owner.execute("SELECT due_after(%s, '{\"weeks\": 2}')", (NOW,))


def test_a_stop_of_the_clock_moves_a_date_by_time_of_its_own_kind(owner: psycopg.Connection) -> None:
    friday, monday, due = local("2026-11-20T16:30"), local("2026-11-23T09:30"), local("2026-11-24T17:30")
    moved = "SELECT due_moved(%s, %s, %s, %s)"
    # Two working hours over a weekend, and the weekend itself for a deadline that runs day and night.
    assert one(owner, moved, due, friday, monday, Jsonb({"work_days": 3})) == local("2026-11-25T10:30")
    assert one(owner, moved, due, friday, monday, Jsonb({"urgent_hours": 72})) == due + (monday - friday)
    saturday = local("2026-11-21T10:00"), local("2026-11-22T10:00")
    assert one(owner, moved, due, *saturday, Jsonb({"work_hours": 8})) == due


# -- what a category may promise


@pytest.mark.parametrize(
    ("deadlines", "fits"),
    [
        ('{"solve": {"hours": 72}}', True),
        ('{"accept": {"work_hours": 2}, "dispatch": {"urgent_hours": 0.5}, "solve": {"work_days": 3}, "recheck": {"days": 2}}', True),
        ('{"solve": {"days": 3}, "emergency": {"solve": {"urgent_hours": 2}, "accept": {"urgent_hours": 1}}, "urgent": {}}', True),
        ('{"solve": {"days": 3}, "normal": {"solve": {"urgent_hours": 2}}}', False),
        ('{"solve": {"days": 3}, "emergency": {"solve": {"weeks": 2}}}', False),
        ('{"solve": {"days": 3}, "emergency": {"admire": {"days": 2}}}', False),
        ('{"solve": {"days": 3}, "emergency": 4}', False),
        ('{"solve": {"days": 3}, "at_once": {"solve": {"days": 2}}}', False),
        ('{"emergency": {"solve": {"days": 2}}}', False),
        ('{"accept": {"work_hours": 2}}', False),
        ('{"solve": {"work_days": 3, "hours": 72}}', False),
        ('{"solve": {}}', False),
        ('{"solve": {"weeks": 1}}', False),
        ('{"solve": {"work_days": 0}}', False),
        ('{"solve": {"work_days": 1.5}}', False),
        ('{"solve": {"work_days": "3"}}', False),
        ('{"solve": {"work_hours": -1}}', False),
        ('{"solve": {"work_hours": 0.0000001}}', False),
        ('{"solve": {"work_hours": null}}', False),
        ('{"solve": 72}', False),
        ('{"solve": {"hours": 72}, "admire": {"hours": 1}}', False),
        ("[]", False),
        ("null", False),
    ],
)  # fmt: skip
def test_deadlines_of_a_category(owner: psycopg.Connection, deadlines: str, fits: bool) -> None:
    new = "INSERT INTO categories VALUES ('new', '2026-01-01Z', 'f', '新', 'New', false, 'normal', %s)"
    if fits:
        owner.execute(new, (deadlines,))
        assert one(owner, "SELECT due_after(%s, stage_deadline('new', %s, 'solve')) > %s", NOW, NOW, NOW) is True
    else:
        with pytest.raises(psycopg.errors.CheckViolation):
            owner.execute(new, (deadlines,))


_RECEIVE = (
    "SELECT receive_report(%(key)s, %(key)s, NULL, %(at)s, %(number)s, %(key)s, 'dumping', 'app', %(at)s, '话', NULL,"
    " 117.005, 39.705, 5, 117.005, 39.705, 'wgs84', NULL, NULL, '{1,2,3,4,5}')"
)


def test_a_report_is_promised_by_the_rule_of_its_day(owner: psycopg.Connection) -> None:
    since = local("2026-06-01T00:00")
    owner.execute(
        "INSERT INTO categories VALUES ('dumping', %s, 'waste', '乱倒垃圾', 'Illegal dumping', false, 'normal', %s)",
        (since, Jsonb({"accept": {"work_hours": 2}, "solve": {"work_days": 3}})),
    )
    for number, at in (("1000000000", local("2026-05-31T23:00")), ("1000000001", local("2026-06-05T16:30"))):
        owner.execute(_RECEIVE, {"key": number.encode(), "at": at, "number": number})
    promised = "SELECT c.due_at, c.stage_due_at FROM reports r JOIN cases c ON c.id = r.case_id WHERE r.number = %s"
    assert one(owner, promised, "1000000000") == (local("2026-06-01T23:00"), None)
    # 5 June 2026 is a Friday.
    assert one(owner, promised, "1000000001") == (local("2026-06-10T17:30"), local("2026-06-08T09:30"))
    assert one(owner, "SELECT stage_deadline('dumping', %s, 'accept')", since) == {"work_hours": 2}
    assert one(owner, "SELECT stage_deadline('dumping', %s, 'accept')", since - timedelta(seconds=1)) is None


# -- the calendar


def test_without_a_calendar_monday_to_friday_counts_and_every_date_is_provisional(server: Store) -> None:
    with psycopg.connect(server.dsn("web")) as web:
        begins = local("2026-09-30T16:00")
        assert due_at(web, begins, Deadline("work_days", 2)) == (local("2026-10-02T17:30"), True)
        assert due_at(web, begins, Deadline("urgent_hours", 2)) == (local("2026-09-30T18:00"), False)


def test_the_calendar_is_filled_once_and_reaches_ten_years_ahead(owner: psycopg.Connection) -> None:
    spans = "SELECT sum(hashtextextended(s::text, 0)), min(xmin::text::bigint), count(*) FROM work_spans s"
    before = one(owner, spans)
    assert fill_calendar(owner, NOW) == []
    assert one(owner, spans) == before
    assert calendar_year(owner, 2036).published is False
    fill_calendar(owner, NOW + timedelta(days=366))
    assert one(owner, "SELECT max(year) FROM calendar_years") == 2037
    gaps = "SELECT count(*) FROM (SELECT to_at > lead(from_at) OVER (ORDER BY from_at) AS clash FROM work_spans) x WHERE clash"
    assert one(owner, gaps) == 0


def test_a_published_year_stays_published_since_it_first_was(owner: psycopg.Connection) -> None:
    since = one(owner, "SELECT since FROM calendar_years WHERE year = 2026")
    assert load_year(owner, 2026, NOW + timedelta(days=30)) > 25
    assert one(owner, "SELECT since FROM calendar_years WHERE year = 2026") == since == NOW
    year = calendar_year(owner, 2026)
    assert year.published
    assert year.workdays == 248
    assert {day.source for day in year.days} == {"national"}


def test_only_days_of_years_that_are_not_published_are_provisional(owner: psycopg.Connection) -> None:
    provisional = "SELECT is_provisional(%s, %s)"
    for at, deadline, expected in (
        ("2026-12-31T17:30", {"work_days": 1}, False),
        ("2027-01-01T00:00", {"work_days": 1}, True),
        ("2027-01-01T00:00", {"work_hours": 1}, True),
        ("2027-01-01T00:00", {"urgent_hours": 1}, False),
        ("2027-01-01T00:00", {"days": 1}, False),
        ("2099-01-01T00:00", {"work_days": 1}, True),
    ):
        assert one(owner, provisional, local(at), Jsonb(deadline)) is expected, at
    assert one(owner, "SELECT is_provisional(%s)", local("2027-01-04T09:00")) is True


def test_a_city_has_days_of_its_own(owner: psycopg.Connection) -> None:
    begins, three = local("2026-11-18T09:00"), Deadline("work_days", 2)
    override_day(owner, date(2026, 11, 19), "holiday", "本地庙会")
    override_day(owner, date(2026, 11, 21), "workday", "补班")
    assert due_at(owner, begins, three) == (local("2026-11-21T17:30"), False)
    assert [(d.name, d.source) for d in calendar_year(owner, 2026).days if d.day.month == 11] == [
        ("本地庙会", "local"),
        ("补班", "local"),
    ]
    # The country's day stays beside the city's and counts again when that is taken back.
    override_day(owner, date(2026, 10, 1), "workday", "")
    assert due_at(owner, local("2026-09-30T09:00"), Deadline("work_days", 1))[0] == local("2026-10-01T17:30")
    for day in (date(2026, 11, 19), date(2026, 11, 21), date(2026, 10, 1)):
        override_day(owner, day, None, "")
    assert due_at(owner, begins, three)[0] == local("2026-11-20T17:30")
    assert due_at(owner, local("2026-09-30T09:00"), Deadline("work_days", 1))[0] == local("2026-10-08T17:30")
    with pytest.raises(DayOutsideCalendarError):
        override_day(owner, date(2199, 1, 1), "holiday", "")


def test_office_hours_are_dated(owner: psycopg.Connection) -> None:
    set_office_hours(owner, date(2026, 6, 1), [(time(8, 30), time(12)), (time(14, 30), time(18))])
    set_office_hours(owner, date(2026, 10, 1), [(time(9), time(17))])
    hours, days = Deadline("work_hours", 4), Deadline("work_days", 1)
    assert due_at(owner, local("2026-05-28T08:30"), hours)[0] == local("2026-05-28T14:30")
    assert due_at(owner, local("2026-07-01T08:30"), hours)[0] == local("2026-07-01T15:00")
    assert due_at(owner, local("2026-05-29T08:30"), days)[0] == local("2026-06-01T18:00")
    assert due_at(owner, local("2026-11-18T08:30"), hours)[0] == local("2026-11-18T13:00")
