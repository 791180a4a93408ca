"""Who sees what, asked of the database alone: the web role with a session's token and nothing of the application between.

Each relation of an actor to a row (own, above, below, beside, administrator, none) has its line.
"""

from collections.abc import Iterator
from datetime import UTC, datetime
from hashlib import sha256

import psycopg
import pytest

from gis.cells import cells_of
from gis.store import Store
from tests import little_town as town

NOW = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
_RECEIVE = (
    "SELECT receive_report(%(key)s, %(key)s, %(session)s, %(at)s, %(number)s, '\\x00', %(category)s, 'app', %(at)s, '话',"
    " '13800000000', %(lon)s, %(lat)s, 5, %(lon)s, %(lat)s, 'wgs84', NULL, NULL, %(cells)s)"
)
SPOTS = {"first": town.IN_HEADED, "second": town.IN_DEPUTISED, "west": town.IN_EMPTY_VILLAGE}
NUMBERS = {"first": "1000000008", "second": "2000000006", "west": "3000000004"}


@pytest.fixture(scope="module")
def told(database: Store) -> Store:
    """Three reports in three corners of the town, one of them taken down by the deputy, and a session for each log-in."""
    town.build(database)
    with psycopg.connect(database.dsn("web")) as web:
        for login in ("head", "deputy", "desk", "admin", "supervisor", "clerk"):
            person = web.execute("SELECT person_id FROM log_in_try(%s, %s)", (login, NOW)).fetchone()
            assert person
            opened = (login, person[0], token(login), None, NOW, NOW.replace(hour=13))
            web.execute("SELECT session_open(%s, %s, %s, %s, %s, %s)", opened)
        for n, (name, (lon, lat)) in enumerate(SPOTS.items()):
            taker = token("deputy") if name == "second" else None
            values = {"key": bytes([n]), "session": taker, "at": NOW, "number": NUMBERS[name], "category": "dumping"}
            web.execute(_RECEIVE, values | {"lon": lon, "lat": lat, "cells": cells_of(lon, lat)})
    return database


def token(login: str | None) -> bytes | None:
    return None if login is None else sha256(login.encode()).digest()


@pytest.fixture
def web(told: Store) -> Iterator[psycopg.Connection]:
    with psycopg.connect(told.dsn("web")) as connection:
        yield connection
        connection.rollback()


def seen(web: psycopg.Connection, login: str | None, query: str, at: datetime = NOW) -> set[str]:
    web.execute("SELECT act_as(%s, %s)", (token(login), at))
    rows = web.execute(query).fetchall()
    return {name for name, number in NUMBERS.items() if (number,) in rows}


@pytest.mark.parametrize(
    ("login", "reports", "words"),
    [
        ("head", {"first"}, {"first"}),
        ("deputy", {"second"}, {"second"}),
        ("desk", {"first", "second"}, {"first", "second"}),
        ("admin", {"first", "second", "west"}, set()),
        (None, set(), set()),
        ("nobody", set(), set()),
    ],
)
def test_rows_follow_postings(web: psycopg.Connection, login: str | None, reports: set[str], words: set[str]) -> None:
    assert seen(web, login, "SELECT number FROM reports") == reports
    assert seen(web, login, "SELECT r.number FROM cases c JOIN reports r ON r.case_id = c.id") == reports
    assert seen(web, login, "SELECT r.number FROM events e JOIN reports r USING (case_id)") == reports
    joined = "SELECT r.number FROM report_words w JOIN reports r ON r.id = w.report_id"
    assert seen(web, login, joined) == words
    web.execute("SELECT act_as(%s, %s)", (token(login), NOW))
    told_words = web.execute("SELECT count(*) FROM report_words").fetchone()
    assert told_words == (len(words),), "nor without a join"


def test_contacts_cannot_be_read_past_the_record(web: psycopg.Connection) -> None:
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        web.execute("SELECT contact FROM report_contacts")


@pytest.mark.parametrize("login", ["deputy", "supervisor", "desk", "head", "admin", "clerk", None])
def test_contacts_are_for_whoever_took_them_down_and_the_supervisor(
    web: psycopg.Connection, database: Store, login: str | None
) -> None:
    with psycopg.connect(database.dsn("migrate")) as owner:
        owner.execute("SET ROLE gridwarden_owner")
        row = owner.execute(
            "SELECT r.number, r.case_id FROM report_contacts k JOIN reports r ON r.id = k.report_id"
            " WHERE k.taken_by IS NOT NULL"
        ).fetchone()
    assert row
    number, case_id = row
    if login not in ("deputy", "supervisor"):
        with pytest.raises(psycopg.Error, match="no such case"):
            web.execute("SELECT look_at_contact(%s, %s, %s)", (token(login), NOW, number))
        return
    assert web.execute("SELECT look_at_contact(%s, %s, %s)", (token(login), NOW, number)).fetchone() != (None,)
    web.execute("SELECT act_as(%s, %s)", (token(login), NOW))
    looked = web.execute(
        "SELECT e.verb, p.role FROM events e LEFT JOIN postings p ON p.id = e.posting_id"
        " WHERE e.case_id = %s ORDER BY e.seq DESC LIMIT 1",
        (case_id,),
    ).fetchone()
    assert looked == ("look", login), "every look says in what posting, also of somebody who has no part in the case"


def test_a_session_that_has_run_out_shows_nothing(web: psycopg.Connection) -> None:
    assert seen(web, "desk", "SELECT number FROM reports", NOW.replace(hour=14)) == set()


def test_who_asks_ends_with_the_transaction(web: psycopg.Connection) -> None:
    assert seen(web, "desk", "SELECT number FROM reports")
    web.commit()
    assert web.execute("SELECT count(*) FROM reports").fetchone() == (0,)


@pytest.mark.parametrize(("login", "names"), [(None, {"东村第一网格长"}), ("head", {"东村值班员", "系统管理员"})])
def test_names_are_for_staff_unless_the_posting_says_so(
    web: psycopg.Connection, login: str | None, names: set[str]
) -> None:
    web.execute("SELECT act_as(%s, %s)", (token(login), NOW))
    found = {name for (name,) in web.execute("SELECT name FROM people")}
    assert names <= found
    assert (login is None) == (found == names)


@pytest.mark.parametrize(
    "forbidden",
    [
        "SELECT * FROM sessions",
        "SELECT password_hash FROM people",
        "SELECT key_digest FROM reports",
        "SELECT * FROM idempotency_keys",
        "SELECT * FROM log_in_tries",
        "SELECT * FROM outbox",
        "INSERT INTO events (case_id, seq, at, verb, state) SELECT 1, 9, now(), 'x', 'x'",
        "UPDATE cases SET state = 'closed'",
        "DELETE FROM reports",
        "TRUNCATE report_words",
        "UPDATE postings SET person_id = 1",
        "CREATE TABLE gridwarden.mine (n integer)",
        "CREATE TABLE public.mine (n integer)",
        "SELECT was_in_force(1, '2026-03-02Z')",
        "SELECT edition_before('2026-03-02Z')",
        "SELECT activation_refused(1, '2026-03-02Z', false, '2026-03-02Z')",
        "ALTER TABLE cases DISABLE ROW LEVEL SECURITY",
        "SET ROLE gridwarden_owner",
    ],
)
def test_the_web_role_can_do_no_more_than_it_must(web: psycopg.Connection, forbidden: str) -> None:
    web.execute("SELECT act_as(%s, %s)", (token("admin"), NOW))
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        web.execute(forbidden)


def test_security_is_forced_on_every_table_that_tells_of_people_or_cases_or_is_for_administrators(
    web: psycopg.Connection,
) -> None:
    rows = web.execute(
        "SELECT relname FROM pg_class WHERE relnamespace = 'gridwarden'::regnamespace AND relkind = 'r'"
        " AND relrowsecurity AND relforcerowsecurity"
    )
    assert {name for (name,) in rows} == {
        "people",
        "cases",
        "reports",
        "report_words",
        "report_contacts",
        "events",
        "event_words",
        "deliveries",
        "photos",
        "releases",
        "findings",
        "edition_checks",
        "taken_back",
        "parts",
        "orders",
        "handovers",
        "handover_lines",
        "handover_acceptances",
        "handover_words",
        "rota",
        "rota_visits",
        "teams",
        "team_terms",
        "hearings",
        "hearing_places",
        "hearing_people",
        "mediations",
        "mediation_parties",
        "mediation_party_words",
        "mediation_sittings",
        "mediation_conflicts",
    }


def test_the_web_role_owns_nothing_and_bypasses_nothing(web: psycopg.Connection) -> None:
    role = web.execute(
        "SELECT rolsuper, rolbypassrls, rolcreaterole, rolcreatedb FROM pg_roles WHERE rolname = current_user"
    )
    assert role.fetchone() == (False, False, False, False)
    assert web.execute("SELECT count(*) FROM pg_class WHERE relowner = current_user::regrole").fetchone() == (0,)


@pytest.mark.parametrize(
    "change", ["UPDATE events SET verb = 'x'", "DELETE FROM events", "UPDATE reports SET channel = 'app'"]
)
def test_even_the_owner_cannot_rewrite_the_record(told: Store, change: str) -> None:
    with psycopg.connect(told.dsn("migrate")) as owner:
        owner.execute("SET ROLE gridwarden_owner")
        with pytest.raises(psycopg.Error) as caught:
            owner.execute(change)
        assert caught.value.sqlstate == "GW001"
