"""A tolerance for each level, and answers that say by which rule they were found."""

from gis.migrations.sql import run

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make it."""
    run("0015_tolerances.sql")


def downgrade() -> None:
    """Take it back."""
    run("0015_down.sql")
