"""Changes and faults of postings in words, for pages and for the terminal.  Decides nothing."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from grids.language import Words
from grids.posting_rows import Fault
from grids.postings import Change, Followed

SHANGHAI: Final = ZoneInfo("Asia/Shanghai")


def day(at: datetime | None, words: Words) -> str:
    """Answer the day of an instant; open ends are said so.

    Examples
    --------
    >>> from datetime import UTC
    >>> day(datetime(2026, 11, 30, 16, tzinfo=UTC), Words("en")), day(None, Words("en"))
    ('2026-12-01', 'until further notice')
    """
    return f"{at.astimezone(SHANGHAI):%Y-%m-%d}" if at else words("posting-open")


def fault_line(fault: Fault, words: Words) -> str:
    """Answer what is wrong and what to do.

    Examples
    --------
    >>> fault_line(Fault(3, "unknown_role", {"written": "主任"}), Words("zh"))
    '“主任”不是这里的角色；请写网格长、副网格长、网格员、值班台等。'
    """
    told = {name: _said(value, words) for name, value in fault.params.items()}
    other = fault.params.get("other_row")
    told["where"] = words("posting-where-row", row=str(other)) if other else words("posting-where-recorded")
    return words(f"posting-fault-{fault.code}", **told)


def holder(change: Change | Followed, words: Words) -> str:
    """Answer who it is about: area, role, name or desk."""
    said = (change.area, words(f"role-{change.role}"), change.desk, change.name)
    return " · ".join(part for part in said if part)


def _said(value: Any, words: Words) -> str:
    # Open ends and rows that name nobody.
    if value is None:
        return words("posting-open")
    return value.isoformat() if isinstance(value, date) else str(value)
