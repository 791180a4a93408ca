"""``/postings``: who is posted in an area and one level below, the grids without a head, and adding a posting.

Desks, dispatchers and supervisors read; administrators change.  Works without script.
"""

from dataclasses import dataclass

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from starlette.datastructures import FormData, QueryParams

from api.errors import STATUS, LogInRequiredError, problem_of
from api.pages.posting_forms import new_row, text
from api.rendering import page
from api.visits import Visit, Visiting, service_of, session_digest
from gis.errors import GridwardenError
from grids import areas, posted
from grids.posted import Held, Place, Vacancy
from grids.posting_rows import ROLES
from grids.postings import Changed, change_one, check_may_change, check_may_look, may_change

router = APIRouter()

_VACANCIES_SHOWN = 30
_MAIN = ("head", "deputy", "member", "desk")


@dataclass(frozen=True, slots=True)
class _Line:
    """One area of the list with its postings by role; ``others`` are those that answer for no report."""

    code: str
    name: str
    own: bool
    by_role: dict[str, list[Held]]
    others: list[Held]
    vacancy: Vacancy | None


@router.get("/postings")
async def show(request: Request, visit: Visiting, area: str = "", q: str = "", past: str = "") -> HTMLResponse:
    """Show an area with those below it, or what a search finds."""
    check(visit)
    place = await posted.place(visit.connection, area, visit.now) if area else await _own(visit)
    if area and place is None:
        raise areas.AreaNotFoundError(f"There is no area {area} in any boundaries.", params={"code": area})
    # Of a new one whose role and desk the address names.
    return await _page(request, visit, place, asked=q, past=bool(past), typed=request.query_params)


@router.post("/postings")
async def add(request: Request, visit: Visiting) -> Response:
    """Add a posting; without `commit` say what it would do, with a fault say which."""
    check(visit)
    check_may_change(visit.actor)
    typed = await request.form()
    commit = "commit" in typed
    try:
        async with service_of(request).connections.lend() as connection:
            rows = [new_row(1, typed)]
            digest = session_digest(request)
            tried = await change_one(connection, rows, session_digest=digest, now=visit.now, commit=commit)
    except GridwardenError as error:
        return await _page(request, visit, await _meant(visit, typed), typed=typed, error=error)
    if tried.committed and tried.changes:
        return RedirectResponse(f"/postings/{tried.changes[0].posting_id}", 303)
    return await _page(request, visit, await _meant(visit, typed), typed=typed, tried=tried)


def check(visit: Visit) -> None:
    """Pass for whoever may see postings.

    Raises
    ------
    LogInRequiredError
        ``log_in_required``.
    PostingsForAdministratorsError
        ``postings_for_administrators``.
    """
    if visit.actor is None:
        raise LogInRequiredError("Postings are for staff: log in first.")
    check_may_look(visit.actor)


async def _page(
    request: Request,
    visit: Visit,
    place: Place | None,
    *,
    asked: str = "",
    past: bool = False,
    typed: FormData | QueryParams | None = None,
    tried: Changed | None = None,
    error: GridwardenError | None = None,
) -> HTMLResponse:
    problem = problem_of(error) if error else None
    empty: list[Vacancy] = await posted.vacancies(visit.connection, place.code, visit.now) if place else []
    found = await areas.search(visit.connection, asked, visit.now) if asked.strip() else []
    people = await posted.postings_of_people(visit.connection, asked, visit.now) if asked.strip() else []
    lines = await _lines(visit, place, empty, past=past) if place else []
    return await page(
        request,
        visit,
        "postings.html",
        status=STATUS[problem.code] if problem else 200,
        place=place,
        lines=lines,
        vacancies=empty[:_VACANCIES_SHOWN],
        vacant=sum(one.kind == "vacant" for one in empty),
        ending=sum(one.kind == "ending" for one in empty),
        names=await areas.names_of(visit.connection, _codes(people, empty), visit.now),
        asked=asked,
        found=found,
        people=people,
        past=past,
        may_change=may_change(visit.actor),
        roles=ROLES,
        typed=typed or {},
        tried=tried,
        error=problem.said(visit.words) if problem else "",
    )


async def _own(visit: Visit) -> Place | None:
    """The reader's own area; None where no boundaries know it."""
    held = visit.actor.postings if visit.actor else ()
    own = next((p.area_code for p in held if p.role == "administrator"), held[0].area_code if held else "")
    return await posted.place(visit.connection, own, visit.now)


async def _meant(visit: Visit, typed: FormData) -> Place | None:
    """The area that was typed, else the reader's own: a mistyped code is told on the form that it was typed into."""
    return await posted.place(visit.connection, text(typed, "area_code") or "", visit.now) or await _own(visit)


async def _lines(visit: Visit, place: Place, empty: list[Vacancy], *, past: bool) -> list[_Line]:
    codes = [place.code, *(child.code for child in place.children)]
    names = {place.code: place.name} | {child.code: child.name for child in place.children}
    held: dict[str, list[Held]] = {code: [] for code in codes}
    for one in await posted.postings_of(visit.connection, codes, visit.now, past=past):
        held[one.area_code].append(one)
    without = {one.area_code: one for one in empty}
    return [
        _Line(
            code,
            names[code],
            code == place.code,
            {role: [one for one in held[code] if one.role == role] for role in _MAIN},
            [one for one in held[code] if one.role not in _MAIN],
            without.get(code),
        )
        for code in codes
    ]


def _codes(people: list[Held], empty: list[Vacancy]) -> set[str]:
    return {one.area_code for one in people} | {code for one in empty for code in one.chain}
