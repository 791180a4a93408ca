"""Photos that pages send: a form with a file, and back to the page that it came from with what became of it.

Works without any script.  What is shown is ``fragments/photos.html``; which photos, ``grids.photos`` says.
"""

from dataclasses import dataclass
from typing import Annotated, Final
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Path, Query, Request
from fastapi.responses import RedirectResponse

from api.errors import STATUS, Problem, problem_of
from api.routes.photos import keep_for_case, keep_for_report
from api.senders import admit_report
from api.service import Service
from api.visits import service_of
from grids.language import Words
from grids.photo_intake import PhotoError
from grids.photos import MOST_OF_REPORT
from grids.receipts import clean_number

router = APIRouter()

_ADDED: Final = "added"


@dataclass(frozen=True, slots=True)
class Said:
    """What a page says about the photo that was just sent."""

    good: bool
    text: str


def photo_said(words: Words, code: str) -> Said | None:
    """Answer what to say for ``?photo=`` in a page's address; None for what we never wrote there."""
    if code == _ADDED:
        return Said(good=True, text=words("photo-added"))
    if code not in STATUS:
        return None
    return Said(good=False, text=Problem(code, {"most": MOST_OF_REPORT}).said(words))


@router.post("/status/{number}/photos", dependencies=[Depends(admit_report)])
async def send_for_report(
    request: Request,
    service: Annotated[Service, Depends(service_of)],
    number: Annotated[str, Path(max_length=20)],
    key: Annotated[str, Query(max_length=64)] = "",
) -> RedirectResponse:
    """Add a photo to a report, and lead back to its receipt."""
    digits = clean_number(number)
    said = _ADDED
    try:
        await keep_for_report(request, service, digits, key)
    except PhotoError as error:
        said = problem_of(error).code
    return RedirectResponse(f"/status/{digits}?{urlencode({'key': key, 'photo': said})}#photos", 303)


@router.post("/cases/{case_id}/photos", dependencies=[Depends(admit_report)])
async def send_for_case(
    request: Request,
    service: Annotated[Service, Depends(service_of)],
    case_id: Annotated[int, Path(ge=1, le=2**63 - 1)],
) -> RedirectResponse:
    """Add a photo of the work to a case, and lead back to its page."""
    said = _ADDED
    try:
        await keep_for_case(request, service, case_id)
    except PhotoError as error:
        said = problem_of(error).code
    return RedirectResponse(f"/cases/{case_id}?{urlencode({'photo': said})}#photos", 303)
