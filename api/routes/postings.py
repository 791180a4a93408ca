"""``/api/postings``: who is posted where, changes with a dry run, absences, log-ins.  Rights are the database's."""

from datetime import timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Request, UploadFile

from api.errors import LogInRequiredError, problems
from api.links import address_of, password_link
from api.routes.posting_documents import (
    AbsenceBody,
    ChangeBody,
    ChangedDocument,
    EndBody,
    LinkDocument,
    LogInBody,
    PostingDocument,
    VacancyDocument,
)
from api.visits import Visit, Visiting, service_of, session_digest
from grids import log_ins, posted
from grids.posting_reader import read_file
from grids.posting_rows import PostingRow
from grids.postings import (
    Away,
    Changed,
    be_away,
    be_back,
    change,
    check_may_change,
    check_may_look,
    with_faults,
)

router = APIRouter(prefix="/api/postings", tags=["postings"])

Number = Annotated[int, Path(ge=1, le=2**31 - 1)]
_LOOKS = ("log_in_required", "postings_for_administrators", "invalid_request", "database_gone")
_WRITES = (*_LOOKS, "cross_site", "not_json", "body_too_large")


def asked(visit: Visit) -> Visit:
    """Answer the visit of a member of staff.

    Raises
    ------
    LogInRequiredError
        ``log_in_required``.
    """
    if visit.actor is None:
        raise LogInRequiredError("Postings are for staff: log in first.")
    return visit


@router.get("", responses=problems(*_LOOKS))
async def list_postings(
    visit: Visiting,
    area: Annotated[str | None, Query(max_length=32, description="it and the areas one level below")] = None,
    q: Annotated[str | None, Query(max_length=100, description="part of a person's name")] = None,
    past: Annotated[bool, Query(description="those that are over, too")] = False,
) -> list[PostingDocument]:
    """Who is posted: for an area and the areas one level below, or people of a name."""
    check_may_look(asked(visit).actor)
    if area:
        codes = await posted.below(visit.connection, area, visit.now)
        found = await posted.postings_of(visit.connection, codes, visit.now, past=past)
    else:
        found = await posted.postings_of_people(visit.connection, q or "", visit.now)
    return [PostingDocument.model_validate(one) for one in found]


@router.get(
    "/vacancies",
    responses=problems(*_LOOKS),
)
async def list_vacancies(
    visit: Visiting,
    area: Annotated[str, Query(max_length=32)],
    days: Annotated[int, Query(ge=0, le=366, description="also those whose head leaves within so many days")] = 30,
) -> list[VacancyDocument]:
    """Grids of an area without a head, now or soon."""
    check_may_look(asked(visit).actor)
    found = await posted.vacancies(visit.connection, area, visit.now, timedelta(days=days))
    return [VacancyDocument.model_validate(one) for one in found]


@router.post("/rows", responses=problems(*_WRITES))
async def change_rows(request: Request, visit: Visiting, body: ChangeBody) -> ChangedDocument:
    """Try a change of postings, or do it: new ones, ends, hand-overs; all or nothing."""
    check_may_change(asked(visit).actor)
    rows = [PostingRow(n, **row.model_dump()) for n, row in enumerate(body.rows, start=1)]
    changed = await _changed(request, visit, rows, commit=body.commit, correct=body.correct_history)
    return ChangedDocument.of(changed, visit.words)


@router.post("/file", responses=problems("bad_posting_file", *_WRITES))
async def change_by_file(
    request: Request,
    visit: Visiting,
    file: UploadFile,
    sheet: Annotated[str | None, Query(max_length=100)] = None,
    commit: bool = False,
    correct_history: bool = False,
) -> ChangedDocument:
    """Try a list of postings (`.csv`, `.xlsx`), or with `commit` do what it says; all or nothing."""
    check_may_change(asked(visit).actor)
    read = await read_file(file.filename or "", await file.read(), sheet)
    does = commit and not read.faults
    changed = await _changed(request, visit, list(read.rows), commit=does, correct=correct_history)
    return ChangedDocument.of(with_faults(changed, read), visit.words)


@router.post("/{posting_id}/absences", status_code=201, responses=problems("posting_refused", *_WRITES))
async def add_absence(request: Request, visit: Visiting, posting_id: Number, body: AbsenceBody) -> dict[str, int]:
    """Enter that a head or a deputy is away, and who stands in."""
    check_may_change(asked(visit).actor)
    async with service_of(request).connections.lend() as connection:
        away = Away(posting_id, **body.model_dump())
        number = await be_away(connection, away, session_digest=session_digest(request), now=visit.now)
    return {"absence_id": number}


@router.post(
    "/absences/{absence_id}/end", status_code=204, responses=problems("posting_not_found", "posting_refused", *_WRITES)
)
async def end_absence(request: Request, visit: Visiting, absence_id: Number) -> None:
    """Somebody is back early; an absence that has not begun never was.  Who was posted for it alone leaves with it."""
    check_may_change(asked(visit).actor)
    async with service_of(request).connections.lend() as connection:
        await be_back(connection, absence_id, session_digest=session_digest(request), now=visit.now)


@router.post(
    "/{posting_id}/log-in", status_code=201, responses=problems("posting_not_found", "log_in_refused", *_WRITES)
)
async def offer_log_in(request: Request, visit: Visiting, posting_id: Number, body: LogInBody) -> LinkDocument:
    """Offer whoever holds a posting a log-in, or a new password; the link is answered once."""
    person = await person_behind(visit, posting_id)
    async with service_of(request).connections.lend() as connection:
        key = await log_ins.offer(
            connection, person.person_id, body.login, session_digest=session_digest(request), now=visit.now
        )
    return LinkDocument(link=password_link(address_of(request), key))


@router.post("/{posting_id}/log-in/end", status_code=204, responses=problems("posting_not_found", *_WRITES))
async def end_log_in(request: Request, visit: Visiting, posting_id: Number, body: EndBody) -> None:
    """End all sessions of whoever holds a posting; with `take` the log-in, too."""
    person = await person_behind(visit, posting_id)
    async with service_of(request).connections.lend() as connection:
        await log_ins.shut_out(
            connection, person.person_id, take=body.take, session_digest=session_digest(request), now=visit.now
        )


async def person_behind(visit: Visit, posting_id: int) -> posted.Behind:
    """Answer who is behind a posting, for an administrator of its area.

    Raises
    ------
    PostingNotFoundError
        ``posting_not_found``.
    """
    check_may_change(asked(visit).actor)
    return await posted.the_one_behind(visit.connection, posting_id, visit.now)


async def _changed(request: Request, visit: Visit, rows: list[PostingRow], **how: Any) -> Changed:
    async with service_of(request).connections.lend() as connection:
        return await change(connection, rows, session_digest=session_digest(request), now=visit.now, **how)
