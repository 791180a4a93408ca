"""What an area that is no longer drawn was called."""

from gis.migrations.sql import run

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make it."""
    run("0024_names.sql")


def downgrade() -> None:
    """Take it back."""
    run("0024_down.sql")
