"""Sites are dated: one code, one row for each stretch."""

from gis.migrations.sql import run

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make it."""
    run("0021_sites.sql")


def downgrade() -> None:
    """Take it back."""
    run("0021_down.sql")
