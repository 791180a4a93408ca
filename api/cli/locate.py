"""``gridwarden locate``: the answer of the API for one point, without the server."""

import asyncio
import os
from datetime import UTC, datetime
from typing import Annotated

import typer
from rich.console import Console

from api.instants import parse_instant
from api.languages import words_for
from api.routes.schemas import Located
from gis.database import service_engine
from gis.datums import Datum
from gis.position import Position
from gis.settings import DatabaseSettings
from gis.store import Store, open_store
from grids.access import actor, may_see_names
from grids.language import Language
from grids.locate import locate as locate_position


def locate(
    lon: Annotated[float, typer.Argument(help="Longitude in degrees.")],
    lat: Annotated[float, typer.Argument(help="Latitude in degrees.")],
    datum: Annotated[Datum, typer.Option(help="What the numbers mean; there is no default.")],
    accuracy_m: Annotated[float | None, typer.Option(help="Radius that the true position lies in, metres.")] = None,
    at: Annotated[
        str | None, typer.Option(help="An instant with its zone, 2019-11-30T12:00+08:00; now if absent.")
    ] = None,
    lang: Annotated[str | None, typer.Option(help="zh or en; follows LANG.")] = None,
) -> None:
    """Say which grid a point lies in and who answers for it, as JSON: the very answer of GET /api/locate.

    As to the public, names are shown where the posting allows it.

    Example: gridwarden locate 117.05 39.72 --datum wgs84
    """
    position = Position(lon, lat, datum, accuracy_m)
    now = datetime.now(UTC)
    when = parse_instant(at) if at else now
    spoken: Language = "en" if (lang or os.environ.get("LANG", "zh")).startswith(("en", "C", "POSIX")) else "zh"
    with open_store(DatabaseSettings()) as store:
        document = asyncio.run(_ask(store, position, when, now, spoken))
    typer.echo(document.model_dump_json(indent=2))
    Console(stderr=True).print(document.explanation)


async def _ask(store: Store, position: Position, at: datetime, now: datetime, lang: Language) -> Located:
    engine = service_engine(store.asyncpg_kwargs("web"), size=1)
    try:
        async with engine.connect() as connection:
            # As the public: nobody is logged in, and today decides whose names are shown.
            await actor(connection, None, now)
            answer = await locate_position(connection, position, at, names=may_see_names(None, at, now))
            return Located.of(answer, words_for(lang))
    finally:
        await engine.dispose()
