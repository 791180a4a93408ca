"""``/supervision``: what does not go by itself in the areas of a supervisor, and what came of his orders."""

from datetime import timedelta
from typing import Final
from urllib.parse import urlencode

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from api.pages.addresses import asked_after, asked_code, below
from api.pages.handing_over import waiting_at
from api.pages.listed import rows_of
from api.rendering import page
from api.visits import Visiting
from api.working_lists import board_of
from grids.areas import names_of
from grids.board import BOARD_SECTIONS, BoardAfter, BoardSection, board_look
from grids.categories import categories
from grids.escalation import solved

router = APIRouter()

_SOLVED_WITHIN: Final = timedelta(days=30)
_FIRST: Final[BoardSection] = "overdue"


@router.get("/supervision")
async def show(request: Request, visit: Visiting) -> HTMLResponse:
    """Show a page of the board."""
    areas = board_of(visit)
    asked = request.query_params
    section = next((each for each in BOARD_SECTIONS if each == asked.get("section")), _FIRST)
    filters = {"area": asked_code(request, "area"), "category": asked_code(request, "category")}
    after = asked_after(request)
    found = await board_look(
        visit.connection,
        visit.now,
        section,
        filters["area"],
        filters["category"],
        BoardAfter(*after) if after else None,
    )

    def address(**changed: str | None) -> str:
        named = {"section": section, **filters} | changed
        return f"/supervision?{urlencode({name: value for name, value in named.items() if value})}"

    return await page(
        request,
        visit,
        "supervision.html",
        section=section,
        filters=filters,
        counts=found.counts,
        waiting=await waiting_at(visit, "supervisor"),
        rows=zip(await rows_of(visit, [each.case for each in found.rows]), found.rows, strict=True),
        any=bool(found.rows),
        kinds=[(kind.code, kind.name(visit.lang)) for kind in await categories(visit.connection, visit.now)],
        below=await below(visit, areas, filters["area"]),
        solved=await solved(visit.connection, areas, visit.now - _SOLVED_WITHIN, visit.now),
        mine=visit.words("list-separator").join((await names_of(visit.connection, areas, visit.now)).values()),
        address=address,
        next_page=address(after=f"{found.after.key.isoformat()},{found.after.id}") if found.after else None,
        first_page=address() if "after" in asked else None,
    )
