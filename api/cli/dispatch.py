"""``gridwarden dispatch``: where a report would go and why, and the rules that say so.

Owns the words on the terminal; ``grids.dispatch`` asks the database.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

import typer

from api.cli.reading import answered
from gis.datums import Datum

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncConnection

    from grids.language import Words

app = typer.Typer(help="Where a report would go and why, and the rules that say so.", no_args_is_help=True)

_Lang = Annotated[str | None, typer.Option(help="zh or en; follows LANG.")]


@app.command(name="try")
def try_(
    lon: Annotated[float, typer.Argument(help="Longitude in degrees.")],
    lat: Annotated[float, typer.Argument(help="Latitude in degrees.")],
    datum: Annotated[Datum, typer.Option(help="What the numbers mean; there is no default.")],
    category: Annotated[str, typer.Option(help="Code of the category.")],
    channel: Annotated[
        str, typer.Option(help="app, wechat, hotline, village_box, talking_point, patrol, letterbox or visit.")
    ] = "app",
    accuracy_m: Annotated[float | None, typer.Option(help="Radius that the true position lies in, metres.")] = None,
    hazard: Annotated[bool, typer.Option("--hazard", help="Its surroundings make it a hazard.")] = False,
    at: Annotated[
        str | None, typer.Option(help="An instant with its zone, 2026-03-02T12:00+08:00; now if absent.")
    ] = None,
    lang: _Lang = None,
) -> None:
    """Say where a report would go at an instant, and why not elsewhere. Stores nothing.

    Example: gridwarden dispatch try 117.05 39.72 --datum wgs84 --category dumping
    """
    from api.instants import parse_instant
    from api.languages import words_at_terminal
    from gis.position import Position
    from grids import dispatch_words
    from grids.dispatch import try_out

    position = Position(lon, lat, datum, accuracy_m)
    when = parse_instant(at) if at else datetime.now(UTC)
    words = words_at_terminal(lang)

    async def ask(connection: AsyncConnection) -> list[str]:
        raw = (await connection.get_raw_connection()).driver_connection
        if raw is None:
            raise RuntimeError("the connection has no driver")
        tried = await try_out(raw, position, category, channel, when, hazard=hazard)
        names = await _names(connection, when, words)
        looked = (f"  {one.rule_id}  {one.note}: {dispatch_words.reason(one, words, names)}" for one in tried.looked_at)
        return [
            dispatch_words.verdict(tried, words, names),
            *dispatch_words.fallbacks(tried, words),
            *looked,
        ]

    for line in answered(ask, None, datetime.now(UTC)):
        typer.echo(line)


@app.command()
def rules(lang: _Lang = None) -> None:
    """Show the rules in force and those to come, in the order in which they are looked at.

    Example: gridwarden dispatch rules
    """
    from api.languages import words_at_terminal
    from grids import dispatch, dispatch_words

    now = datetime.now(UTC)
    words = words_at_terminal(lang)

    async def ask(connection: AsyncConnection) -> list[str]:
        names = await _names(connection, now, words)
        return [
            "\t".join(
                (
                    str(rule.rank),
                    str(rule.id),
                    rule.note,
                    words("list-separator").join(dispatch_words.conditions(rule.when, words, names)),
                    dispatch_words.points_to(rule, words),
                    f"{rule.since:%Y-%m-%d %H:%M}Z",
                )
            )
            for rule in await dispatch.rules(connection, now)
        ]

    for line in answered(ask, None, now):
        typer.echo(line)


async def _names(connection: AsyncConnection, at: datetime, words: Words) -> dict[tuple[str, str], str]:
    from sqlalchemy import select

    from gis.tables import boundaries
    from grids.areas import edition_at
    from grids.categories import categories

    kinds = await categories(connection, at)
    edition = await edition_at(connection, at)
    b = boundaries.c
    areas = await connection.execute(select(b.code, b.name).where(b.edition_id == (edition.id if edition else None)))
    return {
        **{("category", kind.code): kind.name(words.lang) for kind in kinds},
        **{("area", code): name for code, name in areas},
    }
