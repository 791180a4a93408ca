"""Whose desk has a common cause, and that it is told so."""

from gis.migrations.sql import run

revision = "0049"
down_revision = "0048"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make it."""
    run("0049_cause_desks.sql")


def downgrade() -> None:
    """Take it back."""
    run("0049_down.sql")
