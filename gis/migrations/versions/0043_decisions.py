"""What staff decide about places: one of its own, or one and the same."""

from gis.migrations.sql import run

revision = "0043"
down_revision = "0042"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make it."""
    run("0043_decisions.sql")


def downgrade() -> None:
    """Take it back."""
    run("0043_down.sql")
