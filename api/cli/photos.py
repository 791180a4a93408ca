"""``gridwarden photos``: the files of photos.

Owns the words on the terminal; ``grids.photo_check`` compares rows and files.
"""

import typer

app = typer.Typer(help="The files of photos: compare them with the database.", no_args_is_help=True)


@app.callback()
def _photos() -> None:
    pass


@app.command()
def check() -> None:
    """Compare the photos in the database with their files; ends with 1 where a file is missing.

    A file that no photo tells of, or that is half written, is harmless: it comes of a crash in the middle of an upload,
    of an upload under way, or of a blurred version that another one replaced.  A missing file comes back with the
    backup of the same day.

    Example: gridwarden photos check
    """
    import psycopg

    from api.settings import PhotoSettings
    from gis.migrate import upgrade
    from gis.settings import DatabaseSettings
    from gis.store import open_store
    from grids.photo_check import compare
    from grids.photo_files import PhotoFiles

    settings = DatabaseSettings()
    address = PhotoSettings().address(settings.data)
    with open_store(settings) as store:
        upgrade(store.dsn("migrate"))
        with psycopg.connect(store.dsn("migrate")) as connection:
            found = compare(connection, PhotoFiles(address))
    for name in found.unfinished:
        typer.echo(f"half written: {name}")
    for digest in found.orphans:
        typer.echo(f"no photo tells of {digest.hex()}.jpg")
    for number, digest in found.missing:
        typer.echo(f"photo {number} misses its file {digest.hex()}.jpg")
    typer.echo(f"{address}: {found.files} files, {len(found.orphans)} without a photo, {len(found.missing)} missing")
    if found.missing:
        raise typer.Exit(1)
