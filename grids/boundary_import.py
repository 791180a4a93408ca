"""An edition out of files: read from the database what it is compared with, and loaded in one transaction.

Owns the calls of ``0020_loading.sql`` and what their refusals are called; ``gis.boundary_draft`` says what is stored.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any, ClassVar, Final

import asyncpg
import numpy as np
import psycopg
import shapely

from gis.boundary_checks import check
from gis.boundary_draft import Draft, Stored, within
from gis.boundary_refusals import BoundaryFileError
from gis.candidates import Candidate, Finding
from gis.comparison import compare
from gis.datums import Datum
from gis.errors import GridwardenError
from gis.tolerances import changed
from grids.editions import BoundariesForAdministratorsError
from grids.findings import as_row, keep

_IN_FORCE: Final = """
    SELECT e.id, e.levels, e.tolerances_m, e.datum, b.code, b.name, b.level, b.parent_code, b.overlay, b.households,
           b.residents, b.synthetic, ST_AsBinary(b.geom) AS outline
    FROM edition_at({at}) e JOIN boundaries b ON b.edition_id = e.id ORDER BY b.code
"""
# A city takes seconds, longer than any statement of a visit may.
_PATIENCE_S: Final = 180.0
# Of the arguments of load_edition().
_KINDS: Final = (
    "timestamptz", "text", "text[]", "float8[]", "text", "text", "bytea", "text[]", "text[]", "text[]", "text[]",
    "text[]", "boolean[]", "integer[]", "integer[]", "boolean[]", "float8[]", "bytea[]", "bytea[]",
)  # fmt: skip
_HELD: Final = (
    "code", "name", "level", "parent", "overlay", "households", "residents", "synthetic", "outline",
)  # fmt: skip
_MOST_OF_A_NAME: Final = 64
_COLUMNS: Final = tuple(each.name for each in fields(Stored) if each.name not in ("levels", "tolerances_m", "digest"))


class SameEditionError(GridwardenError):
    """The very same areas and tolerances are loaded already; ``params["edition"]`` is what they are called."""

    code: ClassVar[str] = "same_edition"


@dataclass(frozen=True, slots=True)
class Understood:
    """What loading would store, what was found in it, and what it changes against the edition in force.

    ``changes``: by level, how many of each kind; None where nothing is in force.  ``tolerances``: those that it
    changes, as ``gis.tolerances.changed`` has them.
    """

    draft: Draft
    found: list[Finding]
    against: int | None
    changes: Mapping[str, Mapping[str, int]] | None
    tolerances: list[tuple[str, float, float]]


def placed(draft: Draft, redrawn: str | None, there: tuple[int, Draft] | None) -> Draft:
    """Answer a draft with what stays as it is in force, if it redraws one area alone.

    Raises
    ------
    BoundaryFileError
        ``boundary_file_refused``: ``unknown_within``.
    """
    if redrawn is None:
        return draft
    if there is None:
        raise BoundaryFileError("unknown_within", code=redrawn)
    return within(draft, redrawn, there[1])


def understood(draft: Draft, there: tuple[int, Draft] | None) -> Understood:
    """Answer what a draft would become, checked and compared with the edition in force."""
    if there is None:
        return Understood(draft, check(draft.candidate, None), None, None, [])
    number, before = there
    changes = compare(before.candidate, draft.candidate).counts()
    found = check(draft.candidate, before.candidate)
    return Understood(draft, found, number, changes, changed(before.tolerances, draft.tolerances))


def in_force(connection: psycopg.Connection[Any], at: datetime) -> tuple[int, Draft] | None:
    """Answer number and areas of the edition in force at an instant; None: there is none."""
    cursor = connection.cursor(row_factory=psycopg.rows.tuple_row)
    return _draft(cursor.execute(_IN_FORCE.format(at="%s"), (at,)).fetchall())


async def ask_in_force(connection: asyncpg.Connection[Any], at: datetime) -> tuple[int, Draft] | None:
    """Answer the same to the service."""
    return _draft([tuple(row) for row in await connection.fetch(_IN_FORCE.format(at="$1"), at, timeout=_PATIENCE_S)])


def _draft(rows: Sequence[tuple[Any, ...]]) -> tuple[int, Draft] | None:
    if not rows:
        return None
    number, levels, tolerances_m, datum = rows[0][:4]
    held = dict(zip(_HELD, zip(*(row[4:] for row in rows), strict=True), strict=True))
    candidate = Candidate(
        tuple(levels),
        np.array(held["code"], dtype=object),
        np.array(held["name"], dtype=object),
        np.array([levels.index(each) for each in held["level"]], dtype=np.int64),
        np.array(held["parent"], dtype=object),
        np.array(held["overlay"], dtype=bool),
        np.array(held["households"], dtype=np.float64),
        np.asarray(shapely.from_wkb(list(held["outline"])), dtype=object),
    )
    residents = np.array(held["residents"], dtype=np.float64)
    synthetic = np.array(held["synthetic"], dtype=bool)
    return number, Draft(candidate, residents, synthetic, Datum(datum), tuple(tolerances_m))


def checked_name(name: str) -> str:
    """Answer the name of an edition without spaces around it.

    Raises
    ------
    BoundaryFileError
        ``bad_name``.
    """
    said = name.strip()
    if not 1 <= len(said) <= _MOST_OF_A_NAME or not said.isprintable():
        raise BoundaryFileError("bad_name")
    return said


def load(
    connection: psycopg.Connection[Any],
    rows: Stored,
    named: tuple[str, str, Datum],
    found: Sequence[Finding],
    *,
    against: int | None,
    at: datetime,
) -> int:
    """Load an edition with what was found in it, and answer its number; it is in force nowhere yet.

    Parameters
    ----------
    connection
        As the owner of the tables, inside the caller's transaction.
    rows : Stored
        Of the draft.
    named : (str, str, Datum)
        The edition's name, its source in words, the datum as given.
    found : sequence of Finding
        What the checks said of the draft.
    against : int, optional
        The edition that it was compared with.
    at : datetime
        Aware.

    Raises
    ------
    SameEditionError, BoundaryFileError
        ``same_edition``; ``boundary_file_refused``: ``name_taken``, ``level_changed``.
    """
    values = _values(rows, named, at)
    try:
        with connection.transaction():
            row = connection.execute(
                "SELECT load_edition({})".format(", ".join(f"{_place(kind)}::{kind}" for kind in _KINDS)), values
            ).fetchone()
            if row is None:
                raise RuntimeError("the database answered no row where there must be one")
            keep(connection, row[0], found, areas=len(rows.codes), at=at, against=against)
    except psycopg.Error as error:
        raise _refusal(error.sqlstate, error.diag.message_detail, named[0]) or error from error
    return int(row[0])


async def load_as(
    connection: asyncpg.Connection[Any],
    session_digest: bytes | None,
    rows: Stored,
    named: tuple[str, str, Datum],
    found: Sequence[Finding],
    *,
    against: int | None,
    at: datetime,
) -> int:
    """Do the same for an administrator; as ``load``.

    Raises
    ------
    BoundariesForAdministratorsError, SameEditionError, BoundaryFileError
        ``boundaries_for_administrators`` and as ``load``.
    """
    values = (session_digest, *_values(rows, named, at))
    places = ", ".join(f"${n}" for n in range(1, len(values) + 1))
    told = json.dumps([as_row(one) for one in found])
    try:
        async with connection.transaction():
            number: int = await connection.fetchval(f"SELECT load_edition_as({places})", *values, timeout=_PATIENCE_S)
            await connection.execute(
                "SELECT keep_findings_as($1, $2, $3, $4, $5, $6, $7::text::jsonb)",
                session_digest, at, number, against, len(rows.codes), [], told, timeout=_PATIENCE_S,
            )  # fmt: skip
    except asyncpg.PostgresError as error:
        raise _refusal(error.sqlstate, error.detail, named[0]) or error from error
    return number


def _values(rows: Stored, named: tuple[str, str, Datum], at: datetime) -> tuple[Any, ...]:
    name, source, datum = named
    columns = (getattr(rows, column) for column in _COLUMNS)
    levels = (list(rows.levels), list(rows.tolerances_m))
    return (at, checked_name(name), *levels, source, str(datum), rows.digest, *columns)


def _place(kind: str) -> str:
    # Outlines as text are twice as long and take several times longer.
    return "%b" if kind == "bytea[]" else "%s"


def _refusal(sqlstate: str | None, detail: str | None, name: str) -> GridwardenError | None:
    if sqlstate == "GW130":
        return BoundariesForAdministratorsError("Boundaries are looked after by administrators of the topmost area.")
    if sqlstate == "GW180":
        return BoundaryFileError("name_taken", name=name)
    if sqlstate == "GW181":
        return BoundaryFileError("level_changed", **json.loads(detail or "{}"))
    if sqlstate == "GW182":
        return SameEditionError(
            f"The very same areas are loaded already, as edition {detail}; nothing to do.", params={"edition": detail}
        )
    return None
