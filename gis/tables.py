"""Tables of geometry for reading queries (SQLAlchemy Core, GeoAlchemy2).

The migrations make them; a test holds both equal.
"""

from geoalchemy2 import Geometry
from sqlalchemy import ARRAY, Boolean, Column, DateTime, Double, ForeignKey, Integer, MetaData, Table, Text
from sqlalchemy.dialects.postgresql import TSTZRANGE

metadata = MetaData()


def _geometry(kind: str) -> Geometry:
    return Geometry(kind, srid=4326, spatial_index=False)


editions = Table(
    "editions",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("name", Text, nullable=False),
    Column("levels", ARRAY(Text), nullable=False),
    Column("valid_from", DateTime(timezone=True), nullable=False),
    Column("state", Text, nullable=False),
    Column("tolerance_m", Double, nullable=False),
    Column("source", Text, nullable=False),
    Column("datum", Text, nullable=False),
    Column("synthetic", Boolean, nullable=False),
    Column("loaded_at", DateTime(timezone=True), nullable=False),
    Column("activated_at", DateTime(timezone=True)),
)

areas = Table("areas", metadata, Column("code", Text, primary_key=True), Column("level", Text, nullable=False))

boundaries = Table(
    "boundaries",
    metadata,
    Column("edition_id", Integer, ForeignKey("editions.id"), primary_key=True),
    Column("code", Text, ForeignKey("areas.code"), primary_key=True),
    Column("level", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("parent_code", Text),
    Column("chain", ARRAY(Text), nullable=False),
    Column("overlay", Boolean, nullable=False),
    Column("households", Integer),
    Column("residents", Integer),
    Column("area_m2", Double, nullable=False),
    Column("synthetic", Boolean, nullable=False),
    Column("label", _geometry("POINT"), nullable=False),
    Column("geom", _geometry("MULTIPOLYGON"), nullable=False),
)

sites = Table(
    "sites",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("code", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("during", TSTZRANGE, nullable=False),
    Column("synthetic", Boolean, nullable=False),
    Column("geom", _geometry("GEOMETRY"), nullable=False),
)
