"""A row about postings does nothing in passing to others; a pin is as exact as the report it came with."""

from gis.migrations.sql import run

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make it."""
    run("0030_postings.sql")
    run("0030_pins.sql")


def downgrade() -> None:
    """Take it back."""
    run("0030_down.sql")
