"""``gridwarden boundaries``: editions of boundaries, from the file to the midnight at which they begin.

Owns the words on the terminal; ``grids.editions`` and ``grids.activation`` know what an edition is.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Any

import typer

from api.cli.boundaries_check import check
from api.cli.boundaries_import import import_
from api.cli.opened import as_owner
from api.cli.reading import answered

if TYPE_CHECKING:
    import psycopg

    from grids.editions import EditionRecord

app = typer.Typer(help="Boundary editions: import, check, compare, activate, roll back.", no_args_is_help=True)
app.command(name="import")(import_)
app.command()(check)


@app.command(name="list")
def list_() -> None:
    """List the editions: state, areas, source, datum, from when to when.

    Example: gridwarden boundaries list
    """
    from rich.console import Console
    from rich.table import Table

    from grids.editions import editions

    now = datetime.now(UTC)
    found = answered(lambda connection: editions(connection, now), None, now)
    table = Table("edition", "state", "areas", "levels", "datum", "in force", "source")
    for one in found:
        told = (one.name, one.state, str(one.areas), " ".join(one.levels), one.datum, _stretches(one), one.source)
        table.add_row(*told)
    Console().print(table)


@app.command()
def diff(
    before: Annotated[str, typer.Argument(help="Name of the older edition.")],
    after: Annotated[str, typer.Argument(help="Name of the newer edition.")],
    as_json: Annotated[bool, typer.Option("--json", help="All of it, with GeoJSON under `map`.")] = False,
) -> None:
    """Say what became of each area from one edition to another: new, gone, moved, split, merged, renamed.

    Example: gridwarden boundaries diff 2025 2027
    """
    from gis.comparison import compare
    from gis.edition_areas import areas_of_edition
    from grids.activation import number_of
    from grids.comparisons import as_documents, listed

    with as_owner() as connection:
        old, new = (areas_of_edition(connection, number_of(connection, name)) for name in (before, after))
    if as_json:
        typer.echo(as_documents(old, new).whole().decode())
        return
    found = compare(old, new)
    for n, one in enumerate(found.changes):
        told = listed(n, one)
        was, now = (" + ".join(f"{a['name']} {a['code']}" for a in told[side]) or "-" for side in ("before", "after"))
        typer.echo(f"{one.level}\t{one.kind}\t{was}\t{now}\t{one.changed_m2:.0f} m²\t{one.share:.1%}")
    for level, unchanged in found.unchanged.items():
        typer.echo(f"{level}: {unchanged} unchanged", err=True)


@app.command()
def activate(
    edition: Annotated[str, typer.Argument(help="Name of the edition.")],
    start: Annotated[datetime, typer.Option("--from", formats=["%Y-%m-%d"], help="The day on which it begins.")],
    accept_warnings: Annotated[bool, typer.Option(help="Say that the warnings of the checks are accepted.")] = False,
    dry_run: Annotated[bool, typer.Option(help="Say what would change, and change nothing.")] = False,
) -> None:
    """Let an edition answer from the midnight on at which a day begins in Asia/Shanghai.

    What maps need of it is written first. Open cases follow at that midnight; until then `take-back` undoes it.

    Example: gridwarden boundaries activate 2027 --from 2027-01-01 --dry-run
    """
    from grids.activation import activate as begin
    from grids.activation import number_of, prepare_edition
    from grids.editions import midnight

    now = datetime.now(UTC)
    with as_owner() as connection:
        number = number_of(connection, edition)
        begins = midnight(start.date())
        prepare_edition(connection, number)
        _tell_effects(connection, number, begins, now)
        # Refused or not is the answer of a dry run too.
        begin(connection, number, begins, now, accept_warnings=accept_warnings)
        if dry_run:
            connection.rollback()
            typer.echo("Nothing was changed.")
        else:
            typer.echo(f"{edition} answers from {begins:%Y-%m-%d} 00:00 on.")


@app.command(name="take-back")
def take_back(
    start: Annotated[datetime, typer.Option("--from", formats=["%Y-%m-%d"], help="The day on which it would begin.")],
) -> None:
    """Take an activation back that lies ahead; nothing happened then.

    Example: gridwarden boundaries take-back --from 2027-01-01
    """
    from grids.activation import take_back as undo
    from grids.editions import midnight

    with as_owner() as connection:
        undo(connection, midnight(start.date()), datetime.now(UTC))
    typer.echo("It is taken back.")


@app.command()
def rollback(
    dry_run: Annotated[bool, typer.Option(help="Say what would change, and change nothing.")] = False,
) -> None:
    """Let the edition before the present one answer again from the next midnight on.

    Example: gridwarden boundaries rollback --dry-run
    """
    from grids.activation import activate as begin
    from grids.activation import earliest, edition_before

    now = datetime.now(UTC)
    with as_owner() as connection:
        number = edition_before(connection, now)
        begins = earliest(connection, now)
        _tell_effects(connection, number, begins, now)
        begin(connection, number, begins, now, accept_warnings=True)
        if dry_run:
            connection.rollback()
            typer.echo("Nothing was changed.")
        else:
            typer.echo(f"The edition before answers from {begins:%Y-%m-%d} 00:00 on.")


def _stretches(one: EditionRecord) -> str:
    from grids.editions import SHANGHAI

    def day(at: datetime | None) -> str:
        return "" if at is None else f"{at.astimezone(SHANGHAI):%Y-%m-%d}"

    return ", ".join(f"{day(s.since)}–{day(s.until)}" for s in one.stretches) or "-"


def _tell_effects(connection: psycopg.Connection[Any], edition_id: int, begins: datetime, now: datetime) -> None:
    row = connection.execute(
        "SELECT effects_of(e, %s, (edition_at(%s)).id, 0) FROM editions e WHERE e.id = %s", (begins, now, edition_id)
    ).fetchone()
    if row is not None:
        said = row[0]
        typer.echo(
            f"{said['cases']} open cases change their area or owner, {said['handed_over']} of them change hands;"
            f" {said['heads_in_all']} heads have another grid or none; {said['vacant_in_all']} new grids have no head."
        )
