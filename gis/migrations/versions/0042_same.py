"""Who reports may say that it is the same as an open case near by."""

from gis.migrations.sql import run

revision = "0042"
down_revision = "0041"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make it."""
    run("0042_same.sql")


def downgrade() -> None:
    """Take it back."""
    run("0042_down.sql")
