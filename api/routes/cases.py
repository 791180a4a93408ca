"""``/api/cases``: a case with its history and the steps that are open to whoever asks, and the steps themselves.

Staff come with their session; a reporter comes by ``/api/reports/{number}/steps`` with the key of his report.
"""

from dataclasses import asdict
from datetime import datetime
from typing import Annotated, Any, Self

from fastapi import APIRouter, Path, Query, Request
from pydantic import BaseModel, ConfigDict, Field

from api.errors import LogInRequiredError, problems
from api.instants import Instant
from api.routes.schemas import ClosingDocument, MediationBrief
from api.visits import Visiting, service_of, session_digest
from grids.cases import open_steps, whole_case
from grids.due import is_provisional, time_used
from grids.hearings import hearings_told, unlifted
from grids.mediations import mediation_told, unhindered
from grids.nearby import reports_at_spot, sites_near
from grids.owners import Group, candidates, proposal
from grids.receipts import clean_number, digest
from grids.report_views import reporter_view
from grids.steps import MAX_BODY, MAX_WORDS, Taken, history, look_at_contact, relations, take

router = APIRouter(prefix="/api", tags=["cases"])

CaseId = Annotated[int, Path(ge=1, le=2**63 - 1, examples=[1])]
REFUSALS = (
    "stale_version",
    "petition_closed",
    "step_not_allowed",
    "step_for_others",
    "step_incomplete",
    "case_not_found",
    "cross_site",
    "not_json",
    "body_too_large",
    "invalid_request",
    "database_gone",
)

_NOT_HIS = ("case_not_found", "invalid_request", "database_gone")


class OpenStep(BaseModel):
    """A step that the actor may take now, and what it needs."""

    model_config = ConfigDict(from_attributes=True)

    verb: str = Field(examples=["claim"])
    target: str | None = Field(description="the state afterwards; null: it stays")
    needs: list[str] = Field(examples=[["words"]])
    shown: bool = Field(description="whether its words are for the reporters too")


class HistoryLine(BaseModel):
    """One line of a case's history."""

    model_config = ConfigDict(from_attributes=True)

    seq: int
    at: datetime
    verb: str
    state: str
    role: str | None = Field(description="null: a resident or the service")
    area_code: str | None
    desk: str | None
    name: str | None
    words: str | None
    data: dict[str, Any]


class TimeUsedDocument(BaseModel):
    """How long a case stood in a state with owners of a level; `paused` is when its clock stood still."""

    model_config = ConfigDict(from_attributes=True)

    level: str
    state: str
    work_s: float = Field(description="seconds of working time")
    elapsed_s: float


class ReportOfCase(BaseModel):
    """A report that belongs to the case."""

    model_config = ConfigDict(from_attributes=True)

    number: str
    received_at: datetime
    seen_at: datetime
    channel: str
    words: str | None
    place_words: str | None
    lon: float | None
    lat: float | None


class CaseDocument(BaseModel):
    """A case as its staff see it."""

    model_config = ConfigDict(from_attributes=True)

    id: int
    version: int
    category: str = Field(validation_alias="category_code")
    state: str
    urgency: str
    hazard: bool
    recurring: bool
    confirmed: bool | None
    evaluation: str | None
    reopened: int
    returned: int
    recheck: list[str]
    received_at: datetime
    due_at: datetime
    provisional: bool = Field(
        False, description="the date may still move: the make-up days of its year are not published"
    )
    stage_due_at: datetime | None
    asked_until: datetime | None
    paused_until: datetime | None
    claimed_at: datetime | None
    closed_at: datetime | None
    area_code: str | None
    owner_area_code: str
    owner_role: str
    owner_desk: str | None
    merged_into: int | None
    supervisor_posting_id: int | None = Field(description="who was named to see that it is solved")
    mediation: MediationBrief | None = Field(None, description="null: it is not and was not in mediation")
    petition: ClosingDocument | None = Field(None, description="null: it was not closed as a petition")
    reports: list[ReportOfCase]
    steps: list[OpenStep] = []
    history: list[HistoryLine] = []
    time_used: list[TimeUsedDocument] = []


class OwnerListed(BaseModel):
    """Somebody to whom the case can be handed."""

    model_config = ConfigDict(from_attributes=True)

    posting_id: int = Field(description="for the step `dispatch`")
    group: Group = Field(description="along the case's own chain of areas, in the grids beside it, or a department")
    role: str = Field(examples=["head"])
    area_code: str
    area_name: str
    level: str
    desk: str | None
    name: str | None = Field(description="of the person; null: nobody in person")
    open: int = Field(description="open cases that they have")
    late: int = Field(description="of them past a deadline")
    away_until: datetime | None = Field(description="away until then; null: here")
    stand_in: str | None = Field(description="who stands in meanwhile, by name")


class SiteNearDocument(BaseModel):
    """A named site within 300 m of the case, the nearest first."""

    model_config = ConfigDict(from_attributes=True)

    code: str
    kind: str = Field(examples=["nursery"])
    name: str
    distance_m: float = Field(description="geodesic; 0 within it")
    lon: float
    lat: float


class SpotReportDocument(BaseModel):
    """A report within 50 m of the case, or one of its own, with what became of it."""

    model_config = ConfigDict(from_attributes=True)

    case_id: int
    category: str = Field(validation_alias="category_code")
    state: str
    confirmed: bool | None
    received_at: datetime
    due_at: datetime
    closed_at: datetime | None
    area_code: str | None
    distance_m: float | None
    nth: int | None = Field(description="the how manieth of its family of categories here; null for another family")


class NearbyDocument(BaseModel):
    """What stands beside a case, and what was said at its spot before; both empty for a case without a pin."""

    sites: list[SiteNearDocument]
    reports: list[SpotReportDocument]


class OwnersDocument(BaseModel):
    """To whom a case can be handed, and where the rules of dispatch would send it."""

    proposed: int | None = Field(description="the posting that the rules of dispatch point to")
    reason: str | None = Field(description="note of the rule; null: none fits, or nobody is posted there")
    owners: list[OwnerListed]


class StepBody(BaseModel):
    """A step; ``version`` is that of the case as the actor saw it."""

    model_config = ConfigDict(extra="forbid")

    verb: str = Field(max_length=40, examples=["claim"])
    version: int = Field(ge=1, le=2**31 - 1)
    words: str | None = Field(None, max_length=MAX_WORDS, description="reason, or what was done")
    posting_id: int | None = Field(
        None, ge=1, le=2**31 - 1, description="dispatch: to whom; GET /api/cases/{id}/owners lists them"
    )
    until: Instant | None = Field(None, description="ask_extension, pause")
    rating: str | None = Field(None, max_length=10, description="evaluate: solved, partly or not")
    into: int | None = Field(None, ge=1, le=2**63 - 1, description="merge: the case that takes the reports")
    report: str | None = Field(None, max_length=20, description="split: the number of the report that goes")
    category: str | None = Field(None, max_length=64, description="recategorise")
    urgency: str | None = Field(None, max_length=10, description="set_urgency: normal, urgent or emergency")
    body: str | None = Field(None, max_length=MAX_BODY, description="will_not_do: who is responsible instead")

    def data(self) -> dict[str, Any]:
        """Answer what the step needs besides its words."""
        given = self.model_dump(mode="json", exclude={"verb", "version", "words", "posting_id"}, exclude_none=True)
        return given | ({} if self.posting_id is None else {"owner": {"posting_id": self.posting_id}})


class TakenDocument(BaseModel):
    """The case after the step."""

    model_config = ConfigDict(from_attributes=True)

    case_id: int
    state: str
    version: int
    due_at: datetime
    owner_area_code: str
    owner_role: str
    other: int | None = Field(description="split: the new case")

    @classmethod
    def of(cls, taken: Taken) -> Self:
        """Answer the document of a step."""
        return cls.model_validate(taken)


class ContactDocument(BaseModel):
    """How to reach whoever reported."""

    contact: str | None = Field(description="null: nothing was left, or it was erased as the rules require")


@router.get(
    "/cases/{case_id}", responses=problems("case_not_found", "log_in_required", "invalid_request", "database_gone")
)
async def one_case(visit: Visiting, case_id: CaseId) -> CaseDocument:
    """One case: its reports, its history, and the steps that are open to you."""
    if visit.actor is None:
        raise LogInRequiredError("Cases are for staff: log in first.")
    case = await whole_case(visit.connection, case_id)
    document = CaseDocument.model_validate(case)
    held = await relations(visit.connection, case_id, visit.now)
    mediation = await mediation_told(visit.connection, case_id, visit.now)
    document.mediation = MediationBrief.model_validate(mediation) if mediation.state else None
    heard = await hearings_told(visit.connection, case_id, visit.now)
    document.petition = ClosingDocument.model_validate(heard.closing) if heard.closing else None
    open_now = unlifted(unhindered(open_steps(case, held), mediation), heard)
    document.steps = [OpenStep.model_validate(step) for step in open_now]
    document.provisional = await is_provisional(visit.connection, case_id)
    document.time_used = [
        TimeUsedDocument.model_validate(one) for one in await time_used(visit.connection, case_id, visit.now)
    ]
    document.history = [HistoryLine.model_validate(line) for line in await history(visit.connection, case_id)]
    return document


@router.get(
    "/cases/{case_id}/nearby",
    responses=problems("case_not_found", "log_in_required", "invalid_request", "database_gone"),
)
async def nearby(
    visit: Visiting, case_id: CaseId, limit: Annotated[int, Query(ge=1, le=200, description="of reports")] = 50
) -> NearbyDocument:
    """Sites beside the case and every report at its spot that you may see, the newest first."""
    if visit.actor is None:
        raise LogInRequiredError("Cases are for staff: log in first.")
    case = await whole_case(visit.connection, case_id)
    pin = next(((r.lon, r.lat) for r in case.reports if r.lon is not None and r.lat is not None), None)
    sites = await sites_near(visit.connection, *pin, visit.now) if pin else []
    told = await reports_at_spot(visit.connection, case_id, visit.now, limit)
    return NearbyDocument(
        sites=[SiteNearDocument.model_validate(one) for one in sites],
        reports=[SpotReportDocument.model_validate(one) for one in told],
    )


@router.get(
    "/cases/{case_id}/owners",
    responses=problems("case_not_found", "log_in_required", "invalid_request", "database_gone"),
)
async def owners_of(visit: Visiting, case_id: CaseId) -> OwnersDocument:
    """To whom the case can be handed: heads, deputies and desks of its areas and beside it, and departments."""
    if visit.actor is None:
        raise LogInRequiredError("Cases are for staff: log in first.")
    await whole_case(visit.connection, case_id)
    listed = await candidates(visit.connection, case_id, visit.now)
    proposed = await proposal(visit.connection, case_id, visit.now)
    return OwnersDocument(
        proposed=proposed.posting_id if proposed else None,
        reason=proposed.note if proposed else None,
        owners=[OwnerListed.model_validate(asdict(each) | asdict(each.load)) for each in listed],
    )


@router.post("/cases/{case_id}/steps", responses=problems(*REFUSALS, "log_in_required"))
async def take_a_step(request: Request, case_id: CaseId, body: StepBody) -> TakenDocument:
    """Take a step as a member of staff.  409 with what changed when the version is not the newest."""
    service, session = service_of(request), session_digest(request)
    if session is None:
        raise LogInRequiredError("Cases are for staff: log in first.")
    async with service.connections.lend() as connection:
        taken = await take(
            connection,
            case_id,
            body.verb,
            version=body.version,
            now=service.clock(),
            session_digest=session,
            words=body.words,
            data=body.data(),
        )
    return TakenDocument.of(taken)


@router.post("/reports/{number}/steps", responses=problems(*REFUSALS, "unknown_report", "bad_number"))
async def take_a_reporters_step(
    request: Request,
    visit: Visiting,
    number: Annotated[str, Path(max_length=20, examples=["1234567897"])],
    key: Annotated[str, Query(max_length=64, description="from the resident's link")],
    body: StepBody,
    case_id: Annotated[
        int | None, Query(ge=1, le=2**63 - 1, description="reopen: another case, one of `closed_here` of the report")
    ] = None,
) -> TakenDocument:
    """Say as a reporter whether it was solved: confirm, deny, evaluate or reopen."""
    view = await reporter_view(visit.connection, clean_number(number), key)
    await visit.connection.close()
    service = service_of(request)
    async with service.connections.lend() as connection:
        taken = await take(
            connection,
            view.case_id if case_id is None else case_id,
            body.verb,
            version=body.version,
            now=service.clock(),
            link_digest=digest(key),
            words=body.words,
            data=body.data(),
        )
    return TakenDocument.of(taken)


@router.post("/reports/{number}/contact", responses=problems(*_NOT_HIS, "cross_site", "log_in_required", "bad_number"))
async def look_at_a_contact(
    request: Request, number: Annotated[str, Path(max_length=20, examples=["1234567897"])]
) -> ContactDocument:
    """How to reach a reporter: for the clerk who took the report down and for a supervisor.  The look is recorded."""
    service, session = service_of(request), session_digest(request)
    if session is None:
        raise LogInRequiredError("Contacts are for staff: log in first.")
    async with service.connections.lend() as connection:
        found = await look_at_contact(connection, clean_number(number), session_digest=session, now=service.clock())
    return ContactDocument(contact=found)
