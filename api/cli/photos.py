"""``gridwarden photos``: the files of photos.

Owns the words on the terminal; ``grids.photo_check`` compares rows and files and removes what no row tells of.
"""

from datetime import UTC, datetime
from typing import Annotated

import typer

from api.cli.opened import opened

app = typer.Typer(help="The files of photos: compare them with the database.", no_args_is_help=True)


@app.callback()
def _photos() -> None:
    pass


@app.command()
def check(
    remove_orphans: Annotated[
        bool, typer.Option("--remove-orphans", help="Remove files older than a day that no photo tells of.")
    ] = False,
) -> None:
    """Compare the photos in the database with their files; ends with 1 where a file is missing.

    A file that no photo tells of, or that is half written, is harmless: it comes of a crash in the middle of an upload,
    of an upload under way, or of a blurred version that another one replaced.  A missing file comes back with the
    backup of the same day.

    With --remove-orphans files that no photo tells of, and half written ones, are removed if they are older than a day.
    Not before a restored database is the one that belongs to these files.

    Example: gridwarden photos check
    """
    import psycopg

    from api.settings import PhotoSettings
    from gis.settings import DatabaseSettings
    from grids import photo_check
    from grids.photo_files import PhotoFiles

    settings = DatabaseSettings()
    address = PhotoSettings().address(settings.data)
    with opened(settings) as store, psycopg.connect(store.dsn("migrate")) as connection:
        files = PhotoFiles(address)
        found = photo_check.compare(connection, files)
        removed = photo_check.remove_orphans(connection, files, found, datetime.now(UTC)) if remove_orphans else 0
    for name in found.unfinished:
        typer.echo(f"half written: {name}")
    for digest in found.orphans:
        typer.echo(f"no photo tells of {digest.hex()}.jpg")
    for number, digest in found.missing:
        typer.echo(f"photo {number} misses its file {digest.hex()}.jpg")
    typer.echo(f"{address}: {found.files} files, {len(found.orphans)} without a photo, {len(found.missing)} missing")
    if remove_orphans:
        typer.echo(f"{removed} removed; what is younger than a day stays")
    if found.missing:
        raise typer.Exit(1)
