"""What a place remembers is counted by what happened, whatever its cases are now."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import psycopg
import pytest

from gis.store import Store
from tests import small_county as county
from tests.conftest import cloned
from tests.placed_town import Town, case_of, look, opened, step

HOUR, DAY = 60, 24 * 60
HEAD, DESK = f"head@{county.GRID}", f"desk@{county.VILLAGE}"


@pytest.fixture(scope="module")
def county_of_all(database: Store) -> Store:
    county.build(database)
    return database


@pytest.fixture
def town(county_of_all: Store) -> Iterator[Town]:
    with cloned(county_of_all) as store, opened(store) as town:
        town.owner.execute("UPDATE recheck_shares SET share = 0")
        yield town


def seen(town: Town, place: int, minutes: int) -> dict[str, Any]:
    """Answer the place as the supervisor of the village sees it."""
    at = county.NOW + timedelta(minutes=minutes)
    with psycopg.connect(town.store.dsn("web")) as web:
        web.execute("SELECT act_as(%s, %s)", (county.session(f"supervisor@{county.VILLAGE}"), at))
        row = web.execute("SELECT place_seen(%s, %s)", (place, at)).fetchone()
        assert row
        told: dict[str, Any] = row[0]
        return told


def test_what_was_closed_and_opened_again_counts_as_often_as_it_was(town: Town) -> None:
    first = town.say(0, 0)
    look(town, 0)
    step(town, HEAD, first, "take", 1)
    step(town, HEAD, first, "claim", 2)
    step(town, None, first, "confirm", 3)
    place = seen(town, first, 4)
    assert [place[name] for name in ("closed", "confirmed", "claimed", "reopened", "open")] == [1, 1, 1, 0, 0]
    # Another report opens it again, and its own case goes into the first one.
    later = town.say(0, 0, DAY)
    look(town, DAY)
    assert case_of(town, later)["id"] == case_of(town, first)["id"]
    place = seen(town, first, DAY)
    assert [place[name] for name in ("closed", "confirmed", "claimed", "reopened", "open")] == [1, 1, 1, 1, 1]
    step(town, DESK, first, "take", DAY + 1)
    step(town, DESK, first, "claim", DAY + 2)
    step(town, f"supervisor@{county.VILLAGE}", first, "pass_recheck", DAY + 3)
    place = seen(town, first, DAY + 4)
    assert [place[name] for name in ("closed", "confirmed", "claimed", "reopened", "open")] == [2, 2, 2, 1, 0]


def test_what_silence_closed_is_confirmed_by_whoever_says_so_later(town: Town) -> None:
    first = town.say(0, 0)
    look(town, 0)
    step(town, HEAD, first, "take", 1)
    step(town, HEAD, first, "claim", 2)
    step(town, None, first, "lapse", 8 * DAY, as_worker=True)
    place = seen(town, first, 8 * DAY)
    assert (place["closed"], place["confirmed"]) == (1, 0)
    step(town, None, first, "evaluate", 9 * DAY, rating="solved")
    assert seen(town, first, 9 * DAY)["confirmed"] == 1


def test_what_became_of_a_case_that_went_into_another_is_remembered(town: Town) -> None:
    first, second = town.say(0, 0), town.say(0, 0, 1)
    look(town, 1)
    step(town, HEAD, second, "take", 2)
    step(town, HEAD, second, "claim", 3)
    step(town, None, second, "deny", 4)
    step(town, DESK, second, "merge", 5, into=case_of(town, first)["id"])
    place = seen(town, first, 6)
    assert (place["cases"], place["claimed"], place["reopened"]) == (1, 1, 1)


def test_what_is_open_is_unsolved_whatever_was_confirmed_beside_it(town: Town) -> None:
    first, second = town.say(0, 0), town.say(0, 0, DAY)
    look(town, DAY)
    step(town, HEAD, second, "take", DAY + 1)
    step(town, HEAD, second, "claim", DAY + 2)
    step(town, None, second, "confirm", 10 * DAY)
    since = seen(town, first, 10 * DAY)["unsolved_since"]
    assert since == seen(town, first, 10 * DAY)["first_at"]
    with psycopg.connect(town.store.dsn("web")) as web:
        at = county.NOW + timedelta(days=40)
        web.execute("SELECT act_as(%s, %s)", (county.session(f"supervisor@{county.VILLAGE}"), at))
        marked = web.execute(
            "SELECT place_id, unsolved_since FROM place_marks(%s, %s, NULL, 'grid', %s, 300, 100)",
            (at, at - timedelta(days=182), at - timedelta(days=30)),
        ).fetchall()
    assert marked == [(first, county.NOW)]
    # Once it is closed, in whatever way, it counts as solved with what was confirmed after it came.
    step(town, DESK, first, "decline", 41 * DAY)
    assert seen(town, first, 42 * DAY)["unsolved_since"] is None


def test_what_rang_is_told_under_the_number_that_the_place_has_now(town: Town) -> None:
    far = town.say(8, 0)
    for minutes in (1, 2, 3):
        near = town.say(0, 0, minutes)
    look(town, 5)
    rang = seen(town, town.places()[near], 5)["alarms"]
    assert len(rang) == 3
    with psycopg.connect(town.store.dsn("web"), autocommit=True) as web:
        web.execute(
            "SELECT decide_place(%s, %s, %s, 'one', NULL, %s, '同一处')",
            (county.session(f"supervisor@{county.VILLAGE}"), county.NOW + timedelta(minutes=6), far, town.places()[near]),
        )  # fmt: skip
    look(town, 7)
    place = seen(town, far, 8)
    assert (place["id"], place["reports"]) == (far, 4)
    assert [one["at"] for one in place["alarms"]][:3] == [one["at"] for one in rang]
