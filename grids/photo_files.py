"""Where the bytes of photos lie: one file for each content, named by its digest, in a folder or any store of fsspec.

A file is whole on the disk before its name appears, and its name before a row tells of it.  So a crash leaves at worst
a file that nobody asks for, never a row without its file.  Knows no rows and no rights.
"""

import os
import re
import secrets
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, ClassVar, Final

import fsspec  # type: ignore[import-untyped]
from fsspec.implementations.local import LocalFileSystem  # type: ignore[import-untyped]

from gis.errors import GridwardenError

_WHOLE: Final = re.compile(r"[0-9a-f]{64}\.jpg")
_UNFINISHED: Final = ".part"


class PhotoFileMissingError(GridwardenError):
    """A row tells of a file that is not there; ``gridwarden photos check`` lists all of them."""

    code: ClassVar[str] = "photo_file_missing"


class PhotoStoreError(GridwardenError):
    """The store of photos cannot be read or written: no room, no right, no network."""

    code: ClassVar[str] = "photo_store_failed"


class PhotoFiles:
    """A folder of photos.

    Parameters
    ----------
    address : str
        A path or any URL of fsspec (``s3://bucket/photos``, ``memory://photos``).
    """

    def __init__(self, address: str) -> None:
        self._address = address

    def put(self, digest: bytes, content: bytes) -> bool:
        """Keep a content for good and answer whether it is new.  Durable when it returns; blocks.

        On a store that is not a folder of this machine, a write is as durable as that store makes it.

        Raises
        ------
        PhotoStoreError
            ``photo_store_failed``.
        """
        store, root = self._store()
        path = f"{root}/{_name(digest)}"
        try:
            if isinstance(store, LocalFileSystem):
                return _put_durably(Path(path), content)
            known = bool(store.exists(path))
            store.makedirs(path.rpartition("/")[0], exist_ok=True)
            # Also one that is there: it is as new as its newest row, so that nobody removes it meanwhile.
            store.pipe_file(path, content)
        except OSError as error:
            raise PhotoStoreError(f"Photos cannot be kept in {self._address}: {error}") from error
        return not known

    def get(self, digest: bytes) -> bytes:
        """Answer a content; blocks.

        Raises
        ------
        PhotoFileMissingError, PhotoStoreError
            ``photo_file_missing``, ``photo_store_failed``.
        """
        store, root = self._store()
        try:
            content: bytes = store.cat_file(f"{root}/{_name(digest)}")
        except FileNotFoundError as error:
            raise PhotoFileMissingError(f"The file of photo {digest.hex()} is missing.") from error
        except OSError as error:
            raise PhotoStoreError(f"Photos cannot be read from {self._address}: {error}") from error
        return content

    def has(self, digest: bytes) -> bool:
        """Whether a content is there; blocks."""
        store, root = self._store()
        return bool(store.exists(f"{root}/{_name(digest)}"))

    def remove_old(self, name: str, before: datetime, told: Callable[[], bool]) -> bool:
        """Remove a file that was last kept before an instant and that no row tells of; answer whether it was removed.

        In a folder no upload can lose its file by it: the file is put aside first, and back again if somebody kept the
        same content meanwhile.  Any other store is asked for its age once more just before.

        Parameters
        ----------
        name : str
            As ``name_of`` or ``unfinished`` answers it.
        before : datetime
            Aware.
        told : callable
            Answers whether a row tells of it by now; asked last.

        Raises
        ------
        PhotoStoreError
            ``photo_store_failed``.
        """
        store, root = self._store()
        path = f"{root}/{name[:2]}/{name}"
        try:
            if isinstance(store, LocalFileSystem):
                return _remove_aside(Path(path), before, told)
            if store.modified(path) >= before or told():
                return False
            store.rm_file(path)
        except FileNotFoundError:
            return False
        except OSError as error:
            raise PhotoStoreError(f"Photos cannot be removed from {self._address}: {error}") from error
        return True

    def digests(self) -> Iterator[bytes]:
        """Answer the digest of each file, in no order; unfinished ones are left out."""
        for name in self._names():
            if _WHOLE.fullmatch(name):
                yield bytes.fromhex(name[:64])

    def unfinished(self) -> Iterator[str]:
        """Answer the names of what a crash left half written, or what is being written right now."""
        return (name for name in self._names() if name.endswith(_UNFINISHED))

    def _names(self) -> Iterator[str]:
        store, root = self._store()
        # A store may keep what it listed; another process may have written since.
        store.invalidate_cache()
        if store.exists(root):
            for path in store.find(root):
                yield str(path).rpartition("/")[2]

    def _store(self) -> tuple[Any, str]:
        store, root = fsspec.core.url_to_fs(self._address)
        return store, str(root).rstrip("/")


def name_of(digest: bytes) -> str:
    """Answer what the file of a content is called.

    Examples
    --------
    >>> name_of(bytes([0, 15]))
    '000f.jpg'
    """
    return f"{digest.hex()}.jpg"


def _name(digest: bytes) -> str:
    # 256 folders, so that none holds more than a few thousand files.
    return f"{digest.hex()[:2]}/{name_of(digest)}"


def _put_durably(path: Path, content: bytes) -> bool:
    try:
        # As new as its newest row; and one that is put aside at this moment is not there.
        os.utime(path)
    except FileNotFoundError:
        _write_durably(path, content)
        return True
    # Whoever wrote it may not have finished telling the disk.
    _flush_folder(path.parent)
    return False


def _write_durably(path: Path, content: bytes) -> None:
    _make_folder(path.parent)
    fresh = path.with_name(f"{path.stem}.{secrets.token_hex(8)}{_UNFINISHED}")
    try:
        with fresh.open("xb") as file:
            os.fchmod(file.fileno(), 0o600)
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        fresh.rename(path)
    finally:
        fresh.unlink(missing_ok=True)
    _flush_folder(path.parent)


def _remove_aside(path: Path, before: datetime, told: Callable[[], bool]) -> bool:
    if _kept_at(path) >= before:
        return False
    aside = path.with_name(f"{path.stem}.{secrets.token_hex(8)}{_UNFINISHED}")
    path.rename(aside)
    # Whoever kept it until now is seen here; whoever does from now on finds nothing and writes it anew.
    if _kept_at(aside) >= before or told():
        aside.rename(path)
        return False
    aside.unlink()
    return True


def _kept_at(path: Path) -> datetime:
    return datetime.fromtimestamp(path.stat().st_mtime, UTC)


def _make_folder(folder: Path) -> None:
    """Make a folder and those above it, each known to the disk."""
    if folder.exists():
        return
    _make_folder(folder.parent)
    folder.mkdir(mode=0o700, exist_ok=True)
    _flush_folder(folder.parent)


def _flush_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
