"""The embedded cluster as it is made: who gets in, by which way, and who shares it."""

import os
import stat
from multiprocessing import get_context
from pathlib import Path

import psycopg
import pytest
from psycopg.conninfo import make_conninfo

from gis.cluster import Cluster
from gis.errors import ClusterBusyError
from gis.settings import DatabaseSettings
from gis.store import Store, open_store


def embedded(store: Store) -> Cluster:
    assert store.cluster is not None
    return store.cluster


def test_only_scram_and_never_trust(server: Store) -> None:
    home = embedded(server).home
    for file in (home.path / "pg_hba.conf", home.data / "pg_hba.conf"):
        lines = [line.split() for line in file.read_text().splitlines() if line and not line.startswith("#")]
        assert lines
        assert {line[-1] for line in lines} == {"scram-sha-256"}
    with psycopg.connect(server.dsn("admin")) as admin:
        assert admin.execute("SELECT DISTINCT auth_method FROM pg_hba_file_rules").fetchall() == [("scram-sha-256",)]
        kinds = admin.execute("SELECT DISTINCT left(rolpassword, 13) FROM pg_authid WHERE rolcanlogin").fetchall()
        assert kinds == [("SCRAM-SHA-256",)]


@pytest.mark.parametrize("password", [None, "", "wrong"])
def test_no_way_in_without_the_password(server: Store, password: str | None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PGPASSWORD", raising=False)
    given = {**server.logins["admin"], "passfile": "/nonexistent"}
    del given["password"]
    if password is not None:
        given["password"] = password
    with pytest.raises(psycopg.OperationalError, match="password"):
        psycopg.connect(make_conninfo("", **given))


def test_listens_on_no_network(server: Store) -> None:
    postmaster = embedded(server).status().postmaster
    assert postmaster is not None
    own = {str(fd.readlink()) for fd in Path(f"/proc/{postmaster.pid}/fd").iterdir() if fd.is_symlink()}
    for table in ("tcp", "tcp6", "udp", "udp6"):
        rows = Path(f"/proc/net/{table}").read_text().splitlines()[1:]
        assert not own & {f"socket:[{row.split()[9]}]" for row in rows}


def test_passwords_are_closed_and_shown_nowhere(server: Store) -> None:
    cluster = embedded(server)
    postmaster = cluster.status().postmaster
    assert postmaster is not None
    files = list((cluster.home.path / "passwords").iterdir())
    assert len(files) == 4
    assert {stat.S_IMODE(file.stat().st_mode) for file in files} == {0o600}
    seen = cluster.home.log.read_text() + Path(f"/proc/{postmaster.pid}/cmdline").read_text() + repr(server)
    for file in files:
        assert file.read_text().strip() not in seen


def test_is_durable_and_speaks_chinese(server: Store) -> None:
    with psycopg.connect(server.dsn("admin")) as admin:
        for name, value in {"fsync": "on", "server_encoding": "UTF8", "lc_ctype": "C.UTF-8", "TimeZone": "UTC"}.items():
            assert admin.execute("SELECT current_setting(%s)", (name,)).fetchone() == (value,)
        row = admin.execute("SELECT similarity('五百户镇垃圾堆', '五百户镇的垃圾')").fetchone()
    assert row is not None
    assert 0 < row[0] < 1


def test_a_command_beside_a_running_one_shares_the_cluster(data_folder: Path) -> None:
    with Cluster.for_data(data_folder).lease() as first:
        with Cluster.for_data(data_folder).lease() as second:
            assert second.pid == first.pid
            assert len(Cluster.for_data(data_folder).status().lessees) == 2
        assert Cluster.for_data(data_folder).status().postmaster is not None
    assert Cluster.for_data(data_folder).status().postmaster is None


def test_a_kept_cluster_stays_until_stopped_and_names_who_uses_it(data_folder: Path) -> None:
    cluster = Cluster.for_data(data_folder)
    cluster.start()
    with cluster.lease(), pytest.raises(ClusterBusyError, match=str(os.getpid())):
        cluster.stop()
    assert cluster.status().postmaster is not None
    assert cluster.stop()
    assert not cluster.stop()


def test_reset_leaves_nothing_and_begins_anew(data_folder: Path) -> None:
    settings = DatabaseSettings(data=data_folder, database_url=None)
    with open_store(settings) as store:
        before = store.dsn("web")
        with psycopg.connect(store.dsn("migrate")) as migrate:
            migrate.execute("CREATE TABLE kept (one int)")
    cluster = Cluster.for_data(data_folder)
    cluster.reset()
    assert not cluster.home.data.exists()
    with open_store(settings) as store, psycopg.connect(store.dsn("migrate")) as migrate:
        assert store.dsn("web") != before
        assert migrate.execute("SELECT to_regclass('kept')").fetchone() == (None,)


def test_the_socket_of_a_cleaned_folder_comes_back(data_folder: Path) -> None:
    settings = DatabaseSettings(data=data_folder, database_url=None)
    with open_store(settings) as store:
        postmaster = embedded(store).status().postmaster
        assert postmaster is not None
        (postmaster.socket_folder / ".s.PGSQL.5432").unlink()
        store.revive()
        with psycopg.connect(store.dsn("web")) as web:
            assert web.execute("SELECT 1").fetchone() == (1,)


@pytest.mark.skipif(os.geteuid() != 0, reason="not run: this run is an ordinary user's already")
def test_an_ordinary_user_runs_it_himself(data_folder: Path) -> None:
    data_folder.mkdir()
    os.chown(data_folder, 65534, 65534)
    # Forked, since root's interpreter may lie where the user cannot go.
    child = get_context("fork").Process(target=_as_nobody, args=(data_folder,))
    child.start()
    child.join(60)
    assert child.exitcode == 0
    assert (data_folder / "postgres/data").stat().st_uid == 65534
    # Root beside it runs it as its owner, and leaves nothing behind that the owner cannot use.
    with open_store(DatabaseSettings(data=data_folder, database_url=None)) as store:
        assert embedded(store).home.user.uid == 65534
    foreign = [path for path in (data_folder / "postgres").rglob("*") if path.stat().st_uid != 65534]
    assert not foreign


def _as_nobody(data: Path) -> None:
    os.setgroups([])
    os.setgid(65534)
    os.setuid(65534)
    with (
        open_store(DatabaseSettings(data=data, database_url=None)) as store,
        psycopg.connect(store.dsn("web")) as web,
    ):
        assert web.execute("SELECT current_user").fetchone() == ("gridwarden_web",)
