"""A case as the working lists show it: the desk, a department's inbox, the day list of a head.

Reads only, under row-level security: a case that is not the actor's does not come back, whoever asked for its number.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final, cast

from geoalchemy2 import functions as geo
from sqlalchemy import ColumnElement, func, select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from gis.errors import GridwardenError
from grids.deadlines import past_due
from grids.tables import cases, postings, report_words, reports
from grids.workflow import State

SOON: Final = timedelta(hours=24)
"""How long before its deadline a case is due soon."""

# Of the words as much as a line of a list has room for.
_BEGINNING: Final = 140


class ListForOthersError(GridwardenError):
    """A working list that belongs to another role than the actor's."""

    code = "list_for_others"


@dataclass(frozen=True, slots=True)
class Listed:
    """A case in a list.

    ``act_by`` is the deadline that comes first: of the stage, of the whole, or of the pause.  ``held``: somebody is
    posted as its owner today.  ``lon, lat`` are EPSG:4326 degrees, None without a pin; ``words`` are the beginning of
    the first report's, None where they are not the actor's to read.
    """

    id: int
    version: int
    category_code: str
    state: State
    confirmed: bool | None
    urgency: str
    hazard: bool
    recurring: bool
    reopened: int
    returned: int
    received_at: datetime
    due_at: datetime
    stage_due_at: datetime | None
    asked_until: datetime | None
    paused_at: datetime | None
    paused_until: datetime | None
    area_code: str | None
    chain: tuple[str, ...]
    owner_area_code: str
    owner_role: str
    supervised: bool
    owner_desk: str | None
    held: bool
    lon: float | None
    lat: float | None
    reports: int
    number: str
    words: str | None
    place_words: str | None

    @property
    def act_by(self) -> datetime:
        """The deadline that comes first."""
        whole = self.paused_until or self.due_at
        return min(whole, self.stage_due_at) if self.stage_due_at else whole

    def late(self, now: datetime) -> bool:
        """Whether a deadline has passed; while a case is paused its clock stands still."""
        stage = self.stage_due_at is not None and self.stage_due_at < now
        return stage or past_due(self.due_at, self.paused_at, now)

    def soon(self, now: datetime) -> bool:
        """Whether it is neither late nor paused and a deadline is near."""
        return self.state != "paused" and not self.late(now) and self.act_by <= now + SOON


# The order of the lists; the same expression as the index cases_open_by_deadline.
ACT_BY: Final = func.least(func.coalesce(cases.c.paused_until, cases.c.due_at), cases.c.stage_due_at)


async def listed(
    connection: AsyncConnection, now: datetime, *which: ColumnElement[bool], limit: int | None = None
) -> list[Listed]:
    """Answer the cases for which all conditions on ``cases`` hold, the earliest deadline first.

    Parameters
    ----------
    connection : AsyncConnection
        As the web role; the actor's rights hold.
    now : datetime
        Aware; whoever is posted at this instant holds a case.
    *which
        Conditions on columns of ``grids.tables.cases``.
    limit : int, optional
        At most so many.
    """
    shown = select(cases).where(*which).order_by(ACT_BY, cases.c.id).limit(limit).cte("shown")
    c, p = shown.c, postings.c
    first = (
        select(reports.c.id, reports.c.number)
        .where(reports.c.case_id == c.id)
        .order_by(reports.c.received_at, reports.c.id)
        .limit(1)
        .lateral("first")
    )
    told = select(func.count()).where(reports.c.case_id == c.id).scalar_subquery()
    order = func.least(func.coalesce(c.paused_until, c.due_at), c.stage_due_at)
    found = await connection.execute(
        select(
            *(getattr(c, name) for name in _OWN),
            c.supervisor_posting_id.isnot(None),
            p.desk,
            func.coalesce(p.during.contains(now), False),
            geo.ST_X(c.geom),
            geo.ST_Y(c.geom),
            told,
            first.c.number,
            func.left(report_words.c.words, _BEGINNING),
            report_words.c.place_words,
        )
        .select_from(
            shown.join(first, text("true"))
            .outerjoin(report_words, report_words.c.report_id == first.c.id)
            .outerjoin(postings, p.id == c.owner_posting_id)
        )
        .order_by(order, c.id)
    )
    return [_listed(cast("Sequence[Any]", row)) for row in found]


_OWN: Final = (
    "id",
    "version",
    "category_code",
    "state",
    "confirmed",
    "urgency",
    "hazard",
    "recurring",
    "reopened",
    "returned",
    "received_at",
    "due_at",
    "stage_due_at",
    "asked_until",
    "paused_at",
    "paused_until",
    "area_code",
    "chain",
    "owner_area_code",
    "owner_role",
)


def _listed(row: Sequence[Any]) -> Listed:
    values = dict(zip(Listed.__slots__, row, strict=True))
    return Listed(**values | {"chain": tuple(values["chain"])})
