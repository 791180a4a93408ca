"""``/status``: what became of a report.  The number alone tells little; the link from the receipt tells all."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from api.errors import STATUS, problem_of
from api.pages.marks import state_mark
from api.pages.told import recipient
from api.rendering import page
from api.senders import admit_look_up
from api.visits import Visit, Visiting
from gis.errors import GridwardenError
from grids.categories import categories
from grids.explain import explain
from grids.receipts import BadNumberError, clean_number
from grids.reports import ReporterView, UnknownReportError, receipt, reporter_view

router = APIRouter()


@router.get("/status")
async def ask(request: Request, visit: Visiting, number: Annotated[str, Query(max_length=40)] = "") -> Response:
    """Ask for a number, and lead to its page."""
    if not number.strip():
        return await page(request, visit, "status_ask.html", number="", error="", status=200)
    try:
        return RedirectResponse(f"/status/{clean_number(number)}", 303)
    except BadNumberError as error:
        return await _ask_again(request, visit, number, error)


@router.get("/status/{number}", dependencies=[Depends(admit_look_up)])
async def show(
    request: Request,
    visit: Visiting,
    number: str,
    key: Annotated[str, Query(max_length=64)] = "",
    sent: Annotated[str, Query(max_length=1)] = "",
) -> HTMLResponse:
    """Show what the number, or the whole link, lets the reader know."""
    try:
        digits = clean_number(number)
        public = await receipt(visit.connection, digits, visit.now)
        view = await _view(visit, digits, key) if key else None
    except (BadNumberError, UnknownReportError) as error:
        return await _ask_again(request, visit, number, error)
    names = {c.code: c.name(visit.lang) for c in await categories(visit.connection, visit.now)}
    return await page(
        request,
        visit,
        "status.html",
        report=public,
        view=view,
        wrong_key=bool(key) and view is None,
        link=str(request.base_url).rstrip("/") + f"/status/{digits}?key={key}",
        sent=bool(sent),
        category=names.get(public.category, public.category),
        mark=state_mark(public.state, public.confirmed),
        recipient=recipient(view.match, visit.words) if view else "",
        explanation=explain(view.match, visit.words) if view else "",
        grouped=f"{digits[:3]} {digits[3:6]} {digits[6:]}",
    )


async def _view(visit: Visit, digits: str, key: str) -> ReporterView | None:
    """What the key opens; None where it does not fit, for the number alone still tells something."""
    try:
        return await reporter_view(visit.connection, digits, key)
    except UnknownReportError:
        return None


async def _ask_again(request: Request, visit: Visit, number: str, error: GridwardenError) -> HTMLResponse:
    problem = problem_of(error)
    said = problem.document(visit.words, "")["detail"]
    return await page(request, visit, "status_ask.html", number=number, error=said, status=STATUS[problem.code])
