"""Vector tiles over HTTP, and what the numbers in them stand for: kept for good, because an edition never changes.

What tells the edition of one database from that of another is ``?v=`` in the address (``maps.style``), which nothing
here reads.
"""

from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Path, Request, Response

from api.errors import problems
from api.kept import Keeping, respond
from api.service import Service
from api.visits import service_of
from maps.tiles import index, tile, unit_tile

router = APIRouter(tags=["maps"])

_TILE_TYPE: Final = "application/vnd.mapbox-vector-tile"
_JSON_TYPE: Final = "application/json"

_Whole = Annotated[int, Path(ge=-1, le=2**31 - 1)]
_EditionId = Annotated[int, Path(ge=1, le=2**31 - 1)]
_Kind = Annotated[str, Path(max_length=64, description="a level of the edition, or `cell-5` … `cell-9`")]
_Ours = Annotated[Service, Depends(service_of)]


def _answers(media_type: str) -> dict[int | str, dict[str, Any]]:
    return {
        200: {"content": {media_type: {}}},
        **problems("tile_not_found", "invalid_request", "database_gone"),
        304: {"description": "what `If-None-Match` names is still the one"},
    }


@router.get("/tiles/{edition_id}/index/{kind}.json", response_class=Response, responses=_answers(_JSON_TYPE))
async def numbers(request: Request, service: _Ours, kept: Keeping, edition_id: _EditionId, kind: _Kind) -> Response:
    """What the numbers of a kind of units stand for: keys, names, households, areas, centres by number."""

    async def make() -> bytes:
        async with service.engine.connect() as connection:
            return (await index(connection, edition_id, kind, service.clock())).encode()

    return respond(request, await kept.answer((edition_id, "index", kind), make), _JSON_TYPE)


@router.get("/tiles/{edition_id}/{z}/{x}/{y}.mvt", response_class=Response, responses=_answers(_TILE_TYPE))
async def one_tile(
    request: Request, service: _Ours, kept: Keeping, edition_id: _EditionId, z: _Whole, x: _Whole, y: _Whole
) -> Response:
    """One tile of an edition's boundaries, layers `areas` and `labels`."""

    async def make() -> bytes:
        async with service.engine.connect() as connection:
            return await tile(connection, edition_id, z, x, y, service.clock())

    return respond(request, await kept.answer((edition_id, z, x, y), make), _TILE_TYPE)


@router.get("/tiles/{edition_id}/{kind}/{z}/{x}/{y}.mvt", response_class=Response, responses=_answers(_TILE_TYPE))
async def one_unit_tile(
    request: Request,
    service: _Ours,
    kept: Keeping,
    edition_id: _EditionId,
    kind: _Kind,
    z: _Whole,
    x: _Whole,
    y: _Whole,
) -> Response:
    """One tile of one kind of units, layer `units`: outlines without properties, feature ids are the units' numbers."""

    async def make() -> bytes:
        async with service.engine.connect() as connection:
            return await unit_tile(connection, edition_id, kind, z, x, y, service.clock())

    return respond(request, await kept.answer((edition_id, kind, z, x, y), make), _TILE_TYPE)
