"""``gridwarden export``: figures and hotspots as files to work on, without the server.

Owns the options, and what is refused before anything is counted.  ``maps.export`` says what stands in the file.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from api.cli.outs import check_new
from api.cli.reading import reading
from grids.language import Language, Words
from maps.questions import Layer, Per, Period, Question

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncConnection

    from gis.store import Store
    from grids.access import Actor
    from maps.export import Export

    Table = Callable[[AsyncConnection, Actor | None, datetime], Awaitable[Export]]

app = typer.Typer(
    help="Figures and hotspots as GeoPackage, GeoParquet, CSV or Excel.",
    no_args_is_help=True,
)
_DAY: Final[dict[str, Any]] = {"formats": ["%Y-%m-%d"], "metavar": "DAY"}

_Layer = Annotated[Layer, typer.Option(help="What is counted.")]
_Out = Annotated[Path, typer.Option(help="The file: .gpkg and .parquet with outlines, .csv and .xlsx with points.")]
_Family = Annotated[str | None, typer.Option(help="Only this family of categories.")]
_Channel = Annotated[str | None, typer.Option(help="Only what came through this channel.")]
_Since = Annotated[datetime | None, typer.Option("--from", help="The first day.", **_DAY)]
_Until = Annotated[datetime | None, typer.Option("--until", "--to", help="The first day after the period.", **_DAY)]
_Lang = Annotated[Language, typer.Option(help="The language of headings and sentences.")]
_LogIn = Annotated[
    str | None, typer.Option("--as", metavar="LOGIN", help="With this member of staff's rights; marked as internal.")
]
_Force = Annotated[bool, typer.Option("--force", help="Overwrite the file if it is there.")]


@app.command()
def layer(
    layer: _Layer,
    level: Annotated[str, typer.Option(help="By which areas: county, township, village, grid; or cell-5 … cell-9.")],
    out: _Out,
    family: _Family = None,
    channel: _Channel = None,
    since: _Since = None,
    until: _Until = None,
    vs_since: Annotated[
        datetime | None, typer.Option("--vs-from", help="Compared with: the first day.", **_DAY)
    ] = None,
    vs_until: Annotated[
        datetime | None, typer.Option("--vs-until", "--vs-to", help="And the first day after it.", **_DAY)
    ] = None,
    lang: _Lang = "zh",
    login: _LogIn = None,
    force: _Force = False,
) -> None:
    """Write the figures of a layer, a row for each area or cell: bare, per 1,000 households and per km².

    It holds what the public may see: small numbers are not told, private categories are left out. With --as it holds
    what that member of staff may see, and says so in each row. A number that is not told is empty, never 0.

    Example: gridwarden export layer --layer unsolved --level township --out unsolved.gpkg
    """
    against = _period(vs_since, vs_until) if vs_since or vs_until else None
    question = Question(layer, level, Per.COUNT, family, channel, _period(since, until), against)

    async def table(connection: AsyncConnection, who: Actor | None, at: datetime) -> Export:
        from maps.export import WITH_SHAPES
        from maps.export_tables import table_of_figures
        from maps.layers import figures

        told = await figures(connection, question, who, at)
        return await table_of_figures(connection, told, who, _words(lang), shapes=out.suffix in WITH_SHAPES)

    _export(table, out, login, force=force)


@app.command()
def hotspots(
    layer: _Layer,
    out: _Out,
    per: Annotated[Per, typer.Option(help="Hotspots of counts, or with households of rates.")] = Per.COUNT,
    family: _Family = None,
    channel: _Channel = None,
    since: _Since = None,
    until: _Until = None,
    lang: _Lang = "zh",
    login: _LogIn = None,
    force: _Force = False,
) -> None:
    """Write the cells where more, or less, of a layer lies together than chance would do: z, p, q, bin, and a sentence.

    The size of the cells is the finest at which chance can be judged. The public is told sums to the nearest five and
    no single cell's number; with --as it is what that member of staff may see.

    Example: gridwarden export hotspots --layer received --as planner --out hotspots.parquet
    """
    from maps.questions import NotByCellError

    if layer is Layer.VACANCIES:
        raise NotByCellError("Vacancies are counted by area, not by cell: they have no hotspots.")
    question = Question(layer, "cell-7", per, family, channel, _period(since, until))

    async def table(connection: AsyncConnection, who: Actor | None, at: datetime) -> Export:
        from maps.export import WITH_SHAPES
        from maps.export_tables import table_of_hotspots
        from maps.hotspots import hotspot_layer

        found = await hotspot_layer(connection, question, who, at)
        return await table_of_hotspots(connection, found, who, _words(lang), shapes=out.suffix in WITH_SHAPES)

    _export(table, out, login, force=force)


def _export(table: Table, out: Path, login: str | None, *, force: bool) -> None:
    from api.cli.opened import opened
    from maps.export import ENDINGS, write

    check_new(out, ENDINGS, force=force)
    with opened() as store:
        made = asyncio.run(_asked(store, table, login))
    write(made, out)
    typer.echo(f"{out}: {made.table.num_rows:,} rows", err=True)
    said = dict(made.about)
    for key in ("verdict", "told"):
        if key in said:
            typer.echo(said[key], err=True)


async def _asked(store: Store, table: Table, login: str | None) -> Export:
    at = datetime.now(UTC)
    async with reading(store, login, at) as (connection, who):
        return await table(connection, who, at)


def _words(lang: Language) -> Words:
    return Words(lang, ("grids", "maps"))


def _period(since: datetime | None, until: datetime | None) -> Period:
    return Period(since and since.date(), until and until.date())
