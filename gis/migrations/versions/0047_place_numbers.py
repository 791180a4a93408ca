"""Places count what their cases went through, whatever these are now."""

from gis.migrations.sql import run

revision = "0047"
down_revision = "0046"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make it."""
    run("0047_place_numbers.sql")


def downgrade() -> None:
    """Take it back."""
    run("0047_down.sql")
