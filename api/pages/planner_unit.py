"""One unit of the planner's map: its place, its numbers with what they are held against, and its cases by rights.

Cases come without words, contact and exact pin; which of them come at all is decided in the database.
"""

from collections.abc import Mapping
from typing import Any, Final

from api.pages.marks import closed_mark, state_mark
from api.pages.planner_picture import Picture
from api.pages.planner_table import change, denominator, few_or, names
from api.visits import Visit
from grids.access import Actor
from grids.categories import categories
from maps.behind import CaseBrief, cases_of
from maps.layers import Figures
from maps.named import Named
from maps.questions import Per, Question
from maps.units import Units, units_seen

_CASES_SHOWN: Final = 30


async def unit_of(visit: Visit, picture: Picture, key: str) -> Mapping[str, Any] | None:
    """Answer what the panel of a unit shows; None if there is no such unit of this kind."""
    told = picture.figures
    seen = await units_seen(visit.connection, told.edition, told.question.kind, visit.actor)
    named = (
        (await names(visit.connection, told.edition, told.question.kind, [key])).get(key) if key in seen.keys else None
    )
    if named is None:
        return None
    n = seen.keys.index(key)
    staff = visit.actor is not None and _theirs(visit.actor, named)
    return {
        "key": key,
        "n": n + 1,
        "named": named,
        "cell": told.question.resolution is not None,
        "count": few_or(told.counts[n], picture),
        "before": few_or(told.before[n], picture) if told.before is not None else None,
        "change": _changed(told, n),
        "rates": _rates(told, seen, n),
        "staff": staff,
        # A planner counts cases and reads none.
        "readable": visit.actor is not None and visit.actor.may_read_cases(tuple(area.code for area in named.chain)),
        "cases": await _cases(visit, told.question, key) if staff else [],
        "cases_shown": _CASES_SHOWN,
    }


def _theirs(actor: Actor, named: Named) -> bool:
    """Whether a unit lies in an area that the actor is posted to."""
    held = {posted.area_code for posted in actor.postings}
    return any(area.code in held for area in named.chain)


def _changed(told: Figures, n: int) -> str | None:
    if told.before is None or told.values[n] is None:
        return None
    now, then = told.counts[n], told.before[n]
    return None if now is None or then is None else change(now - then)


def _rates(told: Figures, seen: Units, n: int) -> dict[str, tuple[str, str]]:
    """The count per 1,000 households and per km², each with what it is held against."""
    count = told.counts[n]
    households, km2 = seen.households[n], seen.area_m2[n] / 1e6
    if count is None:
        return {}
    of = {Per.HOUSEHOLDS: households and households / 1000, Per.KM2: km2}
    return {per.value: (f"{count / whole:.3g}", denominator(seen, n, per) or "") for per, whole in of.items() if whole}


async def _cases(visit: Visit, question: Question, key: str) -> list[Mapping[str, Any]]:
    found = await cases_of(visit.connection, question, key, visit.actor, visit.now, _CASES_SHOWN)
    kinds = {kind.code: kind.name(visit.lang) for kind in await categories(visit.connection, visit.now)}
    return [
        {"case": case, "category": kinds.get(case.category_code, case.category_code), "mark": _mark(case, visit)}
        for case in found
    ]


def _mark(case: CaseBrief, visit: Visit) -> str:
    if case.closed_at is not None:
        return closed_mark(case.state, case.confirmed)
    late = case.due_at < visit.now and case.state != "paused"
    return "overdue" if late else state_mark(case.state, case.confirmed)
