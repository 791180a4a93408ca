"""The table of the rules of escalation for reading queries (SQLAlchemy Core); writing goes through functions."""

from sqlalchemy import Column, DateTime, ForeignKey, Integer, Table, Text
from sqlalchemy.dialects.postgresql import JSONB, TSTZRANGE

from gis.tables import metadata

escalation_rules = Table(
    "escalation_rules",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("during", TSTZRANGE, nullable=False),
    Column("note", Text, nullable=False),
    Column("category_code", Text),
    Column("family", Text),
    Column("area_code", Text, ForeignKey("areas.code")),
    Column("urgency", Text),
    Column("level", Text, nullable=False),
    Column("after", JSONB),
    Column("made_at", DateTime(timezone=True), nullable=False),
    Column("made_by", Integer, ForeignKey("people.id")),
    Column("ended_by", Integer, ForeignKey("people.id")),
)
