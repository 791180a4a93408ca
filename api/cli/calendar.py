"""``gridwarden calendar``: holidays, make-up days and office hours, by which deadlines run.

Owns the words on the terminal; ``grids.clock`` keeps the calendar, and ``grids.due`` follows it with provisional dates.
"""

from __future__ import annotations

from datetime import UTC, datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any

import typer

from api.cli.opened import as_owner

if TYPE_CHECKING:
    import psycopg

app = typer.Typer(
    help="Working days and office hours, by which deadlines run: load, override, show.", no_args_is_help=True
)
Year = Annotated[int, typer.Argument(min=2004, max=2999, help="Of the calendar, Asia/Shanghai.")]


class DayKind(StrEnum):
    """What a day is here; ``national`` takes a local override back."""

    workday = "workday"
    holiday = "holiday"
    national = "national"


@app.command()
def load(
    year: Annotated[
        int | None, typer.Argument(min=2004, max=2999, help="All years that are known, if not given.")
    ] = None,
) -> None:
    """Write down holidays and make-up days from the installed chinesecalendar; dates that were provisional follow.

    Example: gridwarden calendar load 2027
    """
    from grids.clock import fill_calendar, load_year

    now = datetime.now(UTC)
    with as_owner(autocommit=True) as connection, connection.transaction():
        if year is None:
            added = fill_calendar(connection, now)
            known = ", ".join(map(str, added)) or "nothing that was not there"
        else:
            known = f"{year}, {load_year(connection, year, now)} days"
        moved = _follow(connection, now)
    typer.echo(f"Loaded: {known}. Due dates moved: {moved}.")


@app.command()
def override(
    day: Annotated[datetime, typer.Argument(formats=["%Y-%m-%d"], help="The day, Asia/Shanghai.")],
    kind: Annotated[DayKind, typer.Argument(help="What it is here; national: what the country says.")],
    name: Annotated[str, typer.Option(help="Why; shown beside the day.")] = "",
) -> None:
    """Let a day be a workday or a holiday in this city, whatever the country says.

    Dates that are still provisional follow; those that were promised on a published calendar stay.

    Example: gridwarden calendar override 2026-11-06 holiday --name 本地庙会
    """
    from grids.clock import KINDS, override_day

    with as_owner(autocommit=True) as connection, connection.transaction():
        override_day(connection, day.date(), KINDS.get(kind.value), name)
        moved = _follow(connection, datetime.now(UTC))
    typer.echo(f"{day.date()} is {kind.value} here. Due dates moved: {moved}.")


@app.command()
def hours(
    spans: Annotated[str, typer.Argument(help="Open from and to, Asia/Shanghai, with commas.")],
    since: Annotated[datetime, typer.Option(formats=["%Y-%m-%d"], help="The first day on which they count.")],
) -> None:
    """Set the office hours from a day on; earlier days keep theirs.

    Example: gridwarden calendar hours 08:30-12:00,14:30-18:00 --since 2027-06-01
    """
    from grids.clock import read_office_hours, set_office_hours

    read = read_office_hours(spans)
    with as_owner(autocommit=True) as connection, connection.transaction():
        set_office_hours(connection, since.date(), read)
        moved = _follow(connection, datetime.now(UTC))
    typer.echo(f"From {since.date()} on: {spans}. Due dates moved: {moved}.")


@app.command()
def show(year: Year) -> None:
    """Show the holidays, make-up days and local days of a year, and whether it is published.

    Example: gridwarden calendar show 2026
    """
    from rich.console import Console
    from rich.table import Table

    from grids.clock import calendar_year

    with as_owner(autocommit=True) as connection:
        found = calendar_year(connection, year)
    table = Table("day", "is", "name", "says")
    for one in found.days:
        table.add_row(f"{one.day} {one.day:%a}", one.kind, one.name, one.source)
    Console().print(table)
    state = "published" if found.published else "not published yet: Monday to Friday, and dates are provisional"
    typer.echo(f"{year}: {found.workdays} working days; {state}.")


@app.command()
def due(
    at: Annotated[datetime, typer.Argument(formats=["%Y-%m-%dT%H:%M"], help="When it begins, Asia/Shanghai.")],
    deadline: Annotated[str, typer.Argument(help="work_hours=4, work_days=3, urgent_hours=2 or days=5.")],
) -> None:
    """Say when something is due that begins at an instant.

    Example: gridwarden calendar due 2026-09-30T16:30 work_hours=4
    """
    from grids.clock import ZONE, due_at
    from grids.deadlines import Deadline

    asked = Deadline.parse(deadline)
    with as_owner(autocommit=True) as connection:
        found, provisional = due_at(connection, at.replace(tzinfo=ZONE), asked)
    note = " (provisional: the make-up days of that year are not published yet)" if provisional else ""
    typer.echo(f"{found.astimezone(ZONE):%Y-%m-%d %H:%M %a}{note}")


def _follow(connection: psycopg.Connection[Any], now: datetime) -> int:
    from grids.due import recompute_due

    return recompute_due(connection, now)
