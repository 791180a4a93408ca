"""One way in to the database, whether Gridwarden runs it or somebody else does.

Owns how each role connects.  Leaves starting to ``gis.cluster``, rights to ``gis.roles`` and pools
to whoever asks.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Literal
from urllib.parse import quote, urlencode

import psycopg
from psycopg.conninfo import conninfo_to_dict

from gis.cluster import PORT, SUPERUSER, Cluster
from gis.errors import DatabaseUnsuitableError
from gis.roles import MIGRATE, OWNER, SCHEMA, WEB, WORKER, adopt, provision
from gis.settings import DatabaseSettings

Role = Literal["admin", "migrate", "web", "worker"]
DATABASE = "gridwarden"
_LOGINS: dict[Role, str] = {"admin": SUPERUSER, "migrate": MIGRATE, "web": WEB, "worker": WORKER}
# As whom the one login of a foreign database acts in the service.
_ACTS_AS: dict[Role, dict[str, str]] = {"web": {"role": WEB}, "worker": {"role": WORKER}}
_COMMON = {"search_path": f"{SCHEMA},public", "timezone": "UTC"}
# Whatever migrations make belongs to the owner, who cannot log in.
_SESSION: dict[Role, dict[str, str]] = {role: dict(_COMMON) for role in _LOGINS} | {
    "migrate": _COMMON | {"role": OWNER}
}
# What both drivers take in an address; the rest of a foreign address is libpq's alone.
_SHARED = ("host", "port", "user", "password", "dbname", "passfile", "sslmode", "sslcert", "sslkey", "sslrootcert")


@dataclass(frozen=True)
class Store:
    """A database that is running, and how to reach it in each role.

    Attributes
    ----------
    logins : mapping
        libpq parameters by role; they hold passwords, so they are not shown.
    session : mapping
        Server settings of each connection by role.
    cluster : Cluster or None
        The embedded cluster, or None if somebody else runs the database.
    """

    logins: Mapping[Role, Mapping[str, str]] = field(repr=False)
    session: Mapping[Role, Mapping[str, str]]
    cluster: Cluster | None = None

    @property
    def database(self) -> str:
        """The name of the database."""
        return self.logins["web"]["dbname"]

    def dsn(self, role: Role) -> str:
        """Answer the libpq address for a role, as psycopg and ``psql`` take it; it holds a password."""
        given = dict(self.logins[role])
        ours = [f"-c {name}={_escaped(value)}" for name, value in self.session[role].items()]
        given["options"] = " ".join(filter(None, [given.get("options"), *ours]))
        return _uri(given)

    def asyncpg_kwargs(self, role: Role) -> dict[str, Any]:
        """Answer the arguments of ``asyncpg.connect`` for a role."""
        given = self.logins[role]
        settings = dict(self.session[role])
        if self.cluster is None:
            # asyncpg reads TLS settings and several hosts from an address only.
            if "options" in given:
                settings["options"] = given["options"]
            shared = {name: given[name] for name in _SHARED if name in given}
            return {"dsn": _uri(shared), "server_settings": settings}
        return {
            "host": given["host"],
            "port": int(given["port"]),
            "database": given["dbname"],
            "user": given["user"],
            "password": given["password"],
            "server_settings": settings,
        }

    def named(self, database: str) -> Store:
        """Answer the same store at another database of the same server."""
        return replace(self, logins={role: {**given, "dbname": database} for role, given in self.logins.items()})

    def revive(self) -> None:
        """Start the embedded server again if it has died; does nothing to somebody else's."""
        if self.cluster is not None:
            self.cluster.start(keep=False)


@contextmanager
def open_store(settings: DatabaseSettings) -> Iterator[Store]:
    """Yield the store that the settings name, with its roles and schema made.

    Without an address the embedded cluster is started, or shared with whoever uses it already.

    Parameters
    ----------
    settings : DatabaseSettings
        Where the database or its folder is.

    Raises
    ------
    ClusterError, DatabaseForbiddenError, DatabaseUnreachableError, DatabaseUnsuitableError
    """
    if settings.database_url is not None:
        store = _foreign(settings.database_url.get_secret_value())
        adopt(store.dsn("admin"))
        yield store
        return
    cluster = Cluster.for_data(settings.data)
    with cluster.lease() as postmaster:
        yield _embedded(cluster, postmaster.socket_folder)


def _embedded(cluster: Cluster, socket_folder: Path) -> Store:
    passwords = {login: cluster.home.password(login) for login in _LOGINS.values()}
    logins: dict[Role, dict[str, str]] = {
        role: {
            "host": str(socket_folder),
            "port": str(PORT),
            "dbname": DATABASE,
            "user": login,
            "password": passwords[login],
        }
        for role, login in _LOGINS.items()
    }
    store = Store(logins, _SESSION, cluster)
    del passwords[SUPERUSER]
    provision(_uri(logins["admin"] | {"dbname": "postgres"}), database=DATABASE, passwords=passwords)
    return store


def _foreign(address: str) -> Store:
    # SQLAlchemy writes its driver into the scheme; an address copied from there means the same.
    scheme, separator, rest = address.partition("://")
    try:
        given = {
            name: str(value)
            for name, value in conninfo_to_dict(scheme.partition("+")[0] + separator + rest).items()
            if value is not None
        }
    except psycopg.ProgrammingError:
        given = {}
    if "dbname" not in given or "user" not in given:
        # Not quoted and without its cause: both could show the password.
        msg = (
            "GRIDWARDEN_DATABASE_URL must name a login and a database, such as "
            "postgresql://login:password@host:5432/database (special characters in a password as %XX)."
        )
        raise DatabaseUnsuitableError(msg, params={"reason": "address"})
    session = {role: common | _ACTS_AS.get(role, {}) for role, common in _SESSION.items()}
    return Store(dict.fromkeys(_LOGINS, given), session)


def _uri(given: Mapping[str, str]) -> str:
    rest = {name: value for name, value in given.items() if name not in ("user", "password", "dbname")}
    secret = f":{quote(given['password'], safe='')}" if "password" in given else ""
    login = quote(given["user"], safe="") + secret
    return f"postgresql://{login}@/{quote(given['dbname'], safe='')}?{urlencode(rest, quote_via=quote)}"


def _escaped(value: str) -> str:
    return value.replace("\\", "\\\\").replace(" ", "\\ ")
