"""Petition closure: hearings with their record, and cases that are closed for good in the open."""

from gis.migrations.sql import run

revision = "0059"
down_revision = "0058"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make it."""
    run("0059_hearings.sql")


def downgrade() -> None:
    """Take it back."""
    run("0059_down.sql")
