"""``/map/…``: the style of the maps, and the file of a base map where one was configured."""

from pathlib import Path
from typing import Annotated, Final, Literal

from fastapi import APIRouter, Depends
from fastapi import Path as PathValue
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import FileResponse, JSONResponse

from api.service import Service
from api.settings import BaseMapSettings
from api.visits import Visiting, service_of
from grids.areas import edition_at, extent
from maps.style import BASE_MAP_FILE, BaseMap, style
from maps.tiles import TileNotFoundError

router = APIRouter()


@router.get("/map/{edition_id}/{theme}.json")
async def map_style(
    visit: Visiting,
    edition_id: Annotated[int, PathValue(ge=1, le=2**31 - 1)],
    theme: Literal["light", "dark"],
) -> JSONResponse:
    """Answer the MapLibre style of the edition in force."""
    edition = await edition_at(visit.connection, visit.now)
    if edition is None or edition.id != edition_id:
        raise TileNotFoundError("These boundaries are no longer in force; load the page again.")
    base_map = await run_in_threadpool(base_map_of, visit.settings.base_map)
    drawn = style(edition, theme, base_map, await extent(visit.connection, visit.now))
    return JSONResponse(drawn, headers={"Cache-Control": "private, max-age=300"})


@router.get(BASE_MAP_FILE, response_class=FileResponse)
def base_map_file(service: Annotated[Service, Depends(service_of)]) -> FileResponse:
    """Answer the configured PMTiles file, in the pieces that are asked for.

    Raises
    ------
    TileNotFoundError
        If no such file was configured.
    """
    base_map = service.settings.base_map
    path = Path(base_map.base_map_url)
    if base_map.base_map != "pmtiles" or "://" in base_map.base_map_url or not path.is_file():
        raise TileNotFoundError("No base map file is configured.")
    return FileResponse(path, media_type="application/octet-stream")


def base_map_of(settings: BaseMapSettings) -> BaseMap | None:
    """Answer what lies under the boundaries; None without a base map, or where its key or address is missing."""
    match settings.base_map:
        case "tianditu":
            key = settings.tianditu_key.get_secret_value()
            return BaseMap("tianditu", key) if key else None
        case "xyz":
            return (
                BaseMap("xyz", settings.base_map_url, settings.base_map_attribution) if settings.base_map_url else None
            )
        case "pmtiles":
            return _pmtiles(settings)
        case _:
            return None


def _pmtiles(settings: BaseMapSettings) -> BaseMap | None:
    if "://" in settings.base_map_url:
        return BaseMap("pmtiles", settings.base_map_url, settings.base_map_attribution)
    path = Path(settings.base_map_url)
    if not path.is_file():
        return None
    with path.open("rb") as file:
        header = file.read(_HEADER_BYTES)
    return BaseMap("pmtiles", BASE_MAP_FILE, settings.base_map_attribution, header[_MAX_ZOOM_AT])


# PMTiles, version 3: the header's length, and where the closest zoom stands in it.
_HEADER_BYTES: Final = 127
_MAX_ZOOM_AT: Final = 101
