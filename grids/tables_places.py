"""Tables of places (SQLAlchemy Core); the migrations make them, and their functions alone write and read them."""

from geoalchemy2 import Geometry
from sqlalchemy import BigInteger, Boolean, Column, DateTime, Double, ForeignKey, Table, Text

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
