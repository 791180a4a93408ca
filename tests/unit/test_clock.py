"""Deadlines and office hours as they are written, and the country's calendar as the library tells it."""

from datetime import date, time, timedelta

import pytest
from chinese_calendar import is_workday  # type: ignore[import-untyped]

from grids.clock import BadOfficeHoursError, YearUnpublishedError, national_days, read_office_hours
from grids.deadlines import DURATIONS, STAGES, URGENCIES, BadDeadlineError, Deadline
from grids.sample.categories import CATEGORIES


def test_a_deadline_is_one_kind_of_duration() -> None:
    assert Deadline.parse("urgent_hours=2").stored == {"urgent_hours": 2}
    assert Deadline.parse("work_hours=1.5").stored == {"work_hours": 1.5}
    assert Deadline.parse("days=1000").stored == {"days": 1000}


@pytest.mark.parametrize(
    "text",
    [*("work_days=1.5", "work_days=0", "days=1001", "work_hours=0", "work_hours=0.01", "urgent_hours=10001"),
     *("weeks=2", "work_hours", "work_hours=", "work_hours=-4", "work_hours=four", "work_hours=1e3", "=4", "")],
)  # fmt: skip
def test_what_is_no_deadline_is_refused(text: str) -> None:
    with pytest.raises(BadDeadlineError):
        Deadline.parse(text)


def test_office_hours_are_read() -> None:
    assert read_office_hours("08:30-12:00, 14:00-17:30") == [
        (time(8, 30), time(12)),
        (time(14), time(17, 30)),
    ]


@pytest.mark.parametrize("text", ["", "08:30", "08:30-12:00-14:00", "8-12", "08:30-25:00", "morning"])
def test_what_are_no_office_hours_is_refused(text: str) -> None:
    with pytest.raises(BadOfficeHoursError):
        read_office_hours(text)


@pytest.mark.parametrize("year", [2019, 2020, 2026])
def test_every_day_of_a_published_year_is_what_the_country_says(year: int) -> None:
    told = {day.day: day.kind for day in national_days(year)}
    day = date(year, 1, 1)
    while day.year == year:
        usual = "workday" if day.isoweekday() < 6 else "holiday"
        assert (told.get(day, usual) == "workday") == is_workday(day), day
        day += timedelta(days=1)


def test_the_spring_festival_of_2026_and_its_make_up_days() -> None:
    # Notice of the General Office of the State Council on the holidays of 2026: 15 to 23 February off, 14 and 28 worked.
    days = {day.day: day for day in national_days(2026)}
    assert all(days[date(2026, 2, n)].kind == "holiday" for n in range(15, 24))
    assert days[date(2026, 2, 14)].kind == days[date(2026, 2, 28)].kind == "workday"
    assert days[date(2026, 2, 17)].name == "春节"


def test_a_year_that_is_not_published_is_told_so() -> None:
    with pytest.raises(YearUnpublishedError, match="provisional"):
        national_days(2999)


def test_the_sample_promises_all_four_kinds_for_every_stage() -> None:
    for category in CATEGORIES:
        base = {stage: told for stage, told in category.deadlines.items() if stage in STAGES}
        above = [category.deadlines[urgency] for urgency in URGENCIES[URGENCIES.index(category.urgency) + 1 :]]
        assert len(category.deadlines) == len(STAGES) + len(above)
        for promised in (base, *above):
            assert promised.keys() == set(STAGES)
            for deadline in promised.values():
                ((kind, count),) = deadline.items()
                assert Deadline(kind, count).stored == deadline
    assert {c.solve[0] for c in CATEGORIES} | {"work_hours"} == set(DURATIONS) - {"hours"}
