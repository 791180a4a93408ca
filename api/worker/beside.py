"""A worker beside ``gridwarden serve``: started with it, started again when it dies, ended with it.

A process of its own in a session of its own, so that Ctrl-C in a terminal reaches the service alone, which then ends
the worker by its number.  Should the service be killed, the worker sees its standard input end.
"""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event, Lock, Thread

_GRACE_S = 5
_AGAIN_AFTER_S = 5


class Companion:
    """One worker process that is kept alive.

    Parameters
    ----------
    address : str
        Of the service, where links in letters lead unless a setting says otherwise.
    """

    def __init__(self, address: str) -> None:
        self._environment = {"GRIDWARDEN_PUBLIC_URL": address, **os.environ}
        self._ending = Event()
        self._starting = Lock()
        self._process = self._start()
        self._watch = Thread(target=self._keep_alive, name="worker", daemon=True)
        self._watch.start()

    def stop(self) -> None:
        """End it and wait for its end; what it was at is taken over by the next one."""
        with self._starting:
            self._ending.set()
            process = self._process
        process.terminate()
        try:
            process.wait(_GRACE_S)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        self._watch.join()
        if process.stdin is not None:
            process.stdin.close()

    def _start(self) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            [sys.executable, "-m", "api.worker"],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            env=self._environment,
            start_new_session=True,
        )

    def _keep_alive(self) -> None:
        while not self._ending.is_set():
            self._process.wait()
            if self._ending.wait(_AGAIN_AFTER_S):
                return
            with self._starting:
                if not self._ending.is_set():
                    if self._process.stdin is not None:
                        self._process.stdin.close()
                    self._process = self._start()


@contextmanager
def worker_beside(address: str, *, wanted: bool) -> Iterator[None]:
    """Run a worker as long as this lasts, if one is wanted."""
    companion = Companion(address) if wanted else None
    try:
        yield
    finally:
        if companion is not None:
            companion.stop()
