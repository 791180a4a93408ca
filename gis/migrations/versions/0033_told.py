"""Who is told what: weekly lists, re-checks, addresses of staff."""

from gis.migrations.sql import run

revision = "0033"
down_revision = "0032"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make it."""
    run("0033_told.sql")


def downgrade() -> None:
    """Take it back."""
    run("0033_down.sql")
