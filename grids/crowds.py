"""A rush of reports at one spot: does it look like a crowd, or like somebody who makes them up, and why.

Pure but for the one question at the end.  Nothing is dropped, refused or counted otherwise by what is said here; it is
for whoever has to decide whether to send one car or to look for one sender.  Three things are looked at, because they
are hard to feign all at once: people use words of their own, stand where they stand, and come when they come; a program
repeats itself, aims, and keeps time.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Literal

from pydantic import TypeAdapter
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

LEAST: Final = 20
"""Fewer reports within an hour are no rush."""
LATELY: Final = timedelta(days=7)
_FEW, _MANY = 0.2, 0.5
"""Shares of the reports: so few different words, or spots, are copies; so many are people."""
_EVEN, _UNEVEN = 0.35, 0.7
"""Deviation of the gaps by their mean: those of people who know nothing of each other are about one."""

Look = Literal["crowd", "made_up", "unclear"]
Trait = Literal["words", "spots", "gaps"]


@dataclass(frozen=True, slots=True)
class Rush:
    """The fullest hour of a place.

    Attributes
    ----------
    until : datetime
        When its last report came.
    reports, words, spots, contacts : int
        Reports; different words among ``with_words``; different positions to a metre; different contacts among
        ``with_contact``.
    gap_mean, gap_deviation : float or None
        Seconds between one report and the next.
    """

    until: datetime
    reports: int
    words: int
    with_words: int
    spots: int
    contacts: int
    with_contact: int
    channels: int
    with_photo: int
    gap_mean: float | None
    gap_deviation: float | None

    def traits(self) -> dict[Trait, float]:
        """Answer the share of different words and spots, and how uneven the gaps are; none that cannot be told.

        Examples
        --------
        >>> rush = Rush(datetime(2026, 5, 1), 100, 3, 100, 2, 0, 0, 1, 0, 6.0, 1.5)
        >>> rush.traits()
        {'words': 0.03, 'spots': 0.02, 'gaps': 0.25}
        """
        found: dict[Trait, float] = {}
        if self.with_words >= LEAST:
            found["words"] = self.words / self.with_words
        found["spots"] = self.spots / self.reports
        if self.gap_mean and self.gap_deviation is not None:
            found["gaps"] = self.gap_deviation / self.gap_mean
        return found

    def looks_like(self) -> tuple[Look, dict[Trait, Look]]:
        """Answer what it looks like, and what each of its traits says.

        Made up: two traits say so.  A crowd: two say so, and none the other.

        Examples
        --------
        >>> Rush(datetime(2026, 5, 1), 100, 3, 100, 2, 0, 0, 1, 0, 6.0, 0.6).looks_like()[0]
        'made_up'
        >>> Rush(datetime(2026, 5, 1), 100, 88, 100, 70, 60, 60, 3, 20, 30.0, 33.0).looks_like()[0]
        'crowd'
        """
        says: dict[Trait, Look] = {}
        for trait, value in self.traits().items():
            few, many = (_EVEN, _UNEVEN) if trait == "gaps" else (_FEW, _MANY)
            says[trait] = "made_up" if value <= few else "crowd" if value >= many else "unclear"
        said = list(says.values())
        if said.count("made_up") >= 2:
            return "made_up", says
        return ("crowd" if said.count("crowd") >= 2 and "made_up" not in said else "unclear"), says


_READ: TypeAdapter[Rush] = TypeAdapter(Rush)


async def rush_at(connection: AsyncConnection, place_id: int, now: datetime) -> Rush | None:
    """Answer the fullest hour of a place in the past week; None: there was no rush, or it is not the reader's to see.

    Parameters
    ----------
    connection : AsyncConnection
        As the web role, acting for the reader.
    place_id : int
        Its number.
    now : datetime
        Aware.
    """
    return (await rushes_at(connection, {place_id: LEAST}, now)).get(place_id)


async def rushes_at(connection: AsyncConnection, places: Mapping[int, int], now: datetime) -> dict[int, Rush]:
    """Answer the rushes at several places, as ``rush_at`` does for one; the database is asked once at most.

    Parameters
    ----------
    connection : AsyncConnection
        As the web role, acting for the reader.
    places : mapping of int to int
        How many reports each has, in the past week or longer; fewer than ``LEAST`` were no rush.
    now : datetime
        Aware.
    """
    full = [place for place, reports in places.items() if reports >= LEAST]
    if not full:
        return {}
    found = await connection.execute(
        text(
            "SELECT p.id, r.told FROM unnest(CAST(:places AS bigint[])) p (id)"
            " CROSS JOIN LATERAL rush_at(p.id, :at, :since, :least) r (told) WHERE r.told IS NOT NULL"
        ),
        {"places": full, "at": now, "since": now - LATELY, "least": LEAST},
    )
    return {row.id: _READ.validate_python(row.told) for row in found}
