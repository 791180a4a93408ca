"""``/postings/file``: a list of postings is tried first, and done when it says what it should.

What was read travels in the page between the two; the database looks at all of it again.
"""

import json
import re
from typing import Any, Final

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response
from starlette.datastructures import FormData, UploadFile

from api.body_limits import BodyLimit
from api.errors import STATUS, problem_of
from api.guard import MAX_BODY_BYTES, BodyTooLargeError
from api.pages.posting_forms import text
from api.pages.postings import check
from api.rendering import page
from api.visits import Visit, Visiting, service_of, session_digest
from gis.errors import GridwardenError
from grids.posting_reader import read_file
from grids.posting_rows import PostingFile, as_json, from_json, refused
from grids.posting_sheets import MAX_ROWS
from grids.posting_words import fault_line
from grids.postings import Changed, change, check_may_change, with_faults

router = APIRouter()

_SHOWN = 100
# The rows of a file come back to be done, and are longer than the file: each names its fields.
_ROW_BYTES: Final = 400
POSTING_BODIES: Final = BodyLimit(re.compile("/postings/file"), MAX_ROWS * _ROW_BYTES, "body_too_large")


@router.get("/postings/file")
async def show(request: Request, visit: Visiting) -> HTMLResponse:
    """Show the form."""
    check(visit)
    check_may_change(visit.actor)
    return await _page(request, visit)


@router.post("/postings/file")
async def take(request: Request, visit: Visiting) -> Response:
    """Try what a file says, or do what was tried."""
    check(visit)
    check_may_change(visit.actor)
    try:
        async with request.form(max_files=1, max_fields=8, max_part_size=POSTING_BODIES.most_bytes) as typed:
            file = await _file(typed)
            commit, correct = "commit" in typed and not file.faults, "correct_history" in typed
        async with service_of(request).connections.lend() as connection:
            digest = session_digest(request)
            changed = await change(
                connection, file.rows, session_digest=digest, now=visit.now, correct=correct, commit=commit
            )
    except GridwardenError as error:
        return await _page(request, visit, error=error)
    return await _page(request, visit, changed=with_faults(changed, file), file=file, correct=correct)


async def _file(typed: FormData) -> PostingFile:
    """What is read from the file, or what was read before and comes back to be done."""
    given = typed.get("file")
    if isinstance(given, UploadFile) and given.filename:
        if (given.size or 0) > MAX_BODY_BYTES:
            raise BodyTooLargeError
        return await read_file(given.filename, await given.read(), text(typed, "sheet"))
    rows = typed.get("rows")
    if not isinstance(rows, str) or not rows:
        raise refused("missing")
    try:
        said: Any = json.loads(rows)
    except (ValueError, RecursionError) as error:
        raise refused("missing") from error
    return PostingFile(from_json(said if isinstance(said, list) else [said]), (), ())


def _travelling(file: PostingFile) -> str:
    return json.dumps(as_json(file.rows), ensure_ascii=False, separators=(",", ":"))


async def _page(
    request: Request,
    visit: Visit,
    *,
    changed: Changed | None = None,
    file: PostingFile | None = None,
    correct: bool = False,
    error: GridwardenError | None = None,
) -> HTMLResponse:
    problem = problem_of(error) if error else None
    refused_rows = changed is not None and bool(changed.faults)
    return await page(
        request,
        visit,
        "postings_file.html",
        status=STATUS[problem.code] if problem else 422 if refused_rows else 200,
        changed=changed,
        ignored=file.ignored if file else (),
        rows=_travelling(file) if file and changed and not changed.faults else "",
        correct=correct,
        shown=_SHOWN,
        say=lambda fault: fault_line(fault, visit.words),
        error=problem.said(visit.words) if problem else "",
    )
