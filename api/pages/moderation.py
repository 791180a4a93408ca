"""``/moderation``: a clerk decides which words and photos become public.  Plain forms; a script draws the frames."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Annotated, Final

from fastapi import APIRouter, Depends, Form, Path, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from pydantic import BaseModel

from api.errors import STATUS, problem_of
from api.moderating import about_photo, about_words, clerk
from api.rendering import page
from api.service import Service
from api.visits import Visit, Visiting, service_of, visiting
from gis.errors import GridwardenError
from grids.areas import names_of
from grids.cases import CaseNotFoundError
from grids.categories import categories
from grids.moderation import MAX_REASON, After, Decision, ModerationError, Waiting, masked, queue
from grids.photo_blur import BadRectangleError, Rectangle
from grids.photo_intake import PhotoError
from grids.photos import PhotoNotFoundError
from grids.reports import MAX_TEXT

router = APIRouter()

Serving = Annotated[Service, Depends(service_of)]
RowId = Annotated[int, Path(ge=1, le=2**63 - 1)]
# Of words and of photos; a page of them is an hour's work.
SHOWN: Final = 20
# Parts of a photo that have fields from the start; the script adds more.
_PARTS: Final = 2
_SHOWS: Final = ("waiting", "released", "withheld")
# What may be wrong with a decision, told on the page with all that was typed.
_TELLS: Final = (ModerationError, BadRectangleError, PhotoError, PhotoNotFoundError, CaseNotFoundError)

_FIRST: Final = After()

Part = tuple[str, str, str, str]


class Typed(BaseModel):
    """A decision as the form sends it; numbers as they were typed."""

    decision: Decision
    words: str = ""
    reason: str = ""
    left: list[str] = []
    top: list[str] = []
    width: list[str] = []
    height: list[str] = []

    def parts(self) -> list[Part]:
        """Answer the parts that have anything filled in."""
        typed = zip(self.left, self.top, self.width, self.height, strict=False)
        return [part for part in typed if any(each.strip() for each in part)]

    def rectangles(self) -> list[Rectangle]:
        """Answer the parts as numbers.

        Raises
        ------
        BadRectangleError
            ``bad_rectangle``: no numbers, or outside the photo.
        """
        try:
            return [Rectangle(*(float(each) for each in part)) for part in self.parts()]
        except ValueError as error:
            raise BadRectangleError("Four numbers for each part.") from error


@dataclass(frozen=True, slots=True)
class Item:
    """Words or a photo on the page, with what was typed about it and what was wrong with that."""

    row: Waiting
    category: str
    area: str
    words: str = ""
    reason: str = ""
    error: str = ""
    parts: Sequence[Part] = field(default=())

    @property
    def what(self) -> str:
        """Whether these are words or a photo."""
        return self.row.what

    @property
    def id(self) -> int:
        """Of the report or of the photo."""
        return self.row.id


@router.get("/moderation")
async def show(
    request: Request,
    visit: Visiting,
    show: Annotated[str, Query(max_length=16)] = "waiting",
    done: Annotated[str, Query(max_length=16)] = "",
    words: Annotated[int | None, Query(ge=1, le=2**63 - 1)] = None,
    photo: Annotated[int | None, Query(ge=1, le=2**63 - 1)] = None,
) -> HTMLResponse:
    """Show what waits for the clerk who asks, what is public, or what was withheld; after what he has seen."""
    said = done if done in ("released", "withheld", "withdrawn") else ""
    return await _list(request, visit, show, done=said, after=After(words, photo))


@router.post("/moderation/words/{report_id}")
async def decide_words(
    request: Request, service: Serving, report_id: RowId, typed: Annotated[Typed, Form()]
) -> Response:
    """Decide about the words of a report, and go on with the list."""
    try:
        await about_words(request, service, report_id, typed.decision, typed.words, typed.reason)
    except _TELLS as error:
        return await _again(request, service, ("words", report_id), typed, error)
    return _onwards(typed.decision)


@router.post("/moderation/photos/{photo_id}")
async def decide_photo(
    request: Request, service: Serving, photo_id: RowId, typed: Annotated[Typed, Form()]
) -> Response:
    """Decide about a photo, and go on with the list."""
    try:
        await about_photo(request, service, photo_id, typed.decision, typed.rectangles(), typed.reason)
    except _TELLS as error:
        return await _again(request, service, ("photo", photo_id), typed, error)
    return _onwards(typed.decision)


def _onwards(decision: Decision) -> RedirectResponse:
    shown = "released" if decision == "withdrawn" else "waiting"
    return RedirectResponse(f"/moderation?show={shown}&done={decision}", 303)


async def _again(
    request: Request, service: Service, which: tuple[str, int], typed: Typed, error: GridwardenError
) -> HTMLResponse:
    async with visiting(request, service) as visit:
        problem = problem_of(error)
        told = problem.said(visit.words)
        shown = "released" if typed.decision == "withdrawn" else "waiting"
        return await _list(request, visit, shown, which=which, typed=typed, error=told, status=STATUS[problem.code])


async def _list(
    request: Request,
    visit: Visit,
    shown: str,
    *,
    done: str = "",
    after: After = _FIRST,
    which: tuple[str, int] | None = None,
    typed: Typed | None = None,
    error: str = "",
    status: int = 200,
) -> HTMLResponse:
    clerk(visit)
    decision = shown if shown in _SHOWS else _SHOWS[0]
    rows = await queue(visit.connection, decision, SHOWN, after)
    kinds = {c.code: c.name(visit.lang) for c in await categories(visit.connection, visit.now)}
    places = await names_of(visit.connection, {row.area_code for row in rows if row.area_code}, visit.now)
    items = []
    for row in rows:
        told = typed if which == (row.what, row.id) else None
        items.append(
            Item(
                row=row,
                category=kinds.get(row.category_code, row.category_code),
                area=places.get(row.area_code or "", ""),
                words=told.words if told else masked(row.words or ""),
                reason=told.reason if told else "",
                error=error if told else "",
                parts=_with_empty(told.parts() if told else []),
            )
        )
    # What was decided about is no longer in the list: what is wrong with it is said above.
    lost = "" if any(item.error for item in items) else error
    most = {"words": MAX_TEXT, "reason": MAX_REASON}
    return await page(
        request,
        visit,
        "moderation.html",
        status=status,
        items=items,
        show=decision,
        done=done,
        lost=lost,
        most=most,
        beyond=after.beyond(rows, SHOWN),
        beginning=after == _FIRST,
    )


def _with_empty(parts: Sequence[Part]) -> Sequence[Part]:
    return [*parts, *[("", "", "", "")] * max(1, _PARTS - len(parts))]
