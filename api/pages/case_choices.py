"""What the page of a case has to choose from and to draw: possible owners, like cases, categories, what lies near.

Reads only; what of it may be chosen, each step decides again.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from api.holders import holder
from api.pages.akin import placed_words
from api.pages.case_parts import Joint
from api.pages.case_steps import Offer
from api.pages.marks import age_of, mark_of
from api.pages.surroundings import SPOT_SHOWN, surroundings
from api.pages.team_words import duty_words, hours_words, skill_words
from api.visits import Visit
from grids.akin import AkinCase, akin_to
from grids.cases import WholeCase
from grids.categories import Category
from grids.language import Words
from grids.owners import GROUPS, Candidate, candidates, proposal
from grids.teams import TeamChoice, skills, team_choices

# Cases to choose from, of those that it could go into.
_AKIN_SHOWN: Final = 10


@dataclass(frozen=True, slots=True)
class TeamShown:
    """A helper team that can be asked for a part, in words."""

    team: TeamChoice
    name: str
    kind: str
    skills: str
    hours: str
    duty: str


async def choices_for(
    visit: Visit, case: WholeCase, offered: Sequence[Offer], kinds: Sequence[Category], parts: Joint
) -> dict[str, Any]:
    """Answer what the forms that are offered have to choose from.

    Parameters
    ----------
    visit, case
        Who asks, and the case as he sees it.
    offered, parts
        The steps of the case and of its parts that are open to him.
    kinds
        All categories of the day.
    """
    needs = {need for offer in offered for need in offer.needs}
    choices: dict[str, Any] = {"owners": [], "teams": [], "proposed": None, "akin": [], "kinds": []}
    if "owner" in needs or parts.needs_owners:
        listed = await candidates(visit.connection, case.id, visit.now)
        choices["owners"] = _grouped(listed, visit.words)
        choices["proposed"] = await proposal(visit.connection, case.id, visit.now)
    if parts.needs_owners:
        choices["teams"] = await _teams(visit, case)
    if "into" in needs:
        choices["akin"] = [(each, placed_words(each, visit.words)) for each in await _akin(visit, case)]
    if "category" in needs:
        choices["kinds"] = [(k.code, k.name(visit.lang)) for k in kinds if k.code != case.category_code]
    return choices


async def _teams(visit: Visit, case: WholeCase) -> list[TeamShown]:
    """The helper teams that can be asked, those that fit best first."""
    found = await team_choices(visit.connection, case.id, visit.now)
    known = {each.code: each for each in await skills(visit.connection, visit.now)} if found else {}
    return [
        TeamShown(
            team=each,
            name=each.name(visit.lang),
            kind=visit.words("teams-kind-of", kind=each.kind),
            skills=skill_words(each.skills, known, visit.words),
            hours=hours_words(each.hours, visit.words),
            duty=duty_words(each.hours, visit.now, visit.words),
        )
        for each in found
    ]


async def _akin(visit: Visit, case: WholeCase) -> list[AkinCase]:
    """Other cases that it could go into."""
    first = case.reports[0] if case.reports else None
    pin = (first.lon, first.lat) if first and first.lon is not None and first.lat is not None else None
    where = pin or case.area_code
    if where is None:
        return []
    words = (first.words if first else None) or ""
    found = await akin_to(visit.connection, case.category_code, where, words, visit.now, limit=3 * _AKIN_SHOWN)
    return [each for each in found if each.joinable and each.number and each.case_id != case.id][:_AKIN_SHOWN]


def _grouped(listed: Sequence[Candidate], words: Words) -> list[tuple[str, list[tuple[Candidate, str]]]]:
    groups: Mapping[str, list[tuple[Candidate, str]]] = {group: [] for group in GROUPS}
    for each in listed:
        called = holder(each.role, each.area_name, each.desk, words, each.name)
        groups[each.group].append((each, called))
    return [(group, members) for group, members in groups.items() if members]


async def drawn_for(visit: Visit, case: WholeCase) -> dict[str, Any]:
    """Answer what the map draws and what lies near."""
    pins = [(r.lon, r.lat) for r in case.reports if r.lon is not None and r.lat is not None]
    near = await surroundings(visit, case.id, case.area_code, pins[0] if pins else None)
    drawn = {
        "id": case.id,
        "mark": mark_of(case, visit.now),
        "age": age_of(case, visit.now),
        "open": case.closed_at is None,
    }
    return {
        "near": near,
        "pinned": bool(pins),
        "spot_shown": SPOT_SHOWN,
        "pins": [drawn | {"lon": lon, "lat": lat} for lon, lat in pins[:1]],
        "around": near.drawn(pins[1:]),
    }
