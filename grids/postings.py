"""Changing postings: files and forms, dry runs, absences.

The database decides (``0018_postings.sql``); here its answers become values and its refusals errors.  All or nothing: a
change with one fault changes nothing, and what a dry run answers was really done and taken back.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any, ClassVar, Final, Literal, cast, get_args

import asyncpg
import psycopg

from gis.errors import GridwardenError
from grids.access import Actor, may
from grids.posted import PostingNotFoundError
from grids.posting_rows import Fault, PostingFile, PostingRow, as_json

Reason = Literal["leave", "sick", "training", "duty", "other"]
REASONS: Final[tuple[Reason, ...]] = get_args(Reason)
KINDS: Final = ("new", "ended", "changed", "addressed", "withdrawn", "unchanged")


class PostingsForAdministratorsError(GridwardenError):
    """Postings are for desks to see and for an administrator of the area to change."""

    code: ClassVar[str] = "postings_for_administrators"


class PostingRefusedError(GridwardenError):
    """A change of one posting that cannot be; ``params["fault"]`` is the :class:`Fault`."""

    code: ClassVar[str] = "posting_refused"


@dataclass(frozen=True, slots=True)
class Change:
    """What becomes, or became, of one posting, [since, until); ``correction``: the past is rewritten."""

    row: int
    kind: str
    correction: bool
    posting_id: int | None
    area_code: str
    area: str
    role: str
    desk: str | None
    name: str | None
    since: datetime
    until: datetime | None
    was_since: datetime | None
    was_until: datetime | None


@dataclass(frozen=True, slots=True)
class Followed:
    """Open cases of a posting that ends, and who answers for them then."""

    row: int
    cases: int
    area_code: str
    area: str
    role: str
    desk: str | None
    name: str | None


@dataclass(frozen=True, slots=True)
class Changed:
    """What a change does; ``committed``: it is done.  ``changes`` are the first 500, ``more`` counts those left."""

    committed: bool
    counts: Mapping[str, int]
    corrections: int
    faults: tuple[Fault, ...]
    changes: tuple[Change, ...]
    more: int
    follow: tuple[Followed, ...]

    @property
    def nothing_new(self) -> bool:
        """Whether all that was said is so already."""
        return not self.faults and not any(n for kind, n in self.counts.items() if kind != "unchanged")


@dataclass(frozen=True, slots=True)
class Away:
    """Somebody who is away from ``since`` on and back on ``until``.

    A posting or a person stands in for a head or a deputy, nobody for those who share a desk.
    """

    posting_id: int
    since: date
    until: date
    reason: Reason
    stand_in: int | None = None
    name: str | None = None
    staff_number: str | None = None


def may_look(who: Actor | None) -> bool:
    """Whether somebody may see the list of postings: desks, dispatchers, supervisors, administrators."""
    return may(who, "see_postings")


def may_change(who: Actor | None) -> bool:
    """Whether somebody changes postings at all; of which areas, the database says."""
    return may(who, "change_postings")


def check_may_look(who: Actor | None) -> None:
    """Pass for whoever may see the list.

    Raises
    ------
    PostingsForAdministratorsError
        ``postings_for_administrators``.
    """
    if not may_look(who):
        raise PostingsForAdministratorsError("Postings are for desks to see and for administrators to change.")


def check_may_change(who: Actor | None) -> None:
    """Pass for whoever changes postings at all.

    Raises
    ------
    PostingsForAdministratorsError
        ``postings_for_administrators``.
    """
    if not may_change(who):
        raise PostingsForAdministratorsError("Postings are changed by an administrator of the area or of one above it.")


async def change(
    connection: asyncpg.Connection[Any],
    rows: Sequence[PostingRow],
    *,
    session_digest: bytes | None,
    now: datetime,
    correct: bool = False,
    commit: bool = False,
) -> Changed:
    """Change postings as an administrator, or say what that would do.

    Parameters
    ----------
    connection : asyncpg.Connection
        The raw driver's, as the web role, in no transaction.
    rows : sequence of PostingRow
        What is to hold; recorded postings that no row speaks of stay.
    session_digest : bytes or None
        Of the administrator.
    now : datetime
        Aware; what lies before it is not rewritten.
    correct : bool
        Rewrite the past where the rows say so; it is written down as a correction.
    commit : bool
        Do it, if there is no fault.

    Raises
    ------
    PostingsForAdministratorsError
        ``postings_for_administrators``.
    """
    try:
        said = await connection.fetchval(
            "SELECT change_my_postings($1, $2, $3::text::jsonb, $4, $5)::text",
            session_digest, now, json.dumps(as_json(rows)), correct, commit,
        )  # fmt: skip
    except asyncpg.PostgresError as error:
        raise _translated(error) from error
    return _changed(json.loads(said))


def change_on_server(
    connection: psycopg.Connection[Any],
    rows: Sequence[PostingRow],
    *,
    now: datetime,
    correct: bool = False,
    commit: bool = False,
) -> Changed:
    """As :func:`change`, by whoever runs commands on the server, as the migrating role; for all areas."""
    found = connection.execute(
        "SELECT change_postings(%s::text::jsonb, %s, NULL, NULL, %s, %s)",
        (json.dumps(as_json(rows)), now, correct, commit),
    ).fetchone()
    return _changed(found[0] if found else {})


async def change_one(
    connection: asyncpg.Connection[Any],
    rows: Sequence[PostingRow],
    *,
    session_digest: bytes | None,
    now: datetime,
    commit: bool = True,
) -> Changed:
    """As :func:`change` for a form: a fault is an error.

    Raises
    ------
    PostingRefusedError
        ``posting_refused``; ``params["fault"]`` says what is wrong.
    """
    changed = await change(connection, rows, session_digest=session_digest, now=now, commit=commit)
    if changed.faults:
        raise _refusal(changed.faults[0])
    return changed


def with_faults(changed: Changed, file: PostingFile) -> Changed:
    """Answer what a file does, with the faults of reading it beside those of its rows."""
    faults = sorted((*file.faults, *changed.faults), key=lambda fault: fault.row)
    return replace(changed, faults=tuple(faults))


async def be_away(
    connection: asyncpg.Connection[Any], away: Away, *, session_digest: bytes | None, now: datetime
) -> int:
    """Enter an absence and answer its number; a stand-in who is no deputy yet is posted as one for that time.

    Raises
    ------
    PostingsForAdministratorsError
        ``postings_for_administrators``.
    PostingRefusedError
        ``posting_refused``.
    """
    told = {slot: getattr(away, slot) for slot in Away.__slots__ if getattr(away, slot) is not None}
    text = json.dumps(told, default=date.isoformat)
    try:
        return int(await connection.fetchval("SELECT be_away($1, $2, $3::text::jsonb)", session_digest, now, text))
    except asyncpg.PostgresError as error:
        raise _translated(error) from error


async def be_back(
    connection: asyncpg.Connection[Any], absence_id: int, *, session_digest: bytes | None, now: datetime
) -> None:
    """End an absence now; one that has not begun never was.  A stand-in who was posted for it alone leaves with it.

    Raises
    ------
    PostingsForAdministratorsError
        ``postings_for_administrators``.
    PostingNotFoundError
        ``posting_not_found``.
    PostingRefusedError
        ``posting_refused``: the stand-in's posting cannot end.
    """
    try:
        await connection.execute("SELECT be_back($1, $2, $3)", session_digest, now, absence_id)
    except asyncpg.PostgresError as error:
        raise _translated(error) from error


def _changed(said: Mapping[str, Any]) -> Changed:
    return Changed(
        committed=said["committed"],
        counts={kind: said["counts"].get(kind, 0) for kind in KINDS},
        corrections=said["corrections"],
        faults=tuple(Fault(one["row"], one["code"], one["params"]) for one in said["faults"]),
        changes=tuple(
            Change(**{name: _instant(name, value) for name, value in one.items()}) for one in said["changes"]
        ),
        more=said["more"],
        follow=tuple(Followed(**one) for one in said["follow"]),
    )


def _instant(name: str, value: Any) -> Any:
    return datetime.fromisoformat(value) if value and name.endswith(("since", "until")) else value


def _refusal(fault: Fault) -> PostingRefusedError:
    return PostingRefusedError(f"The posting is refused: {fault.code}.", params={"fault": fault})


def _translated(error: asyncpg.PostgresError) -> BaseException:
    match error.sqlstate:
        case "GW101":
            return PostingsForAdministratorsError(
                "Postings are changed by an administrator of the area or of one above it."
            )
        case "GW102":
            said = json.loads(error.detail or "{}")
            return _refusal(Fault(1, said["code"], said.get("params", {})))
        case "GW103":
            return PostingNotFoundError("There is no absence of this number that could still end.")
        case _:
            return cast("BaseException", error)
