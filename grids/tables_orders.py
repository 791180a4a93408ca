"""Tables of orders (SQLAlchemy Core); the migrations make them, and their functions alone write them."""

from sqlalchemy import BigInteger, Column, DateTime, ForeignKey, Integer, Table, Text
from sqlalchemy.dialects.postgresql import ARRAY

from gis.tables import metadata

_AT = DateTime(timezone=True)

orders = Table(
    "orders",
    metadata,
    Column("case_id", BigInteger, ForeignKey("cases.id"), primary_key=True),
    Column("nth", Integer, primary_key=True),
    Column("state", Text, nullable=False),
    Column("version", Integer, nullable=False),
    Column("given_by", Integer, ForeignKey("postings.id"), nullable=False),
    Column("given_at", _AT, nullable=False),
    Column("owner_area_code", Text, ForeignKey("areas.code"), nullable=False),
    Column("owner_role", Text, nullable=False),
    Column("owner_posting_id", Integer, ForeignKey("postings.id")),
    Column("due_at", _AT, nullable=False),
    Column("late_due_at", _AT),
    Column("answered_at", _AT),
    Column("ended_at", _AT),
)

order_steps = Table(
    "order_steps",
    metadata,
    Column("verb", Text, primary_key=True),
    Column("sources", ARRAY(Text), nullable=False),
    Column("target", Text, nullable=False),
    Column("who", Text, nullable=False),
    Column("needs", ARRAY(Text), nullable=False),
)
