"""Findings: what is wrong with an edition, and whether that lets it be activated."""

from gis.migrations.sql import run

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make it."""
    run("0013_findings.sql")


def downgrade() -> None:
    """Take it back."""
    run("0013_down.sql")
