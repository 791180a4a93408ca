"""The sample's joint case, its orders and hand-overs: written as the service itself would have written them, all of them invented."""

import secrets
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg
import pytest

from gis.store import Store
from grids.audit import verify
from grids.sample.divisions import EXAMPLE_VILLAGE
from grids.sample.handovers import hand_over
from grids.sample.histories import SampleEvent, lived
from grids.sample.joint import act_jointly
from grids.sample.load import load_city
from grids.sample.orders import give_orders
from grids.sample.reported import draw_numbers, load_reports
from grids.sample.reports import SampleCase, SampleReport
from grids.sample.small import default_folder, read_sample

NOW = datetime(2026, 11, 20, 4, 0, tzinfo=UTC)


def _late(days: int) -> SampleCase:
    """Rubbish in the example village that somebody has worked on for so many days."""
    at = NOW - timedelta(days=days)
    events = [
        SampleEvent(at, "receive"),
        SampleEvent(at + timedelta(hours=2), "accept", "desk"),
        SampleEvent(at + timedelta(hours=5), "take", "owner"),
    ]
    report = SampleReport(
        "dumping", "talking_point", at, at, "路边又倒了一堆。", area_code=EXAMPLE_VILLAGE, place_words="村东"
    )
    return SampleCase(lived(events), report)


@pytest.fixture(scope="module")
def loaded(database: Store) -> Iterator[psycopg.Connection[Any]]:
    sample = read_sample(default_folder())
    with psycopg.connect(database.dsn("migrate"), autocommit=True) as connection:
        connection.execute("SET ROLE gridwarden_owner")
        with connection.transaction():
            load_city(connection, sample.city, sample.postings, sample.sites, [], NOW)
            cases = [_late(days) for days in (20, 30, 40, 50)]
            load_reports(connection, cases, draw_numbers(len(cases), 1, ()), secrets.token_bytes)
            assert act_jointly(connection, NOW) is not None
            give_orders(connection, NOW)
            hand_over(connection, NOW)
        yield connection


def test_one_case_has_parts_that_stand_differently(loaded: psycopg.Connection[Any]) -> None:
    rows = loaded.execute("SELECT case_id, state FROM parts ORDER BY nth").fetchall()
    assert [state for _, state in rows] == ["working", "done", "handed_back", "asked"]
    assert len({case for case, _ in rows}) == 1


def test_one_shift_was_taken_over_and_one_waits(loaded: psycopg.Connection[Any]) -> None:
    rows = loaded.execute(
        "SELECT h.to_posting IS NULL, a.accepted_at > h.given_at, (h.counts ->> 'lines')::integer > 0,"
        " (SELECT count(*) FROM handover_words w WHERE w.handover_id = h.id)"
        " FROM handovers h LEFT JOIN handover_acceptances a ON a.handover_id = h.id ORDER BY h.id"
    ).fetchall()
    assert rows == [(False, True, True, 3), (True, None, True, 3)]
    assert loaded.execute("SELECT count(*) FROM outbox WHERE topic LIKE 'handover.%%'").fetchone() == (0,)


def test_one_order_is_to_come_one_is_late_one_was_answered(loaded: psycopg.Connection[Any]) -> None:
    rows = loaded.execute("SELECT state, due_at > %s FROM orders ORDER BY given_at DESC", (NOW,)).fetchall()
    assert rows == [("given", True), ("answered", True), ("given", False)]
    assert loaded.execute("SELECT count(*) FROM orders o JOIN parts t USING (case_id)").fetchone() == (0,)


def test_their_histories_hold_and_leave_nothing_behind(loaded: psycopg.Connection[Any]) -> None:
    assert not verify(loaded).faults
    assert loaded.execute("SELECT count(*) FROM outbox").fetchone() == (0,)
    assert loaded.execute("SELECT count(*) FROM sessions").fetchone() == (0,)
    unposted = loaded.execute("SELECT count(*) FROM events WHERE verb ~ '^(part|order)_' AND posting_id IS NULL")
    assert unposted.fetchone() == (0,)


def test_nobody_acts_where_nobody_works_on_anything(database: Store) -> None:
    with psycopg.connect(database.dsn("migrate")) as connection:
        connection.execute("SET ROLE gridwarden_owner")
        connection.execute("UPDATE cases SET state = 'received'")
        assert act_jointly(connection, NOW) is None
        give_orders(connection, NOW)
        assert connection.execute("SELECT count(*) FROM orders").fetchone() == (3,)
        connection.rollback()
