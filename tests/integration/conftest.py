"""What these tests share: the little town, its owner, the country's calendar in it, and the commands over it."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psycopg
import pytest
from typer.testing import CliRunner

from api import cli
from gis.store import Store
from grids.clock import fill_calendar
from tests import little_town

PUBLISHED_AT = datetime(2026, 11, 20, 1, 0, tzinfo=UTC)


@pytest.fixture(scope="module")
def built(database: Store) -> Store:
    """The little town."""
    little_town.build(database)
    return database


@pytest.fixture(scope="module")
def clocked(built: Store) -> Store:
    """The little town; its calendar was filled at ``PUBLISHED_AT``."""
    with psycopg.connect(built.dsn("migrate")) as connection:
        connection.execute("SET ROLE gridwarden_owner")
        fill_calendar(connection, PUBLISHED_AT)
    return built


@pytest.fixture
def owner(built: Store) -> Iterator[psycopg.Connection[Any]]:
    """The owner of its tables; what a test did is rolled back."""
    with psycopg.connect(built.dsn("migrate")) as connection:
        connection.execute("SET ROLE gridwarden_owner")
        yield connection
        connection.rollback()


@pytest.fixture
def run(built: Store, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Any:
    """The command over it, in Chinese where nothing is said."""
    monkeypatch.setenv("GRIDWARDEN_DATABASE_URL", built.dsn("admin"))
    monkeypatch.setenv("GRIDWARDEN_DATA", str(tmp_path / "var"))
    monkeypatch.setenv("LANG", "zh_CN.UTF-8")
    return lambda *arguments: CliRunner().invoke(cli.app, list(arguments))
