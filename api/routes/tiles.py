"""Vector tiles over HTTP: kept by the browser for good, because an edition's geometry never changes."""

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Request, Response

from api.errors import ProblemDocument
from api.service import Service
from api.visits import service_of
from maps.tiles import tile

router = APIRouter(tags=["maps"])

_KEEP = "public, max-age=31536000, immutable"


@router.get(
    "/tiles/{edition_id}/{z}/{x}/{y}.mvt",
    response_class=Response,
    responses={200: {"content": {"application/vnd.mapbox-vector-tile": {}}}, 404: {"model": ProblemDocument}},
)
async def one_tile(
    request: Request,
    service: Annotated[Service, Depends(service_of)],
    edition_id: Annotated[int, Path(ge=1, le=2**31 - 1)],
    z: Annotated[int, Path(ge=-1, le=2**31 - 1)],
    x: Annotated[int, Path(ge=-1, le=2**31 - 1)],
    y: Annotated[int, Path(ge=-1, le=2**31 - 1)],
) -> Response:
    """One tile of an edition's boundaries, layers `areas` and `labels`."""
    headers = {"Cache-Control": _KEEP, "ETag": f'"{edition_id}-{z}-{x}-{y}"'}
    if request.headers.get("if-none-match") == headers["ETag"]:
        return Response(status_code=304, headers=headers)
    async with service.engine.connect() as connection:
        content = await tile(connection, edition_id, z, x, y)
    return Response(content, media_type="application/vnd.mapbox-vector-tile", headers=headers)
