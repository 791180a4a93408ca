"""How far off an area of each level a point still is near it: what is meant where nothing is said, and how it is said.

Owns the default and the notation ``LEVEL=METRES``; ``fill_tolerances`` of the database has the same default.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from math import isfinite
from typing import Final

from gis.errors import GridwardenError

LOWEST_M: Final = 25.0
MOST_M: Final = 10_000.0


class BadToleranceError(GridwardenError):
    """A tolerance that is no number of metres from 0 to 10,000, or for a level that there is not."""

    code = "bad_tolerance"


def checked(metres: Sequence[float], levels: int) -> tuple[float, ...]:
    """Answer the tolerance of each level, the topmost first.

    Parameters
    ----------
    metres : sequence of float
        One for each level, or one alone for the lowest and none for those above.
    levels : int
        How many there are.

    Raises
    ------
    BadToleranceError
        ``bad_tolerance``.

    Examples
    --------
    >>> checked([25], 3)
    (0.0, 0.0, 25.0)
    """
    given = [float(each) for each in metres]
    if len(given) == 1:
        given = [0.0] * (levels - 1) + given
    if len(given) != levels:
        raise BadToleranceError(f"{len(given)} tolerances for {levels} levels; give one for each.")
    for each in given:
        if not (isfinite(each) and 0 <= each <= MOST_M):
            raise BadToleranceError(f"A tolerance is a number of metres from 0 to {MOST_M:,.0f}, not {each:g}.")
    return tuple(given)


def spoken(said: Iterable[str], levels: Sequence[str], unsaid: Sequence[float] | None = None) -> tuple[float, ...]:
    """Answer the tolerance of each level from what somebody typed.

    Parameters
    ----------
    said : iterable of str
        ``LEVEL=METRES``, or ``METRES`` for the lowest level.
    levels : sequence of str
        The names of the levels, the topmost first.
    unsaid : sequence of float, optional
        What holds for a level that is not named; else 25 m for the lowest and none above.

    Raises
    ------
    BadToleranceError
        ``bad_tolerance``.

    Examples
    --------
    >>> spoken(["village=200"], ["city", "village", "grid"])
    (0.0, 200.0, 25.0)
    >>> spoken(["10"], ["ward"])
    (10.0,)
    >>> spoken(["village=200"], ["city", "village", "grid"], (0, 0, 40))
    (0.0, 200.0, 40.0)
    """
    metres = [0.0] * (len(levels) - 1) + [LOWEST_M] if unsaid is None else list(unsaid)
    for each in said:
        level, _, number = each.rpartition("=")
        name = level.strip() or levels[-1]
        if name not in levels:
            raise BadToleranceError(f"There is no level {name!r}; there are: {', '.join(levels)}.")
        try:
            metres[levels.index(name)] = float(number)
        except ValueError:
            raise BadToleranceError(f"{each!r}: say LEVEL=METRES, like {levels[-1]}=25.") from None
    return checked(metres, len(levels))


def changed(before: Mapping[str, float], after: Mapping[str, float]) -> list[tuple[str, float, float]]:
    """Answer which levels that both editions have got another tolerance: level, metres before, metres after.

    Examples
    --------
    >>> changed({"village": 0, "grid": 40}, {"village": 0, "grid": 25})
    [('grid', 40, 25)]
    """
    return [(level, before[level], m) for level, m in after.items() if level in before and before[level] != m]
