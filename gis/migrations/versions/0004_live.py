"""What a live area page asks: what is new, and what stands and happened near a case."""

from gis.migrations.sql import run

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the functions."""
    run("0004_live.sql")


def downgrade() -> None:
    """Take them back."""
    run("0004_down.sql")
