"""The embedded PostgreSQL: one private cluster per data folder, behind a unix socket only.

Owns making, starting, sharing and stopping it, and heals what a crash has left.  A lock decides
who starts and who stops.  Knows no roles and no tables (``gis.roles``), and never touches a
cluster that it did not make.
"""

from __future__ import annotations

import fcntl
import os
import secrets
import shutil
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from gis import lessees
from gis.cluster_home import Home, find_home
from gis.errors import ClusterBusyError, ClusterUnreachableError
from gis.processes import (
    Postmaster,
    Programs,
    choose_programs,
    end,
    installed_programs,
    launch,
    orphans_of,
    postmaster_of,
)

SUPERUSER = "gridwarden_admin"
PORT = 5432  # only a part of the socket's name; fixed, so that PGPORT cannot change it
_LOG_LIMIT_BYTES = 16_000_000
_HBA = """\
# Written by Gridwarden at every start.  Each login needs its password; there is no other way in.
local  all          all  scram-sha-256
local  replication  all  scram-sha-256
"""
# Sizes suit a machine with two cores and a few gigabytes that PostgreSQL shares with the service.
_SERVER_SETTINGS = {
    "listen_addresses": "",  # no network, not even loopback
    "port": str(PORT),
    "unix_socket_permissions": "0700",
    "password_encryption": "scram-sha-256",
    "fsync": "on",  # an acknowledged report survives a power cut: these three together
    "full_page_writes": "on",
    "synchronous_commit": "on",
    "shared_buffers": "256MB",  # a city's tables and indexes fit; the rest is the system's cache
    "effective_cache_size": "1GB",
    "work_mem": "16MB",  # sorts of a dashboard stay in memory, for a dozen at a time
    "maintenance_work_mem": "128MB",  # GiST indexes of an imported edition
    "max_wal_size": "1GB",  # an import does not force a checkpoint every few seconds
    "random_page_cost": "1.1",  # solid-state disks and cached pages: spatial indexes pay
    "jit": "off",  # statements here are short; compiling takes longer than it saves
    "timezone": "UTC",
    "log_timezone": "UTC",
    "lc_messages": "C",
    # A log must not tell what residents wrote: no statement, no DETAIL with a row's values.
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
}


@dataclass(frozen=True)
class ClusterStatus:
    """What there is to say about a cluster, without any secret."""

    home: Home
    postmaster: Postmaster | None
    made_by: int | None
    kept: bool
    lessees: tuple[lessees.Lessee, ...]


class Cluster:
    """One embedded cluster, seen from one process; any number of processes may share it.

    Parameters
    ----------
    home : Home
        Where it lives and as whom it runs.
    start_timeout_s : float
        Seconds to wait for a start (crash recovery included), a stop, or the lock.
    """

    def __init__(self, home: Home, *, start_timeout_s: float = 120) -> None:
        self.home = home
        self._timeout_s = start_timeout_s

    @classmethod
    def for_data(cls, data: Path) -> Cluster:
        """Answer the cluster that belongs to a data folder, running or not, made or not."""
        return cls(find_home(data))

    def start(self, *, keep: bool = True) -> Postmaster:
        """Start the cluster, or answer the one that runs; makes and heals what is needed.

        Parameters
        ----------
        keep : bool
            Whether it goes on when nobody uses it, until `stop`.
        """
        with self._locked() as lock:
            postmaster = self._running(lock)
            if keep:
                (self.home.path / "kept").touch()
            return postmaster

    def stop(self, *, force: bool = False) -> bool:
        """Stop the cluster; answers whether it ran.

        Raises
        ------
        ClusterBusyError
            Others use it, and `force` was not given.
        """
        with self._locked():
            self._refuse_if_used(force=force, verb="stop")
            (self.home.path / "kept").unlink(missing_ok=True)
            return self._stop()

    def reset(self, *, force: bool = False) -> None:
        """Stop the cluster and remove it with all its data and passwords, for good."""
        with self._locked():
            self._refuse_if_used(force=force, verb="reset")
            self._stop()
            (self.home.path / "kept").unlink(missing_ok=True)
            for name in ("data", "passwords"):
                # Renamed first: a removal cut short leaves no half a database behind.
                with suppress(FileNotFoundError):
                    (self.home.path / name).rename(self.home.path / f"removed-{secrets.token_hex(4)}")
            self._sweep()
            shutil.rmtree(self.home.socket_folder())

    def status(self) -> ClusterStatus:
        """Answer where it is, whether it runs, and who uses it; changes nothing."""
        if not self.home.path.exists():
            return ClusterStatus(self.home, None, None, kept=False, lessees=())
        users = lessees.present(self.home.lessees)
        postmaster = postmaster_of(self.home.data)
        kept = (self.home.path / "kept").exists()
        return ClusterStatus(self.home, postmaster, self.home.made_by(), kept, users)

    def programs(self) -> Programs:
        """Answer the installed version of PostgreSQL that fits the data."""
        return choose_programs(installed_programs(), self.home.made_by())

    @contextmanager
    def lease(self) -> Iterator[Postmaster]:
        """Use the cluster: started if it does not run, shared if it does.

        Whoever leaves last stops it, unless `start` was asked to keep it.  A lessee that is killed
        leaves by itself, because its lock ends with it.
        """
        with self._locked() as lock:
            postmaster = self._running(lock)
            held = lessees.sign_in(self.home.lessees)
            self.home.hand_over(Path(held.name))
        try:
            yield postmaster
        finally:
            with self._locked():
                lessees.sign_out(held)
                if not lessees.present(self.home.lessees) and not (self.home.path / "kept").exists():
                    self._stop()

    # Below: only while the lock is held.

    def _running(self, lock: int) -> Postmaster:
        found = postmaster_of(self.home.data)
        if found and found.status == "ready" and not (found.socket_folder / f".s.PGSQL.{PORT}").exists():
            # Somebody cleaned the folder of temporary files: nobody can get in, so nothing is lost.
            self._stop()
        elif found and self._becomes_ready(found):
            return postmaster_of(self.home.data) or found
        self._sweep()
        self._make(lock)
        self._heal()
        return self._launch()

    def _becomes_ready(self, found: Postmaster) -> bool:
        until = time.monotonic() + self._timeout_s
        while time.monotonic() < until:
            now = postmaster_of(self.home.data)
            if now is None or now.pid != found.pid:
                return False
            if now.status == "ready":
                return True
            time.sleep(0.05)
        msg = f"PostgreSQL (process {found.pid}) is {found.status} and does not become ready; see {self.home.log}."
        raise ClusterUnreachableError(msg, params={"pid": found.pid, "log": str(self.home.log)})

    def _make(self, lock: int) -> None:
        home = self.home
        if home.made_by() is not None:
            return
        # Made beside its place and renamed when whole, so that a kill in between leaves no half.
        making = home.path / f"making-{secrets.token_hex(4)}"
        making.mkdir(mode=0o700)
        secret = making / "password"
        secret.write_text(home.password(SUPERUSER))
        for path in (secret, making):
            os.chown(path, home.user.uid, home.user.gid)
        target = making / "data"
        command: list[str | Path]
        command = [self.programs().bin / "initdb", "-D", target, f"--username={SUPERUSER}", f"--pwfile={secret}"]
        # C.UTF-8 knows which characters are letters; under C, Chinese words have no trigrams.
        command += ["--encoding=UTF8", "--locale=C.UTF-8", "--auth=scram-sha-256"]
        # It keeps the lock even if this process is killed: nobody sweeps away what is still being written.
        done = home.user.run(command, timeout_s=self._timeout_s, hold_fd=lock)
        if done.returncode != 0:
            msg = f"The database could not be made in {home.path}:\n{done.stdout.strip()[-1500:]}"
            raise ClusterUnreachableError(msg, params={"home": str(home.path)})
        target.rename(home.data)
        self._sweep()

    def _heal(self) -> None:
        data = self.home.data
        # After kill -9 of a postmaster its busy backends work on and hold the shared memory.
        for pid in list(orphans_of(data)):
            end(pid, (signal.SIGQUIT, 5), (signal.SIGKILL, 5))
        if postmaster_of(data) is None:
            # The number in a stale file may be another program's by now, or that of a dead process which
            # nobody has collected; PostgreSQL would believe it in either case.
            socket = self.home.socket_folder() / f".s.PGSQL.{PORT}"
            for stale in (data / "postmaster.pid", socket, socket.with_name(f"{socket.name}.lock")):
                stale.unlink(missing_ok=True)

    def _launch(self) -> Postmaster:
        home = self.home
        programs = self.programs()
        hba = home.path / "pg_hba.conf"
        hba.write_text(_HBA)
        hba.chmod(0o644)  # the service user reads it, and it tells nothing
        if home.log.exists() and home.log.stat().st_size > _LOG_LIMIT_BYTES:
            home.log.replace(home.log.with_suffix(".log.1"))
        home.log.touch(mode=0o600)
        for made in (hba, home.log):
            home.hand_over(made)
        settings = _SERVER_SETTINGS | {
            "unix_socket_directories": str(home.socket_folder()),
            "hba_file": str(hba),
        }
        options: list[str | Path] = [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
        command = [programs.bin / "postgres", "-D", home.data, *options]
        launch(home.user, command, log=home.log, data=home.data, timeout_s=self._timeout_s)
        found = postmaster_of(home.data)
        if found is None:
            msg = f"PostgreSQL started and ended again; see {home.log}."
            raise ClusterUnreachableError(msg, params={"log": str(home.log)})
        return found

    def _stop(self) -> bool:
        found = postmaster_of(self.home.data)
        if found is None:
            return False
        # SIGINT rolls back and writes a checkpoint; SIGQUIT leaves it to recovery; both keep what was committed.
        if not end(found.pid, (signal.SIGINT, self._timeout_s), (signal.SIGQUIT, 20)):
            msg = f"PostgreSQL (process {found.pid}) does not stop; see {self.home.log}."
            raise ClusterBusyError(msg, params={"pid": found.pid})
        return True

    def _refuse_if_used(self, *, force: bool, verb: str) -> None:
        users = lessees.present(self.home.lessees)
        if users and not force:
            listed = "\n".join(f"    {one.pid}  {one.command}" for one in users)
            msg = f"The database is in use by\n{listed}\nEnd these first, or say: gridwarden db {verb} --force"
            raise ClusterBusyError(msg, params={"pids": [one.pid for one in users]})

    def _sweep(self) -> None:
        for pattern in ("making-*", "removed-*"):
            for rest in self.home.path.glob(pattern):
                shutil.rmtree(rest)
        lessees.sweep(self.home.lessees)
        self.home.make()

    @contextmanager
    def _locked(self) -> Iterator[int]:
        self.home.make()
        path = self.home.path / "lock"
        try:
            handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
        except PermissionError as exc:
            raise self.home.closed() from exc
        try:
            self.home.hand_over(path)
            until = time.monotonic() + self._timeout_s
            while not _flocked(handle):
                if time.monotonic() > until:
                    msg = f"Another command has been starting or stopping the database for long; it holds {path}."
                    raise ClusterBusyError(msg, params={"lock": str(path)})
                time.sleep(0.02)
            yield handle
        finally:
            os.close(handle)


def _flocked(handle: int) -> bool:
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
