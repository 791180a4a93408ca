"""Common causes, each raised once."""

from gis.migrations.sql import run

revision = "0044"
down_revision = "0043"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make it."""
    run("0044_causes.sql")


def downgrade() -> None:
    """Take it back."""
    run("0044_down.sql")
