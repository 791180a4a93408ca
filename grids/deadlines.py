"""How a deadline is written: so much of one kind of duration, for a stage of a case; and when one has passed.

Owns the words.  What they come to is computed by ``due_after`` in ``gis/migrations/sql/0007_clock.sql``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar, Final

from gis.errors import GridwardenError

DURATIONS: Final = ("urgent_hours", "work_hours", "work_days", "days", "hours")
"""紧急工作时, 工作时, 工作日, 自然日; ``hours`` is what ``urgent_hours`` was called before."""

STAGES: Final = ("accept", "dispatch", "solve", "recheck")
URGENCIES: Final = ("normal", "urgent", "emergency")
"""From the least urgent to the most."""


class BadDeadlineError(GridwardenError):
    """No kind of duration, or no sensible number of it."""

    code: ClassVar[str] = "bad_deadline"


@dataclass(frozen=True, slots=True)
class Deadline:
    """So much of one kind of duration, as a category promises it for a stage.

    Examples
    --------
    >>> Deadline.parse("work_days=3").stored
    {'work_days': 3}
    >>> Deadline.parse("work_hours=0.5").stored
    {'work_hours': 0.5}
    """

    kind: str
    count: float

    def __post_init__(self) -> None:
        """Refuse what the database would refuse: hours below a minute, broken days.

        Raises
        ------
        BadDeadlineError
            ``bad_deadline``
        """
        days = self.kind in ("work_days", "days")
        sensible = 1 <= self.count <= 1000 and self.count == int(self.count) if days else 1 / 60 <= self.count <= 10_000
        if self.kind not in DURATIONS or not sensible:
            message = (
                f"{self.kind}={self.count:g} is no deadline: urgent_hours or work_hours from a minute to 10,000, "
                "work_days or days from 1 to 1,000 without a fraction."
            )
            raise BadDeadlineError(message, params={"kind": self.kind, "count": self.count})

    @property
    def stored(self) -> dict[str, float]:
        """As ``categories.deadlines`` holds it for a stage."""
        return {self.kind: int(self.count) if self.count == int(self.count) else self.count}

    @classmethod
    def parse(cls, text: str) -> Deadline:
        """Read ``kind=number``.

        Raises
        ------
        BadDeadlineError
            ``bad_deadline``
        """
        kind, _, number = text.partition("=")
        if not re.fullmatch(r"\d{1,6}(\.\d+)?", number):
            message = f"{text} is no deadline: write it as work_hours=4, work_days=3, urgent_hours=2 or days=5."
            raise BadDeadlineError(message, params={"text": text})
        return cls(kind, float(number))


def read_promise(text: str) -> tuple[str | None, str, Deadline | None]:
    """Read for which urgency and stage a deadline is promised: ``solve:work_days=3`` or ``emergency.solve:days=2``.

    Answers the urgency (None: that of the category itself), the stage, and the deadline (None: there is none any more).

    Raises
    ------
    BadDeadlineError
        ``bad_deadline``

    Examples
    --------
    >>> read_promise("solve:work_days=3")
    (None, 'solve', Deadline(kind='work_days', count=3.0))
    >>> read_promise("emergency.accept:")
    ('emergency', 'accept', None)
    """
    where, colon, told = text.partition(":")
    *urgency, stage = where.split(".")
    if not colon or stage not in STAGES or urgency not in ([], *([one] for one in URGENCIES)):
        message = (
            f"{text} names no stage and deadline: write it as solve:work_days=3, or for an urgency emergency.solve:"
            f"urgent_hours=2. Stages: {', '.join(STAGES)}; urgencies: {', '.join(URGENCIES)}."
        )
        raise BadDeadlineError(message, params={"text": text})
    return (urgency[0] if urgency else None), stage, Deadline.parse(told) if told else None


def past_due(due_at: datetime, paused_at: datetime | None, now: datetime) -> bool:
    """Whether the deadline of an open case has passed: the one definition, as ``past_due`` in the database has it.

    A pause stops the clock.  A date that had passed by then has passed, so that pausing hides nothing that was late;
    one that lay ahead has not, however long the pause lasts.  What was not solved by the date that was promised stays
    unsolved in every figure all the same, paused or not (``maps.layers``).

    Parameters
    ----------
    due_at : datetime
        The deadline.
    paused_at : datetime or None
        Since when the case is paused.
    now : datetime
        Aware; the deadline itself is not past.

    Examples
    --------
    >>> monday, tuesday, friday = (datetime(2026, 11, day) for day in (2, 3, 6))
    >>> past_due(tuesday, None, friday), past_due(tuesday, monday, friday), past_due(monday, tuesday, friday)
    (True, False, True)
    """
    return due_at < (paused_at or now)
