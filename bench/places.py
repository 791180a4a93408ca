"""Places over the data that the settings name: giving them to new reports, the look of the rules, and a replay of all.

The peer gives each report its place as anybody would first: it asks the database for the nearest anchor, and stores the
answer, one report after another.  Everything is rolled back.
"""

import time
from datetime import UTC, datetime
from typing import Any

import psycopg
from rich.console import Console
from rich.table import Table

from gis.settings import DatabaseSettings
from gis.store import open_store
from grids.place_alarms import look_at_waiting
from grids.place_keeping import replay, settle_waiting

NEW = 3_000
_NEAREST = """
    WITH near AS (
        SELECT a.id FROM reports r JOIN places a ON a.stands AND a.geom && ST_Expand(r.geom, 0.002)
        WHERE r.id = %(id)s AND a.family = (category_at(r.category_code, r.received_at)).family
          AND a.id < r.id AND ST_DWithin(a.geom::geography, r.geom::geography, 50)
        ORDER BY a.geom::geography <-> r.geom::geography LIMIT 1)
    INSERT INTO place_reports (report_id, family, reach_m, anchor_id)
    SELECT r.id, (category_at(r.category_code, r.received_at)).family, 50, coalesce((SELECT id FROM near), r.id)
    FROM reports r WHERE r.id = %(id)s
"""


def measure() -> None:
    """Print seconds, and how many a second."""
    now = datetime.now(UTC)
    table = Table("what", "how many", "seconds", "a second")
    with (
        open_store(DatabaseSettings()) as store,
        psycopg.connect(store.dsn("admin")) as owner,
    ):
        owner.execute("SET ROLE gridwarden_owner")

        def row(what: str, count: int, begun: float) -> None:
            seconds = time.perf_counter() - begun
            table.add_row(what, f"{count:,}", f"{seconds:.1f}", f"{count / seconds:,.0f}")
            print(what, f"{seconds:.1f} s", flush=True)

        newest = _newest(owner)
        with owner.transaction(force_rollback=True):
            _forget(owner, newest)
            begun = time.perf_counter()
            for number in newest:
                owner.execute(_NEAREST, {"id": number})
            row("the nearest anchor, report by report (peer)", len(newest), begun)
        with owner.transaction(force_rollback=True):
            _forget(owner, newest)
            owner.execute("INSERT INTO place_queue SELECT unnest(%s::bigint[]) ON CONFLICT DO NOTHING", (newest,))
            begun = time.perf_counter()
            while settle_waiting(owner):
                pass
            row("settled in batches, as they come", len(newest), begun)
            begun, looked_at = time.perf_counter(), 0
            # Steps of the service are the worker's alone.
            owner.execute("SET LOCAL ROLE gridwarden_worker")
            while some := look_at_waiting(owner, now):
                looked_at += some
            row("looked at by the rules, and rung", looked_at, begun)
        with owner.transaction(force_rollback=True):
            begun = time.perf_counter()
            done = replay(owner)
            row("a replay of all", done.reports, begun)
            print(f"{done.places:,} places; {done.changed:,} belong elsewhere than before")
    Console(width=100).print(table)


def _newest(owner: psycopg.Connection[Any]) -> list[int]:
    found = owner.execute(
        "SELECT r.id FROM reports r JOIN place_reports p ON p.report_id = r.id ORDER BY r.received_at DESC LIMIT %s",
        (NEW,),
    )
    return [number for (number,) in found]


def _forget(owner: psycopg.Connection[Any], reports: list[int]) -> None:
    """As if these had just come."""
    owner.execute("DELETE FROM place_looks")
    owner.execute("DELETE FROM place_queue")
    owner.execute("DELETE FROM place_reports WHERE report_id = ANY (%s)", (reports,))
    owner.execute("DELETE FROM places WHERE id = ANY (%s)", (reports,))
