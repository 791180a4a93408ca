"""Reports wait for their places from when they are there, and looking at places takes less."""

from gis.migrations.sql import run

revision = "0051"
down_revision = "0050"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make it."""
    run("0051_looks.sql")


def downgrade() -> None:
    """Take it back."""
    run("0051_down.sql")
