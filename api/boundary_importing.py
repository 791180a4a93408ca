"""From a boundary file that was sent to an edition: understood, compared and checked off the event loop, then loaded.

The one way for the page and for programs; each says what it found in its own manner.  What the shell has in common with
them stands in ``grids.boundary_import``.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from datetime import datetime

from api.service import Service
from gis.boundary_draft import Asked, Draft, draft_of, stored
from gis.boundary_fields import Columns, levels_said
from gis.boundary_files import Layer
from gis.datums import Datum
from gis.position import UnknownDatumError
from grids.boundary_import import Understood, ask_in_force, checked_name, load_as, placed, understood

FIELDS = (
    "edition", "code", "name", "level_column", "levels", "parent", "households", "overlay", "datum", "encoding",
    "layer", "within", "source",
)  # fmt: skip
"""What a form may say beside the file; ``edition`` is its name.  Of a column: nothing is guessed, ``-`` is none."""
_COLUMNS = {
    "code": "code", "name": "name", "level_column": "level", "parent": "parent", "households": "households",
    "overlay": "overlay",
}  # fmt: skip


def asked_of(typed: Mapping[str, str]) -> Asked:
    """Answer what somebody said of a file.

    Raises
    ------
    UnknownDatumError
        ``unknown_datum``.
    """
    columns = {meaning: typed.get(field) or None for field, meaning in _COLUMNS.items()}
    columns = {meaning: "" if column == "-" else column for meaning, column in columns.items()}
    levels = levels_said(typed.get("levels")) or ()
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
    return understood(placed(draft_of([layer], asked), asked.within, there), there)


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
