"""Who may do what in the database: four roles, one database, three extensions, one schema.

Owns the list of what has to be there and makes what is missing, as often as it is called.  Makes no
tables (``gis.migrations`` does) and grants nothing on them.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Iterator, Mapping, Sequence
from typing import LiteralString

import psycopg
from psycopg import errors as pg
from psycopg import sql

from gis.errors import DatabaseForbiddenError, DatabaseUnreachableError, DatabaseUnsuitableError
from gis.processes import postgis_missing

OWNER, MIGRATE, WEB, WORKER = "gridwarden_owner", "gridwarden_migrate", "gridwarden_web", "gridwarden_worker"
ROLES = (OWNER, MIGRATE, WEB, WORKER)
SCHEMA = "gridwarden"
EXTENSIONS = ("postgis", "pg_trgm", "btree_gist")
_OLDEST_SERVER = 150000
_OLDEST_POSTGIS = (3, 3)
_PROVISION_LOCK = 0x67_77_70_72  # "gwpr"; any fixed number, held while roles are made


def provision(admin_dsn: str, *, database: str, passwords: Mapping[str, str]) -> None:
    """Make roles, database, extensions and schema on a cluster of our own; again is harmless.

    Parameters
    ----------
    admin_dsn : str
        libpq address of a superuser, at any database but `database`.
    database : str
        The database to make; nobody but the roles of Gridwarden may connect to it.
    passwords : mapping of str to str
        Passwords of the roles that log in, by role name.

    Raises
    ------
    PostgisMissingError, DatabaseUnsuitableError, DatabaseUnreachableError
    """
    with connect(admin_dsn) as admin:
        # Several first starts may come at once, and roles belong to the whole cluster.
        admin.execute("SELECT pg_advisory_lock(%s)", (_PROVISION_LOCK,))
        _run(admin, _missing_roles(admin))
        _run(admin, _stale_passwords(admin, passwords))
        _run(admin, _missing_database(admin, database))
        with connect(admin_dsn, database=database) as inside:
            _check_suitable(inside)
            _run(inside, _missing_inside(inside))
            _run(inside, close_database(inside))
            _check_letters(inside)


def adopt(dsn: str) -> None:
    """Make what is missing in a database that somebody else runs, through its one login.

    Parameters
    ----------
    dsn : str
        libpq address of the database; its login is made a member of the roles.

    Raises
    ------
    DatabaseForbiddenError
        The login may not; the text carries the exact SQL for whoever may.
    PostgisMissingError, DatabaseUnsuitableError, DatabaseUnreachableError
    """
    with connect(dsn) as inside:
        _check_suitable(inside)
        inside.execute("SELECT pg_advisory_lock(%s)", (_PROVISION_LOCK,))
        missing = _missing_in_foreign(inside)
        try:
            with inside.transaction():
                _run(inside, missing)
                # Some of it is refused with a warning only, and from version 16 on a login may make
                # roles that it may then not become.
                if missing and _missing_in_foreign(inside):
                    raise pg.InsufficientPrivilege
        except pg.InsufficientPrivilege as exc:
            statements = [f"{one.as_string(inside)};" for one in missing]
            msg = (
                f"The login {inside.info.user} may not make what is missing in the database "
                f"{inside.info.dbname}. Have a superuser run this there, once:\n\n" + "\n".join(statements)
            )
            raise DatabaseForbiddenError(msg, params={"sql": statements}) from exc
        _check_letters(inside)


def close_database(inside: psycopg.Connection) -> list[sql.Composed]:
    """Answer the statements that keep everybody but Gridwarden's roles out of a database.

    Such rights are not copied with a template, so a copy needs them again.
    """
    name = sql.Identifier(inside.info.dbname)
    login_roles = sql.SQL(", ").join(map(sql.Identifier, (MIGRATE, WEB, WORKER)))
    open_to_all = inside.execute(
        "SELECT EXISTS (SELECT FROM pg_database, aclexplode(coalesce(datacl, acldefault('d', datdba)))"
        " WHERE datname = current_database() AND grantee = 0)"
    ).fetchone()
    if open_to_all == (False,):
        return []
    return [
        sql.SQL("REVOKE ALL ON DATABASE {} FROM PUBLIC").format(name),
        sql.SQL("GRANT CONNECT ON DATABASE {} TO {}").format(name, login_roles),
    ]


def connect(dsn: str, *, database: str | None = None) -> psycopg.Connection:
    """Open an autocommit connection; a refusal becomes an error that says what to do.

    Raises
    ------
    DatabaseUnreachableError
    """
    try:
        return psycopg.connect(dsn, autocommit=True, connect_timeout=10, dbname=database)
    except psycopg.OperationalError as exc:
        said = " ".join(str(exc).split())
        msg = f"The database does not answer: {said}\n`gridwarden db status` says where it should be."
        raise DatabaseUnreachableError(msg) from exc


def _run(connection: psycopg.Connection, statements: Sequence[sql.Composed]) -> None:
    for statement in statements:
        try:
            connection.execute(statement)
        except (pg.FeatureNotSupported, pg.UndefinedFile) as exc:
            # An extension whose files are not installed on the server.
            raise postgis_missing(connection.info.server_version // 10000) from exc


def _missing_roles(connection: psycopg.Connection) -> list[sql.Composed]:
    rows = connection.execute(
        "SELECT rolname, rolsuper OR rolbypassrls OR rolcreaterole OR rolcreatedb FROM pg_roles"
        " WHERE rolname = ANY (%s)",
        (list(ROLES),),
    )
    found: dict[str, bool] = dict(rows.fetchall())
    missing = [_sql("CREATE ROLE {}", role) for role in ROLES if role not in found]
    tame = "ALTER ROLE {} NOSUPERUSER NOBYPASSRLS NOCREATEROLE NOCREATEDB"
    missing += [_sql(tame, role) for role, mighty in found.items() if mighty]
    members = {role: _is_member(connection, role, OWNER) for role in (MIGRATE, WEB, WORKER)}
    if not members[MIGRATE]:
        missing.append(_sql("GRANT {} TO {}", OWNER, MIGRATE))
    missing += [_sql("REVOKE {} FROM {}", OWNER, role) for role in (WEB, WORKER) if members[role]]
    return missing


def _missing_in_foreign(inside: psycopg.Connection) -> list[sql.Composed]:
    return [*_missing_roles(inside), *_missing_memberships(inside), *_missing_inside(inside)]


def _missing_memberships(inside: psycopg.Connection) -> list[sql.Composed]:
    login = inside.info.user
    # From version 16 on a member may be kept from becoming the role; before, being one was enough.
    how = "SET" if inside.info.server_version >= 160000 else "MEMBER"
    if inside.execute("SELECT FROM pg_roles WHERE rolname = %s AND rolsuper", (login,)).fetchone() is not None:
        return []
    return [
        _sql("GRANT {} TO {}", role, login) for role in (OWNER, WEB, WORKER) if not _is_member(inside, login, role, how)
    ]


def _is_member(connection: psycopg.Connection, member: str, role: str, how: str = "MEMBER") -> bool:
    row = connection.execute(
        "SELECT pg_has_role(m.oid, r.oid, %s) FROM pg_roles m, pg_roles r WHERE m.rolname = %s AND r.rolname = %s",
        (how, member, role),
    ).fetchone()
    return row == (True,)  # no row: one of them is still to be made


def _stale_passwords(admin: psycopg.Connection, passwords: Mapping[str, str]) -> list[sql.Composed]:
    rows = admin.execute(
        "SELECT rolname, rolcanlogin, rolpassword FROM pg_authid WHERE rolname = ANY (%s)", (list(passwords),)
    )
    stale = [role for role, login, kept in rows if not login or not _matches(str(kept), passwords[str(role)])]
    statements = []
    for role in map(str, stale):
        # Only the verifier travels: a log or a statement listing never shows the password.
        verifier = admin.pgconn.encrypt_password(passwords[role].encode(), role.encode(), b"scram-sha-256")
        statements.append(
            sql.SQL("ALTER ROLE {} LOGIN PASSWORD {}").format(sql.Identifier(role), sql.Literal(verifier.decode()))
        )
    return statements


def _matches(verifier: str, password: str) -> bool:
    # RFC 5802 and 7677; PostgreSQL stores SCRAM-SHA-256$<iterations>:<salt>$<StoredKey>:<ServerKey>.
    try:
        kind, parameters, keys = verifier.split("$")
        iterations, salt = parameters.split(":")
        stored = base64.b64decode(keys.split(":")[0])
        salted = hashlib.pbkdf2_hmac("sha256", password.encode(), base64.b64decode(salt), int(iterations))
    except ValueError:
        return False
    client_key = hmac.digest(salted, b"Client Key", "sha256")
    return kind == "SCRAM-SHA-256" and hmac.compare_digest(hashlib.sha256(client_key).digest(), stored)


def _missing_database(admin: psycopg.Connection, database: str) -> list[sql.Composed]:
    if admin.execute("SELECT FROM pg_database WHERE datname = %s", (database,)).fetchone() is not None:
        return []
    create = "CREATE DATABASE {} OWNER {} TEMPLATE template0 ENCODING 'UTF8' LOCALE 'C.UTF-8'"
    return [
        _sql(create, database, OWNER),
        # Nobody but the superuser has anything to look for in the others.
        _sql("REVOKE ALL ON DATABASE {} FROM PUBLIC", "postgres"),
        _sql("REVOKE ALL ON DATABASE {} FROM PUBLIC", "template1"),
    ]


def _missing_inside(inside: psycopg.Connection) -> list[sql.Composed]:
    have = {row[0] for row in inside.execute("SELECT extname FROM pg_extension")}
    missing = [_sql("CREATE EXTENSION {} SCHEMA public", name) for name in EXTENSIONS if name not in have]
    schemas = {row[0]: row[1] for row in inside.execute("SELECT nspname, nspowner::regrole::text FROM pg_namespace")}
    if SCHEMA not in schemas:
        missing.append(_sql("CREATE SCHEMA {} AUTHORIZATION {}", SCHEMA, OWNER))
    elif schemas[SCHEMA] != OWNER:
        missing.append(_sql("ALTER SCHEMA {} OWNER TO {}", SCHEMA, OWNER))
    # It stands in the search path: whoever may create there could put a function in our way.
    # ('public' is the schema and, in the first place, everybody.)
    if inside.execute("SELECT has_schema_privilege('public', 'public', 'CREATE')").fetchone() == (True,):
        missing.append(_sql("REVOKE CREATE ON SCHEMA {} FROM PUBLIC", "public"))
    return missing


def _check_suitable(inside: psycopg.Connection) -> None:
    for problem in _unsuitable(inside):
        msg = f"The database {inside.info.dbname} does not suit: {problem}"
        raise DatabaseUnsuitableError(msg, params={"database": inside.info.dbname, "reason": problem})


def _unsuitable(inside: psycopg.Connection) -> Iterator[str]:
    if inside.info.server_version < _OLDEST_SERVER:
        yield f"its PostgreSQL is {inside.info.server_version // 10000}; it must be 15 or newer."
    encoding = inside.info.parameter_status("server_encoding")
    if encoding != "UTF8":
        yield f"its encoding is {encoding}. Make one with: CREATE DATABASE … TEMPLATE template0 ENCODING 'UTF8'."
    if inside.execute("SELECT FROM pg_namespace WHERE nspname = 'public'").fetchone() is None:
        yield "it has no schema named public, where the extensions have to be."
    for name, schema, version in inside.execute(
        "SELECT extname, nspname, extversion FROM pg_extension JOIN pg_namespace n ON n.oid = extnamespace"
        " WHERE extname = ANY (%s)"
        " UNION ALL SELECT name, 'public', default_version FROM pg_available_extensions"
        " WHERE name = ANY (%s) AND installed_version IS NULL",
        (list(EXTENSIONS), list(EXTENSIONS)),
    ):
        if schema != "public":
            yield f"the extension {name} is in the schema {schema}; it has to be in public."
        if name == "postgis" and _version(str(version)) < _OLDEST_POSTGIS:
            yield f"its PostGIS is {version}; it must be 3.3 or newer."


def _check_letters(inside: psycopg.Connection) -> None:
    # Under the C locale a Han character is no letter, and a search for Chinese names finds nothing.
    if inside.execute("SELECT show_trgm('垃圾') = '{}'").fetchone() == (True,):
        msg = (
            f"The database {inside.info.dbname} does not suit: in its locale Chinese characters are no letters. Make "
            "one with: CREATE DATABASE … TEMPLATE template0 ENCODING 'UTF8' LOCALE 'C.UTF-8'."
        )
        raise DatabaseUnsuitableError(msg, params={"database": inside.info.dbname, "reason": "locale"})


def _version(text: str) -> tuple[int, int]:
    major, minor, *_ = text.split(".")
    return int(major), int(minor)


def _sql(template: LiteralString, *names: str) -> sql.Composed:
    return sql.SQL(template).format(*map(sql.Identifier, names))
