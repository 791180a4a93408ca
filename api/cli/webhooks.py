"""``gridwarden webhooks``: programs that are called when a case changes.

Owns the words on the terminal; ``grids.subscriptions`` makes and ends them.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

import typer

from api.cli.opened import as_owner

app = typer.Typer(help="Programs that are called when a case changes: add, list, end.", no_args_is_help=True)


@app.command()
def add(
    url: Annotated[str, typer.Argument(help="Called by POST; https.")],
    area: Annotated[str, typer.Option(help="Code of an area: its cases, and those of all areas below.")],
    topic: Annotated[
        list[str] | None, typer.Option(help="report.received, case.<verb>, case.due_soon, case.overdue; all if none.")
    ] = None,
    by: Annotated[str | None, typer.Option(help="Log-in of the administrator who asks for it.")] = None,
) -> None:
    """Have a program called when cases change, and print the secret that signs the calls: once, now.

    Example: gridwarden webhooks add https://example.org/hook --area 131024101 --topic case.claim
    """
    from api.settings import ServiceSettings, WebhookSettings
    from grids.subscriptions import add_subscription
    from grids.webhooks import TOPICS

    secret = ServiceSettings().signing_secret()
    private = WebhookSettings().webhook_private == "allow"
    with as_owner() as connection:
        number, told = add_subscription(
            connection, url, area, topic or TOPICS, datetime.now(UTC), secret=secret, private=private, made_by=by
        )
    typer.echo(f"Subscription {number}. Its secret, shown this once (Standard Webhooks):\n{told}")


@app.command(name="list")
def list_all() -> None:
    """List all subscriptions with area, address and topics, also those that have ended; never a secret.

    Example: gridwarden webhooks list
    """
    from rich.console import Console
    from rich.table import Table

    from grids.subscriptions import list_subscriptions

    table = Table("id", "area", "address", "topics", "since", "until")
    with as_owner() as connection:
        for one in list_subscriptions(connection):
            since, until = (f"{at:%Y-%m-%d %H:%M}Z" if at else "-" for at in (one.made_at, one.ended_at))
            table.add_row(str(one.id), one.area_code, one.url, ", ".join(one.topics), since, until)
    Console().print(table)


@app.command()
def end(number: Annotated[int, typer.Argument(help="As `gridwarden webhooks list` shows it.")]) -> None:
    """End a subscription; what still waits for it is not sent any more.

    Example: gridwarden webhooks end 3
    """
    from grids.subscriptions import end_subscription

    with as_owner() as connection:
        end_subscription(connection, number, datetime.now(UTC))
    typer.echo(f"Subscription {number} has ended.")
