"""The command ``gridwarden``.

Owns the list of commands and how an error reaches a terminal.  What a command does stands in the
modules beside this one; each is imported when it is asked for, so that ``--help`` stays quick.
"""

import sys
from importlib import import_module
from typing import Any

import typer
from typer.core import TyperCommand, TyperGroup

from gis.errors import GridwardenError

# name: (module of api.cli, its Typer app or its function, first line of its help)
COMMANDS = {
    "demo": ("demo", "app", "The sample city: build it, add reports, print pins to try."),
    "serve": ("serve", "serve", "Serve the pages and the API until Ctrl-C."),
    "locate": ("locate", "locate", "Say which grid a point lies in and who answers for it."),
    "who": ("who", "who", "Say who answers for an area on a day."),
    "sites": ("sites", "app", "Sites: nurseries, schools, fuel stores, roads, ditches, out of files."),
    "postings": ("postings", "app", "Who is posted where: read a file, list, name the grids without a head."),
    "reports": ("reports", "app", "Lists of reports from other systems: take them in."),
    "why": ("why", "why", "Say why a report went where it went."),
    "log-ins": ("log_ins", "app", "Log-ins of staff: give one by a link, take it away, end sessions."),
    "snapshot": ("snapshot", "snapshot", "Write a map of a layer into one file that can be handed to anybody."),
    "export": ("export", "app", "Figures and hotspots as GeoPackage, GeoParquet, CSV or Excel."),
    "worker": ("worker", "app", "Send letters and call programs; what could not be delivered."),
    "webhooks": ("webhooks", "app", "Programs that are called when a case changes: add, list, end."),
    "places": ("places", "app", "Places where reports keep coming back, their rules, and common causes."),
    "replay": ("replay", "replay", "Say what happened at a spot, day by day, and when today's rules would have rung."),
    "keys": ("keys", "app", "Keys of programs that send reports: add, list, revoke."),
    "calendar": ("calendar", "app", "Working days and office hours, by which deadlines run: load, override, show."),
    "categories": ("categories", "app", "Categories: what can be reported, how urgent it is, by when it is solved."),
    "photos": ("photos", "app", "The files of photos: compare them with the database."),
    "dispatch": ("dispatch", "app", "Where a report would go and why, and the rules that say so."),
    "boundaries": ("boundaries", "app", "Boundary editions: import, check, compare, activate, roll back."),
    "audit": ("audit", "app", "Whether the record is what was written; the anchors to keep elsewhere."),
    "workflow": ("workflow", "workflow", "Draw the steps of a case as an SVG state diagram"),
    "db": ("db", "app", "Start, stop and look into the database."),
}


class LateGroup(TyperGroup):
    """Commands that are listed by their first line, and imported when one is called."""

    def list_commands(self, _ctx: Any) -> list[str]:
        """Answer the names, in the order of `COMMANDS`."""
        return list(COMMANDS)

    def get_command(self, _ctx: Any, cmd_name: str) -> Any:
        """Answer a stand-in that knows its help alone: this is what ``--help`` asks for."""
        if cmd_name not in COMMANDS:
            return None
        return TyperCommand(cmd_name, help=COMMANDS[cmd_name][2])

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """Answer the command itself: this is what a call asks for."""
        name, stand_in, rest = super().resolve_command(ctx, args)
        return name, stand_in and load(str(name)), rest


def load(name: str) -> Any:
    """Import one command and answer it as the command line calls it."""
    module, attribute, _ = COMMANDS[name]
    found = getattr(import_module(f"api.cli.{module}"), attribute)
    if not isinstance(found, typer.Typer):
        alone = typer.Typer(add_completion=False)
        alone.command(name)(found)
        found = alone
    return typer.main.get_command(found)


app = typer.Typer(
    cls=LateGroup,
    help="Gridwarden: a pin finds its grid head, and a case is worked until it is really solved.",
    no_args_is_help=True,
    rich_markup_mode="rich",
    # A traceback with local variables would print passwords and what residents wrote.
    pretty_exceptions_show_locals=False,
)


@app.callback()
def _gridwarden() -> None:
    pass


def main() -> None:
    """Run the command line; an error that a person can act on is one screen of text and exit code 1."""
    try:
        app()
    except GridwardenError as error:
        typer.echo(f"gridwarden: {error}", err=True)
        typer.echo(f"({error.code})", err=True)
        sys.exit(1)
