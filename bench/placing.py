"""Places of a million reports: settled anew, kept while 300 a second come in, and what that takes from who reports.

The peer of the last one is the same service while nothing waits for its place and nobody keeps places: the trigger is
off, and a session holds what its worker waits for.
"""

import os
import statistics
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
from rich.console import Console
from rich.table import Table

from bench.million import million_reports
from bench.reports import load, prepare, serving
from gis.store import Store
from grids.place_keeping import replay

RATE = float(os.environ.get("BENCH_RATE", "300"))
SECONDS = float(os.environ.get("BENCH_SECONDS", "60"))
PINS, ROUNDS, ROUND_S, LOOK_S = 40_000, 3, 10.0, 0.2


def measure() -> None:
    """Print what a replay takes, how far behind places are, and reports a second with and without."""
    with million_reports() as (store, data):
        _replay(store)
        _live(store, data)


def _replay(store: Store) -> None:
    table = Table("a replay", "reports", "places", "changed", "seconds")
    with psycopg.connect(store.dsn("migrate")) as owner:
        owner.execute("SET ROLE gridwarden_owner")
        for what in ("from nothing", "again"):
            begun = time.perf_counter()
            done = replay(owner)
            owner.commit()
            seconds = f"{time.perf_counter() - begun:.1f}"
            table.add_row(what, f"{done.reports:,}", f"{done.places:,}", f"{done.changed:,}", seconds)
        # The rules have a day for what was there before.
        owner.execute("DELETE FROM place_looks")
        owner.execute("DELETE FROM place_queue")
        owner.commit()
    with psycopg.connect(store.dsn("migrate"), autocommit=True) as owner:
        owner.execute("SET ROLE gridwarden_owner")
        owner.execute("VACUUM ANALYZE gridwarden.place_reports, gridwarden.places, gridwarden.place_looks")
    Console().print(table)


def _live(store: Store, data: Path) -> None:
    # So many that what is sent is not all said at few spots, which would ring for nearly everything.
    asked, _ = prepare(store, PINS)
    with serving(data) as service:
        address = f"{service}/api/reports"
        load(address, asked, 5)
        _drained(store)
        with _behind(store) as lags:
            rate, times = load(address, asked, SECONDS, RATE)
        print(f"{rate:.0f} reports a second for {SECONDS:.0f} s, median {statistics.median(times) * 1000:.0f} ms;")
        print(f"places were at most {max(lags):.2f} s behind, {statistics.median(lags):.2f} s in the median")
        _drained(store)
        rates: dict[str, list[float]] = {"places kept": [], "no places (peer)": []}
        for _ in range(ROUNDS):
            rates["places kept"].append(load(address, asked, ROUND_S)[0])
            _drained(store)
            with _no_places(store):
                rates["no places (peer)"].append(load(address, asked, ROUND_S)[0])
            _drained(store)
    table = Table("POST /api/reports", "reports/s", "of the peer")
    peer = statistics.median(rates["no places (peer)"])
    for name, each in rates.items():
        table.add_row(name, f"{statistics.median(each):.0f}", f"{statistics.median(each) / peer:.0%}")
    Console().print(table)


@contextmanager
def _behind(store: Store) -> Iterator[list[float]]:
    """Yield a list that grows: how old the oldest report is that has no place yet, every 0.2 s."""
    lags: list[float] = []
    ended = threading.Event()

    def look() -> None:
        with psycopg.connect(store.dsn("migrate"), autocommit=True) as owner:
            owner.execute("SET ROLE gridwarden_owner")
            # All before it have their places; few rows are looked at, lest looking slows what is looked at.
            begins = _newest(owner)
            while not ended.wait(LOOK_S):
                newest = _newest(owner)
                row = owner.execute(
                    "SELECT r.id, extract(epoch FROM clock_timestamp() - r.received_at) FROM reports r"
                    " LEFT JOIN place_reports p ON p.report_id = r.id AND p.report_id > %s"
                    " WHERE r.id > %s AND p.report_id IS NULL AND r.geom IS NOT NULL ORDER BY r.id LIMIT 1",
                    (begins, begins),
                ).fetchone()
                begins = row[0] - 1 if row else newest
                lags.append(float(row[1]) if row else 0.0)

    watcher = threading.Thread(target=look)
    watcher.start()
    try:
        yield lags
    finally:
        ended.set()
        watcher.join()


def _newest(owner: psycopg.Connection) -> int:
    row = owner.execute("SELECT max(id) FROM reports").fetchone()
    return int(row[0]) if row else 0


@contextmanager
def _no_places(store: Store) -> Iterator[None]:
    """No report waits for its place meanwhile, and nobody keeps any."""
    with psycopg.connect(store.dsn("migrate"), autocommit=True) as holder:
        holder.execute("SET ROLE gridwarden_owner")
        while holder.execute("SELECT pg_try_advisory_lock(hashtext('gridwarden.placing'))").fetchone() != (True,):
            time.sleep(0.05)
        holder.execute("ALTER TABLE reports DISABLE TRIGGER wait_for_places")
        try:
            yield
        finally:
            holder.execute("ALTER TABLE reports ENABLE TRIGGER wait_for_places")


def _drained(store: Store) -> None:
    """Wait until nothing waits for its place."""
    with psycopg.connect(store.dsn("migrate"), autocommit=True) as owner:
        owner.execute("SET ROLE gridwarden_owner")
        waiting = (
            "SELECT EXISTS (SELECT FROM place_queue) OR EXISTS (SELECT FROM place_looks)"
            " OR EXISTS (SELECT FROM outbox WHERE done_at IS NULL)"
        )
        while owner.execute(waiting).fetchone() == (True,):
            time.sleep(0.5)
