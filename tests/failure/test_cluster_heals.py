"""What a crash leaves behind is healed by the next start, and nothing committed is lost."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

import psycopg

from gis.cluster import Cluster
from gis.processes import orphans_of
from gis.settings import DatabaseSettings
from gis.store import open_store

_LEASES = """
import sys
from pathlib import Path
from gis.cluster import Cluster
with Cluster.for_data(Path(sys.argv[1])).lease() as postmaster:
    print(postmaster.pid, flush=True)
    sys.stdin.read()
"""


def lessee(data: Path) -> subprocess.Popen[str]:
    """Start a process that leases the cluster, tells its pid, and goes when its input ends."""
    return subprocess.Popen(
        [sys.executable, "-c", _LEASES, str(data)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=Path(__file__).parents[2],
    )


def told(process: subprocess.Popen[str]) -> int:
    assert process.stdout is not None
    return int(process.stdout.readline())


def leave(process: subprocess.Popen[str]) -> None:
    process.communicate(timeout=60)
    assert process.returncode == 0


def wait_until(condition: Callable[[], bool], seconds: float = 20) -> None:
    until = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < until
        time.sleep(0.005)


def pid_of_server(cluster: Cluster) -> int:
    postmaster = cluster.status().postmaster
    assert postmaster is not None
    return postmaster.pid


def test_four_first_starts_at_once_share_one_cluster(data_folder: Path) -> None:
    processes = [lessee(data_folder) for _ in range(4)]
    pids = {told(process) for process in processes}
    assert len(pids) == 1
    cluster = Cluster.for_data(data_folder)
    assert {one.pid for one in cluster.status().lessees} == {process.pid for process in processes}
    for process in processes:
        leave(process)
    assert cluster.status().postmaster is None


def test_four_first_provisions_at_once_are_safe(data_folder: Path) -> None:
    script = _LEASES.replace("gis.cluster import Cluster", "gis.store import open_store").replace(
        "Cluster.for_data(Path(sys.argv[1])).lease() as postmaster",
        "open_store(__import__('gis.settings').settings.DatabaseSettings(data=Path(sys.argv[1]), database_url=None))",
    )
    script = script.replace("postmaster.pid", "1")
    command = [sys.executable, "-c", script, str(data_folder)]
    folder = Path(__file__).parents[2]
    running = [
        subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=folder)
        for _ in range(4)
    ]
    for process in running:
        leave(process)


def test_killed_postmaster_with_a_busy_backend(data_folder: Path) -> None:
    with open_store(DatabaseSettings(data=data_folder, database_url=None)) as store, ExitStack() as closing:
        cluster = store.cluster
        assert cluster is not None
        with psycopg.connect(store.dsn("migrate")) as connection:
            connection.execute("CREATE TABLE kept AS SELECT 1 AS one")
        busy = psycopg.connect(store.dsn("migrate"))
        closing.callback(busy.close)
        # In no latch: a backend that only waits would notice by itself.
        busy.pgconn.send_query(b"SELECT count(*) FROM generate_series(1, 100000000000)")
        before = pid_of_server(cluster)
        os.kill(before, signal.SIGKILL)
        wait_until(lambda: cluster.status().postmaster is None)
        assert list(orphans_of(cluster.home.data))
        started = time.monotonic()
        store.revive()
        assert time.monotonic() - started < 30
        assert pid_of_server(cluster) != before
        # At the same address: a service that lost its connections just opens new ones.
        with psycopg.connect(store.dsn("migrate")) as connection:
            assert connection.execute("SELECT one FROM kept").fetchone() == (1,)
    assert not list(orphans_of(cluster.home.data))


def test_a_pid_file_with_the_number_of_another_program(data_folder: Path) -> None:
    cluster = Cluster.for_data(data_folder)
    cluster.start()
    cluster.stop()
    (cluster.home.data / "postmaster.pid").write_text(f"{os.getpid()}\n{cluster.home.data}\n1\n5432\n/tmp\n\n\nready\n")
    assert cluster.status().postmaster is None
    assert cluster.start().pid != os.getpid()
    # The program whose number it was goes on: this one.
    assert cluster.stop()


def test_killed_while_the_database_was_being_made(data_folder: Path) -> None:
    home = Cluster.for_data(data_folder).home
    for pause_s in (0.0, 0.15, 0.4):
        process = lessee(data_folder)
        wait_until(lambda: any(home.path.glob("making-*")) or home.data.exists())
        time.sleep(pause_s)
        process.kill()
        process.communicate()
        cluster = Cluster.for_data(data_folder)
        with cluster.lease() as postmaster:
            assert postmaster.status == "ready"
            assert not list(home.path.glob("making-*"))
        cluster.reset(force=True)


def test_a_killed_lessee_leaves_by_itself(data_folder: Path) -> None:
    process = lessee(data_folder)
    server = told(process)
    process.kill()
    process.communicate()
    cluster = Cluster.for_data(data_folder)
    assert cluster.status().lessees == ()
    # Nobody was left to stop it; the next one finds it, and stops it when leaving.
    with cluster.lease() as postmaster:
        assert postmaster.pid == server
    assert cluster.status().postmaster is None


def test_a_half_removed_database_is_swept_away(data_folder: Path) -> None:
    cluster = Cluster.for_data(data_folder)
    cluster.start()
    cluster.stop()
    cluster.home.data.rename(cluster.home.path / "removed-0")
    with cluster.lease() as postmaster:
        assert postmaster.status == "ready"
    assert not list(cluster.home.path.glob("removed-*"))
