"""The worker as a process that is killed: everything is delivered, nothing twice that can be avoided, and it comes back."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psycopg
import pytest

from gis.cluster import Cluster
from gis.migrate import upgrade
from gis.settings import DatabaseSettings
from gis.store import Store, open_store
from grids.subscriptions import add_subscription
from tests import little_town
from tests.receivers import Hook, receiver
from tests.serving import ROOT, gridwarden, serving

ROWS = 200
_COMMAND = [sys.executable, "-c", "from api.cli import main; main()", "worker"]
_SETTINGS = {
    "GRIDWARDEN_SECRET": "s" * 32,
    "GRIDWARDEN_WEBHOOK_PRIVATE": "allow",
    # What a dead one was at is taken over after a second and a half.
    "GRIDWARDEN_WORKER_HEARTBEAT_S": "0.5",
}


@pytest.fixture
def town(data_folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[Path, Store]]:
    for name, value in _SETTINGS.items():
        monkeypatch.setenv(name, value)
    with open_store(DatabaseSettings(data=data_folder)) as store:
        upgrade(store.dsn("migrate"))
        little_town.build(store)
        yield data_folder, store


@contextmanager
def working(data: Path) -> Iterator[subprocess.Popen[bytes]]:
    process = subprocess.Popen(_COMMAND, env={**os.environ, "GRIDWARDEN_DATA": str(data)}, cwd=ROOT)
    try:
        yield process
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGTERM)
        try:
            process.wait(30)
        finally:
            process.kill()


def wait_for(truth: Callable[[], bool], seconds: float = 60) -> None:
    until = time.monotonic() + seconds
    while not truth():
        assert time.monotonic() < until, "it did not come"
        time.sleep(0.02)


def subscribe(store: Store, url: str, rows: int) -> int:
    """A subscription, a case, and so many rows of news about it."""
    now = datetime.now(UTC)
    with psycopg.connect(store.dsn("migrate")) as owner:
        number, _ = add_subscription(owner, url, little_town.CITY, ["case.note"], now, secret=b"s" * 32, private=True)
        owner.execute(
            "INSERT INTO cases (category_code, private, urgency, area_code, chain, owner_area_code, owner_role, received_at, due_at,"
            " channel) VALUES ('dumping', false, 'normal', '9001001', '{90,9001,9001001}', '9001001', 'head', %s,"
            " %s + interval '1 day', 'app')",
            (now, now),
        )
        owner.execute(
            "INSERT INTO outbox (topic, payload, at) SELECT 'case.note', jsonb_build_object('case_id', c.id, 'seq', n,"
            " 'verb', 'note', 'state', 'received'), %s FROM cases c, generate_series(1, %s) n",
            (now, rows),
        )
    return number


def counted(store: Store, query: str) -> int:
    with psycopg.connect(store.dsn("migrate")) as owner:
        row: tuple[Any, ...] | None = owner.execute(query).fetchone()
        assert row
        return int(row[0])


def test_killed_twice_in_the_middle_it_loses_nothing_and_doubles_nothing(town: tuple[Path, Store]) -> None:
    data, store = town
    hook = Hook()
    with receiver(hook) as url:
        subscribe(store, url, ROWS)
        for share in (ROWS // 5, ROWS // 2):
            with working(data) as process:
                wait_for(lambda share=share: len(hook.taken()) >= share)  # type: ignore[misc]
                process.kill()
        assert len(hook.taken()) < ROWS, "it was killed too late to mean anything"
        with working(data):
            wait_for(lambda: counted(store, "SELECT count(*) FROM deliveries WHERE state = 'sent'") == ROWS)
    taken = hook.taken()
    assert len(set(taken)) == ROWS
    # What was under way at a kill may come again under the same id: eight at once, killed twice.
    assert len(taken) - ROWS <= 16
    assert counted(store, "SELECT count(*) FROM deliveries") == ROWS
    assert counted(store, "SELECT count(*) FROM outbox WHERE done_at IS NULL") == 0


def test_two_workers_share_and_one_may_die(town: tuple[Path, Store]) -> None:
    data, store = town
    hook = Hook(answers=[500] * 3)
    with receiver(hook) as url:
        subscribe(store, url, ROWS)
        with working(data) as first, working(data):
            wait_for(lambda: len(hook.taken()) >= ROWS // 4)
            first.kill()
            # Three wait half a minute for their second try.
            wait_for(lambda: counted(store, "SELECT count(*) FROM deliveries WHERE state = 'sent'") >= ROWS - 3)
            assert counted(store, "SELECT count(*) FROM deliveries WHERE last_error = 'receiver_answered_500'") <= 3
            wait_for(lambda: counted(store, "SELECT count(*) FROM deliveries WHERE state = 'sent'") == ROWS, 90)
    assert len(set(hook.taken())) == ROWS
    assert len(hook.taken()) - ROWS <= 8


def test_it_works_on_when_the_database_was_killed(town: tuple[Path, Store]) -> None:
    data, store = town
    hook = Hook()
    with receiver(hook) as url, working(data):
        subscribe(store, url, 3)
        wait_for(lambda: len(set(hook.taken())) == 3)
        postmaster = Cluster.for_data(data).status().postmaster
        assert postmaster is not None
        os.kill(postmaster.pid, signal.SIGKILL)

        def told() -> bool:
            try:
                subscribe(store, url, 3)
            except psycopg.OperationalError:
                return False
            return True

        wait_for(told)
        wait_for(lambda: len(set(hook.taken())) >= 6)


def test_the_service_brings_a_worker_and_takes_it_along(
    town: tuple[Path, Store], capsys: pytest.CaptureFixture[str]
) -> None:
    data, store = town
    hook = Hook()

    def workers() -> list[int]:
        return [one.pid for one in Cluster.for_data(data).status().lessees if "api.worker" in one.command]

    with receiver(hook) as url:
        with serving(data) as (process, _):
            subscribe(store, url, 3)
            wait_for(lambda: len(hook.taken()) == 3)
            (worker,) = workers()
            os.kill(worker, signal.SIGKILL)
            wait_for(lambda: bool(workers()) and workers() != [worker])
            # Killed itself, it leaves nobody behind.
            process.kill()
            wait_for(lambda: workers() == [], 10)
        with serving(data):
            wait_for(lambda: bool(workers()))
            # It listens whether the service is there, by now.
            subscribe(store, url, 1)
            wait_for(lambda: len(set(hook.taken())) > 3)
        assert workers() == []
    assert "Fatal Python error" not in capsys.readouterr().out, "it ended by itself"


def test_apart_no_worker_is_brought(town: tuple[Path, Store], monkeypatch: pytest.MonkeyPatch) -> None:
    data, _ = town
    monkeypatch.setenv("GRIDWARDEN_WORKER", "apart")
    with serving(data):
        time.sleep(3)
        assert [one for one in Cluster.for_data(data).status().lessees if "api.worker" in one.command] == []


def test_the_commands(town: tuple[Path, Store]) -> None:
    data, store = town
    subscribe(store, "http://127.0.0.1:9/hook", 1)
    with psycopg.connect(store.dsn("migrate")) as owner:
        owner.execute(
            "INSERT INTO deliveries (outbox_id, kind, recipient, template, lang, data, made_at, state, last_error)"
            " SELECT id, 'webhook', 'subscription:1', 'case.note', 'en', '{}', at, 'dead', 'private_address' FROM outbox"
        )
    assert "private_address" in gridwarden(data, "worker", "dead").stdout
    assert gridwarden(data, "worker", "retry", "999", check=False).returncode == 1
    assert "1 wait again" in gridwarden(data, "worker", "retry", "--all").stdout
    assert "case.note" in gridwarden(data, "worker", "dead", "--state", "waiting").stdout
    assert "is written to" in gridwarden(data, "worker", "address", "head", "head@example.org").stdout
    assert gridwarden(data, "worker", "address", "head", "no address", check=False).returncode == 1
    said = gridwarden(
        data, "webhooks", "add", "https://example.org/x", "--area", "9001", "--topic", "case.claim"
    ).stdout
    assert "whsec_" in said
    shown = gridwarden(data, "webhooks", "list").stdout
    assert "case.claim" in shown
    assert "whsec_" not in shown
    assert "has ended" in gridwarden(data, "webhooks", "end", "2").stdout
    refused = gridwarden(data, "webhooks", "add", "https://example.org/", "--area", "nowhere", check=False)
    assert "(webhook_refused)" in refused.stderr
