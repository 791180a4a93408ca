"""The indexes of photos and releases serve the queries that they name."""

import json

import psycopg
import pytest
from psycopg import sql

from gis.store import Store
from tests import little_town as town


@pytest.fixture(scope="module")
def full(database: Store) -> Store:
    """Enough photos and releases that an index is worth its while."""
    town.build(database)
    with psycopg.connect(database.dsn("migrate")) as owner:
        owner.execute("""
            INSERT INTO cases (category_code, private, urgency, area_code, chain, owner_area_code, owner_role, received_at, due_at,
                               channel)
            SELECT 'dumping', false, 'normal', '9001001', '{90,9001,9001001}', '9001001', 'head', '2026-01-01Z', '2026-01-05Z', 'app'
            FROM generate_series(1, 5000)
        """)
        owner.execute("""
            INSERT INTO reports (number, key_digest, case_id, category_code, channel, received_at, seen_at, precision, area_code,
                                 chain, match)
            SELECT lpad(id::text, 10, '0'), '', id, 'dumping', 'app', received_at, received_at, 'area', area_code, chain, '{}' FROM cases
        """)
        owner.execute("""
            INSERT INTO photos (case_id, report_id, kind, digest, width, height, bytes, at, chain, decision, decided_at)
            SELECT r.case_id, CASE WHEN n < 3 THEN r.id END, CASE WHEN n < 3 THEN 'report' ELSE 'after' END,
                   sha256((r.id || '-' || n)::bytea), 10, 10, 10, r.received_at, r.chain,
                   CASE WHEN r.id % 50 = 0 THEN 'waiting' ELSE 'withheld' END, CASE WHEN r.id % 50 > 0 THEN r.received_at END
            FROM reports r, generate_series(1, 4) n
        """)
        owner.execute("""
            INSERT INTO releases SELECT r.id, CASE WHEN r.id % 50 = 0 THEN 'released' ELSE 'withheld' END,
                CASE WHEN r.id % 50 = 0 THEN '话' END, '\\x00', r.received_at, 1, r.chain FROM reports r
        """)
        owner.commit()
        owner.execute("ANALYZE photos, releases, cases, reports")
    return database


@pytest.mark.parametrize(
    ("query", "index"),
    [
        ("SELECT id FROM photos WHERE report_id = 7 AND digest = '\\x00'", "photos_of_a_report"),
        (
            "SELECT id FROM photos WHERE case_id = 7 AND kind = 'after' AND digest = '\\x00' AND report_id IS NULL",
            "photos_of_work",
        ),
        ("SELECT id FROM photos WHERE case_id = 7", "photos_by_case"),
        ("SELECT id FROM photos WHERE decision = 'waiting' ORDER BY id DESC LIMIT 20", "photos_waiting"),
        (
            "SELECT report_id FROM releases WHERE decision = 'released' ORDER BY decided_at DESC LIMIT 20",
            "releases_newest",
        ),
    ],
)
def test_each_index_serves_the_query_that_it_names(full: Store, query: str, index: str) -> None:
    with psycopg.connect(full.dsn("migrate")) as owner:
        row = owner.execute(sql.SQL("EXPLAIN (FORMAT JSON) {}").format(sql.SQL(query))).fetchone()
        assert row
        assert index in json.dumps(row[0])
