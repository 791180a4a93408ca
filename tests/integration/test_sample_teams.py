"""The sample's helper teams and the case in which volunteers help: as the service itself would have made them."""

import secrets
from collections.abc import Iterator
from typing import Any

import psycopg
import pytest

from gis.store import Store
from grids.audit import verify
from grids.sample.divisions import CITY
from grids.sample.load import LogIn, load_city
from grids.sample.reported import draw_numbers, load_reports
from grids.sample.small import default_folder, read_sample
from grids.sample.teams import HELPERS, VOLUNTEERS, form_teams, let_volunteers_help
from tests.integration.test_sample_joint import NOW, _late


@pytest.fixture(scope="module")
def loaded(database: Store) -> Iterator[psycopg.Connection[Any]]:
    sample = read_sample(default_folder())
    log_in = LogIn("helper", HELPERS[0].area_code, "helper", "none", VOLUNTEERS)
    with psycopg.connect(database.dsn("migrate"), autocommit=True) as connection:
        connection.execute("SET ROLE gridwarden_owner")
        with connection.transaction():
            load_city(connection, sample.city, sample.postings, sample.sites, [], NOW)
            form_teams(connection, [log_in])
            assert let_volunteers_help(connection, NOW) is None
            load_reports(connection, [_late(20)], draw_numbers(1, 1, ()), secrets.token_bytes)
            assert let_volunteers_help(connection, NOW) is not None
        yield connection


def test_there_are_teams_of_every_kind_with_people(loaded: psycopg.Connection[Any]) -> None:
    rows = loaded.execute(
        "SELECT t.kind, count(*) FROM teams t JOIN postings s ON s.id = t.posting_id"
        " CROSS JOIN LATERAL helpers_of(s, %s) GROUP BY t.kind",
        (NOW,),
    ).fetchall()
    assert dict(rows) == {"rescue": 3, "volunteers": 4, "lawyers": 2, "counsellors": 2}
    assert loaded.execute("SELECT name FROM people WHERE login = 'helper'").fetchone() == (f"{VOLUNTEERS}队员",)
    made = loaded.execute("SELECT DISTINCT p.name FROM team_terms m JOIN people p ON p.id = m.made_by").fetchall()
    administrator = loaded.execute(
        "SELECT w.name FROM postings p JOIN people w ON w.id = p.person_id"
        " WHERE p.role = 'administrator' AND p.area_code = %s",
        (CITY,),
    ).fetchall()
    assert made == administrator


def test_the_volunteers_did_one_part_and_are_at_another(loaded: psycopg.Connection[Any]) -> None:
    rows = loaded.execute("SELECT state, exact FROM parts ORDER BY nth").fetchall()
    assert rows == [("done", True), ("working", False)]
    assert loaded.execute("SELECT count(*) FROM cases WHERE elsewhere IS NOT NULL").fetchone() == (0,)


def test_it_holds_and_leaves_nothing_behind(loaded: psycopg.Connection[Any]) -> None:
    assert not verify(loaded).faults
    assert loaded.execute("SELECT count(*) FROM outbox").fetchone() == (0,)
    assert loaded.execute("SELECT count(*) FROM sessions").fetchone() == (0,)
    unposted = loaded.execute("SELECT count(*) FROM events WHERE verb ~ '^part_' AND posting_id IS NULL")
    assert unposted.fetchone() == (0,)
