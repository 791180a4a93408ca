"""Areas and categories: the public facts that a client needs before it reports."""

from typing import Annotated

from fastapi import APIRouter, Path, Query

from api.errors import problems
from api.instants import Instant
from api.routes.schemas import AreaDocument, AreaHit, CategoryDocument
from api.visits import Visiting
from grids.access import may_see_names
from grids.areas import area, search
from grids.categories import categories

router = APIRouter(prefix="/api", tags=["areas"])

At = Annotated[Instant | None, Query(description="an instant with its zone; now if absent")]


@router.get("/areas", responses=problems("invalid_request", "database_gone"))
async def search_areas(
    visit: Visiting,
    q: Annotated[str, Query(max_length=100, examples=["香河 五百户"])],
    limit: Annotated[int, Query(ge=1, le=100)] = 20,
) -> list[AreaHit]:
    """Areas by a part of their name (several words narrow down from above) or by the beginning of their code."""
    return [AreaHit.model_validate(hit) for hit in await search(visit.connection, q, visit.now, limit)]


@router.get("/areas/{code}", responses=problems("area_not_found", "bad_instant", "invalid_request", "database_gone"))
async def one_area(
    visit: Visiting, code: Annotated[str, Path(max_length=32, examples=["131024106999"])], at: At = None
) -> AreaDocument:
    """One area: its place in the tree, its extent, and who answers for it."""
    when = at or visit.now
    return AreaDocument.of(await area(visit.connection, code, when, names=may_see_names(visit.actor, when, visit.now)))


@router.get("/categories", responses=problems("database_gone"))
async def all_categories(visit: Visiting) -> list[CategoryDocument]:
    """What can be reported, as it stands today."""
    return [CategoryDocument.model_validate(c) for c in await categories(visit.connection, visit.now)]
