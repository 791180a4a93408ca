"""Categories: dated data, the kinds of things that can be reported.  A new date never changes an old promise."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar

import psycopg
from psycopg.rows import dict_row
from psycopg.types.json import Jsonb
from sqlalchemy import select
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.ext.asyncio import AsyncConnection

from gis.errors import GridwardenError
from grids import tables
from grids.deadlines import STAGES, read_promise
from grids.language import Language


class BadCategoryError(GridwardenError):
    """No row that a category can have; ``params["why"]``: ``incomplete``, ``no_such_rule`` or ``begun``."""

    code: ClassVar[str] = "bad_category"


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


def all_rows(connection: psycopg.Connection[Any]) -> list[dict[str, Any]]:
    """Answer every row of every category, by family and code, the newest first."""
    cursor = connection.cursor(row_factory=dict_row)
    return cursor.execute("SELECT * FROM categories ORDER BY family, code, since DESC").fetchall()


def set_category(
    connection: psycopg.Connection[Any],
    code: str,
    since: datetime,
    told: Mapping[str, Any],
    promises: Iterable[str] = (),
) -> dict[str, Any]:
    """Give a category a row from an instant on, and answer it; what is not told stays as it stood.  The caller commits.

    A row that begins at the same instant is replaced, as long as no case came under it.

    Parameters
    ----------
    connection : psycopg.Connection
        As the owner of the tables.
    code : str
        Of the category; a new one needs ``family``, ``name_zh``, ``name_en`` and a deadline to solve.
    since : datetime
        Aware.
    told : mapping
        Of ``family``, ``name_zh``, ``name_en``, ``private``, ``urgency``, ``about_official`` those that change.
    promises : iterable of str
        Deadlines that change, as ``grids.deadlines.read_promise`` reads them.

    Raises
    ------
    BadCategoryError
        ``bad_category``: a new one lacks something, a value is none that fits, or cases came under what would change.
    BadDeadlineError
        ``bad_deadline``
    """
    cursor = connection.cursor(row_factory=dict_row)
    cursor.execute(_STOOD, (code, since))
    plain: dict[str, Any] = {"private": False, "urgency": "normal", "about_official": False, "deadlines": {}}
    stood = plain | (cursor.fetchone() or {})
    row = stood | {"code": code, "since": since, **told}
    row["deadlines"] = _promised(
        _as_urgent(stood["deadlines"], stood["urgency"], row["urgency"]), promises, row["urgency"]
    )
    lacking = [name for name in ("family", "name_zh", "name_en") if not row.get(name)]
    if lacking or "solve" not in row["deadlines"]:
        missing = ", ".join(lacking or ["a deadline to solve"])
        raise BadCategoryError(f"{code} is a new category and lacks {missing}.", params={"why": "incomplete"})
    try:
        cursor.execute(_SET, row | {"deadlines": Jsonb(row["deadlines"])})
    except (psycopg.errors.CheckViolation, psycopg.DataError) as error:
        message = f"{code} would have a value that no category has: {error.diag.constraint_name or error}."
        raise BadCategoryError(message, params={"why": "no_such_rule"}) from error
    except psycopg.Error as error:
        if error.sqlstate != "GW001":
            raise
        message = f"Cases of {code} came on that day or later, and keep what was promised; let it begin on a later day."
        raise BadCategoryError(message, params={"why": "begun"}) from error
    return row


def _as_urgent(stood: Mapping[str, Any], before: str, urgency: str) -> dict[str, Any]:
    """Answer deadlines for another urgency of the category: what stood for that one is its own, and back."""
    if urgency not in stood:
        return dict(stood)
    base = {stage: stood[stage] for stage in STAGES if stage in stood}
    above = {key: value for key, value in stood.items() if key not in STAGES and key != urgency}
    return {**base, **stood[urgency], **above, before: base}


def _promised(stood: Mapping[str, Any], promises: Iterable[str], urgency: str) -> dict[str, Any]:
    promised = {key: dict(value) for key, value in stood.items()}
    for of, stage, deadline in map(read_promise, promises):
        among = promised if of is None or of == urgency else promised.setdefault(of, {})
        if deadline is None:
            among.pop(stage, None)
        else:
            among[stage] = deadline.stored
    return {key: value for key, value in promised.items() if value}


_STOOD = "SELECT * FROM categories WHERE code = %s AND since <= %s ORDER BY since DESC LIMIT 1"
_SET = """
    INSERT INTO categories (code, since, family, name_zh, name_en, private, urgency, deadlines, about_official)
    VALUES (%(code)s, %(since)s, %(family)s, %(name_zh)s, %(name_en)s, %(private)s, %(urgency)s, %(deadlines)s,
            %(about_official)s)
    ON CONFLICT (code, since) DO UPDATE SET
        (family, name_zh, name_en, private, urgency, deadlines, about_official) =
        (excluded.family, excluded.name_zh, excluded.name_en, excluded.private, excluded.urgency, excluded.deadlines,
         excluded.about_official)
"""
