"""The JSON routes of the contract, one module for each family of requests; they decide nothing."""

from fastapi import APIRouter

from api.routes import (
    areas,
    boundaries,
    boundary_import,
    cases,
    deliveries,
    desk,
    dispatch,
    figures,
    findings,
    health,
    locating,
    moderation,
    photos,
    points,
    postings,
    reports,
    tiles,
    why,
)

router = APIRouter()
# Reports first: what comes often is found soon.  Points before tiles: their address would be taken for an edition's.
for part in (
    reports,
    cases,
    why,
    desk,
    dispatch,
    locating,
    areas,
    boundaries,
    boundary_import,
    figures,
    findings,
    health,
    points,
    tiles,
    photos,
    moderation,
    deliveries,
    postings,
):
    router.include_router(part.router)
