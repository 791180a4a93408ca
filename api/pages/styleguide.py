"""``/styleguide``: the tokens and every component in all its states, for whoever works on the pages.  Staff only."""

from datetime import timedelta

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from api.errors import LogInRequiredError
from api.pages.marks import MARKS
from api.rendering import page
from api.visits import Visiting

router = APIRouter()

_COLOURS = (
    "ground", "paper", "sunk", "ink", "ink-soft", "line", "line-strong", "action", "action-strong", "action-ink",
    "action-soft", "focus", "new", "progress", "due", "overdue", "claimed", "confirmed", "declined",
)  # fmt: skip


@router.get("/styleguide")
async def styleguide(request: Request, visit: Visiting) -> HTMLResponse:
    """Show the design's parts.

    Raises
    ------
    LogInRequiredError
        For everybody but staff.
    """
    if visit.actor is None:
        raise LogInRequiredError("The style guide is for staff; log in first.")
    steps = [visit.now - timedelta(days=3), visit.now - timedelta(hours=5), visit.now]
    return await page(request, visit, "styleguide.html", colours=_COLOURS, marks=MARKS, steps=steps)
