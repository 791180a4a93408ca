"""Editions are loaded whole, by one function."""

from gis.migrations.sql import run

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make it."""
    run("0020_loading.sql")


def downgrade() -> None:
    """Take it back."""
    run("0020_down.sql")
