"""Where the embedded cluster lives and what guards it."""

import os
import stat
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from gis.cluster_home import find_home
from gis.errors import ClusterVersionError, PostgisMissingError, PostgresMissingError
from gis.processes import Programs, choose_programs, postmaster_of

AS_ROOT = os.geteuid() == 0


@pytest.fixture
def clone() -> Iterator[Path]:
    """A folder that stands for the clone, open to others as usual."""
    with tempfile.TemporaryDirectory(prefix="gridwarden-test-home-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        yield folder


def test_reachable_data_stay_in_the_clone(clone: Path) -> None:
    home = find_home(clone / "var", far_base=clone / "far")
    assert home.path == clone / "var/postgres"
    assert home.user.uid != 0


@pytest.mark.skipif(not AS_ROOT, reason="not run: only root needs another place")
def test_root_in_a_closed_clone_keeps_data_elsewhere_and_opens_nothing(clone: Path) -> None:
    clone.chmod(0o700)
    with tempfile.TemporaryDirectory() as far:
        home = find_home(clone / "var", far_base=Path(far))
        assert home.path.parent == Path(far)
        assert find_home(clone / "var", far_base=Path(far)).path == home.path
        assert find_home(clone / "other", far_base=Path(far)).path != home.path
    assert stat.S_IMODE(clone.stat().st_mode) == 0o700


@pytest.mark.skipif(not AS_ROOT, reason="not run: an ordinary user is the service user")
def test_the_service_user_reaches_the_data_whatever_the_umask(clone: Path) -> None:
    (clone / "var").mkdir()
    before = os.umask(0o077)
    try:
        home = find_home(clone / "var", far_base=clone / "far")
        home.make()
    finally:
        os.umask(before)
    assert home.user.reaches(home.path)
    assert not home.user.reaches(home.path / "passwords")


def test_socket_folder_is_short_private_and_always_the_same(clone: Path) -> None:
    deep = clone / "/".join(["a folder with a long name and spaces 文件夹"] * 4)
    home = find_home(deep, far_base=clone / "far")
    home.make()
    folder = home.socket_folder()
    try:
        assert len(os.fsencode(folder)) <= 93
        assert not folder.is_relative_to(clone)
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700
        assert folder.stat().st_uid == home.user.uid
        assert home.socket_folder() == folder
    finally:
        folder.rmdir()


def test_a_folder_of_somebody_else_is_not_taken_for_the_sockets(clone: Path) -> None:
    home = find_home(clone / "var", far_base=clone / "far")
    home.make()
    folder = home.socket_folder()
    folder.chmod(0o777)
    try:
        if AS_ROOT:
            other = home.socket_folder()
            assert other != folder
            other.rmdir()
        else:
            with pytest.raises(Exception, match="belongs to somebody else"):
                home.socket_folder()
    finally:
        folder.rmdir()


def test_passwords_are_made_once_and_closed(clone: Path) -> None:
    home = find_home(clone / "var", far_base=clone / "far")
    home.make()
    first = home.password("somebody")
    assert len(first) >= 40
    assert home.password("somebody") == first != home.password("another")
    files = list((home.path / "passwords").iterdir())
    assert sorted(file.name for file in files) == ["another", "somebody"]
    assert {stat.S_IMODE(file.stat().st_mode) for file in files} == {0o600}


def test_programs_of_the_version_that_made_the_data_are_chosen() -> None:
    new, old = (Programs(Path(f"/opt/{major}/bin"), major, has_postgis=True) for major in (17, 15))
    assert choose_programs([new, old], None) == new
    assert choose_programs([new, old], 15) == old
    with pytest.raises(ClusterVersionError, match="made by PostgreSQL 16"):
        choose_programs([new, old], 16)


def test_what_is_missing_is_named() -> None:
    with pytest.raises(PostgresMissingError, match="GRIDWARDEN_DATABASE_URL"):
        choose_programs([], None)
    bare = Programs(Path("/opt/17/bin"), 17, has_postgis=False)
    with pytest.raises(PostgisMissingError, match="postgis"):
        choose_programs([bare], None)
    whole = Programs(Path("/opt/15/bin"), 15, has_postgis=True)
    assert choose_programs([bare, whole], None) == whole


@pytest.mark.parametrize(
    "content", ["", "no number", f"{os.getpid()}\n/elsewhere\n0\n"], ids=["empty", "no number", "of another folder"]
)
def test_a_pid_file_alone_is_no_server(tmp_path: Path, content: str) -> None:
    (tmp_path / "postmaster.pid").write_text(content)
    assert postmaster_of(tmp_path) is None
