"""Tables of lists from other systems (SQLAlchemy Core); the migrations make them, ``grids.bulk`` writes them."""

from sqlalchemy import BigInteger, Column, DateTime, ForeignKey, Integer, LargeBinary, Table, Text

from gis.tables import metadata

report_imports = Table(
    "report_imports",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("source", Text, nullable=False),
    Column("file_name", Text, nullable=False),
    Column("file_digest", LargeBinary, nullable=False),
    Column("filed", BigInteger, nullable=False),
    Column("known", BigInteger, nullable=False),
    Column("refused", BigInteger, nullable=False),
    Column("made_at", DateTime(timezone=True), nullable=False),
    Column("made_by", Integer, ForeignKey("people.id")),
)

report_origins = Table(
    "report_origins",
    metadata,
    Column("source", Text, primary_key=True),
    Column("external_id", Text, primary_key=True),
    Column("report_id", BigInteger, ForeignKey("reports.id"), nullable=False),
    Column("import_id", Integer, nullable=False),
)
