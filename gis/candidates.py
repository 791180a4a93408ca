"""What is not yet an edition: areas as they came from a file, and what was found wrong with them.

Owns the two shapes that reading, checking, comparing and loading hand to each other; does none of these itself.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Literal

import numpy as np
from numpy.typing import NDArray

Severity = Literal["error", "warning", "note"]
SEVERITIES: Final[tuple[Severity, ...]] = ("error", "warning", "note")
"""Worst first: an error forbids activation, a warning needs saying so, a note is for knowing."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A set of areas that somebody wants to make an edition of, or that one is made of.

    Attributes
    ----------
    levels : tuple of str
        Names of the levels, the topmost first; the last is the grid.
    codes, names : (n,) object
        Text.  A code may stand there twice: that is a finding, not a failure.
    level : (n,) int64
        Place of each area's level in ``levels``.
    parents : (n,) object
        Code of the area above, None at the topmost level.
    overlay : (n,) bool
        Whether an area beats what lies under it.
    households : (n,) float64
        nan where nobody counted.
    shapes : (n,) object
        Polygons and multipolygons as they were given, perhaps invalid, lon lat in EPSG:4326.
    """

    levels: tuple[str, ...]
    codes: NDArray[np.object_]
    names: NDArray[np.object_]
    level: NDArray[np.int64]
    parents: NDArray[np.object_]
    overlay: NDArray[np.bool_]
    households: NDArray[np.float64]
    shapes: NDArray[np.object_]

    def counts(self) -> dict[str, int]:
        """Answer how many areas each level has, the topmost first."""
        areas = Counter(self.level.tolist())
        return {level: areas[n] for n, level in enumerate(self.levels)}


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong or remarkable, where it is and how large.

    Attributes
    ----------
    kind : str
        A stable name: ``invalid_ring``, ``gap``, ``overlap``, … its words stand in the Fluent files.
    codes : tuple of str
        The areas concerned, lowest first.
    area_m2 : float, optional
        Geodesic, on WGS84.
    shape : geometry, optional
        Where it is, lon lat in EPSG:4326.
    repaired : geometry, optional
        What the area would become; drawn beside ``shape``.
    params : mapping
        The values in its sentence, by name.
    """

    kind: str
    severity: Severity
    codes: tuple[str, ...] = ()
    area_m2: float | None = None
    shape: Any = None
    repaired: Any = None
    params: Mapping[str, object] = field(default_factory=dict)

    @property
    def count(self) -> int:
        """For how many it stands: ``more`` for those of a kind that are not listed."""
        return int(str(self.params["count"])) if self.kind == "more" else 1

    @property
    def of_kind(self) -> str:
        """Of which kind they are."""
        return str(self.params["of"]) if self.kind == "more" else self.kind


def counts(found: Iterable[Finding]) -> dict[Severity, int]:
    """Answer how many findings there are of each severity, the worst first, with those that are counted alone.

    Examples
    --------
    >>> counts([Finding("gap", "warning"), Finding("overlap", "error"), Finding("hole", "warning")])
    {'error': 1, 'warning': 2, 'note': 0}
    >>> counts([Finding("gap", "note"), Finding("more", "note", params={"of": "gap", "count": 41})])
    {'error': 0, 'warning': 0, 'note': 42}
    """
    count: Counter[Severity] = Counter()
    for one in found:
        count[one.severity] += one.count
    return {severity: count[severity] for severity in SEVERITIES}
