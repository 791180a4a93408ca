"""From a boundary file that was sent to an edition: understood, compared and checked off the event loop, then loaded.

The one way for the page and for programs; each says what it found in its own manner.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from api.service import Service
from gis.boundary_checks import check
from gis.boundary_draft import Asked, Draft, draft_of, stored, within
from gis.boundary_fields import Columns
from gis.boundary_files import Layer
from gis.boundary_refusals import BoundaryFileError
from gis.candidates import Finding
from gis.comparison import compare
from gis.datums import Datum
from gis.position import UnknownDatumError
from gis.tolerances import changed
from grids.boundary_import import ask_in_force, checked_name, load_as

FIELDS = (
    "edition", "code", "name", "level_column", "levels", "parent", "households", "overlay", "datum", "encoding",
    "layer", "within", "source",
)  # fmt: skip
"""What a form may say beside the file; ``edition`` is its name.  Of a column: nothing is guessed, ``-`` is none."""
_COLUMNS = {
    "code": "code", "name": "name", "level_column": "level", "parent": "parent", "households": "households",
    "overlay": "overlay",
}  # fmt: skip


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


def asked_of(typed: Mapping[str, str]) -> Asked:
    """Answer what somebody said of a file.

    Raises
    ------
    UnknownDatumError
        ``unknown_datum``.
    """
    columns = {meaning: typed.get(field) or None for field, meaning in _COLUMNS.items()}
    columns = {meaning: "" if column == "-" else column for meaning, column in columns.items()}
    levels = tuple(each.strip() for each in typed.get("levels", "").replace("，", ",").split(",") if each.strip())
    one = len(levels) == 1 and columns["level"] in (None, "")
    given = typed.get("datum") or None
    try:
        datum = Datum(given) if given else None
    except ValueError:
        raise UnknownDatumError(f"Unknown datum {given!r}.", params={"given": given}) from None
    return Asked(
        Columns(**columns), None if one else levels or None, levels if one else (), datum, typed.get("within") or None
    )


async def understand(service: Service, layer: Layer, asked: Asked, now: datetime) -> Understood:
    """Answer what a layer would become, off the event loop, one at a time.

    Raises
    ------
    BoundaryFileError, UnknownDatumError
        ``boundary_file_refused``, ``unknown_datum``.
    """
    async with service.connections.lend() as connection:
        there = await ask_in_force(connection, now)
    async with service.boundary_uploads.turn:
        return await asyncio.to_thread(_understood, layer, asked, there)


def _understood(layer: Layer, asked: Asked, there: tuple[int, Draft] | None) -> Understood:
    draft = draft_of([layer], asked)
    if asked.within is not None:
        if there is None:
            raise BoundaryFileError("unknown_within", code=asked.within)
        draft = within(draft, asked.within, there[1])
    if there is None:
        return Understood(draft, check(draft.candidate, None), None, None, [])
    number, before = there
    changes = compare(before.candidate, draft.candidate).counts()
    found = check(draft.candidate, before.candidate)
    return Understood(draft, found, number, changes, changed(before.tolerances, draft.tolerances))


async def load(
    service: Service, read: Understood, typed: Mapping[str, str], file: str, session: bytes | None, now: datetime
) -> int:
    """Load what was understood and answer the edition's number.

    Raises
    ------
    BoundariesForAdministratorsError, SameEditionError, BoundaryFileError
        As ``grids.boundary_import.load_as``.
    """
    name = checked_name(typed.get("edition", ""))
    rows = await asyncio.to_thread(stored, read.draft)
    source = typed.get("source", "").strip()[:200] or file
    async with service.connections.lend() as connection:
        return await load_as(
            connection, session, rows, (name, source, read.draft.datum), read.found, against=read.against, at=now
        )
