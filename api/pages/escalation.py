"""``/escalation``: who may handle what at all, and how long a level has before a case goes up.  Works without script.

Desks, dispatchers and supervisors read; administrators make and end rules.  A rule is never edited.
"""

from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Path, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from starlette.datastructures import FormData

from api.errors import SHANGHAI, STATUS, problem_of
from api.instants import within_reach
from api.rendering import page
from api.rules_named import names_for
from api.visits import Visit, Visiting, service_of, session_digest
from api.working_lists import check_rules
from gis.errors import GridwardenError
from grids import dispatch_words
from grids.categories import categories
from grids.deadlines import DURATIONS, BadDeadlineError, Deadline
from grids.dispatch import Conditions, RuleRefusedError, may_change
from grids.escalation import Escalation, NewEscalation, add_escalation, end_escalation, escalations

router = APIRouter()


@router.get("/escalation")
async def show(request: Request, visit: Visiting) -> HTMLResponse:
    """Show the rules and, to administrators, the form of a new one."""
    check_rules(visit)
    return await _page(request, visit)


@router.post("/escalation/rules")
async def add(request: Request, visit: Visiting) -> Response:
    """Make a rule, or say why not with what was typed."""
    check_rules(visit)
    typed = await request.form()
    try:
        async with service_of(request).connections.lend() as connection:
            await add_escalation(connection, _rule_of(typed), session_digest=session_digest(request), now=visit.now)
    except GridwardenError as error:
        problem = problem_of(error)
        return await _page(request, visit, status=STATUS[problem.code], typed=typed, error=problem.said(visit.words))
    return RedirectResponse("/escalation#rules", 303)


@router.post("/escalation/rules/{rule_id}/end")
async def end(request: Request, visit: Visiting, rule_id: Annotated[int, Path(ge=1, le=2**31 - 1)]) -> Response:
    """End a rule now."""
    check_rules(visit)
    async with service_of(request).connections.lend() as connection:
        await end_escalation(connection, rule_id, session_digest=session_digest(request), now=visit.now)
    return RedirectResponse("/escalation#rules", 303)


def _rule_of(typed: FormData) -> NewEscalation:
    """What was typed as a rule; what cannot be read at all is refused here, the rest by the database."""

    def text(name: str) -> str | None:
        value = typed.get(name)
        return (value.strip()[:200] or None) if isinstance(value, str) else None

    def instant(name: str) -> datetime | None:
        value = text(name)
        try:
            return None if value is None else within_reach(datetime.fromisoformat(value).replace(tzinfo=SHANGHAI))
        except ValueError:
            raise RuleRefusedError(f"{name} is no time.", params={"field": name}) from None

    kind, count = text("kind"), text("count")
    try:
        after = Deadline.parse(f"{text('unit')}={count}") if kind == "clock" and count else None
    except BadDeadlineError as error:
        raise RuleRefusedError("This is no span of time.", params={"field": "after"}) from error
    return NewEscalation(
        kind=kind,  # type: ignore[arg-type]
        note=text("note") or "",
        when=Conditions(
            category_code=text("category"),
            family=text("family"),
            area_code=text("area_code"),
            urgency=text("urgency"),
        ),
        level=text("level") or "",
        after=after,
        since=instant("since"),
        until=instant("until"),
    )


async def _page(
    request: Request, visit: Visit, *, status: int = 200, typed: FormData | None = None, error: str = ""
) -> HTMLResponse:
    found = await escalations(visit.connection, visit.now)
    areas = [rule.when.area_code for rule in found if rule.when.area_code]
    names = await names_for(visit, visit.now, areas=areas)
    kinds = await categories(visit.connection, visit.now)

    def told(rule: Escalation) -> dict[str, Any]:
        when = dispatch_words.conditions(rule.when, visit.words, names)
        return {"rule": rule, "coming": rule.since > visit.now, "when": when}

    return await page(
        request,
        visit,
        "escalation.html",
        status=status,
        authorities=[told(rule) for rule in found if rule.kind == "authority"],
        clocks=[told(rule) for rule in found if rule.kind == "clock"],
        kinds=[(kind.code, kind.name(visit.lang)) for kind in kinds],
        families=sorted({kind.family for kind in kinds}),
        units=[unit for unit in DURATIONS if unit != "hours"],
        may_change=may_change(visit.actor),
        typed=typed or {},
        error=error,
    )
