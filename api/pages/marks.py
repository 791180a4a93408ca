"""The mark of a case: which shape, colour and word a page gives it.  What is unsolved beats all else.

Pure; reads a case and a moment, decides nothing about the case.
"""

from datetime import datetime, timedelta
from typing import Final, Literal, Protocol

Mark = Literal[
    "new",
    "progress",
    "due",
    "overdue",
    "paused",
    "claimed",
    "confirmed",
    "unconfirmed",
    "declined",
    "will_not_do",
    "merged",
]
MARKS: Final[tuple[Mark, ...]] = (
    "overdue",
    "due",
    "new",
    "progress",
    "paused",
    "claimed",
    "unconfirmed",
    "confirmed",
    "declined",
    "will_not_do",
    "merged",
)
_SOON: Final = timedelta(hours=24)
# Days from which a pin grows: young, settled, old.
AGES: Final = (3, 14)
# States that say all by themselves, whatever else is known.
_PLAIN: Final[dict[str, Mark]] = {
    "declined": "declined",
    "will_not_do": "will_not_do",
    "merged": "merged",
    "paused": "paused",
}


class Marked(Protocol):
    """What of a case decides its mark."""

    @property
    def state(self) -> str:
        """The state."""

    @property
    def confirmed(self) -> bool | None:
        """Whether its solution was confirmed."""

    @property
    def received_at(self) -> datetime:
        """When its first report came."""

    @property
    def due_at(self) -> datetime:
        """Its deadline."""

    @property
    def closed_at(self) -> datetime | None:
        """When it ended."""


def mark_of(case: Marked, now: datetime) -> Mark:
    """Answer the mark of a case at a moment."""
    if case.closed_at is None:
        return _open_mark(case, now)
    return closed_mark(case.state, case.confirmed)


def _open_mark(case: Marked, now: datetime) -> Mark:
    # The clock of a paused case stands: it cannot become overdue meanwhile.
    if case.state == "paused":
        return "paused"
    if case.due_at < now:
        return "overdue"
    if case.state == "claimed_solved":
        return "claimed"
    if case.due_at - now <= _SOON:
        return "due"
    return "new" if case.state == "received" else "progress"


def closed_mark(state: str, confirmed: bool | None) -> Mark:
    """Answer the mark of a case that has ended.

    Examples
    --------
    >>> closed_mark("closed", False), closed_mark("merged", None)
    ('unconfirmed', 'merged')
    """
    return _PLAIN.get(state) or ("confirmed" if confirmed else "unconfirmed")


def state_mark(state: str, confirmed: bool | None) -> Mark:
    """Answer the mark of a state alone, where the public may not know the deadline.

    Examples
    --------
    >>> state_mark("will_not_do", None), state_mark("dispatched", None)
    ('will_not_do', 'progress')
    """
    if state == "closed" or state in _PLAIN:
        return closed_mark(state, confirmed)
    if state == "received":
        return "new"
    return "claimed" if state == "claimed_solved" else "progress"


def age_of(case: Marked, now: datetime) -> int:
    """Answer how old a case is: 0 young, 1 settled, 2 old."""
    days = (now - case.received_at) / timedelta(days=1)
    return sum(days >= limit for limit in AGES)
