"""``/inbox``: what a department owns, as its handlers work it."""

from typing import Annotated, Final

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse

from api.pages.case_parts import waiting_parts
from api.pages.handing_over import waiting_at
from api.pages.listed import Result, chosen_cases, result_lines, rows_of, take_several
from api.rendering import page
from api.visits import Visit, Visiting, service_of, session_digest, visiting
from api.working_lists import departments_or_refusal
from grids.duties import INBOX_SECTIONS, MOST, InboxSection, inbox

router = APIRouter()

VERBS: Final = ("start", "return")


@router.get("/inbox")
async def show(request: Request, visit: Visiting) -> HTMLResponse:
    """Show a section of the inbox."""
    return await _inbox(request, visit)


@router.post("/inbox")
async def step(
    request: Request,
    verb: Annotated[str, Form(max_length=20)] = "",
    case: Annotated[list[str] | None, Form()] = None,
    words: Annotated[str, Form(max_length=8000)] = "",
) -> HTMLResponse:
    """Begin or return each case that was ticked, and show the page again with what became of each."""
    service, session = service_of(request), session_digest(request)
    chosen = chosen_cases(case or [])
    async with visiting(request, service) as visit:
        await departments_or_refusal(visit)
        wrong = _wrong(visit, verb, chosen, words)
        told = visit.words
    results = []
    if not wrong:
        results = await take_several(service, session, chosen, verb, told, words if verb == "return" else "")
    async with visiting(request, service) as visit:
        return await _inbox(
            request, visit, verb=verb, results=results, wrong=wrong, chosen=[c for c, _ in chosen], typed=words
        )


def asked_section(request: Request) -> InboxSection:
    """Answer the section that an address asks for; all that the department owns where it names none."""
    asked = request.query_params.get("section")
    return next((section for section in INBOX_SECTIONS if section == asked), "open")


def _wrong(visit: Visit, verb: str, chosen: list[tuple[int, int]], words: str) -> str:
    if not chosen:
        return visit.words("several-none-chosen")
    if verb not in VERBS:
        return visit.words("several-no-verb")
    if verb == "return" and not words.strip():
        return visit.words("several-no-words")
    return ""


async def _inbox(
    request: Request,
    visit: Visit,
    *,
    verb: str = "",
    results: list[Result] | None = None,
    wrong: str = "",
    chosen: list[int] | None = None,
    typed: str = "",
) -> HTMLResponse:
    departments = await departments_or_refusal(visit)
    section = asked_section(request)
    owned = await inbox(visit.connection, departments, visit.now)
    lines = await result_lines(visit, results or [])
    refused = [line.result.case_id for line in lines if line.result.refused]
    return await page(
        request,
        visit,
        "inbox.html",
        status=422 if wrong else 200,
        section=section,
        counts={each: len(owned.section(each, visit.now)) for each in INBOX_SECTIONS},
        rows=await rows_of(visit, owned.section(section, visit.now), (chosen or []) if wrong else refused),
        answered=owned.answered,
        to_do=await waiting_parts(visit),
        waiting=await waiting_at(visit, "department"),
        most=MOST if len(owned.rows) == MOST else None,
        mine=visit.words("list-separator").join(d.desk for d in departments),
        address=lambda each: f"/inbox?section={each}",
        verb=verb,
        lines=lines,
        wrong=wrong,
        typed=typed if wrong or refused else "",
    )
