"""``gridwarden worker``: run one, and look after what could not be delivered.

Owns the words on the terminal; ``api.worker`` works, ``grids.deliveries`` keeps the list.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Literal

import typer

from api.cli.opened import as_owner

app = typer.Typer(help="Send letters and call programs; what could not be delivered.")


@app.callback(invoke_without_command=True)
def run(context: typer.Context) -> None:
    """Work until Ctrl-C: read the outbox, send letters, call programs, do what is due at its time.

    `gridwarden serve` starts one beside it where the embedded database is used. Several may run at once.
    """
    if context.invoked_subcommand is None:
        from api.worker.running import run_worker

        run_worker()


@app.command()
def dead(
    state: Annotated[str, typer.Option(help="dead, waiting or sent.")] = "dead",
    limit: Annotated[int, typer.Option(min=1, help="Rows at most, the newest first.")] = 100,
) -> None:
    """List what could not be delivered, and why; no address and no words are shown.

    Example: gridwarden worker dead --state waiting
    """
    from rich.console import Console
    from rich.table import Table

    from grids.deliveries import list_deliveries

    table = Table("id", "kind", "to", "what", "case", "of", "tries", "why")
    with as_owner() as connection:
        for one in list_deliveries(connection, _state(state), limit):
            told = (one.id, one.kind, one.recipient, one.template, one.case_id, f"{one.made_at:%Y-%m-%d %H:%M}Z")
            table.add_row(*(str(value) for value in (*told, one.tries, one.last_error or "-")))
    Console().print(table)


def _state(given: str) -> Literal["waiting", "sent", "dead"]:
    from grids.deliveries import STATES

    for state in STATES:
        if given == state:
            return state
    raise typer.BadParameter(f"one of {', '.join(STATES)}")


@app.command()
def retry(
    number: Annotated[int | None, typer.Argument(help="As `gridwarden worker dead` shows it.")] = None,
    every: Annotated[bool, typer.Option("--all", help="All that are dead, but letters that are too old.")] = False,
) -> None:
    """Let a dead delivery, or all of them, be tried again from the beginning.

    Example: gridwarden worker retry 17
    """
    from grids.deliveries import revive

    if every == (number is not None):
        raise typer.BadParameter("give a number, or --all")
    with as_owner() as connection:
        count = revive(connection, number, datetime.now(UTC))
    typer.echo(f"{count} wait again; a running worker tries them within a minute.")


@app.command()
def address(
    login: Annotated[str, typer.Argument(help="Of the member of staff.")],
    email: Annotated[str, typer.Argument(help="Where letters go; - for nowhere.")],
    lang: Annotated[str, typer.Option(help="zh or en.")] = "zh",
) -> None:
    """Say where a member of staff is written to: new cases, deadlines, the weekly lists.

    Example: gridwarden worker address head head@example.org --lang zh
    """
    from grids.log_ins import UnknownPersonError

    with as_owner() as connection:
        done = connection.execute(
            "UPDATE people SET email = nullif(%(email)s, '-'), lang = %(lang)s WHERE login = lower(%(login)s)"
            " AND %(lang)s IN ('zh', 'en') AND (%(email)s = '-' OR mail_address(%(email)s) IS NOT NULL)",
            {"login": login, "email": email, "lang": lang},
        )
        if done.rowcount == 0:
            raise UnknownPersonError(
                f"Nobody has the log-in {login}, the language is not zh or en, or the address is none."
            )
    typer.echo(f"{login} is written to.")
