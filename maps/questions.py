"""What can be asked of a map: layer, units, denominator, family, channel, period, comparison.

Owns the vocabulary and its errors.  Counts nothing.
"""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from gis.cells import RESOLUTIONS
from gis.errors import GridwardenError
from grids.reports import CHANNELS

RESIDENTS = "residents"
"""What residents said through any channel: all but what was found on patrol."""
MAP_CHANNELS = (RESIDENTS, *CHANNELS)

_LOCAL = ZoneInfo("Asia/Shanghai")


class Layer(StrEnum):
    """What is counted."""

    RECEIVED = "received"
    OPEN = "open"
    OVERDUE = "overdue"
    UNSOLVED = "unsolved"
    REOPENED = "reopened"
    VACANCIES = "vacancies"


class Per(StrEnum):
    """What a count is held against."""

    COUNT = "count"
    HOUSEHOLDS = "households"
    KM2 = "km2"


class LayerError(GridwardenError):
    """A question that no map answers; ``field`` says which part of it."""

    code = "invalid_request"
    field = "layer"


class EmptyPeriodError(LayerError):
    """A period that ends before it begins, or when it begins."""

    code = "empty_period"
    field = "to"


class UnknownKindError(LayerError):
    """Neither a level of the edition nor a resolution of cells."""

    code = "unknown_kind"
    field = "level"


class UnknownFamilyError(LayerError):
    """No category belongs to this family."""

    code = "unknown_family"
    field = "family"


class PrivateFamilyError(LayerError):
    """All categories of this family are private: a map of zeros for the public would say that nothing happens."""

    code = "private_family"
    field = "family"


class PrivateElsewhereError(LayerError):
    """Of this private family the actor sees the reports of some areas alone: a test would take all others for empty."""

    code = "private_elsewhere"
    field = "family"


class UnknownMapChannelError(LayerError):
    """Not one of the channels."""

    code = "unknown_channel"
    field = "channel"


class NotByCellError(LayerError):
    """Vacancies are counted by area, not by cell."""

    code = "not_by_cell"
    field = "level"


class VacanciesOfNowError(LayerError):
    """Vacancies are those of the present: of no period, category or channel, and compared with nothing."""

    code = "vacancies_of_now"


class CellsTooFineError(LayerError):
    """Cells smaller than a grid are for staff."""

    code = "cells_too_fine"
    field = "level"


class NoEditionError(GridwardenError):
    """No boundaries are in force, so there is nothing to draw a map of."""

    code = "no_boundaries"


@dataclass(frozen=True, slots=True)
class Period:
    """Days from ``since``, before ``until``, each cut at midnight Asia/Shanghai; None is without end.

    Raises
    ------
    EmptyPeriodError
        ``empty_period`` unless it holds a day.

    >>> Period(date(2026, 10, 1), date(2026, 11, 1)).instants[0].isoformat()
    '2026-10-01T00:00:00+08:00'
    """

    since: date | None = None
    until: date | None = None

    def __post_init__(self) -> None:
        if self.since is not None and self.until is not None and self.until <= self.since:
            raise EmptyPeriodError("The period ends before it begins; `to` is the first day after it.")

    @property
    def instants(self) -> tuple[datetime | None, datetime | None]:
        """Its first instant and the first instant after it."""
        return _midnight(self.since), _midnight(self.until)

    def before(self) -> "Period":
        """Answer the period of as many days that ends where this one begins.

        >>> Period(date(2026, 10, 1), date(2026, 11, 1)).before()
        Period(since=datetime.date(2026, 8, 31), until=datetime.date(2026, 10, 1))
        """
        if self.since is None or self.until is None:
            raise EmptyPeriodError("Give `from` and `to`, so that there is a period before.")
        return Period(self.since - (self.until - self.since), self.since)


@dataclass(frozen=True, slots=True)
class Question:
    """What a map shows.

    Parameters
    ----------
    layer : Layer
        What is counted.
    kind : str
        By what: a level of the edition, or ``cell-5`` … ``cell-9``.
    per : Per
        Held against households (per 1,000) or area (per km²), or bare.
    family, channel : str or None
        Only categories of this family; only what came through this channel (of a case: its first report), or
        through any but patrol (``residents``).
    period : Period
        Received in it.
    against : Period or None
        Compared with this one: what is shown is the difference.
    """

    layer: Layer
    kind: str
    per: Per = Per.COUNT
    family: str | None = None
    channel: str | None = None
    period: Period = Period()
    against: Period | None = None

    def __post_init__(self) -> None:
        if self.channel is not None and self.channel not in MAP_CHANNELS:
            raise UnknownMapChannelError(f"Unknown channel; one of {', '.join(MAP_CHANNELS)}.")
        if self.layer is Layer.VACANCIES and self.resolution is not None:
            raise NotByCellError("Vacancies are counted by area; choose a level.")
        narrowed = self.family or self.channel or self.against or self.period != Period()
        if self.layer is Layer.VACANCIES and narrowed:
            raise VacanciesOfNowError("Vacancies are those of now: leave period, comparison, category and channel out.")

    @property
    def mixed(self) -> bool:
        """Whether it counts what residents said and what was found on patrol together."""
        return self.channel is None and self.layer is not Layer.VACANCIES

    @property
    def resolution(self) -> int | None:
        """The H3 resolution of a map by cells, None of a map by areas."""
        name, _, number = self.kind.partition("-")
        if name != "cell":
            return None
        if not number.isascii() or not number.isdigit() or int(number) not in RESOLUTIONS:
            raise UnknownKindError(f"Cells are kept at resolutions {RESOLUTIONS[0]} to {RESOLUTIONS[-1]}.")
        return int(number)


def last_days(days: int, at: datetime) -> Period:
    """Answer the period of so many days that ends with the day of an instant.

    >>> from datetime import UTC
    >>> last_days(7, datetime(2026, 11, 23, 20, tzinfo=UTC))
    Period(since=datetime.date(2026, 11, 18), until=datetime.date(2026, 11, 25))
    """
    until = at.astimezone(_LOCAL).date() + timedelta(days=1)
    return Period(until - timedelta(days=days), until)


def _midnight(day: date | None) -> datetime | None:
    return None if day is None else datetime.combine(day, time(), _LOCAL)
