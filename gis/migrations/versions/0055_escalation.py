"""Escalation: who may handle what, how long a level has, and going up by choice, by rule and by the clock."""

from gis.migrations.sql import run

revision = "0055"
down_revision = "0054"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make it."""
    run("0055_escalation.sql")


def downgrade() -> None:
    """Take it back."""
    run("0055_down.sql")
