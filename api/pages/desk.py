"""``/desk``: the open cases that a dispatcher or supervisor directs, section by section, and several steps at once."""

from dataclasses import asdict
from typing import Annotated, Final
from urllib.parse import urlencode

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse

from api.holders import holder
from api.pages.addresses import asked_after, asked_code, below
from api.pages.case_parts import waiting_parts
from api.pages.handing_over import waiting_at
from api.pages.listed import Result, chosen_cases, result_lines, rows_of, take_several
from api.rendering import page
from api.visits import Visit, Visiting, service_of, session_digest, visiting
from api.working_lists import desk_of
from grids.areas import names_of
from grids.categories import categories
from grids.desk import FLAGS, SECTIONS, After, Filters, Section, away_below, desk_look, possible_owners

router = APIRouter()

VERBS: Final = ("accept", "dispatch", "decline")
# Beyond these an owner is not told from another in a list, and the case's own page finds him by name.
OWNERS_SHOWN: Final = 400


@router.get("/desk")
async def show(request: Request, visit: Visiting) -> HTMLResponse:
    """Show a page of the desk."""
    return await _desk(request, visit)


@router.post("/desk")
async def step(
    request: Request,
    verb: Annotated[str, Form(max_length=20)] = "",
    case: Annotated[list[str] | None, Form()] = None,
    words: Annotated[str, Form(max_length=8000)] = "",
    posting: Annotated[str, Form(max_length=9)] = "",
) -> HTMLResponse:
    """Take one step of each case that was ticked, and show the page again with what became of each."""
    service, session = service_of(request), session_digest(request)
    chosen = chosen_cases(case or [])
    async with visiting(request, service) as visit:
        desk_of(visit)
        wrong = _wrong(visit, verb, chosen, words, posting)
        told = visit.words
    results = []
    if not wrong:
        owner = {"owner": {"posting_id": int(posting)}} if verb == "dispatch" else None
        reason = words if verb == "decline" else ""
        results = await take_several(service, session, chosen, verb, told, reason, owner)
    async with visiting(request, service) as visit:
        return await _desk(
            request,
            visit,
            verb=verb,
            results=results,
            wrong=wrong,
            chosen=[c for c, _ in chosen],
            typed=words,
            to=posting,
        )


def _wrong(visit: Visit, verb: str, chosen: list[tuple[int, int]], words: str, posting: str) -> str:
    """What is missing before any step can be tried; empty: nothing."""
    if not chosen:
        return visit.words("several-none-chosen")
    if verb not in VERBS:
        return visit.words("several-no-verb")
    if verb == "dispatch" and not posting.isdecimal():
        return visit.words("several-no-owner")
    if verb == "decline" and not words.strip():
        return visit.words("several-no-words")
    return ""


async def _desk(
    request: Request,
    visit: Visit,
    *,
    verb: str = "",
    results: list[Result] | None = None,
    wrong: str = "",
    chosen: list[int] | None = None,
    typed: str = "",
    to: str = "",
) -> HTMLResponse:
    areas = desk_of(visit)
    section, filters = asked_section(request), asked_filters(request)
    after = asked_after(request)
    found = await desk_look(visit.connection, visit.now, section, filters, After(*after) if after else None)
    lines = await result_lines(visit, results or [])
    refused = [line.result.case_id for line in lines if line.result.refused]
    # What was not done stays as it was typed and ticked.
    keep = bool(wrong or refused)
    return await page(
        request,
        visit,
        "desk.html",
        status=422 if wrong else 200,
        section=section,
        filters=filters,
        counts=found.counts,
        to_do=await waiting_parts(visit),
        rows=await rows_of(visit, found.rows, (chosen or []) if wrong else refused),
        waiting=await waiting_at(visit, "desk"),
        away=[
            (holder(one.role, one.area, None, visit.words, one.name), one)
            for one in await away_below(visit.connection, visit.now)
        ],
        owners=await possible_owners(visit.connection, found.rows, visit.now, OWNERS_SHOWN),
        flags=FLAGS,
        kinds=[(c.code, c.name(visit.lang)) for c in await categories(visit.connection, visit.now)],
        below=await below(visit, areas, filters.area),
        mine=visit.words("list-separator").join((await names_of(visit.connection, areas, visit.now)).values()),
        address=lambda **changed: _address(filters, **{"section": section, **changed}),
        next_page=_address(filters, section=section, after=_told_after(found.after)) if found.after else None,
        first_page=_address(filters, section=section) if "after" in request.query_params else None,
        verb=verb,
        lines=lines,
        wrong=wrong,
        typed=typed if keep else "",
        to=to if keep else "",
    )


def asked_section(request: Request) -> Section:
    """Answer the section that an address asks for; all that is open where it names none."""
    asked = request.query_params.get("section")
    return next((section for section in SECTIONS if section == asked), "open")


def asked_filters(request: Request) -> Filters:
    """Answer the filters of an address; what is malformed is dropped."""
    asked = request.query_params
    return Filters(
        area=asked_code(request, "area"),
        category=asked_code(request, "category"),
        flag=next((flag for flag in FLAGS if flag == asked.get("flag")), None),
    )


def _told_after(after: After) -> str:
    return f"{after.act_by.isoformat()},{after.id}"


def _address(asked: Filters, /, **changed: str | None) -> str:
    named = asdict(asked) | changed
    return f"/desk?{urlencode({name: value for name, value in named.items() if value})}"
