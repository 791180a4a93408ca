"""``/watch``: places of which people speak again and again, why they are listed, and what to do."""

import re
from dataclasses import dataclass

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from api.pages.marks import Mark, mark_of
from api.rendering import page
from api.visits import Visiting
from api.working_lists import watched_areas
from grids.areas import area, names_of
from grids.categories import categories
from grids.common_causes_kept import causes_seen
from grids.common_causes_words import raised
from grids.watch_list import Watched, coming_back

router = APIRouter()


@dataclass(frozen=True, slots=True)
class Row:
    """A place as the page shows it."""

    watched: Watched
    mark: Mark
    category: str
    areas: list[str]


@router.get("/watch")
async def show(request: Request, visit: Visiting) -> HTMLResponse:
    """Show the watch list, of all the reader's areas or of one."""
    mine = watched_areas(visit)
    asked = request.query_params.get("area", "")
    chosen = asked if re.fullmatch(r"[0-9]{1,32}", asked) else None
    found = await coming_back(visit.connection, visit.now, chosen)
    kinds = {kind.code: kind.name(visit.lang) for kind in await categories(visit.connection, visit.now)}
    codes = {code for one in found for code in one.place.areas} | set(mine) | ({chosen} if chosen else set())
    names = await names_of(visit.connection, codes, visit.now)
    below: dict[str, str] = {}
    for code in mine:
        record = await area(visit.connection, code, visit.now)
        below |= {child.code: child.name for child in record.children}
    return await page(
        request,
        visit,
        "watch.html",
        rows=[
            Row(
                one,
                mark_of(one.place, visit.now),
                kinds.get(one.place.category_code, one.place.category_code),
                [names.get(code, code) for code in one.place.areas],
            )
            for one in found
        ],
        causes=[(one, *raised(one, visit.words)) for one in await causes_seen(visit.connection, visit.now)],
        mine=visit.words("list-separator").join(names.get(code, code) for code in mine),
        below=sorted((below | ({chosen: names.get(chosen, chosen)} if chosen else {})).items()),
        chosen=chosen,
    )
