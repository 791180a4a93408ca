"""``/dispatch``: the rules by which cases are handed on, and a bench to try them.  Works without script.

Desks, dispatchers and supervisors read; administrators make and end rules.  A rule is never edited.
"""

from dataclasses import dataclass
from datetime import datetime
from math import isfinite, nan
from typing import Annotated, Any

from fastapi import APIRouter, Path, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from starlette.datastructures import FormData, QueryParams

from api.errors import SHANGHAI, STATUS, problem_of
from api.instants import within_reach
from api.rendering import page
from api.routes.dispatch import place_of
from api.rules_named import names_for
from api.visits import Visit, Visiting, service_of, session_digest
from api.working_lists import check_rules
from gis.datums import Datum
from gis.errors import GridwardenError
from grids import dispatch_words
from grids.categories import categories
from grids.dispatch import (
    Conditions,
    NewRule,
    RuleRefusedError,
    add_rule,
    end_rule,
    may_change,
    rules,
    try_out,
)
from grids.reports import CHANNELS

router = APIRouter()

_Typed = FormData | QueryParams
"""What somebody typed, to be shown again beside what is wrong with it."""


@dataclass(frozen=True, slots=True)
class _Answer:
    """What the bench answered: a sentence, why, and the rules that were looked at with the reason of each."""

    verdict: str
    because: list[str]
    looked: list[dict[str, Any]]


@router.get("/dispatch")
async def show(request: Request, visit: Visiting) -> HTMLResponse:
    """Show rules and bench; with a question in the address, its answer."""
    check_rules(visit)
    asked = request.query_params
    if not asked.get("category"):
        return await _page(request, visit)
    try:
        return await _page(request, visit, asked=asked, answer=await _try(request, visit, asked))
    except GridwardenError as error:
        return await _page(request, visit, status=_status(error), asked=asked, try_error=_said(error, visit))


@router.post("/dispatch/rules")
async def add(request: Request, visit: Visiting) -> Response:
    """Make a rule, or say why not with what was typed."""
    check_rules(visit)
    typed = await request.form()
    try:
        rule = _rule_of(typed)
        async with service_of(request).connections.lend() as connection:
            await add_rule(connection, rule, session_digest=session_digest(request), now=visit.now)
    except GridwardenError as error:
        return await _page(request, visit, status=_status(error), typed=typed, error=_said(error, visit))
    return RedirectResponse("/dispatch#rules", 303)


@router.post("/dispatch/rules/{rule_id}/end")
async def end(request: Request, visit: Visiting, rule_id: Annotated[int, Path(ge=1, le=2**31 - 1)]) -> Response:
    """End a rule now."""
    check_rules(visit)
    async with service_of(request).connections.lend() as connection:
        await end_rule(connection, rule_id, session_digest=session_digest(request), now=visit.now)
    return RedirectResponse("/dispatch#rules", 303)


def _status(error: GridwardenError) -> int:
    return STATUS[problem_of(error).code]


def _said(error: GridwardenError, visit: Visit) -> str:
    return problem_of(error).said(visit.words)


async def _try(request: Request, visit: Visit, asked: QueryParams) -> _Answer:
    at = _instant(asked, "at") or visit.now
    place = place_of(
        _number(asked, "lon"),
        _number(asked, "lat"),
        asked.get("datum"),
        _number(asked, "accuracy_m"),
        _text(asked, "area_code"),
    )
    channel = asked.get("channel") or "app"
    async with service_of(request).connections.lend() as connection:
        tried = await try_out(connection, place, asked["category"], channel, at, hazard="hazard" in asked)
    names = await names_for(visit, at, areas=[tried.target.area_code], looked=tried.looked_at)
    return _Answer(
        dispatch_words.verdict(tried, visit.words, names),
        dispatch_words.fallbacks(tried, visit.words),
        [
            {
                "id": one.rule_id,
                "note": one.note,
                "fits": one.fits,
                "reason": dispatch_words.reason(one, visit.words, names),
            }
            for one in tried.looked_at
        ],
    )


def _rule_of(typed: _Typed) -> NewRule:
    """What was typed as a rule; what cannot be read at all is refused here, the rest by the database."""
    rank = _number(typed, "rank")
    if rank is None or rank != int(rank) or not 0 <= rank < 2**31:
        raise RuleRefusedError("The rank is a whole number.", params={"field": "rank"})
    hazard = _text(typed, "hazard")
    return NewRule(
        rank=int(rank),
        note=_text(typed, "note") or "",
        when=Conditions(
            category_code=_text(typed, "category"),
            family=_text(typed, "family"),
            area_code=_text(typed, "area_code"),
            at_level=_text(typed, "at_level"),
            channel=_text(typed, "channel"),
            hazard=None if hazard is None else hazard == "true",
            urgency=_text(typed, "urgency"),
            hours=_text(typed, "hours"),  # type: ignore[arg-type]
            outcome=_text(typed, "outcome"),  # type: ignore[arg-type]
            accuracy_from_m=_number(typed, "accuracy_from_m"),
        ),
        target=_text(typed, "target"),  # type: ignore[arg-type]
        level=_text(typed, "level"),
        department=_text(typed, "department"),
        automatic="automatic" in typed,
        since=_instant(typed, "since"),
        until=_instant(typed, "until"),
    )


def _text(typed: _Typed, name: str) -> str | None:
    value = typed.get(name)
    return (value.strip()[:200] or None) if isinstance(value, str) else None


def _number(typed: _Typed, name: str) -> float | None:
    value = _text(typed, name)
    try:
        number = None if value is None else float(value)
    except ValueError:
        number = nan
    if number is not None and not isfinite(number):
        raise RuleRefusedError(f"{name} is no number.", params={"field": name})
    return number


def _instant(typed: _Typed, name: str) -> datetime | None:
    """A day and a time as the browser's own field gives them: without a zone, meant as the clock on the wall."""
    value = _text(typed, name)
    try:
        return None if value is None else within_reach(datetime.fromisoformat(value).replace(tzinfo=SHANGHAI))
    except ValueError:
        raise RuleRefusedError(f"{name} is no time.", params={"field": name}) from None


async def _page(
    request: Request,
    visit: Visit,
    *,
    status: int = 200,
    asked: QueryParams | None = None,
    answer: _Answer | None = None,
    try_error: str = "",
    typed: _Typed | None = None,
    error: str = "",
) -> HTMLResponse:
    found = await rules(visit.connection, visit.now)
    names = await names_for(visit, visit.now, rules=found)
    kinds = await categories(visit.connection, visit.now)
    return await page(
        request,
        visit,
        "dispatch.html",
        status=status,
        rules=[
            {
                "rule": rule,
                "coming": rule.since > visit.now,
                "when": dispatch_words.conditions(rule.when, visit.words, names),
                "to": dispatch_words.points_to(rule, visit.words),
            }
            for rule in found
        ],
        kinds=[(kind.code, kind.name(visit.lang)) for kind in kinds],
        families=sorted({kind.family for kind in kinds}),
        channels=CHANNELS,
        datums=tuple(Datum),
        may_change=may_change(visit.actor),
        asked=asked or {},
        answer=answer,
        try_error=try_error,
        typed=typed or {},
        error=error,
    )
