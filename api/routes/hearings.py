"""``/api/cases/{id}/hearings``: hearings of a case, calling one, its steps, and closing a petition by one."""

from datetime import datetime
from typing import Annotated, Any, Literal, Self

from fastapi import APIRouter, Path, Request
from pydantic import BaseModel, ConfigDict, Field

from api.errors import LogInRequiredError, problems
from api.instants import Instant
from api.routes.cases import REFUSALS, CaseId
from api.routes.schemas import ClosingDocument
from api.visits import Visiting, service_of, session_digest
from grids.hearings import (
    MAX_ATTENDANTS,
    MAX_PLACE,
    MAX_WHO,
    Hearing,
    hearings_told,
    possible_presiders,
    take_hearing_step,
)
from grids.steps import MAX_WORDS

router = APIRouter(prefix="/api", tags=["hearings"])

_NOT_HIS = ("case_not_found", "log_in_required", "invalid_request", "database_gone")


class AttendantDocument(BaseModel):
    """Who was invited, by role, and whether he came."""

    model_config = ConfigDict(from_attributes=True, extra="forbid")

    role: Literal["resident", "department", "lawyer", "outside"]
    came: bool
    who: str | None = Field(None, max_length=MAX_WHO, description="null for the resident, and where it was erased")


class HearingDocument(BaseModel):
    """A hearing; place and people are for those who read its record, what was said stands in the case's history."""

    model_config = ConfigDict(from_attributes=True)

    nth: int
    state: str = Field(examples=["called"], description="called, held, closed, lifted or cancelled")
    version: int = Field(description="of the hearing alone")
    posting_id: int = Field(description="who presides")
    called_at: datetime
    at: datetime
    held_at: datetime | None = Field(description="when its record was entered")
    proposal: str | None = Field(description="close or go_on")
    record_digest: str | None = Field(description="SHA-256 of the record's file")
    closed_at: datetime | None = Field(description="when the petition was closed by it")
    review_until: datetime | None
    ended_at: datetime | None
    place: str | None
    people: list[AttendantDocument]
    steps: list[str] = Field([], description="verbs that are open to you")
    waits: dict[str, str] = Field(description="what your other steps wait for, by verb")

    @classmethod
    def of(cls, hearing: Hearing) -> Self:
        """Answer the document of a hearing."""
        plain = {name: getattr(hearing, name) for name in cls.model_fields if name != "steps"}
        return cls.model_validate(plain | {"steps": [step.verb for step in hearing.steps]})


class HearingsDocument(BaseModel):
    """The hearings of a case, the first one first; ``may_call``: whether you may call one now."""

    reads: bool = Field(description="whether the record is yours to read")
    may_call: bool
    closing: ClosingDocument | None = Field(description="null: the petition is not closed")
    hearings: list[HearingDocument]


class PresiderDocument(BaseModel):
    """A posting that can be asked to preside."""

    model_config = ConfigDict(from_attributes=True)

    posting_id: int
    role: str
    area_code: str
    area_name: str
    desk: str | None


class CallBody(BaseModel):
    """When and where, and who presides; ``words`` are for the resident."""

    model_config = ConfigDict(extra="forbid")

    posting_id: int = Field(ge=1, le=2**31 - 1, description="GET …/hearings/presiders")
    at: Instant
    place: str = Field(max_length=MAX_PLACE)
    words: str | None = Field(None, max_length=MAX_WORDS)
    version: int = Field(ge=0, le=2**31 - 1, description="how many hearings the case had, so that none is called twice")


class HearingStepBody(BaseModel):
    """A step of a hearing; ``version`` is that of the hearing as the actor saw it."""

    model_config = ConfigDict(extra="forbid")

    verb: str = Field(max_length=40, examples=["hearing_hold"])
    version: int = Field(ge=1, le=2**31 - 1)
    words: str | None = Field(None, max_length=MAX_WORDS, description="why, what was said, or the decision")
    at: Instant | None = Field(None, description="hearing_move")
    place: str | None = Field(None, max_length=MAX_PLACE, description="hearing_move: where it changes")
    people: list[AttendantDocument] | None = Field(None, max_length=MAX_ATTENDANTS, description="hearing_hold")
    findings: str | None = Field(None, max_length=MAX_WORDS, description="hearing_hold: for the resident too")
    proposal: str | None = Field(None, max_length=10, description="hearing_hold: close or go_on")
    record_digest: str | None = Field(None, max_length=64, description="hearing_hold: SHA-256 in lower case")

    def data(self) -> dict[str, Any]:
        """Answer what the step needs besides its words."""
        return self.model_dump(mode="json", exclude={"verb", "version", "words"}, exclude_none=True)


class HearingTakenDocument(BaseModel):
    """The hearing after the step, and the state of its case."""

    model_config = ConfigDict(from_attributes=True)

    case_id: int
    nth: int
    state: str
    version: int
    at: datetime
    posting_id: int
    review_until: datetime | None
    case_state: str


@router.get("/cases/{case_id}/hearings", responses=problems(*_NOT_HIS))
async def hearings(visit: Visiting, case_id: CaseId) -> HearingsDocument:
    """The hearings of a case with the steps that are open to you, and whether its petition is closed."""
    if visit.actor is None:
        raise LogInRequiredError("Cases are for staff: log in first.")
    told = await hearings_told(visit.connection, case_id, visit.now)
    return HearingsDocument(
        reads=told.reads,
        may_call=told.may_call,
        closing=ClosingDocument.model_validate(told.closing) if told.closing else None,
        hearings=[HearingDocument.of(hearing) for hearing in told.hearings],
    )


@router.get("/cases/{case_id}/hearings/presiders", responses=problems(*_NOT_HIS))
async def presiders(visit: Visiting, case_id: CaseId) -> list[PresiderDocument]:
    """Who can be asked to preside: at the county or above, and neither handled nor directed the case."""
    if visit.actor is None:
        raise LogInRequiredError("Cases are for staff: log in first.")
    await hearings_told(visit.connection, case_id, visit.now)
    found = await possible_presiders(visit.connection, case_id, visit.now)
    return [PresiderDocument.model_validate(one) for one in found]


@router.post("/cases/{case_id}/hearings", status_code=201, responses=problems(*REFUSALS, "log_in_required"))
async def call(request: Request, case_id: CaseId, body: CallBody) -> HearingTakenDocument:
    """Call a hearing, some days ahead; the resident is told.  409 when somebody called one meanwhile."""
    data = body.model_dump(mode="json", exclude={"words", "version"})
    return await _take(request, case_id, None, "hearing_call", body.version, body.words, data)


@router.post("/cases/{case_id}/hearings/{nth}/steps", responses=problems(*REFUSALS, "log_in_required"))
async def take_a_hearing_step(
    request: Request, case_id: CaseId, nth: Annotated[int, Path(ge=1, le=99)], body: HearingStepBody
) -> HearingTakenDocument:
    """Move or cancel a hearing, enter its record, or close the petition.  409 when the version is not the newest."""
    return await _take(request, case_id, nth, body.verb, body.version, body.words, body.data())


async def _take(
    request: Request, case_id: int, nth: int | None, verb: str, version: int, words: str | None, data: dict[str, Any]
) -> HearingTakenDocument:
    service, session = service_of(request), session_digest(request)
    if session is None:
        raise LogInRequiredError("Cases are for staff: log in first.")
    async with service.connections.lend() as connection:
        taken = await take_hearing_step(
            connection,
            case_id,
            verb,
            nth=nth,
            version=version,
            now=service.clock(),
            session_digest=session,
            words=words,
            data=data,
        )
    return HearingTakenDocument.model_validate(taken)
