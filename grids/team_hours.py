"""When a helper team is on duty: its hours of the week, in Asia/Shanghai.

Pure.  No hours at all mean day and night.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

SHANGHAI: Final = ZoneInfo("Asia/Shanghai")
WEEKDAYS: Final = tuple(range(1, 8))
"""Monday is 1."""


@dataclass(frozen=True, slots=True)
class Hours:
    """From when to when on a day of the week; ``begins`` and ``ends`` as ``HH:MM``, ``24:00`` is midnight."""

    weekday: int
    begins: str
    ends: str

    @property
    def written(self) -> dict[str, Any]:
        """As the database and the API write it."""
        return {"weekday": self.weekday, "from": self.begins, "to": self.ends}


def hours_of(written: Iterable[Mapping[str, Any]]) -> tuple[Hours, ...]:
    """Answer hours as they are written, in the order of the week."""
    return tuple(
        sorted((Hours(h["weekday"], h["from"], h["to"]) for h in written), key=lambda h: (h.weekday, h.begins))
    )


def on_duty(hours: Sequence[Hours], at: datetime) -> bool:
    """Whether a team is on duty at an instant; the last minute is not of its hours.

    Examples
    --------
    >>> friday = datetime(2026, 11, 20, 1, 0, tzinfo=ZoneInfo("UTC"))  # 09:00 there
    >>> [on_duty(hours, friday) for hours in ((Hours(5, "08:00", "09:00"),), (Hours(5, "09:00", "18:00"),), ())]
    [False, True, True]
    """
    here = at.astimezone(SHANGHAI)
    return not hours or any(
        _begins(h, here.date()) <= here < _ends(h, here.date()) for h in hours if h.weekday == here.isoweekday()
    )


def next_duty(hours: Sequence[Hours], at: datetime) -> datetime:
    """Answer when a team is on duty next: the instant itself where it is.

    Examples
    --------
    >>> friday = datetime(2026, 11, 20, 1, 0, tzinfo=ZoneInfo("UTC"))
    >>> next_duty((Hours(5, "08:00", "09:00"),), friday).isoformat()
    '2026-11-27T08:00:00+08:00'
    """
    here = at.astimezone(SHANGHAI)
    if on_duty(hours, at):
        return here
    days = (here.date() + timedelta(days=n) for n in range(8))
    return min(
        begins for day in days for h in hours if h.weekday == day.isoweekday() and (begins := _begins(h, day)) > here
    )


def alike(hours: Sequence[Hours]) -> list[tuple[int, int, str, str]]:
    """Answer hours as runs of days that are alike: the first and the last day, from when and to when.

    Examples
    --------
    >>> alike([Hours(1, "08:00", "12:00"), Hours(2, "08:00", "12:00"), Hours(4, "08:00", "12:00")])
    [(1, 2, '08:00', '12:00'), (4, 4, '08:00', '12:00')]
    """
    runs: list[tuple[int, int, str, str]] = []
    for each in sorted(hours, key=lambda h: (h.begins, h.ends, h.weekday)):
        if runs and runs[-1][1:] == (each.weekday - 1, each.begins, each.ends):
            runs[-1] = (runs[-1][0], each.weekday, each.begins, each.ends)
        else:
            runs.append((each.weekday, each.weekday, each.begins, each.ends))
    return sorted(runs)


def _begins(hours: Hours, day: date) -> datetime:
    return datetime.combine(day, time.fromisoformat(hours.begins), SHANGHAI)


def _ends(hours: Hours, day: date) -> datetime:
    if hours.ends == "24:00":
        return datetime.combine(day + timedelta(days=1), time(), SHANGHAI)
    return datetime.combine(day, time.fromisoformat(hours.ends), SHANGHAI)
