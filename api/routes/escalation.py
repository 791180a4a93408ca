"""``/api/escalation/rules`` and what goes up by them: who may handle what, and how long a level has."""

from datetime import datetime
from typing import Annotated, Literal, Self

from fastapi import APIRouter, Path, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from api.errors import problems
from api.instants import Instant
from api.visits import Visiting, service_of, session_digest
from api.working_lists import board_of, check_rules
from grids.cases import whole_case
from grids.deadlines import Deadline
from grids.dispatch import Conditions
from grids.escalation import (
    Escalation,
    NewEscalation,
    add_escalation,
    end_escalation,
    escalations,
    goes_up,
    solved,
)

router = APIRouter(prefix="/api", tags=["cases"])
RuleId = Annotated[int, Path(ge=1, le=2**31 - 1)]
CaseId = Annotated[int, Path(ge=1, le=2**63 - 1)]
Kind = Literal["authority", "clock"]


class SpanBody(BaseModel):
    """So much of one kind of duration."""

    model_config = ConfigDict(extra="forbid", from_attributes=True)

    kind: Literal["urgent_hours", "work_hours", "work_days", "days"]
    count: float = Field(gt=0, le=10_000)


class RuleBody(BaseModel):
    """A rule to be made; what is null always holds."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {"kind": "authority", "note": "违法建设由乡镇查处", "family": "works", "level": "township"},
                {
                    "kind": "clock",
                    "note": "村里两个工作日没有办成",
                    "level": "village",
                    "after": {"kind": "work_days", "count": 2},
                },
            ]
        },
    )

    kind: Kind = Field(description="authority: who may handle it at all; clock: how long a level has")
    note: str = Field(min_length=1, max_length=200)
    level: str = Field(max_length=32, description="the lowest that may handle it, or the one that has so long")
    category: str | None = Field(None, max_length=64)
    family: str | None = Field(None, max_length=64)
    area_code: str | None = Field(None, max_length=32, description="it and all below it")
    urgency: Literal["normal", "urgent", "emergency"] | None = None
    after: SpanBody | None = None
    since: Instant | None = None
    until: Instant | None = None

    def rule(self) -> NewEscalation:
        """Answer it as ``grids.escalation`` wants it.

        Raises
        ------
        BadDeadlineError
            ``bad_deadline``.
        """
        return NewEscalation(
            self.kind,
            self.note,
            Conditions(self.category, self.family, self.area_code, urgency=self.urgency),
            self.level,
            Deadline(self.after.kind, self.after.count) if self.after else None,
            self.since,
            self.until,
        )


class RuleDocument(BaseModel):
    """A rule in force, or to come."""

    id: int
    kind: Kind
    note: str
    level: str
    category: str | None
    family: str | None
    area_code: str | None
    urgency: str | None
    after: dict[str, float] | None = Field(examples=[{"work_days": 2}])
    since: datetime
    until: datetime | None

    @classmethod
    def of(cls, rule: Escalation) -> Self:
        """Answer the document of a rule."""
        when = rule.when
        return cls(
            id=rule.id,
            kind=rule.kind,
            note=rule.note,
            level=rule.level,
            category=when.category_code,
            family=when.family,
            area_code=when.area_code,
            urgency=when.urgency,
            after=rule.after.stored if rule.after else None,
            since=rule.since,
            until=rule.until,
        )


class RulesDocument(BaseModel):
    """All rules in force and to come."""

    rules: list[RuleDocument]


class MadeDocument(BaseModel):
    """A rule that was made."""

    id: int


class GoesUpDocument(BaseModel):
    """By which rule a case goes up next, and when."""

    model_config = ConfigDict(from_attributes=True)

    rule_id: int
    kind: Kind
    note: str
    level: str
    at: datetime


class EscalationDocument(BaseModel):
    """What goes up; null: nothing does."""

    next: GoesUpDocument | None


class SolvedDocument(BaseModel):
    """Where confirmed solutions of a period were found; in no score."""

    model_config = ConfigDict(from_attributes=True)

    confirmed: int
    below_county: int = Field(description="of those, at the township or at a level below it")
    since: datetime
    until: datetime


_SEEN = ("log_in_required", "rules_for_desks", "database_gone")


@router.get("/escalation/rules", responses=problems(*_SEEN))
async def rules(visit: Visiting) -> RulesDocument:
    """Who may handle what at all, and how long each level has."""
    check_rules(visit)
    return RulesDocument(rules=[RuleDocument.of(rule) for rule in await escalations(visit.connection, visit.now)])


@router.post(
    "/escalation/rules",
    status_code=201,
    responses=problems(*_SEEN, "rule_refused", "bad_deadline", "bad_instant", "invalid_request"),
)
async def add(request: Request, visit: Visiting, body: RuleBody) -> MadeDocument:
    """Make a rule; for administrators of its area or of one above it.  It counts time from when it begins."""
    check_rules(visit)
    async with service_of(request).connections.lend() as connection:
        made = await add_escalation(connection, body.rule(), session_digest=session_digest(request), now=visit.now)
    return MadeDocument(id=made)


@router.delete(
    "/escalation/rules/{rule_id}", status_code=204, responses=problems(*_SEEN, "rule_not_found", "invalid_request")
)
async def end(request: Request, visit: Visiting, rule_id: RuleId) -> Response:
    """End a rule now; one that has not begun never comes into force."""
    check_rules(visit)
    async with service_of(request).connections.lend() as connection:
        await end_escalation(connection, rule_id, session_digest=session_digest(request), now=visit.now)
    return Response(status_code=204)


@router.get("/cases/{case_id}/escalation", responses=problems("case_not_found", "invalid_request", "database_gone"))
async def of_case(visit: Visiting, case_id: CaseId) -> EscalationDocument:
    """By which rule a case of yours goes up next, and when."""
    await whole_case(visit.connection, case_id)
    found = await goes_up(visit.connection, case_id, visit.now)
    return EscalationDocument(next=GoesUpDocument.model_validate(found) if found else None)


@router.get(
    "/supervision/solved",
    responses=problems("log_in_required", "list_for_others", "invalid_request", "bad_instant", "database_gone"),
)
async def where_solved(
    visit: Visiting,
    since: Annotated[Instant, Query(description="an instant with its zone")],
    until: Annotated[Instant, Query(description="the first instant that does not count")],
) -> SolvedDocument:
    """How much of what was confirmed as solved in [since, until) was solved at the township or below."""
    found = await solved(visit.connection, board_of(visit), since, until)
    return SolvedDocument(confirmed=found.confirmed, below_county=found.below_county, since=since, until=until)
