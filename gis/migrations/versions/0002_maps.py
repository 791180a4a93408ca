"""What maps need: who sees which rows of them, the units they are drawn of, the cells of reports and cases."""

from gis.migrations.sql import run

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add columns, tables and views; the cells of rows that are there already follow in 0003."""
    for part in ("units", "seen", "match", "receive"):
        run(f"0002_{part}.sql")


def downgrade() -> None:
    """Take it back."""
    run("0002_down.sql")
