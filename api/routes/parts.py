"""Joint handling: who has a part of a case, asking others, the steps of a part, and what waits for whoever asks."""

from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Path, Request
from pydantic import BaseModel, ConfigDict, Field

from api.errors import LogInRequiredError, problems
from api.instants import Instant
from api.routes.cases import REFUSALS, CaseId
from api.visits import Visiting, service_of, session_digest
from grids.cases import whole_case
from grids.part_workflow import part_steps
from grids.parts import PartTaken, parts_of, parts_to_do, take_part
from grids.steps import MAX_WORDS

router = APIRouter(prefix="/api", tags=["cases"])

_POSTING = Field(
    ge=1, le=2**31 - 1, description="who is asked; GET /api/cases/{id}/owners lists them, and /teams helper teams"
)
_EXACT = Field(description="of a helper team alone: tell it the pin itself; else it learns roughly where it is")


class PartDocument(BaseModel):
    """One part of a joint case, and what you may do with it; its task is in the case's history."""

    model_config = ConfigDict(from_attributes=True)

    nth: int
    state: str = Field(examples=["asked"])
    version: int = Field(description="of the part alone")
    posting_id: int
    role: str
    area_code: str
    desk: str | None
    gone: bool = Field(description="nobody is posted there any more")
    asked_at: datetime
    due_at: datetime
    ended_at: datetime | None
    exact: bool = Field(description="a helper team was told the pin itself, not only roughly where it is")
    steps: list[str] = Field([], description="verbs that are open to you")


class PartToDoDocument(BaseModel):
    """A part that waits for you or your colleagues."""

    model_config = ConfigDict(from_attributes=True)

    case_id: int
    nth: int
    state: str
    due_at: datetime
    category: str = Field(validation_alias="category_code")
    area: str = Field(description="name of the case's area")
    desk: str | None = Field(description="the department or desk that was asked")


class AskBody(BaseModel):
    """What others are asked to do, and by when."""

    model_config = ConfigDict(extra="forbid")

    posting_id: Annotated[int, _POSTING]
    words: str = Field(max_length=MAX_WORDS, description="the task")
    until: Instant
    exact: Annotated[bool, _EXACT] = False


class PartStepBody(BaseModel):
    """A step of a part; ``version`` is that of the part as the actor saw it."""

    model_config = ConfigDict(extra="forbid")

    verb: str = Field(max_length=40, examples=["part_done"])
    version: int = Field(ge=1, le=2**31 - 1)
    words: str | None = Field(None, max_length=MAX_WORDS, description="what was done, or why")
    posting_id: Annotated[int | None, _POSTING] = None
    until: Instant | None = None
    exact: Annotated[bool, _EXACT] = False


class PartTakenDocument(BaseModel):
    """The part after the step."""

    model_config = ConfigDict(from_attributes=True)

    case_id: int
    nth: int
    state: str
    version: int
    due_at: datetime
    posting_id: int


@router.get(
    "/cases/{case_id}/parts",
    responses=problems("case_not_found", "log_in_required", "invalid_request", "database_gone"),
)
async def parts(visit: Visiting, case_id: CaseId) -> list[PartDocument]:
    """The parts of a case that you may see, in the order in which they were asked for."""
    if visit.actor is None:
        raise LogInRequiredError("Cases are for staff: log in first.")
    case = await whole_case(visit.connection, case_id)
    documents = []
    for part in await parts_of(visit.connection, case_id, visit.now):
        document = PartDocument.model_validate(part)
        document.steps = [step.verb for step in part_steps(case.state, part.state, part.held)]
        documents.append(document)
    return documents


@router.get("/parts", responses=problems("log_in_required", "database_gone"))
async def to_do(visit: Visiting) -> list[PartToDoDocument]:
    """The open parts that wait for you or your colleagues, the earliest deadline first."""
    if visit.actor is None:
        raise LogInRequiredError("Parts of cases are for staff: log in first.")
    return [PartToDoDocument.model_validate(each) for each in await parts_to_do(visit.connection, visit.now)]


@router.post("/cases/{case_id}/parts", status_code=201, responses=problems(*REFUSALS, "log_in_required"))
async def ask(request: Request, case_id: CaseId, body: AskBody) -> PartTakenDocument:
    """Ask a department, a desk, a head, a deputy or a helper team for a part of the case."""
    taken = await _take(request, case_id, None, "part_ask", None, body.words, _data(body))
    return PartTakenDocument.model_validate(taken)


@router.post("/cases/{case_id}/parts/{nth}/steps", responses=problems(*REFUSALS, "log_in_required"))
async def take_a_part_step(
    request: Request, case_id: CaseId, nth: Annotated[int, Path(ge=1, le=99)], body: PartStepBody
) -> PartTakenDocument:
    """Take a step of a part.  409 with what changed when the version is not the newest."""
    taken = await _take(request, case_id, nth, body.verb, body.version, body.words, _data(body))
    return PartTakenDocument.model_validate(taken)


def _data(body: AskBody | PartStepBody) -> dict[str, Any]:
    """Answer what the step needs besides its words."""
    given = {
        "owner": body.posting_id and {"posting_id": body.posting_id},
        "until": body.until and body.until.isoformat(),
        "exact": body.exact,
    }
    return {name: value for name, value in given.items() if value}


async def _take(
    request: Request,
    case_id: int,
    nth: int | None,
    verb: str,
    version: int | None,
    words: str | None,
    data: dict[str, Any],
) -> PartTaken:
    service, session = service_of(request), session_digest(request)
    if session is None:
        raise LogInRequiredError("Cases are for staff: log in first.")
    async with service.connections.lend() as connection:
        return await take_part(
            connection,
            case_id,
            nth,
            verb,
            version=version,
            now=service.clock(),
            session_digest=session,
            words=words,
            data=data,
        )
