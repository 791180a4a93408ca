"""Comparing the rows of photos with their files.  Reads only; knows no rights, so it is for the command line alone."""

from dataclasses import dataclass
from typing import Any

import psycopg

from grids.photo_files import PhotoFiles


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
