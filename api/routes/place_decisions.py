"""``/api/places/{id}/decisions``: what staff said about a place, and saying it."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Path, Request
from pydantic import BaseModel, ConfigDict, Field

from api.errors import LogInRequiredError, problems
from api.visits import Visit, Visiting, service_of, session_digest, visiting
from grids.place_decisions import MAX_WORDS, Deed, decide, decided_at
from grids.place_views import place_seen

router = APIRouter(prefix="/api", tags=["places"])

PlaceId = Annotated[int, Path(ge=1, le=2**63 - 1)]
_BIG = 2**63 - 1


class DecisionBody(BaseModel):
    """A decision about a place."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"deed": "apart", "report": "1234567897", "words": "墙的另一边，是另一堆。"}]},
    )

    deed: Deed = Field(
        description="apart: `report` begins a place of its own; one: the place `other` is the same;"
        " found: `report` belongs where distance puts it, after all"
    )
    report: str | None = Field(None, max_length=20, description="its receipt number")
    other: int | None = Field(None, ge=1, le=_BIG)
    words: str = Field(min_length=1, max_length=MAX_WORDS, description="why; kept for good")


class DecisionDocument(BaseModel):
    """What was decided about a report of a place."""

    deed: Deed
    number: str | None = Field(description="null, as `words`: its case is not yours to see")
    other: int | None = Field(description="the report with whose place its place is one")
    at: datetime
    role: str
    area_code: str
    words: str | None
    stands: bool = Field(description="it was neither taken back nor followed by another one")

    model_config = ConfigDict(from_attributes=True)


class DecidedDocument(BaseModel):
    """All that was decided, the newest first."""

    may: bool = Field(description="you may decide here")
    waits: bool = Field(description="reports are being sorted anew")
    said: list[DecisionDocument]

    model_config = ConfigDict(from_attributes=True)


@router.get(
    "/places/{place_id}/decisions",
    responses=problems("place_not_found", "log_in_required", "invalid_request", "database_gone"),
)
async def get_decisions(visit: Visiting, place_id: PlaceId) -> DecidedDocument:
    """What staff decided about a place, for those who see one of its cases."""
    return await _decided(visit, place_id)


@router.post(
    "/places/{place_id}/decisions",
    responses=problems(
        "place_not_found", "place_for_directors", "decision_incomplete", "log_in_required", "cross_site", "not_json",
        "body_too_large", "invalid_request", "database_gone",
    ),
)  # fmt: skip
async def post_decision(request: Request, place_id: PlaceId, body: DecisionBody) -> DecidedDocument:
    """Decide about a place.  Its reports are sorted anew within a second; numbers of places never change."""
    service = service_of(request)
    if session_digest(request) is None:
        raise LogInRequiredError("Places are for staff: log in first.")
    # Before the visit: it may wait until places are sorted, and must not hold a second connection meanwhile.
    async with service.connections.lend() as connection:
        await decide(
            connection,
            place_id,
            body.deed,
            body.words,
            report=body.report,
            other=body.other,
            session_digest=session_digest(request),
            now=service.clock(),
        )
    async with visiting(request, service) as visit:
        return await _decided(visit, place_id)


async def _decided(visit: Visit, place_id: int) -> DecidedDocument:
    if visit.actor is None:
        raise LogInRequiredError("Places are for staff: log in first.")
    place = await place_seen(visit.connection, place_id, visit.now)
    return DecidedDocument.model_validate(await decided_at(visit.connection, place.id, visit.now), from_attributes=True)
