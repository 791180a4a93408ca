"""The JSON routes of the contract, one module for each family of requests; they decide nothing."""

from fastapi import APIRouter

from api.routes import areas, figures, health, locating, points, reports, tiles

router = APIRouter()
# Reports first: what comes often is found soon.  Points before tiles: their address would be taken for an edition's.
for part in (reports, locating, areas, figures, health, points, tiles):
    router.include_router(part.router)
