"""The life of an edition, and open cases that follow it."""

from gis.migrations.sql import run

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make it."""
    run("0016_editions.sql")


def downgrade() -> None:
    """Take it back."""
    run("0016_down.sql")
