"""The sample's petitions: one heard and closed at the county, which the city alone can lift; one whose hearing is to come."""

import secrets
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg
import pytest

from gis.store import Store
from grids.audit import verify
from grids.sample.acting import act
from grids.sample.load import load_city
from grids.sample.petitions import hear, tell_petitions
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
            petitions = tell_petitions(NOW)
            numbers = draw_numbers(len(petitions), 2021, ())
            hear(connection, load_reports(connection, petitions, numbers, secrets.token_bytes), NOW)
        yield connection


def test_one_was_closed_at_the_county_and_one_is_to_come(loaded: psycopg.Connection[Any]) -> None:
    rows = loaded.execute(
        "SELECT c.state, c.confirmed, c.reopened, h.state, h.at > %(now)s, s.role, length(s.area_code),"
        " unsolved(c.closed_at, c.promised_at, c.reopened, c.confirmed, c.merged_into, %(now)s)"
        " FROM hearings h JOIN cases c ON c.id = h.case_id JOIN postings s ON s.id = h.posting_id ORDER BY c.id",
        {"now": NOW},
    ).fetchall()
    assert rows == [
        ("closed", False, 2, "closed", False, "supervisor", 6, True),
        ("accepted", None, 2, "called", True, "supervisor", 6, True),
    ]
    assert loaded.execute("SELECT review_until > %s FROM hearings WHERE state = 'closed'", (NOW,)).fetchone() == (True,)


def test_its_histories_hold_and_leave_nothing_behind(loaded: psycopg.Connection[Any]) -> None:
    assert not verify(loaded).faults
    assert loaded.execute("SELECT count(*) FROM outbox").fetchone() == (0,)
    assert loaded.execute("SELECT count(*) FROM sessions").fetchone() == (0,)


def test_the_city_alone_opens_again_what_the_county_closed(loaded: psycopg.Connection[Any]) -> None:
    row = loaded.execute("SELECT id, version FROM cases WHERE state = 'closed'").fetchone()
    assert row
    who = dict(
        loaded.execute(
            "SELECT area_code || ' ' || role, person_id FROM postings WHERE person_id IS NOT NULL AND during @> %s"
            " AND role IN ('supervisor', 'dispatcher') AND length(area_code) <= 9",
            (NOW,),
        ).fetchall()
    )
    take = "SELECT take_step(%s, NULL, %s, %s, %s, 'reopen', '复查', '{}')"
    (closing,) = loaded.execute("SELECT petition_closing(%s, %s)", (row[0], NOW)).fetchone() or (None,)
    assert closing
    assert closing["next"] == "廊坊市"
    for county in ("131024 supervisor", "131024 dispatcher"):
        with pytest.raises(psycopg.Error) as refused, loaded.transaction():
            act(loaded, who[county], NOW, take, *row)
        assert refused.value.sqlstate == "GW025"
    act(loaded, who["1310 supervisor"], NOW + timedelta(minutes=1), take, *row)
    assert loaded.execute("SELECT state FROM hearings WHERE case_id = %s", row[:1]).fetchone() == ("lifted",)
