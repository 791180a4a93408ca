"""Absences, activations, tolerances and findings as those who look after them need them."""

from gis.migrations.sql import run

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make it."""
    run("0027_looking_after.sql")


def downgrade() -> None:
    """Take it back."""
    run("0027_down.sql")
