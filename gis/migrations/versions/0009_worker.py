"""What the worker does: jobs, letters, webhooks."""

from alembic import op
from procrastinate.schema import SchemaManager

from gis.migrations.sql import run

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make procrastinate's tables, then ours beside them."""
    # The raw cursor, as `run` does: the text holds percent signs and colons.
    op.get_bind().connection.cursor().execute(SchemaManager.get_schema().encode())
    run("0009_worker.sql")


def downgrade() -> None:
    """Take both back."""
    run("0009_down.sql")
