"""Who answers for a point or an area at an instant.  The SQL function ``locate`` decides; this room asks it.

Edge rule: an edge counts as inside; on a shared edge the lowest code answers and the others are named in ``also``.
"""

import json
from datetime import datetime

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from gis.position import Position
from grids.answers import Answer, answer_of

_BY_POINT = text("SELECT locate(:lon, :lat, :accuracy_m, :at)::text")
_BY_CODE = text("SELECT locate_area(:code, :at)::text")
_PAST_GRID = text("""
    SELECT past_grid(CASE WHEN CAST(:code AS text) IS NULL THEN locate(:lon, :lat, :accuracy_m, :at)
                          ELSE locate_area(:code, :at) END, :level, :channel, :at)::text
""")


async def locate(connection: AsyncConnection, position: Position, at: datetime, *, names: bool = True) -> Answer:
    """Answer which area a position lies in and who is responsible there.

    Parameters
    ----------
    connection : AsyncConnection
        As the web role; what names it may see follows from its actor.
    position : Position
        In any datum; matched in EPSG:4326.
    at : datetime
        Aware; the edition and the postings of that instant answer.
    names : bool
        False hides all names (a past day asked by somebody who is not staff).

    Returns
    -------
    Answer
        Always; a point that nobody answers for is the outcome ``outside``.
    """
    lon, lat = position.wgs84
    values = {"lon": lon, "lat": lat, "accuracy_m": position.accuracy_m, "at": at}
    return answer_of(json.loads((await connection.execute(_BY_POINT, values)).scalar_one()), names=names)


async def locate_area(connection: AsyncConnection, code: str, at: datetime, *, names: bool = True) -> Answer | None:
    """Answer who is responsible for an area that somebody named by its code; None if no such area existed then."""
    found = (await connection.execute(_BY_CODE, {"code": code, "at": at})).scalar_one()
    return answer_of(json.loads(found), names=names) if found else None


async def locate_past_grid(
    connection: AsyncConnection, where: Position | str, at: datetime, *, channel: str, level: str | None
) -> Answer | None:
    """Answer who gets a letter or what a visitor says: the desk of a level over a position or a named area.

    Parameters
    ----------
    connection : AsyncConnection
        As the web role.
    where : Position or str
        The pin, or an area by its code.
    at : datetime
        Aware.
    channel : {"letterbox", "visit"}
        Through which door.
    level : str or None
        Of the desk; None: the township's.

    Returns
    -------
    Answer or None
        None if no such area existed then.
    """
    pin = where if isinstance(where, Position) else None
    lon, lat = pin.wgs84 if pin else (None, None)
    values = {
        "code": None if pin else where,
        "lon": lon,
        "lat": lat,
        "accuracy_m": pin.accuracy_m if pin else None,
        "level": level,
        "channel": channel,
        "at": at,
    }
    found = (await connection.execute(_PAST_GRID, values)).scalar_one()
    return answer_of(json.loads(found), names=True) if found else None
