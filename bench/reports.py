"""Reports taken in a second by the real service, beside a bare endpoint with one INSERT and beside the database alone.

A table of a million reports, durable settings, 32 connections that stay open, one worker each, an API key, a fresh
idempotency key for every report.  The paths take turns, so that a noisy moment of the machine falls on all of them.
"""

import json
import os
import random
import re
import shutil
import socket
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import psycopg
from rich.console import Console
from rich.table import Table

from bench.bare import TABLE
from bench.million import million_reports
from gis.cells import cells_of
from gis.store import Store
from grids.keys import add_key

ROUNDS = int(os.environ.get("BENCH_ROUNDS", "3"))
SECONDS = float(os.environ.get("BENCH_SECONDS", "8"))
CONNECTIONS, PINS, PGBENCH_CLIENTS, WARM_UP_S = 32, 4000, 8, 5
SERVICE, BARE, EMPTY = "POST /api/reports", "bare: one INSERT with look-up", "no database"
PGBENCH = f"pgbench: receive_report, {PGBENCH_CLIENTS} clients"
WORDS = "苗圃东边又有人倒垃圾，已经堆了好几天，刮风的时候塑料袋满地都是。"

_SCRIPT = r"""
\set n :n + 1
\set pin random(1, {pins})
SELECT receive_report(sha256(('{run}-' || :client_id || '-' || :n)::bytea), sha256('body'), NULL, now(),
    '{run}' || :client_id || lpad((:n)::text, 4, '0'), sha256('link'), '{category}', 'app', now(), '{words}', NULL,
    p.lon, p.lat, 12, p.lon, p.lat, 'wgs84', NULL, NULL, p.cells) FROM bench_pins p WHERE p.n = :pin;
"""


@dataclass
class Measured:
    """What one path did over all rounds; times in seconds."""

    rates: list[float] = field(default_factory=list)
    times: list[float] = field(default_factory=list)

    @property
    def rate(self) -> float:
        return statistics.median(self.rates)

    def ms(self, share: float) -> str:
        return f"{sorted(self.times)[int(len(self.times) * share)] * 1000:.1f}" if self.times else "–"


def measure() -> None:
    """Print requests a second, medians and 95th percentiles, and each path beside the bare endpoint."""
    found: dict[str, Measured] = {name: Measured() for name in (EMPTY, BARE, SERVICE, PGBENCH)}
    with million_reports() as (store, data), ExitStack() as running:
        asked, category = prepare(store)
        with psycopg.connect(store.dsn("migrate")) as owner:
            row = owner.execute("SELECT count(*) FROM reports").fetchone()
        service, bare = running.enter_context(serving(data)), running.enter_context(_bare(store))
        paths = {EMPTY: f"{bare}/empty", BARE: f"{bare}/bare", SERVICE: f"{service}/api/reports"}
        for address in paths.values():
            # Long enough for the plans of all connections.
            load(address, asked, WARM_UP_S)
        for _ in range(ROUNDS):
            for name, address in paths.items():
                rate, times = load(address, asked, SECONDS)
                found[name].rates.append(rate)
                found[name].times += times
            rate, times = _pgbench(store, category)
            found[PGBENCH].rates.append(rate)
            found[PGBENCH].times += times
    assert row is not None
    table = Table(
        "path", "requests/s", "p50 ms", "p95 ms", "of bare", title=f"{row[0]:,} reports, {CONNECTIONS} connections"
    )
    for name, each in found.items():
        share = each.rate / found[BARE].rate
        table.add_row(name, f"{each.rate:,.0f}", each.ms(0.5), each.ms(0.95), f"{share:.0%}")
    Console().print(table)


def prepare(store: Store, many: int = PINS) -> tuple[str, str]:
    """Answer what ``bench.load`` sends, pins all over the city under a key of its own, and the commonest category."""
    pins, category = _pins(store, many)
    bodies = [
        {
            "lon": lon,
            "lat": lat,
            "datum": "wgs84",
            "accuracy_m": 12,
            "category": category,
            "text": WORDS,
            "channel": "app",
        }
        for lon, lat in pins
    ]
    with psycopg.connect(store.dsn("migrate")) as owner:
        now = datetime.now(UTC)
        key = add_key(owner, f"bench-{os.getpid()}", 100_000_000, ["app"], now, now + timedelta(hours=1))
    headers = {"Authorization": f"Bearer {key}", "Accept-Encoding": "gzip"}
    return json.dumps({"headers": headers, "bodies": [json.dumps(b, ensure_ascii=False) for b in bodies]}), category


def _pins(store: Store, many: int) -> tuple[list[tuple[float, float]], str]:
    rng = random.Random(1)  # noqa: S311  (pins, not secrets)
    with psycopg.connect(store.dsn("migrate")) as owner:
        for statement in TABLE.split(";\n"):
            owner.execute(statement)
        shows = owner.execute("SELECT current_setting('fsync'), current_setting('synchronous_commit')").fetchone()
        assert shows == ("on", "on"), shows
        places = owner.execute(
            "SELECT ST_X(geom), ST_Y(geom) FROM reports WHERE geom IS NOT NULL AND id < 30000"
        ).fetchall()
        pins = [
            (round(lon + rng.uniform(-1e-3, 1e-3), 7), round(lat + rng.uniform(-1e-3, 1e-3), 7))
            for lon, lat in rng.choices(places, k=many)
        ]
        # A pin that was moved out of the city would be refused, which is another answer than the one measured.
        served = owner.execute(
            "SELECT array_agg((SELECT (gis_match(ST_SetSRID(ST_MakePoint(x, y), 4326), NULL, e)).outcome) ORDER BY n)"
            " FROM edition_at(now()) e, unnest(%s::float8[], %s::float8[]) WITH ORDINALITY AS p (x, y, n)",
            ([lon for lon, _ in pins], [lat for _, lat in pins]),
        ).fetchone()
        assert served is not None
        pins = [pin for pin, outcome in zip(pins, served[0], strict=True) if outcome != "outside"]
        owner.execute("DROP TABLE IF EXISTS bench_pins")
        owner.execute("CREATE TABLE bench_pins (n integer PRIMARY KEY, lon float8, lat float8, cells bigint[])")
        with owner.cursor().copy("COPY bench_pins FROM STDIN") as copy:
            for n, (lon, lat) in enumerate(pins, 1):
                copy.write_row((n, lon, lat, "{" + ",".join(map(str, cells_of(lon, lat))) + "}"))
        owner.execute("GRANT SELECT ON bench_pins TO gridwarden_web")
        owner.execute("ANALYZE bare_reports, bench_pins")
        category = owner.execute("SELECT mode() WITHIN GROUP (ORDER BY category_code) FROM reports").fetchone()
        assert category is not None
    return pins, category[0]


def load(address: str, asked: str, seconds: float, rate: float | None = None) -> tuple[float, list[float]]:
    """Send reports, as fast as they are answered or so many a second; answer the rate and all times."""
    command = [sys.executable, "-m", "bench.load", address, str(seconds), str(CONNECTIONS)]
    command += [] if rate is None else [str(rate)]
    said = json.loads(subprocess.run(command, input=asked, capture_output=True, text=True, check=True).stdout)
    assert said["statuses"].keys() == {"201"}, (said["statuses"], said["sample"])
    return len(said["times"]) / said["seconds"], said["times"]


def _pgbench(store: Store, category: str) -> tuple[float, list[float]]:
    with psycopg.connect(store.dsn("migrate")) as owner:
        pins = owner.execute("SELECT count(*) FROM bench_pins").fetchone()
        run = next(
            run
            for run in (f"{random.randrange(10**5):05}" for _ in range(1000))  # noqa: S311
            if owner.execute("SELECT FROM reports WHERE number LIKE %s LIMIT 1", (f"{run}%",)).fetchone() is None
        )
    assert pins is not None
    program = shutil.which("pgbench") or str(store.cluster.programs().bin / "pgbench" if store.cluster else "pgbench")
    with TemporaryDirectory() as folder:
        script = Path(folder) / "receive.sql"
        script.write_text(
            _SCRIPT.format(pins=pins[0], run=run, category=category, words=WORDS).strip().replace("\n    ", " ")
        )
        command = [
            program, "--no-vacuum", "--protocol=prepared", f"--client={PGBENCH_CLIENTS}", "--jobs=2",
            f"--time={round(SECONDS)}", "--define=n=0", f"--file={script}", "--log", f"--log-prefix={folder}/log",
            store.dsn("web"),
        ]  # fmt: skip
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        times = [
            int(line.split()[2]) / 1e6 for log in Path(folder).glob("log*") for line in log.read_text().splitlines()
        ]
    said = re.search(r"tps = ([0-9.]+)", done.stdout)
    assert said, done.stdout
    return float(said[1]), times


@contextmanager
def serving(data: Path) -> Iterator[str]:
    """Yield the address of the service over a data folder, its worker beside it."""
    environment = {**os.environ, "GRIDWARDEN_DATA": str(data), "COLUMNS": "200", "PYTHONUNBUFFERED": "1"}
    environment.pop("GRIDWARDEN_DATABASE_URL", None)
    command = [sys.executable, "-c", "from api.cli import main; main()", "serve", "--port", "0"]
    process = subprocess.Popen(command, env=environment, stderr=subprocess.PIPE, text=True)
    try:
        assert process.stderr is not None
        line = process.stderr.readline()
        address = re.search(r"http://\S+?(?=/\s)", line)
        assert address, line
        yield address[0]
    finally:
        process.terminate()
        process.communicate(timeout=30)


@contextmanager
def _bare(store: Store) -> Iterator[str]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    process = subprocess.Popen([sys.executable, "-m", "bench.bare", str(port)], stdin=subprocess.PIPE, text=True)
    try:
        assert process.stdin is not None
        process.stdin.write(json.dumps(store.asyncpg_kwargs("web")))
        process.stdin.close()
        _wait_for(port)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(30)


def _wait_for(port: int) -> None:
    until = time.monotonic() + 30
    while time.monotonic() < until:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise TimeoutError(port)
