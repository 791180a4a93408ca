"""Vector tiles over HTTP: kept by the browser for good, because an edition's geometry never changes.

What tells the edition of one database from that of another is ``?v=`` in the address (``maps.style``), which nothing
here reads.
"""

from hashlib import sha256
from typing import Annotated

from fastapi import APIRouter, Depends, Path, Request, Response

from api.errors import problems
from api.service import Service
from api.visits import service_of
from maps.tiles import tile

router = APIRouter(tags=["maps"])

_KEEP = "public, max-age=31536000, immutable"
_MEDIA_TYPE = "application/vnd.mapbox-vector-tile"


@router.get(
    "/tiles/{edition_id}/{z}/{x}/{y}.mvt",
    response_class=Response,
    responses={
        200: {"content": {_MEDIA_TYPE: {}}},
        **problems("tile_not_found", "invalid_request", "database_gone"),
        304: {"description": "the tile that `If-None-Match` names is still the one"},
    },
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
    async with service.engine.connect() as connection:
        content = await tile(connection, edition_id, z, x, y)
    # Weak: the tile is the same, whether it travels gzipped or not.
    etag = f'W/"{sha256(content).hexdigest()[:24]}"'
    headers = {"Cache-Control": _KEEP, "ETag": etag}
    if _names(request.headers.get("if-none-match", ""), etag):
        return Response(status_code=304, headers=headers)
    return Response(content, media_type=_MEDIA_TYPE, headers=headers)


def _names(if_none_match: str, etag: str) -> bool:
    """Whether the header names a tag, compared weakly (RFC 9110, 13.1.2)."""
    named = {each.strip().removeprefix("W/") for each in if_none_match.split(",")}
    return "*" in named or etag.removeprefix("W/") in named
