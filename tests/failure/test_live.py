"""Live pages while things die: the database comes back without being asked for, and a service that stops does not wait."""

import os
import signal
import threading
import time
from collections.abc import Callable
from pathlib import Path
from uuid import uuid4

import httpx2
import pytest

from gis.cluster import Cluster
from gis.migrate import upgrade
from gis.settings import DatabaseSettings
from gis.store import open_store
from tests import little_town
from tests.little_town import HEADED, IN_HEADED, Told
from tests.serving import serving


class Stream(threading.Thread):
    """The head's open stream; collects what it says."""

    def __init__(self, address: str) -> None:
        super().__init__()
        self.lines: list[str] = []
        self._address = address
        self.start()
        wait_for(lambda: "event: ready" in self.lines)

    def run(self) -> None:
        """Read until it ends."""
        with httpx2.Client(base_url=self._address, timeout=30) as client:
            client.post("/login", data={"login": "head", "password": little_town.PASSWORD})
            with client.stream("GET", f"/areas/{HEADED}/live") as answer:
                for line in answer.iter_lines():
                    self.lines.append(line)


def wait_for(truth: Callable[[], bool], seconds: float = 30) -> float:
    begun = time.monotonic()
    while not truth():
        assert time.monotonic() - begun < seconds
        time.sleep(0.02)
    return time.monotonic() - begun


@pytest.fixture
def town(data_folder: Path) -> Path:
    with open_store(DatabaseSettings(data=data_folder)) as store:
        upgrade(store.dsn("migrate"))
        little_town.build(store)
    return data_folder


def test_an_open_page_brings_the_database_back(town: Path) -> None:
    cluster = Cluster.for_data(town)
    with serving(town) as (_, address):
        stream = Stream(address)
        postmaster = cluster.status().postmaster
        assert postmaster is not None
        os.kill(postmaster.pid, signal.SIGKILL)
        # Nobody asks for anything: the page that is open is enough.
        wait_for(lambda: (found := cluster.status().postmaster) is not None and found.pid != postmaster.pid)
        told = stream.lines.count("event: cases")

        def sent() -> bool:
            answer = httpx2.post(
                f"{address}/api/reports",
                json=Told(*IN_HEADED).body(),
                headers={"Idempotency-Key": uuid4().hex},
                timeout=10,
            )
            return answer.status_code == 201

        wait_for(sent)
        wait_for(lambda: stream.lines.count("event: cases") > told)
        assert stream.is_alive()
    stream.join(5)
    assert not stream.is_alive()


@pytest.mark.parametrize("ending", [signal.SIGINT, signal.SIGTERM])
def test_a_service_that_stops_does_not_wait_for_open_pages(town: Path, ending: signal.Signals) -> None:
    with serving(town, ending) as (process, address):
        streams = [Stream(address) for _ in range(3)]
        process.send_signal(ending)
        begun = time.monotonic()
        # Everything that was answered is closed at once; the database then takes its own time.
        for stream in streams:
            stream.join(2.5)
            assert not stream.is_alive()
        process.wait(10)
        assert time.monotonic() - begun < 5
