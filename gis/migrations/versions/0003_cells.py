"""Cells and channels of the rows that were there before 0002; rows are locked, tables are not."""

from alembic import op

from gis.cells import cells_of

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_BATCH = 10_000


def upgrade() -> None:
    """Fill in what 0002 added, and hold that it stays filled."""
    cursor = op.get_bind().connection.cursor()
    for table in ("reports", "cases"):
        last = 0
        while True:
            cursor.execute(
                f"SELECT id, ST_X(geom), ST_Y(geom) FROM {table}"  # noqa: S608  one of the two names above
                " WHERE id > %s AND geom IS NOT NULL AND cells IS NULL ORDER BY id LIMIT %s",
                (last, _BATCH),
            )
            rows = cursor.fetchall()
            if not rows:
                break
            last = rows[-1][0]
            cursor.executemany(
                f"UPDATE {table} SET cells = %s WHERE id = %s",  # noqa: S608
                [(cells_of(lon, lat), row_id) for row_id, lon, lat in rows],
            )
    cursor.execute(
        "UPDATE cases c SET channel = f.channel FROM (SELECT DISTINCT ON (case_id) case_id, channel FROM reports"
        " ORDER BY case_id, received_at, id) f WHERE f.case_id = c.id AND c.channel IS NULL"
    )
    cursor.execute("ALTER TABLE reports ADD CONSTRAINT reports_cells CHECK ((cells IS NULL) = (geom IS NULL))")
    cursor.execute(
        "ALTER TABLE cases ADD CONSTRAINT cases_cells CHECK ((cells IS NULL) = (geom IS NULL)),"
        " ALTER COLUMN channel SET NOT NULL"
    )


def downgrade() -> None:
    """Let go of what is held; the values go with their columns."""
    cursor = op.get_bind().connection.cursor()
    cursor.execute("ALTER TABLE reports DROP CONSTRAINT reports_cells")
    cursor.execute("ALTER TABLE cases DROP CONSTRAINT cases_cells, ALTER COLUMN channel DROP NOT NULL")
