"""A private database with the sample city and a million reports, in every table that taking one in touches.

The city's own reports are matched as any other; the rest are copies of them under numbers of their own, because what
counts here is how large tables and indexes are.
"""

import os
import secrets
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import psycopg
from psycopg import sql

from gis.cluster import Cluster
from gis.migrate import upgrade
from gis.settings import DatabaseSettings
from gis.store import Store, open_store
from grids.sample.build import build_city

REPORTS = 1_000_000
_SAMPLE = 20_000
# What a copy has of its own; everything else is as in the report that it is a copy of.
# Up to a kilometre from it, for otherwise fifty would lie at each spot.
_BESIDE = (
    "ST_Translate(t.geom, (hashfloat8(ST_X(t.geom) + k) & 1023) / 51200.0 - 0.01,"
    " (hashfloat8(ST_Y(t.geom) - k) & 1023) / 51200.0 - 0.01)"
)
_OWN: dict[str, dict[str, str]] = {
    "cases": {"id": "t.id + k * %(span)s", "geom": _BESIDE},
    "reports": {
        "id": "t.id + k * %(span)s",
        "case_id": "t.case_id + k * %(span)s",
        "number": "%(number)s",
        "geom": _BESIDE,
    },
    "report_words": {"report_id": "t.report_id + k * %(span)s"},
    "events": {"id": "t.id + k * %(span)s", "case_id": "t.case_id + k * %(span)s"},
    "outbox": {"id": "t.id + k * %(span)s"},
    "idempotency_keys": {
        "report_id": "t.report_id + k * %(span)s",
        "key_digest": "sha256(t.key_digest || int4send(k))",
    },
}


@contextmanager
def million_reports() -> Iterator[tuple[Store, Path]]:
    """Yield the database and its data folder; removed afterwards unless ``BENCH_DATA`` names a folder to keep it in."""
    kept = os.environ.get("BENCH_DATA")
    # A folder that root's cluster, which runs as another user, can reach.
    outer = Path(kept) if kept else Path(tempfile.mkdtemp(prefix="gridwarden-bench-"))
    outer.mkdir(exist_ok=True)
    outer.chmod(0o711)
    data = outer / "var"
    try:
        with open_store(DatabaseSettings(data=data, database_url=None)) as store:
            upgrade(store.dsn("migrate"))
            _fill(store)
            yield store, data
    finally:
        if not kept:
            Cluster.for_data(data).reset(force=True)
            shutil.rmtree(outer)


def _fill(store: Store) -> None:
    with psycopg.connect(store.dsn("migrate")) as owner:
        if (owner.execute("SELECT count(*) FROM reports").fetchone() or (0,))[0] >= REPORTS:
            return
        print("drawing the city", flush=True)
        build_city(owner, None, {}, (_SAMPLE, 1), datetime.now(UTC), secrets.token_bytes, lambda _, __: None)
        # The sample's reports came by no request: what a request leaves besides, they get here.
        owner.execute(
            "INSERT INTO idempotency_keys SELECT sha256(int8send(id)), sha256('b'), id, received_at FROM reports"
        )
        owner.execute(
            "INSERT INTO outbox (topic, payload, at, done_at) SELECT 'report.received', jsonb_build_object("
            "'report_id', id, 'case_id', case_id, 'owner', match -> 'owner', 'also', '[]'::jsonb),"
            " received_at, received_at FROM reports"
        )
    with psycopg.connect(store.dsn("admin")) as admin:
        print(f"copying its reports up to {REPORTS:,}", flush=True)
        admin.execute("SET search_path = gridwarden, public")
        # Rows that are consistent as they are: no trigger has to look each reference up.
        admin.execute("SET session_replication_role = replica")
        admin.execute("SET maintenance_work_mem = '1GB'")
        indexes = admin.execute(
            "SELECT i.indexrelid::regclass::text, pg_get_indexdef(i.indexrelid) FROM pg_index i"
            " WHERE i.indrelid = ANY (%s::regclass[]) AND NOT i.indisunique"
            " AND NOT EXISTS (SELECT FROM pg_constraint c WHERE c.conindid = i.indexrelid)",
            (list(_OWN),),
        ).fetchall()
        # Made anew afterwards: many times quicker than a million insertions each.
        for name, _ in indexes:
            admin.execute(f"DROP INDEX {name}")
        for table, own in _OWN.items():
            _copy(admin, table, own)
        for _, definition in indexes:
            admin.execute(definition)
    with psycopg.connect(store.dsn("admin"), autocommit=True) as admin:
        admin.execute("SET search_path = gridwarden, public")
        for table in _OWN:
            admin.execute(sql.SQL("VACUUM ANALYZE {}").format(sql.Identifier(table)))
        admin.execute("CHECKPOINT")


def _copy(admin: psycopg.Connection, table: str, own: dict[str, str]) -> None:
    columns = [
        str(row[0])
        for row in admin.execute(
            "SELECT attname FROM pg_attribute WHERE attrelid = %s::regclass AND attnum > 0 AND NOT attisdropped"
            " AND attgenerated = '' ORDER BY attnum",
            (table,),
        )
    ]
    span = 10 * _SAMPLE
    # Nine digits that tell the copy, and a tenth that is not taken.
    nine = f"lpad((t.id + k * {span})::text, 9, '0')"
    number = f"{nine} || CASE WHEN EXISTS (SELECT FROM reports o WHERE o.number = {nine} || '0') THEN '1' ELSE '0' END"
    values = [own.get(column, f"t.{column}") % {"span": span, "number": number} for column in columns]
    copies = REPORTS // _SAMPLE - 1
    admin.execute(
        f"INSERT INTO {table} ({', '.join(columns)}) OVERRIDING SYSTEM VALUE"
        f" SELECT {', '.join(values)} FROM {table} t, generate_series(1, {copies}) k"
    )
    for column in own:
        if sequence := _sequence(admin, table, column):
            admin.execute("SELECT setval(%s, (SELECT max(id) FROM " + table + "))", (sequence,))


def _sequence(admin: psycopg.Connection, table: str, column: str) -> str | None:
    row = admin.execute("SELECT pg_get_serial_sequence(%s, %s)", (table, column)).fetchone()
    return row[0] if row else None
