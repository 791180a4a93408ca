"""Supervision: orders on cases with a deadline of their own, and the board of a supervisor."""

from gis.migrations.sql import run

revision = "0054"
down_revision = "0053"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make it."""
    run("0054_orders.sql")


def downgrade() -> None:
    """Take it back."""
    run("0054_down.sql")
