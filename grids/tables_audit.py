"""The table of the audit for reading queries (SQLAlchemy Core); the migrations make it, ``anchor_day`` writes it."""

from sqlalchemy import BigInteger, Column, Date, DateTime, Integer, LargeBinary, Table
from sqlalchemy.dialects.postgresql import ARRAY

from gis.tables import metadata

anchors = Table(
    "anchors",
    metadata,
    Column("day", Date, primary_key=True),
    Column("cases", ARRAY(BigInteger), nullable=False),
    Column("seqs", ARRAY(Integer), nullable=False),
    Column("heads", BigInteger, nullable=False),
    Column("up_to", BigInteger, nullable=False),
    Column("previous", LargeBinary),
    Column("digest", LargeBinary, nullable=False),
    Column("made_at", DateTime(timezone=True), nullable=False),
)
