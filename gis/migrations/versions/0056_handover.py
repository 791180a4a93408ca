"""The end of a shift: hand-overs, who is away at a desk, the load of those to whom a case can go."""

from gis.migrations.sql import run

revision = "0056"
down_revision = "0055"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make it."""
    run("0056_postings.sql")
    run("0056_handover.sql")


def downgrade() -> None:
    """Take it back."""
    run("0056_down.sql")
