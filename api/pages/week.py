"""``/week``: the problem list and the duty list of a head or desk for the week, as the letter of Monday has them."""

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from api.rendering import page
from api.visits import Visiting
from api.working_lists import week_or_refusal
from grids.duties import WeekList
from grids.language import Words
from grids.letters import owner_words
from grids.workflow import BY_VERB

router = APIRouter()


@router.get("/week")
async def show(request: Request, visit: Visiting) -> HTMLResponse:
    """Show the lists of this week."""
    week, found = await week_or_refusal(visit)
    words = visit.words
    lists = [(owner_words(words, one.role, one.area, one.desk), done(one, words), one.lists) for one in found]
    return await page(request, visit, "week.html", week=week, lists=lists)


def done(one: WeekList, words: Words) -> list[tuple[str, int]]:
    """Answer how often which step was taken in the week before, in the order of the workflow."""
    return [(words(f"list-verb-{verb}"), one.lists["done"][verb]) for verb in BY_VERB if verb in one.lists["done"]]
