"""``gridwarden boundaries check``: what is wrong with boundary files or an edition, as a table, JSON and a GeoPackage.

Owns the words on the terminal; ``gis.boundary_checks`` says what is wrong.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from api.cli.boundary_options import Encoding, Field, Level, Levels, OfDatum, OfLayer, Within
from api.cli.opened import as_owner

if TYPE_CHECKING:
    from collections.abc import Sequence

    import psycopg

    from gis.boundary_draft import Asked
    from gis.boundary_files import Layer
    from gis.candidates import Candidate, Finding
    from grids.language import Words


def check(
    what: Annotated[
        list[str],
        typer.Argument(metavar="FILE…|EDITION", help="One file, or one for each level; or the name of an edition."),
    ],
    against: Annotated[
        str | None, typer.Option(help="Name of the edition to compare with; else the one in force, or the one before.")
    ] = None,
    every: Annotated[bool, typer.Option("--all", help="Every finding, not the 500 largest of a kind.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
    out: Annotated[Path | None, typer.Option(help="Write a GeoPackage for QGIS: findings.gpkg.")] = None,
    code_field: Field = None,
    name_field: Field = None,
    level_field: Field = None,
    parent_field: Field = None,
    households_field: Field = None,
    overlay_field: Field = None,
    level: Level = None,
    levels: Levels = None,
    datum: OfDatum = None,
    encoding: Encoding = None,
    layer: OfLayer = None,
    within: Within = None,
    lang: Annotated[str | None, typer.Option(help="zh or en; follows LANG.")] = None,
) -> None:
    """Check boundary files or an edition: outlines, codes, datum, neighbours, levels. Ends with 1 if there are errors.

    What is found of an edition is kept with it and decides whether it may be activated; of a file nothing is kept.

    Example: gridwarden boundaries check data/boundaries/wubaihu/areas-2027.geojson --out findings.gpkg
    """
    from api.languages import words_at_terminal
    from gis.boundary_checks import MOST_OF_A_KIND
    from gis.boundary_draft import Asked
    from gis.boundary_fields import Columns, items_said
    from gis.boundary_files import read_layer

    most = None if every else MOST_OF_A_KIND
    words = words_at_terminal(lang)
    _refuse_other_endings(out)
    with as_owner() as connection:
        if len(what) > 1 or Path(what[0]).is_file():
            columns = Columns(code_field, name_field, level_field, parent_field, households_field, overlay_field)
            asked = Asked(columns, items_said(levels), tuple(level or ()), datum, within)
            layers = [read_layer(Path(file), layer, encoding) for file in what]
            found, areas = _of_files(connection, layers, asked, against, most)
        else:
            found, areas = _of_edition(connection, what[0], against, most)
    if out is not None:
        from maps.finding_layers import write_findings

        write_findings(out, found, areas)
    _print(found, words, as_json=as_json)
    if out is not None:
        typer.echo(str(out), err=True)
    if any(one.severity == "error" for one in found):
        raise typer.Exit(1)


def _refuse_other_endings(out: Path | None) -> None:
    if out is not None and out.suffix.lower() != ".gpkg":
        raise typer.BadParameter("--out writes a GeoPackage: give it a name that ends in .gpkg.")


def _of_files(
    connection: psycopg.Connection[Any], layers: Sequence[Layer], asked: Asked, against: str | None, most: int | None
) -> tuple[list[Finding], Candidate]:
    from datetime import UTC, datetime

    from gis.boundary_checks import check
    from gis.boundary_draft import draft_of
    from gis.edition_areas import areas_of_edition
    from grids.activation import number_of
    from grids.boundary_import import in_force, placed

    there = in_force(connection, datetime.now(UTC))
    draft = placed(draft_of(layers, asked), asked.within, there)
    before = there[1].candidate if there else None
    if against is not None:
        before = areas_of_edition(connection, number_of(connection, against))
    return check(draft.candidate, before, most=most), draft.candidate


def _of_edition(
    connection: psycopg.Connection[Any], name: str, against: str | None, most: int | None
) -> tuple[list[Finding], Candidate]:
    from datetime import UTC, datetime

    from gis.edition_areas import areas_of_edition
    from grids.activation import number_of
    from grids.findings import check_edition

    number = number_of(connection, name)
    other = None if against is None else number_of(connection, against)
    found = check_edition(connection, number, datetime.now(UTC), against=other, most=most)
    return found, areas_of_edition(connection, number)


def _print(found: Sequence[Finding], words: Words, *, as_json: bool) -> None:
    if as_json:
        from api.routes.finding_documents import FindingDocument

        documents = [FindingDocument.numbered(n, one, words).model_dump() for n, one in enumerate(found, 1)]
        typer.echo(json.dumps(documents, ensure_ascii=False, indent=1))
        return
    from rich.console import Console
    from rich.table import Table

    from gis.candidates import counts
    from grids.finding_words import advice, kind_name, place, sentence

    table = Table(words("checks-how-bad"), words("checks-kind"))
    # Chinese has no spaces to break at: fold, or the end of a sentence would be cut off.
    table.add_column(words("checks-what"), overflow="fold")
    table.add_column(words("checks-where"))
    for one in found:
        where = place(one)
        table.add_row(
            words(f"severity-{one.severity}"),
            kind_name(one.kind, words),
            f"{sentence(one, words)}\n{advice(one, words)}",
            "" if where is None else f"{where[0]:.5f}, {where[1]:.5f}",
        )
    if found:
        Console().print(table)
    typer.echo(words("checks-counts", **counts(found)))
