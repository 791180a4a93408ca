"""Where reports of one family keep coming back."""

from gis.migrations.sql import run

revision = "0037"
down_revision = "0036"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make it."""
    run("0037_places.sql")


def downgrade() -> None:
    """Take it back."""
    run("0037_down.sql")
