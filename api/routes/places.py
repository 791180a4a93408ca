"""``GET /api/places`` and ``/api/places/{id}``: what comes back, and what was said at one spot, across cases."""

from dataclasses import asdict
from datetime import datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Path, Query
from pydantic import BaseModel, Field

from api.errors import LogInRequiredError, problems
from api.visits import Visiting
from api.working_lists import may_see_places, watched_areas
from grids.crowds import rush_at
from grids.place_marks import PlaceMark, marked_places
from grids.place_views import place_seen
from grids.watch_list import coming_back

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


class PlaceAlarmDocument(BaseModel):
    """A rule on places that rang here."""

    rule_id: int
    note: str = Field(description="what the rule is called")
    at: datetime
    facts: dict[str, Any] = Field(description="what was found for each of its conditions")
    case_id: int | None = Field(description="null: for a case that is not yours to see")


class WatchedDocument(BaseModel):
    """A place that keeps coming back; numbers are of the last half year."""

    place_id: int
    family: str
    lon: float
    lat: float
    reports: int
    days: int
    reporters: int
    first_at: datetime
    last_at: datetime
    areas: list[str]
    reopened: int
    alarms: int
    supervised: bool
    signs: list[Literal["again", "often"]] = Field(
        description="again: spoken of after it was said to be solved; often: denser than its surroundings explain"
    )
    chance: float = Field(description="that so many reports come by chance, were it as dense as in the ring about it")
    advice: Literal["late", "paused", "claimed", "work", "look", "one_owner"]
    case_id: int = Field(description="the newest case there that you see, an open one first")
    state: str


class MarkedPlaceDocument(BaseModel):
    """A place that carries marks on maps."""

    place_id: int
    family: str
    lon: float = Field(description="EPSG:4326; of its anchor, or to a thousandth of a degree unless `may_open`")
    lat: float
    may_open: bool = Field(description="you see one of its cases, and so the place; else figures alone")
    told: int = Field(description="reports in all")
    reports: int = Field(description="of the last half year, as the watch list counts them")
    days_unsolved: int | None = Field(
        description="since there is something that nobody confirmed as solved; null: there is nothing"
    )
    areas: list[str]
    lowest_areas: int = Field(description="how many of these are of the lowest level")
    marks: list[PlaceMark] = Field(
        description="recurring: on the watch list; unsolved: for 30 days or longer; "
        "straddling: in two areas of the lowest level"
    )


class RushDocument(BaseModel):
    """The fullest hour of a place in the past week, if it was a rush; nothing of it is dropped or counted otherwise."""

    looks_like: Literal["crowd", "made_up", "unclear"]
    says: dict[str, str] = Field(description="what words, spots and gaps say, each for itself")
    until: datetime
    reports: int
    words: int = Field(description="different ones")
    spots: int = Field(description="different ones, to about a metre")
    contacts: int
    channels: int
    with_photo: int
    gap_mean: float | None = Field(description="seconds")
    gap_deviation: float | None


class PlaceDocument(BaseModel):
    """A place: numbers of all of it, and the cases that you may see, the newest first."""

    id: int
    family: str
    lon: float
    lat: float
    reports: int
    reporters: int = Field(description="different contacts; whoever left none counts each time")
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
    alarms: list[PlaceAlarmDocument]
    rush: RushDocument | None = Field(None, description="null: there was none")
    seen: list[PlaceCaseDocument]


@router.get(
    "/places",
    responses=problems("log_in_required", "list_for_others", "invalid_request", "database_gone"),
)
async def watch_list(
    visit: Visiting, area: Annotated[str | None, Query(max_length=32)] = None
) -> list[WatchedDocument]:
    """Places that keep coming back in your areas, or in one of them and all below it, the fullest first."""
    watched_areas(visit)
    found = await coming_back(visit.connection, visit.now, area)
    return [
        WatchedDocument.model_validate(
            {**asdict(one.place), "signs": list(one.signs), "chance": one.chance, "advice": one.advice}
        )
        for one in found
    ]


@router.get(
    "/places/marks",
    responses=problems("log_in_required", "list_for_others", "invalid_request", "database_gone"),
)
async def marks(visit: Visiting, area: Annotated[str | None, Query(max_length=32)] = None) -> list[MarkedPlaceDocument]:
    """Places of your areas, or of one of them and all below it, that are worth a mark on a map."""
    may_see_places(visit)
    found = await marked_places(visit.connection, visit.now, area)
    return [MarkedPlaceDocument.model_validate(asdict(one)) for one in found]


@router.get(
    "/places/{place_id}",
    responses=problems("place_not_found", "log_in_required", "invalid_request", "database_gone"),
)
async def one_place(visit: Visiting, place_id: Annotated[int, Path(ge=1, le=2**63 - 1)]) -> PlaceDocument:
    """What was reported at one spot, whatever became of it, also beyond the border of a grid."""
    if visit.actor is None:
        raise LogInRequiredError("Places are for staff: log in first.")
    place = await place_seen(visit.connection, place_id, visit.now)
    rush = await rush_at(visit.connection, place.id, visit.now)
    told = None
    if rush is not None:
        look, says = rush.looks_like()
        told = {**asdict(rush), "looks_like": look, "says": says}
    return PlaceDocument.model_validate({**asdict(place), "rush": told})
