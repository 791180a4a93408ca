"""The JSON routes of the contract, one module for each family of requests; they decide nothing."""

from fastapi import APIRouter

from api.routes import areas, figures, health, locating, points, reports, tiles

router = APIRouter()
# Points before tiles: their address would be taken for that of an edition.
for part in (locating, reports, areas, figures, health, points, tiles):
    router.include_router(part.router)
