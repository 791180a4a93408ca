"""The hash chain of events and its daily anchor."""

from gis.migrations.sql import run

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make it."""
    run("0010_audit.sql")


def downgrade() -> None:
    """Take it back."""
    run("0010_down.sql")
