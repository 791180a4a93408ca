"""``/api/supervision``: the board of a supervisor, with the rights of its page."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import BaseModel, ConfigDict, Field

from api.errors import problems
from api.instants import Instant
from api.routes.desk import ListedCase
from api.visits import Visiting
from api.working_lists import board_of
from grids.board import BoardAfter, BoardSection, board_look

router = APIRouter(prefix="/api", tags=["lists"])


class WaitingOrder(BaseModel):
    """An order that is not judged yet."""

    model_config = ConfigDict(from_attributes=True)

    nth: int
    state: str = Field(description="given or answered")
    due_at: datetime
    answered_at: datetime | None


class OnBoardDocument(BaseModel):
    """A case on the board."""

    model_config = ConfigDict(from_attributes=True)

    case: ListedCase
    orders: list[WaitingOrder] = Field(description="those that are not judged yet, the earliest deadline first")


class BoardAfterDocument(BaseModel):
    """Where the next page begins: ask with ``after_at`` and ``after_id``."""

    model_config = ConfigDict(from_attributes=True)

    at: datetime = Field(validation_alias="key")
    id: int


class BoardDocument(BaseModel):
    """A page of a section of the board, with the counts of all sections under the same filters."""

    section: str
    counts: dict[BoardSection, int]
    cases: list[OnBoardDocument]
    after: BoardAfterDocument | None


@router.get(
    "/supervision",
    responses=problems("log_in_required", "list_for_others", "invalid_request", "bad_instant", "database_gone"),
)
async def supervision(
    visit: Visiting,
    section: BoardSection = "overdue",
    area: Annotated[str | None, Query(max_length=32)] = None,
    category: Annotated[str | None, Query(max_length=64)] = None,
    after_at: Instant | None = None,
    after_id: Annotated[int, Query(ge=0, le=2**63 - 1)] = 0,
) -> BoardDocument:
    """What does not go by itself in your areas and below, and what came of what was ordered."""
    board_of(visit)
    after = BoardAfter(after_at, after_id) if after_at else None
    found = await board_look(visit.connection, visit.now, section, area, category, after)
    return BoardDocument(
        section=section,
        counts=found.counts,
        cases=[OnBoardDocument.model_validate(row) for row in found.rows],
        after=BoardAfterDocument.model_validate(found.after) if found.after else None,
    )
