"""What was found when an edition's boundaries were checked: found anew, kept in the database, and read from there.

``gis.boundary_checks`` says what is wrong and ``grids.finding_words`` says it in words; here stands what is compared
with what, and who may know.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import datetime
from threading import Lock
from typing import Any, ClassVar, Final, cast

import asyncpg
import psycopg
import shapely
from psycopg.types.json import Jsonb

from gis.boundary_checks import MOST_OF_A_KIND, check, counted, in_order
from gis.candidates import Candidate, Finding, Severity, counts
from gis.edition_areas import areas_of_edition, ask_areas_of_edition
from gis.errors import GridwardenError
from grids.editions import BoundariesForAdministratorsError, EditionNotFoundError

Lend = Callable[[], AbstractAsyncContextManager["asyncpg.Connection[Any]"]]

OF_THE_FILE: Final = ("invalid_ring",)
"""Kinds that only the file could show, because what is stored was repaired: checking the edition again keeps them."""


def keep(
    connection: psycopg.Connection[Any],
    edition_id: int,
    found: Sequence[Finding],
    *,
    areas: int,
    at: datetime,
    against: int | None = None,
    kept: Sequence[str] = (),
) -> None:
    """Write what was found for an edition in place of what was found before, in one statement.

    Parameters
    ----------
    connection
        As the owner of the tables, inside the caller's transaction.
    found : sequence of Finding
        None at all is an answer too: that the edition was checked is written beside.
    areas : int
        How many areas were looked at.
    at : datetime
        Aware; when that was.
    against : int, optional
        The edition that it was compared with.
    kept : sequence of str
        Kinds that stay as they were written before; ``OF_THE_FILE`` when an edition is checked again.
    """
    connection.execute(
        "SELECT keep_findings(%s, %s, %s, %s, %s, %s)",
        (edition_id, at, against, areas, list(kept), Jsonb([as_row(one) for one in found])),
    )


def as_row(one: Finding) -> dict[str, Any]:
    """Answer a finding as the functions of the database take it."""
    return {
        "kind": one.kind,
        "severity": one.severity,
        "codes": list(one.codes),
        "area_m2": one.area_m2,
        "shape": None if one.shape is None else shapely.to_wkb(one.shape, hex=True),
        "repaired": None if one.repaired is None else shapely.to_wkb(one.repaired, hex=True),
        "params": dict(one.params),
    }


class ChecksBusyError(GridwardenError):
    """Another check is under way."""

    code: ClassVar[str] = "checks_busy"


class FindingNotFoundError(GridwardenError):
    """No finding of this number in the edition."""

    code: ClassVar[str] = "finding_not_found"


@dataclass(frozen=True, slots=True)
class Checked:
    """An edition and what was found in it.

    Attributes
    ----------
    checked_at : datetime, optional
        None: no checks were run yet.
    against : str, optional
        The name of the edition that it was compared with.
    forbidden : str, optional
        What forbids its activation: ``unchecked``, ``errors``, ``warnings`` (unless accepted); None: nothing.
    findings : tuple of (int, Finding)
        With their numbers within the edition, the worst first.
    """

    edition_id: int
    edition: str
    synthetic: bool
    checked_at: datetime | None
    against: str | None
    areas: int
    forbidden: str | None
    findings: tuple[tuple[int, Finding], ...]

    def chosen(self, kind: str | None, severity: str | None) -> list[tuple[int, Finding]]:
        """Answer the findings of one kind and severity, and how many more there are; of any where nothing is said."""
        return [
            (n, one)
            for n, one in self.findings
            if (not kind or kind in (one.kind, one.of_kind)) and (not severity or one.severity == severity)
        ]

    def counts(self) -> dict[Severity, int]:
        """Answer how many there are of each severity, the worst first."""
        return counts(one for _, one in self.findings)


_CHECKED: Final = """
    SELECT e.name, e.synthetic, c.checked_at, a.name AS against, coalesce(c.areas, 0) AS areas,
           activation_forbidden(e.id, false) AS forbidden
    FROM editions e LEFT JOIN edition_checks c ON c.edition_id = e.id LEFT JOIN editions a ON a.id = c.against
    WHERE e.id = $1
"""
_FINDINGS: Final = """
    SELECT n, kind, severity, codes, area_m2, ST_AsBinary(shape) AS shape, ST_AsBinary(repaired) AS repaired,
           params::text AS params
    FROM findings WHERE edition_id = $1 AND ($2::integer IS NULL OR n = $2)
    ORDER BY array_position(ARRAY['error', 'warning', 'note'], severity), area_m2 DESC NULLS LAST, kind, n
"""
# What an edition is compared with: the one that was in force when it began, or that is in force now if it never was.
_AGAINST: Final = """
    SELECT a.edition_id FROM activations a WHERE a.edition_id <> $1 AND a.valid_from <= coalesce(
        (SELECT max(own.valid_from) FROM activations own WHERE own.edition_id = $1 AND own.valid_from <= $2), $2)
    ORDER BY a.valid_from DESC LIMIT 1
"""
_ONE: Final = Lock()


async def checked(connection: asyncpg.Connection[Any], edition_id: int, n: int | None = None) -> Checked:
    """Answer what was found in an edition, or one finding of it.

    Parameters
    ----------
    connection : asyncpg.Connection
        The raw driver's, as the web role; row-level security shows findings to administrators alone.
    edition_id : int
        Which.
    n : int, optional
        The number of a finding.

    Raises
    ------
    EditionNotFoundError
        ``edition_not_found``.
    """
    row = await connection.fetchrow(_CHECKED, edition_id)
    if row is None:
        raise EditionNotFoundError("There is no such edition of boundaries.")
    found = await connection.fetch(_FINDINGS, edition_id, n)
    return Checked(
        edition_id, row["name"], row["synthetic"], row["checked_at"], row["against"], row["areas"], row["forbidden"],
        tuple((each["n"], _finding(each)) for each in found),
    )  # fmt: skip


def _finding(row: Any) -> Finding:
    return Finding(
        row["kind"],
        cast("Severity", row["severity"]),
        tuple(row["codes"]),
        row["area_m2"],
        shapely.from_wkb(row["shape"]),
        shapely.from_wkb(row["repaired"]),
        json.loads(row["params"]),
    )


async def check_again(lend: Lend, edition_id: int, *, session_digest: bytes | None, now: datetime) -> None:
    """Check an edition and write what was found, for an administrator.

    Takes seconds, off the event loop and with no connection held; the right is asked again when it is written.

    Parameters
    ----------
    lend : callable
        Lends the raw driver's connections, as the web role, in no transaction.
    edition_id : int
        Which.
    session_digest : bytes or None
        Of the administrator.
    now : datetime
        Aware.

    Raises
    ------
    BoundariesForAdministratorsError
        ``boundaries_for_administrators``.
    EditionNotFoundError
        ``edition_not_found``.
    ChecksBusyError
        ``checks_busy``: another check is under way.
    """
    candidate, against, other = await _pair(lend, edition_id, now)
    found = await asyncio.to_thread(_alone, candidate, against, MOST_OF_A_KIND)
    rows = json.dumps([as_row(one) for one in found])
    try:
        async with lend() as connection:
            await connection.execute(
                "SELECT keep_findings_as($1, $2, $3, $4, $5, $6, $7::text::jsonb)",
                session_digest, now, edition_id, other, len(candidate.codes), list(OF_THE_FILE), rows,
            )  # fmt: skip
    except asyncpg.PostgresError as error:
        if error.sqlstate == "GW130":
            raise BoundariesForAdministratorsError(
                "Boundaries are looked after by administrators of the topmost area."
            ) from error
        raise


async def find_all(lend: Lend, edition_id: int, now: datetime) -> list[Finding]:
    """Answer all that is wrong with an edition, found anew without a limit; nothing is written.

    Raises
    ------
    EditionNotFoundError, ChecksBusyError
        As :func:`check_again`.
    """
    candidate, against, _ = await _pair(lend, edition_id, now)
    return await asyncio.to_thread(_alone, candidate, against, None)


async def _pair(lend: Lend, edition_id: int, now: datetime) -> tuple[Candidate, Candidate | None, int | None]:
    """Answer an edition, what it is compared with, and the number of that."""
    async with lend() as connection:
        await checked(connection, edition_id)
        candidate = await ask_areas_of_edition(connection, edition_id)
        other = await connection.fetchval(_AGAINST, edition_id, now)
        return candidate, None if other is None else await ask_areas_of_edition(connection, other), other


def _alone(candidate: Candidate, against: Candidate | None, most: int | None) -> list[Finding]:
    # Each takes the memory of two cities and all of a core; whoever waited would hold a thread.
    if not _ONE.acquire(blocking=False):
        raise ChecksBusyError("Another check is under way; try again in some seconds.")
    try:
        return check(candidate, against, most=most)
    finally:
        _ONE.release()


def check_edition(
    connection: psycopg.Connection[Any],
    edition_id: int,
    at: datetime,
    *,
    against: int | None = None,
    most: int | None = MOST_OF_A_KIND,
) -> list[Finding]:
    """Check an edition, write what was found and answer it, as the owner of the tables.

    Parameters
    ----------
    connection
        Inside the caller's transaction.
    edition_id : int
        Which.
    at : datetime
        Aware; when that is.
    against : int, optional
        The edition to compare with; without it the one that was in force when this one began, or is at the instant.
    most : int or None
        So many of a kind and severity are answered; None: all.  No more than ``MOST_OF_A_KIND`` are written.
    """
    if against is None:
        row = connection.execute(
            _AGAINST.replace("$1", "%(edition)s").replace("$2", "%(at)s::timestamptz"),
            {"edition": edition_id, "at": at},
        ).fetchone()
        against = row[0] if row else None
    candidate = areas_of_edition(connection, edition_id)
    found = check(candidate, None if against is None else areas_of_edition(connection, against), most=most)
    written = found if most is not None else in_order(counted(found, MOST_OF_A_KIND))
    keep(connection, edition_id, written, areas=len(candidate.codes), at=at, against=against, kept=OF_THE_FILE)
    return found
