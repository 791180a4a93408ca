"""The migrations make what the code reads, there and back; each index serves the query that it names."""

import json
from typing import Any

import psycopg
import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from psycopg import sql
from sqlalchemy import create_engine
from sqlalchemy.pool import NullPool

from gis.migrate import downgrade, upgrade
from gis.store import Store
from grids import (  # noqa: F401  (they declare their tables)
    tables_audit,
    tables_clock,
    tables_dispatch,
    tables_editions,
    tables_escalation,
    tables_handovers,
    tables_hearings,
    tables_imports,
    tables_mediations,
    tables_orders,
    tables_parts,
    tables_photos,
    tables_places,
    tables_postings,
    tables_rota,
    tables_teams,
    tables_worker,
)
from grids.receipts import Keys
from grids.tables import people
from tests import little_town as town
from tests import small_county as county
from tests.conftest import cloned

_STRUCTURE = """
    SELECT string_agg(line, E'\\n' ORDER BY line) FROM (
        SELECT table_name || '.' || column_name || ' ' || data_type || ' ' || is_nullable || coalesce(column_default, '') AS line
        FROM information_schema.columns WHERE table_schema = 'gridwarden' AND table_name <> 'alembic_version'
        UNION ALL SELECT conrelid::regclass || ' ' || conname || ' ' || pg_get_constraintdef(oid) FROM pg_constraint
            WHERE connamespace = 'gridwarden'::regnamespace
        UNION ALL SELECT indexdef FROM pg_indexes WHERE schemaname = 'gridwarden'
        UNION ALL SELECT pg_get_functiondef(oid) || coalesce(proacl::text, '') FROM pg_proc WHERE pronamespace = 'gridwarden'::regnamespace
        UNION ALL SELECT tablename || policyname || coalesce(qual, '') FROM pg_policies WHERE schemaname = 'gridwarden'
        UNION ALL SELECT relname || coalesce(relacl::text, '') FROM pg_class
            WHERE relnamespace = 'gridwarden'::regnamespace AND relname <> 'alembic_version' AND relkind = 'r'
    ) AS lines WHERE line NOT LIKE '%alembic_version%'
"""


def structure(database: Store) -> str:
    with psycopg.connect(database.dsn("migrate")) as connection:
        row = connection.execute(_STRUCTURE).fetchone()
        assert row
        return str(row[0])


def test_the_tables_of_the_code_are_those_of_the_migrations(database: Store) -> None:
    engine = create_engine(
        "postgresql+psycopg://", creator=lambda: psycopg.connect(database.dsn("migrate")), poolclass=NullPool
    )

    def ours(thing: Any, name: str | None, kind: str, reflected: bool, compared: Any) -> bool:  # noqa: ARG001
        # Indexes and constraints are the migrations' own; here only tables and columns are compared.
        # PostGIS's, Alembic's and procrastinate's tables are their own.
        theirs = name in ("spatial_ref_sys", "alembic_version") or (
            kind == "table" and str(name).startswith("procrastinate_")
        )
        return kind in ("table", "column") and not theirs

    with engine.connect() as connection:
        context = MigrationContext.configure(
            connection, opts={"include_object": ours, "compare_type": False, "compare_server_default": False}
        )
        assert compare_metadata(context, people.metadata) == []


def test_down_and_up_again_gives_the_same(database: Store) -> None:
    first = structure(database)
    assert "receive_report" in first
    downgrade(database.dsn("migrate"), "base")
    assert structure(database) == "None"
    upgrade(database.dsn("migrate"))
    assert structure(database) == first


def test_a_city_with_cases_goes_back_and_forth(server: Store) -> None:
    with cloned(server) as store:
        county.build(store)
        with psycopg.connect(store.dsn("web"), autocommit=True) as web:
            for n, kind in enumerate(("dumping", "light"), 1):
                county.send(web, Keys(b"s" * 32), n, (117.003, 39.703), category=kind)
        first = structure(store)
        downgrade(store.dsn("migrate"), "0034")
        upgrade(store.dsn("migrate"))
        assert structure(store) == first
        with psycopg.connect(store.dsn("migrate")) as owner:
            assert owner.execute("SELECT count(*) FROM cases WHERE due_as IS NULL").fetchone() == (2,)


@pytest.fixture(scope="module")
def full(database: Store) -> Store:
    """The little town with enough grids and cases that an index is worth its while."""
    upgrade(database.dsn("migrate"))
    town.build(database)
    with psycopg.connect(database.dsn("migrate")) as owner:
        owner.execute("SET ROLE gridwarden_owner")
        owner.execute(
            "INSERT INTO areas SELECT '9002' || lpad(n::text, 4, '0'), 'grid' FROM generate_series(1, 3000) n"
        )
        owner.execute("""
            INSERT INTO boundaries SELECT e.id, code, 'grid', '西村网格' || n, '9002', ARRAY['90', '9002', code], false, 1, 1, 1, true,
                ST_Centroid(box), ST_Multi(box)
            FROM editions e, generate_series(1, 3000) n,
                LATERAL (SELECT '9002' || lpad(n::text, 4, '0') AS code,
                    ST_Translate(ST_MakeEnvelope(0, 0, 0.001, 0.001, 4326), 116 + n % 60 / 1000.0, 38 + n / 60 / 1000.0) AS box) b
        """)
        owner.execute("""
            INSERT INTO cases (category_code, private, urgency, state, area_code, chain, owner_area_code, owner_role, received_at,
                               due_at, closed_at, geom, cells, channel)
            SELECT 'dumping', false, 'normal', CASE WHEN n % 10 = 0 THEN 'received' ELSE 'closed' END, code, ARRAY['90', '9002', code],
                   code, 'head', '2026-01-01Z', '2026-01-05Z', CASE WHEN n % 10 <> 0 THEN '2026-01-03Z'::timestamptz END,
                   ST_Translate(ST_SetSRID(ST_MakePoint(0.0005, 0.0005), 4326), 116 + n % 60 / 1000.0, 38 + n % 3000 / 60 / 1000.0),
                   '{1,2,3,4,5}', 'app'
            FROM generate_series(1, 30000) n, LATERAL (SELECT '9002' || lpad((n % 3000 + 1)::text, 4, '0') AS code) c
        """)
        owner.execute("""
            INSERT INTO reports (number, key_digest, case_id, category_code, channel, received_at, seen_at, precision, lon_given, lat_given,
                                 datum, geom, area_code, chain, match, cells)
            SELECT lpad(id::text, 10, '0'), '', id, category_code, 'app', received_at, received_at, 'point', ST_X(geom), ST_Y(geom),
                   'wgs84', geom, area_code, chain, '{}', cells FROM cases
        """)
        owner.commit()
        owner.execute("RESET ROLE")
        owner.execute("SET ROLE gridwarden_owner")
        owner.execute("ANALYZE")
    return database


def plan(connection: psycopg.Connection, query: str) -> str:
    rows = connection.execute(sql.SQL("EXPLAIN (FORMAT JSON) {}").format(sql.SQL(query))).fetchone()
    assert rows
    return json.dumps(rows[0])


_HERE = "ST_SetSRID(ST_MakePoint(116.0205, 38.0205), 4326)"


@pytest.mark.parametrize(
    ("query", "index"),
    [
        (
            f"SELECT code FROM boundaries b WHERE b.edition_id = 2 AND b.level = 'grid' AND b.geom && {_HERE} AND ST_Intersects(b.geom, {_HERE})",
            "boundaries_by_place",
        ),
        (
            f"SELECT code FROM boundaries b WHERE b.edition_id = 2 AND b.last_level AND b.geom && {_HERE} AND ST_Intersects(b.geom, {_HERE})",
            "boundaries_lowest_by_place",
        ),
        (
            f"SELECT code FROM boundaries b WHERE b.edition_id = 2 AND b.level = 'grid' AND b.geom && ST_Expand({_HERE}, 0.0003)",
            "boundaries_by_place",
        ),
        ("SELECT code FROM boundaries WHERE edition_id = 2 AND parent_code = '9001'", "boundaries_by_parent"),
        ("SELECT chain FROM boundaries b WHERE b.code = '9001001'", "boundaries_by_code"),
        ("SELECT code FROM boundaries WHERE name LIKE '%网格2999%'", "boundaries_by_name"),
        ("SELECT id FROM cases WHERE chain @> '{90020011}' AND closed_at IS NULL", "cases_open_by_area"),
        ("SELECT id FROM cases WHERE chain @> '{90020011}' AND closed_at IS NOT NULL", "cases_by_area"),
        (f"SELECT id FROM cases WHERE geom && ST_Expand({_HERE}, 0.0005)", "cases_by_place"),
        (f"SELECT id FROM reports WHERE geom && ST_Expand({_HERE}, 0.0005)", "reports_by_place"),
        ("SELECT id FROM reports WHERE case_id = 7", "reports_by_case"),
        (
            "SELECT area_code, count(*) FROM seen_reports WHERE received_at >= '2026-02-01Z' GROUP BY 1",
            "reports_for_figures",
        ),
        ("SELECT count(*) FROM cases WHERE closed_at IS NULL AND due_at < '2026-01-04Z'", "cases_open"),
    ],
)
def test_each_index_serves_the_query_that_it_names(full: Store, query: str, index: str) -> None:
    with psycopg.connect(full.dsn("migrate")) as owner:
        owner.execute("SET ROLE gridwarden_owner")
        assert index in plan(owner, query)


def test_a_case_has_an_owner_at_every_moment(full: Store) -> None:
    with psycopg.connect(full.dsn("migrate")) as owner:
        owner.execute("SET ROLE gridwarden_owner")
        for column in ("owner_area_code", "owner_role"):
            with pytest.raises(psycopg.errors.NotNullViolation), owner.transaction():
                owner.execute(sql.SQL("UPDATE cases SET {} = NULL WHERE id = 1").format(sql.Identifier(column)))


def test_no_two_heads_at_once(full: Store) -> None:
    with psycopg.connect(full.dsn("migrate")) as owner:
        owner.execute("SET ROLE gridwarden_owner")
        second = "INSERT INTO postings (area_code, role, person_id, during) VALUES ('9001001', 'head', 2, %s)"
        with pytest.raises(psycopg.errors.ExclusionViolation), owner.transaction():
            owner.execute(second, ("[2026-01-01,2026-02-01)",))
        owner.rollback()


def test_similarity_of_chinese_words(web: psycopg.Connection) -> None:
    assert web.execute("SELECT similarity('东头水沟边倒垃圾', '水沟边又倒垃圾') > 0.2").fetchone() == (True,)
