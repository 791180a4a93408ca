"""How Alembic reaches the database: the connection is handed in by ``gis.migrate``."""

from alembic import context

connection = context.config.attributes["connection"]
context.configure(connection=connection, version_table_schema="gridwarden", transaction_per_migration=True)
with context.begin_transaction():
    context.run_migrations()
