"""The rota: which officials receive visitors, for everybody; planning it, and what came of the visits, for staff."""

from datetime import date, datetime, time
from typing import Annotated, Literal, Self

from fastapi import APIRouter, Path, Query, Request
from pydantic import BaseModel, ConfigDict, Field

from api.errors import LogInRequiredError, problems
from api.visits import Visiting, service_of, session_digest
from grids.clock import ZONE
from grids.rota import MAX_DAYS, PUBLIC_FOR, NewDays, RotaDay, change, plan, rota_between, rota_day, visits_of

router = APIRouter(prefix="/api", tags=["rota"])

RotaId = Annotated[int, Path(ge=1, le=2**31 - 1)]
_REFUSALS = (
    *("rota_for_others", "rota_refused", "rota_clash", "rota_past"),
    *("log_in_required", "cross_site", "invalid_request", "database_gone"),
)


class ReceiverDocument(BaseModel):
    """Who receives; ``name`` only where it may be shown."""

    model_config = ConfigDict(from_attributes=True)

    title: str | None = Field(examples=["镇党委书记"], description="in public; without, role and desk")
    role: str | None
    desk: str | None
    area_code: str | None
    name: str | None


class RotaDocument(BaseModel):
    """One official in one room on one day."""

    model_config = ConfigDict(from_attributes=True)

    id: int
    area_code: str
    area_name: str | None
    level: str | None
    from_at: datetime
    until_at: datetime
    room: str
    note: str | None
    official: ReceiverDocument
    stand_in: ReceiverDocument | None = Field(description="who receives instead")
    away: bool = Field(description="the official is absent then, and nobody stands in yet")
    moved_to: str | None = Field(description="where or when instead, in words")
    withdrawn: bool = Field(description="it was cancelled")
    holiday: str | None = Field(description="the holiday's name, empty at a weekend, null on a working day")


class VisitDocument(BaseModel):
    """What a visitor told of, as far as you may know."""

    model_config = ConfigDict(from_attributes=True)

    number: str
    received_at: datetime
    case_id: int
    category_code: str
    state: str
    confirmed: bool | None
    due_at: datetime
    unsolved: bool


class RotaDayDocument(RotaDocument):
    """A planned day for staff, with the visits that were entered for it."""

    version: int
    mine: bool = Field(description="you may change it")
    takes: bool = Field(description="you may enter what a visitor says")
    visits: list[VisitDocument]

    @classmethod
    def with_visits(cls, day: RotaDay, visits: list[VisitDocument]) -> Self:
        """Answer the document of a day and its visits."""
        plain = {name: getattr(day, name) for name in cls.model_fields if name != "visits"}
        return cls.model_validate({**plain, "visits": visits})


class PlanBody(BaseModel):
    """The same hours on several days; ``posting_id`` or ``title``, or both."""

    model_config = ConfigDict(extra="forbid")

    area_code: str = Field(max_length=32)
    days: list[date] = Field(min_length=1, max_length=MAX_DAYS)
    from_time: time = Field(examples=["09:00"], description="in Asia/Shanghai")
    until_time: time = Field(examples=["11:30"])
    room: str = Field(max_length=120)
    posting_id: int | None = Field(None, ge=1, le=2**31 - 1)
    title: str | None = Field(None, max_length=60)
    note: str | None = Field(None, max_length=300)


class PlannedDocument(BaseModel):
    """The days that were planned, by their numbers."""

    planned: list[int]


class ChangeBody(BaseModel):
    """What changes of a planned day; ``version`` is that of the day as you saw it."""

    model_config = ConfigDict(extra="forbid")

    kind: Literal["stand_in", "moved", "as_planned", "withdraw"]
    version: int = Field(ge=1, le=2**31 - 1)
    posting_id: int | None = Field(None, ge=1, le=2**31 - 1, description="of the stand-in")
    title: str | None = Field(None, max_length=60, description="of the stand-in")
    words: str | None = Field(None, max_length=200, description="where or when instead")


class ChangedDocument(BaseModel):
    """The version of the day after the change."""

    version: int


@router.get("/visits", responses=problems("invalid_request", "database_gone"))
async def visits(
    visit: Visiting,
    area: Annotated[str | None, Query(max_length=32, description="it, what lies above it and what below")] = None,
) -> list[RotaDocument]:
    """Who receives visitors where in the next two weeks, the first one first; for everybody."""
    first = visit.now.astimezone(ZONE).replace(hour=0, minute=0, second=0, microsecond=0)
    found = await rota_between(visit.connection, area, first, first + PUBLIC_FOR, visit.now)
    return [RotaDocument.model_validate(day) for day in found]


@router.get(
    "/rota/{rota_id}", responses=problems("rota_not_found", "log_in_required", "invalid_request", "database_gone")
)
async def day(visit: Visiting, rota_id: RotaId) -> RotaDayDocument:
    """One planned day, with what came of its visits as far as you may know."""
    if visit.actor is None:
        raise LogInRequiredError("What came of visits is for staff: log in first.")
    found = await rota_day(visit.connection, rota_id, visit.now)
    told = await visits_of(visit.connection, [rota_id], visit.now)
    return RotaDayDocument.with_visits(found, [VisitDocument.model_validate(each) for each in told])


@router.post("/rota", status_code=201, responses=problems(*_REFUSALS))
async def plan_days(request: Request, body: PlanBody) -> PlannedDocument:
    """Plan who receives on some days, all or none; for the desk and administrators of the level, and those above."""
    service, session = service_of(request), session_digest(request)
    if session is None:
        raise LogInRequiredError("The rota is kept by staff: log in first.")
    async with service.connections.lend() as connection:
        made = await plan(connection, NewDays(**body.model_dump()), session_digest=session, now=service.clock())
    return PlannedDocument(planned=made)


@router.post("/rota/{rota_id}", responses=problems(*_REFUSALS, "rota_not_found", "rota_changed"))
async def change_day(request: Request, rota_id: RotaId, body: ChangeBody) -> ChangedDocument:
    """Let somebody stand in, move a day, cancel it, or let it be as planned.  409 when others changed it meanwhile."""
    service, session = service_of(request), session_digest(request)
    if session is None:
        raise LogInRequiredError("The rota is kept by staff: log in first.")
    async with service.connections.lend() as connection:
        version = await change(
            connection,
            rota_id,
            body.version,
            body.kind,
            session_digest=session,
            now=service.clock(),
            posting_id=body.posting_id,
            title=body.title,
            words=body.words,
        )
    return ChangedDocument(version=version)
