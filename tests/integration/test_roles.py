"""What each role may do, in a database of our own and in somebody else's."""

import asyncio
from collections.abc import Iterator

import asyncpg
import psycopg
import pytest
from psycopg import errors, sql
from psycopg.conninfo import make_conninfo

from gis.errors import DatabaseForbiddenError, DatabaseUnreachableError, DatabaseUnsuitableError
from gis.roles import adopt
from gis.settings import DatabaseSettings
from gis.store import Role, Store, open_store

CREATIONS = (
    "CREATE TABLE gridwarden.intruder (one int)",
    "CREATE TABLE public.intruder (one int)",
    "CREATE TEMP TABLE intruder (one int)",
    "CREATE FUNCTION gridwarden.intruder() RETURNS int LANGUAGE sql AS 'SELECT 1'",
    "CREATE SCHEMA intruder",
    "CREATE EXTENSION intarray",
    "CREATE ROLE intruder",
    "CREATE DATABASE intruder",
    "SET ROLE gridwarden_owner",
    "SET ROLE gridwarden_migrate",
    "SET SESSION AUTHORIZATION gridwarden_admin",
)


@pytest.mark.parametrize("role", ["web", "worker"])
@pytest.mark.parametrize("statement", CREATIONS)
def test_service_roles_create_nothing_and_become_nobody(database: Store, role: Role, statement: str) -> None:
    with (
        psycopg.connect(database.dsn(role), autocommit=True) as connection,
        pytest.raises(errors.InsufficientPrivilege),
    ):
        connection.execute(statement)


def test_service_roles_own_nothing(database: Store) -> None:
    with psycopg.connect(database.dsn("admin")) as admin:
        owned = admin.execute(
            "SELECT classid::regclass, objid FROM pg_shdepend WHERE deptype = 'o'"
            " AND refobjid IN ('gridwarden_web'::regrole, 'gridwarden_worker'::regrole, 'gridwarden_migrate'::regrole)"
        ).fetchall()
        owners = admin.execute(
            "SELECT DISTINCT relowner::regrole::text FROM pg_class WHERE relnamespace = 'gridwarden'::regnamespace"
        ).fetchall()
    assert owned == []
    assert owners == [("gridwarden_owner",)]


def test_only_our_roles_connect_and_only_to_our_database(database: Store) -> None:
    with psycopg.connect(database.dsn("admin"), autocommit=True) as admin:
        admin.execute("CREATE ROLE stranger LOGIN PASSWORD 'stranger'")
    try:
        given = {**database.logins["web"], "user": "stranger", "password": "stranger"}
        with pytest.raises(psycopg.OperationalError, match="permission denied for database"):
            psycopg.connect(make_conninfo("", **given))
        with pytest.raises(psycopg.OperationalError, match="permission denied for database"):
            psycopg.connect(database.named("postgres").dsn("web"))
    finally:
        with psycopg.connect(database.dsn("admin"), autocommit=True) as admin:
            admin.execute("DROP ROLE stranger")


@pytest.mark.parametrize(
    ("role", "acts_as"), [("web", "gridwarden_web"), ("worker", "gridwarden_worker"), ("migrate", "gridwarden_owner")]
)
def test_both_drivers_get_the_same_session(database: Store, role: Role, acts_as: str) -> None:
    asked = "SELECT current_user::text, current_setting('search_path'), current_setting('TimeZone')"

    async def by_asyncpg() -> tuple[str, ...]:
        connection = await asyncpg.connect(**database.asyncpg_kwargs(role))
        try:
            return tuple(await connection.fetchrow(asked))
        finally:
            await connection.close()

    with psycopg.connect(database.dsn(role)) as connection:
        by_psycopg = connection.execute(asked).fetchone()
    assert by_psycopg == asyncio.run(by_asyncpg()) == (acts_as, "gridwarden,public", "UTC")


def test_a_lost_or_changed_password_is_set_again(server: Store) -> None:
    assert server.cluster is not None
    settings = DatabaseSettings(data=server.cluster.home.path.parent, database_url=None)
    with psycopg.connect(server.dsn("admin"), autocommit=True) as admin:
        admin.execute("ALTER ROLE gridwarden_worker PASSWORD 'other'")
    with pytest.raises(psycopg.OperationalError, match="password"):
        psycopg.connect(server.dsn("worker"))
    with open_store(settings) as again, psycopg.connect(again.dsn("worker")) as worker:
        assert worker.execute("SELECT 1").fetchone() == (1,)


@pytest.fixture
def foreign(server: Store) -> Iterator[str]:
    """A database of somebody else's, and a login that may do nothing special."""
    login, name = "landlord", "landlords"
    with psycopg.connect(server.named("postgres").dsn("admin"), autocommit=True) as admin:
        admin.execute(f"CREATE ROLE {login} LOGIN PASSWORD 'l@nd:lord/ 1'")
        admin.execute(f"CREATE DATABASE {name} TEMPLATE template0")
        try:
            given = server.logins["admin"]
            host = given["host"].replace("/", "%2F")
            yield f"postgresql+asyncpg://{login}:l%40nd%3Alord%2F%201@/{name}?host={host}&port={given['port']}"
        finally:
            admin.execute(f"DROP DATABASE {name} WITH (FORCE)")
            admin.execute(f"REVOKE gridwarden_owner, gridwarden_web, gridwarden_worker FROM {login}")
            admin.execute(f"DROP ROLE {login}")


def test_a_foreign_database_says_what_to_run_and_then_works(server: Store, foreign: str) -> None:
    settings = DatabaseSettings.model_validate({"database_url": foreign})
    with pytest.raises(DatabaseForbiddenError, match="CREATE EXTENSION") as caught, open_store(settings):
        pass
    assert "lord" not in str(caught.value).replace("landlord", "")
    statements = caught.value.params["sql"]
    assert isinstance(statements, list)
    with psycopg.connect(server.named("landlords").dsn("admin"), autocommit=True) as superuser:
        for statement in statements:
            superuser.execute(statement)
    with open_store(settings) as store:
        store.revive()  # nothing of ours to start, and no error
        with psycopg.connect(store.dsn("web")) as web:
            assert web.execute("SELECT current_user").fetchone() == ("gridwarden_web",)
        with psycopg.connect(store.dsn("web")) as web, pytest.raises(errors.InsufficientPrivilege):
            web.execute("CREATE TABLE gridwarden.intruder (one int)")
        with psycopg.connect(store.dsn("migrate")) as migrate:
            migrate.execute("CREATE TABLE gridwarden.ours (one int)")
        assert asyncio.run(_asyncpg_user(store)) == "gridwarden_web"


async def _asyncpg_user(store: Store) -> str:
    connection = await asyncpg.connect(**store.asyncpg_kwargs("web"))
    try:
        return str(await connection.fetchval("SELECT current_user"))
    finally:
        await connection.close()


@pytest.mark.parametrize(
    ("options", "complaint"),
    [
        ("ENCODING 'LATIN1' LC_COLLATE 'C' LC_CTYPE 'C'", "encoding is LATIN1"),
        ("ENCODING 'UTF8' LC_COLLATE 'C' LC_CTYPE 'C'", "no letters"),
    ],
)
def test_an_unsuitable_database_is_refused(server: Store, options: str, complaint: str) -> None:
    with psycopg.connect(server.named("postgres").dsn("admin"), autocommit=True) as admin:
        admin.execute(sql.SQL("CREATE DATABASE misfit TEMPLATE template0 " + options))
        try:
            with pytest.raises(DatabaseUnsuitableError, match=complaint):
                adopt(server.named("misfit").dsn("admin"))
        finally:
            admin.execute("DROP DATABASE misfit WITH (FORCE)")


@pytest.mark.parametrize("address", ["nonsense", "postgresql://host/", "postgresql://u:geheim@h/d?sslmod=x"])
def test_an_address_that_says_too_little_is_refused_without_being_shown(address: str) -> None:
    settings = DatabaseSettings.model_validate({"database_url": address})
    with pytest.raises(DatabaseUnsuitableError, match="GRIDWARDEN_DATABASE_URL") as caught, open_store(settings):
        pass
    assert "geheim" not in str(caught.value)


def test_a_server_that_is_gone_is_named_without_the_password() -> None:
    settings = DatabaseSettings.model_validate({"database_url": "postgresql://u:geheim@127.0.0.1:1/d"})
    with pytest.raises(DatabaseUnreachableError, match=r"127\.0\.0\.1") as caught, open_store(settings):
        pass
    assert "geheim" not in str(caught.value)
