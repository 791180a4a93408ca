"""``/report``: say where and what, see who gets it, send.  Works as plain forms; a script makes it quicker.

``/letterbox`` is the same form for a letter to the secretary of a level, and for staff a day of the rota makes it that
for what a visitor said.
"""

import secrets
from collections.abc import Mapping
from typing import Annotated, Final

from fastapi import APIRouter, Depends, Form, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from api.errors import STATUS, problem_of, retry_after
from api.languages import language_of, words_for
from api.moments import SHANGHAI
from api.pages.akin import AkinLine, akin_lines
from api.pages.draft import FIELD_OF, Draft
from api.pages.told import Told, tell
from api.quotas import QuotaError
from api.rendering import page
from api.routes.reports import link_of, take_in
from api.senders import admit_report, name_device
from api.service import Service
from api.visits import Visit, Visiting, service_of, visiting
from gis.errors import GridwardenError
from gis.position import BadPositionError
from grids.answers import Answer
from grids.areas import extent, search
from grids.categories import Category, categories
from grids.locate import locate, locate_area, locate_past_grid
from grids.patrols import HAZARDS, PATROL
from grids.reports import (
    CHANNELS,
    LETTER_LEVELS,
    MAX_CONTACT,
    MAX_PLACE_WORDS,
    MAX_TEXT,
    IdempotencyConflictError,
    ReportError,
    is_sent,
)
from grids.rota import RotaDay, RotaDayNotFoundError, rota_day

router = APIRouter()

# Channels that somebody else's words come through, for staff who enter them.
_STAFF_CHANNELS: Final = tuple(c for c in CHANNELS if c != "app")
_HITS: Final = 12
_KEY: Final = range(16, 129)
_URGENCIES: Final = ("emergency", "urgent", "normal")


@router.get("/report")
async def show(
    request: Request,
    visit: Visiting,
    q: Annotated[str, Query(max_length=100)] = "",
    area: Annotated[str, Query(max_length=32)] = "",
    lon: Annotated[str, Query(max_length=30)] = "",
    lat: Annotated[str, Query(max_length=30)] = "",
    channel: Annotated[str, Query(max_length=32)] = "",
    rota: Annotated[str, Query(max_length=9)] = "",
) -> HTMLResponse:
    """Show the form; a search, an area or a pin may come with the address, for staff a channel or a day of the rota."""
    usual = "hotline" if visit.actor else "app"
    through = channel if visit.actor and channel in _STAFF_CHANNELS else usual
    draft = Draft(q=q, area_code=area, lon=lon, lat=lat, channel=through)
    if through == PATROL:
        draft.category = next(
            (c.code for c in await categories(visit.connection, visit.now) if c.family == HAZARDS), ""
        )
    if visit.actor and rota:
        draft = draft.model_copy(update={"channel": "visit", "rota_id": rota})
        if (received := await _received(visit, draft)) and not area and not lon:
            draft = draft.model_copy(update={"area_code": received.area_code})
    response = await _form(request, visit, draft)
    name_device(request, response)
    return response


@router.get("/letterbox")
async def letterbox(
    request: Request,
    visit: Visiting,
    q: Annotated[str, Query(max_length=100)] = "",
    area: Annotated[str, Query(max_length=32)] = "",
    to_level: Annotated[str, Query(max_length=20)] = "",
) -> HTMLResponse:
    """Show the form for a letter to the secretary of a town, county or city."""
    draft = Draft(q=q, area_code=area, to_level=to_level, channel="letterbox")
    response = await _form(request, visit, draft)
    name_device(request, response)
    return response


@router.post("/report")
async def submit(
    request: Request,
    draft: Annotated[Draft, Form()],
    service: Annotated[Service, Depends(service_of)],
) -> Response:
    """Search, show who gets it, or send; whatever is wrong, everything typed stays."""
    words = words_for(language_of(request))
    errors, status = (draft.missing(words), 422) if draft.step == "send" else ({}, 200)
    wait: dict[str, str] = {}
    if draft.step == "send" and not errors and not draft.same_as and await _asks(request, service, draft):
        draft = draft.model_copy(update={"same_as": "none"})
        errors, status = {"send": words("akin-first")}, 200
    elif draft.step == "send" and not errors:
        # Before the visit: taking in needs a connection of its own, and must not wait for one while it holds another.
        try:
            await admit_report(request)
            key = draft.key if len(draft.key) in _KEY else _new_key()
            taken = await take_in(request, service, draft.report(), key, draft.joins())
        except IdempotencyConflictError:
            # The reader went back and changed what had been sent: another report, under another key.
            draft = draft.model_copy(update={"key": ""})
            errors = {"send": words("report-conflict")}
            status = 422
        except (ReportError, BadPositionError, QuotaError) as error:
            problem = problem_of(error)
            wait = retry_after(problem.params, service.clock())
            told = problem.said(words)
            errors, status = {FIELD_OF.get(problem.code, "send"): told}, STATUS[problem.code]
        else:
            return RedirectResponse(f"{link_of(taken)}&sent=1{'&joined=1' if taken.joined else ''}", 303)
    async with visiting(request, service) as visit:
        response = await _form(request, visit, draft, errors, status)
    response.headers.update(wait)
    return response


@router.get("/report/answer")
async def answer(
    request: Request,
    visit: Visiting,
    lon: Annotated[str, Query(max_length=30)] = "",
    lat: Annotated[str, Query(max_length=30)] = "",
    accuracy_m: Annotated[str, Query(max_length=30)] = "",
    area_code: Annotated[str, Query(max_length=32)] = "",
    channel: Annotated[str, Query(max_length=32)] = "app",
    to_level: Annotated[str, Query(max_length=20)] = "",
    rota_id: Annotated[str, Query(max_length=9)] = "",
) -> HTMLResponse:
    """Answer the fragment that says who gets it."""
    draft = Draft(
        lon=lon,
        lat=lat,
        accuracy_m=accuracy_m,
        area_code=area_code,
        channel=channel,
        to_level=to_level,
        rota_id=rota_id,
    )
    try:
        told, error = await _told(visit, draft), ""
    except BadPositionError as bad:
        told, error = None, problem_of(bad).said(visit.words)
    return await page(request, visit, "fragments/answer.html", told=told, error=error, fragment=True)


@router.get("/report/areas")
async def areas(request: Request, visit: Visiting, q: Annotated[str, Query(max_length=100)] = "") -> HTMLResponse:
    """Answer the fragment that lists the areas of a name."""
    hits = await search(visit.connection, q, visit.now, _HITS)
    return await page(request, visit, "fragments/areas.html", hits=hits, q=q, chosen="")


async def _asks(request: Request, service: Service, draft: Draft) -> bool:
    """Whether there is a case to be asked about first; a form without script has not shown it yet."""
    async with visiting(request, service) as visit:
        try:
            joinable = any(line.case.joinable for line in await akin_lines(visit, draft))
            return joinable and not await is_sent(visit.connection, draft.key)
        except BadPositionError:
            return False


async def _told(visit: Visit, draft: Draft) -> Told | None:
    found = await _answer(visit, draft)
    if found is None:
        return None
    return await tell(visit.connection, found, visit.words)


async def _answer(visit: Visit, draft: Draft) -> Answer | None:
    position = draft.position()
    where = position or draft.area_code
    if where and draft.past_grid:
        received = await _received(visit, draft)
        level = received.level if received else draft.level
        return await locate_past_grid(visit.connection, where, visit.now, channel=draft.channel, level=level)
    if position is not None:
        return await locate(visit.connection, position, visit.now)
    return await locate_area(visit.connection, draft.area_code, visit.now) if draft.area_code else None


async def _received(visit: Visit, draft: Draft) -> RotaDay | None:
    """Answer the day of the rota that a draft names, None where it is no visit or there is no such day."""
    if draft.channel != "visit" or draft.rota is None or visit.actor is None:
        return None
    try:
        return await rota_day(visit.connection, draft.rota, visit.now)
    except RotaDayNotFoundError:
        return None


async def _form(
    request: Request, visit: Visit, draft: Draft, errors: Mapping[str, str] | None = None, status: int = 200
) -> HTMLResponse:
    told: Told | None = None
    akin: list[AkinLine] = []
    wrong = dict(errors or {})
    try:
        told = await _told(visit, draft)
        akin = await akin_lines(visit, draft)
    except GridwardenError as error:
        wrong.setdefault("place", problem_of(error).said(visit.words))
    hits = await search(visit.connection, draft.q, visit.now, _HITS) if draft.q else []
    patrol = visit.actor is not None and draft.channel == PATROL
    return await page(
        request,
        visit,
        "report.html",
        status=status,
        draft=draft.model_copy(update={"key": draft.key or _new_key()}),
        posted=request.method == "POST",
        errors=wrong,
        told=told,
        akin=akin,
        received=await _received(visit, draft),
        levels=LETTER_LEVELS,
        hits=hits,
        families=_families(await categories(visit.connection, visit.now), first=HAZARDS if patrol else None),
        patrol=patrol,
        bounds=await extent(visit.connection, visit.now),
        channels=_STAFF_CHANNELS if visit.actor else (),
        limits={"text": MAX_TEXT, "place_words": MAX_PLACE_WORDS, "contact": MAX_CONTACT},
        latest=visit.now.astimezone(SHANGHAI).strftime("%Y-%m-%dT%H:%M"),
    )


def _families(found: list[Category], *, first: str | None = None) -> list[tuple[str | None, list[Category]]]:
    """Categories by family, what burns first and what fits nowhere last; without headings where most stand alone.

    ``first``: a family that comes before all others.
    """
    ordered = sorted(
        found, key=lambda c: (c.family != first, c.family == "other", _URGENCIES.index(c.urgency), c.private)
    )
    families: dict[str, list[Category]] = {}
    for category in ordered:
        families.setdefault(category.family, []).append(category)
    if len(found) < 2 * len(families):
        return [(None, [c for kinds in families.values() for c in kinds])]
    return list(families.items())


def _new_key() -> str:
    return secrets.token_urlsafe(24)
