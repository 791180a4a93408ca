"""What anybody may know of one case: category, state, dates, area, and what a clerk has released.

Reads only; what is left out is left out by ``public_case`` in ``0008_photos.sql``.
"""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from grids.answers import AreaBrief
from grids.cases import CaseNotFoundError


@dataclass(frozen=True, slots=True)
class ReleasedPhoto:
    """A released photo, with the day on which it was sent."""

    id: int
    kind: str
    width: int
    height: int
    sent_on: date


@dataclass(frozen=True, slots=True)
class ReleasedWords:
    """Released words of a report, with the day on which it was received."""

    words: str
    received_on: date


@dataclass(frozen=True, slots=True)
class PublicCase:
    """What anybody may know of a case, with the words and photos that were released."""

    id: int
    category: str
    state: str
    confirmed: bool | None
    received_on: date
    closed_on: date | None
    area: AreaBrief | None
    words: tuple[ReleasedWords, ...]
    photos: tuple[ReleasedPhoto, ...]


async def public_case(connection: AsyncConnection, case_id: int, now: datetime) -> PublicCase:
    """Answer what anybody may know of a case.

    Raises
    ------
    CaseNotFoundError
        ``case_not_found``: there is none, or its category is private.
    """
    row = (
        await connection.execute(text("SELECT public_case(:id, :at)"), {"id": case_id, "at": now})
    ).scalar_one_or_none()
    if row is None:
        raise CaseNotFoundError(f"There is no public case {case_id}.", params={"id": case_id})
    return PublicCase(
        id=row["id"],
        category=row["category"],
        state=row["state"],
        confirmed=row["confirmed"],
        received_on=date.fromisoformat(row["received_on"]),
        closed_on=date.fromisoformat(row["closed_on"]) if row["closed_on"] else None,
        area=AreaBrief(**row["area"]) if row["area"] else None,
        words=tuple(ReleasedWords(each["words"], date.fromisoformat(each["received_on"])) for each in row["words"]),
        photos=tuple(
            ReleasedPhoto(**each | {"sent_on": date.fromisoformat(each["sent_on"])}) for each in row["photos"]
        ),
    )
