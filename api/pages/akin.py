"""Is it this one? The question of the report page, as a fragment and as a part of the form.

Decides nothing: what may be the same, and for whom, says ``grids.akin``.
"""

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse

from api.pages.draft import Draft
from api.pages.marks import Mark, state_mark
from api.pages.surroundings import distance_words
from api.rendering import page
from api.visits import Visit, Visiting
from gis.position import BadPositionError
from grids.akin import AkinCase, akin_to
from grids.areas import names_of
from grids.categories import categories
from grids.language import Words

router = APIRouter()


@dataclass(frozen=True, slots=True)
class AkinLine:
    """A case as it is offered."""

    case: AkinCase
    mark: Mark
    category: str
    area: str
    placed: str


@router.post("/report/akin")
async def fragment(request: Request, visit: Visiting, draft: Annotated[Draft, Form()]) -> HTMLResponse:
    """Answer the fragment that asks; empty where there is nothing to ask."""
    try:
        lines = await akin_lines(visit, draft)
    except BadPositionError:
        lines = []
    return await page(request, visit, "fragments/akin.html", akin=lines, draft=draft)


async def akin_lines(visit: Visit, draft: Draft) -> list[AkinLine]:
    """Answer what a draft could be the same as, as far as it says where and of what kind.

    Raises
    ------
    BadPositionError
        See ``Position``.
    """
    position = draft.position()
    where = position.wgs84 if position else draft.area_code
    # What goes past those who have a case is not put with it.
    if not where or not draft.category or draft.past_grid:
        return []
    found = await akin_to(visit.connection, draft.category, where, draft.text, visit.now)
    kinds = {kind.code: kind.name(visit.lang) for kind in await categories(visit.connection, visit.now)}
    areas = await names_of(visit.connection, {each.area_code for each in found if each.area_code}, visit.now)
    return [
        AkinLine(
            case=each,
            mark=state_mark(each.state, each.confirmed),
            category=kinds.get(each.category_code, each.category_code),
            area=areas.get(each.area_code or "", ""),
            placed=placed_words(each, visit.words),
        )
        for each in found
    ]


def placed_words(case: AkinCase, words: Words) -> str:
    """Answer where a case is, seen from what is reported; whoever does not see it is told that it is near by."""
    return words("akin-near") if case.metres is None else distance_words(case.metres, words)
