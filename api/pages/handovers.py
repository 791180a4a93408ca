"""``/handovers``: the end of a shift: writing a hand-over, taking one over, and reading those that were.

Works without any script.  Who may what, ``grids.handovers`` and the database decide; here it is shown and told.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Final

from fastapi import APIRouter, Form, Path, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from starlette.datastructures import FormData

from api.errors import STATUS, problem_of
from api.pages.handing_over import Shown, called, shown
from api.pages.listed import rows_of
from api.rendering import page
from api.visits import Visit, Visiting, service_of, session_digest, visiting
from api.working_lists import staff_only
from gis.errors import GridwardenError
from grids.handing_over import (
    HandoverError,
    HandoverWrittenError,
    NotAtDeskError,
    Written,
    accept_handover,
    write_handover,
)
from grids.handovers import PAGE, ShiftDesk, desks_of, handover, handovers_of, open_now
from grids.listed import listed
from grids.reports import TextTooLongError
from grids.steps import MAX_WORDS, NoSuchCaseError
from grids.tables import cases

router = APIRouter()

HandoverId = Annotated[int, Path(ge=1, le=2**63 - 1)]
_NOTE: Final = "note-"
# What may be wrong with what was typed, told on the page with all of it.
_TELLS: Final = (HandoverError, TextTooLongError, NoSuchCaseError)


@dataclass(frozen=True, slots=True)
class Typed:
    """What somebody wrote, as it came: the whole, to whom, and notes by the number of a case."""

    words: str = ""
    to: str = ""
    version: str = ""
    notes: Mapping[str, str] | None = None

    @classmethod
    def of(cls, form: FormData) -> "Typed":
        """Answer what a form says."""
        given = {name: value for name, value in form.multi_items() if isinstance(value, str)}
        notes = {name.removeprefix(_NOTE): value for name, value in given.items() if name.startswith(_NOTE)}
        return cls(given.get("words", ""), given.get("to", ""), given.get("version", ""), notes)

    def note(self, case_id: int) -> str:
        """Answer what was typed about a case."""
        return (self.notes or {}).get(str(case_id), "")

    def by_case(self) -> dict[int, str]:
        """Answer the notes that say anything, by the number of the case."""
        return {int(case): words for case, words in (self.notes or {}).items() if _number(case, 18) and words.strip()}


def _number(given: str, digits: int = 9) -> bool:
    return given.isascii() and given.isdecimal() and len(given) <= digits


@router.get("/handovers")
async def show_all(
    request: Request, visit: Visiting, before: Annotated[int | None, Query(ge=1, le=2**63 - 1)] = None
) -> HTMLResponse:
    """Show the hand-overs that the reader gave, took over or supervises, and where he can write one."""
    return await _list(request, visit, before=before)


@router.get("/handovers/new")
async def begin(request: Request, visit: Visiting, desk: Annotated[str, Query(max_length=300)] = "") -> HTMLResponse:
    """Show what a hand-over would list now, and the form that writes it."""
    return await _form(request, visit, desk)


@router.post("/handovers/new")
async def write(request: Request, desk: Annotated[str, Query(max_length=300)] = "") -> Response:
    """Write it and lead to it; what cannot be written keeps every word that was typed."""
    typed = Typed.of(await request.form())
    async with visiting(request, service_of(request)) as visit:
        staff_only(visit)
        mine = _chosen(await desks_of(visit.connection, visit.now), desk)
    try:
        written = await _write(request, mine, typed)
    except _TELLS as error:
        async with visiting(request, service_of(request)) as visit:
            # Whoever has read that he wrote one meanwhile may write another.
            stale = isinstance(error, HandoverWrittenError)
            return await _form(request, visit, desk, typed=typed, error=error, fresh=stale)
    return RedirectResponse(f"/handovers/{written.id}?done=written", 303)


@router.get("/handovers/{handover_id}")
async def show_one(
    request: Request, visit: Visiting, handover_id: HandoverId, done: Annotated[str, Query(max_length=10)] = ""
) -> HTMLResponse:
    """Show one hand-over as far as the reader may see it today."""
    return await _one(request, visit, handover_id, done=done if done in ("written", "accepted") else "")


@router.post("/handovers/{handover_id}/accept")
async def accept(
    request: Request, handover_id: HandoverId, words: Annotated[str, Form(max_length=20_000)] = ""
) -> Response:
    """Take it over and lead to it."""
    async with visiting(request, service_of(request)) as visit:
        staff_only(visit)
    try:
        service = service_of(request)
        async with service.connections.lend() as connection:
            await accept_handover(
                connection, handover_id, now=service.clock(), session_digest=session_digest(request), words=words
            )
    except (HandoverError, TextTooLongError) as error:
        async with visiting(request, service_of(request)) as visit:
            if isinstance(error, TextTooLongError):
                return await _one(request, visit, handover_id, typed=words, error=error)
            return await _list(request, visit, error=error, typed=words)
    return RedirectResponse(f"/handovers/{handover_id}?done=accepted", 303)


def _chosen(desks: tuple[ShiftDesk, ...], key: str) -> ShiftDesk:
    """Answer the desk that an address names, the first one where it names none."""
    found = [desk for desk in desks if key in ("", desk.key)]
    if not found:
        raise NotAtDeskError("Only those who are posted at a desk hand it over.")
    return found[0]


async def _write(request: Request, desk: ShiftDesk, typed: Typed) -> Written:
    service = service_of(request)
    async with service.connections.lend() as connection:
        return await write_handover(
            connection,
            desk.kind,
            desk.area_code,
            desk.desk,
            # A number that is none is never the newest.
            version=int(typed.version) if _number(typed.version) else -1,
            now=service.clock(),
            session_digest=session_digest(request),
            to_posting=int(typed.to) if _number(typed.to) else None,
            words=typed.words,
            notes=typed.by_case(),
        )


def _told(error: GridwardenError, visit: Visit) -> dict[str, str]:
    problem = problem_of(error)
    document = problem.document(visit.words, "")
    return {"title": document["title"], "detail": document["detail"], "code": problem.code}


async def _form(
    request: Request,
    visit: Visit,
    key: str,
    *,
    typed: Typed | None = None,
    error: GridwardenError | None = None,
    fresh: bool = False,
) -> HTMLResponse:
    staff_only(visit)
    desks = await desks_of(visit.connection, visit.now)
    desk = _chosen(desks, key)
    now = await open_now(visit.connection, desk, visit.now)
    said = typed or Typed()
    noted = [case for case in said.by_case() if case not in {line.case_id for line in now.lines}]
    rows = await rows_of(
        visit,
        await listed(visit.connection, visit.now, cases.c.id.in_([*noted, *(line.case_id for line in now.lines)])),
    )
    by_case = {row.case.id: row for row in rows}
    return await page(
        request,
        visit,
        "handover_new.html",
        status=STATUS[problem_of(error).code] if error else 200,
        desk=desk,
        desks=[(each, called(each, visit)) for each in desks],
        where=called(desk, visit),
        now=now,
        lines=[(by_case[line.case_id], line) for line in now.lines if line.case_id in by_case],
        # What was typed about a case that no longer matters is not lost.
        besides=[by_case[case] for case in noted if case in by_case],
        typed=said,
        version=desk.version if fresh or not said.version else said.version,
        trouble=_told(error, visit) if error else None,
        most=MAX_WORDS,
    )


async def _one(
    request: Request,
    visit: Visit,
    handover_id: int,
    *,
    done: str = "",
    typed: str = "",
    error: GridwardenError | None = None,
) -> HTMLResponse:
    staff_only(visit)
    found: list[Shown] = await shown(visit, [await handover(visit.connection, handover_id, visit.now)])
    return await page(
        request,
        visit,
        "handover.html",
        status=STATUS[problem_of(error).code] if error else 200,
        one=found[0],
        done=done,
        typed=typed,
        trouble=_told(error, visit) if error else None,
        most=MAX_WORDS,
    )


async def _list(
    request: Request,
    visit: Visit,
    *,
    before: int | None = None,
    error: GridwardenError | None = None,
    typed: str = "",
) -> HTMLResponse:
    staff_only(visit)
    desks = await desks_of(visit.connection, visit.now)
    found = await handovers_of(visit.connection, visit.now, before=before, limit=PAGE + 1)
    if not desks and not found and before is None:
        raise NotAtDeskError("Only those who are posted at a desk hand it over.")
    return await page(
        request,
        visit,
        "handovers.html",
        status=STATUS[problem_of(error).code] if error else 200,
        desks=[(each, called(each, visit)) for each in desks],
        found=await shown(visit, found[:PAGE]),
        older=found[PAGE - 1].id if len(found) > PAGE else None,
        later=before is not None,
        trouble=_told(error, visit) if error else None,
        typed=typed,
    )
