"""``/api/boundaries``: the editions, what one changes, and when it begins; for administrators of a topmost area."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from api import compared
from api.errors import problems
from api.instants import Day
from api.kept import Keeping, respond
from api.looking_after import EditionId, check_looks_after
from api.visits import Visiting, service_of, session_digest
from grids.editions import (
    MOST_EFFECTS,
    activate,
    ask_to_prepare,
    earliest,
    edition_of,
    editions,
    effects,
    midnight,
    take_back,
)

router = APIRouter(prefix="/api/boundaries", tags=["boundaries"])

_REFUSED = ("log_in_required", "boundaries_for_administrators", "invalid_request", "database_gone")


class StretchDocument(BaseModel):
    """From when to when an edition answers."""

    model_config = ConfigDict(from_attributes=True)

    since: datetime
    until: datetime | None = Field(description="excluded; null: until something else is activated")
    followed: bool = Field(description="open cases have followed")


class TakenBackDocument(BaseModel):
    """An activation that was taken back before it began."""

    model_config = ConfigDict(from_attributes=True)

    since: datetime = Field(description="when it would have begun")
    at: datetime = Field(description="when it was taken back")
    by: str | None = Field(description="null: from the shell")


class EditionDocument(BaseModel):
    """An edition of boundaries."""

    model_config = ConfigDict(from_attributes=True)

    id: int
    name: str
    levels: list[str] = Field(description="top first")
    tolerances_m: list[float] = Field(description="how far off an area of each level is near; 0: never")
    source: str
    datum: str
    synthetic: bool
    loaded_at: datetime
    areas: int
    state: str = Field(description="loaded, preparing, failed, prepared, planned, in_force or past")
    forbidden: str | None = Field(description="why its checks forbid to activate it: unchecked, errors, warnings")
    stretches: list[StretchDocument]
    taken_back: list[TakenBackDocument]


class ActivationBody(BaseModel):
    """When an edition begins."""

    model_config = ConfigDict(extra="forbid", populate_by_name=True)

    day: Day = Field(
        alias="from", examples=["2027-01-01"], description="it begins at this day's midnight, Asia/Shanghai"
    )
    accept_warnings: bool = False


class EffectsDocument(BaseModel):
    """What an edition would change at a midnight; the lists hold the first of so many as `limit` says."""

    model_config = ConfigDict(from_attributes=True)

    cases: int = Field(description="open cases whose area or owner changes")
    handed_over: int
    first: list[dict[str, Any]] = Field(description="open cases with place, area and owner before and after")
    heads: list[dict[str, Any]] = Field(description="heads whose grid is another one, or gone, and who they are")
    heads_in_all: int
    vacant: list[dict[str, Any]]
    vacant_in_all: int


@router.get("", responses=problems(*_REFUSED))
async def all_editions(visit: Visiting) -> list[EditionDocument]:
    """All editions, the one that was loaded last first."""
    await check_looks_after(visit)
    return [EditionDocument.model_validate(one) for one in await editions(visit.connection, visit.now)]


@router.get("/{edition_id:int}", responses=problems(*_REFUSED, "edition_not_found"))
async def one_edition(visit: Visiting, edition_id: EditionId) -> EditionDocument:
    """One edition."""
    await check_looks_after(visit)
    return EditionDocument.model_validate(await edition_of(visit.connection, edition_id, visit.now))


@router.get(
    "/{edition_id:int}/comparison",
    response_model=dict[str, Any],
    responses=problems(*_REFUSED, "edition_not_found"),
)
async def comparison(
    request: Request,
    visit: Visiting,
    kept: Keeping,
    edition_id: EditionId,
    against: Annotated[int, Query(ge=1, le=2**31 - 1, description="the edition that it is compared with")],
) -> Response:
    """What became of each area: `counts` by level and kind, `changes` in order, and `map`, GeoJSON of the shapes."""
    await check_looks_after(visit)
    edition = await edition_of(visit.connection, edition_id, visit.now)
    before = await edition_of(visit.connection, against, visit.now)
    told = await compared.whole(request, kept, before, edition)
    return respond(request, told, "application/json", compared.FOR_WHOM_ASKS)


@router.get("/{edition_id:int}/effects", responses=problems(*_REFUSED, "edition_not_found"))
async def what_it_would_change(
    request: Request,
    visit: Visiting,
    edition_id: EditionId,
    day: Annotated[Day | None, Query(alias="from", description="the earliest day if absent")] = None,
    limit: Annotated[int, Query(ge=0, le=MOST_EFFECTS, description="lines of each list")] = 50,
) -> EffectsDocument:
    """Which open cases and heads an edition would move; changes nothing."""
    await check_looks_after(visit)
    start = midnight(day) if day else await earliest(visit.connection, visit.now)
    async with service_of(request).connections.lend() as connection:
        said = await effects(
            connection, edition_id, start, session_digest=session_digest(request), now=visit.now, limit=limit
        )
    return EffectsDocument.model_validate(said)


@router.post("/{edition_id:int}/prepare", status_code=202, responses=problems(*_REFUSED, "edition_not_found"))
async def prepare(request: Request, visit: Visiting, edition_id: EditionId) -> EditionDocument:
    """Ask the worker to write what maps and search need of an edition."""
    await check_looks_after(visit)
    async with service_of(request).connections.lend() as connection:
        await ask_to_prepare(connection, edition_id, session_digest=session_digest(request), now=visit.now)
    return EditionDocument.model_validate(await edition_of(visit.connection, edition_id, visit.now))


@router.post(
    "/{edition_id:int}/activations",
    status_code=201,
    responses=problems(*_REFUSED, "edition_not_found", "activation_refused"),
)
async def begin(request: Request, visit: Visiting, edition_id: EditionId, body: ActivationBody) -> EditionDocument:
    """Let an edition answer from a midnight on; one that was in force before may again, which is a roll-back."""
    await check_looks_after(visit)
    async with service_of(request).connections.lend() as connection:
        await activate(
            connection,
            edition_id,
            midnight(body.day),
            accept_warnings=body.accept_warnings,
            session_digest=session_digest(request),
            now=visit.now,
        )
    return EditionDocument.model_validate(await edition_of(visit.connection, edition_id, visit.now))


@router.delete("/activations/{day}", status_code=204, responses=problems(*_REFUSED, "nothing_to_take_back"))
async def undo(
    request: Request, visit: Visiting, day: Annotated[Day, Path(description="the day on which it would begin")]
) -> Response:
    """Take an activation back that lies ahead; nothing happened then."""
    await check_looks_after(visit)
    async with service_of(request).connections.lend() as connection:
        await take_back(connection, midnight(day), session_digest=session_digest(request), now=visit.now)
    return Response(status_code=204)
