"""Tables of the mediation room for reading queries (SQLAlchemy Core)."""

from sqlalchemy import BigInteger, Column, DateTime, ForeignKey, ForeignKeyConstraint, Integer, Table, Text
from sqlalchemy.dialects.postgresql import ARRAY

from gis.tables import metadata

_AT = DateTime(timezone=True)

mediations = Table(
    "mediations",
    metadata,
    Column("case_id", BigInteger, ForeignKey("cases.id"), primary_key=True),
    Column("posting_id", Integer, ForeignKey("postings.id")),
    Column("above_code", Text, ForeignKey("areas.code")),
    Column("state", Text, nullable=False),
    Column("outcome", Text),
    Column("version", Integer, nullable=False),
    Column("opened_at", _AT, nullable=False),
    Column("ended_at", _AT),
)

mediation_parties = Table(
    "mediation_parties",
    metadata,
    Column("case_id", BigInteger, ForeignKey("mediations.case_id"), primary_key=True),
    Column("nth", Integer, primary_key=True),
    Column("added_at", _AT, nullable=False),
)

mediation_party_words = Table(
    "mediation_party_words",
    metadata,
    Column("case_id", BigInteger, primary_key=True),
    Column("nth", Integer, primary_key=True),
    Column("name", Text, nullable=False),
    Column("contact", Text),
    ForeignKeyConstraint(["case_id", "nth"], ["mediation_parties.case_id", "mediation_parties.nth"]),
)

mediation_sittings = Table(
    "mediation_sittings",
    metadata,
    Column("case_id", BigInteger, ForeignKey("mediations.case_id"), primary_key=True),
    Column("nth", Integer, primary_key=True),
    Column("at", _AT, nullable=False),
    Column("held_at", _AT),
)

mediation_conflicts = Table(
    "mediation_conflicts",
    metadata,
    Column("case_id", BigInteger, ForeignKey("mediations.case_id"), primary_key=True),
    Column("person_id", Integer, ForeignKey("people.id"), primary_key=True),
    Column("posting_id", Integer, ForeignKey("postings.id"), nullable=False),
    Column("at", _AT, nullable=False),
)

mediation_steps = Table(
    "mediation_steps",
    metadata,
    Column("verb", Text, primary_key=True),
    Column("sources", ARRAY(Text), nullable=False),
    Column("target", Text),
    Column("who", ARRAY(Text), nullable=False),
    Column("needs", ARRAY(Text), nullable=False),
)
