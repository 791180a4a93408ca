"""``/areas/{code}``: the area map.  Staff see their cases on it, everybody else who answers and what is public."""

from dataclasses import dataclass
from typing import Any, Final

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from api.pages.marks import Mark, age_of, mark_of, state_mark
from api.pages.told import recipient
from api.rendering import page
from api.visits import Visit, Visiting
from grids.areas import AreaRecord, area, names_of
from grids.cases import CaseRow, earlier_cases, figures, open_cases, public_cases
from grids.categories import categories

router = APIRouter()

# More than this no list and no map can be read; the figure says so.
OPEN_SHOWN: Final = 500
PUBLIC_SHOWN: Final = 50


@dataclass(frozen=True, slots=True)
class Item:
    """A case as the list and the map show it."""

    case: CaseRow
    mark: Mark
    age: int
    category: str
    area: str

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


@router.get("/areas/{code}")
async def show(request: Request, visit: Visiting, code: str) -> HTMLResponse:
    """Show an area as its reader may see it."""
    record = await area(visit.connection, code[:32], visit.now)
    chain = tuple(a.code for a in record.chain)
    staff = visit.actor is not None and visit.actor.may_read_cases(chain)
    cases = await _staff_cases(visit, record) if staff else await _public_cases(visit, record)
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


async def _staff_cases(visit: Visit, record: AreaRecord) -> dict[str, Any]:
    rows = [
        *await open_cases(visit.connection, record.code, OPEN_SHOWN),
        *await earlier_cases(visit.connection, record.code),
    ]
    kinds = {c.code: c.name(visit.lang) for c in await categories(visit.connection, visit.now)}
    places = await names_of(visit.connection, {r.area_code for r in rows if r.area_code}, visit.now)
    items = [
        Item(
            case=row,
            mark=mark_of(row, visit.now),
            age=age_of(row, visit.now),
            category=kinds.get(row.category_code, row.category_code),
            area=places.get(row.area_code or "", "") if row.area_code != record.code else "",
        )
        for row in rows
    ]
    return {
        "figures": await figures(visit.connection, record.code, visit.now),
        "open_items": [i for i in items if i.case.closed_at is None],
        "many": sum(r.closed_at is None for r in rows) == OPEN_SHOWN,
        "earlier_items": [i for i in items if i.case.closed_at is not None],
        "pins": [pin for i in items if (pin := i.pin())],
        "public": [],
    }


async def _public_cases(visit: Visit, record: AreaRecord) -> dict[str, Any]:
    kinds = {c.code: c.name(visit.lang) for c in await categories(visit.connection, visit.now)}
    rows = await public_cases(visit.connection, record.code, PUBLIC_SHOWN)
    return {
        "figures": None,
        "open_items": [],
        "many": False,
        "earlier_items": [],
        "pins": [],
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
