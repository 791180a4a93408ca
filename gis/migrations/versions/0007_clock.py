"""Working time: spans, deadlines, and when something is due."""

from gis.migrations.sql import run

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the calendar and its functions; receive_report asks them."""
    for part in ("clock", "due", "receive"):
        run(f"0007_{part}.sql")


def downgrade() -> None:
    """Take it back."""
    run("0007_down.sql")
