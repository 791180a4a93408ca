"""Brings a database to a revision of ``gis.migrations``.  Decides nothing about tables itself."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import create_engine
from sqlalchemy.engine import make_url
from sqlalchemy.pool import NullPool

_OWNER = "gridwarden_owner"
_LOCK = 0x6772696477


def upgrade(dsn: str, revision: str = "head") -> None:
    """Bring the database up to a revision.

    Parameters
    ----------
    dsn : str
        libpq address of a login that may become the owner (``Store.dsn("migrate")``).
    revision : str
        Alembic revision; ``head`` is the newest.
    """
    _run(dsn, "upgrade", revision)


def downgrade(dsn: str, revision: str) -> None:
    """Take revisions back, down to and without the one named (``base`` takes all)."""
    _run(dsn, "downgrade", revision)


def _run(dsn: str, verb: str, revision: str) -> None:
    engine = create_engine(make_url(dsn).set(drivername="postgresql+psycopg"), poolclass=NullPool)
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    try:
        with engine.connect() as connection:
            # Whatever a migration makes belongs to the owner, who cannot log in.
            connection.exec_driver_sql(f"SET ROLE {_OWNER}")
            # Two commands that start at once: the second waits, then finds nothing to do.
            connection.exec_driver_sql(f"SELECT pg_advisory_lock({_LOCK})")
            connection.commit()
            config.attributes["connection"] = connection
            getattr(command, verb)(config, revision)
            connection.commit()
    finally:
        engine.dispose()
