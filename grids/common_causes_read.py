"""What common causes are told from: the reports received, by family, area and period, as the database has them.

Reads only, as the owner of the tables; what the counts say is decided by ``grids.common_causes``.  What is compared
must have been counted alike all the time:

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

_AREAS: Final = """
    SELECT u.key, b.name FROM units u JOIN boundaries b ON b.edition_id = u.edition_id AND b.code = u.key
    WHERE u.edition_id = (edition_at(%(now)s)).id AND u.kind = %(level)s ORDER BY u.n
"""
_CATEGORIES: Final = """
    SELECT DISTINCT ON (c.code) c.code, c.family, c.about_official,
           min(c.since) OVER (PARTITION BY c.code)
               > (SELECT min(r.received_at) FROM reports r WHERE r.received_at >= %(since)s)
    FROM categories c WHERE c.since < %(until)s ORDER BY c.code, c.since DESC
"""
# Counted before it is asked where and in which family: there are some hundred thousand reports a year, and few codes.
_COUNTS: Final = """
    WITH received AS (
        SELECT r.category_code, r.area_code, (%(last_day)s - day_of(r.received_at)) / %(days)s AS ago, count(*) AS n
        FROM reports r
        WHERE r.received_at >= %(since)s AND r.received_at < %(until)s AND r.channel <> 'patrol'
          AND (r.taken_by IS NULL OR r.channel NOT IN ('app', 'wechat'))
        GROUP BY 1, 2, 3
    )
    SELECT k.family, u.key, r.ago, sum(r.n)::bigint
    FROM received r JOIN unnest(%(codes)s::text[], %(families)s::text[]) k (code, family) ON k.code = r.category_code
    LEFT JOIN lineage l ON l.edition_id = (edition_at(%(now)s)).id AND l.kind = %(level)s AND l.code = r.area_code
    LEFT JOIN units u ON u.edition_id = l.edition_id AND u.kind = l.kind AND u.n = l.n
    GROUP BY 1, 2, 3
"""


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
        As the owner of the tables.
    level : str
        Of the edition in force: county, township, village, grid.
    days : int
        Of a period; 7 to 30.
    now : datetime
        Aware; the day on which it falls in Asia/Shanghai is not over and does not count.

    Returns
    -------
    Received or None
        None: no edition is in force, or it has no area of this level.

    Raises
    ------
    ValueError
        If a period has too few or too many days.
    """
    if not DAYS_LEAST <= days <= DAYS_MOST:
        raise ValueError(f"a period has {DAYS_LEAST} to {DAYS_MOST} days, not {days}")
    periods = _YEAR_DAYS // days
    until = datetime.combine(now.astimezone(ZONE).date(), time(), ZONE)
    asked = {
        "now": now,
        "level": level,
        "days": days,
        "last_day": until.date() - timedelta(days=1),
        "since": until - timedelta(days=days * (periods + 1)),
        "until": until,
    }
    names = dict(connection.execute(_AREAS, asked).fetchall())
    if not names:
        return None
    kinds = [kind for kind in connection.execute(_CATEGORIES, asked).fetchall() if not kind[2]]
    families_of = {code: family for code, family, _, young in kinds if not young}
    families = tuple(sorted(set(families_of.values())))
    asked |= {"codes": list(families_of), "families": list(families_of.values())}
    counted = np.zeros((len(families), len(names) + 1, periods + 1), dtype=np.int64)
    row_of = {family: n for n, family in enumerate(families)}
    # What is for no area of the level stands behind all of them.
    column_of: dict[str | None, int] = {code: n for n, code in enumerate((*names, None))}
    for family, code, ago, n in connection.execute(_COUNTS, asked).fetchall():
        counted[row_of[family], column_of[code], periods - ago] = n
    return Received(
        Counts(families, tuple(names), counted[:, :-1, -1], counted[:, :-1, :-1]),
        level,
        names,
        days,
        until - timedelta(days=days),
        until,
        int(counted[:, -1, -1].sum()),
        tuple(code for code, _, _, young in kinds if young),
    )
