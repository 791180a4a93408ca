"""The SQL of the migrations, one file a concern; a file that has landed is never edited."""

from importlib import resources

from alembic import op


def run(name: str) -> None:
    """Run one file of this folder, statement by statement order kept, on the migration's connection."""
    text = resources.files(__name__).joinpath(name).read_text(encoding="utf-8")
    # The raw cursor: SQLAlchemy would read the colons of casts and JSON as parameters.
    op.get_bind().connection.cursor().execute(text.encode())
