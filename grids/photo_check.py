"""Comparing the rows of photos with their files, and removing files that no row tells of.

Writes no row; knows no rights, so it is for the command line alone.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any, Final

import psycopg

from grids.photo_files import PhotoFiles, name_of

YOUNG: Final = timedelta(days=1)
"""A file that was kept within so long may belong to an upload under way, or to what is about to be restored."""


@dataclass(frozen=True, slots=True)
class Findings:
    """Where rows and files disagree: files that no row tells of, and photos whose file is missing (id, digest).

    ``files`` counts the whole ones; ``unfinished`` are names of what is half written.
    """

    files: int
    unfinished: tuple[str, ...]
    orphans: tuple[bytes, ...]
    missing: tuple[tuple[int, bytes], ...]


_TOLD = """
    SELECT id, digest FROM photos
    UNION SELECT id, shown_digest FROM photos WHERE shown_digest IS NOT NULL ORDER BY 1, 2
"""


def compare(connection: psycopg.Connection[Any], files: PhotoFiles) -> Findings:
    """Answer where the rows of photos and their files disagree.

    A photo that is being sent right now may appear as an orphan: its file is there before its row.

    Parameters
    ----------
    connection : psycopg.Connection
        As the owner.
    files : PhotoFiles
        What is kept.
    """
    there = set(files.digests())
    rows = [(int(number), bytes(digest)) for number, digest in connection.execute(_TOLD)]
    told = {digest for _, digest in rows}
    # A file that came after the folder was read is asked for by its name.
    gone = {digest for digest in told - there if not files.has(digest)}
    return Findings(
        files=len(there),
        unfinished=tuple(sorted(files.unfinished())),
        orphans=tuple(sorted(there - told)),
        missing=tuple((number, digest) for number, digest in rows if digest in gone),
    )


def remove_orphans(connection: psycopg.Connection[Any], files: PhotoFiles, found: Findings, now: datetime) -> int:
    """Remove the files that no row tells of and what is half written, if older than a day; answer how many.

    Each is asked for once more just before, so that a photo that was sent meanwhile keeps its file.

    Parameters
    ----------
    connection : psycopg.Connection
        As the owner; it commits after each file.
    files : PhotoFiles
        What is kept.
    found : Findings
        Of ``compare``.
    now : datetime
        Aware.
    """

    def told(digest: bytes) -> bool:
        row = connection.execute(
            "SELECT EXISTS (SELECT FROM photos WHERE digest = %(digest)s OR shown_digest = %(digest)s)",
            {"digest": digest},
        ).fetchone()
        # What another session committed meanwhile is seen by the next one.
        connection.commit()
        return row is None or bool(row[0])

    before = now - YOUNG
    removed = sum(files.remove_old(name_of(digest), before, partial(told, digest)) for digest in found.orphans)
    return removed + sum(files.remove_old(name, before, lambda: False) for name in found.unfinished)
