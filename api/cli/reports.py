"""``gridwarden reports``: lists of reports from other systems.

Owns the options, the progress on the terminal and what is told at the end; ``grids.bulk`` does the work.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from api.cli.opened import opened
from api.cli.progress import shown
from gis.datums import Datum

if TYPE_CHECKING:
    from grids.bulk.importing import Asked, Taken

app = typer.Typer(help="Lists of reports from other systems: take them in.", no_args_is_help=True)

_COLUMNS = "Columns of the list"
_ELSE = "For rows that do not say"


def _column(text: str) -> Any:
    return typer.Option(help=text, rich_help_panel=_COLUMNS, metavar="COLUMN")


@app.callback()
def _reports() -> None:
    pass


@app.command(name="import")
def import_(
    file: Annotated[Path, typer.Argument(help="A list as .csv (UTF-8 or GBK), .parquet or .gpkg.")],
    source: Annotated[str, typer.Option(help="The other system; with a row's id it tells which report this is.")],
    id_field: Annotated[str, _column("What the other system calls the row by.")],
    received_field: Annotated[str, _column("When it was told there; without a zone it is Beijing time.")],
    datum: Annotated[Datum | None, typer.Option(help="What the coordinates mean; there is no default.")] = None,
    lon_field: Annotated[str | None, _column("Longitude; else the file's geometry.")] = None,
    lat_field: Annotated[str | None, _column("Latitude.")] = None,
    category_field: Annotated[str | None, _column("Category: its code or its name.")] = None,
    text_field: Annotated[str | None, _column("What was said.")] = None,
    channel_field: Annotated[str | None, _column("Channel.")] = None,
    seen_field: Annotated[str | None, _column("When it was seen.")] = None,
    state_field: Annotated[str | None, _column("Whether it is open or closed there.")] = None,
    closed_field: Annotated[str | None, _column("When it was closed there.")] = None,
    area_field: Annotated[str | None, _column("Code of the area that a row without a pin is about.")] = None,
    place_field: Annotated[str | None, _column("Words for the spot.")] = None,
    accuracy_field: Annotated[str | None, _column("Radius that the true position lies in, metres.")] = None,
    category: Annotated[str | None, typer.Option(help="Code of the category.", rich_help_panel=_ELSE)] = None,
    channel: Annotated[str, typer.Option(help="Channel.", rich_help_panel=_ELSE)] = "hotline",
    area: Annotated[str | None, typer.Option(help="Code of the area, without a pin.", rich_help_panel=_ELSE)] = None,
    mapping: Annotated[
        Path | None, typer.Option(help="A CSV of two columns: the list's word for a category, our code.")
    ] = None,
    by: Annotated[str | None, typer.Option(help="Login of the member of staff whose list it is.")] = None,
    rejects: Annotated[Path | None, typer.Option(help="Where refused rows go, each with its reason: a .csv.")] = None,
    commit: Annotated[bool, typer.Option("--commit", help="Do it; without this it is a trial.")] = False,
) -> None:
    """Take in a list of reports: each is matched as of the day on which it was told there, and becomes a case.

    A row comes once, however often its list is given. What lies outside the area served goes to the triage list; what
    cannot be used, to --rejects. Without --commit nothing is stored. Told are only those who must act: of rows that are
    closed, nobody.

    Example: gridwarden reports import calls.csv --source 12345 --datum gcj02 --id-field 工单号
    --received-field 受理时间 --lon-field 经度 --lat-field 纬度 --category-field 类别 --text-field 内容
    """
    from gis.position import UnknownDatumError
    from grids.bulk.columns import Fields
    from grids.bulk.importing import Asked

    if datum is None:
        raise UnknownDatumError(
            f"Name the datum of the coordinates by --datum, one of {', '.join(Datum)}: positions of WeChat and AMap"
            " read as WGS84 lie some 500 m away. If you do not know it, ask whoever gave the list."
        )
    if category is None and category_field is None:
        raise typer.BadParameter("Say what the reports are about: --category-field, or --category for all of them.")
    fields = Fields(
        id=id_field, received=received_field, lon=lon_field, lat=lat_field, category=category_field, text=text_field,
        channel=channel_field, seen=seen_field, closed=closed_field, state=state_field, area=area_field,
        place=place_field, accuracy=accuracy_field,
    )  # fmt: skip
    words = _read_mapping(mapping) if mapping else {}
    asked = Asked(file, source, datum, fields, channel, category, area, words, by, rejects)
    _say(asked, _take_in(asked, commit=commit), commit=commit)


def _read_mapping(path: Path) -> dict[str, str]:
    from grids.bulk.columns import ImportRefusedError

    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            lines = [line for line in csv.reader(file) if line]
    except (OSError, UnicodeDecodeError) as error:
        raise ImportRefusedError(f"{path} cannot be read: {error}") from error
    wrong = [number for number, line in enumerate(lines, 1) if len(line) != 2]
    if wrong:
        raise ImportRefusedError(f"{path}: line {wrong[0]} has not two columns, the list's word and our code.")
    return {word.strip(): code.strip() for word, code in lines}


def _take_in(asked: Asked, *, commit: bool) -> Taken:
    import psycopg

    from api.settings import ServiceSettings
    from grids.bulk.importing import import_reports
    from grids.receipts import Keys

    settings = ServiceSettings()
    keys = Keys(settings.signing_secret()) if commit else None
    with (
        opened(settings.database) as store,
        psycopg.connect(store.dsn("migrate")) as connection,
        psycopg.connect(store.dsn("migrate")) as reader,
        _progress(asked.path.name) as (told, step),
    ):
        return import_reports(connection, reader, asked, keys, datetime.now(UTC), told, step)


_STEPS = {"match": "who answers", "numbers": "receipt numbers", "file": "cases and reports"}


@contextmanager
def _progress(name: str) -> Iterator[Any]:
    """Yield two functions: of rows done and those that there are, and of the step that begins."""
    with shown(name) as (progress, told):
        filing: list[Any] = []

        def step(what: str) -> None:
            if not filing:
                filing.append(progress.add_task("", total=len(_STEPS)))
            progress.update(filing[0], description=_STEPS[what], completed=list(_STEPS).index(what))

        yield told, step
        for task in filing:
            progress.update(task, completed=len(_STEPS))


def _say(asked: Asked, taken: Taken, *, commit: bool) -> None:
    if taken.same_file:
        number, at = taken.same_file
        typer.echo(f"This very file was taken in on {at:%Y-%m-%d} already, as import {number}.")
    verb = "filed" if commit else "would be filed"
    found = ", ".join(f"{outcome} {count:,}" for outcome, count in sorted(taken.outcomes.items()))
    typer.echo(f"{taken.filed:,} rows {verb}{f' as import {taken.number}' if taken.number else ''}: {found or 'none'}")
    typer.echo(f"{taken.open:,} of them are open, {taken.filed - taken.open:,} closed; {taken.known:,} came before.")
    if taken.refused:
        where = f"; see {asked.rejects}" if asked.rejects else "; name a file for them by --rejects"
        typer.echo(f"{taken.refused.total():,} rows refused{where}")
        for reason, count in taken.refused.most_common():
            typer.echo(f"  {count:>9,}  {reason}")
    if not commit:
        typer.echo("A trial: nothing was stored. --commit does it.")
