"""The tables of an edition's life for reading queries (SQLAlchemy Core); writing goes through functions."""

from sqlalchemy import Column, DateTime, ForeignKey, Integer, Table, Text

from gis.tables import metadata

activations = Table(
    "activations",
    metadata,
    Column("valid_from", DateTime(timezone=True), primary_key=True),
    Column("edition_id", Integer, ForeignKey("editions.id"), nullable=False),
    Column("activated_at", DateTime(timezone=True), nullable=False),
    Column("activated_by", Integer, ForeignKey("people.id")),
    Column("followed_at", DateTime(timezone=True)),
)

preparations = Table(
    "preparations",
    metadata,
    Column("edition_id", Integer, ForeignKey("editions.id"), primary_key=True),
    Column("asked_at", DateTime(timezone=True), nullable=False),
    Column("asked_by", Integer, ForeignKey("people.id")),
    Column("begun_at", DateTime(timezone=True)),
    Column("done_at", DateTime(timezone=True)),
    Column("failed", Text),
)

taken_back = Table(
    "taken_back",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("valid_from", DateTime(timezone=True), nullable=False),
    Column("edition_id", Integer, ForeignKey("editions.id"), nullable=False),
    Column("activated_at", DateTime(timezone=True), nullable=False),
    Column("activated_by", Integer, ForeignKey("people.id")),
    Column("taken_back_at", DateTime(timezone=True), nullable=False),
    Column("taken_back_by", Integer, ForeignKey("people.id")),
)
