"""``gridwarden categories``: what can be reported here, how urgent it is, and what is promised for it, from a day on.

Owns the words on the terminal; ``grids.categories`` keeps the rows.
"""

from __future__ import annotations

from datetime import UTC, datetime
from enum import StrEnum
from typing import Annotated, Any

import typer

from api.cli.opened import as_owner

app = typer.Typer(
    help="Categories: what can be reported, how urgent it is, by when it is solved.", no_args_is_help=True
)


class Urgency(StrEnum):
    """How urgent what is reported under it is, unless somebody says otherwise of a case."""

    normal = "normal"
    urgent = "urgent"
    emergency = "emergency"


@app.command("list")
def list_categories() -> None:
    """Show every row of every category, the newest first: those in force, past ones and those to come.

    Example: gridwarden categories list
    """
    from rich.console import Console
    from rich.table import Table

    from grids.categories import all_rows
    from grids.clock import ZONE

    table = Table("code", "since", "names", "urgency")
    table.add_column("deadlines", overflow="fold")
    with as_owner(autocommit=True) as connection:
        for row in all_rows(connection):
            kept = ["about an official"] if row["about_official"] else ["private"] if row["private"] else []
            told = (
                row["code"],
                f"{row['since'].astimezone(ZONE):%Y-%m-%d}",
                f"{row['name_zh']}\n{row['name_en']} ({row['family']})",
                "\n".join([row["urgency"], *kept]),
                "\n".join(_told(row["deadlines"])),
            )
            table.add_row(*told)
    Console().print(table)


@app.command("set")
def set_(
    code: Annotated[str, typer.Argument(help="Of the category: small letters, digits and _.")],
    since: Annotated[datetime, typer.Option(formats=["%Y-%m-%d"], help="The first day on which it counts.")],
    deadline: Annotated[
        list[str] | None,
        typer.Option(help="solve:work_days=3, emergency.solve:urgent_hours=2; emergency.solve: takes one away."),
    ] = None,
    urgency: Annotated[Urgency | None, typer.Option(help="How urgent its cases are at first.")] = None,
    name_zh: Annotated[str | None, typer.Option(help="How it is called in Chinese.")] = None,
    name_en: Annotated[str | None, typer.Option(help="How it is called in English.")] = None,
    family: Annotated[str | None, typer.Option(help="With which others it is counted.")] = None,
    private: Annotated[bool | None, typer.Option("--private/--open", help="Whether only staff see its cases.")] = None,
    about_official: Annotated[
        bool | None, typer.Option("--about-official/--not-about-official", help="Whether its cases bypass the head.")
    ] = None,
) -> None:
    """Change a category from a day on, or add one; what is not given stays as it is.

    Cases that came before keep what was promised to them.  Deadlines are given for a stage (accept, dispatch, solve,
    recheck), and for an urgency that somebody may give a case.

    Example: gridwarden categories set dumping --since 2027-01-01 --deadline solve:work_days=2
    --deadline emergency.solve:urgent_hours=4
    """
    from grids.categories import set_category
    from grids.clock import ZONE

    given: dict[str, Any] = {
        "family": family,
        "name_zh": name_zh,
        "name_en": name_en,
        "private": private,
        "urgency": urgency.value if urgency else None,
        "about_official": about_official,
    }
    told = {name: value for name, value in given.items() if value is not None}
    with as_owner() as connection:
        row = set_category(connection, code, since.replace(tzinfo=ZONE).astimezone(UTC), told, deadline or ())
    typer.echo(f"{code} from {since.date()} on: {row['urgency']}; {'; '.join(_told(row['deadlines']))}.")


def _told(deadlines: dict[str, Any]) -> list[str]:
    from grids.deadlines import STAGES

    base = [f"{stage}: {_duration(deadlines[stage])}" for stage in STAGES if stage in deadlines]
    above = [
        f"{urgency}.{stage}: {_duration(deadline)}"
        for urgency, stages in deadlines.items()
        if urgency not in STAGES
        for stage, deadline in stages.items()
    ]
    return base + above


def _duration(deadline: dict[str, Any]) -> str:
    ((kind, count),) = deadline.items()
    return f"{kind}={count:g}"
