"""The working lists go by their indexes, under row-level security too."""

from collections.abc import Iterator
from datetime import UTC, datetime

import psycopg
import pytest

from gis.store import Store
from tests import little_town

NOW = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
_PAGE = "SELECT jsonb_array_length(page) FROM desk_look(%(now)s, interval '24 hours', 'open', NULL, NULL, NULL, NULL, NULL, 51)"
_NEXT = (
    "SELECT jsonb_array_length(page) FROM"
    " desk_look(%(now)s, interval '24 hours', 'open', NULL, NULL, NULL, '2026-02-01Z', 500, 51)"
)
_INBOX = (
    "SELECT count(*) FROM cases WHERE closed_at IS NULL AND owner_area_code = '90' AND owner_role = 'department'"
    " AND owner_posting_id IN (SELECT id FROM postings WHERE role = 'department')"
)


@pytest.fixture(scope="module")
def full(database: Store) -> Store:
    """The little town with 20,000 cases, one in four open and one in a hundred the department's."""
    little_town.build(database)
    with psycopg.connect(database.dsn("migrate")) as owner:
        owner.execute("SET ROLE gridwarden_owner")
        owner.execute("""
            INSERT INTO cases (id, category_code, private, urgency, state, area_code, chain, owner_area_code, owner_role, owner_posting_id,
                               elsewhere, received_at, due_at, closed_at, channel) OVERRIDING SYSTEM VALUE
            SELECT n, 'dumping', false, 'normal', CASE WHEN n % 4 = 0 THEN 'dispatched' ELSE 'closed' END, '9001001', '{90,9001,9001001}',
                   CASE WHEN d.its THEN '90' ELSE '9001001' END, CASE WHEN d.its THEN 'department' ELSE 'head' END, p.id,
                   CASE WHEN d.its THEN ARRAY['posting:' || p.id] END, '2026-01-01Z', '2026-01-02Z'::timestamptz + n * interval '5 minutes',
                   CASE WHEN n % 4 > 0 THEN '2026-02-01Z'::timestamptz END, 'app'
            FROM generate_series(1, 20000) n, LATERAL (SELECT n % 100 = 0 AS its) d,
                 LATERAL (SELECT p.id FROM postings p WHERE p.role = CASE WHEN d.its THEN 'department' ELSE 'head' END AND upper_inf(p.during)) p
        """)
        for token, login in (("\\x01", "city"), ("\\x02", "handler")):
            owner.execute(
                "INSERT INTO sessions SELECT %s, id, %s, %s FROM people WHERE login = %s",
                (token, NOW, NOW.replace(hour=13), login),
            )
    with psycopg.connect(database.dsn("migrate"), autocommit=True) as owner:
        owner.execute("SET ROLE gridwarden_owner")
        owner.execute("VACUUM ANALYZE cases")
    return database


@pytest.fixture
def admin(full: Store) -> Iterator[psycopg.Connection]:
    with psycopg.connect(full.dsn("admin"), autocommit=True) as connection:
        yield connection


def _scans(admin: psycopg.Connection, index: str) -> tuple[int, int]:
    """How often an index of the cases was used, and how often the whole table was read."""
    row = admin.execute(
        "SELECT i.idx_scan, t.seq_scan FROM pg_stat_user_indexes i JOIN pg_stat_user_tables t USING (relid)"
        " WHERE i.indexrelname = %s",
        (index,),
    ).fetchone()
    assert row
    return int(row[0]), int(row[1])


@pytest.mark.parametrize(
    ("token", "question", "count", "index"),
    [
        (b"\x01", _PAGE, 51, "cases_open_by_deadline"),
        (b"\x01", _NEXT, 51, "cases_open_by_deadline"),
        (b"\x02", _INBOX, 200, "cases_open_by_owner"),
    ],
)
def test_a_list_goes_by_its_index(
    full: Store, admin: psycopg.Connection, token: bytes, question: str, count: int, index: str
) -> None:
    before = _scans(admin, index)
    with psycopg.connect(full.dsn("web")) as web:
        web.execute("SELECT act_as(%s, %s)", (token, NOW))
        found = web.execute(question, {"now": NOW}).fetchone()
        assert found == (count,)
        web.commit()
        web.execute("SELECT pg_stat_force_next_flush()")
        web.commit()
    after = _scans(admin, index)
    assert after[0] > before[0]
    assert after[1] == before[1]
