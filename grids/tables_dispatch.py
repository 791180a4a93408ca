"""The table of the rules of dispatch for reading queries (SQLAlchemy Core); writing goes through functions."""

from sqlalchemy import BigInteger, Boolean, Column, DateTime, Double, ForeignKey, Integer, Table, Text
from sqlalchemy.dialects.postgresql import TSTZRANGE

from gis.tables import metadata

dispatch_rules = Table(
    "dispatch_rules",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("rank", Integer, nullable=False),
    Column("during", TSTZRANGE, nullable=False),
    Column("note", Text, nullable=False),
    Column("category_code", Text),
    Column("family", Text),
    Column("area_code", Text, ForeignKey("areas.code")),
    Column("at_level", Text),
    Column("channel", Text),
    Column("hazard", Boolean),
    Column("urgency", Text),
    Column("hours", Text),
    Column("outcome", Text),
    Column("accuracy_from_m", Double),
    Column("target", Text, nullable=False),
    Column("level", Text),
    Column("department", Text),
    Column("automatic", Boolean, nullable=False),
    Column("made_at", DateTime(timezone=True), nullable=False),
    Column("made_by", Integer, ForeignKey("people.id")),
    Column("ended_by", Integer, ForeignKey("people.id")),
)

ruled_cases = Table(
    "ruled_cases",
    metadata,
    Column("case_id", BigInteger, ForeignKey("cases.id"), primary_key=True),
    Column(
        "rule_id",
        Integer,
        ForeignKey("dispatch_rules.id"),
        comment="null: none fitted, or no rule that hands on by itself could be meant",
    ),
    Column("at", DateTime(timezone=True), nullable=False),
)
