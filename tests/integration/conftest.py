"""What tests of the clock share: the little town with the country's calendar."""

from collections.abc import Iterator
from datetime import UTC, datetime

import psycopg
import pytest

from gis.store import Store
from grids.clock import fill_calendar
from tests import little_town

PUBLISHED_AT = datetime(2026, 11, 20, 1, 0, tzinfo=UTC)


@pytest.fixture(scope="module")
def clocked(database: Store) -> Store:
    """The little town; its calendar was filled at ``PUBLISHED_AT``."""
    little_town.build(database)
    with psycopg.connect(database.dsn("migrate")) as connection:
        connection.execute("SET ROLE gridwarden_owner")
        fill_calendar(connection, PUBLISHED_AT)
    return database


@pytest.fixture
def owner(clocked: Store) -> Iterator[psycopg.Connection]:
    """The owner of its tables; what a test did is rolled back."""
    with psycopg.connect(clocked.dsn("migrate")) as connection:
        connection.execute("SET ROLE gridwarden_owner")
        yield connection
        connection.rollback()
