"""Tables of the worker for reading queries (SQLAlchemy Core).

The migrations make them; the worker writes them.  Jobs are procrastinate's own tables and are not named here.
"""

from sqlalchemy import BigInteger, Column, Date, DateTime, ForeignKey, Integer, LargeBinary, Table, Text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from gis.tables import metadata

_AT = DateTime(timezone=True)

deliveries = Table(
    "deliveries",
    metadata,
    Column("id", BigInteger, primary_key=True),
    Column("outbox_id", BigInteger, nullable=False),
    Column("kind", Text, nullable=False),
    Column("recipient", Text, nullable=False),
    Column("template", Text, nullable=False),
    Column("lang", Text, nullable=False),
    Column("case_id", BigInteger),
    Column("data", JSONB, nullable=False),
    Column("made_at", _AT, nullable=False),
    Column("state", Text, nullable=False),
    Column("tries", Integer, nullable=False),
    Column("next_at", _AT),
    Column("last_error", Text),
    Column("sent_at", _AT),
    Column("revived_at", _AT),
)

subscriptions = Table(
    "subscriptions",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("area_code", Text, ForeignKey("areas.code"), nullable=False),
    Column("url", Text, nullable=False),
    Column("salt", LargeBinary, nullable=False),
    Column("topics", ARRAY(Text), nullable=False),
    Column("made_by", Integer, ForeignKey("people.id")),
    Column("made_at", _AT, nullable=False),
    Column("ended_at", _AT),
)

weeks = Table(
    "weeks",
    metadata,
    Column("week", Date, primary_key=True),
    Column("at", _AT, nullable=False),
)
