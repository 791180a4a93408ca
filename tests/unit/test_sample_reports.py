"""A year of invented reports looks like one: channels, seasons, clusters, and lives that hang together."""

import itertools
from collections import Counter
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
import shapely

from gis.datums import Datum, to_wgs84
from grids.sample.categories import CATEGORIES
from grids.sample.city import SHANGHAI, Area
from grids.sample.divisions import WUBAIHU
from grids.sample.lives import live
from grids.sample.reports import SampleCase, SampleReport, draw_reports
from grids.sample.sites import NURSERY, NURSERY_GRID
from grids.sample.small import default_folder, read_sample
from grids.sample.story import FIRE_AT, tell_story

UNTIL = datetime(2026, 11, 20, 9, 30, tzinfo=UTC)
FROM_STATE = {
    "accept": {"received"},
    "decline": {"received"},
    "dispatch": {"accepted"},
    "start": {"dispatched"},
    "claim_solved": {"in_progress"},
    "confirm": {"claimed_solved"},
    "close": {"claimed_solved"},
    "reopen": {"closed"},
    "join": {"received", "accepted", "dispatched", "in_progress", "claimed_solved", "closed", "declined"},
}


@pytest.fixture(scope="module")
def areas() -> list[Area]:
    return list(read_sample(default_folder()).city.edition("2025").areas)


@pytest.fixture(scope="module")
def cases(areas: list[Area]) -> list[SampleCase]:
    return draw_reports(areas, 4000, 5, UNTIL)


@pytest.fixture(scope="module")
def reports(cases: list[SampleCase]) -> list[SampleReport]:
    return [report for case in cases for report in case.reports]


def test_exactly_as_many_as_asked_and_the_same_again(areas: list[Area], reports: list[SampleReport]) -> None:
    assert len(reports) == 4000
    again = [report for case in draw_reports(areas, 300, 5, UNTIL) for report in case.reports]
    assert again == [report for case in draw_reports(areas, 300, 5, UNTIL) for report in case.reports]
    assert again != [report for case in draw_reports(areas, 300, 6, UNTIL) for report in case.reports]
    assert draw_reports(areas, 0, 5, UNTIL) == []


def test_all_within_the_year_before(reports: list[SampleReport], cases: list[SampleCase]) -> None:
    year = timedelta(days=366)
    assert all(UNTIL - year <= report.received_at < UNTIL for report in reports)
    assert all(report.seen_at <= report.received_at for report in reports)
    assert all(event.at < UNTIL for case in cases for event in case.life.events)
    assert min(Counter(r.received_at.astimezone(SHANGHAI).strftime("%Y-%m") for r in reports).values()) > 50


def test_every_channel_and_every_category_speaks(reports: list[SampleReport]) -> None:
    channels = Counter(report.channel for report in reports)
    assert set(channels) == {"app", "wechat", "hotline", "village_box", "talking_point", "patrol"}
    assert {report.category for report in reports} == {category.code for category in CATEGORIES}
    assert all(report.words and len(report.words) < 200 for report in reports)
    assert len({report.words for report in reports}) > 1500


def test_about_a_third_has_words_instead_of_a_pin(areas: list[Area], reports: list[SampleReport]) -> None:
    codes = {area.code for area in areas if area.level in ("township", "village")}
    told = [report for report in reports if report.lon_lat is None]
    assert 0.28 < len(told) / len(reports) < 0.42
    for report in told:
        assert report.area_code in codes
        assert report.place_words
        assert (report.given, report.datum, report.accuracy_m) == (None, None, None)


def test_pins_lie_in_the_city_and_their_datum_leads_back_to_them(
    areas: list[Area], reports: list[SampleReport]
) -> None:
    township = next(area.geom for area in areas if area.code == WUBAIHU)
    pinned = [report for report in reports if report.lon_lat is not None]
    assert shapely.contains_xy(township, np.array([report.lon_lat for report in pinned])).all()
    for datum in ("wgs84", "gcj02", "cgcs2000"):
        some = [report for report in pinned if report.datum == datum]
        back = to_wgs84(np.array([report.given for report in some]), Datum(datum))
        assert np.abs(back - np.array([report.lon_lat for report in some])).max() < 2e-7


def test_reports_gather_in_hot_spots(areas: list[Area], reports: list[SampleReport]) -> None:
    pins = np.array([report.lon_lat for report in reports if report.lon_lat])
    rng = np.random.default_rng(0)
    township = next(area.geom for area in areas if area.code == WUBAIHU)
    west, south, east, north = township.bounds
    even = np.column_stack([rng.uniform(west, east, 20_000), rng.uniform(south, north, 20_000)])
    even = even[shapely.contains_xy(township, even)][: len(pins)]

    def fullest(places: np.ndarray[tuple[int, ...], np.dtype[np.float64]]) -> int:
        _, counts = np.unique((places / 0.002).astype(int), axis=0, return_counts=True)
        return int(counts.max())

    assert fullest(pins) > 4 * fullest(even)


def test_seasons(areas: list[Area]) -> None:
    reports = [report for case in draw_reports(areas, 8000, 9, UNTIL) for report in case.reports]
    months = Counter(r.received_at.astimezone(SHANGHAI).month for r in reports if r.category == "straw_burning")
    assert months[6] + months[10] > 0.45 * sum(months.values())


def test_the_year_ends_as_a_year_would(cases: list[SampleCase]) -> None:
    states = Counter(case.life.state for case in cases)
    assert set(states) == {"received", "accepted", "declined", "dispatched", "in_progress", "claimed_solved", "closed"}
    assert states["closed"] > 0.8 * len(cases)
    confirmed = [case.life.confirmed for case in cases if case.life.state == "closed"]
    assert 0.75 < np.mean(np.array(confirmed, dtype=bool)) < 0.86
    hours = {category.code: category.solve_hours for category in CATEGORIES}
    still = [UNTIL - case.life.events[0].at > timedelta(hours=hours[case.category]) for case in cases if case.life.open]
    assert any(still)
    assert not all(still)
    assert any(case.life.reopened for case in cases)
    sizes = Counter(len(case.reports) for case in cases)
    assert sizes[1] > 0.7 * len(cases)
    assert max(sizes) >= 6
    assert max(sizes) <= 8


def test_every_step_follows_from_the_one_before(cases: list[SampleCase]) -> None:
    for case in cases:
        events = case.life.events
        assert events[0].verb == "receive"
        state = "received"
        for before, event in itertools.pairwise(events):
            assert before.at <= event.at
            assert state in FROM_STATE[event.verb], (state, event.verb)
            assert event.verb != "join" or event.state == state
            state = event.state
        assert [e.report for e in events if e.report is not None] == list(range(len(case.reports)))
        assert case.life.reported_at == [report.received_at for report in case.reports]
        assert (case.life.closed_at is None) == case.life.open


def test_reopening_comes_within_thirty_days_of_closing(cases: list[SampleCase]) -> None:
    for case in cases:
        closed_at = None
        for event in case.life.events:
            if event.verb == "reopen":
                assert closed_at is not None
                assert event.at - closed_at < timedelta(days=30)
            closed_at = event.at if event.verb == "close" else closed_at


def test_nothing_happens_after_the_end() -> None:
    rng = np.random.default_rng(4)
    life = live(UNTIL - timedelta(minutes=5), 72, 8, UNTIL, rng)
    assert next(event.verb for event in life.events) == "receive"
    assert all(event.at < UNTIL for event in life.events)
    assert life.open
    assert life.confirmed is None


def test_the_story_repeats_is_closed_twice_and_never_solved() -> None:
    sample = read_sample(default_folder())
    nursery = next(site.geom for site in sample.sites if site.code == NURSERY)
    assert isinstance(nursery, shapely.Polygon)
    grid = next(area.geom for area in sample.city.edition("2019").areas if area.code == NURSERY_GRID)
    cases = tell_story(nursery)
    said = [report for case in cases for report in case.reports]
    assert len(cases) == 3
    assert [report.category for report in said] == ["dumping"] * 7 + ["fire"]
    assert {report.received_at.year for report in said} == {2019}
    assert said[-1].received_at == FIRE_AT
    assert len({report.channel for report in said}) >= 5
    assert len({report.contact for report in said}) >= 4
    assert [case.life.state for case in cases] == ["closed", "closed", "dispatched"]
    assert [case.life.confirmed for case in cases] == [False, False, None]
    for report in said:
        if report.lon_lat:
            point = shapely.Point(report.lon_lat)
            assert point.distance(nursery) * 111_320 < 40
            assert grid.contains(point)
    for case in cases:
        assert [event.at for event in case.life.events] == sorted(event.at for event in case.life.events)
        assert case.life.reported_at == [report.received_at for report in case.reports]
