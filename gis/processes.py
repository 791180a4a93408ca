"""Finds and runs programs of PostgreSQL, and tells which running process belongs to which data.

Owns the questions "which programs", "as which user" and "is this process ours".  Decides nothing
about when a server starts or stops, and never trusts a process number alone.
"""

from __future__ import annotations

import os
import pwd
import re
import select
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from gis.errors import ClusterUnreachableError, ClusterVersionError, PostgisMissingError, PostgresMissingError

OLDEST_POSTGRES = 15
_PACKAGED = ("/usr/lib/postgresql/*/bin", "/usr/pgsql-*/bin")
_INSTALL_HINT = (
    "On Debian or Ubuntu, ./run installs it (as root or with sudo), or:\n"
    "    apt-get install postgresql-15 postgresql-15-postgis-3\n"
    "(any version from 15 on will do). Or set GRIDWARDEN_DATABASE_URL to a PostgreSQL 15+ with PostGIS 3.3+."
)


@dataclass(frozen=True)
class ServiceUser:
    """The user as whom PostgreSQL runs; PostgreSQL refuses to run as root."""

    name: str
    uid: int
    gid: int

    @classmethod
    def of_uid(cls, uid: int) -> ServiceUser:
        """Answer the user with this number; raises `KeyError` without a passwd entry."""
        entry = pwd.getpwuid(uid)
        return cls(entry.pw_name, entry.pw_uid, entry.pw_gid)

    def run(
        self, command: Sequence[str | Path], *, timeout_s: float = 120, log_fd: int = -1, hold_fd: int = -1
    ) -> subprocess.CompletedProcess[str]:
        """Run a program as this user, from ``/`` and with a bare environment.

        Parameters
        ----------
        command : sequence of str or Path
            Program and arguments; must carry no secret, since process listings show it.
        timeout_s : float
            Seconds after which it is given up.
        log_fd : int
            Where both outputs go; without it they are captured.
        hold_fd : int
            A descriptor that the program keeps open for as long as it runs.
        """
        output = subprocess.PIPE if log_fd < 0 else log_fd
        change = os.geteuid() != self.uid
        return subprocess.run(
            [str(part) for part in command],
            # The caller's folder may be closed to this user, and PG* variables would change what is meant.
            cwd="/",
            env={"PATH": os.defpath, "HOME": "/", "LC_ALL": "C.UTF-8", "TZ": "UTC"},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            pass_fds=() if hold_fd < 0 else (hold_fd,),
            user=self.uid if change else None,
            group=self.gid if change else None,
            extra_groups=os.getgrouplist(self.name, self.gid) if change else None,
            umask=0o077,
            text=True,
            check=False,
            timeout=timeout_s,
        )

    def reaches(self, folder: Path) -> bool:
        """Answer whether this user may enter the folder: asked of the kernel, as that user."""
        return self.run(["test", "-x", folder]).returncode == 0


@dataclass(frozen=True)
class Programs:
    """One installed version of the PostgreSQL server."""

    bin: Path
    major: int
    has_postgis: bool


def installed_programs() -> list[Programs]:
    """Answer every installed version from 15 on, distribution packages first, newest first."""
    packaged = [folder for pattern in _PACKAGED for folder in Path("/").glob(pattern.lstrip("/"))]
    found = sorted(filter(None, map(_programs_in, packaged)), key=lambda p: p.major, reverse=True)
    on_path = shutil.which("postgres")
    if on_path and (other := _programs_in(Path(on_path).resolve().parent)) and other not in found:
        found.append(other)
    return found


def choose_programs(installed: Sequence[Programs], made_by: int | None) -> Programs:
    """Answer the version to run.

    Parameters
    ----------
    installed : sequence of Programs
        What `installed_programs` answered.
    made_by : int or None
        The major version that made the data; None when there is no data yet.

    Raises
    ------
    PostgresMissingError, PostgisMissingError, ClusterVersionError
        With what to install.

    Examples
    --------
    >>> old, new = (Programs(Path(f"/opt/{n}/bin"), n, True) for n in (15, 17))
    >>> choose_programs([new, old], None).major, choose_programs([new, old], 15).major
    (17, 15)
    """
    if not installed:
        msg = f"The server programs of PostgreSQL {OLDEST_POSTGRES} or newer were not found. {_INSTALL_HINT}"
        raise PostgresMissingError(msg)
    usable = [p for p in installed if made_by in (None, p.major)]
    if not usable:
        have = ", ".join(str(p.major) for p in installed)
        msg = (
            f"The database was made by PostgreSQL {made_by}, installed is {have}. Install PostgreSQL "
            f"{made_by} with PostGIS beside it to go on, or carry the data over: back up with {made_by}, "
            "then `gridwarden db reset`, then restore."
        )
        raise ClusterVersionError(msg, params={"made_by": made_by, "installed": have})
    for programs in usable:
        if programs.has_postgis:
            return programs
    raise postgis_missing(usable[0].major)


def postgis_missing(major: int) -> PostgisMissingError:
    """Answer the error to raise when PostgreSQL has no PostGIS beside it."""
    msg = f"PostgreSQL {major} is installed, its extension PostGIS is not. {_INSTALL_HINT}"
    return PostgisMissingError(msg, params={"postgres": major})


def _programs_in(folder: Path) -> Programs | None:
    with suppress(OSError, subprocess.SubprocessError):
        version = _printed(folder / "postgres", "--version")
        major = re.search(r"\(PostgreSQL\) (\d+)", version)
        if major and int(major[1]) >= OLDEST_POSTGRES and (folder / "initdb").exists():
            shared = Path(_printed(folder / "pg_config", "--sharedir").strip())
            return Programs(folder, int(major[1]), (shared / "extension/postgis.control").exists())
    return None


def _printed(program: Path, option: str) -> str:
    done = subprocess.run([program, option], capture_output=True, text=True, check=True, timeout=20)
    return done.stdout


@dataclass(frozen=True)
class Postmaster:
    """A running server, as its pid file describes it and the kernel confirms it."""

    pid: int
    started: int
    socket_folder: Path
    status: str


def postmaster_of(data: Path) -> Postmaster | None:
    """Answer the server that runs on this data; None if there is none, whatever a pid file says.

    A pid file outlives a crash and its number may by then be another program's, so it counts only
    if that process was started with ``-D`` and this folder.
    """
    try:
        lines = (data / "postmaster.pid").read_text().splitlines()
        pid, started = int(lines[0]), int(lines[2])
    except (OSError, ValueError, IndexError):
        return None
    arguments = _cmdline(pid)
    if (b"-D", os.fsencode(data)) not in pairwise(arguments):
        return None
    socket_folder = lines[4] if len(lines) > 4 else ""
    status = lines[7].strip() if len(lines) > 7 else "starting"
    return Postmaster(pid, started, Path(socket_folder), status)


def orphans_of(data: Path) -> Iterator[int]:
    """Yield the server processes that work in this folder (backends of a killed postmaster too)."""
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            with suppress(OSError):
                inside = (entry / "cwd").readlink() == data
                # Somebody's shell may stand in the folder as well: only the server's own are meant.
                if inside and (entry / "exe").readlink().name.removesuffix(" (deleted)") == "postgres":
                    yield int(entry.name)


def end(pid: int, *steps: tuple[signal.Signals, float]) -> bool:
    """Send signals one after the other until the process has ended; answers whether it has.

    Parameters
    ----------
    pid : int
        The process; a handle is taken first, so the number cannot change hands meanwhile.
    *steps : tuple of signal and float
        Signal and the seconds to wait after it.
    """
    try:
        handle = os.pidfd_open(pid)
    except ProcessLookupError:
        return True
    try:
        for name, wait_s in steps:
            with suppress(ProcessLookupError):
                signal.pidfd_send_signal(handle, name)
            if _readable(handle, wait_s):
                return True
        return False
    finally:
        os.close(handle)


def launch(user: ServiceUser, command: Sequence[str | Path], *, log: Path, data: Path, timeout_s: float) -> None:
    """Start a server that outlives this process, and wait until it accepts connections.

    Raises
    ------
    ClusterUnreachableError
        It ended or did not become ready; the text carries the end of its log.
    """
    reading, holding = os.pipe()
    with log.open("ab") as sink:
        begins = sink.tell()
        try:
            user.run(["setsid", "--fork", *command], log_fd=sink.fileno(), hold_fd=holding)
        finally:
            os.close(holding)
    try:
        until = time.monotonic() + timeout_s
        while (found := postmaster_of(data)) is None or found.status != "ready":
            # All ends of the pipe close when the server has ended, so nobody waits for a dead one;
            # unless another, whose starter was killed, came first and is still starting.
            ended = _readable(reading, 0.02) and postmaster_of(data) is None
            if ended or time.monotonic() > until:
                tail = _since(log, begins)
                what = "ended at once" if ended else f"was not ready within {timeout_s:.0f} s"
                msg = f"PostgreSQL {what}. The end of {log}:\n{tail}"
                raise ClusterUnreachableError(msg, params={"log": str(log)})
    finally:
        os.close(reading)


def _since(log: Path, offset: int) -> str:
    with log.open("rb") as source:
        source.seek(offset)
        lines = source.read().decode(errors="replace").splitlines()
    return "\n".join(f"    {line[:160]}" for line in lines[-12:])


def _readable(descriptor: int, wait_s: float) -> bool:
    # Not select(): it fails on descriptors above 1,023, which a busy service has.
    poll = select.poll()
    poll.register(descriptor, select.POLLIN)
    return bool(poll.poll(wait_s * 1000))


def _cmdline(pid: int) -> list[bytes]:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
    except OSError:
        return []
