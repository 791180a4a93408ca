"""What tests share: a private cluster per run, a template built by the migrations, clones with production roles."""

import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest
from psycopg import sql

from gis.cluster import Cluster
from gis.migrate import upgrade
from gis.roles import OWNER, close_database
from gis.settings import DatabaseSettings
from gis.store import Store, open_store

_PREFIX = "gridwarden-test-"


@pytest.fixture(scope="session")
def server() -> Iterator[Store]:
    """A private cluster, made and provisioned as in production; its database is the template."""
    _remove_what_killed_runs_left()
    with private_folder() as folder, open_store(DatabaseSettings(data=folder, database_url=None)) as store:
        upgrade(store.dsn("migrate"))
        yield store


@pytest.fixture(scope="module")
def database(server: Store) -> Iterator[Store]:
    """A fresh copy of the template for each module; what a test commits, its neighbours see."""
    with cloned(server) as store:
        yield store


@pytest.fixture
def web(database: Store) -> Iterator[psycopg.Connection]:
    """A connection with the rights of the service; what it did is rolled back after the test."""
    yield from _rolled_back(database.dsn("web"))


@pytest.fixture
def migrate(database: Store) -> Iterator[psycopg.Connection]:
    """A connection with the rights of the migrations; what it did is rolled back after the test."""
    yield from _rolled_back(database.dsn("migrate"))


@pytest.fixture
def data_folder() -> Iterator[Path]:
    """A data folder for a cluster of the test's own, which is stopped and removed afterwards."""
    with private_folder() as folder:
        yield folder


@contextmanager
def private_folder() -> Iterator[Path]:
    """Yield a data folder that a service user can reach, and remove it with the cluster in it."""
    # Not pytest's own folder: it is closed, so that root's cluster would move to /var/lib.
    outer = Path(tempfile.mkdtemp(prefix=f"{_PREFIX}{os.getpid()}-"))
    outer.chmod(0o711)
    try:
        yield outer / "var"
    finally:
        _remove(outer)


@contextmanager
def cloned(server: Store) -> Iterator[Store]:
    """Yield a copy of the template under a name of its own; it is dropped afterwards."""
    name = f"test_{uuid4().hex}"
    clone = server.named(name)
    admin = server.named("postgres").dsn("admin")
    with psycopg.connect(admin, autocommit=True) as connection:
        _run(connection, "CREATE DATABASE {} TEMPLATE {} OWNER {}", name, server.database, OWNER)
    with psycopg.connect(clone.dsn("admin"), autocommit=True) as connection:
        for statement in close_database(connection):
            connection.execute(statement)
    try:
        yield clone
    finally:
        with psycopg.connect(admin, autocommit=True) as connection:
            _run(connection, "DROP DATABASE {} WITH (FORCE)", name)


def _rolled_back(dsn: str) -> Iterator[psycopg.Connection]:
    connection = psycopg.connect(dsn)
    try:
        yield connection
        connection.rollback()
    finally:
        connection.close()


def _run(connection: psycopg.Connection, template: str, *names: str) -> None:
    connection.execute(sql.SQL(template).format(*map(sql.Identifier, names)))


def _remove(outer: Path) -> None:
    if (outer / "var").exists():
        Cluster.for_data(outer / "var").reset(force=True)
    shutil.rmtree(outer)


def _remove_what_killed_runs_left() -> None:
    # Two that begin at once would remove it under each other's hands.
    with Path(tempfile.gettempdir(), f"gridwarden-tests-{os.geteuid()}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        for outer in Path(tempfile.gettempdir()).glob(f"{_PREFIX}*"):
            pid = outer.name.removeprefix(_PREFIX).partition("-")[0]
            if outer.stat().st_uid == os.geteuid() and not Path("/proc", pid).exists():
                _remove(outer)
