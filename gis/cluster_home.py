"""Decides where the embedded PostgreSQL lives, as whom it runs, and keeps its passwords.

Owns the folder of the cluster, its short socket folder and the password files.  Starts nothing,
and changes the mode of no folder that it did not make itself.
"""

from __future__ import annotations

import hashlib
import os
import pwd
import secrets
import shutil
import stat
import subprocess
import tempfile
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from gis.errors import ClusterError, ClusterUnreachableError
from gis.processes import ServiceUser

# Where a root service keeps the data when the service user cannot enter the folder of the clone.
FAR_BASE = Path("/var/lib/gridwarden")
_SERVICE_USERS = ("postgres", "gridwarden")


@dataclass(frozen=True)
class Home:
    """The folder of one embedded cluster; resolved, so that two spellings are one home.

    Attributes
    ----------
    path : Path
        Holds ``data``, ``passwords``, ``postgres.log``, locks and ``lessees``.
    user : ServiceUser
        As whom PostgreSQL runs and to whom ``data`` belongs.
    """

    path: Path
    user: ServiceUser

    @property
    def data(self) -> Path:
        """The data directory of PostgreSQL."""
        return self.path / "data"

    @property
    def log(self) -> Path:
        """The log of the server."""
        return self.path / "postgres.log"

    @property
    def lessees(self) -> Path:
        """One file for each command that uses the cluster."""
        return self.path / "lessees"

    def make(self) -> None:
        """Make the folder if it is missing; safe to call again and at the same time."""
        if not self.path.exists():
            self.path.parent.mkdir(parents=True, exist_ok=True)
            with suppress(FileExistsError):
                self.path.mkdir()
                # Whatever the umask: the service user has to pass through root's folder to ``data``;
                # what is secret beside it is closed by itself.
                self.path.chmod(0o711 if os.geteuid() == 0 else 0o700)
        for name in ("passwords", "lessees"):
            folder = self.path / name
            if not folder.exists():
                folder.mkdir(mode=0o700, exist_ok=True)
                self.hand_over(folder)

    def hand_over(self, made: Path) -> None:
        """Give what was just made to the owner of the home (root may work in a user's home)."""
        owner = self.path.stat()
        if os.geteuid() == 0 and owner.st_uid != 0:
            os.chown(made, owner.st_uid, owner.st_gid, follow_symlinks=False)

    def made_by(self) -> int | None:
        """Answer the major version of PostgreSQL that made the data; None without data."""
        try:
            return int((self.data / "PG_VERSION").read_text())
        except FileNotFoundError:
            return None
        except PermissionError as exc:
            raise self.closed() from exc

    def password(self, role: str) -> str:
        """Answer the password of a role, made up on first use and kept in a 0600 file."""
        target = self.path / "passwords" / role
        with suppress(FileNotFoundError):
            return self._read_password(target)
        handle, name = tempfile.mkstemp(dir=target.parent, prefix=".new-")  # mkstemp makes it 0600
        with os.fdopen(handle, "w") as sink:
            sink.write(secrets.token_urlsafe(32) + "\n")
            sink.flush()
            os.fsync(sink.fileno())
        self.hand_over(Path(name))
        # A hard link is made once: of several first starts one wins and all read the same.
        with suppress(FileExistsError):
            os.link(name, target)
        Path(name).unlink()
        return self._read_password(target)

    def socket_folder(self) -> Path:
        """Answer the short folder of the socket, made if it is missing.

        A socket's address holds 107 bytes, of which PostgreSQL's own part takes 14, so it cannot lie
        in a clone.  The name depends on the home alone, so that a service whose server was restarted
        finds it where it was.  Somebody else's folder of that name is not used.
        """
        name = f"gridwarden-{_digest(self.path)}"
        of_root = self.path.stat().st_uid == 0
        bases = [Path("/run"), Path("/tmp")] if of_root else [Path("/tmp")]  # noqa: S108 - owner and mode are checked
        for folder in (base / name for base in bases):
            with suppress(OSError):
                _make_private(folder, self.user)
                return folder
        msg = (
            f"The socket folder {bases[-1] / name} belongs to somebody else or cannot be made. "
            "Remove it, or name another GRIDWARDEN_DATA."
        )
        raise ClusterUnreachableError(msg, params={"folder": str(bases[-1] / name)})

    def _read_password(self, target: Path) -> str:
        try:
            return target.read_text().strip()
        except PermissionError as exc:
            raise self.closed() from exc

    def closed(self) -> ClusterUnreachableError:
        """Answer the error for a home that belongs to another user."""
        with suppress(OSError, KeyError):
            owner = pwd.getpwuid(self.path.stat().st_uid).pw_name
            msg = (
                f"The database in {self.path} was made by the user {owner}, who alone may use it. Go on as "
                f"{owner}, or name another folder in GRIDWARDEN_DATA."
            )
            return ClusterUnreachableError(msg, params={"home": str(self.path), "owner": owner})
        return ClusterUnreachableError(f"{self.path} cannot be read.", params={"home": str(self.path)})


def find_home(data: Path, *, far_base: Path = FAR_BASE) -> Home:
    """Answer where the cluster for a data folder lives, and as whom it runs.

    An ordinary user keeps it in ``<data>/postgres`` and runs it as himself.  For root it runs as a
    service user: in the same place if that user can get there, else in `far_base`.  A cluster that
    already exists stays where it is and runs as its owner.

    Parameters
    ----------
    data : Path
        ``GRIDWARDEN_DATA``; made if it is missing, with the usual mode.
    far_base : Path
        Where root keeps clusters that have no place in their clone.

    Raises
    ------
    ClusterUnreachableError
        There is a cluster that its own user can no longer reach.
    """
    folder = data.expanduser().absolute()
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as exc:
        msg = f"The folder {folder} cannot be made ({exc.strerror}). Name one that can in GRIDWARDEN_DATA."
        raise ClusterUnreachableError(msg, params={"folder": str(folder)}) from exc
    folder = folder.resolve()
    near = folder / "postgres"
    if os.geteuid() != 0:
        return Home(near, _myself())
    if (owner := _owner_of(near / "data")) is not None:
        if not owner.reaches(near / "data"):
            msg = (
                f"There is a database in {near}, but its user {owner.name} can no longer enter that folder. Open "
                "the folders above it, or move them back to where they were."
            )
            raise ClusterUnreachableError(msg, params={"home": str(near), "owner": owner.name})
        return Home(near, owner)
    far = far_base / _digest(folder)
    if (owner := _owner_of(far / "data")) is not None:
        return Home(far, owner)
    user = _service_user()
    return Home(near if user.reaches(folder) else far, user)


def _owner_of(data: Path) -> ServiceUser | None:
    try:
        uid = data.stat().st_uid
        return ServiceUser.of_uid(uid)
    except FileNotFoundError:
        return None
    except KeyError as exc:
        msg = f"{data} belongs to user number {uid}, who is not known here; PostgreSQL cannot run as them."
        raise ClusterUnreachableError(msg, params={"home": str(data), "owner": uid}) from exc


def _myself() -> ServiceUser:
    try:
        return ServiceUser.of_uid(os.geteuid())
    except KeyError as exc:
        msg = (
            f"User number {os.geteuid()} has no entry in the list of users, and PostgreSQL does not start "
            "without one. Add one, or set GRIDWARDEN_DATABASE_URL."
        )
        raise ClusterError(msg) from exc


def _service_user() -> ServiceUser:
    for name in _SERVICE_USERS:
        with suppress(KeyError):
            return ServiceUser.of_uid(pwd.getpwnam(name).pw_uid)
    name = _SERVICE_USERS[-1]
    nologin = shutil.which("nologin", path="/usr/sbin:/sbin:/usr/bin") or "/bin/false"
    # Not "nobody": it is shared with other services, who could then read the data.
    command = ["useradd", "--system", "--user-group", "--no-create-home", "--home-dir", "/", "--shell", nologin, name]
    try:
        subprocess.run(command, check=True, capture_output=True, text=True, timeout=30)
    except (OSError, subprocess.SubprocessError) as exc:
        msg = "PostgreSQL does not run as root, and no service user could be made. Make one: " + " ".join(command)
        raise ClusterError(msg) from exc
    return ServiceUser.of_uid(pwd.getpwnam(name).pw_uid)


def _make_private(folder: Path, user: ServiceUser) -> None:
    with suppress(FileExistsError):
        folder.mkdir(mode=0o700)
        if os.geteuid() == 0:
            os.chown(folder, user.uid, user.gid, follow_symlinks=False)
    found = folder.lstat()
    private = stat.S_ISDIR(found.st_mode) and stat.S_IMODE(found.st_mode) == 0o700
    if not private or found.st_uid != user.uid:
        raise PermissionError(folder)


def _digest(path: Path) -> str:
    return hashlib.sha256(os.fsencode(path)).hexdigest()[:12]
