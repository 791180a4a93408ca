"""``/areas/{code}``: the area map.  Staff see their cases on it, everybody else who answers and what is public."""

from typing import Any, Final

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from api.pages.area_cases import staff_cases
from api.pages.marks import state_mark
from api.pages.place_marks import AREA_SHOWN, place_lines
from api.pages.told import recipient
from api.rendering import page
from api.visits import Visit, Visiting
from grids.areas import AreaRecord, area
from grids.cases import public_cases
from grids.categories import categories

router = APIRouter()

PUBLIC_SHOWN: Final = 50


@router.get("/areas/{code}")
async def show(request: Request, visit: Visiting, code: str) -> HTMLResponse:
    """Show an area as its reader may see it."""
    record = await area(visit.connection, code[:32], visit.now)
    chain = tuple(a.code for a in record.chain)
    staff = visit.actor is not None and visit.actor.may_read_cases(chain)
    if staff:
        places = await place_lines(visit, record.code, AREA_SHOWN)
        cases = {"public": [], **await staff_cases(visit, record), **places}
    else:
        cases = await _public_cases(visit, record)
    return await page(
        request,
        visit,
        "area.html",
        area=record,
        staff=staff,
        recipient=recipient(record.answer, visit.words),
        vacancy=record.answer.vacancy,
        public_shown=PUBLIC_SHOWN,
        **cases,
    )


async def _public_cases(visit: Visit, record: AreaRecord) -> dict[str, Any]:
    kinds = {c.code: c.name(visit.lang) for c in await categories(visit.connection, visit.now)}
    rows = await public_cases(visit.connection, record.code, PUBLIC_SHOWN)
    return {
        "figures": None,
        "open_items": [],
        "many": False,
        "earlier_items": [],
        "pins": [],
        "places": [],
        "public": [
            {
                "category": kinds.get(row.category_code, row.category_code),
                "mark": state_mark(row.state, row.confirmed),
                "received_on": row.received_on,
                "closed_on": row.closed_on,
            }
            for row in rows
        ],
    }
