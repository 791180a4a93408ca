"""The errors of Gridwarden, each with a code that never changes.

Owns the base class and the errors of geometry and storage.  Knows no HTTP: ``api.errors``
alone maps a code to a status number, and the command line prints the text and exits with 1.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar


class GridwardenError(Exception):
    """Something that a person can act on; ``str()`` says in English what to do.

    Parameters
    ----------
    message : str
        What is wrong and what to do about it, in plain English.
    params : mapping, optional
        The values in the message by name, so that a translation can be made from the code.
    """

    code: ClassVar[str] = "gridwarden_error"

    def __init__(self, message: str, *, params: Mapping[str, object] | None = None) -> None:
        super().__init__(message)
        self.params: dict[str, object] = dict(params or {})


class ClusterError(GridwardenError):
    """The embedded PostgreSQL could not be made, started or stopped."""

    code = "cluster_error"


class PostgresMissingError(ClusterError):
    """No PostgreSQL server programs of a usable version on this machine."""

    code = "postgres_missing"


class PostgisMissingError(ClusterError):
    """PostgreSQL is there, its extension PostGIS is not."""

    code = "postgis_missing"


class ClusterVersionError(ClusterError):
    """The data directory was made by another major version of PostgreSQL."""

    code = "cluster_version"


class ClusterUnreachableError(ClusterError):
    """The cluster does not start, does not answer, or its folder cannot be reached."""

    code = "cluster_unreachable"


class ClusterBusyError(ClusterError):
    """Other commands use the cluster, or somebody else holds its lock."""

    code = "cluster_busy"


class DatabaseUnsuitableError(GridwardenError):
    """The database given is too old, lacks an extension, or is not encoded in UTF8."""

    code = "database_unsuitable"


class DatabaseForbiddenError(GridwardenError):
    """The login given may not make what is missing; the text carries the SQL to run."""

    code = "database_forbidden"


class DatabaseUnreachableError(GridwardenError):
    """The database given does not answer, or refuses the login."""

    code = "database_unreachable"
