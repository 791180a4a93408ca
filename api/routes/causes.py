"""``GET /api/causes``: what rises in many areas at once, each raised once."""

from dataclasses import asdict
from datetime import datetime

from fastapi import APIRouter
from pydantic import BaseModel, Field

from api.errors import LogInRequiredError, problems
from api.visits import Visiting
from grids.common_causes_kept import causes_seen
from grids.common_causes_words import raised

router = APIRouter(prefix="/api", tags=["places"])


class CauseAreaDocument(BaseModel):
    """An area in which it rises."""

    code: str
    name: str
    count: int
    expected: float = Field(description="reports of an average period before")
    q: float


class CauseOwnerDocument(BaseModel):
    """The desk that has to find what is behind it: of the lowest area over all of its areas that has one."""

    area_code: str
    area: str
    desk: str | None


class CauseDocument(BaseModel):
    """A family of categories that rises in many areas at once against its own past year."""

    id: int
    family: str
    level: str
    raised_at: datetime
    since: datetime
    until: datetime = Field(description="end of the last period in which it rose")
    days: int = Field(description="of a period")
    count: int
    expected: float
    most: int = Field(description="reports of the fullest period before")
    q: float
    tested: int = Field(description="areas")
    areas: list[CauseAreaDocument]
    owner: CauseOwnerDocument | None = Field(description="null: no area lies over all of its areas")
    explanation: str


@router.get("/causes", responses=problems("log_in_required", "database_gone"))
async def get_causes(visit: Visiting) -> list[CauseDocument]:
    """Common causes (举一反三) of the last 30 days, for whoever directs or plans all of their areas."""
    if visit.actor is None:
        raise LogInRequiredError("Common causes are for staff: log in first.")
    return [
        CauseDocument(
            id=one.id,
            family=one.family,
            level=one.level,
            raised_at=one.raised_at,
            since=one.since,
            until=one.until,
            days=one.facts.days,
            count=one.facts.count,
            expected=one.facts.expected,
            most=one.facts.most,
            q=one.facts.q,
            tested=one.facts.of,
            areas=[
                CauseAreaDocument(
                    code=each.area,
                    name=one.names.get(each.area) or each.area,
                    count=each.count,
                    expected=each.expected,
                    q=each.q,
                )
                for each in one.facts.areas
            ],
            owner=None if one.owner is None else CauseOwnerDocument(**asdict(one.owner)),
            explanation=raised(one, visit.words)[0],
        )
        for one in await causes_seen(visit.connection, visit.now)
    ]
