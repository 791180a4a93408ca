"""Places in the database: settled as reports come, and by a replay, they are the same; and who may see them."""

import random
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import psycopg
import pytest

from gis.store import Store
from grids.place_keeping import replay, settle_waiting
from tests import small_county as county
from tests.conftest import cloned
from tests.placed_town import LAT, LON, STEP, Town, opened


@pytest.fixture(scope="module")
def county_of_all(database: Store) -> Store:
    county.build(database)
    return database


@pytest.fixture
def town(county_of_all: Store) -> Iterator[Town]:
    with cloned(county_of_all) as store, opened(store) as town:
        yield town


def test_what_is_settled_as_it_comes_is_what_a_replay_settles(town: Town) -> None:
    rng = random.Random(4)  # noqa: S311  (not secrets)
    for _ in range(6):
        for _ in range(20):
            town.say(rng.randrange(-9, 9), rng.randrange(-9, 9), rng.randrange(0, 50), rng.choice(["dumping", "light"]))
        # The late ones come with the others, in batches that cut through them.
        while settle_waiting(town.worker, rng.randrange(3, 9)):
            pass
    settled = town.places()
    assert len(settled) == 120
    assert len(set(settled.values())) > 5
    again = replay(town.worker)
    assert (again.reports, again.changed) == (120, 0)
    assert again.places == len(set(settled.values()))
    assert town.places() == settled
    standing = town.owner.execute("SELECT id FROM places WHERE stands").fetchall()
    assert {row["id"] for row in standing} == set(settled.values())


def test_families_have_their_own_places_and_radii(town: Town) -> None:
    town.owner.execute("INSERT INTO place_radii VALUES ('works', '2020-01-01Z', 15)")
    heap, lamp = town.say(0, 0), town.say(0, 0, category="light")
    heap_again, other_lamp = town.say(4, 0, 1), town.say(4, 0, 1, category="light")
    official = town.say(0, 0, 2, category="conduct")
    assert settle_waiting(town.worker) == 5
    assert town.places() == {heap: heap, heap_again: heap, lamp: lamp, other_lamp: other_lamp}
    assert official not in town.places()
    assert settle_waiting(town.worker) == 0


def test_a_late_report_takes_its_turn_and_the_anchor_leads_on(town: Town) -> None:
    second, third = town.say(4, 0, 10), town.say(8, 0, 20)
    settle_waiting(town.worker)
    assert town.places() == {second: second, third: second}
    first = town.say(0, 0, 0)
    settle_waiting(town.worker)
    # The third is too far from the first, and the second is no anchor any more.
    assert town.places() == {first: first, second: first, third: third}
    rows = town.owner.execute("SELECT id, stands FROM places ORDER BY id").fetchall()
    assert {row["id"]: row["stands"] for row in rows} == {first: True, second: False, third: True}
    assert replay(town.worker).changed == 0


def test_along_a_ditch_metres_run_along_it(town: Town) -> None:
    # There and back again, 20 m beside itself.
    bend = (
        f"LINESTRING({LON} {LAT}, {LON + 20 * STEP} {LAT}, {LON + 20 * STEP} {LAT + 2 * STEP}, {LON} {LAT + 2 * STEP})"
    )
    town.owner.execute(
        "INSERT INTO sites (code, kind, name, during, synthetic, geom)"
        " VALUES ('d1', 'ditch', '东沟', '[2020-01-01Z,)', true, ST_GeomFromText(%s, 4326))",
        (bend,),
    )
    there, back, beside = town.say(5, 0), town.say(5, 2, 1), town.say(8, 0, 2)
    settle_waiting(town.worker)
    assert town.places() == {there: there, back: back, beside: there}


def test_where_a_ditch_was_removed_what_comes_later_is_measured_straight_again(town: Town) -> None:
    bend = (
        f"LINESTRING({LON} {LAT}, {LON + 20 * STEP} {LAT}, {LON + 20 * STEP} {LAT + 2 * STEP}, {LON} {LAT + 2 * STEP})"
    )
    town.owner.execute(
        "INSERT INTO sites (code, kind, name, during, synthetic, geom)"
        " VALUES ('d1', 'ditch', '东沟', tstzrange('2020-01-01Z', %s), true, ST_GeomFromText(%s, 4326))",
        (county.NOW + timedelta(minutes=10), bend),
    )
    there, other, across = town.say(5, 0), town.say(15, 0, 1), town.say(5, 2, 2)
    settle_waiting(town.worker)
    later = town.say(15, 2, 20)
    settle_waiting(town.worker)
    # Those of before stay where they were, 20 m from each other.
    settled = {there: there, other: other, across: across, later: other}
    assert town.places() == settled
    assert replay(town.worker).changed == 0
    assert town.places() == settled


def test_a_report_without_a_pin_has_no_place(town: Town) -> None:
    pinned, told = town.say(0, 0), town.say_without_pin(county.GRID, 1)
    assert settle_waiting(town.worker) == 1
    assert town.places() == {pinned: pinned}
    assert settle_waiting(town.worker) == 0
    again = replay(town.worker)
    assert (again.reports, again.places, again.changed) == (1, 1, 0)
    assert told not in town.places()


@pytest.mark.parametrize("radius", [0, -1, 4.9, 501])
def test_no_radius_that_means_nothing(town: Town, radius: float) -> None:
    with pytest.raises(psycopg.errors.CheckViolation):
        town.owner.execute("INSERT INTO place_radii VALUES ('waste', '2020-01-01Z', %s)", (radius,))


def seen(store: Store, login: str | None, place: int) -> dict[str, Any] | None:
    with psycopg.connect(store.dsn("web")) as web:
        web.execute("SELECT act_as(%s, %s)", (county.session(login), county.NOW))
        row = web.execute("SELECT place_seen(%s, %s)", (place, county.NOW)).fetchone()
        assert row
        told: dict[str, Any] | None = row[0]
        return told


def test_numbers_are_of_the_whole_place_and_cases_those_of_the_reader(town: Town) -> None:
    # Three at the border of two grids of one village, which lies 10 m east of the first.
    edge = round((county.AREAS[county.GRID][0] + county.AREAS[county.GRID][2] - LON) / STEP, 4)
    first, beyond, third = town.say(edge - 1, 0), town.say(edge + 1, 0, 1), town.say(edge - 1, 0, 2)
    settle_waiting(town.worker)
    assert set(town.places().values()) == {first}
    areas = {row["id"]: row["area_code"] for row in town.owner.execute("SELECT id, area_code FROM reports")}
    assert areas[first] == areas[third] == county.GRID != areas[beyond]
    told = seen(town.store, f"head@{county.GRID}", first)
    assert told is not None
    numbers = ("reports", "cases", "open", "closed", "confirmed", "claimed", "reopened")
    assert [told[name] for name in numbers] == [3, 3, 3, 0, 0, 0, 0]
    assert sorted(told["areas"]) == sorted({county.GRID, areas[beyond]})
    assert [case["area_code"] for case in told["seen"]] == [county.GRID, county.GRID]
    desk = seen(town.store, f"desk@{county.VILLAGE}", first)
    assert desk is not None
    assert len(desk["seen"]) == 3
    for login in (f"head@{county.FOREIGN}", f"planner@{county.COUNTY}", f"handler@{county.TOWNSHIP}", "stranger", None):
        assert seen(town.store, login, first) is None, login
    # A report that is no anchor is no place.
    assert seen(town.store, f"desk@{county.VILLAGE}", third) is None


def test_a_confirmed_solution_ends_what_came_before_it(town: Town) -> None:
    first, second, third = town.say(0, 0), town.say(1, 0, 60), town.say(0, 1, 600)
    settle_waiting(town.worker)
    cases = {row["id"]: row["case_id"] for row in town.owner.execute("SELECT id, case_id FROM reports")}

    def since() -> Any:
        told = seen(town.store, f"desk@{county.VILLAGE}", first)
        assert told is not None
        return told["unsolved_since"]

    def close(report: int, minutes: int, *, confirmed: bool) -> None:
        town.owner.execute(
            "UPDATE cases SET state = 'closed', confirmed = %s, closed_at = %s WHERE id = %s",
            (confirmed, county.NOW + timedelta(minutes=minutes), cases[report]),
        )

    close(first, 30, confirmed=False)
    assert since() == "2026-03-02T01:00:00+00:00"
    close(second, 90, confirmed=True)
    assert since() == "2026-03-02T11:00:00+00:00"
    close(third, 700, confirmed=True)
    assert since() is None
