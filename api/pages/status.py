"""``/status``: what became of a report.  The number alone tells little; the link from the receipt tells all.

Whoever holds the link says here whether it was really solved.  Needs no account and no script.
"""

from dataclasses import dataclass
from typing import Annotated, Any, Final
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Form, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from api.errors import STATUS, problem_of
from api.holders import holder
from api.languages import language_of, words_for
from api.pages.case_history import recheck_words
from api.pages.case_steps import LIMITS, Typed
from api.pages.hearing import closed_by
from api.pages.marks import state_mark
from api.pages.photos import photo_said
from api.pages.told import recipient
from api.rendering import page
from api.senders import admit_look_up
from api.service import Service
from api.visits import Visit, Visiting, service_of, visiting
from gis.errors import GridwardenError
from grids.areas import names_of
from grids.at_place import closed_at_place
from grids.categories import categories
from grids.explain import explain
from grids.hearings import reporter_hearings
from grids.language import Words
from grids.photos import MOST_OF_REPORT, photos_for_reporter
from grids.receipts import BadNumberError, clean_number, digest
from grids.report_views import PublicReport, ReporterView, UnknownReportError, receipt, reporter_view
from grids.reports import TextTooLongError
from grids.steps import StepError, take
from grids.workflow import CLOSED, State

router = APIRouter()

# Why it ended without being solved, told with who is responsible.
_REASONED: Final = ("decline", "will_not_do", "pause", "claim")


@dataclass(frozen=True, slots=True)
class Trouble:
    """Why what the resident said was not taken; ``verb`` names the form, "" where it is not open any more."""

    detail: str
    status: int
    typed: Typed


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
    joined: Annotated[str, Query(max_length=1)] = "",
    thanks: Annotated[str, Query(max_length=20)] = "",
    photo: Annotated[str, Query(max_length=40)] = "",
) -> HTMLResponse:
    """Show what the number, or the whole link, lets the reader know."""
    said = {"sent": bool(sent), "joined": bool(joined), "thanks": thanks, "photo": photo}
    return await _page(request, visit, number, key, said)


@router.post("/status/{number}/steps", dependencies=[Depends(admit_look_up)])
async def say(
    request: Request,
    service: Annotated[Service, Depends(service_of)],
    number: str,
    typed: Annotated[Typed, Form()],
    key: Annotated[str, Query(max_length=64)] = "",
) -> Response:
    """Take what the resident says and lead back with thanks; what cannot be taken keeps every word."""
    trouble = None
    try:
        await _take(request, service, clean_number(number), key, typed)
    except (StepError, TextTooLongError) as error:
        trouble = _trouble(error, typed, words_for(language_of(request)))
    except (BadNumberError, UnknownReportError):
        # The page says which of the two it is.
        trouble = Trouble("", STATUS["unknown_report"], typed)
    if trouble is None:
        thanks = {"key": key, "thanks": "place" if typed.case else typed.verb}
        return RedirectResponse(f"/status/{clean_number(number)}?{urlencode(thanks)}", 303)
    async with visiting(request, service) as visit:
        return await _page(request, visit, number, key, {}, trouble)


async def _take(request: Request, service: Service, digits: str, key: str, typed: Typed) -> None:
    typed.check()
    async with visiting(request, service) as visit:
        view = await reporter_view(visit.connection, digits, key)
    async with service.connections.lend() as connection:
        await take(
            connection,
            (typed.number("case", "bigint") or 0) if typed.case else view.case_id,
            typed.verb,
            version=typed.number("version") or 0,
            now=service.clock(),
            link_digest=digest(key),
            words=typed.said(),
            data=typed.data(),
        )


def _trouble(error: StepError | TextTooLongError, typed: Typed, words: Words) -> Trouble:
    problem = problem_of(error)
    detail = problem.said(words)
    if problem.params.get("need") == "words":
        detail = words("status-say-missing")
    return Trouble(detail, STATUS[problem.code], typed)


async def _page(
    request: Request, visit: Visit, number: str, key: str, said: dict[str, Any], trouble: Trouble | None = None
) -> HTMLResponse:
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
        status=trouble.status if trouble else 200,
        report=public,
        view=view,
        wrong_key=bool(key) and view is None,
        link=str(request.base_url).rstrip("/") + f"/status/{digits}?key={key}",
        sent=said.get("sent", False),
        joined=said.get("joined", False),
        category=names.get(public.category, public.category),
        mark=state_mark(public.state, public.confirmed),
        recipient=recipient(view.match, visit.words) if view else "",
        explanation=explain(view.match, visit.words) if view else "",
        grouped=f"{digits[:3]} {digits[3:6]} {digits[6:]}",
        trouble=trouble if view else None,
        typed=trouble.typed if trouble else Typed(),
        limits=LIMITS,
        **(await _own(visit, public, view, digits, key, said, names) if view else {}),
    )


async def _own(
    visit: Visit,
    public: PublicReport,
    view: ReporterView,
    digits: str,
    key: str,
    said: dict[str, Any],
    names: dict[str, str],
) -> dict[str, Any]:
    """What only the holder of the link sees: where it is now, photos, and what he may say."""
    areas = await names_of(visit.connection, [view.owner_area_code], visit.now)
    area = areas.get(view.owner_area_code, view.owner_area_code)
    state: State = public.state  # type: ignore[assignment]
    heard = await reporter_hearings(visit.connection, digits, key, visit.now)
    decided = [event.reason for event in view.events if event.verb == "petition_close"]
    return {
        "hearings": heard.hearings,
        "closing": heard.closing,
        "closed_by": closed_by(heard.closing, visit.words),
        "decision": decided[-1] if decided and heard.closing else None,
        "ended": state in CLOSED,
        "owner": holder(view.owner_role, area, view.owner_desk, visit.words),
        "recheck": recheck_words(view.recheck, visit.words),
        "reason": _reason(view, state),
        "open_verbs": heard.left(view.may_say(state)),
        "thanks": said.get("thanks", "") if said.get("thanks") in _thanked(view) else "",
        "closed_here": [
            (
                one,
                names.get(one.category, one.category),
                state_mark(one.state, one.confirmed),
                closed_by(one.petition, visit.words),
            )
            for one in await closed_at_place(visit.connection, digits, key, visit.now)
        ],
        "query": "?" + urlencode({"number": digits, "key": key}),
        "keyed": "?" + urlencode({"key": key}),
        "photos": await photos_for_reporter(visit.connection, digits, key),
        "photos_most": MOST_OF_REPORT,
        "photo_said": photo_said(visit.words, said.get("photo", "")) if said.get("photo") else None,
    }


def _thanked(view: ReporterView) -> set[str]:
    """What to thank for: what was said of this case, or of another one at its place, whose events are not here."""
    return {event.verb for event in view.events} | {"place"}


def _reason(view: ReporterView, state: State) -> str | None:
    """The words of the step that led to the present state, where the resident may read them."""
    led = (event for event in reversed(view.events) if event.state == state and event.verb in _REASONED)
    return next((event.reason for event in led), None)


async def _view(visit: Visit, digits: str, key: str) -> ReporterView | None:
    """What the key opens; None where it does not fit, for the number alone still tells something."""
    try:
        return await reporter_view(visit.connection, digits, key)
    except UnknownReportError:
        return None


async def _ask_again(request: Request, visit: Visit, number: str, error: GridwardenError) -> HTMLResponse:
    problem = problem_of(error)
    said = problem.said(visit.words)
    return await page(request, visit, "status_ask.html", number=number, error=said, status=STATUS[problem.code])
