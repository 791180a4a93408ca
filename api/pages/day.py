"""``/day``: what a grid head, deputy or member has to do today, by deadline or by way, for the phone and for paper."""

from dataclasses import dataclass
from typing import Any, Final

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from api.pages.case_parts import waiting_parts
from api.pages.day_sketch import sketch
from api.pages.listed import Row, rows_of
from api.pages.surroundings import distance_words
from api.rendering import page
from api.visits import Visit, Visiting
from api.working_lists import VISITS_MOST, By, day_areas, in_order, spot_of
from grids.areas import names_of
from grids.duties import MOST, DayList, day_list, outlines
from grids.listed import Listed
from grids.round_trip import RoundTrip, Spot
from grids.workflow import STEPS

router = APIRouter()

# The steps that a list offers beside a case; each opens the case, where words and photos are given.
_OFFERED: Final = ("take", "accept", "start", "claim", "resume")
_ALL_ROUND: Final = 180.0


@dataclass(frozen=True, slots=True)
class Visited:
    """A line of the day list; ``nth`` numbers it on the map, ``leg`` says how far it is from the one before."""

    row: Row
    nth: int
    beside: str
    leg: str
    steps: tuple[str, ...]


@router.get("/day")
async def show(request: Request, visit: Visiting) -> HTMLResponse:
    """Show the day list."""
    areas = day_areas(visit)
    by: By = "way" if request.query_params.get("by") == "way" else "deadline"
    start = asked_start(request)
    found = await day_list(visit.connection, areas, visit.now)
    ordered, trip = in_order(found.rows, by, start)
    rows = await rows_of(visit, ordered)
    lines = [_line(visit, found, row, n, trip) for n, row in enumerate(rows)]
    pins = [line for line in lines if line.row.case.lon is not None][:VISITS_MOST]
    spots = [spot_of(line.row.case) for line in pins]
    return await page(
        request,
        visit,
        "day.html",
        by=by,
        start=start,
        lines=lines,
        trip=trip,
        length=distance_words(trip.length_m, visit.words) if trip else "",
        back=distance_words(trip.back_m, visit.words) if trip else "",
        resting=found.resting,
        to_do=await waiting_parts(visit),
        most=MOST if len(found.rows) == MOST else None,
        late=sum(line.row.mark == "overdue" for line in lines),
        mine=visit.words("list-separator").join((await names_of(visit.connection, areas, visit.now)).values()),
        sketch=sketch(
            await outlines(visit.connection, areas, visit.now),
            spots,
            [line.nth for line in pins],
            start if trip else None,
        ),
        pins=[_pin(line) for line in pins],
    )


def asked_start(request: Request) -> Spot | None:
    """Answer where the person said to be (WGS84, as browsers tell it); None where nothing sensible is said."""
    try:
        lon, lat = (float(request.query_params.get(name, "")) for name in ("lon", "lat"))
    except ValueError:
        return None
    return Spot(lon, lat) if abs(lon) <= _ALL_ROUND and abs(lat) < _ALL_ROUND / 2 else None


def _line(visit: Visit, found: DayList, row: Row, n: int, trip: RoundTrip | None) -> Visited:
    beside = found.beside.get(row.case.id)
    walked = trip is not None and n < len(trip.legs_m)
    # The way begins at the first visit where nobody said where he is.
    leg = distance_words(trip.legs_m[n], visit.words) if trip and walked and trip.legs_m[n] > 0 else ""
    return Visited(
        row=row,
        nth=n + 1,
        beside=visit.words("day-beside", name=beside.name, distance=distance_words(beside.distance_m, visit.words))
        if beside
        else "",
        leg=leg,
        steps=next_steps(row.case),
    )


def next_steps(case: Listed) -> tuple[str, ...]:
    """Answer the verbs that lead a case on and are its owner's, in the order of the workflow."""
    return tuple(s.verb for s in STEPS if s.verb in _OFFERED and case.state in s.sources and "owner" in s.who)


def _pin(line: Visited) -> dict[str, Any]:
    case = line.row.case
    return {"n": line.nth, "id": case.id, "lon": case.lon, "lat": case.lat, "mark": line.row.mark}
