"""``/api/deliveries``: what was sent, what waits and what could not be delivered, for administrators."""

from datetime import datetime
from typing import Annotated, Literal, Self

from fastapi import APIRouter, Query
from pydantic import BaseModel, ConfigDict, Field

from api.errors import LogInRequiredError, problems
from api.visits import Visiting
from gis.errors import GridwardenError
from grids.access import may
from grids.deliveries import Listed, seen_deliveries

router = APIRouter(tags=["deliveries"])


class DeliveriesForAdministratorsError(GridwardenError):
    """Somebody else asks."""

    code = "deliveries_for_administrators"


class DeliveryDocument(BaseModel):
    """A letter or a call of a program; never an address, never words."""

    model_config = ConfigDict(from_attributes=True)

    id: int
    kind: Literal["mail", "webhook"]
    recipient: str = Field(
        examples=["report:17"], description="by number: `report`, `person`, `posting`, `subscription`"
    )
    template: str = Field(examples=["claimed"], description="which letter; of a call its topic")
    case_id: int | None
    made_at: datetime
    state: Literal["waiting", "sent", "dead"]
    tries: int
    next_at: datetime | None
    last_error: str | None = Field(examples=["mail_server_gone"])

    @classmethod
    def of(cls, listed: Listed) -> Self:
        """Answer the document of a delivery."""
        return cls.model_validate(listed)


@router.get(
    "/api/deliveries",
    responses=problems(
        "log_in_required", "deliveries_for_administrators", "invalid_request", "database_gone"
    ),
)  # fmt: skip
async def get_deliveries(
    visit: Visiting,
    state: Annotated[Literal["waiting", "sent", "dead"], Query(description="`dead`: given up")] = "dead",
    limit: Annotated[int, Query(ge=1, le=1000)] = 100,
) -> list[DeliveryDocument]:
    """Deliveries of a state in the administrator's areas, the newest first."""
    if visit.actor is None:
        raise LogInRequiredError("Log in first.")
    if not may(visit.actor, "see_deliveries"):
        raise DeliveriesForAdministratorsError("The list of deliveries is for administrators.")
    return [DeliveryDocument.of(one) for one in await seen_deliveries(visit.connection, state, limit)]
