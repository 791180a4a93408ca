"""Which edition is in force when."""

from gis.migrations.sql import run

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make it."""
    run("0014_activations.sql")


def downgrade() -> None:
    """Take it back."""
    run("0014_down.sql")
