"""Places on maps, for those who see them and, rounded, for planners."""

from gis.migrations.sql import run

revision = "0045"
down_revision = "0044"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make it."""
    run("0045_place_marks.sql")


def downgrade() -> None:
    """Take it back."""
    run("0045_down.sql")
