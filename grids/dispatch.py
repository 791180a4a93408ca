"""Where a case goes: the rules of dispatch, a try that stores nothing, and making and ending rules.

The database decides which rule fits and where it points (``0011_dispatch.sql``); here its answers become values and its
refusals errors.  Hands nothing on: that is a step of the case.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, fields
from datetime import datetime
from typing import Any, ClassVar, Literal, cast

import asyncpg
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from gis.errors import GridwardenError
from gis.position import Position
from grids.access import Actor, may
from grids.answers import AreaBrief
from grids.reports import NoBoundariesError, OutsideServiceAreaError, UnknownAreaError, UnknownCategoryError
from grids.tables_dispatch import dispatch_rules


class DispatchError(GridwardenError):
    """Something about the rules of dispatch that cannot be done."""


class RulesForDesksError(DispatchError):
    """The rules are for desks to see and for administrators to change."""

    code: ClassVar[str] = "rules_for_desks"


class RuleRefusedError(DispatchError):
    """A rule that cannot be; ``params["field"]`` names what is wrong."""

    code: ClassVar[str] = "rule_refused"


class RuleNotFoundError(DispatchError):
    """No rule of this number that could still end."""

    code: ClassVar[str] = "rule_not_found"


@dataclass(frozen=True, slots=True)
class Conditions:
    """When a rule fits; what is None always holds.

    ``area_code`` stands for the area and all below it, ``at_level`` for the level of the area that answers, and
    ``accuracy_from_m`` for positions off by so much or more.
    """

    category_code: str | None = None
    family: str | None = None
    area_code: str | None = None
    at_level: str | None = None
    channel: str | None = None
    hazard: bool | None = None
    urgency: str | None = None
    hours: Literal["office", "outside_office"] | None = None
    outcome: Literal["inside", "border", "near", "backstop"] | None = None
    accuracy_from_m: float | None = None


@dataclass(frozen=True, slots=True)
class NewRule:
    """A rule as somebody enters it; it begins at once if ``since`` lies in the past or is None."""

    rank: int
    note: str
    when: Conditions
    target: Literal["head", "desk", "department"]
    level: str | None = None
    department: str | None = None
    automatic: bool = False
    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule in force, or to come; ``until`` None: for good."""

    id: int
    rank: int
    note: str
    when: Conditions
    target: str
    level: str | None
    department: str | None
    automatic: bool
    since: datetime
    until: datetime | None


@dataclass(frozen=True, slots=True)
class Looked:
    """A rule that was looked at: it fits, or ``failed`` names its first condition that did not hold."""

    rule_id: int
    rank: int
    note: str
    fits: bool
    failed: str | None = None
    wanted: str | None = None
    found: str | None = None


@dataclass(frozen=True, slots=True)
class Target:
    """To whom a case goes; without a posting nobody is posted there and the area itself answers."""

    area_code: str
    level: str
    role: str
    desk: str | None
    posting_id: int | None


@dataclass(frozen=True, slots=True)
class Tried:
    """Where a report would go and why; ``bypass``: it is about an official and passes over everybody below ``area``."""

    area: AreaBrief
    outcome: str
    bypass: bool
    rule_id: int | None
    target: Target
    automatic: bool
    looked_at: tuple[Looked, ...]
    fallbacks: tuple[str, ...]


_ERRORS: dict[str, tuple[type[GridwardenError], str]] = {
    "GW003": (UnknownCategoryError, "Unknown category; GET /api/categories lists those in force."),
    "GW004": (UnknownAreaError, "Unknown area_code; search for the area by its name."),
    "GW005": (OutsideServiceAreaError, "This spot lies outside the area that is served."),
    "GW006": (NoBoundariesError, "No boundaries are in force yet; an administrator has to activate an edition."),
    "GW070": (RulesForDesksError, "Rules are made and ended by an administrator of the area or of one above it."),
    "GW071": (RuleRefusedError, "The rule is refused; look at the field that is named."),
    "GW072": (RuleNotFoundError, "There is no rule of this number that could still end."),
    # What the table itself holds: numbers out of range, words that are in no list.
    "23514": (RuleRefusedError, "The rule is refused: one of its values cannot be."),
    "23502": (RuleRefusedError, "The rule is refused: something is missing."),
    "23503": (RuleRefusedError, "The rule is refused: there is no such area."),
}


def may_look(who: Actor | None) -> bool:
    """Whether somebody may see the rules: desks, dispatchers, supervisors, administrators."""
    return may(who, "see_rules")


def check_may_look(who: Actor | None) -> None:
    """Pass for whoever may see the rules.

    Raises
    ------
    RulesForDesksError
        ``rules_for_desks``.
    """
    if not may_look(who):
        raise RulesForDesksError("The rules of dispatch are for desks, dispatchers, supervisors and administrators.")


def may_change(who: Actor | None) -> bool:
    """Whether somebody makes and ends rules at all; of which areas, the database says."""
    return may(who, "change_rules")


async def rules(connection: AsyncConnection, at: datetime) -> list[Rule]:
    """Answer the rules in force at an instant and those to come, in the order in which they are looked at."""
    r = dispatch_rules.c
    found = await connection.execute(
        select(
            *(r[name] for name in (*_PLAIN, *_CONDITIONS)),
            func.lower(r.during).label("since"),
            func.upper(r.during).label("until"),
        )
        .where(r.during.op("&&")(func.tstzrange(at, None)))
        .order_by(r.rank, r.id)
    )
    return [
        Rule(
            when=Conditions(**{name: row[name] for name in _CONDITIONS}),
            **{name: value for name, value in row.items() if name not in _CONDITIONS},
        )
        for row in found.mappings()
    ]


_CONDITIONS = tuple(f.name for f in fields(Conditions))
_PLAIN = ("id", "rank", "note", "target", "level", "department", "automatic")


async def try_out(
    connection: asyncpg.Connection[Any],
    place: Position | str,
    category: str,
    channel: str,
    at: datetime,
    *,
    hazard: bool = False,
) -> Tried:
    """Answer where a report would go at an instant, and why.  Stores nothing.

    Parameters
    ----------
    connection : asyncpg.Connection
        The raw driver's, as the web role.
    place : Position or str
        Where it would be, or the code of an area.
    category, channel : str
        As a report names them.
    at : datetime
        Aware; edition, postings, category and rules of that instant count.
    hazard : bool
        Whether its surroundings make it a hazard.

    Raises
    ------
    UnknownCategoryError, UnknownAreaError, OutsideServiceAreaError, NoBoundariesError
        As when a report is taken in.
    """
    lon, lat = place.wgs84 if isinstance(place, Position) else (None, None)
    accuracy_m = place.accuracy_m if isinstance(place, Position) else None
    code = place if isinstance(place, str) else None
    try:
        row = await connection.fetchval(
            "SELECT dispatch_try($1, $2, $3, $4, $5, $6, $7, $8)::text",
            lon, lat, accuracy_m, code, category, channel, hazard, at,
        )  # fmt: skip
    except asyncpg.PostgresError as error:
        raise refused_rule(error) from error
    said = json.loads(row)
    return Tried(
        area=AreaBrief(**said["area"]),
        outcome=said["outcome"],
        bypass=said["bypass"],
        rule_id=said["rule_id"],
        target=Target(**said["target"]),
        automatic=said["automatic"],
        looked_at=tuple(Looked(**line) for line in said["why"] if "rule_id" in line),
        fallbacks=tuple(line["fallback"] for line in said["why"] if "fallback" in line),
    )


async def add_rule(
    connection: asyncpg.Connection[Any], rule: NewRule, *, session_digest: bytes | None, now: datetime
) -> int:
    """Make a rule and answer its number.

    Parameters
    ----------
    connection : asyncpg.Connection
        The raw driver's, as the web role, in no transaction.
    rule : NewRule
        What is to hold.
    session_digest : bytes or None
        Of the administrator.
    now : datetime
        Aware; the rule begins then at the earliest.

    Raises
    ------
    RulesForDesksError
        ``rules_for_desks``: not an administrator of the rule's area or of one above it.
    RuleRefusedError
        ``rule_refused``.
    """
    told = {**asdict(rule), **asdict(rule.when)}
    del told["when"]
    text = json.dumps(told, default=datetime.isoformat)
    try:
        return int(
            await connection.fetchval("SELECT add_dispatch_rule($1, $2, $3::text::jsonb)", session_digest, now, text)
        )
    except asyncpg.PostgresError as error:
        raise refused_rule(error) from error


async def end_rule(
    connection: asyncpg.Connection[Any], rule_id: int, *, session_digest: bytes | None, now: datetime
) -> None:
    """End a rule now; one that has not begun never comes into force.

    Raises
    ------
    RulesForDesksError
        ``rules_for_desks``.
    RuleNotFoundError
        ``rule_not_found``.
    """
    try:
        await connection.execute("SELECT end_dispatch_rule($1, $2, $3)", session_digest, now, rule_id)
    except asyncpg.PostgresError as error:
        raise refused_rule(error) from error


def refused_rule(error: asyncpg.PostgresError) -> BaseException:
    """Answer what the database said of a rule as an error of ours, or itself where it says nothing of rules."""
    if error.sqlstate not in _ERRORS:
        return cast("BaseException", error)
    kind, message = _ERRORS[error.sqlstate]
    params: dict[str, object] = {}
    if kind is OutsideServiceAreaError:
        params = {"served": json.loads(error.detail or "[]")}
    elif kind is RuleRefusedError:
        params = {"field": _field(error)}
    return kind(message, params=params)


def _field(error: asyncpg.PostgresError) -> str:
    """The field that is wrong; of a value that the table refuses, the constraint is called after it."""
    if error.sqlstate == "GW071":
        return str(error.detail)
    return str(error.column_name or error.constraint_name or "").removeprefix("dispatch_rules_").removesuffix("_check")
