"""Tables of helper teams for reading queries (SQLAlchemy Core).

``teams`` and ``team_terms`` are read through functions that ask who reads (revision 0058).
"""

from sqlalchemy import Column, DateTime, ForeignKey, Integer, Table, Text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from gis.tables import metadata

_AT = DateTime(timezone=True)

team_skills = Table(
    "team_skills",
    metadata,
    Column("code", Text, primary_key=True),
    Column("name_zh", Text, nullable=False),
    Column("name_en", Text, nullable=False),
    Column("families", ARRAY(Text), nullable=False),
    Column("since", _AT, nullable=False),
    Column("until", _AT),
)

teams = Table(
    "teams",
    metadata,
    Column("posting_id", Integer, ForeignKey("postings.id"), primary_key=True),
    Column("kind", Text, nullable=False),
    Column("name_en", Text, nullable=False),
    Column("version", Integer, nullable=False),
)

team_terms = Table(
    "team_terms",
    metadata,
    Column("posting_id", Integer, ForeignKey("teams.posting_id"), primary_key=True),
    Column("version", Integer, primary_key=True),
    Column("since", _AT, nullable=False),
    Column("made_by", Integer, ForeignKey("people.id")),
    Column("skills", ARRAY(Text), nullable=False),
    Column("areas", ARRAY(Text), nullable=False),
    Column("hours", JSONB, nullable=False),
    Column("contact", Text, nullable=False),
)
