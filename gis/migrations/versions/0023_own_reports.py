"""Whose link it is does not confirm his colleague's work."""

from gis.migrations.sql import run

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make it."""
    run("0023_own_reports.sql")


def downgrade() -> None:
    """Take it back."""
    run("0023_down.sql")
