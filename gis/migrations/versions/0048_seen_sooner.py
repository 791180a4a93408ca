"""Figures of what the public sees take two thirds of the time."""

from gis.migrations.sql import run

revision = "0048"
down_revision = "0047"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make it."""
    run("0048_seen_sooner.sql")


def downgrade() -> None:
    """Take it back."""
    run("0048_down.sql")
