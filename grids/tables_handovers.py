"""Tables of hand-overs (SQLAlchemy Core); the migrations make them, and their functions alone write them."""

from sqlalchemy import BigInteger, Column, DateTime, ForeignKey, Integer, LargeBinary, Table, Text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from gis.tables import metadata

_AT = DateTime(timezone=True)

handovers = Table(
    "handovers",
    metadata,
    Column("id", BigInteger, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("area_code", Text, ForeignKey("areas.code"), nullable=False),
    Column("desk", Text),
    Column("chain", ARRAY(Text), nullable=False),
    Column("given_by", Integer, ForeignKey("postings.id"), nullable=False),
    Column("given_at", _AT, nullable=False),
    Column("to_posting", Integer, ForeignKey("postings.id")),
    Column("until", _AT, nullable=False),
    Column("counts", JSONB, nullable=False),
    Column("note_digest", Text),
)

handover_lines = Table(
    "handover_lines",
    metadata,
    Column("handover_id", BigInteger, ForeignKey("handovers.id"), primary_key=True),
    Column("nth", Integer, primary_key=True),
    Column("case_id", BigInteger, ForeignKey("cases.id"), nullable=False),
    Column("reasons", ARRAY(Text), nullable=False),
    Column("state", Text, nullable=False),
    Column("act_by", _AT, nullable=False),
    Column("note_digest", Text),
)

handover_acceptances = Table(
    "handover_acceptances",
    metadata,
    Column("handover_id", BigInteger, ForeignKey("handovers.id"), primary_key=True),
    Column("accepted_by", Integer, ForeignKey("postings.id"), nullable=False),
    Column("accepted_at", _AT, nullable=False),
    Column("remark_digest", Text),
)

handover_words = Table(
    "handover_words",
    metadata,
    Column("handover_id", BigInteger, ForeignKey("handovers.id"), primary_key=True),
    Column("about", Text, primary_key=True),
    Column("nth", Integer, primary_key=True),
    Column("words", Text, nullable=False),
    Column("salt", LargeBinary, nullable=False),
)
