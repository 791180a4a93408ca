"""What stands and what was said near a case: sites in force, and every report at the spot.

Reads only.  Row-level security keeps position indexes from the planner, so what looks for neighbouring reports are
functions of the database that apply the actor's rights themselves (``0004_live.sql``).  All metres are geodesic.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

# What stands this near may matter to a case; words this near are about one spot.
NEARBY_M: Final = 300.0
SPOT_M: Final = 50.0


@dataclass(frozen=True, slots=True)
class SiteNear:
    """A site beside a case.

    ``lon, lat`` is where its name goes, ``shape`` its GeoJSON geometry as far as it is near (both EPSG:4326);
    ``distance_m`` is 0 within it.
    """

    code: str
    kind: str
    name: str
    distance_m: float
    lon: float
    lat: float
    shape: dict[str, Any]


@dataclass(frozen=True, slots=True)
class SpotReport:
    """A report at the spot of a case, with what became of it.

    ``nth`` counts those whose cases are of the same family of categories, the first one is 1; None for others.
    ``lon, lat`` and ``distance_m`` are None for one of the case's own that came without a pin.
    """

    report_id: int
    case_id: int
    category_code: str
    state: str
    confirmed: bool | None
    received_at: datetime
    due_at: datetime
    closed_at: datetime | None
    area_code: str | None
    lon: float | None
    lat: float | None
    distance_m: float | None
    nth: int | None


_SITES = text("""
    WITH pin AS (
        SELECT p.point, box_around(p.point, :metres) AS box
        FROM (SELECT ST_SetSRID(ST_MakePoint(:lon, :lat), 4326) AS point) p
    ),
    near AS (
        SELECT s.code, s.kind, s.name, metres_between(pin.point, s.geom) AS distance_m, pin.point,
               ST_Intersection(s.geom, pin.box) AS part
        FROM pin JOIN sites s ON s.geom && pin.box WHERE s.during @> CAST(:at AS timestamptz)
    ),
    named AS (
        SELECT *, CASE WHEN ST_Dimension(part) = 1 THEN ST_ClosestPoint(part, point)
                       ELSE ST_PointOnSurface(part) END AS label
        FROM near WHERE distance_m <= :metres
    )
    SELECT code, kind, name, distance_m, ST_X(label), ST_Y(label), ST_AsGeoJSON(part, 6)
    FROM named ORDER BY distance_m, code LIMIT :limit
""")


async def sites_near(
    connection: AsyncConnection, lon: float, lat: float, at: datetime, limit: int = 8
) -> list[SiteNear]:
    """Answer the sites in force within ``NEARBY_M`` of a point, the nearest first.

    Parameters
    ----------
    connection : AsyncConnection
        As the web role.
    lon, lat : float
        EPSG:4326 degrees.
    at : datetime
        Aware; sites in force at this instant.
    limit : int
        At most so many.
    """
    asked = {"lon": lon, "lat": lat, "metres": NEARBY_M, "at": at, "limit": limit}
    return [_site(*row) for row in await connection.execute(_SITES, asked)]


def _site(code: str, kind: str, name: str, distance_m: float, lon: float, lat: float, shape: str) -> SiteNear:
    return SiteNear(code, kind, name, distance_m, lon, lat, json.loads(shape))


async def reports_at_spot(connection: AsyncConnection, case_id: int, at: datetime, limit: int = 20) -> list[SpotReport]:
    """Answer a case's own reports and every other one within ``SPOT_M`` of its pin, the newest first.

    Of whatever case, open or not, as long as the actor may see it.  Empty for a case without a pin, and for one that
    the actor may not see.
    """
    found = await connection.execute(
        text("SELECT * FROM reports_at_spot(:case, :metres, :at, :limit)"),
        {"case": case_id, "metres": SPOT_M, "at": at, "limit": limit},
    )
    return [SpotReport(*row) for row in found]


async def told_at_spot(connection: AsyncConnection, case_ids: Iterable[int], at: datetime) -> dict[int, int]:
    """Answer the how-manieth word about its spot each case is, by its id.

    Counts the case's own reports and those of other cases of its family of categories within ``SPOT_M`` of its pin, up
    to its own last one.  A case about whose spot no other case spoke before is left out.
    """
    found = await connection.execute(
        text("SELECT case_id, nth FROM told_at_spot(:cases, :metres, :at)"),
        {"cases": list(case_ids), "metres": SPOT_M, "at": at},
    )
    return {row.case_id: row.nth for row in found}
