"""``/watch``: places of which people speak again and again, why they are listed, and what to do."""

import re
from dataclasses import dataclass

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from api.holders import holder
from api.pages.marks import Mark, mark_of
from api.rendering import page
from api.visits import Visiting
from api.working_lists import watched_areas
from grids.areas import area, names_of
from grids.categories import categories
from grids.common_causes_kept import CommonCause, causes_seen
from grids.common_causes_words import raised
from grids.crowds import Look, rushes_at
from grids.language import Words
from grids.watch_list import Watched, coming_back

router = APIRouter()


@dataclass(frozen=True, slots=True)
class Row:
    """A place as the page shows it; ``rush``: what a rush of the past week looks like, if there was one."""

    watched: Watched
    mark: Mark
    category: str
    areas: list[str]
    rush: Look | None


@dataclass(frozen=True, slots=True)
class Cause:
    """A common cause as the page shows it; ``areas`` code and line of each, ``owner`` who has it."""

    kept: CommonCause
    head: str
    areas: list[tuple[str, str]]
    owner: str | None


@router.get("/watch")
async def show(request: Request, visit: Visiting) -> HTMLResponse:
    """Show the watch list, of all the reader's areas or of one."""
    mine = watched_areas(visit)
    asked = request.query_params.get("area", "")
    chosen = asked if re.fullmatch(r"[0-9]{1,32}", asked) else None
    found = await coming_back(visit.connection, visit.now, chosen)
    rushes = await rushes_at(visit.connection, {one.place.place_id: one.place.reports for one in found}, visit.now)
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
                rushes[one.place.place_id].looks_like()[0] if one.place.place_id in rushes else None,
            )
            for one in found
        ],
        causes=[_cause(one, visit.words) for one in await causes_seen(visit.connection, visit.now)],
        mine=visit.words("list-separator").join(names.get(code, code) for code in mine),
        below=sorted((below | ({chosen: names.get(chosen, chosen)} if chosen else {})).items()),
        chosen=chosen,
    )


def _cause(kept: CommonCause, words: Words) -> Cause:
    head, lines = raised(kept, words)
    areas = [(each.area, line) for each, line in zip(kept.facts.areas, lines, strict=True)]
    desk = kept.owner
    return Cause(kept, head, areas, holder("desk", desk.area, desk.desk, words) if desk else None)
