"""The sample's other doors: a letter that the town answered after the village had not, and a rota with visits."""

import secrets
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import psycopg
import pytest

from gis.store import Store
from grids.audit import verify
from grids.sample.divisions import EXAMPLE_VILLAGE, WUBAIHU
from grids.sample.doors import receive_visitors, tell_at_doors
from grids.sample.load import load_city
from grids.sample.reported import draw_numbers, load_reports
from grids.sample.small import default_folder, read_sample

NOW = datetime(2026, 11, 20, 4, 0, tzinfo=UTC)


@pytest.fixture(scope="module")
def loaded(database: Store) -> Iterator[psycopg.Connection[Any]]:
    sample = read_sample(default_folder())
    with psycopg.connect(database.dsn("migrate"), autocommit=True) as connection:
        connection.execute("SET ROLE gridwarden_owner")
        with connection.transaction():
            load_city(connection, sample.city, sample.postings, sample.sites, [], NOW)
            told = tell_at_doors(NOW)
            numbers = draw_numbers(len(told), 2021, ())
            receive_visitors(connection, load_reports(connection, told, numbers, secrets.token_bytes), NOW)
        yield connection


def test_the_town_answered_what_the_village_had_not(loaded: psycopg.Connection[Any]) -> None:
    rows = loaded.execute(
        "SELECT c.channel, c.chain[cardinality(c.chain)], c.owner_area_code, c.state, c.confirmed FROM cases c"
        " WHERE c.category_code = 'street_lamp' ORDER BY c.received_at"
    ).fetchall()
    assert rows == [
        ("village_box", EXAMPLE_VILLAGE, EXAMPLE_VILLAGE, "closed", False),
        ("letterbox", WUBAIHU, WUBAIHU, "closed", True),
    ]


def test_visits_lie_within_the_days_on_which_they_were_received(loaded: psycopg.Connection[Any]) -> None:
    rows = loaded.execute(
        "SELECT t.area_code::text, r.received_at <@ t.during, c.owner_area_code::text = t.area_code::text, c.state, r.taken_by IS NOT NULL"
        " FROM rota_visits v JOIN rota t ON t.id = v.rota_id JOIN reports r ON r.id = v.report_id JOIN cases c ON c.id = r.case_id ORDER BY c.id"
    ).fetchall()
    assert rows == [
        (WUBAIHU, True, True, "closed", True),
        (WUBAIHU, True, True, "in_progress", True),
        (WUBAIHU[:6], True, True, "accepted", True),
        (WUBAIHU[:6], True, True, "declined", True),
    ]


def test_two_weeks_are_planned_with_a_stand_in_and_one_moved(loaded: psycopg.Connection[Any]) -> None:
    coming = loaded.execute(
        "SELECT count(*) FILTER (WHERE area_code = %s), count(*) FILTER (WHERE area_code = %s), count(stand_in_title), count(moved_to)"
        " FROM rota WHERE lower(during) > %s",
        (WUBAIHU, WUBAIHU[:6], NOW),
    ).fetchone()
    assert coming == (6, 4, 1, 1)


def test_its_histories_hold_and_leave_nothing_behind(loaded: psycopg.Connection[Any]) -> None:
    assert not verify(loaded).faults
    assert loaded.execute("SELECT count(*) FROM outbox").fetchone() == (0,)
    assert loaded.execute("SELECT count(*) FROM sessions").fetchone() == (0,)
