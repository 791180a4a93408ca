"""Tables of geometry for reading queries (SQLAlchemy Core, GeoAlchemy2).

The migrations make them; a test holds both equal.
"""

from geoalchemy2 import Geometry
from sqlalchemy import (
    ARRAY,
    BigInteger,
    Boolean,
    Column,
    DateTime,
    Double,
    ForeignKey,
    Integer,
    LargeBinary,
    MetaData,
    SmallInteger,
    Table,
    Text,
)
from sqlalchemy.dialects.postgresql import JSONB, TSTZRANGE

metadata = MetaData()


def _geometry(kind: str, srid: int = 4326) -> Geometry:
    return Geometry(kind, srid=srid, spatial_index=False)


editions = Table(
    "editions",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("name", Text, nullable=False),
    Column("levels", ARRAY(Text), nullable=False),
    Column("source", Text, nullable=False),
    Column("datum", Text, nullable=False),
    Column("synthetic", Boolean, nullable=False),
    Column("loaded_at", DateTime(timezone=True), nullable=False),
    Column("tolerances_m", ARRAY(Double), nullable=False),
    Column("digest", LargeBinary, unique=True),
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
    Column("last_level", Boolean, nullable=False),
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
    Column("source", Text),
)

units = Table(
    "units",
    metadata,
    Column("edition_id", Integer, ForeignKey("editions.id"), primary_key=True),
    Column("kind", Text, primary_key=True),
    Column("n", Integer, primary_key=True),
    Column("key", Text, nullable=False),
    Column("cell", BigInteger),
    Column("households", Double),
    Column("area_m2", Double, nullable=False),
)

shapes = Table(
    "shapes",
    metadata,
    Column("edition_id", Integer, ForeignKey("editions.id"), primary_key=True),
    Column("kind", Text, primary_key=True),
    Column("n", Integer, primary_key=True),
    Column("band", SmallInteger, primary_key=True),
    Column("geom", _geometry("GEOMETRY", 3857), nullable=False),
)

lineage = Table(
    "lineage",
    metadata,
    Column("edition_id", Integer, ForeignKey("editions.id"), primary_key=True),
    Column("kind", Text, primary_key=True),
    Column("code", Text, ForeignKey("areas.code"), primary_key=True),
    Column("n", Integer, nullable=False),
)

spellings = Table(
    "spellings",
    metadata,
    Column("edition_id", Integer, primary_key=True),
    Column("code", Text, primary_key=True),
    Column("pinyin", Text, nullable=False),
    Column("initials", Text, nullable=False),
)

edition_checks = Table(
    "edition_checks",
    metadata,
    Column("edition_id", Integer, ForeignKey("editions.id"), primary_key=True),
    Column("checked_at", DateTime(timezone=True), nullable=False),
    Column("against", Integer, ForeignKey("editions.id")),
    Column("areas", Integer, nullable=False),
)

findings = Table(
    "findings",
    metadata,
    Column("edition_id", Integer, ForeignKey("editions.id"), primary_key=True),
    Column("n", Integer, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("severity", Text, nullable=False),
    Column("codes", ARRAY(Text), nullable=False),
    Column("area_m2", Double),
    Column("shape", _geometry("GEOMETRY")),
    Column("repaired", _geometry("GEOMETRY")),
    Column("params", JSONB, nullable=False),
)
