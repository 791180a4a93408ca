"""Helper teams (帮办队): which there are, what they can do, where and when; keeping them; which can be asked in a case.

A team is a posting, as a department is, and its people are posted as its helpers.  ``keep_team`` in the database
decides what an administrator may (revision 0058).  What a team sees of a case, ``grids.team_parts`` says.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar, Final, Literal, cast

import asyncpg
from sqlalchemy import or_, select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from gis.errors import GridwardenError
from grids.access import Actor, may
from grids.language import Language
from grids.steps import kept
from grids.tables_teams import team_skills
from grids.team_hours import Hours, hours_of

Kind = Literal["rescue", "volunteers", "lawyers", "counsellors"]
KINDS: Final[tuple[Kind, ...]] = ("rescue", "volunteers", "lawyers", "counsellors")
MAX_NAME_ZH, MAX_NAME_EN, MAX_CONTACT = 60, 80, 200


class TeamRefusedError(GridwardenError):
    """A team that cannot be so; ``params``: the ``field``, the ``fault`` that lies in it, and both as ``what``."""

    code: ClassVar[str] = "team_refused"

    def __init__(self, message: str, *, params: Mapping[str, object]) -> None:
        super().__init__(message, params={**params, "what": f"{params['field']}_{params['fault']}"})

    @property
    def field(self) -> str:
        """Which field the fault lies in."""
        return str(self.params["field"])


class TeamsForAdministratorsError(GridwardenError):
    """Teams are kept by an administrator of their area or of one above it, for areas that he looks after."""

    code: ClassVar[str] = "teams_for_administrators"


class TeamsForStaffError(GridwardenError):
    """Teams are listed for those who lead cases."""

    code: ClassVar[str] = "teams_for_staff"


class TeamNotFoundError(GridwardenError):
    """There is no team of this number, or it is there no more."""

    code: ClassVar[str] = "team_not_found"


@dataclass(frozen=True, slots=True)
class Skill:
    """What helpers are trained for; ``families`` of categories in which that is asked first."""

    code: str
    name_zh: str
    name_en: str
    families: tuple[str, ...]

    def name(self, lang: Language) -> str:
        """Answer what it is called."""
        return self.name_zh if lang == "zh" else self.name_en


@dataclass(frozen=True, slots=True)
class Team:
    """A helper team with what holds of it now.

    ``areas``: codes of those that it serves, with all below; ``hours`` of the week, none: day and night; ``open`` parts
    and ``helpers`` by number.
    """

    posting_id: int
    area_code: str
    area: str
    kind: Kind
    name_zh: str
    name_en: str
    version: int
    skills: tuple[str, ...]
    areas: tuple[str, ...]
    hours: tuple[Hours, ...]
    contact: str
    since: datetime
    until: datetime | None
    changed_at: datetime
    open: int
    helpers: int

    def name(self, lang: Language) -> str:
        """Answer what it is called."""
        return self.name_zh if lang == "zh" else self.name_en

    def over(self, now: datetime) -> bool:
        """Whether it is there no more."""
        return self.until is not None and self.until <= now


@dataclass(frozen=True, slots=True)
class TeamChoice:
    """A team that can be asked in a case; ``fits``: one of its skills is asked for in what the case is about."""

    posting_id: int
    kind: Kind
    name_zh: str
    name_en: str
    skills: tuple[str, ...]
    hours: tuple[Hours, ...]
    contact: str
    open: int
    fits: bool

    def name(self, lang: Language) -> str:
        """Answer what it is called."""
        return self.name_zh if lang == "zh" else self.name_en


@dataclass(frozen=True, slots=True)
class Terms:
    """What held of a team from an instant on; ``made_by``: who said so, None on the server."""

    since: datetime
    made_by: str | None
    skills: tuple[str, ...]
    areas: tuple[str, ...]
    hours: tuple[Hours, ...]
    contact: str


def may_look_at_teams(who: Actor | None) -> bool:
    """Whether somebody may see which teams there are."""
    return may(who, "see_teams")


def may_keep_teams(who: Actor | None) -> bool:
    """Whether somebody may make, change and end teams anywhere."""
    return may(who, "change_postings")


def check_may_look_at_teams(who: Actor | None) -> None:
    """Pass for whoever may see which teams there are.

    Raises
    ------
    TeamsForStaffError
        ``teams_for_staff``.
    """
    if not may_look_at_teams(who):
        raise TeamsForStaffError("Helper teams are listed for those who lead cases.")


async def skills(connection: AsyncConnection, now: datetime) -> list[Skill]:
    """Answer the skills of the day, by code."""
    s = team_skills.c
    found = await connection.execute(
        select(s.code, s.name_zh, s.name_en, s.families)
        .where(s.since <= now, or_(s.until.is_(None), s.until > now))
        .order_by(s.code)
    )
    return [Skill(row.code, row.name_zh, row.name_en, tuple(row.families)) for row in found]


async def teams_listed(connection: AsyncConnection, now: datetime, *, past: bool = False) -> list[Team]:
    """Answer the teams, by area, kind and name; ``past``: also those that are there no more."""
    found = await connection.execute(text("SELECT * FROM teams_listed(:at, :past)"), {"at": now, "past": past})
    return [Team(**_shaped(row._mapping)) for row in found]


async def team(connection: AsyncConnection, posting_id: int, now: datetime) -> Team:
    """Answer one team, also one that is there no more.

    Raises
    ------
    TeamNotFoundError
        ``team_not_found``.
    """
    found = next((t for t in await teams_listed(connection, now, past=True) if t.posting_id == posting_id), None)
    if found is None:
        raise TeamNotFoundError("There is no team of this number.")
    return found


async def team_history(connection: AsyncConnection, posting_id: int, now: datetime) -> list[Terms]:
    """Answer what held of a team, the newest first; nothing for those who do not look after it."""
    found = await connection.execute(text("SELECT * FROM team_history(:team, :at)"), {"team": posting_id, "at": now})
    return [Terms(**_shaped(row._mapping)) for row in found]


async def team_choices(connection: AsyncConnection, case_id: int, now: datetime) -> list[TeamChoice]:
    """Answer the teams that can be asked for a part of a case, best fitting first; none for who does not lead it."""
    found = await connection.execute(text("SELECT * FROM team_choices(:case, :at)"), {"case": case_id, "at": now})
    return [TeamChoice(**_shaped(row._mapping)) for row in found]


async def keep_team(
    connection: asyncpg.Connection[Any],
    verb: Literal["add", "change", "end"],
    *,
    posting_id: int | None = None,
    version: int | None = None,
    now: datetime,
    session_digest: bytes,
    data: Mapping[str, Any],
) -> tuple[int, int]:
    """Make, change or end a team; answers its number and version.

    Parameters
    ----------
    connection : asyncpg.Connection
        The raw driver's, as the web role, in no transaction.
    verb : str
        What is done.
    posting_id, version : int or None
        Which team as the actor saw it; None with ``add``.
    now : datetime
        Aware; it holds from then on.
    session_digest : bytes
        Who.
    data : mapping
        ``add``: ``area_code``, ``kind``, ``name_zh``, ``name_en``; with ``change``, too: ``skills``, ``areas``,
        ``hours``, ``contact``; ``end``: ``until``, an instant, from now on where it is missing.

    Raises
    ------
    TeamRefusedError, TeamsForAdministratorsError, TeamNotFoundError
        ``team_refused``, ``teams_for_administrators``, ``team_not_found``.
    """
    try:
        said = await connection.fetchval(
            "SELECT keep_team($1, $2, $3, $4, $5, $6::text::jsonb)::text",
            *(session_digest, now, posting_id, version, verb),
            json.dumps({name: kept(value) for name, value in data.items()}),
        )
    except asyncpg.PostgresError as error:
        raise _refusal(error) from error
    done = json.loads(said)
    return done["posting_id"], done["version"]


def _refusal(error: asyncpg.PostgresError) -> BaseException:
    match error.sqlstate:
        case "GW200":
            told = json.loads(error.detail or "{}")
            return TeamRefusedError("The team is refused; look at the field that is named.", params=told)
        case "GW201":
            return TeamsForAdministratorsError("Teams are kept by an administrator of their area or of one above it.")
        case "GW202":
            return TeamNotFoundError("There is no team of this number that still is.")
    return cast("BaseException", error)


def _shaped(row: Mapping[Any, Any]) -> dict[str, Any]:
    lists: Sequence[str] = ("skills", "areas")
    return {
        name: hours_of(value) if name == "hours" else tuple(value) if name in lists else value
        for name, value in row.items()
    }
