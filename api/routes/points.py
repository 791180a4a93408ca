"""Vector tiles of a layer's bins and spots over HTTP: by rights, so nobody in between may keep them."""

from typing import Annotated

from fastapi import APIRouter, Path, Response

from api.errors import problems
from api.questions import Placeless
from api.visits import Visiting
from maps.points import points_tile

router = APIRouter(tags=["maps"])

_MEDIA_TYPE = "application/vnd.mapbox-vector-tile"


@router.get(
    "/tiles/points/{z}/{x}/{y}.mvt",
    response_class=Response,
    responses={
        200: {"content": {_MEDIA_TYPE: {}}},
        **problems(
            "tile_not_found", "empty_period", "unknown_kind", "unknown_family", "private_family", "unknown_channel",
            "not_by_cell", "cells_too_fine", "invalid_request", "no_boundaries", "database_gone",
        ),
    },
)  # fmt: skip
async def tile_of_points(
    visit: Visiting,
    asked: Placeless,
    z: Annotated[int, Path(ge=-1, le=2**31 - 1)],
    x: Annotated[int, Path(ge=-1, le=2**31 - 1)],
    y: Annotated[int, Path(ge=-1, le=2**31 - 1)],
) -> Response:
    """Where a layer counts: `bins`, and from zoom 12 for staff the `spots`, snapped to some 100 m."""
    content = await points_tile(visit.connection, asked, (z, x, y), visit.actor, visit.now)
    return Response(content, media_type=_MEDIA_TYPE, headers={"Cache-Control": "private, max-age=60"})
