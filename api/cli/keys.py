"""``gridwarden keys``: keys of programs that send reports.

Owns the words on the terminal; ``grids.keys`` makes and ends the keys.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

import typer

from api.cli.opened import as_owner

app = typer.Typer(help="Keys of programs that send reports: add, list, revoke.", no_args_is_help=True)

_DEFAULT_CHANNELS = "hotline,wechat"


@app.command()
def add(
    name: Annotated[str, typer.Argument(help="For the list: small letters, digits and ._-")],
    per_minute: Annotated[int, typer.Option(min=1, help="Reports in any minute.")] = 600,
    channels: Annotated[
        str,
        typer.Option(help="Channels that it may name: app, wechat, hotline, village_box, talking_point, letterbox."),
    ] = _DEFAULT_CHANNELS,
    until: Annotated[datetime | None, typer.Option(help="Until when it is valid (UTC); for good if not given.")] = None,
) -> None:
    """Make a key and print it once; only its digest is kept.

    The program sends it as `Authorization: Bearer KEY` with each report.

    Example: gridwarden keys add hotline --per-minute 600 --channels hotline
    """
    from grids.keys import add_key

    named = [channel.strip() for channel in channels.split(",") if channel.strip()]
    with as_owner() as connection:
        ends = until.replace(tzinfo=UTC) if until else None
        key = add_key(connection, name, per_minute, named, datetime.now(UTC), ends)
    typer.echo(f"Key of {name}; it is not shown again:", err=True)
    typer.echo(key)


@app.command(name="list")
def list_() -> None:
    """Show all keys with their quotas, channels and validity; never the keys themselves.

    Example: gridwarden keys list
    """
    from rich.console import Console
    from rich.table import Table

    from grids.keys import list_keys

    table = Table("name", "a minute", "channels", "from", "until")
    with as_owner() as connection:
        for key in list_keys(connection):
            since, until = (f"{at:%Y-%m-%d %H:%M}Z" if at else "-" for at in (key.since, key.until))
            table.add_row(key.name, str(key.per_minute), ", ".join(key.channels), since, until)
    Console().print(table)


@app.command()
def revoke(name: Annotated[str, typer.Argument(help="Of the key, as `gridwarden keys list` shows it.")]) -> None:
    """End a key; services that run notice within five seconds.

    Example: gridwarden keys revoke hotline
    """
    from grids.keys import revoke_key

    with as_owner() as connection:
        revoke_key(connection, name, datetime.now(UTC))
    typer.echo(f"The key of {name} has ended.")
