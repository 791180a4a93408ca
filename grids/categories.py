"""Categories: dated data, the kinds of things that can be reported.  A new date never changes an old promise."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.ext.asyncio import AsyncConnection

from grids import tables
from grids.language import Language


@dataclass(frozen=True, slots=True)
class Category:
    """What somebody may report, as it stands from ``since`` on; ``deadlines`` per stage: see `grids.deadlines`."""

    code: str
    family: str
    name_zh: str
    name_en: str
    private: bool
    urgency: str
    deadlines: dict[str, Any]
    since: datetime

    def name(self, lang: Language) -> str:
        """Answer its name in a language."""
        return self.name_zh if lang == "zh" else self.name_en


async def categories(connection: AsyncConnection, at: datetime) -> list[Category]:
    """Answer the categories in force at an instant, by family and code, each as it stood then."""
    c = tables.categories.c
    newest = (
        select(c.code, c.family, c.name_zh, c.name_en, c.private, c.urgency, c.deadlines, c.since)
        .where(c.since <= at)
        .ext(distinct_on(c.code))
        .order_by(c.code, c.since.desc())
        .subquery()
    )
    rows = await connection.execute(select(newest).order_by(newest.c.family, newest.c.code))
    return [Category(**row) for row in rows.mappings()]
