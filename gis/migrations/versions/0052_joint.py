"""Cases that several solve together: a lead, and others with a part each."""

from gis.migrations.sql import run

revision = "0052"
down_revision = "0051"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make it."""
    run("0052_joint.sql")


def downgrade() -> None:
    """Take it back."""
    run("0052_down.sql")
