"""Outlines of maps are kept as they are; what became of a merged case is told beside it."""

from gis.migrations.sql import run

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make it."""
    run("0031_maps.sql")


def downgrade() -> None:
    """Take it back."""
    run("0031_down.sql")
