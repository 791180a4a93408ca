"""``POST /api/dispatch/try``: where a report would go, and why.  Stores nothing."""

from datetime import datetime
from typing import Self

from fastapi import APIRouter, Request
from pydantic import BaseModel, ConfigDict, Field

from api.errors import LogInRequiredError, problems
from api.instants import Instant
from api.routes.schemas import AreaBrief, Channel, DatumName
from api.rules_named import names_for
from api.visits import Visiting, service_of
from gis.position import Position
from grids import dispatch_words
from grids.dispatch import Tried, try_out
from grids.language import Words
from grids.reports import MissingPlaceError

router = APIRouter(prefix="/api/dispatch", tags=["cases"])


class TryBody(BaseModel):
    """A report that nobody made: ``lon, lat, datum`` (and ``accuracy_m``), or ``area_code``."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [{"lon": 117.05, "lat": 39.72, "datum": "wgs84", "category": "dumping", "channel": "app"}]
        },
    )

    lon: float | None = None
    lat: float | None = None
    datum: DatumName | None = Field(None, description="no default: name it, or ask")
    accuracy_m: float | None = None
    area_code: str | None = Field(None, max_length=32)
    category: str = Field(max_length=64)
    channel: Channel
    hazard: bool = Field(False, description="whether its surroundings make it a hazard")
    at: Instant | None = Field(None, description="an instant with its zone; now if absent")

    def place(self) -> Position | str:
        """Answer the position or the area.

        Raises
        ------
        MissingPlaceError
            Neither, or both.
        """
        return place_of(self.lon, self.lat, self.datum, self.accuracy_m, self.area_code)


def place_of(
    lon: float | None, lat: float | None, datum: str | None, accuracy_m: float | None, area_code: str | None
) -> Position | str:
    """Answer the position or the area's code that was given.

    Raises
    ------
    MissingPlaceError
        Neither, or both.
    """
    pinned = lon is not None or lat is not None
    if pinned == bool(area_code):
        raise MissingPlaceError("Give a position (lon, lat, datum) or an area_code, one of the two.")
    if area_code:
        return area_code
    # What is missing is told by the value itself: not a number, or no datum.
    nothing = float("nan")
    return Position(
        nothing if lon is None else lon,
        nothing if lat is None else lat,
        datum or "",  # type: ignore[arg-type]
        accuracy_m,
    )


class TargetDocument(BaseModel):
    """To whom it goes."""

    model_config = ConfigDict(from_attributes=True)

    area_code: str
    level: str
    role: str = Field(examples=["desk"], description="head, deputy, desk or department")
    desk: str | None
    posting_id: int | None = Field(description="null: nobody is posted there, the area itself answers")


class LookedDocument(BaseModel):
    """A rule that was looked at."""

    rule_id: int
    rank: int
    note: str
    fits: bool
    failed: str | None = Field(description="the first condition that did not hold")
    reason: str


class BecauseDocument(BaseModel):
    """What had to be fallen back on."""

    code: str = Field(examples=["no_department"])
    reason: str


class TriedDocument(BaseModel):
    """Where it would go, and every rule that was looked at, in order."""

    area: AreaBrief = Field(description="under which it would be filed")
    outcome: str
    target: TargetDocument
    rule_id: int | None = Field(description="null: no rule fits")
    automatic: bool = Field(description="handed on at once, by the service")
    looked_at: list[LookedDocument]
    because: list[BecauseDocument]
    explanation: str
    at: datetime

    @classmethod
    def of(cls, tried: Tried, at: datetime, words: Words, names: dispatch_words.Names) -> Self:
        """Answer the document of a try in a language."""
        codes = (["bypass"] if tried.bypass else []) + list(tried.fallbacks)
        return cls(
            area=AreaBrief.model_validate(tried.area),
            outcome=tried.outcome,
            target=TargetDocument.model_validate(tried.target),
            rule_id=tried.rule_id,
            automatic=tried.automatic,
            looked_at=[
                LookedDocument(
                    rule_id=one.rule_id,
                    rank=one.rank,
                    note=one.note,
                    fits=one.fits,
                    failed=one.failed,
                    reason=dispatch_words.reason(one, words, names),
                )
                for one in tried.looked_at
            ],
            because=[
                BecauseDocument(code=code, reason=reason)
                for code, reason in zip(codes, dispatch_words.fallbacks(tried, words), strict=True)
            ],
            explanation=dispatch_words.verdict(tried, words, names),
            at=at,
        )


@router.post(
    "/try",
    responses=problems(
        "log_in_required", "missing_place", "bad_position", "bad_accuracy", "coordinates_swapped", "unknown_datum",
        "unknown_category", "unknown_area", "outside_service_area", "cross_site", "not_json", "body_too_large",
        "invalid_request", "no_boundaries", "database_gone",
    ),
)  # fmt: skip
async def try_a_report(request: Request, visit: Visiting, body: TryBody) -> TriedDocument:
    """Where a report would go at an instant, and why: for staff, before a rule is changed or when one is doubted."""
    if visit.actor is None:
        raise LogInRequiredError("Where a report would go is for staff to ask: log in first.")
    at = body.at or visit.now
    async with service_of(request).connections.lend() as connection:
        tried = await try_out(connection, body.place(), body.category, body.channel, at, hazard=body.hazard)
    names = await names_for(visit, at, areas=[tried.target.area_code], looked=tried.looked_at)
    return TriedDocument.of(tried, at, visit.words, names)
