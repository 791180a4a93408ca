"""What maps and search need of an edition, written before it is activated; and activating from the shell."""

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from typing import Any, LiteralString, cast

import psycopg

from gis.units import prepare
from grids.editions import SHANGHAI, EditionNotFoundError, NothingToTakeBackError, refusal
from grids.spellings import spell


def prepare_edition(connection: psycopg.Connection[Any], edition_id: int) -> None:
    """Write all that maps and search need of an edition; nothing if it is there already.

    Parameters
    ----------
    connection
        As the owner of the tables or as the worker, inside the caller's transaction.
    """
    # One at a time; the second finds it done.
    connection.execute("SELECT pg_advisory_xact_lock(hashtext('gridwarden.prepare'), %s)", (edition_id,))
    there = connection.execute("SELECT FROM units WHERE edition_id = %s LIMIT 1", (edition_id,)).fetchone()
    if there is not None:
        return
    named = connection.execute("SELECT code, name FROM boundaries WHERE edition_id = %s", (edition_id,)).fetchall()
    # Names are spelled in Python while GEOS cuts outlines.
    with ThreadPoolExecutor(1) as beside:
        spelled = beside.submit(spell, [name for _, name in named])
        prepare(connection, edition_id)
        connection.execute("SELECT extend_lineage(%s)", (edition_id,))
        _write_spellings(connection, edition_id, [code for code, _ in named], *spelled.result())


def unprepared(connection: psycopg.Connection[Any]) -> list[tuple[int, str]]:
    """Answer number and name of the activated editions that have nothing written for them yet."""
    return connection.execute(
        "SELECT id, name FROM editions e WHERE EXISTS (SELECT FROM activations a WHERE a.edition_id = e.id)"
        " AND EXISTS (SELECT FROM boundaries b WHERE b.edition_id = e.id)"
        " AND NOT EXISTS (SELECT FROM units u WHERE u.edition_id = e.id) ORDER BY id"
    ).fetchall()


def number_of(connection: psycopg.Connection[Any], name: str) -> int:
    """Answer the number of an edition by its name.

    Raises
    ------
    EditionNotFoundError
        ``edition_not_found``.
    """
    row = connection.execute("SELECT id FROM editions WHERE name = %s", (name,)).fetchone()
    if row is None:
        raise EditionNotFoundError(f"There is no edition {name}; `gridwarden boundaries list` names them.")
    return int(row[0])


def activate(
    connection: psycopg.Connection[Any], edition_id: int, start: datetime, now: datetime, *, accept_warnings: bool
) -> None:
    """Let an edition answer from a midnight on.

    Parameters
    ----------
    connection
        As the owner of the tables, inside the caller's transaction.

    Raises
    ------
    ActivationRefusedError
        ``activation_refused``.
    """
    _ask(connection, "SELECT activate(%s, %s, %s, NULL, %s)", edition_id, start, accept_warnings, now)


def take_back(connection: psycopg.Connection[Any], start: datetime, now: datetime) -> None:
    """Take an activation back that lies ahead.

    Raises
    ------
    NothingToTakeBackError
        ``nothing_to_take_back``.
    """
    _ask(connection, "SELECT take_back(%s, NULL, %s)", start, now)


def earliest(connection: psycopg.Connection[Any], now: datetime) -> datetime:
    """Answer the first midnight for which something may still be activated or taken back."""
    row = _ask(connection, "SELECT earliest_activation(%s)", now)
    if row is None:
        raise RuntimeError("the database answered no row where there must be one")
    return cast("datetime", row[0]).astimezone(SHANGHAI)


def edition_before(connection: psycopg.Connection[Any], now: datetime) -> int:
    """Answer the number of the edition that was in force before the present one.

    Raises
    ------
    NothingToTakeBackError
        ``nothing_to_take_back``: there was none.
    """
    row = _ask(connection, "SELECT edition_before(%s)", now)
    if row is None or row[0] is None:
        raise NothingToTakeBackError("There is no earlier edition to go back to.")
    return int(row[0])


def _ask(connection: psycopg.Connection[Any], query: LiteralString, *values: object) -> tuple[Any, ...] | None:
    try:
        row: tuple[Any, ...] | None = connection.execute(query, values).fetchone()
    except psycopg.Error as error:
        raise refusal(error.sqlstate, error.diag.message_detail) or error from error
    return row


def _write_spellings(
    connection: psycopg.Connection[Any], edition_id: int, codes: list[str], pinyin: list[str], initials: list[str]
) -> None:
    with connection.cursor().copy("COPY spellings (edition_id, code, pinyin, initials) FROM STDIN") as copy:
        for row in zip(codes, pinyin, initials, strict=True):
            copy.write_row((edition_id, *row))
    connection.execute("ANALYZE spellings")
