"""Tables of hearings and petition closure (SQLAlchemy Core); the migrations make them, their functions alone write."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    DateTime,
    ForeignKey,
    ForeignKeyConstraint,
    Integer,
    Table,
    Text,
)
from sqlalchemy.dialects.postgresql import ARRAY

from gis.tables import metadata

_AT = DateTime(timezone=True)

petition_rules = Table(
    "petition_rules",
    metadata,
    Column("since", _AT, primary_key=True),
    Column("reopened", Integer, nullable=False),
    Column("refused", Integer, nullable=False),
    Column("notice_days", Integer, nullable=False),
    Column("review_days", Integer, nullable=False),
)

hearings = Table(
    "hearings",
    metadata,
    Column("case_id", BigInteger, ForeignKey("cases.id"), primary_key=True),
    Column("nth", Integer, primary_key=True),
    Column("state", Text, nullable=False),
    Column("version", Integer, nullable=False),
    Column("posting_id", Integer, ForeignKey("postings.id"), nullable=False),
    Column("called_at", _AT, nullable=False),
    Column("at", _AT, nullable=False),
    Column("held_at", _AT),
    Column("proposal", Text),
    Column("record_digest", Text),
    Column("closed_at", _AT),
    Column("review_until", _AT),
    Column("ended_at", _AT),
    Column("private", Boolean, nullable=False),
)

hearing_places = Table(
    "hearing_places",
    metadata,
    Column("case_id", BigInteger, primary_key=True),
    Column("nth", Integer, primary_key=True),
    Column("place", Text, nullable=False),
    ForeignKeyConstraint(["case_id", "nth"], ["hearings.case_id", "hearings.nth"]),
)

hearing_people = Table(
    "hearing_people",
    metadata,
    Column("case_id", BigInteger, primary_key=True),
    Column("nth", Integer, primary_key=True),
    Column("seat", Integer, primary_key=True),
    Column("role", Text, nullable=False),
    Column("came", Boolean, nullable=False),
    Column("who", Text),
    ForeignKeyConstraint(["case_id", "nth"], ["hearings.case_id", "hearings.nth"]),
)

hearing_steps = Table(
    "hearing_steps",
    metadata,
    Column("verb", Text, primary_key=True),
    Column("sources", ARRAY(Text), nullable=False),
    Column("target", Text),
    Column("who", ARRAY(Text), nullable=False),
    Column("needs", ARRAY(Text), nullable=False),
)
