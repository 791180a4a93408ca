"""Helper teams: which there are, keeping them, which can be asked in a case, and what a team sees of its parts."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Literal

from fastapi import APIRouter, Path, Query, Request
from pydantic import BaseModel, ConfigDict, Field

from api.errors import LogInRequiredError, problems
from api.instants import Instant
from api.routes.cases import CaseId
from api.visits import Visit, Visiting, service_of, session_digest
from grids.cases import whole_case
from grids.team_hours import Hours, next_duty, on_duty
from grids.team_parts import TeamPart, team_part, team_parts
from grids.teams import (
    KINDS,
    MAX_CONTACT,
    MAX_NAME_EN,
    MAX_NAME_ZH,
    Team,
    TeamChoice,
    check_may_look_at_teams,
    keep_team,
    skills,
    team,
    team_choices,
    teams_listed,
)

router = APIRouter(prefix="/api", tags=["teams"])

_KEEP = ("teams_for_administrators", "team_refused", "team_not_found", "log_in_required")
TeamId = Annotated[int, Path(ge=1, le=2**31 - 1)]


class _Document(BaseModel):
    model_config = ConfigDict(from_attributes=True)


class HoursDocument(BaseModel):
    """From when to when on a day of the week, on the clock of Asia/Shanghai."""

    model_config = ConfigDict(populate_by_name=True, extra="forbid")

    weekday: int = Field(ge=1, le=7, description="Monday is 1")
    begins: str = Field(alias="from", pattern=r"^\d{2}:\d{2}$", examples=["08:00"])
    ends: str = Field(alias="to", pattern=r"^\d{2}:\d{2}$", examples=["18:00"], description="24:00 is midnight")


class SkillDocument(_Document):
    """What helpers are trained for."""

    code: str = Field(examples=["fire_watch"])
    name_zh: str
    name_en: str
    families: list[str] = Field(description="of categories, in which whoever has it is named first")


class TeamDocument(_Document):
    """A helper team as it is now."""

    posting_id: int
    area_code: str = Field(description="its seat")
    kind: str = Field(examples=list(KINDS))
    name_zh: str
    name_en: str
    version: int
    skills: list[str]
    areas: list[str] = Field(description="which it serves, and all below them")
    hours: list[HoursDocument] = Field(description="none: day and night")
    contact: str
    since: datetime
    until: datetime | None
    open: int = Field(description="parts of cases that wait for it")
    helpers: int
    on_duty: bool


class TeamChoiceDocument(_Document):
    """A helper team that can be asked in a case."""

    posting_id: int
    kind: str
    name_zh: str
    name_en: str
    skills: list[str]
    hours: list[HoursDocument]
    contact: str
    open: int
    fits: bool = Field(description="one of its skills is asked for in what the case is about")
    on_duty: bool
    on_duty_at: datetime = Field(description="when it is on duty next; now, where it is")


class TermsBody(BaseModel):
    """What a team can do, where, when, and how it is reached."""

    model_config = ConfigDict(extra="forbid")

    skills: list[str] = Field(max_length=20, description="codes of GET /api/teams/skills")
    areas: list[str] = Field(max_length=50, description="codes; each serves all below it")
    hours: list[HoursDocument] = Field(max_length=28, description="none: day and night")
    contact: str = Field(max_length=MAX_CONTACT, description="of a desk, nobody's own")


class ChangeBody(TermsBody):
    """The same from now on; ``version`` as it was seen."""

    version: int = Field(ge=1, le=2**31 - 1)


class TeamBody(TermsBody):
    """A new team; its people are posted as its helpers."""

    area_code: str = Field(max_length=20)
    kind: Literal["rescue", "volunteers", "lawyers", "counsellors"]
    name_zh: str = Field(max_length=MAX_NAME_ZH)
    name_en: str = Field(max_length=MAX_NAME_EN)


class EndBody(BaseModel):
    """From when on a team is there no more."""

    model_config = ConfigDict(extra="forbid")

    version: int = Field(ge=1, le=2**31 - 1)
    until: Instant | None = Field(None, description="now, where it is missing")


class KeptDocument(BaseModel):
    """A team after it was kept."""

    posting_id: int
    version: int


class TeamLineDocument(_Document):
    """One line of what was said of a part."""

    at: datetime
    verb: str
    ours: bool = Field(description="by the team; else by whoever leads the case")
    words: str | None


class TeamPartDocument(_Document):
    """A part of a case as the team that has it sees it: nothing else of the case is told."""

    case_id: int
    nth: int
    state: str
    version: int
    asked_at: datetime
    due_at: datetime
    ended_at: datetime | None
    posting_id: int = Field(description="the team's")
    category: str | None = Field(validation_alias="category_code", description="null: a private matter")
    area: str | None = Field(description="its name; null: a private matter")
    exact: bool = Field(description="lon and lat are the pin, not rounded to a thousandth of a degree")
    lon: float | None
    lat: float | None
    task: str | None
    story: list[TeamLineDocument]
    steps: list[str] = Field(description="verbs that are open to you")


@router.get("/teams", responses=problems("log_in_required", "teams_for_staff", "invalid_request", "database_gone"))
async def listed(visit: Visiting, past: bool = False) -> list[TeamDocument]:
    """The helper teams, by area, kind and name; ``past``: also those that are there no more."""
    _look(visit)
    return [_team(each, visit) for each in await teams_listed(visit.connection, visit.now, past=past)]


@router.get("/teams/skills", responses=problems("log_in_required", "teams_for_staff", "database_gone"))
async def listed_skills(visit: Visiting) -> list[SkillDocument]:
    """What helpers can be trained for."""
    _look(visit)
    return [SkillDocument.model_validate(each) for each in await skills(visit.connection, visit.now)]


@router.get(
    "/teams/{posting_id}",
    responses=problems("log_in_required", "teams_for_staff", "team_not_found", "invalid_request", "database_gone"),
)
async def one(visit: Visiting, posting_id: TeamId) -> TeamDocument:
    """One team."""
    _look(visit)
    return _team(await team(visit.connection, posting_id, visit.now), visit)


@router.post("/teams", status_code=201, responses=problems(*_KEEP, "invalid_request", "not_json", "database_gone"))
async def add(request: Request, body: TeamBody) -> KeptDocument:
    """Make a team, from now on."""
    return await _keep(request, "add", None, None, body.model_dump(by_alias=True))


@router.post("/teams/{posting_id}/terms", responses=problems(*_KEEP, "invalid_request", "not_json", "database_gone"))
async def change(request: Request, posting_id: TeamId, body: ChangeBody) -> KeptDocument:
    """Change what a team can do, where, when and how it is reached, from now on; what was before stays."""
    data = body.model_dump(by_alias=True, exclude={"version"})
    return await _keep(request, "change", posting_id, body.version, data)


@router.post("/teams/{posting_id}/end", responses=problems(*_KEEP, "invalid_request", "not_json", "database_gone"))
async def end(request: Request, posting_id: TeamId, body: EndBody) -> KeptDocument:
    """End a team and its people's postings; its open parts are left to be given to others."""
    data = {"until": body.until.isoformat()} if body.until else {}
    return await _keep(request, "end", posting_id, body.version, data)


@router.get(
    "/cases/{case_id}/teams",
    responses=problems("case_not_found", "log_in_required", "invalid_request", "database_gone"),
)
async def choices(visit: Visiting, case_id: CaseId) -> list[TeamChoiceDocument]:
    """The teams that whoever leads the case can ask for a part of it, those that fit best first."""
    if visit.actor is None:
        raise LogInRequiredError("Cases are for staff: log in first.")
    await whole_case(visit.connection, case_id)
    return [_choice(each, visit) for each in await team_choices(visit.connection, case_id, visit.now)]


@router.get("/team/parts", responses=problems("log_in_required", "invalid_request", "database_gone"))
async def mine(visit: Visiting, limit: Annotated[int, Query(ge=1, le=500)] = 200) -> list[TeamPartDocument]:
    """The parts of your teams, the open ones by deadline, then what ended in the last 30 days."""
    if visit.actor is None:
        raise LogInRequiredError("Parts of cases are for those who have them: log in first.")
    return [_part(each) for each in await team_parts(visit.connection, visit.now, limit)]


@router.get(
    "/team/parts/{case_id}/{nth}",
    responses=problems("log_in_required", "case_not_found", "invalid_request", "database_gone"),
)
async def my_part(visit: Visiting, case_id: CaseId, nth: Annotated[int, Path(ge=1, le=99)]) -> TeamPartDocument:
    """One part of your teams; its steps are taken as those of any part."""
    if visit.actor is None:
        raise LogInRequiredError("Parts of cases are for those who have them: log in first.")
    return _part(await team_part(visit.connection, case_id, nth, visit.now))


def _look(visit: Visit) -> None:
    if visit.actor is None:
        raise LogInRequiredError("Helper teams are for staff: log in first.")
    check_may_look_at_teams(visit.actor)


def _hours(hours: tuple[Hours, ...]) -> list[HoursDocument]:
    return [HoursDocument.model_validate(each.written) for each in hours]


def _team(each: Team, visit: Visit) -> TeamDocument:
    told = {name: getattr(each, name) for name in TeamDocument.model_fields if name not in ("hours", "on_duty")}
    working = not each.over(visit.now) and on_duty(each.hours, visit.now)
    return TeamDocument(**told, hours=_hours(each.hours), on_duty=working)


def _choice(each: TeamChoice, visit: Visit) -> TeamChoiceDocument:
    beside = ("hours", "on_duty", "on_duty_at")
    told = {name: getattr(each, name) for name in TeamChoiceDocument.model_fields if name not in beside}
    return TeamChoiceDocument(
        **told,
        hours=_hours(each.hours),
        on_duty=on_duty(each.hours, visit.now),
        on_duty_at=next_duty(each.hours, visit.now),
    )


def _part(each: TeamPart) -> TeamPartDocument:
    told = {
        name: getattr(each, name)
        for name in (*TeamPartDocument.model_fields, "category_code")
        if name not in ("category", "steps")
    }
    return TeamPartDocument.model_validate(told | {"steps": [step.verb for step in each.steps]})


async def _keep(
    request: Request,
    verb: Literal["add", "change", "end"],
    posting_id: int | None,
    version: int | None,
    data: Mapping[str, object],
) -> KeptDocument:
    service, session = service_of(request), session_digest(request)
    if session is None:
        raise LogInRequiredError("Helper teams are kept by administrators: log in first.")
    async with service.connections.lend() as connection:
        kept, newest = await keep_team(
            connection,
            verb,
            posting_id=posting_id,
            version=version,
            now=service.clock(),
            session_digest=session,
            data=data,
        )
    return KeptDocument(posting_id=kept, version=newest)
