"""``GET /api/places/{id}``: what was reported at one spot, across cases, for those who see one of them."""

from dataclasses import asdict
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Path
from pydantic import BaseModel

from api.errors import LogInRequiredError, problems
from api.visits import Visiting
from grids.place_views import place_seen

router = APIRouter(prefix="/api", tags=["places"])


class PlaceReportDocument(BaseModel):
    """A report of a place; EPSG:4326."""

    number: str
    received_at: datetime
    channel: str
    lon: float
    lat: float


class PlaceCaseDocument(BaseModel):
    """A case of a place that you may see."""

    case_id: int
    category_code: str
    state: str
    confirmed: bool | None
    reopened: int
    area_code: str | None
    received_at: datetime
    due_at: datetime
    paused_at: datetime | None
    closed_at: datetime | None
    reports: list[PlaceReportDocument]


class PlaceDocument(BaseModel):
    """A place: numbers of all of it, and the cases that you may see, the newest first."""

    id: int
    family: str
    lon: float
    lat: float
    reports: int
    first_at: datetime
    last_at: datetime
    channels: dict[str, int]
    areas: list[str]
    cases: int
    open: int
    closed: int
    confirmed: int
    claimed: int
    reopened: int
    unsolved_since: datetime | None
    seen: list[PlaceCaseDocument]


@router.get(
    "/places/{place_id}",
    responses=problems("place_not_found", "log_in_required", "invalid_request", "database_gone"),
)
async def one_place(visit: Visiting, place_id: Annotated[int, Path(ge=1, le=2**63 - 1)]) -> PlaceDocument:
    """What was reported at one spot, whatever became of it, also beyond the border of a grid."""
    if visit.actor is None:
        raise LogInRequiredError("Places are for staff: log in first.")
    return PlaceDocument.model_validate(asdict(await place_seen(visit.connection, place_id, visit.now)))
