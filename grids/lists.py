"""Weekly lists for heads and desks: what is open and unsolved (问题清单), what was done and what is due (履职清单).

Pure: says which week it is and puts the lists into words.  Which cases stand in them decides the database
(``week_lists``).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any, Final

from grids.language import Words
from grids.letters import SHANGHAI, Letter, finished, owner_words, when
from grids.workflow import BY_VERB

LINES: Final = 50
"""Cases that a list names at most; the full numbers stand above it."""

_AT: Final = time(8, tzinfo=SHANGHAI)


def week_at(now: datetime) -> date:
    """Answer the Monday of the week whose lists are the newest at an instant: they come at 08:00 Asia/Shanghai.

    Examples
    --------
    >>> from datetime import UTC
    >>> week_at(datetime(2026, 11, 22, 23, 59, tzinfo=UTC)), week_at(datetime(2026, 11, 23, 0, tzinfo=UTC))
    (datetime.date(2026, 11, 16), datetime.date(2026, 11, 23))
    """
    here = now.astimezone(SHANGHAI)
    monday = here.date() - timedelta(days=here.weekday())
    return monday if here >= begins(monday) else monday - timedelta(days=7)


def begins(week: date) -> datetime:
    """Answer the instant at which a week's lists are made."""
    return datetime.combine(week, _AT)


def write_lists(words: Words, facts: Mapping[str, Any], lists: Mapping[str, Any], week: date, link: str) -> Letter:
    """Answer the letter with both lists.

    Parameters
    ----------
    words : Words
        Of the recipient's language.
    facts : mapping
        ``area`` and ``role`` of the posting, ``desk`` of a desk.
    lists : mapping
        What the database's ``week_lists`` answers.
    week : date
        Its Monday.
    link : str
        Where they are shown.
    """
    owner = owner_words(words, facts["role"], facts["area"], facts["desk"])
    day = week.isoformat()
    done = [
        words("list-done", what=words(f"list-verb-{verb}"), times=times)
        for verb, times in sorted(lists["done"].items())
        if verb in BY_VERB
    ]
    parts = [
        words("list-intro", owner=owner, day=day, link=link),
        words("list-problems", open=lists["open"], overdue=lists["overdue"], unsolved=lists["unsolved"]),
        _lines(words, lists["problems"]),
        words("list-duties"),
        "\n".join(done) or words("list-none-done"),
        words("list-due", due=lists["due"]),
        _lines(words, lists["due_cases"]),
        words("letter-foot-staff"),
    ]
    return finished(words("letter-week-subject", owner=owner, day=day), "\n\n".join(parts), link)


def _lines(words: Words, cases: Sequence[Mapping[str, Any]]) -> str:
    return "\n".join(
        words(
            "list-case-overdue" if case["overdue"] else "list-case",
            case=str(case["case_id"]),
            category=case["category"][words.lang],
            area=case["area"],
            state=words(f"list-state-{case['state']}"),
            due=when(words, case["due_at"]),
        )
        for case in cases
    ) or words("list-empty")
