"""What was promised first, and who may speak for a place."""

from gis.migrations.sql import run

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make it."""
    run("0017_promises.sql")


def downgrade() -> None:
    """Take it back."""
    run("0017_down.sql")
