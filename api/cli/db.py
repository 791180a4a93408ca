"""The commands of ``gridwarden db``: the database that Gridwarden runs itself, or the one it is given.

Owns the words on the terminal; ``gis.cluster`` and ``gis.store`` do the work.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import tempfile
from datetime import UTC, datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from gis.cluster import Cluster
    from gis.settings import DatabaseSettings
    from gis.store import Store

app = typer.Typer(
    no_args_is_help=True,
    help="""Start, stop and look into the database.

Without GRIDWARDEN_DATABASE_URL, Gridwarden runs a private PostgreSQL under GRIDWARDEN_DATA (var): reachable through
a unix socket only, started by any command that needs it and stopped after the last one. You need these commands
only to keep it running, to look inside, or to start afresh.""",
)
_Force = Annotated[bool, typer.Option("--force", help="Also while other commands use it; they lose their connections.")]


class PsqlRole(StrEnum):
    """As whom ``psql`` looks."""

    admin = "admin"
    migrate = "migrate"
    web = "web"
    worker = "worker"


@app.command()
def start() -> None:
    """Start the private database and keep it running until `gridwarden db stop`.

    Example: gridwarden db start
    """
    cluster = _cluster("start")
    ran = cluster.status().postmaster is not None
    postmaster = cluster.start()
    typer.echo(f"The database {'was running already' if ran else 'has started'} (process {postmaster.pid}).")
    typer.echo("It stays until: gridwarden db stop")


@app.command()
def stop(force: _Force = False) -> None:
    """Stop the private database; refuses while other commands use it, and names them.

    Example: gridwarden db stop --force
    """
    stopped = _cluster("stop").stop(force=force)
    typer.echo("The database has stopped." if stopped else "The database was not running.")


@app.command()
def status() -> None:
    """Tell where the database is, whether it runs and who uses it. Exit code 3: not running.

    Example: gridwarden db status
    """
    settings = _settings()
    if settings.database_url is not None:
        _foreign_status(settings)
        return
    now = _cluster("status").status()
    postmaster = now.postmaster
    lines = {
        "state": f"{postmaster.status}, process {postmaster.pid}" if postmaster else "not running",
        "PostgreSQL": str(now.made_by or "no database made yet"),
        "runs as": now.home.user.name,
        "data": str(now.home.data),
        "socket": str(postmaster.socket_folder) if postmaster else "-",
        "log": str(now.home.log),
        "passwords": f"{now.home.path / 'passwords'} (****)",
        "stays": "until `gridwarden db stop`" if now.kept else "until the last command that uses it ends",
        "used by": "\n".join(f"{one.pid}  {one.command}" for one in now.lessees) or "-",
    }
    _print_table(lines)
    if postmaster is None:
        raise typer.Exit(3)


@app.command(context_settings={"allow_extra_args": True, "ignore_unknown_options": True})
def psql(
    context: typer.Context,
    role: Annotated[PsqlRole, typer.Option(help="As whom to look; migrate may change everything.")] = PsqlRole.migrate,
) -> None:
    """Open psql at the database; what follows `--` goes to psql.

    Example: gridwarden db psql --role web -- -c "SELECT count(*) FROM cases"
    """
    from psycopg.conninfo import conninfo_to_dict, make_conninfo

    from gis.errors import PostgresMissingError
    from gis.store import open_store

    with open_store(_settings()) as store:
        found = shutil.which("psql") or (store.cluster and str(store.cluster.programs().bin / "psql"))
        if not found:
            raise PostgresMissingError("The program psql was not found. Install postgresql-client.")
        given = conninfo_to_dict(store.dsn(role.value))
        # A password in an argument or in the environment could be read in a listing of processes.
        password = str(given.pop("password", "")).replace("\\", "\\\\").replace(":", "\\:")
        with tempfile.NamedTemporaryFile("w", prefix="gridwarden-pgpass-") as secret:
            secret.write(f"*:*:*:*:{password}\n")
            secret.flush()
            environment = {**os.environ, **({"PGPASSFILE": secret.name} if password else {})}
            # Ctrl-C is for psql, which ends a statement with it, not for us.
            before = signal.signal(signal.SIGINT, signal.SIG_IGN)
            try:
                command = [found, make_conninfo(**given), *context.args]  # type: ignore[arg-type]
                code = subprocess.run(command, env=environment, check=False, preexec_fn=_default_interrupt).returncode
            finally:
                signal.signal(signal.SIGINT, before)
    raise typer.Exit(code)


@app.command()
def reset(
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    force: _Force = False,
) -> None:
    """Remove the private database with everything in it, for good. The next command makes a new one.

    Example: gridwarden db reset --yes
    """
    cluster = _cluster("reset")
    if not yes:
        typer.confirm(f"Remove the database in {cluster.home.path} and all that is in it, for good?", abort=True)
    cluster.reset(force=force)
    typer.echo(f"Removed. Nothing is left in {cluster.home.data}.")


@app.command()
def migrate(
    revision: Annotated[str, typer.Argument(help="The revision to go up to.")] = "head",
) -> None:
    """Bring the tables up to this version of Gridwarden; does nothing if they are.

    Example: gridwarden db migrate
    """
    from gis.migrate import upgrade
    from gis.store import open_store

    with open_store(_settings()) as store:
        upgrade(store.dsn("migrate"), revision)
        if revision == "head":
            make_ready(store)
    typer.echo(f"The database is at revision {revision}.")


def make_ready(store: Store) -> None:
    """Write down the calendar as far as it is published, and what maps are drawn of, where either is missing."""
    import psycopg

    from gis.roles import OWNER
    from grids.activation import prepare_edition, unprepared
    from grids.clock import fill_calendar

    with psycopg.connect(store.dsn("migrate"), autocommit=True) as connection:
        connection.execute(f"SET ROLE {OWNER}")
        with connection.transaction():
            fill_calendar(connection, datetime.now(UTC))
        for edition, name in unprepared(connection):
            typer.echo(f"Drawing the maps of edition {name} (once).", err=True)
            with connection.transaction():
                prepare_edition(connection, edition)


def _settings() -> DatabaseSettings:
    from gis.settings import DatabaseSettings

    return DatabaseSettings()


def _cluster(verb: str) -> Cluster:
    from gis.cluster import Cluster
    from gis.errors import ClusterError

    settings = _settings()
    if settings.database_url is not None:
        msg = (
            f"GRIDWARDEN_DATABASE_URL names a database that somebody else runs, so there is nothing to {verb} here. "
            "Unset it to use the private one."
        )
        raise ClusterError(msg)
    return Cluster.for_data(settings.data)


def _foreign_status(settings: DatabaseSettings) -> None:
    from gis.store import open_store

    with open_store(settings) as store:
        given = store.logins["admin"]
    _print_table(
        {
            "state": "answers",
            "run by": "somebody else (GRIDWARDEN_DATABASE_URL)",
            "host": given.get("host", "-"),
            "database": given["dbname"],
            "login": given["user"],
            "password": "****" if "password" in given else "-",
        }
    )


def _print_table(lines: dict[str, str]) -> None:
    for name, value in lines.items():
        for number, line in enumerate(value.splitlines()):
            typer.echo(f"{name if number == 0 else '':<12}{line}")


def _default_interrupt() -> None:
    signal.signal(signal.SIGINT, signal.SIG_DFL)
