"""The mark of a case: which shape, colour and word a page gives it.  What is unsolved beats all else.

Pure; reads a case and a moment, decides nothing about the case.
"""

from datetime import datetime, timedelta
from typing import Final, Literal

from grids.cases import CaseRow

Mark = Literal["new", "progress", "due", "overdue", "claimed", "confirmed", "unconfirmed", "declined"]
MARKS: Final[tuple[Mark, ...]] = (
    "overdue",
    "due",
    "new",
    "progress",
    "claimed",
    "unconfirmed",
    "confirmed",
    "declined",
)
_SOON: Final = timedelta(hours=24)
# Days from which a pin grows: young, settled, old.
AGES: Final = (3, 14)


def mark_of(case: CaseRow, now: datetime) -> Mark:
    """Answer the mark of a case at a moment."""
    if case.closed_at is None:
        return _open_mark(case, now)
    return closed_mark(case.state, case.confirmed)


def _open_mark(case: CaseRow, now: datetime) -> Mark:
    if case.overdue(now):
        return "overdue"
    if case.state == "claimed_solved":
        return "claimed"
    if case.due_at - now <= _SOON:
        return "due"
    return "new" if case.state == "received" else "progress"


def closed_mark(state: str, confirmed: bool | None) -> Mark:
    """Answer the mark of a case that is closed or declined."""
    if state == "declined":
        return "declined"
    return "confirmed" if confirmed else "unconfirmed"


def state_mark(state: str, confirmed: bool | None) -> Mark:
    """Answer the mark of a state alone, where the public may not know the deadline."""
    if state in ("closed", "declined"):
        return closed_mark(state, confirmed)
    if state == "received":
        return "new"
    return "claimed" if state == "claimed_solved" else "progress"


def age_of(case: CaseRow, now: datetime) -> int:
    """Answer how old a case is: 0 young, 1 settled, 2 old."""
    days = (now - case.received_at) / timedelta(days=1)
    return sum(days >= limit for limit in AGES)
