"""Tables of absences, of changes of postings and of log-ins on offer, for reading queries (SQLAlchemy Core).

The migrations make them; writing goes through their functions.
"""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Date,
    DateTime,
    ForeignKey,
    Integer,
    LargeBinary,
    Table,
    Text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, TSTZRANGE

from gis.tables import metadata

_AT = DateTime(timezone=True)

absences = Table(
    "absences",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("posting_id", Integer, ForeignKey("postings.id"), nullable=False),
    Column("during", TSTZRANGE, nullable=False),
    Column("stand_in", Integer, ForeignKey("postings.id")),
    Column("posted_for_it", Boolean, nullable=False),
    Column("reason", Text, nullable=False),
    Column("made_at", _AT, nullable=False),
    Column("made_by", Integer, ForeignKey("people.id")),
)

staff_changes = Table(
    "staff_changes",
    metadata,
    Column("id", BigInteger, primary_key=True),
    Column("at", _AT, nullable=False),
    Column("made_by", Integer, ForeignKey("people.id")),
    Column("kind", Text, nullable=False),
    Column("correction", Boolean, nullable=False),
    Column("posting_id", Integer),
    Column("person_id", Integer, ForeignKey("people.id")),
    Column("was", JSONB),
    Column("became", JSONB),
)

posting_rows = Table(
    "posting_rows",
    metadata,
    Column("n", Integer, primary_key=True),
    Column("posting_id", Integer),
    *(Column(name, Text) for name in ("area_code", "role", "name", "staff_number", "desk")),
    Column("name_public", Boolean),
    Column("email", Text),
    Column("since", Date),
    Column("until", Date),
    Column("withdraw", Boolean),
    Column("chain", ARRAY(Text)),
    Column("person_id", Integer),
    Column("namesakes", ARRAY(Integer)),
    Column("who", Text),
    Column("fresh", Boolean, nullable=False),
    Column("begins", _AT),
    Column("ends", _AT),
    Column("kind", Text),
    Column("history", Boolean, nullable=False),
    Column("was", TSTZRANGE),
    Column("fault", Text),
    Column("params", JSONB, nullable=False),
)

log_in_offers = Table(
    "log_in_offers",
    metadata,
    Column("token_digest", LargeBinary, primary_key=True),
    Column("person_id", Integer, ForeignKey("people.id"), nullable=False),
    Column("login", Text, nullable=False),
    Column("made_at", _AT, nullable=False),
    Column("made_by", Integer, ForeignKey("people.id")),
    Column("expires_at", _AT, nullable=False),
)
