"""What an edition changes and why a case followed, said exactly."""

from gis.migrations.sql import run

revision = "0035"
down_revision = "0034"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make it."""
    run("0035_effects.sql")


def downgrade() -> None:
    """Take it back."""
    run("0035_down.sql")
