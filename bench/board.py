"""A supervisor's board over 50,000 open cases, beside the same counts asked one by one; over the data of bench/desk.py.

Beside those some 3,100 orders, 500 of them on closed cases: a fifth is answered, of the others half are late.  The page
is asked of the real service over its socket; the peer asks what anybody would write first, eight counts and a page
under the policies.
"""

import shutil
import tempfile
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from uuid import uuid4

import psycopg

from bench.desk import CLOSED, Timed, fill, pages, show, timed
from gis.cluster import Cluster
from gis.settings import DatabaseSettings
from gis.store import Store, open_store
from tests.serving import serving

_COOKIE = uuid4().hex
_DIGEST = sha256(_COOKIE.encode()).digest()
# What anybody would write first: one question for each number on the board, and the page itself.
_WHERE = (
    "closed_at IS NULL AND due_at < coalesce(paused_at, %(now)s)",
    "closed_at IS NULL AND returned >= 2",
    "state = 'paused' AND (paused_at < %(now)s - interval '14 days' OR paused_until <= %(now)s)",
    "closed_at IS NULL AND (recurring OR hazard)",
    """closed_at IS NULL AND (owner_posting_id IS NULL
        OR owner_posting_id NOT IN (SELECT id FROM postings WHERE during @> %(now)s)
        OR state = 'received' AND received_at < %(now)s - interval '30 minutes')""",
    "state = 'claimed_solved' AND cardinality(recheck) > 0",
    "EXISTS (SELECT FROM orders o WHERE o.case_id = cases.id AND o.state = 'given')",
    "EXISTS (SELECT FROM orders o WHERE o.case_id = cases.id AND o.state = 'answered')",
)
_HIS = "FROM cases WHERE chain && ARRAY['90']"
_NAIVE = (
    *(f"SELECT count(*) {_HIS} AND {where}" for where in _WHERE),
    f"SELECT id {_HIS} AND {_WHERE[0]} ORDER BY least(coalesce(paused_until, due_at), stage_due_at), id LIMIT 51",
)
_OURS = ("SELECT * FROM board_look(%(now)s, 'overdue', NULL, NULL, NULL, NULL, 51)",)
_PATHS = ("/supervision", "/supervision?section=orders", "/supervision?section=unowned", "/api/supervision")


def measure() -> None:
    """Print medians and the slowest of all rounds, in milliseconds."""
    outer = Path(tempfile.mkdtemp(prefix="gridwarden-bench-"))
    # A folder that root's cluster, which runs as another user, can reach.
    outer.chmod(0o711)
    data = outer / "var"
    try:
        with open_store(DatabaseSettings(data=data, database_url=None)) as store:
            fill(store)
            _order(store)
            found = _naive(store, data)
        with serving(data, GRIDWARDEN_WORKER="apart") as (process, address):
            found |= pages(address, data, process.pid, _PATHS, _COOKIE)
    finally:
        Cluster.for_data(data).reset(force=True)
        shutil.rmtree(outer)
    show(found)


def _order(store: Store) -> None:
    now = datetime.now(UTC)
    with psycopg.connect(store.dsn("migrate"), autocommit=True) as owner, psycopg.ClientCursor(owner) as cursor:
        cursor.execute("SET ROLE gridwarden_owner")
        orders = Path(__file__).with_suffix(".sql").read_text(encoding="utf-8")
        cursor.execute(orders, {"now": now, "closed": CLOSED})
        cursor.execute(
            "INSERT INTO sessions SELECT %s, p.id, %s, %s + interval '12 hours' FROM people p"
            " WHERE p.login = 'supervisor'",
            (_DIGEST, now, now),
        )
        cursor.execute("VACUUM ANALYZE")


def _naive(store: Store, data: Path) -> dict[str, Timed]:
    """The peer in the database alone, then the function of the board in the same way."""
    now = datetime.now(UTC)
    with psycopg.connect(store.dsn("web")) as web:

        def ask(queries: tuple[str, ...]) -> list[int]:
            web.execute("SELECT act_as(%s, %s)", (_DIGEST, now))
            answers = [web.execute(query, {"now": now}).fetchall() for query in queries]
            web.rollback()
            first = answers[0][0][0]
            return list(first.values()) if isinstance(first, dict) else [rows[0][0] for rows in answers[:-1]]

        # Both count the same, before either is timed.
        assert sorted(ask(_NAIVE)) == sorted(ask(_OURS))
        return {
            "database: eight counts and a page, one by one (peer)": timed(lambda: ask(_NAIVE), data),
            "database: board_look": timed(lambda: ask(_OURS), data),
        }
