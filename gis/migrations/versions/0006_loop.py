"""Who may do what, and the steps of a case."""

from gis.migrations.sql import run

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make it."""
    run("0006_loop.sql")


def downgrade() -> None:
    """Take it back."""
    run("0006_down.sql")
