"""Photos over HTTP: sending one for a report or a case, listing them, and the bytes of one by rights."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Annotated, Any, Literal, Self

from fastapi import APIRouter, Depends, Path, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from api.errors import LogInRequiredError, problems
from api.routes.schemas import AreaBrief
from api.senders import admit_look_up, admit_report
from api.service import Service
from api.uploads import sent_photo
from api.visits import Visiting, service_of, visiting
from grids.photos import (
    Kept,
    PhotoRow,
    check_case,
    check_kind,
    keep_case_photo,
    keep_report_photo,
    photo_to_show,
    photos_for_reporter,
    photos_of_case,
)
from grids.public_case import public_case
from grids.receipts import clean_number
from grids.report_views import reporter_view

router = APIRouter(tags=["photos"])

Serving = Annotated[Service, Depends(service_of)]
CaseId = Annotated[int, Path(alias="id", ge=1, le=2**63 - 1, examples=[1])]
Number = Annotated[str, Path(max_length=20, examples=["1234567897"])]
Key = Annotated[str, Query(max_length=64, description="from the resident's link")]
Kind = Literal["report", "before", "after", "recheck"]

_UPLOAD = (
    "photo_too_large",
    "photo_too_many_pixels",
    "not_a_photo",
    "photo_heic",
    "photo_broken",
    "missing_photo",
    "too_many_photos",
    "photos_busy",
    "photo_store_failed",
    "too_many_reports",
    "unknown_key",
    "cross_site",
    "invalid_request",
    "database_gone",
)
_FILE: dict[str, Any] = {"type": "string", "format": "binary", "description": "JPEG, PNG or WebP"}


def _form(**fields: dict[str, Any]) -> dict[str, Any]:
    """The description of a form that is read here: the framework would read ten megabytes before any check."""
    schema = {"type": "object", "required": list(fields), "properties": fields}
    return {"requestBody": {"required": True, "content": {"multipart/form-data": {"schema": schema}}}}


class PhotoPlace(BaseModel):
    """Where the file said that it was taken: told once, to whoever sent it, and then forgotten."""

    model_config = ConfigDict(from_attributes=True)

    lon: float
    lat: float
    datum: str | None = Field(description="the datum that the file names; null: it names none, ask")


class PhotoKept(BaseModel):
    """What the sender of a photo is told."""

    id: int
    url: str = Field(examples=["/photos/1"], description="a reporter adds `?number=&key=`")
    at: datetime
    width: int
    height: int
    repeated: bool = Field(description="this photo was there already; nothing was stored")
    position: PhotoPlace | None

    @classmethod
    def of(cls, kept: Kept) -> Self:
        """Answer the document of a photo that was kept."""
        return cls(
            id=kept.id,
            url=f"/photos/{kept.id}",
            at=kept.at,
            width=kept.width,
            height=kept.height,
            repeated=kept.repeated,
            position=PhotoPlace.model_validate(kept.position) if kept.position else None,
        )


class PhotoListed(BaseModel):
    """A photo in a list."""

    id: int
    url: str
    kind: Kind
    width: int
    height: int
    at: datetime
    decision: Literal["waiting", "released", "withheld", "withdrawn"] | None = Field(
        description="whether the public sees it; null for a reporter"
    )


class WordsReleased(BaseModel):
    """Words of a report as a clerk released them."""

    model_config = ConfigDict(from_attributes=True)

    words: str
    received_on: date


class PhotoReleased(BaseModel):
    """A released photo."""

    id: int
    url: str
    kind: Kind
    width: int
    height: int
    sent_on: date


class PublicCaseDocument(BaseModel):
    """What anybody may know of a case."""

    id: int
    category: str
    state: str
    confirmed: bool | None
    received_on: date
    closed_on: date | None
    area: AreaBrief | None
    words: list[WordsReleased]
    photos: list[PhotoReleased]


@router.post(
    "/api/reports/{number}/photos",
    status_code=201,
    responses=problems("unknown_report", "bad_number", *_UPLOAD),
    dependencies=[Depends(admit_report)],
    openapi_extra=_form(photo=_FILE),
)
async def post_report_photo(request: Request, service: Serving, number: Number, key: Key = "") -> PhotoKept:
    """Add a photo to a report, at most five, with the key of its link.  The same photo again answers the first."""
    return PhotoKept.of(await keep_for_report(request, service, clean_number(number), key))


async def keep_for_report(request: Request, service: Service, number: str, key: str) -> Kept:
    """Take the photo of a request in for a report: the one way in, for programs and for pages."""
    async with visiting(request, service) as visit:
        await reporter_view(visit.connection, number, key)
    sent = await sent_photo(request, service.uploads)
    # No connection was held while the photo was read and decoded.
    async with visiting(request, service) as visit:
        return await keep_report_photo(visit.connection, service.uploads.files, sent.photo, number, key, visit.now)


@router.get(
    "/api/reports/{number}/photos",
    responses=problems(
        "unknown_report", "bad_number", "invalid_request", "database_gone", "unknown_key", "too_many_requests"
    ),
    dependencies=[Depends(admit_look_up)],
)
async def get_report_photos(visit: Visiting, number: Number, key: Key = "") -> list[PhotoListed]:
    """Answer the photos of a report, and those that staff took before and after the work, for the holder of its key."""
    digits = clean_number(number)
    await reporter_view(visit.connection, digits, key)
    return _listed(await photos_for_reporter(visit.connection, digits, key))


@router.post(
    "/api/cases/{id}/photos",
    status_code=201,
    responses=problems("case_not_found", "log_in_required", "unknown_photo_kind", *_UPLOAD),
    dependencies=[Depends(admit_report)],
    openapi_extra=_form(photo=_FILE, kind={"type": "string", "enum": ["before", "after", "recheck"]}),
)
async def post_case_photo(request: Request, service: Serving, case_id: CaseId) -> PhotoKept:
    """Add a photo of the work on a case: for the staff who read its words."""
    return PhotoKept.of(await keep_for_case(request, service, case_id))


async def keep_for_case(request: Request, service: Service, case_id: int) -> Kept:
    """Take the photo of a request in for a case: the one way in, for programs and for pages."""
    async with visiting(request, service) as visit:
        if visit.actor is None:
            raise LogInRequiredError("Photos of the work are sent by staff: log in first.")
        await check_case(visit.connection, case_id)
    sent = await sent_photo(request, service.uploads)
    check_kind(sent.kind)
    async with visiting(request, service) as visit:
        files = service.uploads.files
        return await keep_case_photo(visit.connection, files, sent.photo, case_id, sent.kind, visit.now)


@router.get(
    "/api/cases/{id}/photos",
    responses=problems("case_not_found", "log_in_required", "invalid_request", "database_gone"),
)
async def get_case_photos(visit: Visiting, case_id: CaseId) -> list[PhotoListed]:
    """Answer the photos of a case, for staff."""
    if visit.actor is None:
        raise LogInRequiredError("Cases are for staff: log in first.")
    await check_case(visit.connection, case_id)
    return _listed(await photos_of_case(visit.connection, case_id))


@router.get(
    "/api/cases/{id}/public",
    responses=problems("case_not_found", "invalid_request", "database_gone"),
)
async def get_public_case(visit: Visiting, case_id: CaseId) -> PublicCaseDocument:
    """Answer what anybody may know of a case: category, state, dates, area, and the words and photos released."""
    found = await public_case(visit.connection, case_id, visit.now)
    return PublicCaseDocument(
        id=found.id,
        category=found.category,
        state=found.state,
        confirmed=found.confirmed,
        received_on=found.received_on,
        closed_on=found.closed_on,
        area=AreaBrief.model_validate(found.area) if found.area else None,
        words=[WordsReleased.model_validate(each) for each in found.words],
        photos=[
            PhotoReleased(
                id=each.id,
                url=f"/photos/{each.id}",
                kind=each.kind,  # type: ignore[arg-type]
                width=each.width,
                height=each.height,
                sent_on=each.sent_on,
            )
            for each in found.photos
        ],
    )


@router.get(
    "/photos/{id}",
    response_class=Response,
    responses={
        200: {"content": {"image/jpeg": {}}},
        304: {"description": "as it was"},
        **problems("photo_not_found", "photo_store_failed", "invalid_request", "database_gone"),
    },
)
async def get_photo(
    request: Request,
    service: Serving,
    photo_id: Annotated[int, Path(alias="id", ge=1, le=2**63 - 1)],
    number: Annotated[str, Query(max_length=20)] = "",
    key: Key = "",
    released: Annotated[bool, Query(description="what everybody sees, whoever asks")] = False,
) -> Response:
    """Answer the bytes of a photo: the original for staff and its reporter, else the released version."""
    async with visiting(request, service) as visit:
        shown = await photo_to_show(visit.connection, photo_id, number, key, as_public=released)
    # What is public is asked for anew each time: a photo that is withdrawn is gone at once.
    headers = {
        "ETag": f'"{shown.digest.hex()}"',
        "Cache-Control": "no-cache" if shown.public else "private, no-store",
        "Vary": "Cookie",
    }
    if headers["ETag"] in request.headers.get("if-none-match", ""):
        return Response(status_code=304, headers=headers)
    content = await service.uploads.read(shown.digest)
    return Response(content, media_type="image/jpeg", headers=headers)


def _listed(rows: Sequence[PhotoRow]) -> list[PhotoListed]:
    return [
        PhotoListed(
            id=row.id,
            url=f"/photos/{row.id}",
            kind=row.kind,  # type: ignore[arg-type]
            width=row.width,
            height=row.height,
            at=row.at,
            decision=row.decision,  # type: ignore[arg-type]
        )
        for row in rows
    ]
