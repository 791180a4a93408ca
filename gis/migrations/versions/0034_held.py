"""What held nearly: audits after erasures, log-ins taken away, pauses, warnings before a stage is late."""

from gis.migrations.sql import run

revision = "0034"
down_revision = "0033"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make it."""
    run("0034_held.sql")


def downgrade() -> None:
    """Take it back."""
    run("0034_down.sql")
