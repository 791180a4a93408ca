"""``/places/{id}``: all that was said at one spot, so that the fourth report does not look like a first."""

from typing import Annotated

from fastapi import APIRouter, Path, Request
from fastapi.responses import HTMLResponse

from api.errors import LogInRequiredError
from api.pages.marks import age_of, mark_of
from api.rendering import page
from api.visits import Visiting
from grids.areas import names_of
from grids.categories import categories
from grids.crowds import rush_at
from grids.place_views import place_seen, replayed
from grids.place_words import deeds, sentence

router = APIRouter()


@router.get("/places/{place_id}")
async def show(request: Request, visit: Visiting, place_id: Annotated[int, Path(ge=1, le=2**63 - 1)]) -> HTMLResponse:
    """Show a place to those who see one of its cases."""
    if visit.actor is None:
        raise LogInRequiredError("Places are for staff: log in first.")
    place = await place_seen(visit.connection, place_id, visit.now)
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
    return await page(
        request,
        visit,
        "place.html",
        place=place,
        kinds=kinds,
        names=await names_of(visit.connection, set(place.areas), visit.now),
        marks={case.case_id: mark_of(case, visit.now) for case in place.seen},
        pins=pins,
        rush=await rush_at(visit.connection, place.id, visit.now),
        rang=[(one, sentence(one.facts, visit.words)) for one in place.alarms],
        played=[
            {
                "at": one.alarm.at,
                "day": one.day,
                "nth": one.nth,
                "rule": one.rule.note,
                "why": sentence(one.alarm.facts, visit.words),
                "does": visit.words("list-separator").join(deeds(one.rule, visit.words)),
            }
            for one in await replayed(visit.connection, place, visit.now)
        ],
        around={"sites": [], "spots": spots},
    )
