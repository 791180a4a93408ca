"""``GET /api/locate``: who answers for a point, now or on a past day."""

from typing import Annotated

from fastapi import APIRouter, Query

from api.errors import problems
from api.instants import Instant
from api.routes.schemas import Lat, Located, Lon
from api.visits import Visiting
from gis.position import Position
from grids.access import may_see_names
from grids.locate import locate

router = APIRouter(prefix="/api", tags=["areas"])


@router.get(
    "/locate",
    responses=problems(
        "bad_position",
        "bad_accuracy",
        "coordinates_swapped",
        "unknown_datum",
        "bad_instant",
        "invalid_request",
        "database_gone",
    ),
)
async def locate_point(
    visit: Visiting,
    lon: Annotated[Lon, Query()],
    lat: Annotated[Lat, Query()],
    datum: Annotated[str, Query(examples=["wgs84"], description="wgs84, cgcs2000, gcj02 or bd09; no default")],
    accuracy_m: Annotated[
        float | None, Query(description="radius of the circle that the true position lies in")
    ] = None,
    at: Annotated[Instant | None, Query(description="an instant with its zone; now if absent")] = None,
) -> Located:
    """Which area a point lies in and who is responsible there.  Always answers; `outside` is an answer."""
    when = at or visit.now
    position = Position(lon, lat, datum, accuracy_m)  # type: ignore[arg-type]
    names = may_see_names(visit.actor, when, visit.now)
    return Located.of(await locate(visit.connection, position, when, names=names), visit.words, asks=True)
