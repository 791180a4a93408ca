"""What follows from an edition's boundaries, written once when it is activated: map units, outlines, spellings."""

from typing import Any

import psycopg

from gis.units import prepare
from grids.spellings import spell


def prepare_edition(connection: psycopg.Connection[Any], edition_id: int) -> None:
    """Write all that maps and search need of an edition; nothing if it is there already.

    Parameters
    ----------
    connection
        As the owner of the tables, inside the caller's transaction.
    """
    connection.execute("SELECT FROM editions WHERE id = %s FOR UPDATE", (edition_id,))
    there = connection.execute("SELECT FROM units WHERE edition_id = %s LIMIT 1", (edition_id,)).fetchone()
    if there is not None:
        return
    prepare(connection, edition_id)
    connection.execute("SELECT extend_lineage(%s)", (edition_id,))
    _write_spellings(connection, edition_id)


def unprepared(connection: psycopg.Connection[Any]) -> list[tuple[int, str]]:
    """Answer number and name of the activated editions that have nothing written for them yet."""
    return connection.execute(
        "SELECT id, name FROM editions e WHERE EXISTS (SELECT FROM activations a WHERE a.edition_id = e.id)"
        " AND EXISTS (SELECT FROM boundaries b WHERE b.edition_id = e.id)"
        " AND NOT EXISTS (SELECT FROM units u WHERE u.edition_id = e.id) ORDER BY id"
    ).fetchall()


def _write_spellings(connection: psycopg.Connection[Any], edition_id: int) -> None:
    named = connection.execute("SELECT code, name FROM boundaries WHERE edition_id = %s", (edition_id,)).fetchall()
    codes, names = [code for code, _ in named], [name for _, name in named]
    with connection.cursor().copy("COPY spellings (edition_id, code, pinyin, initials) FROM STDIN") as copy:
        for code, pinyin, initials in zip(codes, *spell(names), strict=True):
            copy.write_row((edition_id, code, pinyin, initials))
    connection.execute("ANALYZE spellings")
