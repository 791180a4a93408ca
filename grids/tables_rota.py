"""Tables of the rota (SQLAlchemy Core); the migrations make them, and their functions alone write them."""

from sqlalchemy import BigInteger, Column, DateTime, ForeignKey, Integer, Table, Text
from sqlalchemy.dialects.postgresql import TSTZRANGE

from gis.tables import metadata

_AT = DateTime(timezone=True)

rota = Table(
    "rota",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("area_code", Text, ForeignKey("areas.code"), nullable=False),
    Column("during", TSTZRANGE, nullable=False),
    Column("posting_id", Integer, ForeignKey("postings.id")),
    Column("title", Text),
    Column("room", Text, nullable=False),
    Column("note", Text),
    Column("stand_in_posting_id", Integer, ForeignKey("postings.id")),
    Column("stand_in_title", Text),
    Column("moved_to", Text),
    Column("withdrawn_at", _AT),
    Column("version", Integer, nullable=False),
    Column("planned_by", Integer, ForeignKey("people.id"), nullable=False),
    Column("planned_at", _AT, nullable=False),
    Column("changed_by", Integer, ForeignKey("people.id")),
    Column("changed_at", _AT),
)

rota_visits = Table(
    "rota_visits",
    metadata,
    Column("report_id", BigInteger, ForeignKey("reports.id"), primary_key=True),
    Column("rota_id", Integer, ForeignKey("rota.id"), nullable=False),
)
