"""Rules that hand on by themselves are asked only where one can be meant; the desk counts page by page."""

from gis.migrations.sql import run

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make it."""
    run("0028_dispatches.sql")


def downgrade() -> None:
    """Take it back."""
    run("0028_down.sql")
