"""Places that are worth a mark on a map: they keep coming back, are unsolved for long, or lie across borders.

Reads only.  Who sees which place, and whether exactly or rounded, ``place_marks`` in the database decides; whether one
keeps coming back, the signs of ``grids.watch_list`` alone.
"""

from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from typing import Final, Literal

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from grids.areas import edition_at
from grids.watch_list import AROUND_M, LATELY, LOOKED_AT, Counts, signs_of

UNSOLVED_FOR: Final = timedelta(days=30)
MARKS_SHOWN: Final = 500

PlaceMark = Literal["recurring", "unsolved", "straddling"]


@dataclass(frozen=True, slots=True)
class MarkedPlace:
    """A place that carries marks.

    Attributes
    ----------
    place_id : int
        Of the report that is its anchor.
    lon, lat : float
        EPSG:4326, of its anchor; in steps of a thousandth of a degree (some 100 m) unless ``may_open``.
    may_open : bool
        The reader sees one of its cases, and so the place; else he plans, and gets figures alone.
    told, reports : int
        Reports in all, and of the last half year, as the watch list counts them.
    days_unsolved : int or None
        Whole days since there is something of which nobody confirmed that it was solved; None: there is nothing.
    areas : tuple of str
        Codes of the areas in which its reports lie.
    lowest_areas : int
        How many of these are of the lowest level of the edition in force.
    marks : tuple of PlaceMark
        ``recurring``: on the watch list; ``unsolved``: for ``UNSOLVED_FOR`` or longer; ``straddling``: in two areas of
        the lowest level or more.
    """

    place_id: int
    family: str
    lon: float
    lat: float
    may_open: bool
    told: int
    reports: int
    days_unsolved: int | None
    areas: tuple[str, ...]
    lowest_areas: int
    marks: tuple[PlaceMark, ...]


_COUNTS: Final = tuple(field.name for field in fields(Counts))
_MARKS = text("SELECT * FROM place_marks(:at, :since, :area, :lowest, :before, :around, :looked)")


async def marked_places(connection: AsyncConnection, now: datetime, area: str | None = None) -> list[MarkedPlace]:
    """Answer the places of the reader's areas that carry a mark, at most ``MARKS_SHOWN``.

    Looked at are places of two reports or more that were spoken of in the last half year or have an open case.  Those
    with the most marks come first, then those that are unsolved for the longest, then the fullest.

    Parameters
    ----------
    connection : AsyncConnection
        Of a visit: the database knows the actor.  Of the public it answers none.
    now : datetime
        Aware.
    area : str or None
        Of one area and all below it alone.
    """
    edition = await edition_at(connection, now)
    asked = {
        "at": now,
        "since": now - LATELY,
        "area": area,
        "lowest": edition.levels[-1] if edition else None,
        "before": now - UNSOLVED_FOR,
        "around": AROUND_M,
        "looked": LOOKED_AT,
    }
    found = []
    for row in (await connection.execute(_MARKS, asked)).mappings():
        since: datetime | None = row["unsolved_since"]
        carried: dict[PlaceMark, bool] = {
            "recurring": bool(signs_of(Counts(**{name: row[name] for name in _COUNTS}))),
            "unsolved": since is not None and now - since >= UNSOLVED_FOR,
            "straddling": row["lowest"] >= 2,
        }
        marks = tuple(mark for mark, carries in carried.items() if carries)
        if marks:
            found.append(
                MarkedPlace(
                    place_id=row["place_id"],
                    family=row["family"],
                    lon=row["lon"],
                    lat=row["lat"],
                    may_open=row["may_open"],
                    told=row["told"],
                    reports=row["reports"],
                    days_unsolved=None if since is None else (now - since).days,
                    areas=tuple(row["areas"] or ()),
                    lowest_areas=row["lowest"],
                    marks=marks,
                )
            )
    found.sort(key=lambda one: (-len(one.marks), -(one.days_unsolved or 0), -one.told, one.place_id))
    return found[:MARKS_SHOWN]
