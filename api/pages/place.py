"""``/places/{id}``: all that was said at one spot, so that the fourth report does not look like a first."""

from typing import Annotated

from fastapi import APIRouter, Depends, Form, Path, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from pydantic import BaseModel

from api.errors import STATUS, LogInRequiredError, Problem, problem_of
from api.moments import Moments
from api.pages.marks import age_of, mark_of
from api.pages.rushes import rush_told
from api.pages.surroundings import distance_words
from api.rendering import page
from api.service import Service
from api.visits import Visit, Visiting, service_of, session_digest, visiting
from grids.areas import names_of
from grids.categories import categories
from grids.crowds import rush_at
from grids.photos import photos_of_cases
from grids.place_decisions import (
    DecisionIncompleteError,
    PlaceForDirectorsError,
    decide,
    decided_at,
    places_beside,
)
from grids.place_story import BEFORE
from grids.place_story_words import moral
from grids.place_views import place_seen, story_seen
from grids.place_words import sentence

router = APIRouter()


PlaceId = Annotated[int, Path(ge=1, le=2**63 - 1)]


class Typed(BaseModel):
    """A decision as it was typed."""

    deed: str = ""
    report: str = ""
    other: str = ""
    words: str = ""


@router.get("/places/{place_id}")
async def show(request: Request, visit: Visiting, place_id: PlaceId) -> HTMLResponse:
    """Show a place to those who see one of its cases."""
    return await _page(request, visit, place_id)


@router.post("/places/{place_id}/decisions")
async def decide_about_it(
    request: Request,
    service: Annotated[Service, Depends(service_of)],
    place_id: PlaceId,
    typed: Annotated[Typed, Form()],
) -> Response:
    """Decide whether it is one place or two, or say why not with what was typed."""
    if session_digest(request) is None:
        raise LogInRequiredError("Places are for staff: log in first.")
    other = typed.other
    try:
        # Before the visit: it may wait until places are sorted, and must not hold a second connection meanwhile.
        async with service.connections.lend() as connection:
            await decide(
                connection,
                place_id,
                typed.deed,
                typed.words,
                report=typed.report or None,
                other=int(other) if other.isascii() and other.isdigit() and len(other) < 19 else None,
                session_digest=session_digest(request),
                now=service.clock(),
            )
    except (PlaceForDirectorsError, DecisionIncompleteError) as error:
        async with visiting(request, service) as visit:
            return await _page(request, visit, place_id, typed, problem_of(error))
    return RedirectResponse(f"/places/{place_id}#decisions", 303)


async def _page(
    request: Request, visit: Visit, place_id: int, typed: Typed | None = None, problem: Problem | None = None
) -> HTMLResponse:
    if visit.actor is None:
        raise LogInRequiredError("Places are for staff: log in first.")
    place = await place_seen(visit.connection, place_id, visit.now)
    story = await story_seen(visit.connection, place, visit.now)
    decided = await decided_at(visit.connection, place.id, visit.now)
    beside = await places_beside(visit.connection, place.id, visit.now) if decided.may else []
    mine = {one.area_code for one in decided.said}
    pins = [
        {
            "id": case.case_id,
            "mark": mark_of(case, visit.now),
            "age": age_of(case, visit.now),
            "open": case.closed_at is None,
            "lon": case.reports[0].lon,
            "lat": case.reports[0].lat,
        }
        for case in place.seen
    ]
    spots = [{"lon": one.lon, "lat": one.lat} for case in place.seen for one in case.reports[1:]]
    kinds = {kind.code: kind.name(visit.lang) for kind in await categories(visit.connection, visit.now)}
    rush = await rush_at(visit.connection, place.id, visit.now)
    return await page(
        request,
        visit,
        "place.html",
        place=place,
        kinds=kinds,
        status=STATUS[problem.code] if problem else 200,
        typed=typed or Typed(),
        trouble=problem.said(visit.words) if problem else "",
        decided=decided,
        beside=[(one, distance_words(one.metres, visit.words)) for one in beside],
        # Its reports but the first one, the newest first: each could begin a place of its own.
        later=sorted((r for case in place.seen for r in case.reports), key=lambda r: r.received_at, reverse=True)[:-1],
        names=await names_of(visit.connection, {*place.areas, *mine}, visit.now),
        marks={case.case_id: mark_of(case, visit.now) for case in place.seen},
        photos=await photos_of_cases(visit.connection, [case.case_id for case in place.seen]),
        pins=pins,
        rush=rush_told(rush, visit.words, Moments(visit.words, visit.now)) if rush else None,
        rang=[(one, sentence(one.facts, visit.words)) for one in place.alarms],
        story=story,
        moral=moral(story, BEFORE, visit.words),
        around={"sites": [], "spots": spots},
    )
