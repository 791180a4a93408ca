"""The kernel: areas, people, reports, cases, the match, and who may see what."""

from gis.migrations.sql import run

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create tables, then the functions from geometry up to reports, then the rights."""
    for part in ("kernel", "match", "actor", "locate", "receive", "sessions", "rights"):
        run(f"0001_{part}.sql")


def downgrade() -> None:
    """Drop everything of this revision."""
    run("0001_down.sql")
