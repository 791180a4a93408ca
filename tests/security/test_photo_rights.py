"""Photos and released words, asked of the database alone: the web role with a session's token and nothing between."""

from collections.abc import Iterator
from datetime import UTC, datetime
from hashlib import sha256

import psycopg
import pytest

from gis.cells import cells_of
from gis.store import Store
from tests import little_town as town

NOW = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
LOGINS = ("head", "member", "deputy", "desk", "city", "clerk", "supervisor", "handler", "admin", "planner")
LINK = sha256(b"link").digest()
_RECEIVE = (
    "SELECT receive_report(%(key)s, %(key)s, NULL, %(at)s, %(number)s, %(link)s, 'dumping', 'app', %(at)s, '话', NULL,"
    " %(lon)s, %(lat)s, 5, %(lon)s, %(lat)s, 'wgs84', NULL, NULL, %(cells)s)"
)
_ADD = "SELECT photo_add(%s, %s, %s, %s, %s, 10, 10, 10, 5, %s)"
SPOTS = {"first": town.IN_HEADED, "second": town.IN_DEPUTISED, "owned": town.IN_EMPTY_VILLAGE}
NUMBERS = {"first": "1000000008", "second": "2000000006", "owned": "3000000004"}


def token(login: str) -> bytes:
    return sha256(login.encode()).digest()


@pytest.fixture(scope="module")
def shot(database: Store) -> Store:
    """A report with a photo in three corners of the town; the third case belongs to the department."""
    town.build(database)
    with psycopg.connect(database.dsn("web")) as web:
        for login in LOGINS:
            person = web.execute("SELECT person_id FROM log_in_try(%s, %s)", (login, NOW)).fetchone()
            assert person
            assert person[0], login
            opened = (login, person[0], token(login), None, NOW, NOW.replace(hour=13))
            web.execute("SELECT session_open(%s, %s, %s, %s, %s, %s)", opened)
        for n, (name, (lon, lat)) in enumerate(SPOTS.items()):
            values = {"key": bytes([n]), "at": NOW, "number": NUMBERS[name], "link": LINK, "lon": lon, "lat": lat}
            web.execute(_RECEIVE, values | {"cells": cells_of(lon, lat)})
            web.execute(_ADD, (NUMBERS[name], LINK, None, "report", bytes([n]) * 32, NOW))
    with psycopg.connect(database.dsn("migrate")) as owner:
        owner.execute(
            "UPDATE cases SET owner_area_code = d.area_code, owner_role = 'department', owner_posting_id = d.id,"
            " elsewhere = ARRAY['posting:' || d.id] FROM postings d, reports r"
            " WHERE d.role = 'department' AND r.case_id = cases.id AND r.number = %s",
            (NUMBERS["owned"],),
        )
    return database


@pytest.fixture
def web(shot: Store) -> Iterator[psycopg.Connection]:
    with psycopg.connect(shot.dsn("web")) as connection:
        yield connection
        connection.rollback()


def acting(web: psycopg.Connection, login: str | None) -> psycopg.Connection:
    web.execute("SELECT act_as(%s, %s)", (token(login) if login else None, NOW))
    return web


@pytest.mark.parametrize(
    ("login", "seen"),
    [
        ("head", {"first"}),
        ("member", {"first"}),
        ("deputy", {"second"}),
        ("desk", {"first", "second"}),
        ("city", {"first", "second", "owned"}),
        ("clerk", {"first", "second", "owned"}),
        ("supervisor", {"first", "second", "owned"}),
        ("handler", {"owned"}),
        ("admin", set()),
        ("planner", set()),
        (None, set()),
    ],
)
def test_photos_are_seen_by_those_who_read_the_words(
    web: psycopg.Connection, login: str | None, seen: set[str]
) -> None:
    acting(web, login)
    rows = web.execute("SELECT digest FROM photos").fetchall()
    assert {name for n, name in enumerate(SPOTS) if (bytes([n]) * 32,) in rows} == seen
    words = web.execute("SELECT count(*) FROM report_words").fetchone()
    assert words == (len(seen),), "the same as the words"


def test_a_link_shows_the_photos_of_its_own_report_alone(web: psycopg.Connection) -> None:
    acting(web, None)
    shown = "SELECT digest FROM reporter_photos(%s, %s)"
    assert web.execute(shown, (NUMBERS["first"], LINK)).fetchall() == [(bytes(32),)]
    assert web.execute(shown, (NUMBERS["first"], sha256(b"other").digest())).fetchall() == []


@pytest.mark.parametrize("login", ["admin", "planner", "deputy", "handler", None])
def test_nobody_adds_a_photo_to_a_case_that_is_not_his(web: psycopg.Connection, login: str | None) -> None:
    case = _case(web, "first")
    acting(web, login)
    with pytest.raises(psycopg.Error) as caught:
        web.execute(_ADD, (None, None, case, "after", b"x" * 32, NOW))
    assert caught.value.sqlstate == "GW081"


@pytest.mark.parametrize("login", [login for login in LOGINS if login != "clerk"] + [None])
def test_nobody_but_a_clerk_releases(web: psycopg.Connection, login: str | None) -> None:
    photo = acting(web, "clerk").execute("SELECT id, report_id FROM photos ORDER BY id LIMIT 1").fetchone()
    assert photo
    acting(web, login)
    for query, values in (
        ("SELECT decide_photo(%s, 'released', %s, 1, 1, NULL, %s)", (photo[0], b"x" * 32, NOW)),
        ("SELECT decide_words(%s, 'released', 'x', NULL, %s)", (photo[1], NOW)),
    ):
        with pytest.raises(psycopg.Error) as caught, web.transaction():
            web.execute(query, values)
        assert caught.value.sqlstate == "GW081"
    assert web.execute("SELECT count(*) FROM moderation_queue('waiting', 10, NULL, NULL)").fetchone() == (0,)


@pytest.mark.parametrize(
    "forbidden",
    [
        "INSERT INTO photos (case_id) VALUES (1)",
        "UPDATE photos SET decision = 'released'",
        "DELETE FROM photos",
        "UPDATE releases SET words = 'x'",
        "INSERT INTO releases SELECT * FROM releases",
        "SELECT moderating(c, now()) FROM cases c",
        "SELECT handled(1, 1)",
        "ALTER TABLE photos DISABLE ROW LEVEL SECURITY",
    ],
)
def test_the_web_role_writes_through_functions_alone(web: psycopg.Connection, forbidden: str) -> None:
    acting(web, "clerk")
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        web.execute(forbidden)


def test_security_is_forced(web: psycopg.Connection) -> None:
    rows = web.execute(
        "SELECT relname FROM pg_class WHERE relnamespace = 'gridwarden'::regnamespace AND relrowsecurity"
        " AND relforcerowsecurity AND relname IN ('photos', 'releases')"
    )
    assert {name for (name,) in rows} == {"photos", "releases"}


def _case(web: psycopg.Connection, name: str) -> int:
    acting(web, "clerk")
    row = web.execute("SELECT case_id FROM reports WHERE number = %s", (NUMBERS[name],)).fetchone()
    assert row
    return int(row[0])
