"""``/areas/{code}/patrols``: what was found on patrol in an area, and what became of it; nobody is counted by it."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated, Final

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse

from api.pages.marks import Mark, mark_of
from api.rendering import page
from api.staffed import staffed_area
from api.visits import Visiting
from grids.areas import names_of
from grids.categories import categories
from grids.patrols import PatrolFinding, findings_of, received_apart

router = APIRouter()

DAYS: Final = 90
SHOWN: Final = 200


@dataclass(frozen=True, slots=True)
class FindingShown:
    """A finding as a row of the list."""

    finding: PatrolFinding
    mark: Mark
    category: str
    area: str


@router.get("/areas/{code}/patrols")
async def show(
    request: Request, visit: Visiting, code: str, still: Annotated[str, Query(max_length=10)] = ""
) -> HTMLResponse:
    """Show what was found on patrol in an area and below it, to those who may read its cases."""
    record = await staffed_area(visit, code)
    since, only_open = visit.now - timedelta(days=DAYS), still == "open"
    found = await findings_of(visit.connection, record.code, since, SHOWN, still_open=only_open)
    kinds = {c.code: c.name(visit.lang) for c in await categories(visit.connection, visit.now)}
    areas = await names_of(visit.connection, {one.area_code for one in found if one.area_code}, visit.now)
    return await page(
        request,
        visit,
        "patrols.html",
        area=record,
        findings=[
            FindingShown(
                one,
                mark_of(one, visit.now),
                kinds.get(one.category_code, one.category_code),
                areas.get(one.area_code or "", one.area_code or ""),
            )
            for one in found
        ],
        apart=await received_apart(visit.connection, record.code, since),
        days=DAYS,
        shown=SHOWN,
        only_open=only_open,
    )
