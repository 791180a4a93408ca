"""The database as a command has it: running and brought up to date, and a connection as the owner of its tables.

Whoever may run the command line on the server may do all.  Nothing is imported before it is asked for, so that
``--help`` stays quick.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import psycopg

    from gis.settings import DatabaseSettings
    from gis.store import Store


@contextmanager
def opened(settings: DatabaseSettings | None = None) -> Iterator[Store]:
    """Yield the database of the settings, embedded or given, at the newest revision."""
    from gis import store as stores
    from gis.migrate import upgrade
    from gis.settings import DatabaseSettings

    with stores.open_store(settings or DatabaseSettings()) as store:
        upgrade(store.dsn("migrate"))
        yield store


@contextmanager
def as_owner(*, autocommit: bool = False) -> Iterator[psycopg.Connection[Any]]:
    """Yield a connection as the owner of the tables; without ``autocommit`` it commits when all went well."""
    import psycopg

    with opened() as store, psycopg.connect(store.dsn("migrate"), autocommit=autocommit) as connection:
        yield connection
