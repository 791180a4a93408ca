"""From a boundary file that was sent to an edition: understood, compared and checked off the event loop, then loaded.

The one way for the page and for programs; each says what it found in its own manner.  What the shell has in common with
them stands in ``grids.boundary_import``.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from datetime import datetime

from api.service import Service
from gis.boundary_draft import Asked, Draft, draft_of, stored
from gis.boundary_fields import Columns, items_said
from gis.boundary_files import Layer
from gis.datums import Datum
from gis.position import UnknownDatumError
from grids.boundary_import import Understood, ask_in_force, checked_name, load_as, placed, understood

FIELDS = (
    "edition", "code", "name", "level_column", "levels", "parent", "households", "overlay", "datum", "encoding",
    "layer", "within", "source", "tolerance_m",
)  # fmt: skip
"""What a form may say beside the files; ``edition`` is its name.  Of a column: nothing is guessed, ``-`` is none.  As
``level_column``, ``+``: each file is of one level, those of ``levels`` as the files come, fewest areas first."""
_COLUMNS = {
    "code": "code", "name": "name", "level_column": "level", "parent": "parent", "households": "households",
    "overlay": "overlay",
}  # fmt: skip

_MOST_OF_A_SOURCE = 200


def asked_of(typed: Mapping[str, str]) -> Asked:
    """Answer what somebody said of a file.

    Raises
    ------
    UnknownDatumError
        ``unknown_datum``.
    """
    columns = {meaning: typed.get(field) or None for field, meaning in _COLUMNS.items()}
    columns = {meaning: "" if column == "-" else column for meaning, column in columns.items()}
    levels = items_said(typed.get("levels")) or ()
    of_files = columns["level"] == "+"
    if of_files:
        columns["level"] = ""
    one = of_files or (len(levels) == 1 and columns["level"] in (None, ""))
    given = typed.get("datum") or None
    try:
        datum = Datum(given) if given else None
    except ValueError:
        raise UnknownDatumError(f"Unknown datum {given!r}.", params={"given": given}) from None
    return Asked(
        Columns(**columns), None if one else levels or None, levels if one else (), datum, typed.get("within") or None
    )


async def understand(service: Service, layers: Sequence[Layer], typed: Mapping[str, str], now: datetime) -> Understood:
    """Answer what layers would become together by what was typed, off the event loop, one set at a time.

    Raises
    ------
    BoundaryFileError, UnknownDatumError, BadToleranceError
        ``boundary_file_refused``, ``unknown_datum``, ``bad_tolerance``.
    """
    asked, metres = asked_of(typed), items_said(typed.get("tolerance_m")) or ()
    async with service.connections.lend() as connection:
        there = await ask_in_force(connection, now)
    async with service.boundary_uploads.turn:
        return await asyncio.to_thread(_understood, layers, asked, metres, there)


def _understood(
    layers: Sequence[Layer], asked: Asked, metres: Sequence[str], there: tuple[int, Draft] | None
) -> Understood:
    draft = placed(draft_of(layers, asked), asked.within, there)
    return understood(draft.with_tolerances(metres), there)


async def load(
    service: Service,
    read: Understood,
    typed: Mapping[str, str],
    files: Sequence[str],
    session: bytes | None,
    now: datetime,
) -> int:
    """Load what was understood and answer the edition's number.

    Raises
    ------
    BoundariesForAdministratorsError, SameEditionError, BoundaryFileError
        As ``grids.boundary_import.load_as``.
    """
    name = checked_name(typed.get("edition", ""))
    rows = await asyncio.to_thread(stored, read.draft)
    source = typed.get("source", "").strip()[:_MOST_OF_A_SOURCE] or ", ".join(files)[:_MOST_OF_A_SOURCE]
    async with service.connections.lend() as connection:
        return await load_as(
            connection, session, rows, (name, source, read.draft.datum), read.found, against=read.against, at=now
        )
