"""Photos, and what of words and photos the public sees."""

from gis.migrations.sql import run

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the tables and their functions."""
    run("0008_photos.sql")


def downgrade() -> None:
    """Take them back."""
    run("0008_down.sql")
