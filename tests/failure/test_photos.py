"""Killed in the middle of an upload: at worst a file is left that no photo tells of, and the check finds it."""

import os
import signal
import subprocess
import sys
import time
from hashlib import sha256
from pathlib import Path
from threading import Thread

import httpx2
import psycopg
import pytest

from gis.migrate import upgrade
from gis.settings import DatabaseSettings
from gis.store import open_store
from grids.photo_files import PhotoFiles
from tests import little_town
from tests.api.photographed import photo
from tests.little_town import Told
from tests.serving import gridwarden, serving


@pytest.fixture
def data(data_folder: Path) -> Path:
    with open_store(DatabaseSettings(data=data_folder)) as store:
        upgrade(store.dsn("migrate"))
        little_town.build(store)
    return data_folder


def report(address: str) -> tuple[str, str]:
    body = Told(*little_town.IN_HEADED).body()
    answer = httpx2.post(f"{address}/api/reports", json=body, headers={"Idempotency-Key": os.urandom(16).hex()})
    number, _, key = str(answer.json()["link"]).removeprefix("/status/").partition("?key=")
    return number, key


def send(address: str, number: str, key: str, n: int = 0) -> int:
    sent = {"photo": ("p.jpg", photo(n), "image/jpeg")}
    try:
        return httpx2.post(
            f"{address}/api/reports/{number}/photos", params={"key": key}, files=sent, timeout=30
        ).status_code
    except httpx2.TransportError:
        return 0


def rows(data: Path) -> int:
    with open_store(DatabaseSettings(data=data)) as store, psycopg.connect(store.dsn("migrate")) as owner:
        counted = owner.execute("SELECT count(*) FROM photos").fetchone()
        assert counted
        return int(counted[0])


def files(data: Path) -> list[Path]:
    return [path for path in (data / "photos").rglob("*") if path.is_file()]


def test_a_kill_between_file_and_row_leaves_an_orphan_that_the_check_finds(data: Path) -> None:
    with serving(data) as (process, address):
        number, key = report(address)
        with open_store(DatabaseSettings(data=data)) as store, psycopg.connect(store.dsn("migrate")) as owner:
            # Whoever writes the row waits for this lock; the file is there by then.
            owner.execute("LOCK TABLE photos IN EXCLUSIVE MODE")
            sender = Thread(target=send, args=(address, number, key))
            sender.start()
            start = time.monotonic()
            # Under its own name it is whole.
            while not [path for path in files(data) if path.suffix == ".jpg"]:
                assert time.monotonic() - start < 20
                time.sleep(0.02)
            process.send_signal(signal.SIGKILL)
            process.wait(10)
            sender.join()
    assert rows(data) == 0
    (orphan,) = files(data)
    told = gridwarden(data, "photos", "check").stdout
    assert f"no photo tells of {orphan.name}" in told
    assert "1 files, 1 without a photo, 0 missing" in told
    # It may be of an upload under way.
    assert "0 removed" in gridwarden(data, "photos", "check", "--remove-orphans").stdout
    assert files(data) == [orphan]
    # Sent again, it takes the file that lies there.
    with serving(data) as (_, address):
        assert send(address, number, key) == 201
    assert files(data) == [orphan]
    assert "1 files, 0 without a photo, 0 missing" in gridwarden(data, "photos", "check").stdout


def test_a_photo_without_its_file_is_found(data: Path) -> None:
    with serving(data) as (_, address):
        number, key = report(address)
        assert send(address, number, key) == 201
        assert send(address, number, key, 1) == 201
        files(data)[0].unlink()
        lists = httpx2.get(f"{address}/api/reports/{number}/photos", params={"key": key}).json()
        codes = {
            httpx2.get(f"{address}{each['url']}", params={"number": number, "key": key}).status_code for each in lists
        }
        assert codes == {200, 404}, "one is gone, the other is served"
    done = gridwarden(data, "photos", "check", check=False)
    assert done.returncode == 1
    assert "misses its file" in done.stdout


@pytest.mark.parametrize("rounds", [6])
def test_killed_at_any_moment_a_file_is_whole_or_not_there(tmp_path: Path, rounds: int) -> None:
    folder = tmp_path / "photos"
    script = (
        "import hashlib, os, sys; from grids.photo_files import PhotoFiles; files = PhotoFiles(sys.argv[1]);"
        "print('begun', flush=True)\n"
        "while True:\n    content = os.urandom(300_000); files.put(hashlib.sha256(content).digest(), content)"
    )
    for n in range(rounds):
        process = subprocess.Popen([sys.executable, "-c", script, str(folder)], stdout=subprocess.PIPE)
        assert process.stdout
        process.stdout.readline()
        time.sleep(0.05 + 0.03 * n)
        process.kill()
        process.wait(10)
        process.stdout.close()
    kept = PhotoFiles(str(folder))
    names = list(kept.digests())
    assert len(names) >= rounds
    assert all(sha256(kept.get(name)).digest() == name for name in names)
    left = [path.name for path in folder.rglob("*.part")]
    assert sorted(kept.unfinished()) == sorted(left)
