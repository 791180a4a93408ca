"""Supervision of a case: the orders that were given on it, giving one, and the steps of one."""

from datetime import datetime
from typing import Annotated, Self

from fastapi import APIRouter, Path, Request
from pydantic import BaseModel, ConfigDict, Field

from api.errors import LogInRequiredError, problems
from api.instants import Instant
from api.routes.cases import REFUSALS, CaseId
from api.visits import Visiting, service_of, session_digest
from grids.cases import whole_case
from grids.orders import Order, OrderTaken, orders_of, said_of, take_order
from grids.steps import MAX_WORDS, Line, history

router = APIRouter(prefix="/api", tags=["cases"])


class SaidDocument(BaseModel):
    """A line of an order: who said what, and when; ``words`` are null where they are not yours to read."""

    model_config = ConfigDict(from_attributes=True)

    at: datetime
    verb: str
    role: str | None
    area_code: str | None
    desk: str | None
    words: str | None


class OrderedOwner(BaseModel):
    """To whom the order was given: the owner of the case at that time."""

    area_code: str
    role: str
    posting_id: int | None


class OrderDocument(BaseModel):
    """An order, and what came of it."""

    nth: int
    state: str = Field(examples=["given"], description="given, answered, kept, not_kept or withdrawn")
    version: int = Field(description="of the order alone")
    late: bool = Field(description="not answered in time")
    given_at: datetime
    due_at: datetime
    answered_at: datetime | None
    ended_at: datetime | None
    owner: OrderedOwner
    given: SaidDocument = Field(description="by whom, and what is to be done")
    answer: SaidDocument | None = Field(description="the newest")
    judged: SaidDocument | None
    steps: list[str] = Field(description="verbs that are open to you")

    @classmethod
    def of(cls, order: Order, lines: list[Line], now: datetime) -> Self:
        """Answer the document of an order from the history of its case."""
        said = said_of(lines, order.nth)
        told = {
            "given": said.get("order_give"),
            "answer": said.get("order_answer"),
            "judged": said.get("judged"),
        }
        return cls(
            **{name: getattr(order, name) for name in _PLAIN},
            late=order.late(now),
            owner=OrderedOwner(
                area_code=order.owner_area_code, role=order.owner_role, posting_id=order.owner_posting_id
            ),
            steps=list(order.verbs),
            **{name: line and SaidDocument.model_validate(line) for name, line in told.items()},  # type: ignore[arg-type]
        )


_PLAIN = ("nth", "state", "version", "given_at", "due_at", "answered_at", "ended_at")


class OrdersDocument(BaseModel):
    """The orders on a case, the first one first; ``may_give``: whether you may give another one."""

    orders: list[OrderDocument]
    may_give: bool


class GiveBody(BaseModel):
    """What is to be done, and by when it is to be answered."""

    model_config = ConfigDict(extra="forbid")

    words: str = Field(max_length=MAX_WORDS)
    until: Instant
    version: int = Field(ge=0, le=2**31 - 1, description="how many orders the case had, so that none is given twice")


class OrderStepBody(BaseModel):
    """A step of an order; ``version`` is that of the order as the actor saw it."""

    model_config = ConfigDict(extra="forbid")

    verb: str = Field(max_length=40, examples=["order_answer"])
    version: int = Field(ge=1, le=2**31 - 1)
    words: str | None = Field(None, max_length=MAX_WORDS, description="what was done, or why")
    until: Instant | None = Field(None, description="order_until")


class OrderTakenDocument(BaseModel):
    """The order after the step."""

    model_config = ConfigDict(from_attributes=True)

    case_id: int
    nth: int
    state: str
    version: int
    due_at: datetime


@router.get(
    "/cases/{case_id}/orders",
    responses=problems("case_not_found", "log_in_required", "invalid_request", "database_gone"),
)
async def orders(visit: Visiting, case_id: CaseId) -> OrdersDocument:
    """What supervisors ordered on a case, by when, and what came of it; with the steps that are open to you."""
    if visit.actor is None:
        raise LogInRequiredError("Cases are for staff: log in first.")
    await whole_case(visit.connection, case_id)
    found = await orders_of(visit.connection, case_id, visit.now)
    lines = await history(visit.connection, case_id)
    return OrdersDocument(
        orders=[OrderDocument.of(order, lines, visit.now) for order in found.given], may_give=found.may_give
    )


@router.post("/cases/{case_id}/orders", status_code=201, responses=problems(*REFUSALS, "log_in_required"))
async def give(request: Request, case_id: CaseId, body: GiveBody) -> OrderTakenDocument:
    """Order something of whoever has the case, as a supervisor above him.  409 when others ordered meanwhile."""
    taken = await _take(request, case_id, None, "order_give", body.version, body.words, body.until)
    return OrderTakenDocument.model_validate(taken)


@router.post("/cases/{case_id}/orders/{nth}/steps", responses=problems(*REFUSALS, "log_in_required"))
async def take_an_order_step(
    request: Request, case_id: CaseId, nth: Annotated[int, Path(ge=1, le=2**31 - 1)], body: OrderStepBody
) -> OrderTakenDocument:
    """Answer an order, judge it, give it another deadline or withdraw it.  409 when the version is not the newest."""
    taken = await _take(request, case_id, nth, body.verb, body.version, body.words, body.until)
    return OrderTakenDocument.model_validate(taken)


async def _take(
    request: Request,
    case_id: int,
    nth: int | None,
    verb: str,
    version: int,
    words: str | None,
    until: datetime | None,
) -> OrderTaken:
    service, session = service_of(request), session_digest(request)
    if session is None:
        raise LogInRequiredError("Cases are for staff: log in first.")
    async with service.connections.lend() as connection:
        return await take_order(
            connection,
            case_id,
            verb,
            nth=nth,
            version=version,
            now=service.clock(),
            session_digest=session,
            words=words,
            until=until,
        )
