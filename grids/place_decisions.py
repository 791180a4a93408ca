"""What staff decide about places: that a report begins one of its own, or that two of them are one.

Distance finds most places, and nobody has to do anything; two heaps on either side of a wall, or one ditch that was
reported at both its ends, somebody who knows the ground has to tell apart or put together.  The database checks who may
and keeps what was decided for good (``decide_place``); the worker sorts the reports anew, and a replay does the same.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar, Final, Literal, cast

import asyncpg
from pydantic import TypeAdapter
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from gis.errors import GridwardenError
from grids.place_views import PlaceNotFoundError

Deed = Literal["apart", "one", "found"]
"""A report begins a place of its own; another place is the same; it belongs where distance puts it, after all."""
DEEDS: Final[tuple[Deed, ...]] = ("apart", "one", "found")
MAX_WORDS: Final = 4000
BESIDE_M: Final = 1000
"""Farther from each other two places are not one."""


class PlaceForDirectorsError(GridwardenError):
    """He directs no area in which all of the place lies."""

    code: ClassVar[str] = "place_for_directors"


class DecisionIncompleteError(GridwardenError):
    """What is missing stands in ``params["field"]``: words, report, other, deed."""

    code: ClassVar[str] = "decision_incomplete"


@dataclass(frozen=True, slots=True)
class PlaceDecision:
    """A decision; ``stands``: it is the last one about its report, and not one that takes another back.

    ``number`` of the report and ``words`` are None where its case is not the reader's to see.
    """

    deed: Deed
    number: str | None
    other: int | None
    at: datetime
    role: str
    area_code: str
    words: str | None
    stands: bool


@dataclass(frozen=True, slots=True)
class Decided:
    """What was decided at a place, the newest first.

    ``may``: the reader may decide here; ``waits``: the worker has not sorted its reports yet.
    """

    may: bool
    waits: bool
    said: tuple[PlaceDecision, ...]


@dataclass(frozen=True, slots=True)
class PlaceBeside:
    """A place of the same family near another one."""

    place_id: int
    metres: float
    reports: int
    last_at: datetime


_READ: TypeAdapter[Decided] = TypeAdapter(Decided)


async def decided_at(connection: AsyncConnection, place_id: int, now: datetime) -> Decided:
    """Answer what was decided at a place, as ``place_seen`` names it; nothing for whoever sees none of its cases."""
    told: Any = (
        await connection.execute(text("SELECT decided_at(:place, :at)"), {"place": place_id, "at": now})
    ).scalar_one()
    return _READ.validate_python(told or {"may": False, "waits": False, "said": []})


async def places_beside(connection: AsyncConnection, place_id: int, now: datetime, limit: int = 8) -> list[PlaceBeside]:
    """Answer the places with which one could be the same, for whoever directs both; the nearest first."""
    asked = {"place": place_id, "at": now, "limit": limit}
    found = await connection.execute(text("SELECT * FROM places_beside(:place, :at, :limit)"), asked)
    return [PlaceBeside(*row) for row in found]


async def decide(
    connection: asyncpg.Connection[Any],
    place_id: int,
    deed: str,
    words: str,
    *,
    report: str | None = None,
    other: int | None = None,
    session_digest: bytes | None,
    now: datetime,
) -> None:
    """Decide about a place; the worker sorts its reports within a second.

    Parameters
    ----------
    connection : asyncpg.Connection
        The raw driver's, as the web role.
    place_id : int
        Of a report that is or was its anchor.
    deed : str
        Of ``DEEDS``.
    words : str
        Why; kept for good.
    report : str or None
        For ``apart`` and ``found``: the receipt number of a report of the place.
    other : int or None
        For ``one``: the other place, within ``BESIDE_M`` and of the same family.
    session_digest : bytes or None
        Of whoever decides.
    now : datetime
        Aware.

    Raises
    ------
    PlaceNotFoundError, PlaceForDirectorsError, DecisionIncompleteError
        Nothing was decided.
    """
    said = words.replace("\0", "\ufffd").strip()
    try:
        await connection.execute(
            "SELECT decide_place($1, $2, $3, $4, $5, $6, $7)", session_digest, now, place_id, deed, report, other, said
        )
    except asyncpg.PostgresError as error:
        raise _translated(error, place_id) from error


def _translated(error: asyncpg.PostgresError, place_id: int) -> BaseException:
    match error.sqlstate:
        case "GW190":
            return PlaceNotFoundError(f"There is no place {place_id} for you.", params={"id": place_id})
        case "GW191":
            return PlaceForDirectorsError(
                "A place is decided about by a desk, dispatcher or supervisor of an area in which all of it lies."
            )
        case "GW192":
            return DecisionIncompleteError(f"Missing or not possible: {error.detail}.", params={"field": error.detail})
    return cast("BaseException", error)
