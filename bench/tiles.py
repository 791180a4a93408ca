"""Tiles of a whole city, cold and warm, beside ``tipg`` on the same tables: the slowest and the largest of a zoom."""

import asyncio
import gzip
import math
import time
from collections.abc import Awaitable, Callable
from typing import Any

import asyncpg
from fastapi import FastAPI
from httpx2 import ASGITransport, AsyncClient
from pydantic import SecretStr
from rich.console import Console
from rich.table import Table
from starlette_cramjam.middleware import CompressionMiddleware
from tipg.collections import register_collection_catalog
from tipg.database import connection_factory
from tipg.factory import Endpoints
from tipg.settings import DatabaseSettings as TipgSettings

from api.app import create_app
from api.kept import Kept
from api.recent import Recent
from api.settings import ServiceSettings
from gis.settings import DatabaseSettings
from gis.store import Store, open_store
from gis.units import band_at
from maps.tiles import MAX_ZOOM, least_zoom, levels_at

ZOOMS = range(6, MAX_ZOOM + 1)
ROUNDS = 5
Tile = tuple[int, int, int]
Ask = Callable[[Tile], Awaitable[bytes]]


def measure() -> None:
    """Print the slowest and the largest tile of each zoom; zooms 15 and 16 are drawn of the tiles of 14.

    Tiles of points are those of the public, bins of all reports, never kept; tipg gives the reports one by one.
    """
    with open_store(DatabaseSettings()) as store:
        asyncio.run(_measure(store))


async def _measure(store: Store) -> None:
    ours = create_app(ServiceSettings(secret=SecretStr("b" * 32)), store.asyncpg_kwargs("web"))
    async with asyncpg.create_pool(
        **store.asyncpg_kwargs("admin"), min_size=1, max_size=2, init=connection_factory(["gridwarden"], "pg_temp")
    ) as pool:
        theirs = await _tipg(pool)
        edition = await pool.fetchrow(
            "SELECT e.id, e.levels, ST_XMin(g), ST_YMin(g), ST_XMax(g), ST_YMax(g)"
            " FROM activations a JOIN editions e ON e.id = a.edition_id, LATERAL"
            " (SELECT ST_Extent(geom) g FROM boundaries WHERE edition_id = e.id AND parent_code IS NULL) b"
            " ORDER BY a.valid_from DESC LIMIT 1"
        )
        if edition is None:
            print("no boundaries: run ./run demo first")
            return
        number, levels, *box = edition
        async with _client(ours) as us, _client(theirs) as them:
            kinds = ["base", levels[-1], *(f"cell-{n}" for n in (7, 8, 9)), "points"]
            for kind in kinds:
                await _print(kind, (number, tuple(levels), box), ours, us, them)
    await ours.state.service.engine.dispose()


async def _print(kind: str, edition: tuple[int, Any, Any], ours: FastAPI, us: AsyncClient, them: AsyncClient) -> None:
    number, levels, box = edition
    path = {"base": f"/tiles/{number}", "points": "/tiles/points"}.get(kind, f"/tiles/{number}/{kind}")
    asked = {"layer": "received"} if kind == "points" else None
    table = Table("zoom", "cold ms", "warm ms", "kB gzipped", "tipg ms", "tipg kB", "cold / tipg", title=kind)

    async def mine(tile: Tile) -> bytes:
        return await _get(us, f"{path}/{tile[0]}/{tile[1]}/{tile[2]}.mvt", asked)

    async def tipg(tile: Tile) -> bytes:
        return await _get(them, *_as_tipg_asks(kind, number, levels, tile))

    for zoom in ZOOMS:
        if kind not in ("base", "points") and zoom < least_zoom(kind):
            continue
        cold, warm, size, other, other_size = 0.0, 0.0, 0, 0.0, 0
        for tile in _tiles(zoom, box):
            times: dict[str, list[float]] = {"cold": [], "warm": [], "tipg": []}
            # In turns, so that a noisy moment of the machine falls on all of them.
            for _ in range(ROUNDS):
                ours.state.kept, ours.state.recent = Kept(), Recent()
                body = await _timed(times["cold"], mine, tile)
                await _timed(times["warm"], mine, tile)
                theirs = await _timed(times["tipg"], tipg, tile)
            cold, warm, other = (
                max(most, sorted(took)[ROUNDS // 2])
                for most, took in zip((cold, warm, other), times.values(), strict=True)
            )
            size, other_size = max(size, len(gzip.compress(body))), max(other_size, len(gzip.compress(theirs)))
        table.add_row(
            *(str(zoom), f"{cold:.1f}", f"{warm:.2f}", f"{size / 1000:.1f}"),
            *(f"{other:.1f}", f"{other_size / 1000:.1f}", f"{cold / other:.2f}"),
        )
    Console(width=110).print(table)


async def _timed(times: list[float], ask: Ask, tile: Tile) -> bytes:
    start = time.perf_counter()
    body = await ask(tile)
    times.append((time.perf_counter() - start) * 1000)
    return body


async def _get(client: AsyncClient, path: str, params: dict[str, str] | None = None) -> bytes:
    answer = await client.get(path, params=params, headers={"Accept-Encoding": "gzip"})
    answer.raise_for_status()
    return answer.content


def _as_tipg_asks(kind: str, edition: int, levels: tuple[str, ...], tile: Tile) -> tuple[str, dict[str, str]]:
    """The same of the same tables: reports, of the base tile the boundaries as they are, else simplified outlines."""
    zoom, x, y = tile
    if kind == "points":
        return f"/collections/gridwarden.reports/tiles/WebMercatorQuad/{zoom}/{x}/{y}", {"properties": "category_code"}
    if kind == "base":
        listed = ",".join(f"'{level}'" for level in levels_at(levels, zoom))
        table, chosen, fields = "boundaries", f"level IN ({listed})", "code,name,level,parent_code"
    else:
        band = 0 if kind.startswith("cell-") else band_at(zoom)
        table, chosen, fields = "shapes", f"kind = '{kind}' AND band = {band}", "n"
    asked = {"filter": f"edition_id = {edition} AND {chosen}", "filter-lang": "cql2-text", "properties": fields}
    if kind == "base":
        asked["geom-column"] = "geom"
    return f"/collections/gridwarden.{table}/tiles/WebMercatorQuad/{zoom}/{x}/{y}", asked


def _tiles(zoom: int, box: tuple[float, float, float, float]) -> list[Tile]:
    """All tiles over the city up to zoom 9, then nine about its middle."""
    west, south, east, north = box
    if zoom > 9:
        lon, lat = (west + east) / 2, (south + north) / 2
        column, row = _at(lon, lat, zoom)
        return [(zoom, x, y) for x in range(column - 1, column + 2) for y in range(row - 1, row + 2)]
    (left, bottom), (right, top) = _at(west, south, zoom), _at(east, north, zoom)
    return [(zoom, x, y) for x in range(left, right + 1) for y in range(top, bottom + 1)]


def _at(lon: float, lat: float, zoom: int) -> tuple[int, int]:
    north = math.asinh(math.tan(math.radians(lat))) / math.pi
    return int((lon + 180) / 360 * 2**zoom), int((1 - north) / 2 * 2**zoom)


async def _tipg(pool: Any) -> FastAPI:
    app = FastAPI()
    app.include_router(Endpoints(with_tiles_viewer=False).router)
    app.add_middleware(CompressionMiddleware, minimum_size=0)
    app.state.pool = pool
    await register_collection_catalog(
        app, TipgSettings(schemas=["gridwarden"], datetime_extent=False, spatial_extent=False)
    )
    return app


def _client(app: FastAPI) -> AsyncClient:
    return AsyncClient(transport=ASGITransport(app), base_url="http://bench")
