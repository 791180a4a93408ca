"""The JSON routes of the contract, one module for each family of requests; they decide nothing."""

from fastapi import APIRouter

from api.routes import areas, health, locating, reports, tiles

router = APIRouter()
for part in (locating, reports, areas, health, tiles):
    router.include_router(part.router)
