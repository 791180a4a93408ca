"""Places that carry marks, as the area map and the planner show them: a line of words each, and what the map draws.

Owns ``/planner/places``, the part of the planner's page that its switch fetches.
"""

from dataclasses import dataclass
from typing import Any, Final

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from api.rendering import page
from api.visits import Visit, Visiting
from api.working_lists import may_see_places
from grids.areas import names_of
from grids.place_marks import MARKS_SHOWN, UNSOLVED_FOR, MarkedPlace, marked_places

router = APIRouter()

# More than this nobody reads beside a map of cases; the watch list has the rest.
AREA_SHOWN: Final = 50


@dataclass(frozen=True, slots=True)
class Line:
    """A place as a list shows it; ``areas`` are names, without that of the page."""

    place: MarkedPlace
    areas: list[str]


@router.get("/planner/places")
async def show(request: Request, visit: Visiting) -> HTMLResponse:
    """Answer the places of the reader's areas: their lines, and what the map draws."""
    may_see_places(visit)
    found = await place_lines(visit, None, MARKS_SHOWN)
    return await page(request, visit, "fragments/place_marks.html", **found)


async def place_lines(visit: Visit, area: str | None, most: int) -> dict[str, Any]:
    """Answer what the templates of places need: of one area and all below it, or of all areas of the reader."""
    found = (await marked_places(visit.connection, visit.now, area))[:most]
    names = await names_of(visit.connection, {code for one in found for code in one.areas}, visit.now)
    return {
        "places": [
            Line(one, [] if one.areas == (area,) else [names.get(code, code) for code in one.areas]) for one in found
        ],
        "unsolved_for": UNSOLVED_FOR.days,
        "place_points": [
            {"id": one.place_id, "lon": one.lon, "lat": one.lat, "told": one.told, "marks": one.marks} for one in found
        ],
    }
