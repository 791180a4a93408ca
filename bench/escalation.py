"""Going up by the clock over 200,000 open cases among a million, on a private database, with one worker and two."""

import shutil
import tempfile
import threading
import time
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
from gis.store import Store, open_store
from grids.clock import fill_calendar
from grids.due import BATCH

CASES, OPEN_EVERY, COUNTIES, TOWNSHIPS, VILLAGES = 1_000_000, 5, 10, 10, 30
LIMIT_S = 5.0
NOW = datetime(2026, 11, 18, 10, 0, tzinfo=ZoneInfo("Asia/Shanghai"))
# A city of 3,000 villages with a grid each, a desk for every area above the grids and a head for every grid.  Every
# fifth case is open; they came over the past 60 days.  A village has two working days, a township five, a county ten.
_FILL = f"""
INSERT INTO categories VALUES ('dumping', '2020-01-01Z', 'waste', '乱倒垃圾', 'Dumping', false, 'normal',
    '{{"accept": {{"work_hours": 2}}, "dispatch": {{"work_hours": 2}}, "solve": {{"work_days": 15}}}}');
INSERT INTO areas SELECT '90', 'city'
    UNION ALL SELECT '90' || to_char(c, 'FM00'), 'county' FROM generate_series(1, {COUNTIES}) c
    UNION ALL SELECT '90' || to_char(c, 'FM00') || to_char(t, 'FM000'), 'township' FROM generate_series(1, {COUNTIES}) c, generate_series(1, {TOWNSHIPS}) t
    UNION ALL SELECT '90' || to_char(c, 'FM00') || to_char(t, 'FM000') || to_char(v, 'FM000'), 'village'
              FROM generate_series(1, {COUNTIES}) c, generate_series(1, {TOWNSHIPS}) t, generate_series(1, {VILLAGES}) v
    UNION ALL SELECT '90' || to_char(c, 'FM00') || to_char(t, 'FM000') || to_char(v, 'FM000') || '001', 'grid'
              FROM generate_series(1, {COUNTIES}) c, generate_series(1, {TOWNSHIPS}) t, generate_series(1, {VILLAGES}) v;
INSERT INTO editions (name, levels, source, datum, synthetic, loaded_at)
    VALUES ('2020', '{{city,county,township,village,grid}}', 'drawn for the bench', 'wgs84', true, '2019-12-01Z');
INSERT INTO activations (valid_from, edition_id, activated_at, followed_at) VALUES ('2019-12-31 16:00Z', 1, '2019-12-31 16:00Z', '2019-12-31 16:00Z');
INSERT INTO people (name, login, password_hash) VALUES ('张', 'one', 'none');
INSERT INTO postings (area_code, role, person_id, desk, during)
    SELECT a.code, CASE a.level WHEN 'grid' THEN 'head' ELSE 'desk' END, CASE a.level WHEN 'grid' THEN 1 END, CASE WHEN a.level <> 'grid' THEN a.code || '值班台' END,
           '[2019-12-31 16:00Z,)' FROM areas a;
INSERT INTO escalation_rules (kind, during, note, level, after, made_at) SELECT 'clock', '[2019-12-31 16:00Z,)', '到期提级', r.level, r.after::jsonb, '2019-12-31 16:00Z'
    FROM (VALUES ('grid', '{{"work_days": 1}}'), ('village', '{{"work_days": 2}}'), ('township', '{{"work_days": 5}}'), ('county', '{{"work_days": 10}}')) r (level, after);
INSERT INTO cases (category_code, private, urgency, state, area_code, chain, owner_area_code, owner_role, owner_posting_id, received_at,
                   due_at, closed_at, channel)
SELECT 'dumping', false, 'normal', s.state, g.code, ARRAY['90', left(g.code, 4), left(g.code, 7), left(g.code, 10), g.code::text], g.code, 'head', g.posting,
       r.at, r.at + interval '21 days', CASE s.state WHEN 'closed' THEN r.at + interval '2 days' END, 'wechat'
FROM generate_series(1, {CASES}) n
JOIN (SELECT a.code, p.id AS posting, row_number() OVER (ORDER BY a.code) AS nth FROM areas a JOIN postings p ON p.area_code = a.code WHERE a.level = 'grid') g
     ON g.nth = 1 + n % {COUNTIES * TOWNSHIPS * VILLAGES},
     LATERAL (SELECT timestamptz '{NOW}' - 60 * interval '1 day' * (n::bigint * 7919 % {CASES}) / {CASES} AS at) r,
     LATERAL (SELECT CASE WHEN n % {OPEN_EVERY} > 0 THEN 'closed' WHEN n % 3 = 0 THEN 'received' ELSE 'in_progress' END AS state) s;
INSERT INTO events (case_id, seq, at, verb, state, data)
    SELECT c.id, 1, c.received_at, 'receive', 'received', '{{}}' FROM cases c WHERE c.closed_at IS NULL;
"""  # noqa: E501
# Who has been where for how long, as it is in a city where the clock has always run.
_SETTLED = """
UPDATE cases c SET owner_area_code = n.desk, owner_role = 'desk', owner_posting_id = p.id, level_since = n.since
FROM (SELECT c.id, c.chain[t.place] AS desk, c.received_at + t.days * interval '1 day' AS since
      FROM cases c CROSS JOIN LATERAL (
          SELECT * FROM (VALUES (4, 1.4), (3, 4.2), (2, 11.2), (1, 25.2)) t (place, days)
          WHERE c.received_at + t.days * interval '1 day' < %(now)s ORDER BY t.place LIMIT 1) t
      WHERE c.closed_at IS NULL) n JOIN postings p ON p.area_code = n.desk AND p.role = 'desk'
WHERE c.id = n.id
"""


def measure() -> None:
    """Print the seconds of each look beside the limit, and how many went up, each once."""
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
                owner.execute(_SETTLED.encode(), {"now": NOW})
                owner.execute("VACUUM ANALYZE")
                _print(store, owner)
    finally:
        Cluster.for_data(data).reset(force=True)
        shutil.rmtree(outer)


def _print(store: Store, owner: psycopg.Connection[Any]) -> None:
    table = Table("look", "workers", "went up", "s", "aim s", title=f"{CASES // OPEN_EVERY:,} open cases of {CASES:,}")
    # A minute, a working day without a worker, and a weekend with all that was due on its Monday.
    for name, at, workers in (
        ("first", NOW, 1),
        ("again at once", NOW, 1),
        ("a minute later", NOW + timedelta(minutes=1), 1),
        ("after a day of downtime", NOW + timedelta(days=1), 2),
        ("after five days of downtime", NOW + timedelta(days=6), 2),
    ):
        before, _ = _lines(owner)
        start = time.perf_counter()
        _look(store, at, workers)
        spent = time.perf_counter() - start
        lines, twice = _lines(owner)
        if twice:
            raise RuntimeError(f"{twice} cases went up twice at once")
        found = lines - before
        table.add_row(name, str(workers), f"{found:,}", f"{spent:.2f}", f"{LIMIT_S:.0f}")
        owner.execute("VACUUM ANALYZE cases")
    Console().print(table)


def _look(store: Store, at: datetime, workers: int) -> None:
    """Let so many workers look at the same time, as often as each finds a whole batch."""

    def work() -> None:
        with psycopg.connect(store.dsn("worker"), autocommit=True) as worker:
            found = BATCH
            while found == BATCH:
                row = worker.execute("SELECT escalate_due(%s, %s)", (at, BATCH)).fetchone()
                found = row[0] if row else 0

    threads = [threading.Thread(target=work) for _ in range(workers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def _lines(owner: psycopg.Connection[Any]) -> tuple[int, int]:
    """Answer how often a case went up, and how many of these were one too many."""
    row = owner.execute(
        "SELECT count(*), count(*) - count(DISTINCT (case_id, at)) FROM events WHERE verb = 'escalate'"
    ).fetchone()
    return (int(row[0]), int(row[1])) if row else (0, 0)
