"""``gridwarden sites``: named points, lines and areas (地物) out of files.

Owns the words on the terminal; ``grids.site_import`` writes.
"""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from api.cli.opened import as_owner
from gis.datums import Datum

app = typer.Typer(help="Sites: nurseries, schools, fuel stores, roads, ditches, out of files.", no_args_is_help=True)

_FIELDS = "Columns; guessed by their usual names where nothing is said"
Field = Annotated[str | None, typer.Option(rich_help_panel=_FIELDS)]


@app.callback()
def _sites() -> None:
    pass


@app.command(name="import")
def import_(
    file: Annotated[Path, typer.Argument(help="GeoPackage, zipped shapefile, GeoJSON, GeoParquet, KML.")],
    kind: Annotated[str | None, typer.Option(help="All are of this kind: nursery, school, fuel_store, road …")] = None,
    source: Annotated[str | None, typer.Option(help="The list they come from; else the name of the file.")] = None,
    start: Annotated[
        datetime | None, typer.Option("--from", formats=["%Y-%m-%d"], help="From this day on; today if absent.")
    ] = None,
    replace_kind: Annotated[
        bool, typer.Option("--replace-kind", help="Sites of this source and these kinds that are not in it end.")
    ] = False,
    code_field: Field = None,
    name_field: Field = None,
    kind_field: Field = None,
    since_field: Field = None,
    until_field: Field = None,
    last_day_field: Field = None,
    datum: Annotated[Datum | None, typer.Option(help="Of the positions; else the CRS of the file says it.")] = None,
    encoding: Annotated[str | None, typer.Option(help="Of the text; else UTF-8 is tried, then GB18030.")] = None,
    layer: Annotated[str | None, typer.Option(help="Which, where a file has several.")] = None,
    commit: Annotated[bool, typer.Option("--commit", help="Write it. Without, nothing is changed.")] = False,
) -> None:
    """Read sites and say what is new, changed or gone; with --commit write it. Nothing vanishes: what ends has a day.

    Example: gridwarden sites import data/boundaries/wubaihu/sites.geojson --source wubaihu
    """
    from gis.boundary_files import read_layer
    from gis.boundary_refusals import BoundaryFileError
    from gis.site_rows import SiteColumns, site_rows
    from grids.editions import SHANGHAI
    from grids.site_import import import_sites

    read = read_layer(file, layer, encoding, any_shape=True)
    asked = SiteColumns(code_field, name_field, kind_field, since_field, until_field, last_day_field, kind)
    rows, taken = site_rows(read, asked, datum)
    typer.echo(f"{read.file}: {read.format}, {read.encoding}, {read.crs or 'no CRS'}, {len(rows):,} sites")
    typer.echo("  " + ", ".join(f"{meaning} from {column}" for meaning, column in taken.items()))
    begins = start.date() if start else datetime.now(UTC).astimezone(SHANGHAI).date()
    with as_owner() as connection:
        try:
            told = import_sites(connection, rows, source or file.stem, begins, replace_kind=replace_kind)
        except BoundaryFileError as refused:
            raise refused.of(read.file) from None
        typer.echo(f"{told.new:,} new, {told.changed:,} changed, {told.same:,} the same, {told.gone:,} gone")
        if not commit or told.nothing():
            connection.rollback()
    if told.nothing():
        typer.echo("All of it is known already; nothing to do.")
    else:
        typer.echo(f"Written, from {begins} on." if commit else "Nothing was changed; --commit writes it.")
