"""Tables of joint handling for reading queries (SQLAlchemy Core)."""

from sqlalchemy import BigInteger, Boolean, Column, DateTime, ForeignKey, Integer, Table, Text
from sqlalchemy.dialects.postgresql import ARRAY

from gis.tables import metadata

_AT = DateTime(timezone=True)

parts = Table(
    "parts",
    metadata,
    Column("id", BigInteger, primary_key=True),
    Column("case_id", BigInteger, ForeignKey("cases.id"), nullable=False),
    Column("nth", Integer, nullable=False),
    Column("posting_id", Integer, ForeignKey("postings.id"), nullable=False),
    Column("state", Text, nullable=False),
    Column("version", Integer, nullable=False),
    Column("asked_at", _AT, nullable=False),
    Column("due_at", _AT, nullable=False),
    Column("ended_at", _AT),
    Column("told_due_at", _AT),
    Column("exact", Boolean, nullable=False),
)

part_steps = Table(
    "part_steps",
    metadata,
    Column("verb", Text, primary_key=True),
    Column("sources", ARRAY(Text), nullable=False),
    Column("target", Text),
    Column("who", ARRAY(Text), nullable=False),
    Column("needs", ARRAY(Text), nullable=False),
)
