"""What common causes are told from: the reports received, by family, area and period, as the database has them.

Reads only (``received_by_area`` in ``0044_causes.sql``); what the counts say is decided by ``grids.common_causes``.
What is compared must have been counted alike all the time:

- A report counts where it was received for, in the areas as the edition in force draws them, with or without a pin; one
  that is for an area above the level counts nowhere, and how many these are is told.
- A category counts in the family in which it is now, also for its past.  One that is younger than the reports that are
  looked at is left out and named: a rise that is a new word for old things is none.
- What patrols found, and what staff sent by app or WeChat, is counted apart everywhere, and not here.
- Private categories count: these are numbers for those who see all areas, never for the public.  Reports about
  officials do not: they are for nobody but whom they go to.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any, Final

import numpy as np
import psycopg

from grids.clock import ZONE
from grids.common_causes import Counts

DAYS_LEAST: Final = 7
DAYS_MOST: Final = 30
"""A period of fewer days is another one at the weekend; of longer ones a year has too few (``PERIODS_LEAST``)."""
_YEAR_DAYS: Final = 365

READ: Final = "SELECT received_by_area(%(level)s, %(days)s, %(since)s, %(until)s, %(now)s)"
"""Answers what ``received_of`` takes; the parameters ``asked`` answers."""


@dataclass(frozen=True, eq=False)
class Received:
    """Counts of reports, and what they are of.

    Attributes
    ----------
    counts : Counts
        By family and code of the area, all areas of the level and all families with a category that counts.
    level : str
        Of the areas.
    names : mapping of str to str
        What the areas are called, by code.
    days : int
        So many a period has.
    since, until : datetime
        The period that is judged, [since, until), midnights of Asia/Shanghai; those of the past lie before it.
    unplaced : int
        Reports of that period that are for no area of the level.
    young : tuple of str
        Codes of categories that were left out, because they are younger than what they would be compared with.
    """

    counts: Counts
    level: str
    names: Mapping[str, str]
    days: int
    since: datetime
    until: datetime
    unplaced: int
    young: tuple[str, ...]


def received_by_area(connection: psycopg.Connection[Any], level: str, days: int, now: datetime) -> Received | None:
    """Answer what was received in the last whole days, and in as many periods of them before as a year has.

    Parameters
    ----------
    connection : psycopg.Connection
        As the owner of the tables or the worker.
    level, days, now
        See ``asked``.

    Returns
    -------
    Received or None
        None: no edition is in force, or it has no area of this level.
    """
    values = asked(level, days, now)
    row = connection.execute(READ, values).fetchone()
    return received_of(row[0] if row else {}, values)


def asked(level: str, days: int, now: datetime) -> dict[str, Any]:
    """Answer what the database is asked with.

    Parameters
    ----------
    level : str
        Of the edition in force: county, township, village, grid.
    days : int
        Of a period; 7 to 30.
    now : datetime
        Aware; the day on which it falls in Asia/Shanghai is not over and does not count.

    Raises
    ------
    ValueError
        If a period has too few or too many days.
    """
    if not DAYS_LEAST <= days <= DAYS_MOST:
        raise ValueError(f"a period has {DAYS_LEAST} to {DAYS_MOST} days, not {days}")
    until = datetime.combine(now.astimezone(ZONE).date(), time(), ZONE)
    since = until - timedelta(days=days * (_YEAR_DAYS // days + 1))
    return {"level": level, "days": days, "since": since, "until": until, "now": now}


def received_of(told: Mapping[str, Any], values: Mapping[str, Any]) -> Received | None:
    """Answer the counts of what the database told; None: there is no area of this level.

    Parameters
    ----------
    told, values : mapping
        What ``READ`` answered, and what it was asked with.
    """
    names = dict(told.get("areas") or ())
    if not names:
        return None
    days, until = values["days"], values["until"]
    periods = _YEAR_DAYS // days
    families_of = {code: family for code, family, young in told["categories"] or () if not young}
    families = tuple(sorted(set(families_of.values())))
    counted = np.zeros((len(families), len(names) + 1, periods + 1), dtype=np.int64)
    row_of = {family: n for n, family in enumerate(families)}
    # What is for no area of the level stands behind all of them.
    column_of: dict[str | None, int] = {code: n for n, code in enumerate((*names, None))}
    for category, code, ago, n in told["counts"] or ():
        if category in families_of:
            counted[row_of[families_of[category]], column_of[code], periods - ago] += n
    return Received(
        Counts(families, tuple(names), counted[:, :-1, -1], counted[:, :-1, :-1]),
        values["level"],
        names,
        days,
        until - timedelta(days=days),
        until,
        int(counted[:, -1, -1].sum()),
        tuple(code for code, _, young in told["categories"] or () if young),
    )
