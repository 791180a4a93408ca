"""How urgent a case is, and what it lacks for a step, each decided in one place."""

from gis.migrations.sql import run

revision = "0036"
down_revision = "0035"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make it."""
    run("0036_urgency.sql")


def downgrade() -> None:
    """Take it back."""
    run("0036_down.sql")
