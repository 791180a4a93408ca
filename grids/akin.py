"""Is it this one? Cases near what somebody reports, or near another case, that may be about the same trouble.

Reads only.  Which cases may be shown to whom, and how near they are, the database decides (``akin``, ``akin_to``), for
this list and for the step ``join`` alike; here they are put in an order.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from grids.reports import writable

CLOSED_LATELY: Final = timedelta(days=180)
_SAME_KIND: Final = 0.5
"""What the very same category is worth, where being at the spot, or the same words, are each worth 1."""
_LOOKED_AT: Final = 30


@dataclass(frozen=True, slots=True)
class AkinCase:
    """A case that may be the same.

    Attributes
    ----------
    joinable : bool
        Whether a report can be put with it: it is worked on, neither paused nor claimed as solved, in the same county,
        and as private as what is reported.
    reports : int
        How often it was reported.
    metres : float or None
        From pin to pin, for those who see the case.
    words : str or None
        Of its first report, where they are the reader's; else what a clerk released of any.
    number : str or None
        Of its first report, for those who see the case.
    photo_id : int or None
        One that a clerk released; to those who see the case, any.
    """

    case_id: int
    category_code: str
    state: str
    confirmed: bool | None
    received_at: datetime
    closed_at: datetime | None
    area_code: str | None
    reports: int
    joinable: bool
    metres: float | None
    photo_id: int | None
    number: str | None
    words: str | None


async def akin_to(
    connection: AsyncConnection,
    category: str,
    where: tuple[float, float] | str,
    words: str,
    now: datetime,
    limit: int = 5,
) -> list[AkinCase]:
    """Answer the cases that may be the same, the likeliest first.

    Of one family of categories; within twice the radius of its places or, where there is no pin, of the same area.
    Likeliest by how near it is, how alike the words are by trigrams of characters (``pg_trgm``), and whether it is
    of the very category.

    Parameters
    ----------
    connection : AsyncConnection
        As the web role; everybody is shown open cases that are nobody's private matter, staff what they see, with what
        was closed within ``CLOSED_LATELY``.
    category : str
        Of the new report; an unknown one has nothing akin, nor has one about an official.
    where : (lon, lat) or str
        EPSG:4326 degrees, or the code of an area.
    words : str
        What is said of it so far; may be empty.
    now : datetime
        Aware.
    limit : int
        At most so many.
    """
    lon, lat, area_code = (None, None, where) if isinstance(where, str) else (*where, None)
    asked = {
        "category": category,
        "lon": lon,
        "lat": lat,
        "area": area_code,
        "words": writable(words) or "",
        "at": now,
        "since": now - CLOSED_LATELY,
        "looked_at": _LOOKED_AT,
        "same_kind": _SAME_KIND,
        "limit": limit,
    }
    return [AkinCase(*row) for row in await connection.execute(_AKIN, asked)]


_AKIN: Final = text("""
    SELECT a.case_id, a.category_code, a.state, a.confirmed, a.received_at, a.closed_at, a.area_code, a.reports,
           a.joinable, a.metres, a.photo_id, f.number, coalesce(w.words, a.released)
    FROM akin_to(:category, :lon, :lat, :area, :at, :since, :looked_at) a
    LEFT JOIN LATERAL (
        SELECT r.id, r.number FROM reports r WHERE r.case_id = a.case_id ORDER BY r.received_at, r.id LIMIT 1) f ON true
    LEFT JOIN report_words w ON w.report_id = f.id
    ORDER BY a.joinable DESC,
             a.near + similarity(coalesce(w.words, a.released, ''), :words)
             + CASE WHEN a.category_code = :category THEN :same_kind ELSE 0 END DESC, a.case_id
    LIMIT :limit
""")
