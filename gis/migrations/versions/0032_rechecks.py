"""Who looks again, where a case may go back to, and whose word counts."""

from gis.migrations.sql import run

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make it."""
    run("0032_rechecks.sql")


def downgrade() -> None:
    """Take it back."""
    run("0032_down.sql")
