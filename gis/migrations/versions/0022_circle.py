"""The circle of an accuracy, drawn once."""

from gis.migrations.sql import run

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make it."""
    run("0022_circle.sql")


def downgrade() -> None:
    """Take it back."""
    run("0022_down.sql")
