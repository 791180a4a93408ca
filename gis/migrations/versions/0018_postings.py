"""Absences, postings as an administrator changes them, and log-ins."""

from gis.migrations.sql import run

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make it."""
    run("0018_absences.sql")
    run("0018_postings.sql")
    run("0018_log_ins.sql")


def downgrade() -> None:
    """Take it back."""
    run("0018_down.sql")
