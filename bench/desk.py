"""A dispatcher's desk over 50,000 open cases: the whole page with its counts, beside the same counts asked one by one.

Private database: 6,000 grids, 50,000 open and 200,000 closed cases of the past year, a report and four events each.
The page is asked of the real service over its socket; the peer asks what anybody would write first, nine counts and a
page under the policies, which keep the index by deadline from it.  The worker is left out: a year of cases that came
at once would keep it busy all the while, which no town's worker is.  Beside the time on the clock stands that of the
processor, of the service and of all of its PostgreSQL together: it says the same on a machine that is busy otherwise.
"""

import http.client
import os
import shutil
import statistics
import tempfile
import time
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from urllib.parse import urlsplit
from uuid import uuid4

import psycopg
from rich.console import Console
from rich.table import Table

from gis.cluster import Cluster
from gis.migrate import upgrade
from gis.settings import DatabaseSettings
from gis.store import Store, open_store
from tests import little_town
from tests.serving import serving

Timed = tuple[list[float], float]

GRIDS, OPEN, CLOSED, ROUNDS = 6_000, 50_000, 200_000, 15
_COOKIE = uuid4().hex
_DIGEST = sha256(_COOKIE.encode()).digest()
# What anybody would write first: one question for each number on the page, and the page itself.
_WHERE = (
    "true",
    "state = 'received'",
    "(due_at < coalesce(paused_at, %(now)s) OR stage_due_at < %(now)s)",
    "returned > 0 AND state = 'accepted'",
    "asked_until IS NOT NULL",
    "state <> 'paused' AND least(due_at, stage_due_at) BETWEEN %(now)s AND %(now)s + interval '1 day'",
    "state = 'paused' AND paused_until <= %(now)s",
    """(owner_posting_id NOT IN (SELECT id FROM postings WHERE during @> %(now)s)
        OR state IN ('received', 'accepted') AND area_code IN (
            SELECT b.code FROM boundaries b WHERE b.edition_id = (edition_at(%(now)s)).id AND b.level = 'grid'
            AND NOT EXISTS (SELECT FROM postings p WHERE p.area_code = b.code AND p.role = 'head'
                            AND p.during @> %(now)s)))""",
    """state = 'claimed_solved' AND NOT EXISTS (
        SELECT FROM events e JOIN postings p ON p.id = e.posting_id
        WHERE e.case_id = cases.id AND p.person_id = actor_person() AND e.verb NOT IN ('receive', 'note', 'look'))""",
)
_OPEN = "FROM cases WHERE closed_at IS NULL AND chain && ARRAY['90']"
_NAIVE = (
    *(f"SELECT count(*) {_OPEN} AND {where}" for where in _WHERE),
    f"SELECT id {_OPEN} ORDER BY least(coalesce(paused_until, due_at), stage_due_at), id LIMIT 51",
)
_OURS = ("SELECT * FROM desk_look(%(now)s, interval '24 hours', 'open', NULL, NULL, NULL, NULL, NULL, 51)",)


def measure() -> None:
    """Print medians and the slowest of all rounds, in milliseconds."""
    outer = Path(tempfile.mkdtemp(prefix="gridwarden-bench-"))
    # A folder that root's cluster, which runs as another user, can reach.
    outer.chmod(0o711)
    data = outer / "var"
    try:
        with open_store(DatabaseSettings(data=data, database_url=None)) as store:
            fill(store)
            found = _naive(store, data)
        with serving(data, GRIDWARDEN_WORKER="apart") as (process, address):
            found |= pages(address, data, process.pid, _PATHS)
    finally:
        Cluster.for_data(data).reset(force=True)
        shutil.rmtree(outer)
    show(found)


def show(found: dict[str, Timed]) -> None:
    """Print what was measured."""
    table = Table(
        "what",
        "median ms",
        "slowest ms",
        "processor ms",
        title=f"{OPEN:,} open cases, {CLOSED:,} closed, {ROUNDS} rounds",
    )
    for what, (times, processor_s) in found.items():
        table.add_row(
            what,
            f"{statistics.median(times) * 1000:.0f}",
            f"{max(times) * 1000:.0f}",
            f"{processor_s * 1000:.0f}",
        )
    Console(width=100).print(table)


def fill(store: Store) -> None:
    """Make the town with its cases; a dispatcher of the city is logged in."""
    upgrade(store.dsn("migrate"))
    little_town.build(store)
    with psycopg.connect(store.dsn("migrate")) as owner, psycopg.ClientCursor(owner) as cursor:
        cursor.execute("SET ROLE gridwarden_owner")
        cursor.execute(
            Path(__file__).with_suffix(".sql").read_text(encoding="utf-8"),
            {"grids": GRIDS, "open": OPEN, "closed": CLOSED, "now": datetime.now(UTC), "digest": _DIGEST},
        )
    with psycopg.connect(store.dsn("migrate"), autocommit=True) as owner:
        owner.execute("SET ROLE gridwarden_owner")
        owner.execute("VACUUM ANALYZE")


def _naive(store: Store, data: Path) -> dict[str, Timed]:
    """The peer in the database alone, then the function of the desk in the same way."""
    now = datetime.now(UTC)
    with psycopg.connect(store.dsn("web")) as web:

        def ask(queries: tuple[str, ...]) -> None:
            web.execute("SELECT act_as(%s, %s)", (_DIGEST, now))
            for query in queries:
                web.execute(query, {"now": now}).fetchall()
            web.rollback()

        return {
            "database: nine counts and a page, one by one (peer)": timed(lambda: ask(_NAIVE), data),
            "database: desk_look": timed(lambda: ask(_OURS), data),
        }


def pages(address: str, data: Path, service: int, paths: tuple[str, ...], cookie: str = _COOKIE) -> dict[str, Timed]:
    """Answer how long whole requests take, of whoever holds the cookie."""
    host = urlsplit(address).netloc
    with closing(http.client.HTTPConnection(host)) as connection:

        def get(path: str) -> None:
            connection.request(
                "GET", path, headers={"Cookie": f"gridwarden_session={cookie}", "Accept-Encoding": "gzip"}
            )
            answer = connection.getresponse()
            content = answer.read()
            assert answer.status == 200, content

        return {
            f"whole request: GET {path}": timed(lambda path=path: get(path), data, service)  # type: ignore[misc]
            for path in paths
        }


_PATHS = (
    "/desk",
    "/desk?section=late",
    "/desk?section=recheck",
    "/desk?section=unowned",
    "/desk?flag=hazard",
    "/api/desk",
)


def timed(ask: Callable[[], object], data: Path, *service: int) -> Timed:
    """Answer the seconds of each round, and those of the processor of one."""
    # What is read for the first time is read from disk.
    ask()
    times = []
    before = _spent_s(data, *service)
    for _ in range(ROUNDS):
        start = time.perf_counter()
        ask()
        times.append(time.perf_counter() - start)
    return times, (_spent_s(data, *service) - before) / ROUNDS


def _spent_s(data: Path, *service: int) -> float:
    """Answer the seconds of processor that the service and the cluster's processes have taken so far."""
    postmaster = (data / "postgres" / "data" / "postmaster.pid").read_text(encoding="utf-8").split("\n", 1)[0]
    backends = Path(f"/proc/{postmaster}/task/{postmaster}/children").read_text(encoding="utf-8").split()
    ticks = 0
    for pid in (*backends, *map(str, service)):
        # After the name, which may hold anything: user and system time are the 12th and 13th.
        fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
        ticks += int(fields[11]) + int(fields[12])
    return ticks / os.sysconf("SC_CLK_TCK")
