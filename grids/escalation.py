"""Escalation (提级): who may handle what at all (事项清单), how long a level has, and where what was solved was solved.

The database decides (``0055_escalation.sql``): which rule fits a case, to whom it goes, and when.  Here its rules are
read, made and ended.  Going up by choice is the step ``escalate`` of ``grids.workflow``; by rule and by the clock the
worker does it.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, Final, Literal

import asyncpg
from sqlalchemy import func, select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from grids.areas import edition_at
from grids.deadlines import Deadline
from grids.dispatch import Conditions, refused_rule
from grids.tables_escalation import escalation_rules

Kind = Literal["authority", "clock"]

# The lowest level whose share is told; those above it are the city's and the county's.
_BELOW_THE_COUNTY: Final = "township"


@dataclass(frozen=True, slots=True)
class NewEscalation:
    """A rule as somebody enters it; it begins at once if ``since`` lies in the past or is None.

    ``authority``: what lies below ``level`` goes up to it at once.  ``clock``: what has been at ``level`` for ``after``
    goes one level up.  Of the conditions category, family, area and, for a clock, urgency count.
    """

    kind: Kind
    note: str
    when: Conditions
    level: str
    after: Deadline | None = None
    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Escalation:
    """A rule in force, or to come; ``until`` None: for good."""

    id: int
    kind: Kind
    note: str
    when: Conditions
    level: str
    after: Deadline | None
    since: datetime
    until: datetime | None


@dataclass(frozen=True, slots=True)
class GoesUp:
    """What a rule will do with a case: ``authority`` at once, ``clock`` at an instant."""

    rule_id: int
    kind: Kind
    note: str
    level: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Solved:
    """Confirmed solutions of a period, and those of them that were the township's or of a level below it then."""

    confirmed: int
    below_county: int

    @property
    def share(self) -> str | None:
        """The share of the second in the first, in percent with one decimal; None where nothing was confirmed."""
        return f"{100 * self.below_county / self.confirmed:.1f}" if self.confirmed else None


async def escalations(connection: AsyncConnection, at: datetime) -> list[Escalation]:
    """Answer the rules in force at an instant and those to come: who may handle what first, then the clocks."""
    r = escalation_rules.c
    found = await connection.execute(
        select(
            *(r[name] for name in ("id", "kind", "note", "level", "after", *_CONDITIONS)),
            func.lower(r.during).label("since"),
            func.upper(r.during).label("until"),
        )
        .where(r.during.op("&&")(func.tstzrange(at, None)))
        .order_by(r.kind, r.family, r.category_code, r.id)
    )
    return [
        Escalation(
            id=row["id"],
            kind=row["kind"],
            note=row["note"],
            when=Conditions(**{name: row[name] for name in _CONDITIONS}),
            level=row["level"],
            after=_deadline(row["after"]),
            since=row["since"],
            until=row["until"],
        )
        for row in found.mappings()
    ]


_CONDITIONS: Final = ("category_code", "family", "area_code", "urgency")


def _deadline(stored: dict[str, float] | None) -> Deadline | None:
    return None if stored is None else next(Deadline(kind, count) for kind, count in stored.items())


async def add_escalation(
    connection: asyncpg.Connection[Any], rule: NewEscalation, *, session_digest: bytes | None, now: datetime
) -> int:
    """Make a rule and answer its number.

    Parameters
    ----------
    connection : asyncpg.Connection
        The raw driver's, as the web role, in no transaction.
    rule : NewEscalation
        What is to hold.
    session_digest : bytes or None
        Of the administrator.
    now : datetime
        Aware; the rule begins then at the earliest, and counts time from then on.

    Raises
    ------
    RulesForDesksError
        ``rules_for_desks``: not an administrator of the rule's area or of one above it.
    RuleRefusedError
        ``rule_refused``.
    """
    told = asdict(rule) | {name: getattr(rule.when, name) for name in _CONDITIONS}
    told["after"] = rule.after.stored if rule.after else None
    del told["when"]
    given = json.dumps(told, default=datetime.isoformat)
    call = "SELECT add_escalation_rule($1, $2, $3::text::jsonb)"
    try:
        return int(await connection.fetchval(call, session_digest, now, given))
    except asyncpg.PostgresError as error:
        raise refused_rule(error) from error


async def end_escalation(
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
        await connection.execute("SELECT end_escalation_rule($1, $2, $3)", session_digest, now, rule_id)
    except asyncpg.PostgresError as error:
        raise refused_rule(error) from error


async def goes_up(connection: AsyncConnection, case_id: int, at: datetime) -> GoesUp | None:
    """Answer by which rule a case of the actor's goes up next, and when; None: by none."""
    found = await connection.execute(text("SELECT * FROM goes_up(:case, :at)"), {"case": case_id, "at": at})
    row = found.one_or_none()
    return GoesUp(*row) if row else None


async def rules_named(connection: AsyncConnection, ids: list[int]) -> dict[int, str]:
    """Answer what rules say why they exist, those of the past too."""
    r = escalation_rules.c
    found = await connection.execute(select(r.id, r.note).where(r.id.in_(ids)))
    return {row.id: row.note for row in found}


async def solved(connection: AsyncConnection, areas: tuple[str, ...], since: datetime, until: datetime) -> Solved:
    """Answer how many cases of some areas and below were confirmed as solved in [since, until), and how many low down.

    A figure to look at: it is in no score, since where something is solved is nobody's merit.

    Parameters
    ----------
    connection : AsyncConnection
        Of a visit; cases that the actor may see count.
    areas : tuple of str
        Codes.
    since, until : datetime
        Aware; the levels are those of the edition in force at ``until``.
    """
    found = await connection.execute(
        text("SELECT level, solved FROM solved_by_level(:areas, :since, :until)"),
        {"areas": list(areas), "since": since, "until": until},
    )
    counts = {row.level: row.solved for row in found}
    edition = await edition_at(connection, until)
    levels = edition.levels if edition else ()
    low = levels[levels.index(_BELOW_THE_COUNTY) :] if _BELOW_THE_COUNTY in levels else levels
    return Solved(sum(counts.values()), sum(counts.get(level, 0) for level in low))
