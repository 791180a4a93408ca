"""``/api/cases/{id}/mediation`` and ``/api/mediations``: the mediation room: how far it is, and its steps.

What is said there comes back to the mediator's desk and to the supervisor of the chain alone.
"""

from datetime import datetime
from typing import Any

from fastapi import APIRouter, Request
from pydantic import BaseModel, ConfigDict, Field

from api.errors import LogInRequiredError, problems
from api.instants import Instant
from api.routes.cases import REFUSALS, CaseId, HistoryLine
from api.visits import Visiting, service_of, session_digest
from grids.mediations import (
    MAX_CONTACT,
    MAX_NAME,
    look_at_parties,
    mediation_told,
    my_mediations,
    parties_of,
    possible_mediators,
    sittings_of,
    take_mediation_step,
)
from grids.steps import MAX_WORDS, history

router = APIRouter(prefix="/api", tags=["mediation"])

_NOT_HIS = ("case_not_found", "log_in_required", "invalid_request", "database_gone")


class PartyDocument(BaseModel):
    """A party by its number; who it is, POST …/mediation/parties tells."""

    model_config = ConfigDict(from_attributes=True)

    nth: int
    added_at: datetime


class SittingDocument(BaseModel):
    """A sitting: to come, or held."""

    model_config = ConfigDict(from_attributes=True)

    nth: int
    at: datetime
    held_at: datetime | None


class MediationDocument(BaseModel):
    """The mediation of a case, as far as it is yours to know.

    ``state`` null: there is none.  Parties, sittings and history are empty for all but the mediator's desk and the
    supervisor.
    """

    model_config = ConfigDict(from_attributes=True)

    case_id: int
    state: str | None = Field(examples=["opened"], description="opened, vacant, agreed, failed or withdrawn")
    outcome: str | None = Field(description="failed: lawyer or court")
    version: int = Field(description="of the mediation alone; 0 where there is none, or it is not yours")
    posting_id: int | None = Field(description="the mediator's")
    above_code: str | None = Field(description="vacant: from which area upwards somebody has to name another mediator")
    opened_at: datetime | None
    ended_at: datetime | None
    reads: bool = Field(description="whether parties, sittings and what was said are yours to read")
    steps: list[str] = Field([], description="verbs that are open to you")
    parties: list[PartyDocument] = []
    sittings: list[SittingDocument] = []
    history: list[HistoryLine] = []


class MediatorDocument(BaseModel):
    """A department or a desk that can be asked to mediate."""

    model_config = ConfigDict(from_attributes=True)

    posting_id: int
    role: str
    area_code: str
    area_name: str
    desk: str | None


class MediationStepBody(BaseModel):
    """A step; ``version`` is that of the mediation as the actor saw it, 0 where there was none."""

    model_config = ConfigDict(extra="forbid")

    verb: str = Field(max_length=40, examples=["mediation_open"])
    version: int = Field(ge=0, le=2**31 - 1)
    words: str | None = Field(None, max_length=MAX_WORDS, description="what was said, the agreement, or why")
    posting_id: int | None = Field(None, ge=1, le=2**31 - 1, description="the mediator; GET …/mediation/mediators")
    name: str | None = Field(None, max_length=MAX_NAME, description="mediation_party")
    contact: str | None = Field(None, max_length=MAX_CONTACT, description="mediation_party")
    namesake: bool = Field(False, description="mediation_party: bears the mediator's name and is somebody else")
    at: Instant | None = Field(None, description="mediation_sitting, mediation_move")
    sitting: int | None = Field(None, ge=1, le=99, description="mediation_move, mediation_held")
    outcome: str | None = Field(None, max_length=10, description="mediation_fail: lawyer or court")

    def data(self) -> dict[str, Any]:
        """Answer what the step needs besides its words."""
        return self.model_dump(mode="json", exclude={"verb", "version", "words"}, exclude_none=True)


class MediationTakenDocument(BaseModel):
    """The mediation after the step."""

    model_config = ConfigDict(from_attributes=True)

    case_id: int
    state: str
    outcome: str | None
    version: int
    posting_id: int | None
    nth: int | None = Field(description="of the party or sitting that it was about")
    conflict: bool = Field(description="the mediator withdrew by it: a party bears his name, or somebody said so")


class PartyKnownDocument(BaseModel):
    """Who a party is; null where it was erased."""

    model_config = ConfigDict(from_attributes=True)

    nth: int
    name: str | None
    contact: str | None


class MyMediationDocument(BaseModel):
    """A mediation that is yours: as the mediator, as its supervisor, or because you have to name a mediator."""

    model_config = ConfigDict(from_attributes=True)

    case_id: int
    number: str | None
    category: str = Field(validation_alias="category_code")
    area_code: str | None
    state: str
    outcome: str | None
    opened_at: datetime
    ended_at: datetime | None
    sitting_at: datetime | None = Field(description="of the next sitting that was not held yet")
    relations: list[str] = Field(examples=[["mediator"]])


@router.get("/cases/{case_id}/mediation", responses=problems(*_NOT_HIS))
async def mediation(visit: Visiting, case_id: CaseId) -> MediationDocument:
    """The mediation of a case: how far it is, and for those who read it, what was said."""
    if visit.actor is None:
        raise LogInRequiredError("Cases are for staff: log in first.")
    told = await mediation_told(visit.connection, case_id, visit.now)
    document = MediationDocument.model_validate(
        {name: getattr(told, name) for name in MediationDocument.model_fields if hasattr(told, name)}
        | {"steps": [step.verb for step in told.steps]}
    )
    if told.reads:
        lines = await history(visit.connection, case_id)
        document.parties = [PartyDocument.model_validate(one) for one in await parties_of(visit.connection, case_id)]
        document.sittings = [
            SittingDocument.model_validate(one) for one in await sittings_of(visit.connection, case_id)
        ]
        document.history = [HistoryLine.model_validate(line) for line in lines if "mediation" in line.data]
    return document


@router.get("/cases/{case_id}/mediation/mediators", responses=problems(*_NOT_HIS))
async def mediators(visit: Visiting, case_id: CaseId) -> list[MediatorDocument]:
    """To whom you can give the mediation of a case; nobody where it is not yours to give."""
    if visit.actor is None:
        raise LogInRequiredError("Cases are for staff: log in first.")
    await mediation_told(visit.connection, case_id, visit.now)
    found = await possible_mediators(visit.connection, case_id, visit.now)
    return [MediatorDocument.model_validate(one) for one in found]


@router.post("/cases/{case_id}/mediation/steps", responses=problems(*REFUSALS, "log_in_required"))
async def take_a_mediation_step(request: Request, case_id: CaseId, body: MediationStepBody) -> MediationTakenDocument:
    """Take a step of a mediation, or open one.  409 with what changed when the version is not the newest."""
    service, session = service_of(request), session_digest(request)
    if session is None:
        raise LogInRequiredError("Cases are for staff: log in first.")
    async with service.connections.lend() as connection:
        taken = await take_mediation_step(
            connection,
            case_id,
            body.verb,
            version=body.version,
            now=service.clock(),
            session_digest=session,
            words=body.words,
            data=body.data(),
        )
    return MediationTakenDocument.model_validate(taken)


@router.post("/cases/{case_id}/mediation/parties", responses=problems(*_NOT_HIS, "cross_site"))
async def look_at_the_parties(request: Request, case_id: CaseId) -> list[PartyKnownDocument]:
    """Who the parties are: for the mediator's desk and the supervisor of the chain.  The look is recorded."""
    service, session = service_of(request), session_digest(request)
    if session is None:
        raise LogInRequiredError("Cases are for staff: log in first.")
    async with service.connections.lend() as connection:
        found = await look_at_parties(connection, case_id, session_digest=session, now=service.clock())
    return [PartyKnownDocument.model_validate(one) for one in found]


@router.get("/mediations", responses=problems("log_in_required", "database_gone"))
async def mine(visit: Visiting) -> list[MyMediationDocument]:
    """Your mediations: what goes on first, by the next sitting, then what has ended."""
    if visit.actor is None:
        raise LogInRequiredError("Mediations are for staff: log in first.")
    return [MyMediationDocument.model_validate(one) for one in await my_mediations(visit.connection, visit.now)]
