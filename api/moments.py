"""Instants in words, relative and exact, as the page's reader lives them: Asia/Shanghai."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from grids.language import Words

SHANGHAI: Final = ZoneInfo("Asia/Shanghai")
_MINUTE: Final = 60
_HOUR: Final = 60 * _MINUTE
_DAY: Final = 24 * _HOUR


@dataclass(frozen=True, slots=True)
class Moments:
    """Says when something was or will be, seen from ``now``.

    Examples
    --------
    >>> from datetime import UTC
    >>> at = datetime(2026, 11, 20, 1, 12, tzinfo=UTC)
    >>> Moments(Words("zh", ("grids", "api")), datetime(2026, 11, 23, 3, tzinfo=UTC)).both(at)
    '3 天前 · 11月20日 09:12'
    """

    words: Words
    now: datetime

    def exact(self, at: datetime) -> str:
        """Answer day and clock; the year only where it is not this one."""
        here = at.astimezone(SHANGHAI)
        key = "time-exact" if here.year == self.now.astimezone(SHANGHAI).year else "time-exact-year"
        return self.words(key, year=str(here.year), month=here.month, day=here.day, clock=f"{here:%H:%M}")

    def day(self, at: datetime) -> str:
        """Answer the day alone, with its year."""
        here = at.astimezone(SHANGHAI)
        return self.words("time-day", year=str(here.year), month=here.month, day=here.day)

    def weekday(self, at: datetime) -> str:
        """Answer the day of the week."""
        return self.words("time-weekday", n=at.astimezone(SHANGHAI).isoweekday())

    def clock(self, at: datetime) -> str:
        """Answer the clock alone."""
        return f"{at.astimezone(SHANGHAI):%H:%M}"

    def relative(self, at: datetime) -> str:
        """Answer how long ago, or in how long."""
        seconds = (self.now - at).total_seconds()
        side = "ago" if seconds >= 0 else "ahead"
        amount, unit = _amount(abs(seconds))
        return self.words(f"time-{side}-{unit}", n=amount) if unit else self.words("time-now")

    def both(self, at: datetime) -> str:
        """Answer the relative and the exact moment in one line."""
        return self.words("time-both", relative=self.relative(at), exact=self.exact(at))

    def due(self, at: datetime) -> str:
        """Answer a deadline: how long is left, or by how much it is over."""
        seconds = (at - self.now).total_seconds()
        # Three days less a minute are three days to everybody.
        amount, unit = _amount(seconds, rounded=True) if seconds > 0 else _amount(-seconds)
        if not unit:
            return self.words("time-due-now")
        return self.words(f"time-{'left' if seconds > 0 else 'over'}-{unit}", n=amount)

    def iso(self, at: datetime) -> str:
        """Answer the instant for a machine, as the ``datetime`` of a ``<time>``."""
        return at.astimezone(SHANGHAI).isoformat(timespec="seconds")


def _amount(seconds: float, *, rounded: bool = False) -> tuple[int, str]:
    """The largest unit that is at least one: (3, "days"); (0, "") under a minute."""
    for least, size, unit in _UNITS:
        if seconds >= least:
            return (round(seconds / size) if rounded else int(seconds // size)), unit
    return 0, ""


# Two months are still told in days.
_UNITS: Final = (
    (365 * _DAY, 365 * _DAY, "years"),
    (60 * _DAY, 30 * _DAY, "months"),
    (_DAY, _DAY, "days"),
    (_HOUR, _HOUR, "hours"),
    (_MINUTE, _MINUTE, "minutes"),
)
