"""Rules of dispatch as data."""

from gis.migrations.sql import run

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make it."""
    run("0011_dispatch.sql")


def downgrade() -> None:
    """Take it back."""
    run("0011_down.sql")
