"""``/postings/{number}``: one posting with what can be done: end it, hand it over, enter an absence, give a log-in.

What a change would do is said before it is done, also to whom open cases go.  Works without script.
"""

from collections.abc import Callable, Collection, Mapping
from datetime import timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Path, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from starlette.datastructures import FormData

from api.errors import STATUS, problem_of
from api.links import address_of, password_link
from api.pages.posting_forms import day, new_row, number, text
from api.pages.postings import check
from api.rendering import page
from api.routes.postings import person_behind
from api.visits import Visit, Visiting, service_of, session_digest
from gis.errors import GridwardenError
from grids import areas, log_ins, posted
from grids.posted import Held, PostingNotFoundError
from grids.posting_rows import Fault, PostingRow
from grids.postings import (
    REASONS,
    Away,
    Changed,
    PostingRefusedError,
    Reason,
    be_away,
    be_back,
    change_one,
    check_may_change,
    may_change,
)

router = APIRouter()

Number = Annotated[int, Path(ge=1, le=2**31 - 1)]


@router.get("/postings/{posting_id}")
async def show(request: Request, visit: Visiting, posting_id: Number) -> HTMLResponse:
    """Show a posting."""
    check(visit)
    return await _page(request, visit, posting_id)


@router.post("/postings/{posting_id}")
async def change(request: Request, visit: Visiting, posting_id: Number) -> Response:
    """End it, hand it over, take it back or write an address down; without `commit` say what that would do."""
    check(visit)
    check_may_change(visit.actor)
    typed = await request.form()
    try:
        rows = _ROWS[_verb(typed, _ROWS)](await _held(visit, posting_id), typed)
        async with service_of(request).connections.lend() as connection:
            tried = await change_one(
                connection, rows, session_digest=session_digest(request), now=visit.now, commit="commit" in typed
            )
    except GridwardenError as error:
        return await _page(request, visit, posting_id, typed=typed, error=error)
    if tried.committed:
        held = await posted.posting(visit.connection, posting_id, visit.now)
        return RedirectResponse(f"/postings/{posting_id}" if held else "/postings", 303)
    return await _page(request, visit, posting_id, typed=typed, tried=tried)


@router.post("/postings/{posting_id}/absences")
async def away(request: Request, visit: Visiting, posting_id: Number) -> Response:
    """Enter an absence."""
    check(visit)
    check_may_change(visit.actor)
    typed = await request.form()
    try:
        told = _away(posting_id, typed)
        async with service_of(request).connections.lend() as connection:
            await be_away(connection, told, session_digest=session_digest(request), now=visit.now)
    except GridwardenError as error:
        return await _page(request, visit, posting_id, typed=typed, error=error)
    return RedirectResponse(f"/postings/{posting_id}#away", 303)


@router.post("/postings/{posting_id}/absences/{absence_id}/end")
async def back(request: Request, visit: Visiting, posting_id: Number, absence_id: Number) -> Response:
    """Somebody is back early."""
    check(visit)
    check_may_change(visit.actor)
    async with service_of(request).connections.lend() as connection:
        await be_back(connection, absence_id, session_digest=session_digest(request), now=visit.now)
    return RedirectResponse(f"/postings/{posting_id}#away", 303)


@router.post("/postings/{posting_id}/log-in")
async def log_in(request: Request, visit: Visiting, posting_id: Number) -> Response:
    """Offer a log-in and show the link once; or take it away, or end all sessions."""
    check(visit)
    typed = await request.form()
    try:
        verb = _verb(typed, _LOG_INS)
        person = await person_behind(visit, posting_id)
        digest = session_digest(request)
        async with service_of(request).connections.lend() as connection:
            if verb != "offer":
                await log_ins.shut_out(
                    connection, person.person_id, take=verb == "take", session_digest=digest, now=visit.now
                )
                return RedirectResponse(f"/postings/{posting_id}#log-in", 303)
            login = text(typed, "login") or ""
            key = await log_ins.offer(connection, person.person_id, login, session_digest=digest, now=visit.now)
    except GridwardenError as error:
        return await _page(request, visit, posting_id, typed=typed, error=error)
    shown = await _page(request, visit, posting_id, link=password_link(address_of(request), key))
    shown.headers["Cache-Control"] = "no-store"
    return shown


def _verb(typed: FormData, known: Collection[str]) -> str:
    """What is to be done; nothing is done that was not named."""
    verb = text(typed, "verb")
    if verb not in known:
        raise PostingRefusedError("It was not said what is to be done.", params={"fault": Fault(1, "verb")})
    return str(verb)


def _end(held: Held, typed: FormData) -> list[PostingRow]:
    return [PostingRow(1, posting_id=held.id, until=_needed(typed, "until"))]


def _hand_over(held: Held, typed: FormData) -> list[PostingRow]:
    since = _needed(typed, "since")
    fixed: dict[str, Any] = {"area_code": held.area_code, "role": held.role, "desk": held.desk, "until": None}
    return [PostingRow(1, posting_id=held.id, until=since), new_row(2, typed, **fixed, since=since)]


def _withdraw(held: Held, _: FormData) -> list[PostingRow]:
    return [PostingRow(1, posting_id=held.id, withdraw=True)]


def _address(held: Held, typed: FormData) -> list[PostingRow]:
    return [PostingRow(1, posting_id=held.id, email=text(typed, "email") or "-")]


_ROWS: Mapping[str, Callable[[Held, FormData], list[PostingRow]]] = {
    "end": _end,
    "hand_over": _hand_over,
    "withdraw": _withdraw,
    "address": _address,
}
_LOG_INS = frozenset({"offer", "take", "sessions"})


def _needed(typed: FormData, name: str) -> Any:
    found = day(typed, name)
    if found is None:
        raise PostingRefusedError("The day is missing.", params={"fault": Fault(1, "day_missing")})
    return found


def _away(posting_id: int, typed: FormData) -> Away:
    last = _needed(typed, "last_day")
    reason: Reason = next((one for one in REASONS if one == text(typed, "reason")), "other")
    return Away(
        posting_id,
        _needed(typed, "since"),
        last + timedelta(days=1),
        reason,
        number(typed, "stand_in"),
        text(typed, "name"),
        text(typed, "staff_number"),
    )


async def _held(visit: Visit, posting_id: int) -> Held:
    held = await posted.posting(visit.connection, posting_id, visit.now)
    if held is None:
        raise PostingNotFoundError("There is no posting of this number.")
    return held


async def _page(
    request: Request,
    visit: Visit,
    posting_id: int,
    *,
    typed: FormData | None = None,
    tried: Changed | None = None,
    error: GridwardenError | None = None,
    link: str = "",
) -> HTMLResponse:
    given: Mapping[str, Any] = typed or {}
    held = await _held(visit, posting_id)
    problem = problem_of(error) if error else None
    behind = (await posted.behind(visit.connection, [posting_id], visit.now)).get(posting_id)
    beside = await posted.postings_of(visit.connection, [held.area_code], visit.now)
    others = await posted.postings_of_person(visit.connection, held.person_id, visit.now) if held.person_id else []
    names = await areas.names_of(visit.connection, {one.area_code for one in others}, visit.now)
    place = await posted.place(visit.connection, held.area_code, visit.now)
    return await page(
        request,
        visit,
        "posting.html",
        status=STATUS[problem.code] if problem else 200,
        held=held,
        area=place.name if place else held.area_code,
        names=names,
        behind=behind,
        others=[one for one in others if one.id != held.id],
        deputies=[one for one in beside if one.role == "deputy" and one.id != held.id],
        absences=await posted.absences_of(visit.connection, [posting_id], visit.now),
        people={one.id: one for one in beside},
        history=await posted.history(visit.connection, posting_id, visit.now),
        may_change=may_change(visit.actor) and (behind is not None or held.person_id is None),
        reasons=REASONS,
        typed=given,
        verb=given.get("verb") or ("away" if request.url.path.endswith("absences") else ""),
        tried=tried,
        link=link,
        error=problem.said(visit.words) if problem else "",
    )
