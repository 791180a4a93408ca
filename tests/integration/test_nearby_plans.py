"""What looks for neighbours uses the index on positions, under row-level security too."""

from collections.abc import Iterator
from datetime import UTC, datetime

import psycopg
import pytest

from gis.cells import cells_of
from gis.store import Store
from tests import little_town

NOW = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
CASES = 6000


@pytest.fixture(scope="module")
def crowded(database: Store) -> Store:
    """The little town with thousands of reports in one grid, and the session of its head."""
    little_town.build(database)
    with psycopg.connect(database.dsn("migrate")) as owner:
        owner.execute("SET ROLE gridwarden_owner")
        person = owner.execute("SELECT id FROM people WHERE login = 'head'").fetchone()
        assert person
        owner.execute("INSERT INTO sessions VALUES ('\\x01', %s, %s, %s)", (person[0], NOW, NOW.replace(hour=13)))
    with psycopg.connect(database.dsn("web")) as web:
        for n in range(CASES):
            lon, lat = 117.0005 + n % 100 * 0.00009, 39.7005 + n // 100 * 0.00015
            key = n.to_bytes(4, "big")
            web.execute(
                "SELECT receive_report(%(key)s, %(key)s, NULL, %(at)s, %(number)s, %(key)s, 'dumping', 'app', %(at)s, '话',"
                " NULL, %(lon)s, %(lat)s, 5, %(lon)s, %(lat)s, 'wgs84', NULL, NULL, %(cells)s)",
                {"key": key, "at": NOW, "number": f"{n:010}", "lon": lon, "lat": lat, "cells": cells_of(lon, lat)},
            )
    return database


@pytest.fixture
def head(crowded: Store) -> Iterator[psycopg.Connection]:
    with psycopg.connect(crowded.dsn("migrate"), autocommit=True) as owner:
        owner.execute("SET ROLE gridwarden_owner")
        owner.execute("ANALYZE reports")
    with psycopg.connect(crowded.dsn("web")) as web:
        web.execute("SELECT act_as('\\x01', %s)", (NOW,))
        yield web


def _scans(store: Store) -> tuple[int, int]:
    """How often the index on positions was used, and how often the whole table was read."""
    with psycopg.connect(store.dsn("admin"), autocommit=True) as admin:
        row = admin.execute(
            "SELECT i.idx_scan, t.seq_scan FROM pg_stat_user_indexes i JOIN pg_stat_user_tables t USING (relid)"
            " WHERE i.indexrelname = 'reports_by_place'"
        ).fetchone()
        assert row
        return int(row[0]), int(row[1])


@pytest.mark.parametrize(
    "question",
    [
        "SELECT count(*) FROM told_at_spot(ARRAY(SELECT generate_series(1, 500)), 50, %s)",
        "SELECT count(*) FROM reports_at_spot(3000, 50, %s, 20)",
    ],
)
def test_neighbours_are_found_by_the_index(crowded: Store, head: psycopg.Connection, question: str) -> None:
    before = _scans(crowded)
    found = head.execute(question, (NOW,)).fetchone()
    assert found
    assert found[0] > 10
    head.commit()
    head.execute("SELECT pg_stat_force_next_flush()")
    head.commit()
    after = _scans(crowded)
    assert after[0] > before[0]
    assert after[1] == before[1]
