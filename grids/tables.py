"""Tables of people and cases for reading queries (SQLAlchemy Core).

The migrations make them; writing goes through their functions.
"""

from geoalchemy2 import Geometry
from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    DateTime,
    Double,
    ForeignKey,
    Integer,
    LargeBinary,
    Table,
    Text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, TSTZRANGE

from gis.tables import metadata

_AT = DateTime(timezone=True)
_POINT = Geometry("POINT", srid=4326, spatial_index=False)

people = Table(
    "people",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("name", Text, nullable=False),
    Column("login", Text),
    Column("password_hash", Text),
    Column("email", Text),
    Column("lang", Text, nullable=False),
    Column("staff_number", Text),
)

log_in_tries = Table(
    "log_in_tries",
    metadata,
    Column("login_digest", LargeBinary, primary_key=True),
    Column("failures", Integer, nullable=False),
    Column("at", _AT, nullable=False),
    Column("locked_until", _AT),
)

postings = Table(
    "postings",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("area_code", Text, ForeignKey("areas.code"), nullable=False),
    Column("role", Text, nullable=False),
    Column("person_id", Integer, ForeignKey("people.id")),
    Column("desk", Text),
    Column("name_public", Boolean, nullable=False),
    Column("during", TSTZRANGE, nullable=False),
)

categories = Table(
    "categories",
    metadata,
    Column("code", Text, primary_key=True),
    Column("since", _AT, primary_key=True),
    Column("family", Text, nullable=False),
    Column("name_zh", Text, nullable=False),
    Column("name_en", Text, nullable=False),
    Column("private", Boolean, nullable=False),
    Column("urgency", Text, nullable=False),
    Column("deadlines", JSONB, nullable=False),
    Column("about_official", Boolean, nullable=False),
)

cases = Table(
    "cases",
    metadata,
    Column("id", BigInteger, primary_key=True),
    Column("category_code", Text, nullable=False),
    Column("private", Boolean, nullable=False),
    Column("urgency", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("confirmed", Boolean),
    Column("reopened", Integer, nullable=False),
    Column("area_code", Text, ForeignKey("areas.code")),
    Column("chain", ARRAY(Text), nullable=False),
    Column("owner_area_code", Text, ForeignKey("areas.code"), nullable=False),
    Column("owner_role", Text, nullable=False),
    Column("owner_posting_id", Integer, ForeignKey("postings.id")),
    Column("received_at", _AT, nullable=False),
    Column("due_at", _AT, nullable=False),
    Column("promised_at", _AT),
    Column("due_as", JSONB),
    Column("closed_at", _AT),
    Column("version", Integer, nullable=False),
    Column("synthetic", Boolean, nullable=False),
    Column("geom", _POINT),
    Column("cells", ARRAY(BigInteger)),
    Column("channel", Text, nullable=False),
    Column("hazard", Boolean, nullable=False),
    Column("recurring", Boolean, nullable=False),
    Column("about_official", Boolean, nullable=False),
    Column("returned", Integer, nullable=False),
    Column("stage_due_at", _AT),
    Column("asked_until", _AT),
    Column("paused_at", _AT),
    Column("paused_until", _AT),
    Column("stage_paused", _AT),
    Column("claimed_at", _AT),
    Column("recheck", ARRAY(Text), nullable=False),
    Column("recheck_above", Boolean, nullable=False),
    Column("supervisor_posting_id", Integer, ForeignKey("postings.id")),
    Column("evaluation", Text),
    Column("merged_into", BigInteger, ForeignKey("cases.id")),
    Column("elsewhere", ARRAY(Text)),
    Column("level_since", _AT),
)

reports = Table(
    "reports",
    metadata,
    Column("id", BigInteger, primary_key=True),
    Column("number", Text, nullable=False),
    Column("key_digest", LargeBinary, nullable=False),
    Column("case_id", BigInteger, ForeignKey("cases.id"), nullable=False),
    Column("category_code", Text, nullable=False),
    Column("channel", Text, nullable=False),
    Column("received_at", _AT, nullable=False),
    Column("seen_at", _AT, nullable=False),
    Column("precision", Text, nullable=False),
    Column("lon_given", Double),
    Column("lat_given", Double),
    Column("datum", Text),
    Column("accuracy_m", Double),
    Column("geom", _POINT),
    Column("area_code", Text, ForeignKey("areas.code")),
    Column("chain", ARRAY(Text), nullable=False),
    Column("match", JSONB, nullable=False),
    Column("seen_head_posting_id", Integer, ForeignKey("postings.id")),
    Column("taken_by", Integer, ForeignKey("people.id")),
    Column("joined", Boolean, nullable=False),
    Column("synthetic", Boolean, nullable=False),
    Column("cells", ARRAY(BigInteger)),
)

report_words = Table(
    "report_words",
    metadata,
    Column("report_id", BigInteger, ForeignKey("reports.id"), primary_key=True),
    Column("words", Text, nullable=False),
    Column("place_words", Text),
    Column("salt", LargeBinary, nullable=False),
    Column("chain", ARRAY(Text), nullable=False),
)

report_contacts = Table(
    "report_contacts",
    metadata,
    Column("report_id", BigInteger, ForeignKey("reports.id"), primary_key=True),
    Column("contact", Text, nullable=False),
    Column("taken_by", Integer, ForeignKey("people.id")),
    Column("lang", Text, nullable=False),
)

events = Table(
    "events",
    metadata,
    Column("id", BigInteger, primary_key=True),
    Column("case_id", BigInteger, ForeignKey("cases.id"), nullable=False),
    Column("seq", Integer, nullable=False),
    Column("at", _AT, nullable=False),
    Column("verb", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("posting_id", Integer, ForeignKey("postings.id")),
    Column("data", JSONB, nullable=False),
    Column("hash", LargeBinary, nullable=False),
)

outbox = Table(
    "outbox",
    metadata,
    Column("id", BigInteger, primary_key=True),
    Column("topic", Text, nullable=False),
    Column("payload", JSONB, nullable=False),
    Column("at", _AT, nullable=False),
    Column("done_at", _AT),
)

idempotency_keys = Table(
    "idempotency_keys",
    metadata,
    Column("key_digest", LargeBinary, primary_key=True),
    Column("body_digest", LargeBinary, nullable=False),
    Column("report_id", BigInteger, ForeignKey("reports.id"), nullable=False),
    Column("at", _AT, nullable=False),
)

sessions = Table(
    "sessions",
    metadata,
    Column("token_digest", LargeBinary, primary_key=True),
    Column("person_id", Integer, ForeignKey("people.id"), nullable=False),
    Column("created_at", _AT, nullable=False),
    Column("expires_at", _AT, nullable=False),
)

api_keys = Table(
    "api_keys",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("name", Text, nullable=False),
    Column("key_digest", LargeBinary, nullable=False),
    Column("per_minute", Integer, nullable=False),
    Column("channels", ARRAY(Text), nullable=False),
    Column("during", TSTZRANGE, nullable=False),
)

event_words = Table(
    "event_words",
    metadata,
    Column("event_id", BigInteger, ForeignKey("events.id"), primary_key=True),
    Column("case_id", BigInteger, ForeignKey("cases.id"), nullable=False),
    Column("words", Text, nullable=False),
    Column("salt", LargeBinary, nullable=False),
    Column("shown", Boolean, nullable=False),
)

steps = Table(
    "steps",
    metadata,
    Column("verb", Text, primary_key=True),
    Column("sources", ARRAY(Text), nullable=False),
    Column("target", Text),
    Column("who", ARRAY(Text), nullable=False),
    Column("needs", ARRAY(Text), nullable=False),
    Column("shown", Boolean, nullable=False),
)

recheck_shares = Table(
    "recheck_shares",
    metadata,
    Column("since", _AT, primary_key=True),
    Column("share", Double, nullable=False),
)
