"""``/areas/{code}/cases``: the cases of an area as its staff see them, as parts of the area page.

Owns the list with its pins, and one case with what stands and what was said near it.  The rights are those of the page.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated, Any, Final

from fastapi import APIRouter, Path, Request
from fastapi.responses import HTMLResponse

from api.holders import holder
from api.pages.marks import Mark, age_of, mark_of
from api.pages.surroundings import SPOT_SHOWN, surroundings
from api.pages.told import recipient
from api.rendering import page
from api.staffed import staffed_area
from api.visits import Visit, Visiting
from grids.areas import AreaRecord, names_of
from grids.cases import CaseRow, case_of, earlier_cases, figures, open_cases
from grids.categories import categories
from grids.locate import locate_area
from grids.nearby import told_at_spot
from grids.patrols import received_apart

router = APIRouter()

# More than this no list and no map can be read; the figure says so.
OPEN_SHOWN: Final = 500
APART_DAYS: Final = 30
_BIGGEST_ID: Final = 2**63 - 1


@dataclass(frozen=True, slots=True)
class Item:
    """A case as the list and the map show it; ``nth`` is the how-manieth word about its spot, None for a first one."""

    case: CaseRow
    mark: Mark
    age: int
    category: str
    area: str
    nth: int | None = None

    def pin(self) -> dict[str, Any] | None:
        """Answer what the map draws, None without a pin."""
        if self.case.lon is None:
            return None
        return {
            "id": self.case.id,
            "lon": self.case.lon,
            "lat": self.case.lat,
            "mark": self.mark,
            "age": self.age,
            "open": self.case.closed_at is None,
        }


@router.get("/areas/{code}/cases")
async def show_cases(request: Request, visit: Visiting, code: str) -> HTMLResponse:
    """Answer figures, lists and pins as they are now, for a page that is open."""
    record = await staffed_area(visit, code)
    return await page(request, visit, "fragments/area_cases.html", area=record, **await staff_cases(visit, record))


@router.get("/areas/{code}/cases/{case_id}")
async def show_case(
    request: Request, visit: Visiting, code: str, case_id: Annotated[int, Path(ge=1, le=_BIGGEST_ID)]
) -> HTMLResponse:
    """Show one case with its surroundings: a part for an open page (``HX-Request``), else a page of its own."""
    record = await staffed_area(visit, code)
    case = await case_of(visit.connection, record.code, case_id)
    told = await told_at_spot(visit.connection, [case.id], visit.now)
    items = await _items(visit, record, [case], told)
    pin = None if case.lon is None or case.lat is None else (case.lon, case.lat)
    near = await surroundings(visit, case.id, case.area_code, pin)
    template = "fragments/area_case.html" if "hx-request" in request.headers else "area_case.html"
    return await page(
        request,
        visit,
        template,
        area=record,
        item=items[0],
        owner=await _owner(visit, case),
        near=near,
        pinned=pin is not None,
        spot_shown=SPOT_SHOWN,
        around=near.drawn(),
    )


async def staff_cases(visit: Visit, record: AreaRecord) -> dict[str, Any]:
    """Answer what the templates of an area's cases need, for somebody who may read them."""
    still_open = await open_cases(visit.connection, record.code, OPEN_SHOWN)
    earlier = await earlier_cases(visit.connection, record.code)
    told = await told_at_spot(visit.connection, [row.id for row in still_open], visit.now)
    open_items = await _items(visit, record, still_open, told)
    earlier_items = await _items(visit, record, earlier, told)
    return {
        "figures": await figures(visit.connection, record.code, visit.now),
        "apart": await received_apart(visit.connection, record.code, visit.now - timedelta(days=APART_DAYS)),
        "apart_days": APART_DAYS,
        "open_items": open_items,
        "many": len(still_open) == OPEN_SHOWN,
        "earlier_items": earlier_items,
        "pins": [pin for i in (*open_items, *earlier_items) if (pin := i.pin())],
    }


async def _items(visit: Visit, record: AreaRecord, rows: Sequence[CaseRow], told: dict[int, int]) -> list[Item]:
    kinds = {c.code: c.name(visit.lang) for c in await categories(visit.connection, visit.now)}
    places = await names_of(visit.connection, {r.area_code for r in rows if r.area_code}, visit.now)
    return [
        Item(
            case=row,
            mark=mark_of(row, visit.now),
            age=age_of(row, visit.now),
            category=kinds.get(row.category_code, row.category_code),
            area=places.get(row.area_code or "", "") if row.area_code != record.code else "",
            nth=told.get(row.id),
        )
        for row in rows
    ]


async def _owner(visit: Visit, case: CaseRow) -> str:
    """Who owns the case: a department by its name, else whoever answers today for the area that owns it."""
    if case.owner_role == "department":
        places = await names_of(visit.connection, {case.owner_area_code}, visit.now)
        area_name = places.get(case.owner_area_code, case.owner_area_code)
        return holder(case.owner_role, area_name, case.owner_desk, visit.words)
    answer = await locate_area(visit.connection, case.owner_area_code, visit.now)
    return recipient(answer, visit.words) if answer else case.owner_area_code
