"""Processes of one question each, with limits: where strange files are opened.

What is tricked into taking all memory or time dies alone, and whoever asked goes on.  Owns these processes; what is
said to them and answered belongs to the module that each of them runs.
"""

from __future__ import annotations

import asyncio
import os
import resource
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Limits:
    """What a process may take.

    Attributes
    ----------
    memory_bytes : int
        Of its address space.
    cpu_s : int
        Of a processor; then the kernel ends it.
    patience_s : float
        Until whoever asked ends it.
    file_bytes : int
        Of any file that it writes; 0 forbids writing.
    """

    memory_bytes: int
    cpu_s: int
    patience_s: float
    file_bytes: int = 0

    def bind(self) -> None:
        """Hold the process that calls this to the limits, for good."""
        resource.setrlimit(resource.RLIMIT_AS, (self.memory_bytes, self.memory_bytes))
        resource.setrlimit(resource.RLIMIT_CPU, (self.cpu_s, self.cpu_s))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        resource.setrlimit(resource.RLIMIT_FSIZE, (self.file_bytes, self.file_bytes))


# Threads of libraries take address space each, and one file is read by one of them anyway.
_KEPT: Final = ("PATH", "HOME", "LANG", "LC_", "TMPDIR", "LD_", "PYTHON", "VIRTUAL_ENV", "PROJ_", "GDAL_", "COVERAGE_")
_ALONE: Final = {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1", "MALLOC_ARENA_MAX": "2"}


async def ask_confined(module: str, said: bytes, limits: Limits, extra: Mapping[str, str] | None = None) -> bytes:
    """Answer what a module says to some bytes in a process of its own; nothing if it dies or takes too long.

    Parameters
    ----------
    module : str
        It reads its standard input, calls ``Limits.bind`` and writes its answer; none of its errors is passed on.
    said : bytes
        What it is given.
    limits : Limits
        Its patience is held here, the rest by the module itself.
    extra : mapping, optional
        Variables of its environment.
    """
    process = await asyncio.create_subprocess_exec(
        *_command(module),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
        env=_environment(extra),
    )
    try:
        answer, _ = await asyncio.wait_for(process.communicate(said), limits.patience_s)
    except TimeoutError:
        return b""
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    return answer if process.returncode == 0 else b""


def ask_confined_now(module: str, said: bytes, limits: Limits, extra: Mapping[str, str] | None = None) -> bytes:
    """Answer the same and wait for it: for commands, and for threads."""
    try:
        done = subprocess.run(
            _command(module),
            input=said,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=_environment(extra),
            timeout=limits.patience_s,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return b""
    return done.stdout if done.returncode == 0 else b""


def _command(module: str) -> tuple[str, ...]:
    return (sys.executable, "-P", "-m", module)


def _environment(extra: Mapping[str, str] | None) -> dict[str, str]:
    """What it needs to run, and nothing that is secret: it reads what strangers send."""
    kept = {name: value for name, value in os.environ.items() if name.startswith(_KEPT)}
    return {**kept, **_ALONE, **(extra or {})}
