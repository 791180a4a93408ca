"""Places: which reports of one family tell of the same spot, across cases, whatever became of them, and across borders.

Pure: no database, no clock.  A report joins the nearest anchor of its family within its reach, else it becomes an
anchor; an anchor is the point of a first report and never moves.  What is decided for one report after another is what
a replay of all would decide: a report that arrives late is put in its turn, and what came after it is looked at again.
A place is called by the number of the report that is its anchor, so the same reports always make the same places.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from heapq import heapify, heappop, heappush
from math import floor
from typing import Final, NamedTuple

from gis.short_metres import degrees_around, short_metres

SNAP_M: Final = 15.0
"""A report this near to a road or a ditch lies on it: from there on metres run along it."""


def reach(radius_m: float, accuracy_m: float | None) -> float:
    """Answer how far a report looks for an anchor: its family's radius and half its accuracy, at most twice the radius.

    Examples
    --------
    >>> reach(50, None), reach(50, 30), reach(50, 400)
    (50.0, 65.0, 100.0)
    """
    return min(radius_m + (accuracy_m or 0.0) / 2, 2.0 * radius_m)


class Along(NamedTuple):
    """Where on a road or a ditch: its code, and metres from its beginning."""

    site: str
    metres: float


@dataclass(frozen=True, slots=True)
class Spot:
    """A report as its place is decided by.

    Attributes
    ----------
    received_at, report_id : datetime, int
        Reports take their turns in this order.
    lon, lat : float
        EPSG:4326.
    reach_m : float
        As ``reach`` says.
    along : Along or None
        The road or ditch on which it lies.
    apart : bool
        Whether staff said that it begins a place of its own.
    one_with : int or None
        A report in an earlier turn, of which staff said that its place and the one that begins here are one.
    """

    received_at: datetime
    report_id: int
    lon: float
    lat: float
    reach_m: float
    along: Along | None = None
    apart: bool = False
    one_with: int | None = None

    @property
    def turn(self) -> tuple[datetime, int]:
        """When it is its turn."""
        return self.received_at, self.report_id

    def metres_to(self, other: Spot) -> float:
        """Answer the metres to another spot: along the road or ditch on which both lie, else as the crow flies."""
        if self.along and other.along and self.along.site == other.along.site:
            return abs(self.along.metres - other.along.metres)
        return short_metres(self.lon, self.lat, other.lon, other.lat)


class Settled(NamedTuple):
    """A spot and the number of the report that is the anchor of its place."""

    spot: Spot
    place: int
    stood: bool | None = None

    @property
    def gathered(self) -> bool:
        """Whether it did so when it was settled; staff may have decided otherwise since."""
        return self.gathers if self.stood is None else self.stood

    @property
    def gathers(self) -> bool:
        """Whether reports about it come to it: an anchor, also of a place that was made one with another."""
        return self.place == self.spot.report_id or self.spot.one_with is not None


Box = tuple[float, float, float, float]
Look = Callable[[Sequence[Box]], Iterable[Settled]]


def _nothing(_: Sequence[Box]) -> Iterable[Settled]:
    return ()


class Places:
    """The places of one family, as far as they have been looked at.

    Parameters
    ----------
    farthest_m : float
        No reach of any report is longer.
    anchors_in, reports_in : callable
        Answer what has been settled before within boxes (west, south, east, north): the anchors, and all reports.
    newest : datetime or None
        Nothing that has been settled before was received after it; None: nothing is known of that.
    made_one : iterable of Settled
        What has been settled before of reports with ``one_with``, wherever they are.
    places : mapping of int to int
        The places of the reports that these name.
    """

    def __init__(
        self,
        farthest_m: float,
        anchors_in: Look = _nothing,
        reports_in: Look = _nothing,
        newest: datetime | None = None,
        made_one: Iterable[Settled] = (),
        places: Mapping[int, int] | None = None,
    ) -> None:
        # Two that lie on one road may be farther from each other than along it.
        self._search_m = farthest_m + 2 * SNAP_M
        self._anchors_in, self._reports_in, self._newest = anchors_in, reports_in, newest
        self._north = degrees_around(0.0, self._search_m)[1] / 2
        self._widths: dict[int, float] = {}
        self._anchors: dict[tuple[int, int], dict[int, Settled]] = {}
        # What was found, and what was decided here since.
        self._found: dict[int, Settled] = {}
        self._settled: dict[int, Settled] = {}
        self._places = dict(places or {})
        # By the report that they name: those that are of its place, because staff said so.
        self._made_one: defaultdict[int, set[int]] = defaultdict(set)
        self.recall(made_one)

    def recall(self, settled: Iterable[Settled]) -> None:
        """Know what was settled before of reports that are to be settled again."""
        for each in settled:
            self._found[each.spot.report_id] = each
            if each.spot.one_with is not None:
                self._made_one[each.spot.one_with].add(each.spot.report_id)

    def spot(self, report_id: int) -> Spot:
        """Answer a report that was settled here."""
        return self._settled[report_id].spot

    def settle(self, spots: Iterable[Spot], *, in_turn: bool = False) -> dict[int, int]:
        """Decide where reports belong, and whatever they change for others.

        Parameters
        ----------
        spots : iterable of Spot
            New ones, or such about which staff decided otherwise; in any order.
        in_turn : bool
            Whether nothing that was settled before comes after any of them.

        Returns
        -------
        dict of int to int
            For each report whose place is new or another one: the report that is its anchor.
        """
        given = {spot.report_id: spot for spot in spots}
        waiting = [(spot.turn, spot.report_id) for spot in given.values()]
        self._look_at({cell for spot in given.values() for cell in self._reached(spot)})
        heapify(waiting)
        changed: dict[int, int] = {}
        while waiting:
            _, number = heappop(waiting)
            before = self._known(number)
            spot = given.get(number) or self._spot_of(before)
            now = Settled(spot, self._place_of(spot))
            self._put(now)
            turned = before is None or before.gathered != now.gathers
            if before is not None and before[:2] == now[:2] and not turned:
                continue
            again: list[Spot] = []
            if before is None or before.place != now.place or turned:
                changed[number] = now.place
                again += [self._spot_of(self._known(one)) for one in self._made_one[number]]
            if not in_turn and (now.gathers or (before is not None and before.gathered)):
                # An anchor came or went: what comes after it is looked at again, in its turn.
                again += self._after(spot)
            for later in again:
                heappush(waiting, (later.turn, later.report_id))
        return changed

    def _known(self, number: int) -> Settled | None:
        return self._settled.get(number) or self._found.get(number)

    @staticmethod
    def _spot_of(settled: Settled | None) -> Spot:
        if settled is None:
            raise LookupError("nothing is settled again that has not been settled before")
        return settled.spot

    def _place_of(self, spot: Spot) -> int:
        if spot.one_with is not None:
            self._made_one[spot.one_with].add(spot.report_id)
            named = self._known(spot.one_with)
            return named.place if named else self._places.get(spot.one_with, spot.report_id)
        nearest = None if spot.apart else self._nearest(spot)
        return nearest.place if nearest else spot.report_id

    def _nearest(self, spot: Spot) -> Settled | None:
        cells = self._reached(spot)
        self._look_at(cells)
        found: tuple[float, tuple[datetime, int], Settled] | None = None
        for cell in cells:
            for settled in self._anchors[cell].values():
                anchor = settled.spot
                if anchor.turn >= spot.turn:
                    continue
                metres = spot.metres_to(anchor)
                if metres <= spot.reach_m and (found is None or (metres, anchor.turn) < found[:2]):
                    found = (metres, anchor.turn, settled)
        return found[2] if found else None

    def _put(self, settled: Settled) -> None:
        spot = settled.spot
        cell = self._cell(spot.lon, spot.lat)
        self._look_at([cell])
        anchors = self._anchors[cell]
        anchors.pop(spot.report_id, None)
        if settled.gathers:
            anchors[spot.report_id] = settled
        self._settled[spot.report_id] = settled

    def _after(self, spot: Spot) -> Iterator[Spot]:
        if self._newest is None or spot.received_at <= self._newest:
            self.recall(self._reports_in(self._boxes(self._cells(spot.lon, spot.lat, self._search_m))))
        east, north = degrees_around(spot.lat, self._search_m)
        for other in [each.spot for each in (self._found | self._settled).values()]:
            near = abs(other.lon - spot.lon) <= east and abs(other.lat - spot.lat) <= north
            if near and other.turn > spot.turn:
                yield other

    # A lattice: rows of one height, half as high as the search is far; columns of each row half as wide as it is there.

    def _look_at(self, cells: Iterable[tuple[int, int]]) -> None:
        new = [cell for cell in cells if cell not in self._anchors]
        self._anchors |= {cell: {} for cell in new}
        if new and self._anchors_in is not _nothing:
            for settled in self._anchors_in(self._boxes(new)):
                # What was settled since is known better here; what lies on an edge may come with its neighbour.
                cell = self._cell(settled.spot.lon, settled.spot.lat)
                if settled.gathers and settled.spot.report_id not in self._settled and cell in self._anchors:
                    self._anchors[cell][settled.spot.report_id] = settled

    def _wide(self, row: int) -> float:
        if row not in self._widths:
            self._widths[row] = degrees_around((row + 0.5) * self._north, self._search_m)[0] / 2
        return self._widths[row]

    def _cell(self, lon: float, lat: float) -> tuple[int, int]:
        row = floor(lat / self._north)
        return row, floor(lon / self._wide(row))

    def _reached(self, spot: Spot) -> list[tuple[int, int]]:
        """Where an anchor would have to lie for a report to be of its place."""
        return list(self._cells(spot.lon, spot.lat, spot.reach_m + 2 * SNAP_M))

    def _cells(self, lon: float, lat: float, metres: float) -> Iterator[tuple[int, int]]:
        east, north = degrees_around(lat, metres)
        for row in range(floor((lat - north) / self._north), floor((lat + north) / self._north) + 1):
            wide = self._wide(row)
            for column in range(floor((lon - east) / wide), floor((lon + east) / wide) + 1):
                yield row, column

    def _boxes(self, cells: Iterable[tuple[int, int]]) -> list[Box]:
        """One box for cells beside each other in a row: each is looked up by itself."""
        runs: list[list[int]] = []
        for row, column in sorted(cells):
            if runs and runs[-1][0] == row and runs[-1][2] == column:
                runs[-1][2] += 1
            else:
                runs.append([row, column, column + 1])
        return [
            (west * self._wide(row), row * self._north, east * self._wide(row), (row + 1) * self._north)
            for row, west, east in runs
        ]
