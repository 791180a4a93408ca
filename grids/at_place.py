"""What was closed at the place of a report: whoever reported there may say that it is not solved.

Owns the question only.  What the place of a case is, ``report_at_place`` in the database decides, for this list and for
the step ``reopen`` alike; nothing of what others said is told.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from grids.hearings import Closing, closing_of
from grids.receipts import digest


@dataclass(frozen=True, slots=True)
class ClosedHere:
    """A case that was closed at the place of somebody's report; what was closed as a ``petition`` is not reopened."""

    case_id: int
    version: int
    category: str
    state: str
    confirmed: bool | None
    received_at: datetime
    closed_at: datetime
    petition: Closing | None


async def closed_at_place(
    connection: AsyncConnection, number: str, key: str, now: datetime, limit: int = 3
) -> tuple[ClosedHere, ...]:
    """Answer what was closed at the place of a report within 90 days, for the holder of its link; the newest first.

    Parameters
    ----------
    connection : AsyncConnection
        As the web role.
    number, key : str
        Of the report; a key that does not fit answers nothing.
    now : datetime
        Aware.
    limit : int
        So many at most.
    """
    found = await connection.execute(
        text("SELECT closed_at_place(:number, :digest, :at, :limit)"),
        {"number": number, "digest": digest(key), "at": now, "limit": limit},
    )
    return tuple(_closed_here(row) for row in found.scalar_one())


def _closed_here(row: dict[str, Any]) -> ClosedHere:
    moments = {name: datetime.fromisoformat(row[name]) for name in ("received_at", "closed_at")}
    return ClosedHere(**row | moments | {"petition": closing_of(row["petition"])})
