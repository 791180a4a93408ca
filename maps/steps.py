"""Whole months or weeks of a span, each cut at midnight Asia/Shanghai: the steps of a map that looks back.

Owns which steps a span has.  Counts nothing.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Final
from zoneinfo import ZoneInfo

from maps.questions import LayerError, Period

MOST_STEPS: Final = 120
_USUAL: Final = 24
_LOCAL: Final = ZoneInfo("Asia/Shanghai")


class Step(StrEnum):
    """How long a step is."""

    MONTH = "month"
    WEEK = "week"


class TooManyStepsError(LayerError):
    """More steps than are told of at once."""

    code = "too_many_steps"
    field = "from"


@dataclass(frozen=True, slots=True)
class Steps:
    """Steps that follow each other, all of them over.

    Parameters
    ----------
    step : Step
        How long each is.
    first_days : tuple of date
        First day of each, the oldest first, and the day after the last.
    """

    step: Step
    first_days: tuple[date, ...]

    @property
    def many(self) -> int:
        """How many steps there are."""
        return len(self.first_days) - 1

    @property
    def period(self) -> Period:
        """All of them together; without a step a period that no report was received in."""
        first, last = self.first_days[0], self.first_days[-1]
        return Period(first, last if last > first else first + timedelta(days=1))

    @property
    def instants(self) -> list[datetime]:
        """First instant of each step, and the first after the last."""
        return [datetime(day.year, day.month, day.day, tzinfo=_LOCAL) for day in self.first_days]


def whole_steps(step: Step, period: Period, at: datetime) -> Steps:
    """Answer the whole steps of a period that are over at an instant; of one without a beginning, the last 24.

    Raises
    ------
    TooManyStepsError
        ``too_many_steps``: more than 120.

    Examples
    --------
    >>> from datetime import UTC
    >>> at = datetime(2026, 10, 31, 17, tzinfo=UTC)
    >>> [day.isoformat() for day in whole_steps(Step.MONTH, Period(date(2026, 8, 2)), at).first_days]
    ['2026-09-01', '2026-10-01', '2026-11-01']
    >>> whole_steps(Step.WEEK, Period(), at).many
    24
    """
    today = at.astimezone(_LOCAL).date()
    end = _begun(step, min(period.until or today, today))
    if period.since is None:
        since = _moved(step, end, -_USUAL)
    else:
        begun = _begun(step, period.since)
        since = begun if begun == period.since else _moved(step, begun, 1)
    days = [since]
    while days[-1] < end:
        if len(days) > MOST_STEPS:
            raise TooManyStepsError(f"At most {MOST_STEPS} months or weeks are told of at once; begin later.")
        days.append(_moved(step, days[-1], 1))
    return Steps(step, tuple(days))


def _begun(step: Step, day: date) -> date:
    return day.replace(day=1) if step is Step.MONTH else day - timedelta(days=day.weekday())


def _moved(step: Step, first: date, by: int) -> date:
    if step is Step.WEEK:
        return first + timedelta(weeks=by)
    year, month = divmod(first.year * 12 + first.month - 1 + by, 12)
    return date(year, month + 1, 1)
