"""The JSON routes of the contract, one module for each family of requests; they decide nothing."""

from typing import Final

from fastapi import APIRouter

from api.routes import (
    areas,
    boundaries,
    boundary_import,
    cases,
    causes,
    deliveries,
    desk,
    dispatch,
    escalation,
    figures,
    findings,
    handovers,
    health,
    locating,
    mediations,
    moderation,
    orders,
    parts,
    photos,
    place_decisions,
    places,
    points,
    postings,
    reports,
    rota,
    supervision,
    tiles,
    why,
)

# Reports first: what comes often is found soon.  Points before tiles: their address would be taken for an edition's.
# Each stands by itself: of routers within routers FastAPI asks all at every request whether they changed.
ROUTERS: Final[tuple[APIRouter, ...]] = (
    reports.router,
    cases.router,
    mediations.router,
    orders.router,
    parts.router,
    places.router,
    place_decisions.router,
    causes.router,
    why.router,
    desk.router,
    supervision.router,
    handovers.router,
    rota.router,
    dispatch.router,
    escalation.router,
    locating.router,
    areas.router,
    boundaries.router,
    boundary_import.router,
    figures.router,
    findings.router,
    health.router,
    points.router,
    tiles.router,
    photos.router,
    moderation.router,
    deliveries.router,
    postings.router,
)
