"""What comes back is listed, and a place tells what rang there."""

from gis.migrations.sql import run

revision = "0040"
down_revision = "0039"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make it."""
    run("0040_coming_back.sql")


def downgrade() -> None:
    """Take it back."""
    run("0040_down.sql")
