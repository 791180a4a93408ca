"""What comes again is asked of the places that are looked at, and of the first open case of each."""

from gis.migrations.sql import run

revision = "0051"
down_revision = "0050"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make it."""
    run("0051_looks.sql")


def downgrade() -> None:
    """Take it back."""
    run("0051_down.sql")
