"""What no rule of dispatch was looked at for is found first."""

from gis.migrations.sql import run

revision = "0050"
down_revision = "0049"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make it."""
    run("0050_dispatch_sooner.sql")


def downgrade() -> None:
    """Take it back."""
    run("0050_down.sql")
