"""What tells a crowd from somebody who makes reports up."""

from gis.migrations.sql import run

revision = "0041"
down_revision = "0040"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make it."""
    run("0041_rush.sql")


def downgrade() -> None:
    """Take it back."""
    run("0041_down.sql")
