"""``gridwarden demo``: build the sample city, add reports, print pins to try.

Owns the conversation with the terminal: progress, tables, passwords shown once.  What the sample is made
of stands in :mod:`grids.sample`.
"""

from __future__ import annotations

import json
import secrets
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    import psycopg

    from grids.receipts import Keys
    from grids.sample.pins import Pin
    from grids.sample.stored import Waiting

app = typer.Typer(help="The sample city: build it, add reports, print pins to try.", no_args_is_help=True)

Reports = Annotated[int, typer.Option(min=0, help="How many reports to invent over the past year.")]
Seed = Annotated[int, typer.Option(min=0, help="The same seed gives the same reports.")]
Divisions = Annotated[Path | None, typer.Option(help="CSV of names and codes; else the checkout's own.")]
_STEPS = {
    "mesh": "drawing the ground",
    "areas": "joining cells into villages, townships and counties",
    "grids": "dividing villages into grids",
    "editions": "writing down both editions",
    "load": "loading areas and postings",
    "reports": "inventing reports",
    "copy": "copying reports",
    "match": "finding who answers for each report",
    "turns": "working out who owned each case, and what was due",
    "store": "storing reports, cases and events",
}
_WHO = {
    "admin": "系统管理员 administrator",
    "planner": "规划分析员 planner",
    "clerk": "市热线受理员 clerk of the city's hotline",
    "supervisor": "县督查员 supervisor of the county",
    "county": "县派单员 dispatcher of the county",
    "handler": "县城管局经办人 handler of a department",
    "dispatcher": "五百户镇派单员 dispatcher of the township",
    "desk": "示例村值班员 desk of the village",
    "head": "示例村第一网格长 head of the nursery's grid",
    "member": "示例村第一网格员 member of that grid",
    "helper": "香河县志愿者 volunteer of a helper team",
}


@app.command()
def build(
    reports: Reports = 20_000,
    seed: Seed = 1,
    if_missing: Annotated[bool, typer.Option(help="Do nothing if there is a city already.")] = False,
    password: Annotated[str | None, typer.Option(help="Use this password for every demo log-in (tests).")] = None,
    divisions: Divisions = None,
) -> None:
    """Draw the city and load it with postings, sites, reports and the story, all or nothing."""
    from api.settings import ServiceSettings
    from grids.receipts import Keys, digest
    from grids.sample.build import LOG_INS, build_city
    from grids.sample.stored import has_city

    settings = ServiceSettings()
    keys = Keys(settings.signing_secret())
    now = datetime.now(UTC)
    with _connection(upgrade=True) as connection:
        if if_missing and has_city(connection):
            _say("The city is there already; nothing to do.")
            _print_log_ins(_kept_log_ins())
            _print_waiting(_waiting(connection), keys, settings.port)
            return
        passwords = {login: password or secrets.token_urlsafe(9) for login in LOG_INS}
        with _progress() as step, connection.transaction():
            build_city(
                connection, divisions, passwords, (reports, seed), now, secrets.token_bytes, step,
                lambda number: digest(keys.key(number)),
            )  # fmt: skip
        _keep_log_ins(passwords)
        _print_pins(_pins(connection, now))
        _print_log_ins(passwords)
        _print_waiting(_waiting(connection), keys, settings.port)


@app.command(name="seed")
def seed_reports(reports: Reports = 20_000, seed: Seed = 2) -> None:
    """Add invented reports over the past year to a city that is there."""
    from grids.sample.build import add_reports

    now = datetime.now(UTC)
    with _connection() as connection, _progress() as step, connection.transaction():
        add_reports(connection, reports, seed, now, secrets.token_bytes, step)


@app.command()
def pins(
    as_json: Annotated[bool, typer.Option("--json", help="For programs.")] = False,
) -> None:
    """Print pins to try, computed from the areas and postings in force."""
    with _connection() as connection:
        found = _pins(connection, datetime.now(UTC))
    if as_json:
        typer.echo(json.dumps([asdict(pin) for pin in found], ensure_ascii=False))
    else:
        _print_pins(found)


@app.command()
def sample(
    out: Annotated[Path, typer.Option(help="The folder to write to.")] = Path("data/boundaries/wubaihu"),
    divisions: Divisions = None,
) -> None:
    """Write the small sample of Wubaihu: tests' data and the example of the import format."""
    from grids.sample.city import draw_city
    from grids.sample.divisions import default_path
    from grids.sample.small import write_sample

    with _progress() as step:
        city = draw_city(divisions or default_path(), step=lambda what: step(what, 1))
    for path in write_sample(city, out):
        typer.echo(str(path))


def _pins(connection: psycopg.Connection[Any], at: datetime) -> list[Pin]:
    from grids.sample.divisions import WUBAIHU
    from grids.sample.pins import draw_pins
    from grids.sample.stored import read_areas, read_nursery, read_vacant

    nursery = read_nursery(connection)
    return draw_pins(read_areas(connection, at, WUBAIHU), nursery, read_vacant(connection, at))


@contextmanager
def _connection(*, upgrade: bool = False) -> Iterator[psycopg.Connection[Any]]:
    """A connection as the owner of the tables; nothing is committed outside ``transaction()``."""
    import psycopg

    from gis import migrate
    from gis.settings import DatabaseSettings
    from gis.store import open_store

    with open_store(DatabaseSettings()) as store:
        dsn = store.dsn("migrate")
        if upgrade:
            migrate.upgrade(dsn)
        with psycopg.connect(dsn, autocommit=True) as connection:
            connection.execute("SET ROLE gridwarden_owner")
            yield connection


@contextmanager
def _progress() -> Iterator[Any]:
    """Answers a function to call with each step; shows it on stderr, with the time it took."""
    from rich.console import Console
    from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    columns = (SpinnerColumn(finished_text="✓"), TextColumn("{task.description}"), TimeElapsedColumn())
    with Progress(*columns, console=Console(file=sys.stderr)) as progress:
        running: list[Any] = []

        def finish() -> None:
            for task in running:
                progress.update(task, total=1, completed=1)
            running.clear()

        def step(what: str, count: int) -> None:
            finish()
            many = f" ({count:,})" if count > 1 else ""
            running.append(progress.add_task(_STEPS.get(what, what) + many, total=None))

        yield step
        finish()


def _print_pins(found: list[Pin]) -> None:
    from rich.console import Console
    from rich.table import Table

    table = Table(title="Pins to try (lon lat, WGS84) · 演示数据", title_justify="left")
    for heading in ("pin", "lon lat", "outcome", "answers"):
        table.add_column(heading, no_wrap=True)
    for pin in found:
        title = f"{pin.title_zh} {pin.title_en}"
        table.add_row(title, f"{pin.lon} {pin.lat}", pin.outcome, pin.code or "–")
    Console(width=120).print(table)
    typer.echo(f"Try one:  gridwarden locate {found[0].lon} {found[0].lat} --datum wgs84")


def _print_log_ins(passwords: dict[str, str]) -> None:
    if passwords:
        typer.echo("\nLog-ins of the demo, made for this city alone:")
    for login, secret in passwords.items():
        typer.echo(f"  {login:<10} {secret:<14} {_WHO.get(login, '')}")


def _waiting(connection: psycopg.Connection[Any]) -> Waiting | None:
    from grids.sample.stored import read_waiting

    return read_waiting(connection)


def _print_waiting(found: Waiting | None, keys: Keys, port: int) -> None:
    if found is None:
        return
    address = f"http://127.0.0.1:{port}"
    typer.echo("\nThe nursery again: reported by telephone, and waiting for you to take it round the loop:")
    typer.echo(f"  the case      {address}/cases/{found.case_id}")
    typer.echo(f"  its reporter  {address}/status/{found.number}?key={keys.key(found.number)}")


def _log_ins_file() -> Path:
    from gis.settings import DatabaseSettings

    return DatabaseSettings().data / "demo-log-ins.json"


def _keep_log_ins(passwords: dict[str, str]) -> None:
    """Keep the demo's passwords beside its data, for this user's eyes, so that a second start can show them."""
    file = _log_ins_file()
    file.parent.mkdir(parents=True, exist_ok=True)
    file.touch(mode=0o600)
    file.chmod(0o600)
    file.write_text(json.dumps(passwords), encoding="utf-8")


def _kept_log_ins() -> dict[str, str]:
    file = _log_ins_file()
    kept: dict[str, str] = json.loads(file.read_text(encoding="utf-8")) if file.exists() else {}
    return kept


def _say(line: str) -> None:
    typer.echo(line, err=True)
