"""A short way through a few places and back to where it began.

Pure: positions in, an order out.  Straight lines, no roads; knows no case.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import cos, hypot, radians, sin, sqrt
from typing import Final

# WGS84 (EPSG:7030): semi-major axis in metres, and the first eccentricity squared.
_A_M: Final = 6_378_137.0
_E2: Final = 0.006_694_379_990_141
# Less than this is no gain, or rounding would exchange two ways of one length for ever.
_GAIN_M: Final = 1e-6


@dataclass(frozen=True, slots=True)
class Spot:
    """Where something is: degrees of EPSG:4326."""

    lon: float
    lat: float


@dataclass(frozen=True, slots=True)
class RoundTrip:
    """An order of visits.

    ``order`` holds the numbers of the spots as they were given; ``legs_m[i]`` are the metres to the i-th visit from the
    one before, the first one from the start (0 where the way starts at a spot of its own).  ``back_m``: from the last
    visit to where it began.
    """

    order: tuple[int, ...]
    legs_m: tuple[float, ...]
    back_m: float

    @property
    def length_m(self) -> float:
        """The metres of the whole way."""
        return sum(self.legs_m) + self.back_m


def round_trip(spots: Sequence[Spot], start: Spot | None = None) -> RoundTrip:
    """Answer an order of visits that makes a short way there and back.

    Nearest neighbour first, then 2-opt (Croes 1958) until no exchange of two legs shortens it: for a few dozen spots a
    few per cent above the shortest.  Metres run along the ellipsoid's radii at the middle latitude, which over the
    width of a county is within 0.1% of the geodesic.

    Parameters
    ----------
    spots : sequence of Spot
        At most a few dozens; the same place may occur twice.
    start : Spot, optional
        Where the person is; without it the way begins at the first spot.

    Examples
    --------
    >>> corners = [Spot(117.0, 39.7), Spot(117.01, 39.71), Spot(117.01, 39.7), Spot(117.0, 39.71)]
    >>> trip = round_trip(corners)
    >>> trip.order, round(trip.length_m)
    ((0, 2, 1, 3), 3936)
    >>> round_trip(corners[1:], start=corners[0]).order
    (1, 0, 2)
    >>> round_trip([])
    RoundTrip(order=(), legs_m=(), back_m=0.0)
    """
    if not spots:
        return RoundTrip((), (), 0.0)
    stops = [start, *spots] if start else list(spots)
    metres = _distances(stops)
    way = _shortened(_nearest_first(metres), metres)
    # Both directions are equally long: the one whose first visit is nearer.
    if len(way) > 2 and metres[way[0]][way[-1]] < metres[way[0]][way[1]]:
        way = [way[0], *reversed(way[1:])]
    legs = [metres[a][b] for a, b in pairwise(way)]
    shift = 1 if start else 0
    return RoundTrip(
        order=tuple(stop - shift for stop in way[shift:]),
        legs_m=tuple(legs if start else [0.0, *legs]),
        back_m=metres[way[-1]][way[0]],
    )


def _distances(stops: Sequence[Spot]) -> list[list[float]]:
    middle = radians(sum(s.lat for s in stops) / len(stops))
    bend = 1 - _E2 * sin(middle) ** 2
    north_m = radians(_A_M * (1 - _E2) / (bend * sqrt(bend)))
    east_m = radians(_A_M * cos(middle) / sqrt(bend))
    return [[hypot((b.lon - a.lon) * east_m, (b.lat - a.lat) * north_m) for b in stops] for a in stops]


def _nearest_first(metres: Sequence[Sequence[float]]) -> list[int]:
    way, left = [0], set(range(1, len(metres)))
    while left:
        # Of two that are equally near the one that was given first.
        here = way[-1]
        nearest = min(left, key=lambda stop: (metres[here][stop], stop))
        left.remove(nearest)
        way.append(nearest)
    return way


def _shortened(way: list[int], metres: Sequence[Sequence[float]]) -> list[int]:
    """Turn pieces of a closed way round while that shortens it; the start stays where it is."""
    shorter = True
    while shorter:
        shorter = False
        for i in range(1, len(way) - 1):
            for j in range(i + 1, len(way)):
                before, first, last, after = way[i - 1], way[i], way[j], way[(j + 1) % len(way)]
                gain = metres[before][first] + metres[last][after] - metres[before][last] - metres[first][after]
                if gain > _GAIN_M:
                    way[i : j + 1] = reversed(way[i : j + 1])
                    shorter = True
    return way
