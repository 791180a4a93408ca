"""``/boundaries``: the editions of boundaries, what one would change, and the midnight at which it begins.

For administrators of a topmost area.  Works without script, which only draws the map of the difference.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated, Any, Final

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from api import compared
from api.errors import STATUS, problem_of
from api.holders import holder
from api.instants import day_within_reach
from api.kept import Keeping, Kept, respond
from api.looking_after import EditionId, check_looks_after
from api.rendering import page
from api.visits import Visit, Visiting, service_of, session_digest
from gis.comparison import KINDS
from gis.tolerances import changed
from grids.editions import (
    SHANGHAI,
    ActivationRefusedError,
    EditionRecord,
    Effects,
    activate,
    area_names,
    ask_to_prepare,
    earliest,
    edition_of,
    editions,
    effects,
    midnight,
    named,
    take_back,
)

router = APIRouter()

SHOWN: Final = 200
FIRST: Final = 50
Against = Annotated[int | None, Query(ge=1, le=2**31 - 1)]
Other = Annotated[int, Query(ge=1, le=2**31 - 1)]
Begins = Annotated[str | None, Query(alias="from", max_length=32)]
# Of these it can be said what they would change.
_MAY_BEGIN: Final = frozenset({"prepared", "planned", "past"})


@dataclass(frozen=True, slots=True)
class _Pair:
    """An edition, what it is compared with, and their comparison; ``others`` are all that it could be compared with."""

    edition: EditionRecord
    others: list[EditionRecord]
    against: EditionRecord | None
    comparison: Mapping[str, Any] | None


@router.get("/boundaries")
async def show(request: Request, visit: Visiting) -> HTMLResponse:
    """List the editions."""
    await check_looks_after(visit)
    found = await editions(visit.connection, visit.now)
    first = await earliest(visit.connection, visit.now)
    return await page(request, visit, "boundaries.html", editions=found, earliest=_day(first))


@router.get("/boundaries/{edition_id:int}")
async def one(
    request: Request,
    visit: Visiting,
    kept: Keeping,
    edition_id: EditionId,
    against: Against = None,
    begins: Begins = None,
) -> HTMLResponse:
    """Show what an edition changes, also on a day that somebody chose, and when it begins."""
    await check_looks_after(visit)
    try:
        start = await _still_possible(begins, visit) if begins else None
    except ActivationRefusedError as error:
        return await _page(request, visit, kept, edition_id, against, error=error)
    return await _page(request, visit, kept, edition_id, against, start=start)


@router.get("/boundaries/{edition_id:int}/difference.geojson")
async def difference(
    request: Request, visit: Visiting, kept: Keeping, edition_id: EditionId, against: Other
) -> Response:
    """Answer the shapes of the map of the difference."""
    await check_looks_after(visit)
    edition = await edition_of(visit.connection, edition_id, visit.now)
    before = await edition_of(visit.connection, against, visit.now)
    shapes = await compared.drawn(request, kept, before, edition)
    return respond(request, shapes, "application/geo+json", compared.FOR_WHOM_ASKS)


@router.post("/boundaries/{edition_id:int}/prepare")
async def prepare(request: Request, visit: Visiting, edition_id: EditionId) -> Response:
    """Ask the worker to write the maps of an edition."""
    await check_looks_after(visit)
    async with service_of(request).connections.lend() as connection:
        await ask_to_prepare(connection, edition_id, session_digest=session_digest(request), now=visit.now)
    return RedirectResponse(f"/boundaries/{edition_id}", 303)


@router.post("/boundaries/{edition_id:int}/activate")
async def begin(request: Request, visit: Visiting, kept: Keeping, edition_id: EditionId) -> Response:
    """Activate an edition from a day on, or say why not."""
    await check_looks_after(visit)
    typed = await request.form()
    try:
        start = await _midnight_of(str(typed.get("from") or ""), visit)
        async with service_of(request).connections.lend() as connection:
            await activate(
                connection,
                edition_id,
                start,
                accept_warnings="accept_warnings" in typed,
                session_digest=session_digest(request),
                now=visit.now,
            )
    except ActivationRefusedError as error:
        return await _page(request, visit, kept, edition_id, None, error=error)
    return RedirectResponse(f"/boundaries/{edition_id}#begins", 303)


@router.post("/boundaries/{edition_id:int}/take-back")
async def undo(request: Request, visit: Visiting, edition_id: EditionId) -> Response:
    """Take back the activation of an edition that lies ahead."""
    await check_looks_after(visit)
    edition = await edition_of(visit.connection, edition_id, visit.now)
    # Of several that lie ahead the last one; what has begun is refused by the database.
    start = edition.stretches[-1].since if edition.stretches else visit.now
    async with service_of(request).connections.lend() as connection:
        await take_back(connection, start, session_digest=session_digest(request), now=visit.now)
    return RedirectResponse(f"/boundaries/{edition_id}#begins", 303)


async def _page(
    request: Request,
    visit: Visit,
    kept: Kept,
    edition_id: int,
    against: int | None,
    *,
    start: datetime | None = None,
    error: ActivationRefusedError | None = None,
) -> HTMLResponse:
    pair = await _pair(request, visit, kept, edition_id, against)
    edition, planned = pair.edition, pair.edition.planned
    first = await earliest(visit.connection, visit.now)
    start = start or (planned.since if planned else first)
    said = await _effects(request, visit, edition, start)
    return await page(
        request,
        visit,
        "edition.html",
        status=STATUS[error.code] if error else 200,
        record=edition,
        against=pair.against,
        others=pair.others,
        comparison=pair.comparison,
        tolerances=changed(pair.against.tolerances, edition.tolerances) if pair.against else [],
        told_kinds=_told_kinds(pair.comparison),
        kind_words={kind: visit.words(f"change-{kind}") for kind in KINDS},
        shown=SHOWN,
        now=visit.now,
        effects=said,
        lines=await _lines(visit, edition, said) if said else [],
        most=None if request.query_params.get("all") else FIRST,
        spots=_spots(said) if said else [],
        earliest=_day(first),
        day=_day(start),
        error=problem_of(error).said(visit.words) if error else "",
    )


async def _pair(request: Request, visit: Visit, kept: Kept, edition_id: int, against: int | None) -> _Pair:
    found = await editions(visit.connection, visit.now)
    edition = named(found, edition_id)
    others = [one for one in found if one.id != edition.id]
    other = _other(found, edition, visit.now) if against is None else named(found, against)
    if other is None or other.id == edition.id:
        return _Pair(edition, others, None, None)
    return _Pair(edition, others, other, await compared.listed(request, kept, other, edition))


def _other(found: list[EditionRecord], edition: EditionRecord, now: datetime) -> EditionRecord | None:
    """The edition in force; of that one itself, the one that was in force before it."""
    if edition.state != "in_force":
        return next((one for one in found if one.state == "in_force"), None)
    since = max(s.since for s in edition.stretches if s.since <= now)
    ended = [(s.since, one) for one in found for s in one.stretches if s.since < since and one.id != edition.id]
    return max(ended, key=lambda each: each[0])[1] if ended else None


async def _effects(request: Request, visit: Visit, edition: EditionRecord, start: datetime) -> Effects | None:
    if edition.state not in _MAY_BEGIN:
        return None
    async with service_of(request).connections.lend() as connection:
        return await effects(connection, edition.id, start, session_digest=session_digest(request), now=visit.now)


def _spots(said: Effects) -> list[list[float | int | bool]]:
    """Where the cases lie that would move: longitude, latitude, number, and whether another one would own it."""
    return [
        [line["lon"], line["lat"], line["case_id"], line["owner"] != line["owner_before"]]
        for line in said.first
        if line["lon"] is not None
    ]


async def _lines(visit: Visit, edition: EditionRecord, said: Effects) -> list[dict[str, Any]]:
    owners = [owner for line in said.first for owner in (line["owner_before"], line["owner"])]
    codes = {code for line in said.first for code in (line["area_before"], line["area"]) if code}
    codes |= {owner["area_code"] for owner in owners}
    names = await area_names(visit.connection, edition.id, codes, visit.now)

    def called(owner: Mapping[str, Any]) -> str:
        return holder(owner["role"], names.get(owner["area_code"], owner["area_code"]), None, visit.words)

    return [
        {
            "case_id": line["case_id"],
            "area_before": names.get(line["area_before"], line["area_before"]),
            "area": names.get(line["area"], line["area"]),
            "owner_before": called(line["owner_before"]),
            "owner": called(line["owner"]),
            "same": line["owner"] == line["owner_before"],
        }
        for line in said.first
    ]


def _told_kinds(comparison: Mapping[str, Any] | None) -> list[str]:
    """The kinds of change that there are: a column of nothing says nothing."""
    counts = comparison["counts"].values() if comparison else ()
    return [kind for kind in KINDS if any(count[kind] for count in counts)]


async def _still_possible(day: str, visit: Visit) -> datetime:
    """Answer the midnight of a day on which an edition may still begin."""
    start, first = await _midnight_of(day, visit), await earliest(visit.connection, visit.now)
    if start < first:
        params = {"why": "too_early", "earliest": _day(first), "edition": ""}
        raise ActivationRefusedError(f"{_day(first)} is the earliest day.", params=params)
    return start


async def _midnight_of(day: str, visit: Visit) -> datetime:
    try:
        return midnight(day_within_reach(date.fromisoformat(day)))
    except ValueError:
        first = await earliest(visit.connection, visit.now)
        params = {"why": "no_midnight", "earliest": _day(first), "edition": ""}
        raise ActivationRefusedError("An edition begins on a day: YYYY-MM-DD.", params=params) from None


def _day(at: datetime) -> str:
    return at.astimezone(SHANGHAI).date().isoformat()
