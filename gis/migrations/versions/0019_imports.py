"""Lists of reports from other systems."""

from gis.migrations.sql import run

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make it."""
    run("0019_imports.sql")


def downgrade() -> None:
    """Take it back."""
    run("0019_down.sql")
