"""``gridwarden boundaries import``: an edition out of files; says what it would load, and loads it when told to.

Owns the options and the words on the terminal; ``gis.boundary_draft`` understands the files, ``grids.boundary_import``
loads.
"""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from api.cli.boundary_options import Encoding, Field, Level, Levels, OfDatum, OfLayer, Within
from api.cli.opened import as_owner

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gis.boundary_draft import Draft
    from gis.candidates import Finding
    from grids.boundary_import import Understood
    from grids.language import Words

_WAYS = {"column": "by their column", "code": "by how their codes begin", "ground": "by the ground they share"}
_LEVEL_WAYS = {"column": "", "digits": ", levels by the digits of the codes", "one": ", all of one level"}
_SHOWN = 12


def import_(
    files: Annotated[list[Path], typer.Argument(metavar="FILE…", help="One file, or one for each level.")],
    name: Annotated[str, typer.Option(help="What the edition is called: 2027.")],
    level: Level = None,
    levels: Levels = None,
    code_field: Field = None,
    name_field: Field = None,
    level_field: Field = None,
    parent_field: Field = None,
    households_field: Field = None,
    overlay_field: Field = None,
    datum: OfDatum = None,
    encoding: Encoding = None,
    layer: OfLayer = None,
    within: Within = None,
    tolerance_m: Annotated[
        list[str] | None,
        typer.Option(
            metavar="[LEVEL=]METRES",
            help="How far off an area is near, of a level or of the lowest; else 25 there and 0, never, above;"
            " with --within as in force.",
        ),
    ] = None,
    source: Annotated[str | None, typer.Option(help="Who made the boundaries; else the names of the files.")] = None,
    commit: Annotated[bool, typer.Option("--commit", help="Load it. Without, nothing is changed.")] = False,
    lang: Annotated[str | None, typer.Option(help="Of what is found: zh or en; follows LANG.")] = None,
) -> None:
    """Read boundaries, say what they would change and what is wrong with them; with --commit load them as an edition.

    GeoPackage, zipped shapefile, GeoJSON, GeoParquet, KML. What is loaded is in force nowhere before it is activated.

    Example: gridwarden boundaries import data/boundaries/wubaihu/areas-2027.geojson --name 2027 --within 131024106
    """
    from api.languages import words_at_terminal
    from gis.boundary_draft import Asked, draft_of, stored
    from gis.boundary_fields import Columns, items_said
    from gis.boundary_files import read_layer
    from grids.boundary_import import SameEditionError, checked_name, in_force, load, placed, understood

    columns = Columns(code_field, name_field, level_field, parent_field, households_field, overlay_field)
    asked = Asked(columns, items_said(levels), tuple(level or ()), datum, within)
    draft = draft_of([read_layer(path, layer, encoding) for path in files], asked)
    name = checked_name(name)
    now = datetime.now(UTC)
    with as_owner() as connection:
        there = in_force(connection, now)
        draft = placed(draft, within, there)
        read = understood(draft.with_tolerances(tolerance_m or ()), there)
        _tell(read.draft)
        _tell_changes(read)
        _tell_found(read.found, words_at_terminal(lang))
        if not commit:
            typer.echo("Nothing was changed; --commit loads it.")
            return
        said = source or ", ".join(path.name for path in files)
        try:
            load(
                connection,
                stored(read.draft),
                (name, said, read.draft.datum),
                read.found,
                against=read.against,
                at=now,
            )
        except SameEditionError as same:
            typer.echo(str(same))
            return
    typer.echo(
        f"Edition {name} is loaded; it answers for nothing yet. Next: gridwarden boundaries activate {name} --from DAY"
    )


def _tell(draft: Draft) -> None:
    told, candidate = draft.told, draft.candidate
    for file in told.files:
        way = _LEVEL_WAYS[file.levels]
        typer.echo(f"{file.file}: {file.format}, {file.encoding}, {file.crs or 'no CRS'}, {file.rows:,} rows{way}")
        typer.echo("  " + ", ".join(f"{meaning} from {column}" for meaning, column in file.columns.items()))
    typer.echo(f"Datum: {draft.datum}")
    ways = ", ".join(f"{told.parents[way]:,} {said}" for way, said in _WAYS.items() if told.parents.get(way))
    if ways:
        typer.echo(f"Parents: {ways}")
    if told.kept or told.left_out:
        typer.echo(f"Stay as they are in force: {told.kept:,}; of the file left out: {told.left_out:,}")
    typer.echo("Areas: " + ", ".join(f"{level} {n:,}" for level, n in candidate.counts().items()))


def _tell_changes(read: Understood) -> None:
    if read.changes is None:
        typer.echo("No boundaries are in force yet; these are the first.")
        return
    told = [
        f"{level}: " + ", ".join(f"{kind} {n:,}" for kind, n in kinds.items() if n)
        for level, kinds in read.changes.items()
        if any(kinds.values())
    ]
    typer.echo("Against the boundaries in force: " + ("; ".join(told) or "no change"))
    for level, was_m, is_m in read.tolerances:
        typer.echo(f"Tolerance of {level}: {is_m:g} m, in force {was_m:g} m")


def _tell_found(found: Sequence[Finding], words: Words) -> None:
    from gis.candidates import counts
    from grids.finding_words import advice, place, sentence

    typer.echo(words("checks-counts", **counts(found)))
    for one in found[:_SHOWN]:
        where = place(one)
        at = "" if where is None else f" [{where[0]:.5f}, {where[1]:.5f}]"
        typer.echo(f"  {words(f'severity-{one.severity}')}: {sentence(one, words)} {advice(one, words)}{at}")
    if len(found) > _SHOWN:
        typer.echo("  …")
