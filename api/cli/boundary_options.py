"""What a command may be told of a boundary file: ``boundaries import`` and ``boundaries check`` alike."""

from __future__ import annotations

from typing import Annotated, Final

import typer

from gis.datums import Datum

FIELDS: Final = "Columns of a file; guessed by their usual names where nothing is said"

Field = Annotated[str | None, typer.Option(rich_help_panel=FIELDS)]
Level = Annotated[
    list[str] | None,
    typer.Option(help="The level of a file whose areas are all of one; of several, the topmost first, once for each."),
]
Levels = Annotated[str | None, typer.Option(help="Levels of the level column, the topmost first: city,village,grid.")]
OfDatum = Annotated[Datum | None, typer.Option(help="Of a file's outlines; else the CRS of the file says it.")]
Encoding = Annotated[str | None, typer.Option(help="Of a file's text; else UTF-8 is tried, then GB18030.")]
OfLayer = Annotated[str | None, typer.Option(help="Which, where a file has several.")]
Within = Annotated[
    str | None, typer.Option(help="Code of an area: it and all below are redrawn, the rest stays as in force.")
]
