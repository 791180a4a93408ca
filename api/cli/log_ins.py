"""``gridwarden log-ins``: give somebody a log-in by a link that is shown once, take it away, end sessions.

Owns the words on the terminal; ``grids.log_ins`` does it.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Any

import typer

from api.cli.opened import as_owner

if TYPE_CHECKING:
    import psycopg

app = typer.Typer(help="Log-ins of staff: give one by a link, take it away, end sessions.", no_args_is_help=True)


@app.command()
def give(
    staff_number: Annotated[str, typer.Argument(help="Of the person, as lists of postings name it.")],
    login: Annotated[str, typer.Argument(help="Small letters, digits and . _ @ -")],
) -> None:
    """Offer a log-in, or a new password, and print the link once; whoever opens it chooses the password.

    It is good for a week. The first administrator gets his like this, after `gridwarden postings import`.

    Example: gridwarden log-ins give A1024 wang
    """
    from api.links import password_link
    from api.settings import ServiceSettings
    from grids.log_ins import offer_on_server

    with as_owner() as connection:
        key = offer_on_server(connection, _person(connection, "staff_number", staff_number), login, datetime.now(UTC))
    settings = ServiceSettings()
    typer.echo(f"Link for {login}; it is not shown again:", err=True)
    typer.echo(password_link(settings.public_url or f"http://127.0.0.1:{settings.port}", key))


@app.command()
def take(login: Annotated[str, typer.Argument(help="Of the person.")]) -> None:
    """Take a log-in away, with all sessions and a link that is still out.

    Example: gridwarden log-ins take wang
    """
    _shut_out(login, take=True)
    typer.echo(f"{login} can log in no more.")


@app.command(name="end-sessions")
def end_sessions(login: Annotated[str, typer.Argument(help="Of the person.")]) -> None:
    """Log somebody out everywhere; the log-in stays.

    Example: gridwarden log-ins end-sessions wang
    """
    _shut_out(login, take=False)
    typer.echo(f"All sessions of {login} have ended.")


def _shut_out(login: str, *, take: bool) -> None:
    from grids.log_ins import shut_out_on_server

    with as_owner() as connection:
        shut_out_on_server(connection, _person(connection, "login", login.lower()), take=take, now=datetime.now(UTC))


def _person(connection: psycopg.Connection[Any], by: str, value: str) -> int:
    from grids.log_ins import person_by

    return person_by(connection, by, value)
