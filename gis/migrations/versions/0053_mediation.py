"""The mediation room: parties, sittings and agreement of a dispute, private by default."""

from gis.migrations.sql import run

revision = "0053"
down_revision = "0052"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make it."""
    run("0053_mediation.sql")


def downgrade() -> None:
    """Take it back."""
    run("0053_down.sql")
