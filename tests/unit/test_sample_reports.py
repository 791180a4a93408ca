"""A year of invented reports looks like one: channels, seasons, clusters, and lives that hang together."""

from collections import Counter
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
import shapely

from gis.datums import Datum, to_wgs84
from grids.sample.categories import CATEGORIES
from grids.sample.city import SHANGHAI, Area
from grids.sample.divisions import WUBAIHU
from grids.sample.histories import ImpossibleHistoryError, SampleEvent, lived
from grids.sample.lives import SILENCE, Kind, live
from grids.sample.reports import SampleCase, SampleReport, draw_reports
from grids.sample.sites import NURSERY, NURSERY_GRID
from grids.sample.small import default_folder, read_sample
from grids.sample.story import FIRE_AT, tell_story
from grids.workflow import BY_VERB, CLOSED

UNTIL = datetime(2026, 11, 20, 9, 30, tzinfo=UTC)
BESIDE_THE_TABLE = {"receive", "merge_in"}


@pytest.fixture(scope="module")
def areas() -> list[Area]:
    return list(read_sample(default_folder()).city.edition("2025").areas)


@pytest.fixture(scope="module")
def cases(areas: list[Area]) -> list[SampleCase]:
    return draw_reports(areas, 4000, 5, UNTIL)


@pytest.fixture(scope="module")
def reports(cases: list[SampleCase]) -> list[SampleReport]:
    return [case.report for case in cases]


def test_exactly_as_many_as_asked_and_the_same_again(areas: list[Area], reports: list[SampleReport]) -> None:
    assert len(reports) == 4000
    again = [case.report for case in draw_reports(areas, 300, 5, UNTIL)]
    assert again == [case.report for case in draw_reports(areas, 300, 5, UNTIL)]
    assert again != [case.report for case in draw_reports(areas, 300, 6, UNTIL)]
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
    reports = [case.report for case in draw_reports(areas, 8000, 9, UNTIL)]
    months = Counter(r.received_at.astimezone(SHANGHAI).month for r in reports if r.category == "straw_burning")
    assert months[6] + months[10] > 0.45 * sum(months.values())


def test_the_year_ends_as_a_year_would(cases: list[SampleCase]) -> None:
    states = Counter(case.life.state for case in cases)
    assert set(states) == {
        *("received", "accepted", "declined", "dispatched", "in_progress", "paused", "claimed_solved", "closed"),
        *("will_not_do", "merged"),
    }
    own = [case for case in cases if case.life.state != "merged"]
    assert states["closed"] > 0.8 * len(own)
    confirmed = [case.life.confirmed for case in cases if case.life.state == "closed"]
    assert 0.75 < np.mean(np.array(confirmed, dtype=bool)) < 0.86
    hours = {category.code: category.solve_hours for category in CATEGORIES}
    still = [
        UNTIL - case.report.received_at > timedelta(hours=hours[case.report.category]) for case in own if case.life.open
    ]
    assert any(still)
    assert not all(still)
    assert 0.04 < np.mean([case.life.reopened > 0 for case in own]) < 0.15
    joined = Counter(place + case.life.merged_into for place, case in enumerate(cases) if case.life.merged_into)
    assert 0.15 < sum(joined.values()) / len(cases) < 0.35
    assert 5 <= max(joined.values()) <= 7


def test_every_verb_of_the_loop_that_needs_no_look_inside_is_lived(cases: list[SampleCase]) -> None:
    verbs = {event.verb for case in cases for event in case.life.events}
    assert set(BY_VERB) - verbs == {"join", "split", "recategorise", "set_urgency", "note", "escalate"}


def test_every_step_follows_from_the_one_before(cases: list[SampleCase]) -> None:
    for place, case in enumerate(cases):
        state, at, recheck, claimed_at = "received", case.report.received_at, None, None
        assert case.life.events[0].verb == "receive"
        assert case.life.events[0].at == at
        for event in case.life.events:
            assert at <= event.at
            at = event.at
            if event.verb in BESIDE_THE_TABLE:
                assert event.state == state
            else:
                step = BY_VERB[event.verb]
                assert state in step.sources, (state, event.verb)
                assert (event.words is not None) == ("words" in step.needs), event.verb
                assert event.state in {step.target or state, "claimed_solved"}
                assert event.by is None or event.verb not in ("confirm", "deny", "lapse", "evaluate", "resume")
            if event.verb == "claim":
                recheck, claimed_at = event.data["recheck"], event.at
            if event.verb == "lapse":
                assert recheck == []
                assert event.at - (claimed_at or at) == SILENCE
            if event.verb == "merge_in":
                assert state not in CLOSED
                assert event.other is not None
                merged = cases[place + event.other].life.events[-1]
                assert (merged.verb, merged.other, merged.at) == ("merge", -event.other, event.at)
            state = event.state
        assert case.life.state == state
        assert (case.life.closed_at is None) == case.life.open


def test_the_word_of_a_reporter_waits_for_a_compulsory_re_check(cases: list[SampleCase]) -> None:
    after = [
        (event.state, next((later.verb for later in case.life.events[place + 1 :] if later.verb != "merge_in"), None))
        for case in cases
        for place, event in enumerate(case.life.events)
        if event.verb == "confirm"
    ]
    waiting = [verb for state, verb in after if state == "claimed_solved"]
    assert 0 < len(waiting) < len(after) / 4
    assert set(waiting) <= {"pass_recheck", "fail_recheck", None}


def test_reopening_comes_within_thirty_days_of_closing(cases: list[SampleCase]) -> None:
    for case in cases:
        closed_at = None
        for event in case.life.events:
            if event.verb == "reopen":
                assert closed_at is not None
                assert event.at - closed_at < timedelta(days=34)
            closed_at = event.at if event.state in CLOSED and event.verb != "evaluate" else closed_at


def test_nothing_happens_after_the_end() -> None:
    rng = np.random.default_rng(4)
    life, duplicates = live(UNTIL - timedelta(minutes=5), Kind(72), 8, UNTIL, rng)
    assert next(event.verb for event in life.events) == "receive"
    assert all(event.at < UNTIL for event in life.events)
    assert all(duplicate.received_at < UNTIL for duplicate in duplicates)
    assert life.open
    assert life.confirmed is None


def test_a_history_that_the_loop_forbids_cannot_be_written() -> None:
    for verb in ("start", "claim", "lapse", "reopen"):
        with pytest.raises(ImpossibleHistoryError, match=f"no {verb} from received"):
            lived([SampleEvent(UNTIL, "receive"), SampleEvent(UNTIL, verb)])


def test_the_story_repeats_is_closed_by_silence_burns_and_begins_anew() -> None:
    sample = read_sample(default_folder())
    nursery = next(site.geom for site in sample.sites if site.code == NURSERY)
    assert isinstance(nursery, shapely.Polygon)
    grid = next(area.geom for area in sample.city.edition("2019").areas if area.code == NURSERY_GRID)
    cases = tell_story(nursery, UNTIL)
    said = [case.report for case in cases]
    assert [report.category for report in said].count("fire") == 1
    assert {report.received_at.year for report in said} == {2019, UNTIL.year}
    assert next(report for report in said if report.category == "fire").received_at == FIRE_AT
    assert len({report.channel for report in said}) >= 5
    assert len({report.contact for report in said}) >= 4
    silent = [case for case in cases if case.life.events[-1].verb == "lapse"]
    assert [case.life.confirmed for case in silent] == [False] * 3
    assert sum(case.life.state == "merged" for case in cases) == 4
    burnt = next(case for case in cases if case.life.reopened)
    assert (burnt.life.evaluation, burnt.life.confirmed, burnt.hazard) == ("partly", True, True)
    waiting = cases[-1]
    assert (waiting.life.state, waiting.report.channel, waiting.hazard) == ("received", "hotline", True)
    assert [case.life.open for case in cases].count(True) == 1
    for report in said:
        if report.lon_lat:
            point = shapely.Point(report.lon_lat)
            assert point.distance(nursery) * 111_320 < 40
            assert grid.contains(point)
    for case in cases:
        assert [event.at for event in case.life.events] == sorted(event.at for event in case.life.events)
        assert all(event.at < UNTIL for event in case.life.events)
