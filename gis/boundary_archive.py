"""What a file of boundaries is, by its first bytes, and what comes out of an archive: nothing that leads anywhere else.

Runs in a process with limits (``gis.boundary_reader``).  Owns what may be in a zip; reads no geometry.
"""

from __future__ import annotations

import lzma
import stat
import zlib
from collections.abc import Iterator, Mapping
from pathlib import Path, PurePosixPath
from typing import IO, Final, Literal, cast
from zipfile import BadZipFile, ZipFile, ZipInfo

from gis.boundary_refusals import MAX_BYTES, MAX_FILES, MAX_RATIO, BoundaryFileError

Kind = Literal["gpkg", "shp", "geojson", "parquet", "kml"]

_STARTS: Final = ((b"SQLite format 3\0", "gpkg"), (b"PAR1", "parquet"), (b"PK\3\4", "zip"), (b"\0\0\x27\x0a", "shp"))
_PARTS: Final = (".shp", ".shx", ".dbf", ".prj", ".cpg")
_ALONE: Final = (".geojson", ".json", ".gpkg", ".parquet", ".geoparquet", ".kml")
_ARCHIVES: Final = (
    b"PK\3\4",
    b"PK\5\6",
    b"\x1f\x8b",
    b"7z\xbc\xaf\x27\x1c",
    b"Rar!",
    b"BZh",
    b"\xfd7zXZ",
    b"\x28\xb5\x2f\xfd",
)
_ARCHIVED: Final = (".zip", ".kmz", ".gz", ".7z", ".rar", ".tar", ".bz2", ".xz")
_BLOCK: Final = 1 << 20


def kind_of(start: bytes) -> str | None:
    """Answer what a file is by its first bytes, ``zip`` for an archive; None for all that is not read here.

    Examples
    --------
    >>> kind_of(b'PAR1'), kind_of(b' {"type":'), kind_of(b'<?xml version="1.0"?><kml xmlns="">')
    ('parquet', 'geojson', 'kml')
    >>> kind_of(b'<OGRVRTDataSource>') is None
    True
    """
    for magic, kind in _STARTS:
        if start.startswith(magic):
            return kind
    text = start.removeprefix(b"\xef\xbb\xbf")
    if text[:2] in (b"\xff\xfe", b"\xfe\xff"):
        text = text.decode("utf-16", "ignore").encode()
    text = text.lstrip()
    if text.startswith(b"{"):
        return "geojson"
    return "kml" if text.startswith(b"<") and b"<kml" in text else None


def opened(path: Path, folder: Path) -> tuple[Kind, Path]:
    """Answer what a file holds and where it can be read: itself, or what was unpacked into a folder.

    Parameters
    ----------
    path : Path
        What was given.
    folder : Path
        Empty, and nobody else's; names in it are of our own making.

    Raises
    ------
    BoundaryFileError
        ``boundary_file_refused``: too large, of no known format, or an archive with anything else in it.
    """
    size = path.stat().st_size
    if size == 0:
        raise BoundaryFileError("empty_file")
    if size > MAX_BYTES:
        raise BoundaryFileError("too_large", most_mb=MAX_BYTES // 1_000_000)
    kind = _kind_of_file(path)
    if kind == "zip":
        return _unpacked(path, folder)
    if kind is None:
        raise BoundaryFileError("unknown_format")
    if kind == "shp":
        raise BoundaryFileError("lone_shapefile")
    return cast("Kind", kind), path


def _kind_of_file(path: Path) -> str | None:
    with path.open("rb") as file:
        return kind_of(file.read(4096))


def _unpacked(path: Path, folder: Path) -> tuple[Kind, Path]:
    try:
        with ZipFile(path) as archive:
            wanted = _chosen(_checked(archive))
            return _out_of(archive, wanted, folder)
    except (BadZipFile, NotImplementedError, EOFError, ValueError) as error:
        raise BoundaryFileError("unreadable", said=f"zip: {error}") from error
    except RuntimeError as error:
        raise BoundaryFileError("zip_locked") from error


def _checked(archive: ZipFile) -> list[ZipInfo]:
    """Answer the files of an archive after its own table of contents, if nothing in that is out of bounds."""
    entries = archive.infolist()
    files = [entry for entry in entries if not entry.is_dir()]
    if len(entries) > MAX_FILES:
        raise BoundaryFileError("zip_files", count=len(entries), most=MAX_FILES)
    for entry in entries:
        _check_name(entry)
    for entry in files:
        if entry.flag_bits & 1:
            raise BoundaryFileError("zip_locked")
        if entry.file_size > MAX_RATIO * max(entry.compress_size, 1):
            raise BoundaryFileError("zip_ratio", name=entry.filename, most=MAX_RATIO)
    if sum(entry.file_size for entry in files) > MAX_BYTES:
        raise BoundaryFileError("zip_size", most_mb=MAX_BYTES // 1_000_000)
    return files


def _check_name(entry: ZipInfo) -> None:
    # As it stands in the archive: ZipInfo.filename has lost what follows a null byte.
    name = entry.orig_filename
    path = PurePosixPath(name.replace("\\", "/"))
    if path.is_absolute() or ".." in path.parts or ":" in name or "\0" in name:
        raise BoundaryFileError("zip_path", name=name.replace("\0", "?"))
    if stat.S_ISLNK(entry.external_attr >> 16):
        raise BoundaryFileError("zip_link", name=name)


def _chosen(files: list[ZipInfo]) -> Mapping[str, ZipInfo]:
    """Answer the parts of the one set of boundaries in an archive, by their suffix."""
    sets = {name: parts for name, parts in _sets(files).items() if parts.keys() & {".shp", *_ALONE}}
    if not sets:
        raise BoundaryFileError("zip_nothing")
    if len(sets) > 1:
        raise BoundaryFileError("zip_several", names=", ".join(sorted(PurePosixPath(name).name for name in sets)))
    (parts,) = sets.values()
    missing = [suffix for suffix in (".shx", ".dbf") if ".shp" in parts and suffix not in parts]
    if missing:
        raise BoundaryFileError("shp_incomplete", missing=", ".join(missing))
    return parts


def _sets(files: list[ZipInfo]) -> dict[str, dict[str, ZipInfo]]:
    sets: dict[str, dict[str, ZipInfo]] = {}
    for entry in files:
        path = PurePosixPath(entry.filename.replace("\\", "/"))
        suffix = path.suffix.lower()
        if suffix in _ARCHIVED:
            raise BoundaryFileError("zip_nested", name=entry.filename)
        # What a Mac puts beside each file is none of them.
        if path.parts[0] == "__MACOSX" or path.name.startswith("._"):
            continue
        if suffix in _PARTS:
            sets.setdefault(str(path.with_suffix("")).lower(), {})[suffix] = entry
        elif suffix in _ALONE:
            sets[str(path)] = {suffix: entry}
    return sets


def _out_of(archive: ZipFile, parts: Mapping[str, ZipInfo], folder: Path) -> tuple[Kind, Path]:
    """Write the parts into the folder, under names of our own, and answer the one that is opened."""
    for suffix, entry in parts.items():
        with archive.open(entry) as packed, (folder / f"boundaries{suffix}").open("wb") as file:
            _copy(packed, file, entry)
    head = folder / f"boundaries{'.shp' if '.shp' in parts else next(iter(parts))}"
    kind = _kind_of_file(head)
    if kind is None or kind == "zip" or (kind == "shp") != (head.suffix == ".shp"):
        raise BoundaryFileError("unknown_format")
    return cast("Kind", kind), head


def _copy(packed: IO[bytes], file: IO[bytes], entry: ZipInfo) -> None:
    """Unpack no more than the table of contents says: it was believed when the sizes were checked."""
    left = entry.file_size
    for block in _blocks(packed):
        left -= len(block)
        if left < 0:
            raise BoundaryFileError("zip_size", most_mb=MAX_BYTES // 1_000_000)
        if block.startswith(_ARCHIVES) and file.tell() == 0:
            raise BoundaryFileError("zip_nested", name=entry.filename)
        file.write(block)


def _blocks(packed: IO[bytes]) -> Iterator[bytes]:
    """Answer what is packed; each way of packing has an error of its own for a damaged stream."""
    try:
        while block := packed.read(_BLOCK):
            yield block
    except (zlib.error, lzma.LZMAError, OSError) as error:
        raise BadZipFile(str(error)) from error
