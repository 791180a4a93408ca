"""What common causes are told from, read from the database: which reports count, where, and in which period."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

import psycopg
import pytest
from typer.testing import CliRunner

from api import cli
from gis.store import Store
from grids.common_causes_read import Received, received_by_area
from grids.receipts import Keys
from tests import small_county as county
from tests.conftest import cloned

KEYS = Keys(b"c" * 32)
# A pin in a grid of each of the three townships.
PINS = {"8001": (117.005, 39.605), "8002": (117.105, 39.605), "8101": (117.305, 39.605)}
WEEK = timedelta(days=7)
# Nine in the morning of 2 March in Asia/Shanghai; the day began here.
MIDNIGHT = datetime(2026, 3, 1, 16, 0, tzinfo=UTC)
MOMENT = timedelta(microseconds=1)

Say = Callable[..., county.Sent]


@pytest.fixture(scope="module")
def county_of_all(database: Store) -> Store:
    county.build(database)
    return database


@pytest.fixture
def store(county_of_all: Store) -> Iterator[Store]:
    with cloned(county_of_all) as store:
        yield store


@pytest.fixture
def owner(store: Store) -> Iterator[psycopg.Connection[Any]]:
    with psycopg.connect(store.dsn("migrate"), autocommit=True) as connection:
        yield connection


@pytest.fixture
def say(store: Store) -> Iterator[Say]:
    """Send a report to a place at an instant; what is said of it otherwise, ``county.send`` knows."""
    numbers = count(1)
    with psycopg.connect(store.dsn("web"), autocommit=True) as web:
        yield lambda where, at, **said: county.send(web, KEYS, next(numbers), where, at=at, **said)


def read(owner: psycopg.Connection[Any], level: str = "township", now: datetime = county.NOW) -> Received:
    found = received_by_area(owner, level, 7, now)
    assert found is not None
    return found


def told(found: Received) -> dict[tuple[str, str], list[int]]:
    """By family and area the counts of the last periods, the newest last, where there are any."""
    counts = found.counts
    return {
        (family, area): [*counts.past[f, a, -2:].tolist(), int(counts.now[f, a])]
        for f, family in enumerate(counts.families)
        for a, area in enumerate(counts.areas)
        if counts.now[f, a] or counts.past[f, a].any()
    }


def test_periods_are_cut_at_midnight_in_shanghai(say: Say, owner: psycopg.Connection[Any]) -> None:
    for at in (
        MIDNIGHT,  # today is not over
        MIDNIGHT - MOMENT,
        MIDNIGHT - WEEK,
        MIDNIGHT - WEEK - MOMENT,
        MIDNIGHT - 2 * WEEK,
        MIDNIGHT - 2 * WEEK - MOMENT,
        MIDNIGHT - 53 * WEEK,
        MIDNIGHT - 53 * WEEK - MOMENT,  # longer ago than all periods
    ):
        say(PINS["8001"], at)
    found = read(owner)
    assert told(found) == {("waste", "8001"): [1, 2, 2]}
    assert (found.since, found.until) == (MIDNIGHT - WEEK, MIDNIGHT)
    waste = found.counts.past[found.counts.families.index("waste"), found.counts.areas.index("8001")]
    assert (len(waste), waste[0], waste.sum()) == (52, 1, 4)
    # The instant decides, to the moment; the same day has the same answer all along.
    assert (
        told(read(owner, now=MIDNIGHT)) == told(read(owner, now=MIDNIGHT + timedelta(days=1) - MOMENT)) == told(found)
    )
    assert told(read(owner, now=MIDNIGHT - MOMENT)) != told(found)


def test_pins_and_named_areas_count_where_they_lie_at_each_level(say: Say, owner: psycopg.Connection[Any]) -> None:
    for where in (PINS["8001"], county.VILLAGE, county.TOWNSHIP, county.COUNTY, PINS["8002"]):
        say(where, MIDNIGHT - MOMENT)
    towns = read(owner)
    assert told(towns) == {("waste", "8001"): [0, 0, 3], ("waste", "8002"): [0, 0, 1]}
    assert towns.unplaced == 1
    assert towns.counts.areas == ("8001", "8002", "8101")
    assert towns.names["8101"] == "辖区8101"
    villages = read(owner, "village")
    assert told(villages) == {("waste", "800101"): [0, 0, 2], ("waste", "800201"): [0, 0, 1]}
    assert villages.unplaced == 2
    assert told(read(owner, "county")) == {("waste", "80"): [0, 0, 5]}
    assert received_by_area(owner, "ward", 7, county.NOW) is None
    # Before any edition was in force.
    assert received_by_area(owner, "township", 7, datetime(2018, 1, 1, tzinfo=UTC)) is None


def test_what_patrols_and_staff_found_is_counted_apart(say: Say, owner: psycopg.Connection[Any]) -> None:
    at = MIDNIGHT - MOMENT
    for channel in ("patrol", "app", "wechat"):
        say(PINS["8001"], at, taken_by=f"member@{county.GRID}", channel=channel)
    assert told(read(owner)) == {}
    # A clerk writes down what a resident said.
    say(PINS["8001"], at, taken_by=f"clerk@{county.VILLAGE}", channel="hotline")
    say(PINS["8001"], at, channel="wechat")
    assert told(read(owner)) == {("waste", "8001"): [0, 0, 2]}


def test_private_categories_count_and_reports_about_officials_do_not(say: Say, owner: psycopg.Connection[Any]) -> None:
    say(PINS["8001"], MIDNIGHT - MOMENT, category="dispute")
    say(PINS["8001"], MIDNIGHT - MOMENT, category="conduct")
    assert told(read(owner)) == {("people", "8001"): [0, 0, 1]}


def test_a_category_counts_in_its_family_of_today_for_its_past_too(say: Say, owner: psycopg.Connection[Any]) -> None:
    owner.execute(
        "INSERT INTO categories (code, since, family, name_zh, name_en, private, urgency, deadlines)"
        " SELECT code, %s, 'rubbish', name_zh, name_en, private, urgency, deadlines FROM categories WHERE code = 'dumping'",
        (MIDNIGHT - WEEK,),
    )
    say(PINS["8001"], MIDNIGHT - WEEK - MOMENT)
    say(PINS["8001"], MIDNIGHT - MOMENT)
    assert told(read(owner)) == {("rubbish", "8001"): [0, 1, 1]}
    assert "waste" not in read(owner).counts.families


def test_a_category_without_a_past_is_named_and_left_out(say: Say, owner: psycopg.Connection[Any]) -> None:
    now = county.YOUNG_SINCE + timedelta(days=3)
    say(PINS["8001"], now - timedelta(days=2), category="sinkhole")
    # As old as all that was ever reported: nothing else is older.
    assert told(read(owner, now=now)) == {("works", "8001"): [0, 0, 1]}
    say(PINS["8001"], county.YOUNG_SINCE - timedelta(hours=1), category="light")
    found = read(owner, now=now)
    assert told(found) == {("works", "8001"): [0, 0, 1]}
    assert found.young == ("sinkhole",)


def test_an_empty_database_has_families_and_areas_and_no_reports(owner: psycopg.Connection[Any]) -> None:
    found = read(owner)
    assert told(found) == {}
    assert found.counts.now.shape == (3, 3)
    assert found.young == ()


@pytest.mark.parametrize("days", [0, 6, 31])
def test_periods_of_other_lengths_are_refused(owner: psycopg.Connection[Any], days: int) -> None:
    with pytest.raises(ValueError, match="7 to 30"):
        received_by_area(owner, "township", days, county.NOW)


def test_the_command_tells_what_rises_or_that_nothing_does(
    say: Say, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GRIDWARDEN_DATABASE_URL", store.dsn("admin"))
    monkeypatch.setenv("LANG", "zh_CN.UTF-8")

    def ask(*more: str) -> str:
        done = CliRunner().invoke(cli.app, ("places", "causes", "--days", "7", *more))
        assert done.exit_code == 0, (done.output, done.exception)
        return done.output

    assert "往期太少" in ask()
    now = datetime.now(UTC)
    for week in range(1, 14):
        for where in PINS.values():
            say(where, now - week * WEEK - timedelta(days=1))
    assert "同时增多。" in ask()
    for where in PINS.values():
        for _ in range(7):
            say(where, now - timedelta(days=1))
    said = ask("--lang", "en").splitlines()
    assert said[0].startswith("Waste: more in 3 of 3 townships at once; in all 3 together 21 reports where 3.0")
    assert said[1].startswith("  辖区8001 (8001): 7 reports where 1.0 were expected (q")
    assert said[4].startswith("Looked at ")
    assert said[4].endswith("by the 13 periods of 7 days before.")
    refused = CliRunner().invoke(cli.app, ("places", "causes", "--level", "ward"))
    assert refused.exit_code != 0
    assert CliRunner().invoke(cli.app, ("places", "causes", "--days", "3")).exit_code != 0
