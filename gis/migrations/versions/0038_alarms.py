"""Rules on places, and what they did."""

from gis.migrations.sql import run

revision = "0038"
down_revision = "0037"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make it."""
    run("0038_alarms.sql")


def downgrade() -> None:
    """Take it back."""
    run("0038_down.sql")
