"""``gridwarden locate FILE``: the areas that are asked, the progress on the terminal, and the counts at the end.

Owns the conversation; ``gis.point_matching`` does the work.
"""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import astuple, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from api.cli.opened import opened
from api.cli.progress import shown
from gis.datums import Datum

if TYPE_CHECKING:
    from gis.index import AreaIndex

# What the one level of a flat set is called, where somebody names it.
_FLAT = "area"


@dataclass(frozen=True, slots=True)
class FromFile:
    """What was said about areas that come from a file; all None if they come from the database."""

    path: Path | None
    code: str | None
    level: str | None
    levels: str | None
    overlay: str | None
    datum: Datum | None
    tolerances: tuple[str, ...] | None

    def any_given(self) -> bool:
        """Answer whether anything was said at all."""
        return any(each is not None for each in astuple(self))


def locate_points(
    source: Path,
    out: Path,
    datum: Datum,
    fields: tuple[str | None, str | None],
    areas: FromFile,
    at: datetime | None,
) -> None:
    """Match every point of a file, show how far it is, and say how many rows got which answer.

    Raises
    ------
    typer.BadParameter
        Options that do not go together.
    PointsRefusedError, OutRefusedError, AreasRefusedError, BadToleranceError, UnknownDatumError, NoEditionError
        Then nothing is written.
    """
    from gis.index_outcomes import OUTCOMES
    from gis.point_files_out import OutRefusedError, check_out
    from gis.point_matching import locate_file

    # Before areas are read, which takes a moment.
    check_out(out)
    if areas.path is not None and out.exists() and areas.path.exists() and out.samefile(areas.path):
        raise OutRefusedError(f"{out.name} is the file of the areas; write to another one.")
    index, named = _index_of_file(areas, at) if areas.any_given() else _index_in_force(at)
    with _told_to_end(), shown(source.name) as (_, told):
        counts = locate_file(source, out, index, datum, fields, told)
    found = ", ".join(f"{outcome} {counts[outcome]:,}" for outcome in OUTCOMES if counts[outcome])
    typer.echo(f"{out}: {counts.total():,} rows by {named}: {found or 'none'}", err=True)


def _index_of_file(areas: FromFile, at: datetime | None) -> tuple[AreaIndex, str]:
    from gis.boundary_fields import items_said
    from gis.index_source import Fields, index_of_file
    from gis.tolerances import spoken

    if areas.path is None or areas.code is None:
        raise typer.BadParameter("Areas of a file need both --boundaries FILE and --code-field F.")
    if (areas.level is None) != (areas.levels is None):
        raise typer.BadParameter("--level-field and --levels go together.")
    if at is not None:
        raise typer.BadParameter("--at asks for an edition of the database; a boundary file has none.")
    levels = list(items_said(areas.levels) or ())
    fields = Fields(areas.code, areas.level, levels, areas.overlay)
    tolerances_m = spoken(areas.tolerances or (), levels or [_FLAT])
    return index_of_file(areas.path, fields, areas.datum, tolerances_m), areas.path.name


def _index_in_force(at: datetime | None) -> tuple[AreaIndex, str]:
    import psycopg

    from gis.index_source import index_of_edition

    with opened() as store, psycopg.connect(store.dsn("web")) as connection:
        index, name = index_of_edition(connection, at or datetime.now(UTC))
    return index, f"edition {name}"


@contextmanager
def _told_to_end() -> Iterator[None]:
    """Let SIGTERM end the work as Ctrl-C does, so that what is half written is removed."""

    def end(_number: int, _frame: object) -> None:
        raise SystemExit(128 + signal.SIGTERM)

    before = signal.signal(signal.SIGTERM, end)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)
