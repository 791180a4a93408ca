"""Tables of places (SQLAlchemy Core); the migrations make them, and their functions alone write and read them."""

from geoalchemy2 import Geometry
from sqlalchemy import ARRAY, BigInteger, Boolean, Column, DateTime, Double, ForeignKey, Integer, Table, Text
from sqlalchemy.dialects.postgresql import JSONB, TSTZRANGE

from gis.tables import metadata

place_radii = Table(
    "place_radii",
    metadata,
    Column("family", Text, primary_key=True),
    Column("since", DateTime(timezone=True), primary_key=True),
    Column("radius_m", Double, nullable=False),
)

place_queue = Table("place_queue", metadata, Column("report_id", BigInteger, primary_key=True))

place_reports = Table(
    "place_reports",
    metadata,
    Column("report_id", BigInteger, ForeignKey("reports.id"), primary_key=True),
    Column("family", Text, nullable=False),
    Column("reach_m", Double, nullable=False),
    Column("road", Text),
    Column("along_m", Double),
    Column("anchor_id", BigInteger, ForeignKey("reports.id"), nullable=False),
)

places = Table(
    "places",
    metadata,
    Column("id", BigInteger, ForeignKey("reports.id"), primary_key=True),
    Column("family", Text, nullable=False),
    Column("stands", Boolean, nullable=False),
    Column("geom", Geometry("POINT", 4326, spatial_index=False, nullable=False)),
)

place_decisions = Table(
    "place_decisions",
    metadata,
    Column("id", BigInteger, primary_key=True),
    Column("report_id", BigInteger, ForeignKey("reports.id"), nullable=False),
    Column("deed", Text, nullable=False),
    Column("one_with", BigInteger, ForeignKey("reports.id")),
    Column("at", DateTime(timezone=True), nullable=False),
    Column("posting_id", Integer, ForeignKey("postings.id"), nullable=False),
    Column("words", Text, nullable=False),
)

common_causes = Table(
    "common_causes",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("family", Text, nullable=False),
    Column("level", Text, nullable=False),
    Column("raised_at", DateTime(timezone=True), nullable=False),
    Column("since", DateTime(timezone=True), nullable=False),
    Column("until", DateTime(timezone=True), nullable=False),
    Column("facts", JSONB, nullable=False),
    Column("owner_area_code", Text, ForeignKey("areas.code")),
)

place_rules = Table(
    "place_rules",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("during", TSTZRANGE, nullable=False),
    Column("note", Text, nullable=False),
    Column("family", Text),
    Column("category_code", Text),
    Column("area_code", Text, ForeignKey("areas.code")),
    Column("days", Integer, nullable=False),
    Column("reports_from", Integer),
    Column("reopened_from", Integer),
    Column("unconfirmed_from", Integer),
    Column("handed_from", Integer),
    Column("site_kinds", ARRAY(Text)),
    Column("within_m", Double),
    Column("deeds", ARRAY(Text), nullable=False),
    Column("made_at", DateTime(timezone=True), nullable=False),
    Column("made_by", Integer, ForeignKey("people.id")),
    Column("ended_by", Integer, ForeignKey("people.id")),
)

place_looks = Table(
    "place_looks",
    metadata,
    Column("place_id", BigInteger, primary_key=True),
    Column("later", Boolean, nullable=False),
)

alarms = Table(
    "alarms",
    metadata,
    Column("case_id", BigInteger, ForeignKey("cases.id"), primary_key=True),
    Column("rule_id", Integer, ForeignKey("place_rules.id"), primary_key=True),
    Column("place_id", BigInteger, ForeignKey("reports.id"), nullable=False),
    Column("at", DateTime(timezone=True), nullable=False),
    Column("seq", Integer, nullable=False),
    Column("facts", JSONB, nullable=False),
)
