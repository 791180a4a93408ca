"""Tables of the calendar and of what was told of deadlines (SQLAlchemy Core); the migrations make them."""

from sqlalchemy import BigInteger, Column, Date, DateTime, Double, ForeignKey, Integer, Table, Text, Time

from gis.tables import metadata

_AT = DateTime(timezone=True)

calendar_years = Table(
    "calendar_years",
    metadata,
    Column("year", Integer, primary_key=True),
    Column("state", Text, nullable=False),
    Column("since", _AT),
)

calendar_days = Table(
    "calendar_days",
    metadata,
    Column("day", Date, primary_key=True),
    Column("source", Text, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("name", Text, nullable=False),
)

office_hours = Table(
    "office_hours",
    metadata,
    Column("since", Date, primary_key=True),
    Column("opens", Time, primary_key=True),
    Column("closes", Time, nullable=False),
)

work_spans = Table(
    "work_spans",
    metadata,
    Column("from_at", _AT, primary_key=True),
    Column("to_at", _AT, nullable=False),
    Column("before_s", Double, nullable=False),
    Column("pace", Double, nullable=False),
    Column("day_no", Integer),
)

due_notices = Table(
    "due_notices",
    metadata,
    Column("case_id", BigInteger, ForeignKey("cases.id"), primary_key=True),
    Column("kind", Text, primary_key=True),
    Column("due_at", _AT, primary_key=True),
    Column("at", _AT, nullable=False),
)
