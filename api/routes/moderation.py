"""``/api/moderation``: what waits for a clerk, and his decisions."""

from datetime import datetime
from typing import Annotated, Literal, Self

from fastapi import APIRouter, Depends, Path, Query, Request
from pydantic import BaseModel, ConfigDict, Field

from api.errors import problems
from api.moderating import about_photo, about_words, clerk
from api.service import Service
from api.visits import Visiting, service_of
from grids.moderation import MAX_REASON, After, Decided, Decision, Waiting, queue
from grids.photo_blur import MAX_RECTANGLES, Rectangle
from grids.reports import MAX_TEXT

router = APIRouter(prefix="/api/moderation", tags=["moderation"])

Serving = Annotated[Service, Depends(service_of)]
RowId = Annotated[int, Path(ge=1, le=2**63 - 1, examples=[1])]
_REFUSALS = (
    "log_in_required",
    "moderation_for_clerks",
    "handled_case",
    "never_public",
    "decision_not_possible",
    "missing_reason",
    "case_not_found",
    "cross_site",
    "not_json",
    "body_too_large",
    "invalid_request",
    "database_gone",
)


class QueueItem(BaseModel):
    """Words or a photo in a clerk's list; ``id`` is of the report or of the photo."""

    model_config = ConfigDict(from_attributes=True)

    what: Literal["words", "photo"]
    id: int
    case_id: int
    kind: str
    category_code: str
    area_code: str | None
    at: datetime
    words: str | None = Field(description="as they were said, or the released version of them")
    place_words: str | None
    url: str | None = Field(description="of the photo")

    @classmethod
    def of(cls, item: Waiting) -> Self:
        """Answer the document of an item."""
        return cls(
            what=item.what,
            id=item.id,
            case_id=item.case_id,
            kind=item.kind,
            category_code=item.category_code,
            area_code=item.area_code,
            at=item.at,
            words=item.words,
            place_words=item.place_words,
            url=f"/photos/{item.id}" if item.what == "photo" else None,
        )


class Part(BaseModel):
    """A part of a photo to blur, in percent of its width and height from the upper left corner."""

    model_config = ConfigDict(extra="forbid")

    left: float = Field(ge=0, le=100)
    top: float = Field(ge=0, le=100)
    width: float = Field(gt=0, le=100)
    height: float = Field(gt=0, le=100)


class WordsDecision(BaseModel):
    """What is to become of the words of a report."""

    model_config = ConfigDict(extra="forbid")

    decision: Decision
    words: str = Field(default="", max_length=MAX_TEXT, description="what the public is to read; for a release")
    reason: str = Field(default="", max_length=MAX_REASON, description="needed for all but a release")


class PhotoDecision(BaseModel):
    """What is to become of a photo."""

    model_config = ConfigDict(extra="forbid")

    decision: Decision
    blur: list[Part] = Field(default=[], max_length=MAX_RECTANGLES, description="for a release; the original stays")
    reason: str = Field(default="", max_length=MAX_REASON, description="needed for all but a release")


class DecisionTaken(BaseModel):
    """What stands now; ``repeated`` when it stood already and nothing was written."""

    model_config = ConfigDict(from_attributes=True)

    case_id: int
    decision: Decision
    repeated: bool

    @classmethod
    def of(cls, decided: Decided) -> Self:
        """Answer the document of a decision."""
        return cls.model_validate(decided)


@router.get("", responses=problems("log_in_required", "moderation_for_clerks", "invalid_request", "database_gone"))
async def get_queue(
    visit: Visiting,
    decision: Annotated[
        Literal["waiting", "released", "withheld"],
        Query(description="what waits, the oldest first; what is public; what was withheld or withdrawn"),
    ] = "waiting",
    limit: Annotated[int, Query(ge=1, le=200, description="of words and of photos")] = 50,
    after_words: Annotated[int | None, Query(ge=1, le=2**63 - 1, description="last `words` of the page before")] = None,
    after_photo: Annotated[int | None, Query(ge=1, le=2**63 - 1, description="last `photo` of the page before")] = None,
) -> list[QueueItem]:
    """Answer what waits for the clerk who asks, or was decided in his areas: words, then photos."""
    clerk(visit)
    found = await queue(visit.connection, decision, limit, After(after_words, after_photo))
    return [QueueItem.of(item) for item in found]


@router.post("/words/{report_id}", responses=problems("bad_released_words", *_REFUSALS))
async def post_words(request: Request, service: Serving, report_id: RowId, body: WordsDecision) -> DecisionTaken:
    """Release the words of a report, perhaps shortened or masked; withhold or withdraw them."""
    return DecisionTaken.of(await about_words(request, service, report_id, body.decision, body.words, body.reason))


@router.post(
    "/photos/{photo_id}",
    responses=problems("photo_not_found", "bad_rectangle", "photos_busy", "photo_store_failed", *_REFUSALS),
)
async def post_photo(request: Request, service: Serving, photo_id: RowId, body: PhotoDecision) -> DecisionTaken:
    """Release a photo, perhaps with parts blurred; withhold or withdraw it."""
    parts = [Rectangle(part.left, part.top, part.width, part.height) for part in body.blur]
    return DecisionTaken.of(await about_photo(request, service, photo_id, body.decision, parts, body.reason))
