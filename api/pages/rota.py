"""``/visits``: who receives visitors where and when, for everybody.

``/rota``: the same for staff, who plan it and see what came of it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import groupby
from typing import Annotated, Any, Final

from fastapi import APIRouter, Path, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from starlette.datastructures import FormData

from api.errors import STATUS, LogInRequiredError, problem_of
from api.pages.addresses import asked_code, below
from api.pages.marks import mark_of
from api.pages.posting_forms import number
from api.rendering import page
from api.visits import Visit, Visiting, service_of, session_digest
from grids.access import Actor
from grids.areas import names_of, search
from grids.categories import categories
from grids.clock import ZONE
from grids.posting_files import day_of
from grids.rota import (
    PUBLIC_FOR,
    NewDays,
    RotaDay,
    RotaError,
    RotaRefusedError,
    RotaVisit,
    change,
    days_of,
    days_off,
    officials,
    plan,
    rota_between,
    rota_day,
    visits_of,
)

router = APIRouter()

_HITS: Final = 12
_BEHIND: Final = timedelta(days=14)
_AHEAD: Final = timedelta(days=60)
_PLANS: Final = frozenset({"desk", "dispatcher", "administrator"})

RotaId = Annotated[int, Path(ge=1, le=2**31 - 1)]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of the visits of a day, counted over those that the reader may know."""

    told: int
    open: int
    confirmed: int
    unsolved: int


def outcome(visits: Sequence[RotaVisit]) -> Outcome:
    """Count what came of visits.

    Parameters
    ----------
    visits : sequence of RotaVisit
        Of one day, or of several.
    """
    return Outcome(
        told=len(visits),
        open=sum(visit.open for visit in visits),
        confirmed=sum(visit.state == "closed" and bool(visit.confirmed) for visit in visits),
        unsolved=sum(visit.unsolved for visit in visits),
    )


@router.get("/visits")
async def visits(request: Request, visit: Visiting, q: Annotated[str, Query(max_length=100)] = "") -> HTMLResponse:
    """Show who receives visitors in the next two weeks, everywhere or where somebody lives."""
    area = asked_code(request, "area")
    first = _midnight(visit.now)
    found = await rota_between(visit.connection, area, first, first + PUBLIC_FOR, visit.now)
    return await page(
        request,
        visit,
        "visits.html",
        days=_by_day(found),
        q=q,
        hits=await search(visit.connection, q, visit.now, _HITS) if q else [],
        area=area,
        name=(await names_of(visit.connection, [area], visit.now)).get(area, area) if area else None,
    )


@router.get("/rota")
async def show(request: Request, visit: Visiting) -> HTMLResponse:
    """Show the rota of an area to its staff, with what came of the visits, and the form to plan days."""
    return await _rota(request, visit, asked_code(request, "area"), {})


@router.post("/rota")
async def add(request: Request, visit: Visiting) -> Response:
    """Plan days; whatever is wrong, everything typed stays."""
    _staff(visit)
    typed = await request.form()
    code = _said(typed, "area_code")
    try:
        new = await _new_days(visit, typed, code)
        async with service_of(request).connections.lend() as connection:
            made = await plan(connection, new, session_digest=session_digest(request), now=visit.now)
    except RotaError as error:
        return await _rota(request, visit, code, typed, error)
    off = len(await days_off(visit.connection, new.days))
    return RedirectResponse(f"/rota?area={code}&planned={len(made)}&off={off}", 303)


@router.get("/rota/{rota_id}")
async def one(request: Request, visit: Visiting, rota_id: RotaId) -> HTMLResponse:
    """Show a planned day with what came of its visits."""
    return await _one(request, visit, rota_id, {})


@router.post("/rota/{rota_id}")
async def alter(request: Request, visit: Visiting, rota_id: RotaId) -> Response:
    """Let somebody stand in, move the day, take it off, or let it be as it was planned."""
    _staff(visit)
    typed = await request.form()
    try:
        async with service_of(request).connections.lend() as connection:
            await change(
                connection,
                rota_id,
                number(typed, "version") or 0,
                _said(typed, "kind"),
                session_digest=session_digest(request),
                now=visit.now,
                posting_id=number(typed, "posting_id"),
                title=_said(typed, "title"),
                words=_said(typed, "words"),
            )
    except RotaError as error:
        return await _one(request, visit, rota_id, typed, error)
    return RedirectResponse(f"/rota/{rota_id}?changed=1", 303)


def _staff(visit: Visit) -> Actor:
    if visit.actor is None or not visit.actor.postings:
        raise LogInRequiredError("The rota is kept by staff: log in first.")
    return visit.actor


def _midnight(now: datetime) -> datetime:
    return now.astimezone(ZONE).replace(hour=0, minute=0, second=0, microsecond=0)


def _by_day(found: Sequence[RotaDay]) -> list[tuple[date, list[RotaDay]]]:
    return [(day, list(those)) for day, those in groupby(found, key=lambda each: each.day)]


async def _rota(
    request: Request, visit: Visit, area: str | None, typed: Mapping[str, Any], error: RotaError | None = None
) -> HTMLResponse:
    who = _staff(visit)
    own = tuple(dict.fromkeys(p.area_code for p in who.postings if p.role in _PLANS))
    area = area or (own or (who.postings[0].area_code,))[0]
    first = _midnight(visit.now)
    found = await rota_between(visit.connection, area, first - _BEHIND, first + _AHEAD, visit.now)
    told: dict[int, list[RotaVisit]] = {}
    for each in await visits_of(visit.connection, [day.id for day in found], visit.now):
        told.setdefault(each.rota_id, []).append(each)
    return await page(
        request,
        visit,
        "rota.html",
        status=STATUS[error.code] if error else 200,
        area=area,
        name=(await names_of(visit.connection, [area], visit.now)).get(area, area),
        choices=await below(visit, own, area) if own else [],
        own=await names_of(visit.connection, own, visit.now),
        coming=[day for day in found if not day.past(visit.now)],
        past=[day for day in reversed(found) if day.past(visit.now)],
        outcomes={rota: outcome(those) for rota, those in told.items()},
        total=outcome([each for those in told.values() for each in those]),
        officials=await officials(visit.connection, area, visit.now),
        typed=typed,
        weekdays=_weekdays(typed),
        error=problem_of(error).said(visit.words) if error else None,
        planned=_count(request, "planned"),
        off=_count(request, "off"),
        today=first.date(),
    )


async def _one(
    request: Request, visit: Visit, rota_id: int, typed: Mapping[str, Any], error: RotaError | None = None
) -> HTMLResponse:
    _staff(visit)
    day = await rota_day(visit.connection, rota_id, visit.now)
    told = await visits_of(visit.connection, [day.id], visit.now)
    kinds = {kind.code: kind.name(visit.lang) for kind in await categories(visit.connection, visit.now)}
    return await page(
        request,
        visit,
        "rota_day.html",
        status=STATUS[error.code] if error else 200,
        day=day,
        lines=[(each, mark_of(each, visit.now), kinds.get(each.category_code, each.category_code)) for each in told],
        outcome=outcome(told),
        officials=await officials(visit.connection, day.area_code, visit.now) if day.mine else [],
        typed=typed,
        error=problem_of(error).said(visit.words) if error else None,
        changed="changed" in request.query_params,
    )


def _count(request: Request, name: str) -> int:
    given = request.query_params.get(name, "")
    return int(given) if given.isascii() and given.isdecimal() and len(given) < 5 else 0


def _said(typed: FormData, name: str) -> str:
    value = typed.get(name)
    return value.strip()[:400] if isinstance(value, str) else ""


def _weekdays(typed: Mapping[str, Any]) -> list[int]:
    given = typed.getlist("weekday") if isinstance(typed, FormData) else []
    return [int(each) for each in given if each in ("1", "2", "3", "4", "5", "6", "7")]


async def _new_days(visit: Visit, typed: FormData, code: str) -> NewDays:
    """Answer the days that a form means.

    Raises
    ------
    RotaRefusedError
        ``rota_refused``: no day, or no hour.
    """
    first = day_of(_said(typed, "first"))
    last = day_of(_said(typed, "last")) if _said(typed, "last") else first
    if first is None or last is None or not timedelta(0) <= last - first <= timedelta(days=366):
        raise RotaRefusedError("Give a first day, and perhaps a last one.", params={"field": "days"})
    days = days_of(first, last, _weekdays(typed))
    if "worked" in typed:
        off = await days_off(visit.connection, days)
        days = [day for day in days if day not in off]
    return NewDays(
        area_code=code,
        days=days,
        from_time=_time(typed, "from_time"),
        until_time=_time(typed, "until_time"),
        room=_said(typed, "room"),
        posting_id=number(typed, "posting_id"),
        title=_said(typed, "title"),
        note=_said(typed, "note"),
    )


def _time(typed: FormData, name: str) -> time:
    try:
        return time.fromisoformat(_said(typed, name)).replace(tzinfo=None)
    except ValueError:
        raise RotaRefusedError("Give begin and end as hours.", params={"field": "until"}) from None
