"""The cases behind a figure: those that a layer counts in one unit, without words."""

from dataclasses import dataclass, fields, replace
from datetime import datetime

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from gis.cells import RESOLUTIONS
from grids.access import Actor
from maps.layers import categories_of, counts_what, edition_of, rows_of
from maps.questions import Layer, Question

# The codes that count in an area, the cell that is a unit, and the codes that count in the areas of a person.
_IN_AREA = """area_code IN (SELECT l.code FROM lineage l JOIN units u USING (edition_id, kind, n)
                            WHERE l.edition_id = :edition AND l.kind = :kind AND u.key = :key)"""
_IN_AREAS_OF = """ AND area_code IN (
    SELECT l.code FROM lineage l JOIN units u USING (edition_id, kind, n)
    JOIN boundaries b ON b.edition_id = l.edition_id AND b.code = u.key
    WHERE l.edition_id = :edition AND b.chain && CAST(:held AS text[]))"""
_IN_CELL = (
    "cells[{place}] = (SELECT u.cell FROM units u WHERE u.edition_id = :edition AND u.kind = :kind AND u.key = :key)"
)


@dataclass(frozen=True, slots=True)
class CaseBrief:
    """A case that a layer counts: what it is, how it stands and when; no words."""

    id: int
    category_code: str
    channel: str
    state: str
    confirmed: bool | None
    reopened: int
    received_at: datetime
    due_at: datetime
    closed_at: datetime | None
    area_code: str | None


async def cases_of(
    connection: AsyncConnection, question: Question, key: str, actor: Actor | None, at: datetime, limit: int = 50
) -> list[CaseBrief]:
    """Answer the cases that a layer counts in one unit, the newest first, as the actor may see them.

    Of a cell, which may reach into areas of others, those in the actor's own areas alone.  A layer of reports or
    vacancies answers the cases received there in the period.  Of a case that was merged into another that other one is
    answered, once, wherever and whenever it was received.
    """
    edition = await edition_of(connection, question, actor, at)
    of_cases = question if counts_what(question.layer) == "cases" else replace(question, layer=Layer.RECEIVED)
    codes = await categories_of(connection, question, actor)
    rows, values = rows_of(of_cases, edition, at, codes)
    rows = rows.replace("FROM seen_reports", "FROM seen_cases")
    resolution = question.resolution
    held = sorted({posted.area_code for posted in actor.postings}) if actor else []
    where = _IN_AREA if resolution is None else _IN_CELL.format(place=RESOLUTIONS.index(resolution) + 1)
    if resolution is not None:
        where += _IN_AREAS_OF
    columns = ", ".join(field.name for field in fields(CaseBrief))
    found = await connection.execute(
        text(f"""
            WITH RECURSIVE found AS (
                SELECT id, merged_into {rows} AND {where}
                UNION SELECT c.id, c.merged_into FROM found f JOIN seen_cases c ON c.id = f.merged_into
            )
            SELECT {columns} FROM seen_cases WHERE id IN (SELECT f.id FROM found f WHERE f.merged_into IS NULL)
            ORDER BY received_at DESC, id DESC LIMIT :limit
        """),  # noqa: S608  no word of it comes from a reader
        values | {"edition": edition.id, "kind": question.kind, "key": key, "limit": limit, "held": held},
    )
    return [CaseBrief(**row) for row in found.mappings()]
