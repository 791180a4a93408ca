"""Tables of photos and of what is released, for reading queries (SQLAlchemy Core); the migrations make them."""

from sqlalchemy import BigInteger, Column, DateTime, ForeignKey, Integer, LargeBinary, Table, Text
from sqlalchemy.dialects.postgresql import ARRAY

from gis.tables import metadata

_AT = DateTime(timezone=True)

photos = Table(
    "photos",
    metadata,
    Column("id", BigInteger, primary_key=True),
    Column("case_id", BigInteger, ForeignKey("cases.id"), nullable=False),
    Column("report_id", BigInteger, ForeignKey("reports.id")),
    Column("kind", Text, nullable=False),
    Column("digest", LargeBinary, nullable=False),
    Column("width", Integer, nullable=False),
    Column("height", Integer, nullable=False),
    Column("bytes", Integer, nullable=False),
    Column("taken_by", Integer, ForeignKey("people.id")),
    Column("at", _AT, nullable=False),
    Column("chain", ARRAY(Text), nullable=False),
    Column("decision", Text, nullable=False),
    Column("decided_at", _AT),
    Column("decided_by", Integer, ForeignKey("people.id")),
    Column("shown_digest", LargeBinary),
    Column("shown_width", Integer),
    Column("shown_height", Integer),
)

releases = Table(
    "releases",
    metadata,
    Column("report_id", BigInteger, ForeignKey("reports.id"), primary_key=True),
    Column("decision", Text, nullable=False),
    Column("words", Text),
    Column("salt", LargeBinary, nullable=False),
    Column("decided_at", _AT, nullable=False),
    Column("decided_by", Integer, ForeignKey("people.id"), nullable=False),
    Column("chain", ARRAY(Text), nullable=False),
)
