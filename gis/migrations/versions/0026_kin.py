"""A pin as exact as its report, kin of cases in one place, and one word for one claim."""

from gis.migrations.sql import run

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make it."""
    run("0026_kin.sql")


def downgrade() -> None:
    """Take it back."""
    run("0026_down.sql")
