"""``/api/handovers``: the end of a shift: reading hand-overs, writing one, taking one over."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Path, Query, Request
from pydantic import BaseModel, ConfigDict, Field

from api.errors import problems
from api.visits import Visiting, service_of, session_digest
from api.working_lists import staff_only
from grids.handing_over import accept_handover, write_handover
from grids.handovers import PAGE, DeskKind, Reason, desks_of, handovers_of
from grids.steps import MAX_WORDS

router = APIRouter(prefix="/api", tags=["lists"])

_REFUSALS = ("log_in_required", "invalid_request", "text_too_long", "database_gone")
_INTEGER = 2**31 - 1


class ColleagueDocument(BaseModel):
    """Somebody at the same desk."""

    model_config = ConfigDict(from_attributes=True)

    posting_id: int
    role: str
    name: str
    away_until: datetime | None


class ShiftDeskDocument(BaseModel):
    """A desk at which you sit."""

    model_config = ConfigDict(from_attributes=True)

    kind: DeskKind
    area_code: str
    desk: str | None = Field(description="the department's name")
    version: int = Field(description="how many hand-overs you wrote there; POST takes it")
    colleagues: list[ColleagueDocument]


class HandoverLineDocument(BaseModel):
    """A case as it stood when it was handed over."""

    model_config = ConfigDict(from_attributes=True)

    case_id: int
    reasons: list[Reason] = Field(description="why it was listed; empty: it was noted besides")
    state: str
    act_by: datetime
    note: str | None


class HandoverDocument(BaseModel):
    """A hand-over, as far as it is yours to read: of its cases those that you see today."""

    model_config = ConfigDict(from_attributes=True)

    id: int
    kind: DeskKind
    area_code: str
    desk: str | None
    given_by: int = Field(description="posting")
    given_at: datetime
    to_posting: int | None = Field(description="null: whoever comes next")
    until: datetime = Field(description="deadlines up to then were listed")
    counts: dict[str, int] = Field(
        description="of all that mattered, by reason; `all`, and `lines`: how many are listed"
    )
    accepted_by: int | None = Field(description="posting")
    accepted_at: datetime | None
    waits: bool = Field(description="for you to take it over")
    note: str | None
    remark: str | None = Field(description="of whoever took it over")
    lines: list[HandoverLineDocument]
    hidden: int = Field(description="lines of cases that are not yours to see")


class HandoversDocument(BaseModel):
    """Where you hand over, and the hand-overs that you read, the newest first."""

    desks: list[ShiftDeskDocument]
    handovers: list[HandoverDocument]
    before: int | None = Field(description="ask with it for the next page; null: this is the last")


class NoteBody(BaseModel):
    """Words about a case."""

    model_config = ConfigDict(extra="forbid")

    case_id: int = Field(ge=1, le=2**63 - 1)
    words: str = Field(max_length=MAX_WORDS)


class HandoverBody(BaseModel):
    """A hand-over; which cases it lists, the service says."""

    model_config = ConfigDict(extra="forbid")

    kind: DeskKind
    area_code: str = Field(max_length=32)
    desk: str | None = Field(None, max_length=200, description="of a department its name")
    version: int = Field(ge=0, le=_INTEGER, description="of the desk, so that none is written twice")
    to_posting: int | None = Field(None, ge=1, le=_INTEGER, description="at the same desk; null: whoever comes next")
    words: str = Field("", max_length=MAX_WORDS, description="about the whole")
    notes: list[NoteBody] = Field([], max_length=200)


class WrittenDocument(BaseModel):
    """The hand-over that was written."""

    model_config = ConfigDict(from_attributes=True)

    id: int
    lines: int
    version: int


class AcceptBody(BaseModel):
    """Taking over; a remark is optional."""

    model_config = ConfigDict(extra="forbid")

    words: str = Field("", max_length=MAX_WORDS)


class AcceptedDocument(BaseModel):
    """A hand-over that was taken over."""

    model_config = ConfigDict(from_attributes=True)

    id: int
    accepted_by: int
    accepted_at: datetime


@router.get("/handovers", responses=problems("log_in_required", "invalid_request", "database_gone"))
async def handovers(
    visit: Visiting,
    waiting: Annotated[bool, Query(description="those alone that wait for you")] = False,
    before: Annotated[int | None, Query(ge=1, le=2**63 - 1)] = None,
) -> HandoversDocument:
    """The hand-overs that you gave, took over or supervise, and the desks at which you sit."""
    staff_only(visit)
    found = await handovers_of(visit.connection, visit.now, waiting=waiting, before=before, limit=PAGE + 1)
    return HandoversDocument(
        desks=[ShiftDeskDocument.model_validate(desk) for desk in await desks_of(visit.connection, visit.now)],
        handovers=[HandoverDocument.model_validate(each) for each in found[:PAGE]],
        before=found[PAGE - 1].id if len(found) > PAGE else None,
    )


@router.post(
    "/handovers",
    status_code=201,
    responses=problems("not_at_desk", "handover_written", "handover_to_nobody", "case_not_found", *_REFUSALS),
)
async def write(request: Request, visit: Visiting, body: HandoverBody) -> WrittenDocument:
    """Hand over what is open at a desk of yours and matters.  409 when you wrote another one meanwhile."""
    staff_only(visit)
    service = service_of(request)
    async with service.connections.lend() as connection:
        written = await write_handover(
            connection,
            body.kind,
            body.area_code,
            body.desk,
            version=body.version,
            now=service.clock(),
            session_digest=session_digest(request),
            to_posting=body.to_posting,
            words=body.words,
            notes={note.case_id: note.words for note in body.notes},
        )
    return WrittenDocument.model_validate(written)


@router.post(
    "/handovers/{handover_id}/accept",
    responses=problems("handover_not_found", "handover_taken", "handover_for_others", *_REFUSALS),
)
async def accept(
    request: Request, visit: Visiting, handover_id: Annotated[int, Path(ge=1, le=2**63 - 1)], body: AcceptBody
) -> AcceptedDocument:
    """Take a hand-over over.  409 when somebody else was faster; done twice by you it is done once."""
    staff_only(visit)
    service = service_of(request)
    async with service.connections.lend() as connection:
        taken = await accept_handover(
            connection, handover_id, now=service.clock(), session_digest=session_digest(request), words=body.words
        )
    return AcceptedDocument.model_validate(taken)
