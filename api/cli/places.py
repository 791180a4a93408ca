"""``gridwarden places``: where reports of one family keep coming back.

Owns the words on the terminal; ``grids.place_keeping`` settles.
"""

from __future__ import annotations

import typer

from api.cli.opened import as_owner

app = typer.Typer(help="Places where reports keep coming back: settle all of them anew.", no_args_is_help=True)


@app.callback()
def _places() -> None:
    pass


@app.command()
def replay() -> None:
    """Give every report with a pin its place anew, in the order in which they came, as if none had one.

    The worker does it report by report; this comes to the same, and says so: nothing changes, unless a radius, a road
    or a ditch was entered for days that have passed.

    Example: gridwarden places replay
    """
    from grids.place_keeping import replay as settle_anew

    with as_owner(autocommit=True) as connection:
        done = settle_anew(connection)
    typer.echo(f"{done.reports} reports make {done.places} places. {done.changed} belong elsewhere than before.")
