"""What the people of a helper team see of the cases in which it was asked: its own parts, and nothing else.

One function of the database answers it (``team_parts``, revision 0058): row-level security shows a helper no case, no
event and no report.  The steps of a part are those of ``grids.part_workflow``, taken by ``grids.parts.take_part``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from grids.language import Language
from grids.part_workflow import PartState, PartStep, part_steps
from grids.steps import NoSuchCaseError
from grids.workflow import State


@dataclass(frozen=True, slots=True)
class TeamLine:
    """One line of what was said of a part; ``ours``: by the team."""

    at: datetime
    verb: str
    ours: bool
    words: str | None


@dataclass(frozen=True, slots=True)
class TeamPart:
    """A part of a case as the team that has it sees it.

    ``category_code`` and ``area`` are None where the matter is private; ``lon`` and ``lat`` (WGS 84) are None where it
    is private, has no pin, or the part has ended, and are rounded to a thousandth of a degree unless ``exact``.
    """

    case_id: int
    nth: int
    state: PartState
    version: int
    case_state: State
    asked_at: datetime
    due_at: datetime
    ended_at: datetime | None
    posting_id: int
    name_zh: str
    name_en: str
    category_code: str | None
    area: str | None
    exact: bool
    lon: float | None
    lat: float | None
    task: str | None
    story: tuple[TeamLine, ...]

    def team(self, lang: Language) -> str:
        """Answer what the team is called."""
        return self.name_zh if lang == "zh" else self.name_en

    @property
    def open(self) -> bool:
        """Whether it waits for the team."""
        return self.state in ("asked", "working")

    def late(self, now: datetime) -> bool:
        """Whether the team is past its deadline."""
        return self.open and self.due_at <= now

    @property
    def steps(self) -> tuple[PartStep, ...]:
        """What the team can do with it now."""
        return part_steps(self.case_state, self.state, {"assisting"})


async def team_parts(connection: AsyncConnection, now: datetime, limit: int = 200) -> list[TeamPart]:
    """Answer the parts of the actor's teams: the open ones by deadline, then what ended in the last 30 days."""
    return await _found(connection, now, None, None, limit)


async def team_part(connection: AsyncConnection, case_id: int, nth: int, now: datetime) -> TeamPart:
    """Answer one part of the actor's teams.

    Raises
    ------
    NoSuchCaseError
        ``case_not_found``: his teams have no such part.
    """
    found = await _found(connection, now, case_id, nth, 1)
    if not found:
        raise NoSuchCaseError("There is no such part for you.")
    return found[0]


async def _found(
    connection: AsyncConnection, now: datetime, case_id: int | None, nth: int | None, limit: int
) -> list[TeamPart]:
    rows = await connection.execute(
        text("SELECT * FROM team_parts(:at, CAST(:case AS bigint), CAST(:nth AS integer), :limit)"),
        {"at": now, "case": case_id, "nth": nth, "limit": limit},
    )
    return [TeamPart(**dict(row._mapping) | {"story": _lines(row.story)}) for row in rows]


def _lines(story: Sequence[dict[str, Any]]) -> tuple[TeamLine, ...]:
    return tuple(TeamLine(datetime.fromisoformat(e["at"]), e["verb"], e["ours"], e["words"]) for e in story)
