"""What a desk has before it."""

from gis.migrations.sql import run

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make it."""
    run("0012_desk.sql")


def downgrade() -> None:
    """Take it back."""
    run("0012_down.sql")
