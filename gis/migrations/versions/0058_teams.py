"""Helper teams that have a part of a case and see nothing else of it."""

from gis.migrations.sql import run

revision = "0058"
down_revision = "0057"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make it."""
    run("0058_teams.sql")


def downgrade() -> None:
    """Take it back."""
    run("0058_down.sql")
