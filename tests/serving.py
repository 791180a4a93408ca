"""The service as a process of its own, and the command line beside it."""

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Thread
from typing import IO

ROOT = Path(__file__).parents[1]
_COMMAND = [sys.executable, "-c", "from api.cli import main; main()"]


def gridwarden(data: Path, *arguments: str, check: bool = True) -> subprocess.CompletedProcess[str]:
    """Run one command over a data folder, and answer what it said."""
    environment = {**os.environ, "GRIDWARDEN_DATA": str(data), "COLUMNS": "200", "NO_COLOR": "1", "LANG": "zh_CN.UTF-8"}
    done = subprocess.run(
        [*_COMMAND, *arguments], env=environment, capture_output=True, text=True, check=False, cwd=ROOT
    )
    assert not check or done.returncode == 0, done.stderr
    return done


@contextmanager
def serving(
    data: Path, ending: signal.Signals = signal.SIGINT, **settings: str
) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """Run the service on a free port, with settings of the environment besides, and stop it by its pid."""
    environment = {**os.environ, "GRIDWARDEN_DATA": str(data), "PYTHONUNBUFFERED": "1", "COLUMNS": "200", **settings}
    command = [*_COMMAND, "serve", "--port", "0"]
    process = subprocess.Popen(command, env=environment, stderr=subprocess.PIPE, text=True, cwd=ROOT)
    try:
        assert process.stderr is not None
        line = process.stderr.readline()
        address = re.search(r"http://\S+/", line)
        assert address, line
        log = Thread(target=_read, args=(process.stderr,), daemon=True)
        log.start()
        yield process, address[0].rstrip("/")
    finally:
        if process.poll() is None:
            process.send_signal(ending)
        try:
            process.wait(30)
        finally:
            # One that does not end fails the test, and must not start its database again behind those after it.
            process.kill()
            log.join(30)
    assert not log.is_alive(), "something that it started goes on without it"


def _read(log: IO[str]) -> None:
    with log:
        sys.stdout.write(log.read())
