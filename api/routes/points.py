"""Vector tiles of a layer's bins and spots over HTTP: by rights, so nobody in between may keep them."""

from typing import Annotated, Final

from fastapi import APIRouter, Depends, Path, Response

from api.errors import problems
from api.questions import Placeless
from api.recent import Recent, recent_of
from api.visits import Visiting
from maps.points import Bins, bin_resolution, bins_of, bins_tile, check_tile, has_bins, spots_tile

router = APIRouter(tags=["maps"])

_MEDIA_TYPE = "application/vnd.mapbox-vector-tile"
_TRUE_FOR_S: Final = 60


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
    recent: Annotated[Recent, Depends(recent_of)],
    asked: Placeless,
    z: Annotated[int, Path(ge=-1, le=2**31 - 1)],
    x: Annotated[int, Path(ge=-1, le=2**31 - 1)],
    y: Annotated[int, Path(ge=-1, le=2**31 - 1)],
) -> Response:
    """Where a layer counts: `bins`, and from zoom 12 for staff the `spots`, snapped to some 100 m."""
    tile = z, x, y
    check_tile(asked, tile)

    async def counted() -> Bins:
        return await bins_of(visit.connection, asked, z, visit.actor, visit.now)

    if not has_bins(z, visit.actor):
        content = await spots_tile(visit.connection, asked, tile, visit.actor, visit.now)
    elif visit.actor is None:
        # The same for everybody, and for all tiles of a picture.
        bins = await recent.answer(("bins", asked, bin_resolution(z, None)), counted, visit.now, _TRUE_FOR_S)
        content = await bins_tile(visit.connection, bins, tile)
    else:
        content = await bins_tile(visit.connection, await counted(), tile)
    headers = {"Cache-Control": f"private, max-age={_TRUE_FOR_S}"}
    return Response(content, media_type=_MEDIA_TYPE, headers=headers)
