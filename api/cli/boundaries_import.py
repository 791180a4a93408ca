"""``gridwarden boundaries import``: an edition out of files; says what it would load, and loads it when told to.

Owns the options and the words on the terminal; ``gis.boundary_draft`` understands the files, ``grids.boundary_import``
loads.
"""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from api.cli.boundary_options import Encoding, Field, Level, Levels, OfDatum, OfLayer, Within, listed
from api.cli.opened import as_owner

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gis.boundary_draft import Draft
    from gis.candidates import Finding
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
    from dataclasses import replace

    from api.languages import words_at_terminal
    from gis.boundary_checks import check
    from gis.boundary_draft import Asked, draft_of, stored
    from gis.boundary_draft import within as placed_within
    from gis.boundary_fields import Columns
    from gis.boundary_files import read_layer
    from gis.boundary_refusals import BoundaryFileError
    from gis.tolerances import spoken
    from grids.boundary_import import SameEditionError, checked_name, in_force, load

    columns = Columns(code_field, name_field, level_field, parent_field, households_field, overlay_field)
    asked = Asked(columns, listed(levels), tuple(level or ()), datum, within)
    draft = draft_of([read_layer(path, layer, encoding) for path in files], asked)
    name = checked_name(name)
    now = datetime.now(UTC)
    with as_owner() as connection:
        there = in_force(connection, now)
        if within is not None:
            if there is None:
                raise BoundaryFileError("unknown_within", code=within)
            draft = placed_within(draft, within, there[1])
        metres = spoken(tolerance_m or (), draft.candidate.levels, draft.tolerances_m)
        draft = replace(draft, tolerances_m=metres)
        found = check(draft.candidate, there[1].candidate if there else None)
        _tell(draft)
        _tell_changes(there[1] if there else None, draft)
        _tell_found(found, words_at_terminal(lang))
        if not commit:
            typer.echo("Nothing was changed; --commit loads it.")
            return
        said = source or ", ".join(path.name for path in files)
        try:
            load(
                connection, stored(draft), (name, said, draft.datum), found,
                against=there[0] if there else None, at=now,
            )  # fmt: skip
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
    count = Counter(candidate.level.tolist())
    typer.echo("Areas: " + ", ".join(f"{level} {count[n]:,}" for n, level in enumerate(candidate.levels)))


def _tell_changes(before: Draft | None, after: Draft) -> None:
    from gis.comparison import compare
    from gis.tolerances import changed

    if before is None:
        typer.echo("No boundaries are in force yet; these are the first.")
        return
    counts = compare(before.candidate, after.candidate).counts()
    told = [
        f"{level}: " + ", ".join(f"{kind} {n:,}" for kind, n in kinds.items() if n)
        for level, kinds in counts.items()
        if any(kinds.values())
    ]
    typer.echo("Against the boundaries in force: " + ("; ".join(told) or "no change"))
    for level, was_m, is_m in changed(before.tolerances, after.tolerances):
        typer.echo(f"Tolerance of {level}: {is_m:g} m, in force {was_m:g} m")


def _tell_found(found: Sequence[Finding], words: Words) -> None:
    from gis.candidates import SEVERITIES
    from grids.finding_words import advice, sentence

    count = Counter(one.severity for one in found)
    typer.echo(words("checks-counts", **{severity: count[severity] for severity in SEVERITIES}))
    for one in found[:_SHOWN]:
        typer.echo(f"  {words(f'severity-{one.severity}')}: {sentence(one, words)} {advice(one, words)}")
    if len(found) > _SHOWN:
        typer.echo("  …")
