"""``gridwarden locate``: who answers for one point, or for every point of a file.

Owns the options and which of them go together; ``api.cli.locate_file`` does files, ``grids.locate`` one point.
"""

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from sqlalchemy.ext.asyncio import AsyncConnection

from api.cli.locate_file import FromFile, locate_points
from api.cli.reading import answered
from api.instants import parse_instant
from api.languages import words_at_terminal
from api.routes.schemas import Located
from gis.datums import Datum
from gis.position import Position, UnknownDatumError
from grids.access import may_see_names
from grids.locate import locate as locate_position

_FILES = "Files of points"


def locate(
    place: Annotated[str, typer.Argument(metavar="LON | FILE", help="Longitude in degrees, or a file of points.")],
    lat: Annotated[float | None, typer.Argument(metavar="[LAT]", help="Latitude in degrees.")] = None,
    datum: Annotated[Datum | None, typer.Option(help="What the numbers mean; there is no default.")] = None,
    accuracy_m: Annotated[float | None, typer.Option(help="Radius that the true position lies in, metres.")] = None,
    at: Annotated[
        str | None, typer.Option(help="An instant with its zone, 2019-11-30T12:00+08:00; now if absent.")
    ] = None,
    lang: Annotated[str | None, typer.Option(help="zh or en; follows LANG.")] = None,
    out: Annotated[
        Path | None, typer.Option(help="Where the answers go: .csv, .parquet or .gpkg.", rich_help_panel=_FILES)
    ] = None,
    lon_field: Annotated[str | None, typer.Option(help="The column of longitudes.", rich_help_panel=_FILES)] = None,
    lat_field: Annotated[str | None, typer.Option(help="The column of latitudes.", rich_help_panel=_FILES)] = None,
    boundaries: Annotated[
        Path | None, typer.Option(help="Areas from this file, without a database.", rich_help_panel=_FILES)
    ] = None,
    code_field: Annotated[str | None, typer.Option(help="Its column of codes.", rich_help_panel=_FILES)] = None,
    level_field: Annotated[str | None, typer.Option(help="Its column of levels.", rich_help_panel=_FILES)] = None,
    levels: Annotated[
        str | None, typer.Option(help="Those levels, the topmost first: city,village,grid.", rich_help_panel=_FILES)
    ] = None,
    overlay_field: Annotated[
        str | None, typer.Option(help="Its column that marks overlays, 0 or 1.", rich_help_panel=_FILES)
    ] = None,
    boundaries_datum: Annotated[
        Datum | None, typer.Option(help="Of its outlines; else its CRS says so.", rich_help_panel=_FILES)
    ] = None,
    tolerance_m: Annotated[
        list[str] | None,
        typer.Option(
            metavar="[LEVEL=]METRES",
            help="How far off is near, of a level or of the lowest; else 25 there and 0, never, above.",
            rich_help_panel=_FILES,
        ),
    ] = None,
) -> None:
    """Say which grid a point lies in and who answers for it, as JSON: the very answer of GET /api/locate.

    As to the public, names are shown where the posting allows it. For a file, write it again with columns outcome,
    code, distance_m and reason beside its own: which area answers for each row, as the service matches it.

    Example: gridwarden locate 117.05 39.72 --datum wgs84

    Example: gridwarden locate calls.csv --datum gcj02 --out matched.csv
    """
    if datum is None:
        raise UnknownDatumError(
            f"Name the datum of the numbers by --datum, one of {', '.join(Datum)}: positions of WeChat and AMap read as"
            " WGS84 lie some 500 m away. If you do not know it, ask whoever gave them."
        )
    tolerances = tuple(tolerance_m) if tolerance_m else None
    areas = FromFile(boundaries, code_field, level_field, levels, overlay_field, boundaries_datum, tolerances)
    when = parse_instant(at) if at else None
    if lat is None:
        if accuracy_m is not None or lang is not None:
            raise typer.BadParameter("A file takes neither --accuracy-m nor --lang; they are for one point.")
        locate_points(_existing(place), _named(out), datum, (lon_field, lat_field), areas, when)
        return
    if out or lon_field or lat_field or areas.any_given():
        raise typer.BadParameter("One point takes none of the options for files.")
    try:
        position = Position(float(place), lat, datum, accuracy_m)
    except ValueError:
        raise typer.BadParameter(f"{place!r} is no longitude.") from None
    _locate_one(position, when, lang)


def _existing(place: str) -> Path:
    path = Path(place)
    if not path.is_file():
        raise typer.BadParameter(f"{place!r} is no file; a single point needs its latitude, too.")
    return path


def _named(out: Path | None) -> Path:
    if out is None:
        raise typer.BadParameter("Say where the answers go by --out FILE (.csv, .parquet or .gpkg).")
    return out


def _locate_one(position: Position, when: datetime | None, lang: str | None) -> None:
    now = datetime.now(UTC)
    at = when or now

    async def ask(connection: AsyncConnection) -> Located:
        # As the public: nobody is logged in, and today decides whose names are shown.
        answer = await locate_position(connection, position, at, names=may_see_names(None, at, now))
        return Located.of(answer, words_at_terminal(lang), asks=True)

    document = answered(ask, None, now)
    typer.echo(document.model_dump_json(indent=2))
    Console(stderr=True).print(document.explanation)
