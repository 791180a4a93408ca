"""Rows of postings are checked for every door; a link to a log-in is looked at when it is used."""

from gis.migrations.sql import run

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make it."""
    run("0025_doors.sql")


def downgrade() -> None:
    """Take it back."""
    run("0025_down.sql")
