"""``/teams``: which helper teams there are, for those who lead cases; administrators make, change and end them.

Works without any script.  What is allowed, ``keep_team`` in the database decides; here it is shown and told.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Path, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from starlette.datastructures import FormData

from api.errors import STATUS, LogInRequiredError, problem_of
from api.moments import SHANGHAI
from api.pages.team_words import duty_words, hours_words, skill_words
from api.rendering import page
from api.visits import Visit, Visiting, service_of, session_digest
from gis.errors import GridwardenError
from grids import posted
from grids.access import may
from grids.areas import names_of
from grids.team_hours import WEEKDAYS
from grids.teams import (
    KINDS,
    MAX_CONTACT,
    MAX_NAME_EN,
    MAX_NAME_ZH,
    Skill,
    Team,
    TeamRefusedError,
    check_may_look_at_teams,
    keep_team,
    may_keep_teams,
    skills,
    team,
    team_history,
    teams_listed,
)

router = APIRouter()

TeamId = Annotated[int, Path(ge=1, le=2**31 - 1)]
LIMITS = {"name_zh": MAX_NAME_ZH, "name_en": MAX_NAME_EN, "contact": MAX_CONTACT, "areas": 800}


@dataclass(frozen=True, slots=True)
class TeamTyped:
    """The fields of a team's form, as they came or as they are; ``hours`` by weekday, from and to."""

    area_code: str = ""
    kind: str = ""
    name_zh: str = ""
    name_en: str = ""
    skills: frozenset[str] = frozenset()
    areas: str = ""
    always: bool = False
    hours: Mapping[int, tuple[str, str]] | None = None
    contact: str = ""

    def on(self, weekday: int) -> tuple[str, str]:
        """Answer from when to when on a day of the week."""
        return (self.hours or {}).get(weekday, ("", ""))

    def data(self) -> dict[str, Any]:
        """Answer it as ``grids.teams.keep_team`` wants it.

        Raises
        ------
        TeamRefusedError
            ``team_refused``: no hours at all, and not day and night.
        """
        given = {day: self.on(day) for day in WEEKDAYS if any(self.on(day))}
        if not given and not self.always:
            told = {"field": "hours", "fault": "missing"}
            raise TeamRefusedError("Hours of at least one day, or day and night.", params=told)
        hours = [] if self.always else [{"weekday": d, "from": f, "to": t} for d, (f, t) in given.items()]
        return {
            "area_code": self.area_code,
            "kind": self.kind,
            "name_zh": self.name_zh,
            "name_en": self.name_en,
            "skills": sorted(self.skills),
            "areas": [code for code in re.split(r"[\s,，、;；]+", self.areas) if code],
            "hours": hours,
            "contact": self.contact,
        }


@dataclass(frozen=True, slots=True)
class TeamRow:
    """A team of the list in words."""

    team: Team
    name: str
    skills: str
    serves: str
    hours: str
    duty: str


@router.get("/teams")
async def show(
    request: Request,
    visit: Visiting,
    kind: Annotated[str, Query(max_length=20)] = "",
    skill: Annotated[str, Query(max_length=40)] = "",
    past: Annotated[str, Query(max_length=1)] = "",
) -> HTMLResponse:
    """Show the teams, all or those of a kind and a skill."""
    _check(visit)
    return await _list(request, visit, kind=kind, skill=skill, past=bool(past))


@router.post("/teams")
async def add(request: Request, visit: Visiting) -> Response:
    """Make a team; what cannot be keeps all that was typed."""
    _check(visit)
    form = await request.form()
    typed = _typed(form)
    try:
        made = await _keep(request, visit, "add", None, None, typed.data())
    except GridwardenError as error:
        return await _list(request, visit, typed=typed, error=error)
    return RedirectResponse(f"/teams/{made}?done=add", 303)


@router.get("/teams/{posting_id}")
async def show_one(
    request: Request, visit: Visiting, posting_id: TeamId, done: Annotated[str, Query(max_length=10)] = ""
) -> HTMLResponse:
    """Show one team, its people, and what held of it before."""
    _check(visit)
    return await _one(request, visit, posting_id, done=done if done in ("add", "change", "end") else "")


@router.post("/teams/{posting_id}")
async def change(request: Request, visit: Visiting, posting_id: TeamId) -> Response:
    """Change a team or end it, from now on or from a day on."""
    _check(visit)
    form = await request.form()
    typed = _typed(form)
    verb: Literal["change", "end"] = "end" if form.get("verb") == "end" else "change"
    try:
        data = _until(form) if verb == "end" else typed.data()
        await _keep(request, visit, verb, posting_id, _version(form), data)
    except GridwardenError as error:
        return await _one(request, visit, posting_id, typed=typed if verb == "change" else None, error=error)
    return RedirectResponse(f"/teams/{posting_id}?done={verb}", 303)


def _check(visit: Visit) -> None:
    if visit.actor is None:
        raise LogInRequiredError("Helper teams are for staff: log in first.")
    check_may_look_at_teams(visit.actor)


async def _keep(
    request: Request,
    visit: Visit,
    verb: Literal["add", "change", "end"],
    posting_id: int | None,
    version: int | None,
    data: Mapping[str, Any],
) -> int:
    session = session_digest(request)
    if session is None:
        raise LogInRequiredError("Helper teams are kept by administrators: log in first.")
    async with service_of(request).connections.lend() as connection:
        made, _ = await keep_team(
            connection,
            verb,
            posting_id=posting_id,
            version=version,
            now=visit.now,
            session_digest=session,
            data=data,
        )
    return made


async def _list(
    request: Request,
    visit: Visit,
    *,
    kind: str = "",
    skill: str = "",
    past: bool = False,
    typed: TeamTyped | None = None,
    error: GridwardenError | None = None,
) -> HTMLResponse:
    known = await skills(visit.connection, visit.now)
    found = await teams_listed(visit.connection, visit.now, past=past)
    wanted = [t for t in found if kind in ("", t.kind) and (not skill or skill in t.skills)]
    held = visit.actor.postings if visit.actor else ()
    own = next((p.area_code for p in held if p.role == "administrator"), "")
    return await page(
        request,
        visit,
        "teams.html",
        status=_status(error),
        rows=await _rows(visit, wanted, known),
        any=bool(found),
        filters={"kind": kind, "skill": skill, "past": past},
        typed=typed or TeamTyped(area_code=own, areas=own),
        **await _forms(visit, known, error),
    )


async def _one(
    request: Request,
    visit: Visit,
    posting_id: int,
    *,
    typed: TeamTyped | None = None,
    error: GridwardenError | None = None,
    done: str = "",
) -> HTMLResponse:
    known = await skills(visit.connection, visit.now)
    # Read anew, so that a change of somebody else is seen with the refusal that it caused.
    found = await team(visit.connection, posting_id, visit.now)
    history = await team_history(visit.connection, posting_id, visit.now)
    names = await names_of(visit.connection, {code for each in history for code in each.areas}, visit.now)
    by_code = {each.code: each for each in known}
    before = [
        (
            each,
            skill_words(each.skills, by_code, visit.words),
            _areas(each.areas, names, visit),
            hours_words(each.hours, visit.words),
        )
        for each in history
    ]
    return await page(
        request,
        visit,
        "team_kept.html",
        status=_status(error),
        row=(await _rows(visit, [found], known))[0],
        helpers=await _helpers(visit, found),
        before=before,
        looks_after=bool(history),
        typed=typed or _as_it_is(found),
        done=done,
        **await _forms(visit, known, error),
    )


async def _forms(visit: Visit, known: Sequence[Skill], error: GridwardenError | None) -> dict[str, Any]:
    return {
        "may_keep": may_keep_teams(visit.actor),
        "kinds": KINDS,
        "skills": [(each.code, each.name(visit.lang)) for each in known],
        "weekdays": WEEKDAYS,
        "limits": LIMITS,
        "error": problem_of(error).said(visit.words) if error else "",
        "field": error.field if isinstance(error, TeamRefusedError) else "",
    }


async def _rows(visit: Visit, found: Sequence[Team], known: Sequence[Skill]) -> list[TeamRow]:
    by_code = {each.code: each for each in known}
    names = await names_of(visit.connection, {code for each in found for code in each.areas}, visit.now)
    return [
        TeamRow(
            team=each,
            name=each.name(visit.lang),
            skills=skill_words(each.skills, by_code, visit.words),
            serves=_areas(each.areas, names, visit),
            hours=hours_words(each.hours, visit.words),
            duty=duty_words(each.hours, visit.now, visit.words),
        )
        for each in found
    ]


async def _helpers(visit: Visit, found: Team) -> list[posted.Held]:
    """The people of a team, for those who may see postings."""
    if not may(visit.actor, "see_postings"):
        return []
    held = await posted.postings_of(visit.connection, [found.area_code], visit.now)
    return [each for each in held if each.role == "helper" and each.desk == found.name_zh]


def _areas(codes: Sequence[str], names: Mapping[str, str], visit: Visit) -> str:
    return visit.words("list-separator").join(names.get(code, code) for code in codes)


def _status(error: GridwardenError | None) -> int:
    return STATUS[error.code] if error else 200


def _text(form: FormData, name: str, most: int) -> str:
    value = form.get(name)
    return value.strip()[:most] if isinstance(value, str) else ""


def _typed(form: FormData) -> TeamTyped:
    return TeamTyped(
        area_code=_text(form, "area_code", 20),
        kind=_text(form, "kind", 20),
        name_zh=_text(form, "name_zh", 2 * MAX_NAME_ZH),
        name_en=_text(form, "name_en", 2 * MAX_NAME_EN),
        skills=frozenset(each for each in form.getlist("skill") if isinstance(each, str)),
        areas=_text(form, "areas", LIMITS["areas"]),
        always="always" in form,
        hours={day: (_text(form, f"from-{day}", 5), _text(form, f"to-{day}", 5)) for day in WEEKDAYS},
        contact=_text(form, "contact", 2 * MAX_CONTACT),
    )


def _as_it_is(found: Team) -> TeamTyped:
    return TeamTyped(
        area_code=found.area_code,
        kind=found.kind,
        name_zh=found.name_zh,
        name_en=found.name_en,
        skills=frozenset(found.skills),
        areas=" ".join(found.areas),
        always=not found.hours,
        hours={each.weekday: (each.begins, each.ends) for each in found.hours},
        contact=found.contact,
    )


def _version(form: FormData) -> int:
    given = _text(form, "version", 9)
    return int(given) if given.isascii() and given.isdigit() else 0


def _until(form: FormData) -> dict[str, str]:
    """From which day on a team is there no more; nothing: at once.

    Raises
    ------
    TeamRefusedError
        ``team_refused``: it is no day.
    """
    given = _text(form, "until", 10)
    if not given:
        return {}
    try:
        day = date.fromisoformat(given)
        return {"until": datetime.combine(day, time(), SHANGHAI).astimezone(UTC).isoformat()}
    except (ValueError, OverflowError):
        raise TeamRefusedError("That is no day.", params={"field": "until", "fault": "bad"}) from None
