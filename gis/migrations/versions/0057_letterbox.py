"""The other doors: the letterbox of a level, and the rota of officials who receive visitors."""

from gis.migrations.sql import run

revision = "0057"
down_revision = "0056"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make it."""
    run("0057_letterbox.sql")


def downgrade() -> None:
    """Take it back."""
    run("0057_down.sql")
