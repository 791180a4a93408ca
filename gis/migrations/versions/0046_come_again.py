"""What is reported again within 30 days of its closing is opened again by that report."""

from gis.migrations.sql import run

revision = "0046"
down_revision = "0045"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make it."""
    run("0046_come_again.sql")


def downgrade() -> None:
    """Take it back."""
    run("0046_down.sql")
