"""Steps of cases: how many a second, with a million events stored, beside a bare peer by the same driver.

One step is one call of ``take_step``: lock, rights, needs, the case, its event with the chain, its outbox row, durable.
The peer updates a row and inserts another in one transaction and asks nobody.
"""

from __future__ import annotations

import asyncio
import shutil
import tempfile
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any

import asyncpg
import numpy as np
import psycopg
from rich.console import Console
from rich.table import Table

from gis.cluster import Cluster
from gis.migrate import upgrade
from gis.settings import DatabaseSettings
from gis.store import Store, open_store
from grids.receipts import digest
from grids.steps import take

CONNECTIONS = 8
CASES = 200_000
EVENTS_A_CASE = 5
SECONDS = 15.0
ROUNDS = 3
_NOW = datetime(2026, 3, 1, tzinfo=UTC)
_TOWN = """
INSERT INTO editions (name, levels, source, datum, synthetic, loaded_at)
VALUES ('2025', '{county,township,village,grid}', 'bench', 'wgs84', true, '2024-12-01Z');
INSERT INTO activations (valid_from, edition_id, activated_at) VALUES ('2024-12-31 16:00Z', 1, '2024-12-31 16:00Z');
INSERT INTO areas VALUES ('90', 'county'), ('9001', 'township'), ('900101', 'village'), ('900101001', 'grid');
INSERT INTO people (name, login, password_hash) VALUES ('网格长', 'head', 'none'), ('值班员', 'desk', 'none');
INSERT INTO postings (area_code, role, person_id, desk, during) VALUES
    ('900101001', 'head', 1, NULL, '[2019-01-01Z,)'), ('900101', 'desk', 2, '值班台', '[2019-01-01Z,)');
INSERT INTO categories (code, since, family, name_zh, name_en, private, urgency, deadlines)
VALUES ('dumping', '2018-12-31 16:00Z', 'waste', '乱倒垃圾', 'Illegal dumping', false, 'normal',
        '{"solve": {"hours": 72}, "dispatch": {"hours": 8}}');
"""
_FILL = f"""
INSERT INTO cases (id, category_code, private, urgency, state, version, area_code, chain, owner_area_code, owner_role,
                   owner_posting_id, received_at, due_at, channel)
OVERRIDING SYSTEM VALUE
SELECT n, 'dumping', false, 'normal', 'accepted', {EVENTS_A_CASE}, '900101001',
       '{{90,9001,900101,900101001}}', '900101001', 'head', 1, '2026-02-01Z', '2026-02-04Z', 'wechat'
FROM generate_series(1, {CASES}) n;
INSERT INTO events (case_id, seq, at, verb, state, posting_id, data)
SELECT n, s, '2026-02-01Z'::timestamptz + make_interval(hours => s),
       CASE s WHEN 1 THEN 'receive' WHEN 2 THEN 'accept' ELSE 'note' END,
       CASE s WHEN 1 THEN 'received' ELSE 'accepted' END, CASE WHEN s > 1 THEN 1 END,
       jsonb_build_object('as', '["owner"]'::jsonb, 'words_digest', md5(n::text) || md5(s::text))
FROM generate_series(1, {CASES}) n, generate_series(1, {EVENTS_A_CASE}) s;
CREATE TABLE bare_cases (id bigint PRIMARY KEY, state text NOT NULL, version integer NOT NULL);
CREATE TABLE bare_events (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, case_id bigint NOT NULL,
                          seq integer NOT NULL, at timestamptz NOT NULL, verb text NOT NULL, data jsonb NOT NULL,
                          UNIQUE (case_id, seq));
INSERT INTO bare_cases SELECT n, 'accepted', 1 FROM generate_series(1, {CASES}) n;
INSERT INTO bare_events (case_id, seq, at, verb, data)
SELECT n, s, '2026-02-01Z', 'note', jsonb_build_object('words_digest', md5(n::text) || md5(s::text))
FROM generate_series(1, {CASES}) n, generate_series(1, {EVENTS_A_CASE}) s;
GRANT SELECT, UPDATE ON bare_cases TO gridwarden_web;
GRANT SELECT, INSERT ON bare_events TO gridwarden_web;
"""
# A round of work on one case, three steps: without words, with them, with others.
_ROUND = (("take", None), ("note", "清走了两车垃圾"), ("return", "不是我网格的事"))


def measure() -> None:
    """Print steps a second and milliseconds for each."""
    outer = Path(tempfile.mkdtemp(prefix="gridwarden-bench-"))
    # A folder that root's cluster, which runs as another user, can reach.
    outer.chmod(0o711)
    data = outer / "var"
    try:
        with open_store(DatabaseSettings(data=data, database_url=None)) as store:
            _fill(store)
            asyncio.run(_measure(store))
    finally:
        Cluster.for_data(data).reset(force=True)
        shutil.rmtree(outer)


def _fill(store: Store) -> None:
    upgrade(store.dsn("migrate"))
    with psycopg.connect(store.dsn("migrate"), autocommit=True) as owner:
        owner.execute("SET ROLE gridwarden_owner")
        owner.execute(_TOWN)
        owner.execute(_FILL)
        for person, login in ((1, "head"), (2, "desk")):
            owner.execute(
                "INSERT INTO sessions VALUES (%s, %s, %s, %s)", (digest(login), person, _NOW, _NOW + timedelta(days=30))
            )
        owner.execute("VACUUM ANALYZE")


async def _measure(store: Store) -> None:
    connections = [await asyncpg.connect(**store.asyncpg_kwargs("web")) for _ in range(CONNECTIONS)]
    numbers, bare = count(1), count(1)
    table = Table(
        "work", "a second", "median ms", "99th ms", title=f"{CASES * EVENTS_A_CASE:,} events, {CONNECTIONS} connections"
    )
    found: dict[str, list[tuple[float, np.ndarray]]] = {"a step": [], "peer: UPDATE and INSERT": []}
    # In turns, so that a noisy moment of the machine falls on both.
    for _ in range(ROUNDS):
        found["a step"].append(await _run(connections, lambda c: _work(c, next(numbers))))
        found["peer: UPDATE and INSERT"].append(await _run(connections, lambda c: _bare(c, next(bare))))
    for work, rounds in found.items():
        took = np.concatenate([each for _, each in rounds]) * 1e3
        table.add_row(
            work,
            f"{np.median([rate for rate, _ in rounds]):,.0f}",
            *(f"{np.percentile(took, q):.2f}" for q in (50, 99)),
        )
    Console().print(table)
    for connection in connections:
        await connection.close()


async def _run(
    connections: list[asyncpg.Connection[Any]], work: Callable[[asyncpg.Connection[Any]], Awaitable[list[float]]]
) -> tuple[float, np.ndarray]:
    """Answer units of work a second, and how long each took."""
    end = time.perf_counter() + SECONDS

    async def one(connection: asyncpg.Connection[Any]) -> list[float]:
        took: list[float] = []
        while time.perf_counter() < end:
            took += await work(connection)
        return took

    start = time.perf_counter()
    each = np.concatenate(await asyncio.gather(*map(one, connections)))
    return len(each) / (time.perf_counter() - start), each


async def _work(connection: asyncpg.Connection[Any], case: int) -> list[float]:
    took = []
    for n, (verb, words) in enumerate(_ROUND):
        start = time.perf_counter()
        await take(
            connection, case, verb, version=EVENTS_A_CASE + n, now=_NOW, session_digest=digest("head"), words=words
        )
        took.append(time.perf_counter() - start)
    return took


async def _bare(connection: asyncpg.Connection[Any], case: int) -> list[float]:
    took = []
    for seq, (verb, _) in enumerate(_ROUND, EVENTS_A_CASE + 1):
        start = time.perf_counter()
        async with connection.transaction():
            await connection.execute(
                "UPDATE bare_cases SET version = version + 1, state = $2 WHERE id = $1", case, verb
            )
            await connection.execute(
                "INSERT INTO bare_events (case_id, seq, at, verb, data) VALUES ($1, $2, $3, $4, '{}')",
                case,
                seq,
                _NOW,
                verb,
            )
        took.append(time.perf_counter() - start)
    return took
