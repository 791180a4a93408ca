"""Who uses the embedded cluster now: one locked file per command.

Owns the folder of these files.  A file counts only while its lock is held, and the kernel lets
go of the lock however the command ends, so a killed one leaves by itself.  Decides nothing about
starting or stopping.
"""

from __future__ import annotations

import fcntl
import os
import secrets
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO


@dataclass(frozen=True)
class Lessee:
    """A command that uses the cluster."""

    pid: int
    command: str


def sign_in(folder: Path) -> IO[str]:
    """Answer an open, locked file in the folder; call it under the cluster's lock."""
    held = (folder / f"{os.getpid()}.{secrets.token_hex(4)}").open("x")
    fcntl.flock(held, fcntl.LOCK_EX)
    return held


def sign_out(held: IO[str]) -> None:
    """Give up the place that `sign_in` answered."""
    held.close()
    Path(held.name).unlink(missing_ok=True)


def present(folder: Path) -> tuple[Lessee, ...]:
    """Answer who uses the cluster now, by process number."""
    files = sorted(folder.glob("*.*"), key=_pid_of)
    return tuple(Lessee(_pid_of(file), _command_of(_pid_of(file))) for file in files if _is_held(file))


def sweep(folder: Path) -> None:
    """Remove the files of those who are gone; call it under the cluster's lock."""
    for file in folder.glob("*.*"):
        if not _is_held(file):
            file.unlink(missing_ok=True)


def _is_held(file: Path) -> bool:
    with suppress(FileNotFoundError), file.open() as probe:
        try:
            # Shared, so that two who look at once do not take each other for a lessee.
            fcntl.flock(probe, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
    return False


def _pid_of(file: Path) -> int:
    return int(file.name.partition(".")[0])


def _command_of(pid: int) -> str:
    try:
        words = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")[:6]
    except OSError:
        return "?"
    return " ".join(Path(os.fsdecode(word)).name for word in words if word) or "?"
