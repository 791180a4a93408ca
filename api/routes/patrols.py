"""``/api/areas/{code}/patrols``: what was found on patrol in an area, counted apart from what residents said."""

from datetime import datetime, timedelta
from typing import Annotated

from fastapi import APIRouter, Path, Query
from pydantic import BaseModel, ConfigDict, Field

from api.errors import problems
from api.staffed import staffed_area
from api.visits import Visiting
from grids.patrols import findings_of, received_apart

router = APIRouter(prefix="/api", tags=["areas"])


class PatrolFindingDocument(BaseModel):
    """What was found, and how its case stands now."""

    model_config = ConfigDict(from_attributes=True)

    number: str
    case_id: int
    category: str = Field(validation_alias="category_code")
    area_code: str | None
    received_at: datetime
    state: str
    confirmed: bool | None
    due_at: datetime
    closed_at: datetime | None
    words: str | None = Field(description="null where they are not yours to read")


class PatrolsDocument(BaseModel):
    """The findings, the newest first, and how many reports came in the same days; nobody is counted by it."""

    by_residents: int
    by_patrol: int
    findings: list[PatrolFindingDocument]


@router.get(
    "/areas/{code}/patrols",
    responses=problems(
        "area_not_found", "log_in_required", "cases_for_staff", "invalid_request", "no_boundaries", "database_gone"
    ),
)
async def patrols_of_an_area(
    visit: Visiting,
    code: Annotated[str, Path(max_length=32, examples=["131024106999"])],
    days: Annotated[int, Query(ge=1, le=366)] = 90,
    limit: Annotated[int, Query(ge=1, le=500)] = 200,
    still_open: bool = False,
) -> PatrolsDocument:
    """What was found on patrol in an area and below it, for those who may read its cases."""
    record = await staffed_area(visit, code)
    since = visit.now - timedelta(days=days)
    found = await findings_of(visit.connection, record.code, since, limit, still_open=still_open)
    apart = await received_apart(visit.connection, record.code, since)
    return PatrolsDocument(
        by_residents=apart.residents,
        by_patrol=apart.patrol,
        findings=[PatrolFindingDocument.model_validate(one) for one in found],
    )
