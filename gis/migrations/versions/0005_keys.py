"""Keys of programs that call the API, with a quota each."""

from gis.migrations.sql import run

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the table and its functions."""
    run("0005_keys.sql")


def downgrade() -> None:
    """Take it back."""
    run("0005_down.sql")
