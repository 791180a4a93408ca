"""Who stands in is somebody else, and keeps his own days; what is split off carries no promise of another case."""

from gis.migrations.sql import run

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make it."""
    run("0029_stand_ins.sql")


def downgrade() -> None:
    """Take it back."""
    run("0029_down.sql")
