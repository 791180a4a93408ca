"""Real processes, really killed: what was acknowledged is there, what is sent again is there once, and service comes back."""

import os
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event, Thread
from uuid import uuid4

import httpx2
import psycopg
import pytest

from gis.cluster import Cluster
from gis.migrate import upgrade
from gis.settings import DatabaseSettings
from gis.store import open_store
from tests import little_town
from tests.little_town import Told
from tests.serving import gridwarden, serving

ROUNDS = 3
BACK_WITHIN_S = 30


@dataclass
class Reporter:
    """Sends one report after the other, each until it is acknowledged, always with its own key."""

    address: str
    acknowledged: list[str] = field(default_factory=list)
    refused: set[int] = field(default_factory=set)
    stop: Event = field(default_factory=Event)

    def run(self) -> None:
        """Report until told to stop."""
        while not self.stop.is_set():
            key = uuid4().hex
            body = Told(*little_town.IN_HEADED).body(text=key)
            while not self._sent(key, body):
                if self.stop.wait(0.1):
                    return

    def _sent(self, key: str, body: dict[str, object]) -> bool:
        try:
            answer = httpx2.post(f"{self.address}/api/reports", json=body, headers={"Idempotency-Key": key}, timeout=10)
        except httpx2.TransportError:
            return False
        if answer.status_code != 201:
            self.refused.add(answer.status_code)
            assert answer.status_code == 503, answer.text
            assert answer.headers["Retry-After"]
            return False
        self.acknowledged.append(answer.json()["number"])
        return True


@contextmanager
def reporting(address: str, count: int = 4) -> Iterator[list[Reporter]]:
    reporters = [Reporter(address) for _ in range(count)]
    threads = [Thread(target=reporter.run) for reporter in reporters]
    for thread in threads:
        thread.start()
    try:
        yield reporters
    finally:
        for reporter in reporters:
            reporter.stop.set()
        for thread in threads:
            thread.join()


def acknowledged(reporters: list[Reporter]) -> list[str]:
    return [number for reporter in reporters for number in reporter.acknowledged]


def wait_for_more(reporters: list[Reporter], more: int = 10) -> float:
    """Wait until so many more reports are acknowledged, and answer how long that took."""
    start, had = time.monotonic(), len(acknowledged(reporters))
    while len(acknowledged(reporters)) < had + more:
        assert time.monotonic() - start < BACK_WITHIN_S, "the service did not come back"
        time.sleep(0.02)
    return time.monotonic() - start


@pytest.fixture
def town(data_folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    # The reporters share one address and send as fast as they can, which is not what is tested here.
    for quota in ("DEVICE_AT_ONCE", "NETWORK_PER_MINUTE"):
        monkeypatch.setenv(f"GRIDWARDEN_QUOTA_{quota}", "1000000")
    with open_store(DatabaseSettings(data=data_folder)) as store:
        upgrade(store.dsn("migrate"))
        little_town.build(store)
    return data_folder


def stored(data: Path) -> list[str]:
    """Every report's number, by its words, from the database itself."""
    with open_store(DatabaseSettings(data=data)) as store, psycopg.connect(store.dsn("migrate")) as owner:
        owner.execute("SET ROLE gridwarden_owner")
        rows = owner.execute("SELECT number, words FROM reports r JOIN report_words w ON w.report_id = r.id").fetchall()
        assert len({words for _, words in rows}) == len(rows), "a report sent again is there twice"
        whole = owner.execute(
            # A case that was taken in late in the day is soon due, which the worker tells in a row of its own.
            "SELECT count(*) FROM reports r JOIN cases c ON c.id = r.case_id"
            " JOIN events e ON e.case_id = c.id AND e.verb = 'receive'"
            " JOIN outbox o ON (o.payload ->> 'case_id')::bigint = c.id AND o.topic = 'report.received'"
        ).fetchone()
        assert whole == (len(rows),), "a report without its case, event or outbox row"
        return [number for number, _ in rows]


def test_killing_postgresql_loses_nothing_and_it_comes_back(town: Path) -> None:
    with serving(town) as (_, address), reporting(address) as reporters:
        for _ in range(ROUNDS):
            wait_for_more(reporters)
            postmaster = Cluster.for_data(town).status().postmaster
            assert postmaster is not None
            os.kill(postmaster.pid, signal.SIGKILL)
            wait_for_more(reporters)
    assert set(acknowledged(reporters)) <= set(stored(town))


def test_killing_the_service_loses_nothing(town: Path) -> None:
    everything: list[str] = []
    for _ in range(ROUNDS):
        with serving(town) as (process, address), reporting(address) as reporters:
            wait_for_more(reporters)
            process.kill()
            process.wait(10)
        everything += acknowledged(reporters)
    assert set(everything) <= set(stored(town))


def test_a_port_in_use_is_said_and_nothing_is_started(town: Path) -> None:
    with serving(town) as (_, address):
        port = address.rpartition(":")[2]
        second = gridwarden(town, "serve", "--port", port, check=False)
    assert second.returncode == 1
    assert f"Port {port} of 127.0.0.1 is in use" in second.stderr
    assert "Traceback" not in second.stderr


@pytest.mark.parametrize("ending", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_ending_the_service_ends_what_it_started(town: Path, ending: signal.Signals) -> None:
    cluster = Cluster.for_data(town)
    with serving(town, ending):
        assert cluster.status().postmaster is not None
    assert cluster.status().postmaster is None
