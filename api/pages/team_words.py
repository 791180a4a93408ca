"""Helper teams in words: their hours, and whether they are on duty or from when.  Pure."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from api.moments import Moments
from grids.language import Words
from grids.team_hours import Hours, alike, next_duty, on_duty
from grids.teams import Skill


def hours_words(hours: Sequence[Hours], words: Words) -> str:
    """Answer when a team is on duty in the week.

    Examples
    --------
    >>> hours_words([Hours(d, "08:00", "18:00") for d in range(1, 6)], Words("zh", ("grids", "api")))
    '周一至周五 08:00–18:00'
    """
    if not hours:
        return words("teams-always")
    runs = (
        words(
            "teams-run",
            many="yes" if last > first else "no",
            first=_day(first, words),
            last=_day(last, words),
            begins=begins,
            ends=ends,
        )
        for first, last, begins, ends in alike(hours)
    )
    return words("list-separator").join(runs)


def duty_words(hours: Sequence[Hours], now: datetime, words: Words) -> str:
    """Answer whether a team is on duty, and if not, from when."""
    if on_duty(hours, now):
        return words("teams-on-duty")
    return words("teams-off-duty", when=Moments(words, now).exact(next_duty(hours, now)))


def skill_words(codes: Sequence[str], known: Mapping[str, Skill], words: Words) -> str:
    """Answer what a team can do; a skill that is listed no more by its code."""
    return words("list-separator").join(known[c].name(words.lang) if c in known else c for c in codes)


def _day(weekday: int, words: Words) -> str:
    return words("teams-weekday", day=weekday)
