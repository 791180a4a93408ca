"""The desk asks once."""

from gis.migrations.sql import run

revision = "0039"
down_revision = "0038"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make it."""
    run("0039_desk_look.sql")


def downgrade() -> None:
    """Take it back."""
    run("0039_down.sql")
