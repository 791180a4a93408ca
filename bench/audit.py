"""The chain of events: what it costs a writer, and how long it takes to chain and to check a million."""

import shutil
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import psycopg
from rich.console import Console
from rich.table import Table

from gis.cluster import Cluster
from gis.migrate import upgrade
from gis.settings import DatabaseSettings
from gis.store import Store, open_store
from grids.audit import anchor_day, verify

CASES = 200_000
EVENTS_A_CASE = 5
ROUNDS = 7
_A_ROUND = 5_000
# Cases without an event, for inserts of a first one.
SPARE = 2 * ROUNDS * _A_ROUND
_DATA = """jsonb_build_object('report_id', c.id, 'channel', 'wechat', 'outcome', 'inside', 'edition', '2025', 'owner',
    jsonb_build_object('area_code', '90', 'level', 'grid', 'role', 'head', 'desk', NULL, 'posting_id', 17))"""
_WORDS = "'东头水沟边上又有人倒垃圾，味道很大，麻烦来看看。第' || c.id || '回了。'"
_FILL = f"""
INSERT INTO areas VALUES ('90', 'city');
INSERT INTO cases (id, category_code, private, urgency, state, area_code, chain, owner_area_code, owner_role,
                   received_at, due_at, channel)
OVERRIDING SYSTEM VALUE
SELECT n, 'dumping', false, 'normal', CASE WHEN n <= {CASES} THEN 'in_progress' ELSE 'received' END, '90', '{{90}}',
       '90', 'desk', '2026-01-01Z', '2026-01-09Z', 'wechat'
FROM generate_series(1, {CASES + SPARE}) n;
INSERT INTO reports (id, number, key_digest, case_id, category_code, channel, received_at, seen_at, precision,
                     area_code, chain, match)
OVERRIDING SYSTEM VALUE
SELECT n, lpad(n::text, 10, '0'), '', n, 'dumping', 'wechat', '2026-01-01Z', '2026-01-01Z', 'area', '90', '{{90}}',
       '{{}}'
FROM generate_series(1, {CASES}) n;
INSERT INTO report_words (report_id, words, salt, chain)
SELECT c.id, {_WORDS}, decode(md5(c.id::text), 'hex'), '{{90}}' FROM reports c;
INSERT INTO events (case_id, seq, at, verb, state, data)
SELECT c.id, s.seq, '2026-01-01Z'::timestamptz + make_interval(mins => c.id::integer / 100 + 2000 * s.seq), s.verb,
       s.state, CASE WHEN s.seq = 1 THEN {_DATA} || jsonb_build_object('words_digest',
           encode(sha256(decode(md5(c.id::text), 'hex') || convert_to({_WORDS}, 'UTF8')), 'hex')) ELSE '{{}}' END
FROM (VALUES (1, 'receive', 'received'), (2, 'accept', 'accepted'), (3, 'dispatch', 'dispatched'),
             (4, 'note', 'dispatched'), (5, 'start', 'in_progress')) s (seq, verb, state), reports c
ORDER BY s.seq, c.id;
"""
# One at a time, as the service writes them; what stands around the trigger is the same with it and without.
_LOOP = f"""
DO $$ BEGIN
    FOR n IN {{first}} .. {{last}} LOOP
        INSERT INTO events (case_id, seq, at, verb, state, data, hash)
        SELECT n, {{seq}}, '2026-03-01Z', 'note', 'in_progress', {_DATA}, c.digest
        FROM (SELECT n::bigint AS id, '\\x{"00" * 32}'::bytea AS digest) c;
    END LOOP;
END $$
"""


def measure() -> None:
    """Print seconds, and microseconds an event."""
    outer = Path(tempfile.mkdtemp(prefix="gridwarden-bench-"))
    # A folder that root's cluster, which runs as another user, can reach.
    outer.chmod(0o711)
    data = outer / "var"
    try:
        with open_store(DatabaseSettings(data=data, database_url=None)) as store:
            _measure(store)
    finally:
        Cluster.for_data(data).reset(force=True)
        shutil.rmtree(outer)


def _measure(store: Store) -> None:
    upgrade(store.dsn("migrate"), "0009")
    with _owner(store) as owner:
        owner.execute(_FILL)
        owner.execute("ANALYZE")
    table = Table("work", "s", "µs an event", title=f"{CASES * EVENTS_A_CASE:,} events of {CASES:,} cases")

    def told(work: str, seconds: float, events: int) -> None:
        table.add_row(work, f"{seconds:.2f}", f"{seconds / events * 1e6:.1f}")

    start = time.perf_counter()
    upgrade(store.dsn("migrate"), "0010")
    told("chain those that are there (the migration)", time.perf_counter() - start, CASES * EVENTS_A_CASE)
    with _owner(store) as owner:
        owner.execute("VACUUM ANALYZE events")
        start = time.perf_counter()
        now = datetime(2026, 2, 1, tzinfo=UTC)
        anchor_day(owner, datetime(2026, 1, 31, tzinfo=UTC).date(), now)
        told(f"the first anchor, over {CASES:,} heads", time.perf_counter() - start, CASES)
    for work, since in (("verify all", None), ("verify --since the last day", datetime(2026, 1, 9, tzinfo=UTC).date())):
        with psycopg.connect(store.dsn("migrate")) as owner:
            owner.execute("SET ROLE gridwarden_owner")
            start = time.perf_counter()
            found = verify(owner, since)
            told(f"{work} ({found.events:,} events)", time.perf_counter() - start, found.events)
            # The spare cases alone.
            assert {fault.why for fault in found.faults} <= {"no_events"}
    with _owner(store) as owner:
        _print_trigger(owner, table)
    Console().print(table)


def _print_trigger(owner: psycopg.Connection[Any], table: Table) -> None:
    for which, before, seq in (("first", CASES, 1), ("later", 0, EVENTS_A_CASE + 1)):
        times: dict[str, list[float]] = {"ENABLE": [], "DISABLE": []}
        # In turns, so that a noisy moment of the machine falls on both.
        for turn in range(2 * ROUNDS):
            how = ("ENABLE", "DISABLE")[turn % 2]
            owner.execute(f"ALTER TABLE events {how} TRIGGER events_are_chained")
            first = before + turn * _A_ROUND + 1
            start = time.perf_counter()
            owner.execute(_LOOP.format(first=first, last=first + _A_ROUND - 1, seq=seq))
            times[how].append((time.perf_counter() - start) / _A_ROUND)
        with_it, without = (float(np.median(took)) for took in times.values())
        for work, cost in (("chained", with_it), ("without", without), ("the chain alone", with_it - without)):
            table.add_row(f"insert the {which} event of a case, {work}", "", f"{cost * 1e6:.1f}")


def _owner(store: Store) -> psycopg.Connection[Any]:
    connection = psycopg.connect(store.dsn("migrate"), autocommit=True)
    connection.execute("SET ROLE gridwarden_owner")
    return connection
