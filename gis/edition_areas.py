"""The areas of an edition as a candidate: what checks, comparisons and files of boundaries look at.

Reads through either driver; owns the query and the order of its columns.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import asyncpg
import numpy as np
import psycopg
import shapely

from gis.candidates import Candidate

_EDITION: Final = "SELECT levels FROM editions WHERE id = $1"
_AREAS: Final = (
    "SELECT b.code, b.name, array_position(e.levels, b.level) - 1, b.parent_code, b.overlay, b.households,"
    " ST_AsBinary(b.geom) FROM boundaries b JOIN editions e ON e.id = b.edition_id"
    " WHERE e.id = $1 AND ($2::text[] IS NULL OR b.code = ANY ($2)) ORDER BY b.code"
)


def areas_of_edition(connection: psycopg.Connection[Any], edition_id: int) -> Candidate:
    """Answer all areas of an edition, by code.

    Parameters
    ----------
    connection
        In any role that may read boundaries.
    edition_id : int
        One that is there; without areas the answer is empty.
    """
    row = connection.execute(_EDITION.replace("$1", "%s"), (edition_id,)).fetchone()
    query = _AREAS.replace("$1", "%s").replace("$2", "%s")
    rows = connection.execute(query, (edition_id, None, None), binary=True).fetchall()
    return _candidate(row[0] if row else (), rows)


async def ask_areas_of_edition(
    connection: asyncpg.Connection[Any], edition_id: int, codes: Sequence[str] | None = None
) -> Candidate:
    """Answer the areas of an edition, or some of them, by code; asked without blocking."""
    levels = await connection.fetchval(_EDITION, edition_id)
    return _candidate(levels or (), await connection.fetch(_AREAS, edition_id, codes))


def _candidate(levels: Sequence[str], rows: Sequence[Any]) -> Candidate:
    columns = list(zip(*rows, strict=True)) if rows else [()] * 7
    codes, names, level, parents, overlay, households, wkb = columns
    return Candidate(
        tuple(levels),
        _objects(codes),
        _objects(names),
        np.array(level, dtype=np.int64),
        _objects(parents),
        np.array(overlay, dtype=bool),
        np.array([np.nan if count is None else count for count in households], dtype=np.float64),
        np.asarray(shapely.from_wkb(_objects(wkb)), dtype=object),
    )


def _objects(values: Sequence[Any]) -> Any:
    made = np.empty(len(values), dtype=object)
    made[:] = values
    return made
