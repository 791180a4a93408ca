"""The due scan over 200,000 open cases among a million, on a private database; and what one deadline costs."""

import shutil
import tempfile
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import psycopg
from rich.console import Console
from rich.table import Table

from gis.cluster import Cluster
from gis.migrate import upgrade
from gis.settings import DatabaseSettings
from gis.store import open_store
from grids.clock import fill_calendar
from grids.due import recompute_due, scan_due

CASES, OPEN_EVERY, CALLS = 1_000_000, 5, 50_000
LIMIT_S = 2.0
NOW = datetime(2026, 11, 18, 10, 0, tzinfo=ZoneInfo("Asia/Shanghai"))
# Every fifth case is open: received over the past 60 days, with 15 working days for each, so a good half is late.
_FILL = f"""
INSERT INTO areas VALUES ('90', 'city');
INSERT INTO categories VALUES ('dumping', '2020-01-01Z', 'waste', '乱倒垃圾', 'Dumping', false, 'normal',
    '{{"accept": {{"work_hours": 2}}, "solve": {{"work_days": 15}}}}');
INSERT INTO cases (category_code, private, urgency, state, area_code, chain, owner_area_code, owner_role, received_at,
                   due_at, stage_due_at, closed_at, channel)
SELECT 'dumping', false, 'normal', s.state, '90', '{{90}}', '90', 'desk', r.at, due_after(r.at, '{{"work_days": 15}}'),
       CASE s.state WHEN 'received' THEN due_after(r.at, '{{"work_hours": 2}}') END,
       CASE s.state WHEN 'closed' THEN r.at + interval '2 days' END, 'wechat'
FROM generate_series(1, {CASES}) n,
     LATERAL (SELECT timestamptz '{NOW}' - 60 * interval '1 day' * (n::bigint * 7919 % {CASES}) / {CASES} AS at) r,
     LATERAL (SELECT CASE WHEN n % {OPEN_EVERY} > 0 THEN 'closed' WHEN n % 3 = 0 THEN 'received' ELSE 'in_progress' END
              AS state) s;
"""
_DEADLINES = f"""
SELECT count(due_after('{NOW}'::timestamptz + n * interval '7 minutes', jsonb_build_object(%s::text, 3)))
FROM generate_series(1, {CALLS}) n
"""


def measure() -> None:
    """Print the seconds of each scan beside the limit, and the microseconds of one deadline."""
    outer = Path(tempfile.mkdtemp(prefix="gridwarden-bench-"))
    # root's cluster runs as another user, who has to reach its folder.
    outer.chmod(0o711)
    data = outer / "var"
    try:
        with open_store(DatabaseSettings(data=data, database_url=None)) as store:
            upgrade(store.dsn("migrate"))
            with psycopg.connect(store.dsn("migrate"), autocommit=True) as owner:
                owner.execute("SET ROLE gridwarden_owner")
                fill_calendar(owner, NOW)
                owner.execute(_FILL.encode())
                owner.execute("ANALYZE")
            with psycopg.connect(store.dsn("worker"), autocommit=True) as worker:
                _print_scans(worker)
                _print_deadlines(worker)
    finally:
        Cluster.for_data(data).reset(force=True)
        shutil.rmtree(outer)


def _print_scans(worker: psycopg.Connection[Any]) -> None:
    table = Table("scan", "notices", "s", "aim s", title=f"{CASES // OPEN_EVERY:,} open cases of {CASES:,}")
    aim = f"{LIMIT_S:.0f}"
    scans: tuple[tuple[str, Callable[[], int], str], ...] = (
        # Every notice is written: this happens once, after a list of old cases came in.
        ("nobody was ever told", lambda: scan_due(worker, NOW), "–"),
        ("again at once", lambda: scan_due(worker, NOW), aim),
        ("ten minutes later", lambda: scan_due(worker, NOW + timedelta(minutes=10)), aim),
        ("after a day of downtime", lambda: scan_due(worker, NOW + timedelta(days=1)), aim),
        # Every date is reckoned again: this happens when the calendar has changed.
        ("dates to follow the calendar: none moved", lambda: recompute_due(worker, NOW), "–"),
    )
    for name, scan, wanted in scans:
        start = time.perf_counter()
        found = scan()
        table.add_row(name, f"{found:,}", f"{time.perf_counter() - start:.2f}", wanted)
    Console().print(table)


def _print_deadlines(worker: psycopg.Connection[Any]) -> None:
    table = Table("due_after", "µs a call")
    for kind in ("urgent_hours", "work_hours", "work_days"):
        start = time.perf_counter()
        worker.execute(_DEADLINES.encode(), (kind,))
        table.add_row(kind, f"{(time.perf_counter() - start) / CALLS * 1e6:.1f}")
    Console().print(table)
