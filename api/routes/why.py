"""``GET /api/cases/{case_id}/why``: why a case is where it is, as it was decided then."""

from datetime import datetime
from typing import Literal, Self

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field

from api.errors import LogInRequiredError, problems
from api.moments import Moments
from api.routes.cases import CaseId
from api.routes.schemas import AreaBrief, Candidate
from api.visits import Visiting
from api.why_told import Reasons, reasons
from grids.cases import whole_case
from grids.why import Matched, Move, Why, why

router = APIRouter(prefix="/api", tags=["cases"])


class _Value(BaseModel):
    model_config = ConfigDict(from_attributes=True)


class PostedOwner(_Value):
    """Whoever had to act, by the number of the posting; null: nobody was posted, the area itself answers."""

    area_code: str
    role: str = Field(examples=["head"])
    desk: str | None
    posting_id: int | None


class MatchedReport(BaseModel):
    """A report, the answer that it was given, and by which rule."""

    number: str
    received_at: datetime
    seen_at: datetime
    datum: str | None
    accuracy_m: float | None
    edition: str | None = Field(description="the boundaries of that day")
    basis: Literal["point", "coarse", "named", "bypass", "letterbox", "visit"] = Field(
        description="a point; a point too coarse for a grid; an area that somebody named; about an official; a "
        "letter or a visit, which go past the grid"
    )
    outcome: Literal["inside", "border", "near", "backstop", "outside"]
    area: AreaBrief | None
    also: list[AreaBrief] = Field(description="others on the same border or overlap; the lowest code answered")
    overlay: bool = Field(description="the area lies over others and comes before them")
    tolerance_m: float | None = Field(description="within how many metres it was near; null: it holds the point")
    distance_m: float | None
    border_m: float | None
    candidates: list[Candidate]
    owner: PostedOwner | None
    seen_head: int | None = Field(description="posting of who was head when it was seen")
    told: list[str] = Field(description="all that in sentences")

    @classmethod
    def of(cls, matched: Matched, told: tuple[str, ...]) -> Self:
        """Answer the document of a report."""
        whole = {name: getattr(matched, name, getattr(matched.answer, name, None)) for name in cls.model_fields}
        return cls.model_validate(whole | {"told": told}, from_attributes=True)


class RuleOfMove(_Value):
    """The rule of dispatch that did it."""

    id: int
    note: str


class RedrawnArea(_Value):
    """Another area, because boundaries changed."""

    edition: str
    before: str
    after: str


class MoveOfCase(_Value):
    """A change of owner, of area or of both."""

    seq: int
    at: datetime
    verb: str
    before: PostedOwner | None = Field(description="the owner before; null: he stayed")
    after: PostedOwner | None
    rule: RuleOfMove | None
    redrawn: RedrawnArea | None
    told: str

    @classmethod
    def of(cls, move: Move, told: str) -> Self:
        """Answer the document of a move."""
        whole = {name: getattr(move, name, None) for name in cls.model_fields}
        return cls.model_validate(whole | {"told": told}, from_attributes=True)


class WhyDocument(BaseModel):
    """Why a case is where it is."""

    case_id: int
    reports: list[MatchedReport]
    moves: list[MoveOfCase]

    @classmethod
    def of(cls, found: Why, said: Reasons) -> Self:
        """Answer the document of what was kept."""
        return cls(
            case_id=found.case_id,
            reports=[MatchedReport.of(m, told) for m, (_, told) in zip(found.matched, said.reports, strict=True)],
            # Without a move there is one sentence that says so.
            moves=[MoveOfCase.of(m, told) for m, told in zip(found.moves, said.moves, strict=False)],
        )


@router.get(
    "/cases/{case_id}/why", responses=problems("case_not_found", "log_in_required", "invalid_request", "database_gone")
)
async def why_here(visit: Visiting, case_id: CaseId) -> WhyDocument:
    """Why the case went where it went: edition, rule and posting of that day, and every change of owner since."""
    if visit.actor is None:
        raise LogInRequiredError("Cases are for staff: log in first.")
    await whole_case(visit.connection, case_id)
    found = await why(visit.connection, case_id)
    return WhyDocument.of(found, reasons(found, Moments(visit.words, visit.now)))
