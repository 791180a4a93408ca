"""The sample's disputes: three mediations that the service itself would have written, all of them invented."""

import secrets
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import psycopg
import pytest

from gis.store import Store
from grids.audit import verify
from grids.mediations import MEDIATION_VERBS
from grids.sample.load import load_city
from grids.sample.mediations import DISPUTES, mediate, tell_disputes
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
            disputes = tell_disputes(NOW)
            numbers = draw_numbers(len(disputes), 2020, ())
            mediate(connection, load_reports(connection, disputes, numbers, secrets.token_bytes), NOW)
        yield connection


def test_one_agreed_one_went_to_court_and_one_is_to_come(loaded: psycopg.Connection[Any]) -> None:
    rows = loaded.execute(
        "SELECT c.state, c.private, c.owner_role, m.state, m.outcome, s.desk,"
        " (SELECT count(*) FROM mediation_parties p WHERE p.case_id = c.id),"
        " (SELECT count(*) FROM mediation_sittings y WHERE y.case_id = c.id AND y.held_at IS NULL AND y.at > %s)"
        " FROM mediations m JOIN cases c ON c.id = m.case_id JOIN postings s ON s.id = m.posting_id ORDER BY c.id",
        (NOW,),
    ).fetchall()
    desk = rows[0][5]
    assert rows == [
        ("in_progress", True, "desk", "agreed", None, desk, 2, 0),
        ("in_progress", True, "desk", "failed", "court", desk, 2, 0),
        ("in_progress", True, "desk", "opened", None, desk, 2, 1),
    ]
    assert "五百户" in desk


def test_its_histories_hold_and_leave_nothing_behind(loaded: psycopg.Connection[Any]) -> None:
    assert not verify(loaded).faults
    assert loaded.execute("SELECT count(*) FROM outbox").fetchone() == (0,)
    assert loaded.execute("SELECT count(*) FROM sessions").fetchone() == (0,)
    lines = loaded.execute(
        "SELECT case_id, at, verb, posting_id FROM events WHERE data ? 'mediation' ORDER BY case_id, seq"
    ).fetchall()
    assert len(lines) == sum(len(dispute.steps) for dispute in DISPUTES)
    assert {verb for _, _, verb, _ in lines} <= MEDIATION_VERBS.keys()
    assert all(posting is not None and at < NOW for _, at, _, posting in lines)
    assert [(case, at) for case, at, _, _ in lines] == sorted((case, at) for case, at, _, _ in lines)


def test_nobody_in_it_is_anybody(loaded: psycopg.Connection[Any]) -> None:
    parties = loaded.execute("SELECT name, contact FROM mediation_party_words").fetchall()
    assert {name for name, _ in parties} == {"甲方（虚构）", "乙方（虚构）"}
    assert all(contact is None or "虚构" in contact for _, contact in parties)
