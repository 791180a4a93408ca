"""Places: whatever order reports come in, they end up where a replay puts them, and a replay is what the words say."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyproj import Geod

from gis.short_metres import degrees_around, short_metres
from grids.places import SNAP_M, Along, Box, Places, Settled, Spot, reach

BEGIN = datetime(2026, 3, 1, tzinfo=UTC)
RADIUS = 50.0
GEOD = Geod(ellps="WGS84")


@st.composite
def spots(draw: st.DrawFn) -> list[Spot]:
    """Reports within a few hundred metres, many at the very same spot and at the very same time."""
    lat = draw(st.sampled_from([0.0, 39.7, -0.0003, 53.5]))
    east, north = degrees_around(lat, 200.0)
    found = []
    for number in range(1, draw(st.integers(1, 25)) + 1):
        across, up = draw(st.integers(-8, 8)) / 8, draw(st.integers(-8, 8)) / 8
        # A road that winds along the middle: 1.2 m of it for every metre.
        along = Along("road", (across + 1) * 200.0 * 1.2) if draw(st.booleans()) else None
        found.append(
            Spot(
                received_at=BEGIN + timedelta(minutes=draw(st.integers(0, 30))),
                report_id=number,
                lon=117.0 + across * east,
                lat=lat + (up * north if along is None else up * north * SNAP_M / 200.0),
                reach_m=reach(RADIUS, draw(st.sampled_from([None, 20.0, 300.0]))),
                along=along,
                apart=draw(st.integers(0, 9)) == 0,
            )
        )
    return [replace(spot, one_with=draw(earlier(spot, found))) for spot in found]


def earlier(spot: Spot, others: Iterable[Spot]) -> st.SearchStrategy[int | None]:
    """Mostly none; else a report in an earlier turn, near or far, of which staff say that it tells of the same place."""
    before = sorted(other.report_id for other in others if other.turn < spot.turn)
    return st.one_of(st.none(), st.none(), st.none(), st.sampled_from([None, *before]))


def by_the_words(reports: Iterable[Spot]) -> dict[int, int]:
    """The place of the nearest earlier anchor within reach, else an anchor: looked for among all.

    What is made one with the place of another stays an anchor, of that place.
    """
    anchors: list[Spot] = []
    places: dict[int, int] = {}
    for spot in sorted(reports, key=lambda each: each.turn):
        near = [] if spot.apart else [(spot.metres_to(a), a.turn, a.report_id) for a in anchors]
        found = min((each for each in near if each[0] <= spot.reach_m), default=None)
        if spot.one_with is not None:
            places[spot.report_id] = places[spot.one_with]
        else:
            places[spot.report_id] = places[found[2]] if found else spot.report_id
        if found is None or spot.one_with is not None:
            anchors.append(spot)
    return places


def replayed(reports: Sequence[Spot]) -> dict[int, int]:
    return Places(2 * RADIUS).settle(reports, in_turn=True)


class Kept:
    """What is kept between two batches: as the database would, by boxes and without memory of its own."""

    def __init__(self) -> None:
        self.settled: dict[int, Settled] = {}

    def within(self, boxes: Sequence[Box]) -> list[Settled]:
        return [
            s
            for s in self.settled.values()
            if any(west <= s.spot.lon <= east and south <= s.spot.lat <= north for west, south, east, north in boxes)
        ]

    def anchors(self, boxes: Sequence[Box]) -> list[Settled]:
        return [s for s in self.within(boxes) if s.gathers]

    def take(self, batch: Sequence[Spot]) -> None:
        newest = max((s.spot.received_at for s in self.settled.values()), default=BEGIN)
        made_one = [s for s in self.settled.values() if s.spot.one_with is not None]
        named = {s.spot.one_with for s in made_one} | {s.one_with for s in batch}
        places = Places(
            2 * RADIUS,
            self.anchors,
            self.within,
            newest,
            made_one,
            {number: s.place for number, s in self.settled.items() if number in named},
        )
        # As the database tells it: with what is decided now, and whether it gathered others until then.
        places.recall(
            Settled(s, self.settled[s.report_id].place, self.settled[s.report_id].gathers)
            for s in batch
            if s.report_id in self.settled
        )
        known = {s.spot.report_id: s.spot for s in self.settled.values()} | {s.report_id: s for s in batch}
        changed = places.settle(batch)
        for spot in batch:
            place = changed.get(spot.report_id) or self.settled[spot.report_id].place
            self.settled[spot.report_id] = Settled(spot, place)
        for number, place in changed.items():
            self.settled[number] = Settled(known[number], place)

    def places(self) -> dict[int, int]:
        return {number: each.place for number, each in self.settled.items()}


@settings(deadline=None)
@given(spots())
def test_a_replay_is_what_the_words_say(reports: list[Spot]) -> None:
    assert replayed(reports) == by_the_words(reports)


@settings(deadline=None)
@given(spots(), st.data())
def test_in_any_order_and_any_batches_it_is_the_replay(reports: list[Spot], data: st.DataObject) -> None:
    waiting, kept = data.draw(st.permutations(reports)), Kept()
    while waiting:
        size = data.draw(st.integers(1, len(waiting)))
        kept.take(waiting[:size])
        waiting = waiting[size:]
    assert kept.places() == by_the_words(reports)


@settings(deadline=None)
@given(spots(), st.data())
def test_what_staff_decide_later_is_as_if_it_had_always_been_so(reports: list[Spot], data: st.DataObject) -> None:
    kept = Kept()
    kept.take(reports)
    for spot in data.draw(st.lists(st.sampled_from(reports), max_size=4)):
        now = kept.settled[spot.report_id].spot
        one_with = data.draw(earlier(now, reports))
        kept.take([replace(now, apart=not now.apart if one_with == now.one_with else now.apart, one_with=one_with)])
    assert kept.places() == by_the_words([each.spot for each in kept.settled.values()])


def test_along_a_ditch_metres_run_along_it() -> None:
    first = Spot(BEGIN, 1, 117.0, 39.7, 50.0, Along("ditch", 10.0))
    bend = Spot(BEGIN, 2, 117.0001, 39.7, 50.0, Along("ditch", 300.0))
    beside = Spot(BEGIN, 3, 117.0001, 39.7, 50.0)
    other_side = Spot(BEGIN, 4, 117.0, 39.7 + 2 * SNAP_M / 111_000, 50.0, Along("ditch", 12.0))
    assert replayed([first, bend, beside, other_side]) == {1: 1, 2: 2, 3: 2, 4: 1}


def test_a_position_that_is_off_looks_farther_and_no_farther_than_twice() -> None:
    def at(number: int, metres: float, accuracy_m: float | None) -> Spot:
        return Spot(BEGIN, number, 117.0, 39.7 + metres / 111_036, reach(RADIUS, accuracy_m))

    assert replayed([at(1, 0, None), at(2, 60, None)]) == {1: 1, 2: 2}
    assert replayed([at(1, 0, None), at(2, 60, 25)]) == {1: 1, 2: 1}
    assert replayed([at(1, 0, None), at(2, 101, 5000)]) == {1: 1, 2: 2}


@pytest.mark.parametrize("metres", [0.01, 10.0, 1000.0])
@given(st.floats(-179, 179), st.floats(-75, 75), st.floats(0, 360))
def test_short_metres_are_those_of_the_ellipsoid(metres: float, lon: float, lat: float, azimuth: float) -> None:
    other_lon, other_lat, _ = GEOD.fwd(lon, lat, azimuth, metres)
    assert short_metres(lon, lat, other_lon, other_lat) == pytest.approx(metres, abs=1e-4)
    east, north = degrees_around(lat, metres)
    assert abs(other_lon - lon) <= east
    assert abs(other_lat - lat) <= north
